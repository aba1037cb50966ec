/** Pages as platforms change them: one thing at a time, and what becomes of the posts. Runs inside a page. */
import { type CompiledAdapter, Extractor, pickAdapter } from "../../extension/content/extract/index.ts";
import { readCompiledAdapters } from "../../extension/shared/adapter.ts";
import type { AdapterHealth } from "../../extension/shared/messages.ts";
import type { Post } from "../../extension/shared/post.ts";

/** What one change did to the reading of the page. */
export interface Mutant {
  /** `-data-testid=tweet` (gone from all elements), `+div[role=link]` (each in a wrapper), `classes renamed`. */
  change: string;
  /** Posts that were there and are not found any more, and those that were not there before. */
  lost: number;
  gained: number;
  /** Of posts that are still there: advertisements not known for one any more, posts taken for one, without author, without words. */
  hidden: number;
  accused: number;
  anonymous: number;
  wordless: number;
  health: AdapterHealth["state"];
}

/** Attributes that hold what a post says or where something is, not what it is. */
const CONTENT = new Set([
  "style",
  "src",
  "srcset",
  "href",
  "alt",
  "title",
  "value",
  "content",
  "datetime",
  "lang",
  "dir",
  "width",
  "height",
  "d",
  "viewBox",
  "loading",
  "class",
  "shadowrootmode",
  "tabindex",
  "colspan",
  "align",
  "target",
  "xlink:href",
  "hidden",
  "placeholder",
  "type",
]);
/** Elements that only stand in what they stand in: a wrapper between would be another page. */
const BOUND =
  "html, head, head *, body, table, tbody, tr, td, center, li, svg, svg *, path, img, video, br, hr, input, option, use";
const SIGNS = ["data-testid", "data-e2e", "role", "data-pagelet", "slot"];
/** Attributes whose values say what an element is. Of others the value is a post's own: they go from all elements at once. */
const KINDS = new Set([
  ...SIGNS,
  "class",
  "rel",
  "aria-label",
  "itemprop",
  "itemtype",
  "data-type",
  "data-click-id",
  "data-ad-rendering-role",
  "post-type",
]);
const MOST_CHANGES = 120;

interface Seen {
  posts: Post[];
  health: AdapterHealth["state"];
}

function seen(adapter: CompiledAdapter, rounds: number): Seen {
  const extractor = new Extractor(adapter, document);
  let posts: Post[] = [];
  for (let round = 0; round < rounds; round += 1) {
    posts = extractor.findAll().flatMap((found) => extractor.read(found) ?? []);
  }
  return { posts, health: extractor.health().state };
}

/** What a post is known by, whatever of it is lost: its words, which each post of the page has its own of. */
function key(post: Post): string {
  return (post.text ?? post.title ?? "").slice(0, 200) || post.id;
}

function compare(change: string, before: Post[], after: Seen): Mutant {
  const left = new Map<string, Post[]>();
  for (const post of after.posts) left.set(key(post), [...(left.get(key(post)) ?? []), post]);
  const ids = new Map(after.posts.map((post) => [post.id, post]));
  const mutant: Mutant = {
    change,
    lost: 0,
    gained: 0,
    hidden: 0,
    accused: 0,
    anonymous: 0,
    wordless: 0,
    health: after.health,
  };
  let matched = 0;
  for (const post of before) {
    const same = left.get(key(post))?.shift() ?? ids.get(post.id);
    if (!same) {
      mutant.lost += 1;
      continue;
    }
    matched += 1;
    if (post.promoted === true && same.promoted !== true) mutant.hidden += 1;
    if (post.promoted !== true && same.promoted === true) mutant.accused += 1;
    if (post.author !== undefined && same.author === undefined) mutant.anonymous += 1;
    if (post.text !== undefined && same.text === undefined) mutant.wordless += 1;
  }
  mutant.gained = Math.max(0, after.posts.length - matched);
  return mutant;
}

/** Every distinct attribute of the page that the adapter may speak of (numbers count as one), and every class, but those of its style. */
function marks(spoken: string): string[] {
  const all = new Set<string>();
  const styles = [...document.querySelectorAll("style")].map((sheet) => sheet.textContent ?? "").join("\n");
  for (const element of document.body.querySelectorAll("*")) {
    for (const token of element.classList) {
      if (spoken.includes(token) && !styles.includes(`.${token}`)) all.add(`class=${token}`);
    }
    for (const { name, value } of element.attributes) {
      if (!CONTENT.has(name) && spoken.includes(name)) all.add(`${name}=${shape(name, value)}`);
    }
  }
  return [...all];
}

function shape(name: string, value: string): string {
  if (!KINDS.has(name)) return "";
  return value
    .replace(/-by-.+/, "-by-#")
    .replace(/[\w-]*\d[\w-]*/g, "#")
    .slice(0, 40);
}

function drop(mark: string): void {
  const [name = "", ...rest] = mark.split("=");
  const value = rest.join("=");
  for (const element of document.body.querySelectorAll("*")) {
    if (name === "class") element.classList.remove(value);
    else if (element.hasAttribute(name) && shape(name, element.getAttribute(name) ?? "") === value)
      element.removeAttribute(name);
  }
}

/** What kind of element it is, as far as a page says. */
function sort(element: Element): string {
  const sign = SIGNS.find((name) => element.hasAttribute(name));
  const tag = element.localName;
  if (sign) return `${tag}[${sign}=${shape(sign, element.getAttribute(sign) ?? "")}]`;
  const [first] = element.classList;
  return first ? `${tag}.${first}` : tag;
}

function wrap(kind: string): void {
  for (const element of [...document.body.querySelectorAll("*")]) {
    // What is shown in another order would be shown in this one.
    if (element.matches(BOUND) || sort(element) !== kind || element.matches("[style*=order]")) continue;
    const inline = ["a", "span", "b", "strong", "i", "em", "time"].includes(element.localName);
    const wrapper = document.createElement(inline ? "span" : "div");
    element.replaceWith(wrapper);
    wrapper.append(element);
  }
}

function renameClasses(): void {
  const renamed = new Map<string, string>();
  for (const element of document.querySelectorAll("[class]")) {
    const tokens = [...element.classList].map((token) => {
      const name = renamed.get(token) ?? `x${renamed.size}q`;
      renamed.set(token, name);
      return name;
    });
    element.setAttribute("class", tokens.join(" "));
  }
  for (const sheet of document.querySelectorAll("style")) {
    sheet.textContent = (sheet.textContent ?? "").replace(/\.([a-z][\w-]*)/gi, (all, token: string) =>
      renamed.has(token) ? `.${renamed.get(token)}` : all,
    );
  }
}

/**
 * Changes the page in one way after the other; each time from what it was. `rounds`: how often each is read, since health says
 * something of a field once it was looked for ten times.
 */
export function mutate(adapters: string, rounds: number): string {
  const compiled = readCompiledAdapters(JSON.parse(adapters));
  const adapter = pickAdapter(compiled, location, document);
  if (!adapter) throw new Error(`no adapter for ${location.host}`);
  const original = document.documentElement.cloneNode(true);
  const before = seen(adapter, rounds);
  const sorts = new Set(
    [...document.body.querySelectorAll("*")].filter((element) => !element.matches(BOUND)).map(sort),
  );
  const changes: Array<[string, () => void]> = [
    ["classes renamed", renameClasses],
    ...marks(JSON.stringify(adapter)).map((mark): [string, () => void] => [`-${mark}`, () => drop(mark)]),
    ...[...sorts].map((kind): [string, () => void] => [`+${kind}`, () => wrap(kind)]),
  ];
  const mutants = changes.slice(0, MOST_CHANGES).map(([change, make]) => {
    make();
    const mutant = compare(change, before.posts, seen(adapter, rounds));
    document.documentElement.replaceWith(original.cloneNode(true));
    return mutant;
  });
  return JSON.stringify({
    adapter: adapter.name,
    posts: before.posts.length,
    health: before.health,
    mutants,
  });
}
