/** What the reader says of a post: how old it is, what comes with it, why it stands where it stands. Pure. */
import type { Verdict } from "../../shared/post.ts";
import type { Entry, Gathered, OrderedBy } from "../common/feed.ts";
import { line, placeName } from "../common/plain.ts";
import type { FeedPost } from "../common/post.ts";
import { count, figure, why } from "../common/words.ts";

const KEYS: Record<string, string> = {
  newest: "the newest first",
  oldest: "the oldest first",
  score: "the highest score first",
  original: "as they were gathered",
  age: "the oldest first",
  likes: "the most liked first",
  reposts: "the most reposted first",
  replies: "the most answered first",
  views: "the most viewed first",
  followers: "the most followed first",
  length: "the longest first",
  duration: "the longest running first",
  position: "the lowest on its page first",
};

/** In which order the feed is: `The highest score first, then the newest first`. */
export function orderWords({ keys }: OrderedBy): string {
  const words = keys.map((key) => KEYS[key] ?? `by ${key}`).join(", then ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const AGO = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const STEPS: [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

/** `3 hours ago`. Both in seconds since 1970; what lies ahead of now is said to be now. */
export function ago(time: number, now: number): string {
  const seconds = Math.max(0, now - time);
  for (const [unit, size] of STEPS) if (seconds >= size) return AGO.format(-Math.floor(seconds / size), unit);
  return "just now";
}

/** When a post was posted, in seconds since 1970, if its site says so. */
export function timeOf(post: FeedPost, seen: number): number | undefined {
  const time = post.time ?? (post.age === undefined ? undefined : seen - post.age);
  // What no calendar has is a mistake of the site's.
  return time !== undefined && Math.abs(time) < 8.64e12 ? time : undefined;
}

const MEDIA: Record<string, [one: string, many: string]> = {
  image: ["picture", "pictures"],
  video: ["video", "videos"],
  gif: ["animation", "animations"],
  audio: ["sound", "sounds"],
  poll: ["poll", "polls"],
  card: ["link preview", "link previews"],
};

/** What comes with a post: `2 pictures, 1 video`. Empty: nothing that is known. */
export function mediaWords(media: readonly string[] = []): string {
  const found = new Map<string, number>();
  for (const one of media) if (Object.hasOwn(MEDIA, one)) found.set(one, (found.get(one) ?? 0) + 1);
  return [...found].map(([one, n]) => count(n, ...(MEDIA[one] ?? [one, one]))).join(", ");
}

/** Who wrote it: the name, and the handle where that is another. */
export function authorOf(post: FeedPost): { name: string; handle: string } {
  const handle = line(post.author, 60);
  const name = line(post.name, 80);
  const sign = handle === "" || /[\s@]/u.test(handle) ? handle : `@${handle}`;
  if (name === "") return { name: sign || "No author shown", handle: "" };
  return { name, handle: name === handle || name === sign ? "" : sign };
}

/** A post in a few words, to tell it from others. */
export function shortly(post: FeedPost): string {
  const words = line(post.title ?? post.text, 60);
  return `${authorOf(post).name}: ${words === "" ? "no words" : words}`;
}

const signed = (score: number): string => (score > 0 ? `+${figure(score)}` : figure(score));

/** What puts a post where it stands, a sentence each. */
export function placeWords(
  made: Gathered,
  entry: Entry,
  packTitle: (id: string) => string,
  now: number,
): string[] {
  const { order, verdicts } = made;
  const placing = made.posts[entry.placed_by];
  const verdict = verdicts[entry.placed_by];
  if (placing === undefined || verdict === undefined) return [];
  const said: string[] = [
    order.rule === undefined
      ? "No rule of yours says “order by” for this feed, so the newest come first."
      : `${packTitle(order.rule.pack)}, line ${order.rule.line}, says “${line(order.rule.rule, 200)}”: ${orderWords(order).toLowerCase()}.`,
  ];
  if (entry.placed_by !== entry.post)
    said.push(`It stands here because of the answer by ${authorOf(placing).name}.`);
  for (const [index, key] of order.keys.entries())
    said.push(valueWords(key, entry.values[index] ?? null, placing, made.seen[entry.placed_by] ?? 0, now));
  said.push(...scoreWords(verdict, packTitle));
  const others = entry.same.flatMap((index) => made.posts[index] ?? []);
  if (others.length > 0)
    said.push(`The same stands on ${[...new Set(others.map(placeName))].join(", ")}; it is shown once.`);
  return said.filter((words) => words !== "");
}

function valueWords(key: string, value: number | null, post: FeedPost, seen: number, now: number): string {
  switch (key) {
    case "newest":
    case "oldest":
      return value === null
        ? `${placeName(post)} does not say when it was posted; it counts from when you saw it, ${ago(seen, now)}.`
        : `It was posted ${ago(value, now)}.`;
    case "score":
      return value === null || value === 0 ? "Its score is 0." : `Its score is ${signed(value)}.`;
    case "original":
      return "";
    default:
      return value === null
        ? `${placeName(post)} does not show its ${key}, so it stands after those whose ${key} are known.`
        : `Its ${key}: ${figure(Math.round(value))}.`;
  }
}

function scoreWords(verdict: Verdict, packTitle: (id: string) => string): string[] {
  return verdict.reasons
    .filter(({ effect }) => effect === "boost" || effect === "demote")
    .map((reason) => {
      const verb = reason.effect === "boost" ? "raises" : "lowers";
      return `${packTitle(reason.pack)}, line ${reason.line}, ${verb} it: ${why(reason)}.`;
    });
}
