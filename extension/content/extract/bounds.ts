/** How much of a post leaves the page. What crosses to the engine is one array of posts: none may be a burden to the rest. */
import type { Post } from "../../shared/post.ts";
import { cut, MAX_TEXT } from "./letters.ts";

/** Addresses kept of a post. */
export const MAX_LINKS = 60;
/** Longest address, in UTF-16 code units; what comes after that is a tracker's. */
export const MAX_ADDRESS = 2000;
/** Longest name of a person, a place or a language, in UTF-16 code units. */
const MAX_NAME = 400;
/** Longest title of anything, in UTF-16 code units. */
const MAX_TITLE = 4000;
/** Longest post as JSON, in bytes of UTF-8. */
export const MAX_POST = 64 * 1024;
/** A post of so few UTF-16 code units is within {@link MAX_POST} even where each takes six bytes. */
const SURELY_SHORT = 8000;

/** Longest value of each text, in UTF-16 code units; a field not named: {@link MAX_TEXT}. */
const LONGEST: Readonly<Record<string, number>> = {
  url: MAX_ADDRESS,
  lang: MAX_NAME,
  author: MAX_NAME,
  name: MAX_NAME,
  reposted_by: MAX_NAME,
  replying_to: MAX_NAME,
  community: MAX_NAME,
  title: MAX_TITLE,
  card_title: MAX_TITLE,
};

/** The post with every text well-formed and of bearable length, the whole at most {@link MAX_POST}. Changes `post`. */
export function withinBounds(post: Post): Post {
  let length = 0;
  const fields = post as unknown as Record<string, unknown>;
  for (const [field, value] of Object.entries(post)) {
    if (typeof value === "string") {
      const short = cut(value, LONGEST[field] ?? MAX_TEXT);
      if (short !== value) fields[field] = short;
      length += short.length;
    } else if (Array.isArray(value)) {
      for (const member of value) length += String(member).length + 3;
    }
  }
  if (length <= SURELY_SHORT) return post;
  // The longest field gives way first; `text` last of all, as most rules look there.
  for (let i = 0; i < 64 && bytes(post) > MAX_POST; i += 1) halveLongest(fields);
  return post;
}

function bytes(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

function halveLongest(fields: Record<string, unknown>): void {
  let longest = "";
  let most = 0;
  for (const [field, value] of Object.entries(fields)) {
    if (field === "id" || (typeof value !== "string" && !Array.isArray(value))) continue;
    const size = bytes(value) / (field === "text" ? 4 : 1);
    if (size <= most) continue;
    longest = field;
    most = size;
  }
  const value = fields[longest];
  if (typeof value === "string") fields[longest] = cut(value, Math.floor(value.length / 2));
  else if (Array.isArray(value)) fields[longest] = value.slice(0, Math.floor(value.length / 2));
}
