/**
 * The elements in one item, by tag and by attribute, gathered in one walk. An adapter asks an item some forty times for a
 * selector, most of which find nothing: asked of the few elements that could match, a selector costs a tenth of a search.
 */

/** What an element must have to match one alternative of a selector. */
type Key = { tag: string } | { attribute: string };

/** Above so many elements in an item the browser searches by itself. */
const MAX_ELEMENTS = 2000;

export class Contents {
  readonly #root: Element;
  /** In document order, the root first; `null`: too many. */
  readonly #all: Element[] | null;
  readonly #tags = new Map<string, Element[]>();
  readonly #attributes = new Map<string, Element[]>();
  #order: Map<Element, number> | undefined;

  constructor(root: Element) {
    this.#root = root;
    const below = root.getElementsByTagName("*");
    const count = below.length;
    this.#all = count > MAX_ELEMENTS ? null : [root];
    if (this.#all === null) return;
    this.#enter(root);
    for (let i = 0; i < count; i += 1) {
      const element = below[i];
      if (element === undefined) break;
      this.#all.push(element);
      this.#enter(element);
    }
  }

  /** What matches `css` in the root, the root itself first if it does, in document order. */
  select(css: string): Element[] {
    const keys = this.#all === null ? null : keysOf(css);
    if (keys === null) {
      const found = [...this.#root.querySelectorAll(css)];
      return this.#root.matches(css) ? [this.#root, ...found] : found;
    }
    const [first] = keys;
    if (first === undefined) return NONE;
    if (keys.length === 1) return matching(this.#having(first), css);
    const found = new Set<Element>();
    for (const key of keys) for (const element of matching(this.#having(key), css)) found.add(element);
    if (found.size < 2) return [...found];
    this.#order ??= new Map(this.#all?.map((element, i) => [element, i]));
    const order = this.#order;
    return [...found].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  }

  #enter(element: Element): void {
    const tag = element.localName;
    const same = this.#tags.get(tag);
    if (same) same.push(element);
    else this.#tags.set(tag, [element]);
  }

  #having(key: Key): readonly Element[] {
    if ("tag" in key) return this.#tags.get(key.tag) ?? NONE;
    let having = this.#attributes.get(key.attribute);
    if (having === undefined) {
      having = this.#all?.filter((element) => element.hasAttribute(key.attribute)) ?? NONE;
      this.#attributes.set(key.attribute, having);
    }
    return having;
  }
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
