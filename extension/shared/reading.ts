/** Which words of a post a model reads. */
import type { Post } from "./post.ts";

/** What is read of a post. */
export type Readable = Pick<Post, "title" | "text" | "card_title">;

/** Most characters of a post that models read; they cut at a thousand by themselves. */
const MAX_READ = 4000;

/** The words of a post for a model that reads whole posts or headlines; empty where there are none. */
export function wordsFor(post: Readable, reads: "post" | "headline"): string {
  const parts =
    reads === "headline"
      ? [post.title || post.card_title || post.text]
      : [post.title, post.text, post.title || post.text ? undefined : post.card_title];
  // A title is often the beginning of the text.
  const kept = parts.filter((part, index): part is string => {
    const words = part?.trim();
    return !!words && !parts.slice(index + 1).some((later) => later?.trim().startsWith(words));
  });
  return kept.join("\n").slice(0, MAX_READ).trim();
}
