/** Labels such as "Sponsored", however they are put together, and only if a person can see them. */
import { plainText, UNREAD } from "./letters.ts";
import { foldLabel } from "./values.ts";
import { isSeen, visibleText } from "./visible-text.ts";

/** Longest content that may still be a label with decoys in it, in UTF-16 code units. */
const MAX_CONTENT = 400;
/** Most elements that may make up a label. */
const MAX_PARTS = 120;
/** The same of what is broken into letters all through, which no ordinary text is. */
const MAX_SHREDS = 1500;
const MAX_SHREDDED_CONTENT = 4000;
/** Of a short label among many letters nothing can be told: it would be found everywhere. */
const MAX_NOISE = 12;
/** Most letters of a label that a style sheet completes. */
const MAX_BEGUN = 24;

export class Labels {
  #words: Set<string>;
  /** How often each letter occurs, word by word; `mask` rules most words out at no cost. */
  #letters: Array<{ length: number; mask: number; counts: Array<[string, number]> }>;

  constructor(words: readonly string[]) {
    this.#words = new Set(words.map(foldLabel).filter((w) => w !== ""));
    this.#letters = [...this.#words].map((w) => ({
      length: w.length,
      mask: maskOf(w),
      counts: [...counted(w)],
    }));
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
    let content = element.textContent;
    if (element.childElementCount === 0 && content.length <= MAX_CONTENT) {
      const folded = foldLabel(content);
      if (folded !== "") {
        const shown = /[\u202d\u202e]/.test(content) ? visibleText(element) : content;
        return this.has(shown) && isSeen(element, within) ? shown : null;
      }
    }
    const parts = element.getElementsByTagName("*").length;
    if (content.length > MAX_CONTENT || parts > MAX_PARTS) {
      if (parts === 0 || parts > MAX_SHREDS) return null;
      if (element.querySelector("style, script, template, noscript"))
        content = plainText(element, MAX_SHREDDED_CONTENT + 1);
      // Ordinary text has more letters to an element than that.
      if (content.length > MAX_CONTENT && content.length > parts * 8) return null;
    }
    const folded = foldLabel(content.slice(0, MAX_SHREDDED_CONTENT + 1));
    const known = folded === "" || this.#words.has(folded);
    if (content.length > MAX_CONTENT || parts > MAX_PARTS || (!known && !this.#couldHold(folded))) {
      const shredded =
        content.length <= MAX_SHREDDED_CONTENT &&
        this.#couldHold(folded, Number.POSITIVE_INFINITY) &&
        isShredded(element);
      // Only letters that a style sheet makes could still complete a word.
      if (!shredded && (parts > MAX_PARTS || folded.length > MAX_BEGUN || !hasEmptyPart(element)))
        return null;
    }
    const text = visibleText(element, { robust: true, skip });
    return this.has(text) && isSeen(element, within) ? text : null;
  }

  #couldHold(folded: string, noise = MAX_NOISE): boolean {
    const mask = maskOf(folded);
    const could = this.#letters.filter(
      (word) =>
        (word.mask & ~mask) === 0 && folded.length >= word.length && folded.length <= word.length * noise,
    );
    if (could.length === 0) return false;
    const have = counted(folded);
    return could.some(({ counts }) => counts.every(([letter, n]) => (have.get(letter) ?? 0) >= n));
  }
}

/** A bit for each letter that occurs; some letters share one. */
function maskOf(text: string): number {
  let mask = 0;
  for (let i = 0; i < text.length; i += 1) mask |= 1 << (text.charCodeAt(i) & 31);
  return mask;
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

/** Most of what holds text holds one or two letters of it. */
function isShredded(element: Element): boolean {
  let shreds = 0;
  let whole = 0;
  for (const e of element.getElementsByTagName("*")) {
    if (e.firstElementChild) continue;
    const length = e.textContent.trim().length;
    if (length === 0) continue;
    if (length <= 2) shreds += 1;
    else if (!UNREAD.has(e.localName)) whole += 1;
    if (whole > 8 && whole > shreds) return false;
  }
  return shreds >= 5 && shreds > 2 * whole;
}
