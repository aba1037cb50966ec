/** Labels such as "Sponsored", however they are put together, and only if a person can see them. */
import { foldLabel } from "./values.ts";
import { isSeen, visibleText } from "./visible-text.ts";

/** Longest content that may still be a label with decoys in it, in UTF-16 code units. */
const MAX_CONTENT = 400;
/** Most elements that may make up a label. */
const MAX_PARTS = 120;
/** Of a short label among many letters nothing can be told: it would be found everywhere. */
const MAX_NOISE = 12;
/** Most letters of a label that a style sheet completes. */
const MAX_BEGUN = 24;

export class Labels {
  #words: Set<string>;
  /** How often each letter occurs, word by word. */
  #letters: Array<{ length: number; counts: Array<[string, number]> }>;

  constructor(words: readonly string[]) {
    this.#words = new Set(words.map(foldLabel).filter((w) => w !== ""));
    this.#letters = [...this.#words].map((w) => ({ length: w.length, counts: [...counted(w)] }));
  }

  /** Whether `text` is one of the words and nothing else. */
  has(text: string): boolean {
    return this.#words.has(foldLabel(text));
  }

  /**
   * The label that a person reads in `element`, or null. `within` is the post: what is hidden in it is no label, so
   * that a platform cannot plant a hidden one in every post.
   */
  read(element: Element, within: Element, skip: readonly Element[]): string | null {
    const content = element.textContent;
    if (content.length > MAX_CONTENT) return null;
    const folded = foldLabel(content);
    if (element.childElementCount === 0 && folded !== "") {
      return this.#words.has(folded) && isSeen(element, within) ? content : null;
    }
    if (element.getElementsByTagName("*").length > MAX_PARTS) return null;
    if (folded !== "" && !this.#words.has(folded) && !this.#couldHold(folded)) {
      // Only letters that a style sheet makes could still complete a word.
      if (folded.length > MAX_BEGUN || !hasEmptyPart(element)) return null;
    }
    const text = visibleText(element, { robust: true, skip });
    return this.has(text) && isSeen(element, within) ? text : null;
  }

  #couldHold(folded: string): boolean {
    const have = counted(folded);
    return this.#letters.some(
      ({ length, counts }) =>
        folded.length >= length &&
        folded.length <= length * MAX_NOISE &&
        counts.every(([letter, n]) => (have.get(letter) ?? 0) >= n),
    );
  }
}

function counted(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return counts;
}

function hasEmptyPart(element: Element): boolean {
  for (const e of element.querySelectorAll("span, i, b, em, div, u, s"))
    if (e.firstChild === null) return true;
  return false;
}
