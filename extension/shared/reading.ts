/** Which words of a post a model reads. */
import type { Post } from "./post.ts";

/** What is read of a post. */
export type Readable = Pick<Post, "title" | "text" | "card_title">;

/** Most characters of a post that models read; they cut at a thousand by themselves. */
const MAX_READ = 4000;

/**
 * The words of a post for a model that reads whole posts or headlines; empty where there are none. Posts come from pages: what is no text is
 * not there.
 */
export function wordsFor(post: Readable, reads: "post" | "headline"): string {
  const { title, text, card_title } = (post ?? {}) as Record<keyof Readable, unknown>;
  const parts =
    reads === "headline"
      ? [title || card_title || text]
      : [title, text, title || text ? undefined : card_title];
  const words = parts.flatMap((part) =>
    typeof part === "string" && part.trim() !== "" ? [part.trim()] : [],
  );
  // A title is often the beginning of the text.
  const kept = words.filter((part, index) => !words.slice(index + 1).some((later) => later.startsWith(part)));
  return kept.join("\n").slice(0, MAX_READ).trim();
}
