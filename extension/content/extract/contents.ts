/**
 * Searches in one item. An adapter asks an item some forty times for a selector, most of which find nothing. So the browser
 * is asked once for each tag and each attribute that selectors end in, and for a selector only where some element could
 * match. To gather elements here, one by one, takes longer: in Firefox every look at an element from a content script does.
 */

/** So many elements are asked one by one whether they match; to search a small item as a whole takes as long as three such questions. */
const FEW = 2;

/** What an element must have to match one alternative of a selector. */
type Key = { tag: string } | { attribute: string };

export class Contents {
  readonly #root: Element;
  /** By tag and by attribute, as selectors: the root first, in document order. */
  readonly #having = new Map<string, Element[]>();

  constructor(root: Element) {
    this.#root = root;
  }

  /** What matches `css` in the root, the root itself first if it does, in document order. */
  select(css: string): Element[] {
    const keys = keysOf(css);
    if (keys === null) return this.#search(css);
    let candidates: readonly Element[] = NONE;
    let withRoot = false;
    for (const key of keys) {
      const having = this.#candidates(key);
      if (having.length === 0) continue;
      withRoot ||= having[0] === this.#root;
      // Two alternatives may find the same elements, and in another order than the page has them.
      if (having.length > FEW || candidates.length > 0) return this.#search(css, withRoot || keys.length > 1);
      candidates = having;
    }
    return matching(candidates, css);
  }

  #candidates(key: Key): readonly Element[] {
    const css = "tag" in key ? key.tag : `[${key.attribute}]`;
    let found = this.#having.get(css);
    if (found === undefined) {
      found = this.#search(css);
      this.#having.set(css, found);
    }
    return found;
  }

  /** `withRoot`: the root may match as well. */
  #search(css: string, withRoot = true): Element[] {
    const root = this.#root;
    const found = listed(root.querySelectorAll(css));
    if (withRoot && root.matches(css)) return [root, ...found];
    return found;
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
