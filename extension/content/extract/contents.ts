/**
 * Searches in one item. An adapter asks an item some forty times for a selector, most of which find nothing. So it is first seen
 * which elements could match, by a tag or an attribute that the selector ends in, and a selector is only asked of those.
 *
 * What that costs a content script, in microseconds: to search a small item 3 in Chromium and 1 in Firefox; to look at one element
 * 0.05 to 0.2 and 0.3. So in Chromium the elements of an item are gathered here, in one go; in Firefox the browser gathers them,
 * once for each tag and attribute, and searches the item for whatever more than a few could match.
 */

/** To look at elements one by one is cheap. */
const LOOKS = typeof Element !== "undefined" && "computedStyleMap" in Element.prototype;
/** So many elements are asked one by one whether they match. */
const FEW = LOOKS ? 15 : 2;

/** What an element must have to match one alternative of a selector. */
type Key = { tag: string } | { attribute: string };

export class Contents {
  readonly #root: Element;
  readonly #rootTag: string;
  /** Every element, the root first, in document order; where they are gathered here. */
  #all: Element[] | undefined;
  /** By tag. */
  readonly #tagged = new Map<string, Element[]>();
  /** By attribute. */
  readonly #having = new Map<string, Element[]>();

  constructor(root: Element) {
    this.#root = root;
    this.#rootTag = root.localName;
  }

  /** What matches `css` in the root, the root itself first if it does, in document order. */
  select(css: string): Element[] {
    const keys = keysOf(css);
    if (keys === null) return this.#search(css, this.#root.matches(css));
    let candidates: readonly Element[] = NONE;
    for (const key of keys) {
      const having = this.#candidates(key);
      if (having.length === 0) continue;
      // Two alternatives may find the same elements, and in another order than the page has them.
      if (having.length > FEW || candidates.length > 0) return this.#search(css, this.#root.matches(css));
      candidates = having;
    }
    return matching(candidates, css);
  }

  #candidates(key: Key): readonly Element[] {
    if ("tag" in key) {
      const { tag } = key;
      if (LOOKS) this.#gather();
      else if (!this.#tagged.has(tag)) this.#tagged.set(tag, this.#search(tag, this.#rootTag === tag));
      return this.#tagged.get(tag) ?? NONE;
    }
    const { attribute } = key;
    let found = this.#having.get(attribute);
    if (found === undefined) {
      found = LOOKS
        ? this.#gather().filter((element) => element.hasAttribute(attribute))
        : this.#search(`[${attribute}]`, this.#root.hasAttribute(attribute));
      this.#having.set(attribute, found);
    }
    return found;
  }

  #gather(): Element[] {
    if (this.#all === undefined) {
      this.#all = this.#search("*", true);
      for (const element of this.#all) {
        const tag = element.localName;
        const found = this.#tagged.get(tag);
        if (found) found.push(element);
        else this.#tagged.set(tag, [element]);
      }
    }
    return this.#all;
  }

  /** `withRoot`: the root matches as well. */
  #search(css: string, withRoot: boolean): Element[] {
    const found = listed(this.#root.querySelectorAll(css));
    return withRoot ? [this.#root, ...found] : found;
  }
}

/** As an array. By hand: in Firefox, a list's own iterator looks at it twice for each element. */
export function listed(list: NodeListOf<Element>): Element[] {
  const { length } = list;
  if (length === 0) return NONE;
  const elements: Element[] = [];
  for (let i = 0; i < length; i += 1) elements.push(list[i] as Element);
  return elements;
}

/** No element at all; never written to. */
export const NONE: Element[] = [];

function matching(candidates: readonly Element[], css: string): Element[] {
  let found: Element[] | undefined;
  for (const element of candidates) {
    if (!element.matches(css)) continue;
    if (found) found.push(element);
    else found = [element];
  }
  return found ?? NONE;
}

const known = new Map<string, Key[] | null>();
/** Selectors remembered; an adapter has a few hundred. */
const MAX_KNOWN = 2000;

function keysOf(css: string): Key[] | null {
  let keys = known.get(css);
  if (keys === undefined) {
    keys = selectorKeys(css);
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(css, keys);
  }
  return keys;
}

/**
 * For each alternative of a selector, something that every element has that it matches: whoever has none of these need not
 * be asked. `null`: nothing of the kind can be told, or the selector is written in a way that is not looked into here.
 */
export function selectorKeys(css: string): Key[] | null {
  if (/[\\|&]|:scope|:host|\/\*/i.test(css.replaceAll("|=", "="))) return null;
  const keys: Key[] = [];
  for (const subject of subjects(css)) {
    const key = keyOf(subject);
    if (key === null) return null;
    keys.push(key);
  }
  return keys;
}

/** The last compound of each alternative: `header > a[href]` ends in `a[href]`. */
function subjects(css: string): string[] {
  const found: string[] = [];
  let start = 0;
  const end = (at: number) => {
    found.push(css.slice(start, at).trim());
    start = at + 1;
  };
  for (const [at, char] of topLevel(css.trimEnd())) {
    if (char === ",") end(at);
    // A blank before a comma or another combinator ends nothing.
    else if (/[\s>+~]/.test(char) && !/^\s*(?:,|$)/.test(css.slice(at))) start = at + 1;
  }
  end(css.length);
  return found;
}

function keyOf(compound: string): Key | null {
  const tag = /^[a-z][\w-]*/i.exec(compound)?.[0];
  // Names with capitals are SVG's, or written without care: the browser knows which.
  if (tag !== undefined) return tag === tag.toLowerCase() ? { tag } : null;
  for (const [at, char] of topLevel(compound)) {
    if (char === ".") return { attribute: "class" };
    if (char === "#") return { attribute: "id" };
    const attribute =
      char === "[" ? /^\[\s*([a-z_][\w-]*)\s*(?:[~^$*]?=|\||\])/i.exec(compound.slice(at))?.[1] : undefined;
    if (attribute !== undefined) return { attribute };
  }
  return null;
}

/** The characters that stand in no brackets and no quotes; of brackets, the opening one. */
function* topLevel(css: string): Generator<[number, string]> {
  let depth = 0;
  let quote = "";
  for (let i = 0; i < css.length; i += 1) {
    const char = css[i] ?? "";
    if (quote !== "") {
      if (char === quote) quote = "";
      continue;
    }
    if (char === '"' || char === "'") {
      quote = char;
      continue;
    }
    if (char === "(" || char === "[") {
      if (depth === 0) yield [i, char];
      depth += 1;
    } else if (char === ")" || char === "]") depth -= 1;
    else if (depth === 0) yield [i, char];
  }
}
