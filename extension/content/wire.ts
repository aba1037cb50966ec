/** Posts as the text of a message, whatever a page put into them. Pure. */
import { MAX_BATCH_TEXT } from "../shared/guards.ts";
import type { Post } from "../shared/post.ts";

/** Characters of a list's brackets. */
const LIST_ENDS = 2;
/** Most posts sent at once, and most characters of them, as JSON: well below what the background refuses. */
export const MOST_POSTS = 200;
export const BATCH_TEXT = MAX_BATCH_TEXT / 4 - LIST_ENDS;

/**
 * A post as JSON that any reader of UTF-8 takes. Pages may hold half a character (a lone surrogate), for which
 * `JSON.stringify` writes an escape that the engine refuses; it becomes U+FFFD.
 */
export function postJson(post: Post): string {
  const json = JSON.stringify(post);
  if (!json.includes("\\ud")) return json;
  // Whole characters are never escaped. An escaped backslash is consumed first, so that what follows it is no escape.
  return json.replace(/\\(?:\\|ud[89a-f][0-9a-f]{2})/g, (found) => (found === "\\\\" ? found : "\\ufffd"));
}

/** The text with every lone surrogate replaced by U+FFFD. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

/** A JSON array of these. */
export const listOf = (texts: readonly string[]): string => `[${texts.join(",")}]`;

/** Where to divide `texts`: ranges from `from` up to `to`, each of at most `most` and, with commas, `length` characters. */
export function parts(
  texts: readonly string[],
  most: number,
  length: number,
): Array<[from: number, to: number]> {
  const ranges: Array<[number, number]> = [];
  let from = 0;
  let size = 0;
  for (const [index, text] of texts.entries()) {
    const more = text.length + 1;
    if (index > from && (index - from >= most || size + more > length)) {
      ranges.push([from, index]);
      from = index;
      size = 0;
    }
    size += more;
  }
  if (from < texts.length) ranges.push([from, texts.length]);
  return ranges;
}
