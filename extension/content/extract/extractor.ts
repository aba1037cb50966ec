/**
 * The interpreter of DOM adapters: finds the posts of a page and reads them. It only reads; call it for all posts of
 * a frame in one pass, before anything is written, so that the page is laid out at most once.
 */
import type { ItemKind, Reading } from "../../shared/adapter.ts";
import type { AdapterHealth } from "../../shared/messages.ts";
import type { Post, Surface } from "../../shared/post.ts";
import { listed, NONE } from "./contents.ts";
import { HealthBook } from "./health.ts";
import { type Address, type CompiledAdapter, expectsFeed, surfaceOf } from "./pick.ts";
import { closestAcross, isSelector, shadowRootsIn } from "./query.ts";
import { ItemReader } from "./reader.ts";
import { isRepeatedItem, repeatedItems } from "./repeated.ts";
import { hashText } from "./values.ts";

/** One item of a feed, on the page. */
export interface Found {
  item: Element;
  /** What is hidden: the cell, the wrapper of an ad. Often the item itself. */
  box: Element;
  /** Following siblings of the box that belong to it. */
  extras: Element[];
  /** The item's kind in the adapter: `tweet`. */
  kind: string;
  /** One of {@link Extractor.veilSelectors} is sure to match the item, so that nobody need ask. */
  veiled: boolean;
}

/** The kind of what `[repeated]` finds. */
const REPEATED = "repeated";
const MAX_EXTRAS = 8;
const MAX_POSITIONS = 20_000;

interface Kind {
  rule: ItemKind;
  select: string[];
  except: string;
  box: string[];
  extra: string;
  /** Index of the locator that finds most, or that is in force where only one is; -1: none has matched yet. */
  rank: number;
  /** For each locator, all before it in one selector: an item of theirs is never found again by a later one. */
  better: string[];
  /** All locators in one selector. */
  any: string;
  /** Locators that have found something on this page. */
  live: Set<number>;
  /** Those in one selector. */
  alive: string;
  /** The veil covers whatever any of the locators finds. */
  veiled: boolean;
}

export class Extractor {
  readonly adapter: CompiledAdapter;
  /** Selectors that this browser does not take, in words for the reader. */
  readonly troubles: string[] = [];
  #doc: Document;
  #address: Address & { href: string };
  #kinds: Kind[] = [];
  /** Its locators guess at any site's markup: the first that matches is believed, the rest would find other things. */
  #guesses: boolean;
  #feed: string[];
  #veil: string[];
  #health = new HealthBook();
  #reader: ItemReader;
  #positions = new Map<string, number>();
  /** Items that show nothing to make an identifier of. */
  #nameless = new WeakMap<Element, string>();
  #namelessCount = 0;

  /** `address`: where the document was found, if not where it is now (saved pages). */
  constructor(adapter: CompiledAdapter, doc: Document, address?: URL | Location) {
    this.adapter = adapter;
    this.#doc = doc;
    this.#address = address ?? doc.location;
    this.#guesses = adapter.repeated !== undefined;
    this.#feed = this.#usable(adapter.feed, "feed");
    for (const rule of adapter.items) {
      const name = `item.${rule.name}`;
      const select = this.#usable(rule.select, `${name}.select`);
      this.#kinds.push({
        rule: this.#usableItem(rule),
        select,
        better: select.map((_, rank) => select.slice(0, rank).join(",")),
        any: select.join(","),
        live: new Set(),
        alive: "",
        except: this.#usable(rule.except, `${name}.except`).join(","),
        box: this.#usable(rule.box, `${name}.box`),
        extra: this.#usable(rule.extra, `${name}.extra`).join(","),
        rank: -1,
        veiled: false,
      });
    }
    this.#veil = adapter.items.flatMap((rule, i) => {
      const kind = this.#kinds[i];
      const veil = this.#usable(rule.veil, `item.${rule.name}.veil`);
      if (kind === undefined) return veil;
      kind.veiled = kind.select.every((css) => veil.includes(css) && coverable(css, kind).length > 0);
      return veil.flatMap((css) => coverable(css, kind));
    });
    this.#reader = new ItemReader(adapter, doc, () => this.#address, this.#health);
  }

  /**
   * The items in `root` (and `root` itself), in document order, shadow roots not included. Every locator counts, a later
   * one where no earlier one finds the same; of an adapter that guesses, the first that matches, which a search of the
   * whole document decides anew.
   */
  find(root: Element | ShadowRoot | Document): Found[] {
    const whole = root.nodeType === 9;
    const found: Found[] = [];
    const seen = new Set<Element>();
    for (const kind of this.#kinds) {
      const items = this.#select(root, kind, whole);
      // Nothing in a part of the page says nothing; what is found there says that the locator still works.
      if (whole || items.length > 0)
        this.#health.note(`item.${kind.rule.name}`, items.length > 0 ? kind.rank : -1);
      for (const item of items) {
        if (seen.has(item)) continue;
        seen.add(item);
        found.push(this.#found(item, kind));
      }
    }
    if (found.length === 0 && this.adapter.repeated) {
      for (const item of repeatedItems(root, this.adapter.repeated)) {
        found.push(repeated(item));
      }
      if (whole || found.length > 0) this.#health.note(`item.${REPEATED}`, found.length > 0 ? 0 : -1);
    }
    if (whole) this.feed();
    if (found.length > 1) found.sort((a, b) => (a.item.compareDocumentPosition(b.item) & 4 ? -1 : 1));
    return found;
  }

  /** The items of the whole document, shadow roots included. */
  findAll(): Found[] {
    const found = this.find(this.#doc);
    for (const shadow of this.shadowHosts(this.#doc)) found.push(...this.find(shadow));
    return found;
  }

  /** The container of the posts, for re-ordering; null where the adapter knows none. */
  feed(): Element | null {
    for (const [rank, css] of this.#feed.entries()) {
      const e = this.#doc.querySelector(css);
      if (!e) continue;
      this.#health.note("feed", rank);
      return e;
    }
    if (this.#feed.length > 0) this.#health.note("feed", -1);
    return null;
  }

  /** What {@link identity} says of the item that was read last, where the platform shows an identifier; else `null`. */
  named: string | null = null;

  /** Whether the item that was read last was read as a whole. */
  whole = true;

  /**
   * What stands in an item; null while it is an empty shell that waits for its content. `fields`: only these, besides id,
   * platform, host, surface and position, which are always read; {@link whole} says whether any were left out.
   */
  read(found: Found, fields?: ReadonlySet<string>): Post | null {
    this.named = null;
    this.whole = true;
    const rule = this.#rule(found.kind);
    if (!rule) return null;
    const post = this.#reader.read(found, rule, this.#within(found.item), fields);
    if (post.id !== "") {
      this.named = post.id;
      this.whole = fields === undefined;
    } else {
      const words = [
        post.author ?? post.name ?? "",
        post.title ?? "",
        post.text ?? "",
        post.time ?? post.url ?? "",
      ].join("\n");
      if (words.trim() !== "") post.id = `h${hashText(words)}`;
      else if (post.promoted || found.item.querySelector("img[src], video, iframe"))
        post.id = this.#namelessId(found.item);
      else return null;
    }
    const surface = post.surface ?? this.#surface();
    if (surface) post.surface = surface;
    post.position = this.#position(post.id);
    return post;
  }

  /** Reads as {@link read} does, and counts nothing. */
  rehearse(found: Found, fields: ReadonlySet<string>): Post | null {
    this.#health.counts = false;
    try {
      return this.read(found, fields);
    } finally {
      this.#health.counts = true;
    }
  }

  /** The whole post of which {@link read} read only `fields`; null: the item holds another one by now. */
  readRest(found: Found, part: Post, fields: ReadonlySet<string>): Post | null {
    const rule = this.#rule(found.kind);
    return rule ? this.#reader.readRest(found, rule, this.#within(found.item), part, fields) : null;
  }

  #surfaceNow: Surface | null | undefined;

  /** The page's surface. Rules may look through the whole page for it: asked once for all items that are read in one go. */
  #surface(): Surface | null {
    if (this.#surfaceNow === undefined) {
      this.#surfaceNow = surfaceOf(this.adapter, this.#address, this.#doc);
      queueMicrotask(() => {
        this.#surfaceNow = undefined;
      });
    }
    return this.#surfaceNow;
  }

  /**
   * Something that changes when the element comes to hold another post: the platform's identifier where there is one
   * (then equal to the post's id), else a hash of what the element holds. Cheap. Null: nothing there yet.
   */
  identity(found: Found): string | null {
    const rule = this.#rule(found.kind);
    const id = rule && this.#reader.identity(found, rule, this.#within(found.item));
    if (id) return id;
    const text = found.item.textContent;
    return text.trim() === "" ? null : `c${text.length}.${hashText(text.slice(0, 600))}`;
  }

  /** Selectors of what is to be covered until a verdict is there. The shell marks item, box and extras as decided. */
  veilSelectors(): string[] {
    return this.#veil;
  }

  /** The item that a node is part of: for changes, also from inside shadow roots, boxes and extra rows. */
  closestItem(node: Node): Found | null {
    const start = node.nodeType === 1 ? (node as Element) : (node.parentElement ?? hostOf(node));
    if (!start) return null;
    for (const kind of this.#kinds) {
      const css = this.#inForce(kind);
      let e: Element | null = css === "" ? null : closestAcross(start, css);
      while (e && !this.#isItem(e, kind)) {
        const outer: Element | null = e.parentElement ?? hostOf(e);
        e = outer && closestAcross(outer, css);
      }
      if (e) return this.#found(e, kind);
    }
    for (const kind of this.#kinds) {
      if (kind.extra) {
        let row: Element | null = start.closest(kind.extra);
        for (let i = 0; row && i < MAX_EXTRAS; i += 1) {
          row = row.previousElementSibling;
          const found = row && this.#inBox(row, kind);
          if (found) return found.extras.some((x) => x.contains(start)) ? found : null;
        }
      }
      for (const css of kind.box) {
        const box = closestAcross(start, css);
        const found = box && this.#inBox(box, kind);
        if (found) return found;
      }
    }
    const rule = this.adapter.repeated;
    for (let e: Element | null = rule ? start : null; rule && e; e = e.parentElement) {
      if (isRepeatedItem(e, rule)) return repeated(e);
    }
    return null;
  }

  /** Whether a locator finds the element or something around it. */
  isInItem(element: Element): boolean {
    return this.#kinds.some((kind) => {
      const css = this.#inForce(kind);
      return css !== "" && closestAcross(element, css) !== null;
    });
  }

  /** Whether an element could be a further row of the item before it. */
  isExtra(element: Element): boolean {
    return this.#kinds.some((kind) => kind.extra !== "" && element.matches(kind.extra));
  }

  /** The shadow roots in `root`, nested ones too, closed ones where the browser lets a content script in. */
  shadowHosts(root: Element | ShadowRoot | Document): ShadowRoot[] {
    return shadowRootsIn(root);
  }

  /** `settled`: the page has had time to show its posts. */
  health(settled = true): AdapterHealth {
    return this.#health.report(
      this.adapter.name,
      expectsFeed(this.adapter, this.#address, this.#doc),
      settled,
      this.adapter.repeated !== undefined,
    );
  }

  /** The page has become another one without being loaded anew: positions, locators and health start over. */
  reset(): void {
    this.#positions.clear();
    this.#health.forget();
    for (const kind of this.#kinds) {
      kind.rank = -1;
      kind.live.clear();
      kind.alive = "";
    }
  }

  #select(root: Element | ShadowRoot | Document, kind: Kind, whole: boolean): Element[] {
    if (!this.#guesses) return this.#selectAll(root, kind, whole);
    const last = whole || kind.rank < 0 ? kind.select.length - 1 : kind.rank;
    for (let rank = 0; rank <= last; rank += 1) {
      const kept = matching(root, kind.select[rank] ?? "").filter((e) => !isExcepted(e, kind));
      if (kept.length === 0) continue;
      kind.rank = rank;
      enliven(kind, rank);
      return kept;
    }
    return [];
  }

  /** What any locator finds: a page may hold two generations of a platform's markup. */
  #selectAll(root: Element | ShadowRoot | Document, kind: Kind, whole: boolean): Element[] {
    const items: Element[] = [];
    const counts = kind.select.map(() => 0);
    // One search for all locators; which of them found an item is asked of the few that were found.
    for (const e of kind.any === "" ? [] : matching(root, kind.any)) {
      const rank = this.#rank(e, kind);
      if (rank < 0) continue;
      items.push(e);
      counts[rank] = (counts[rank] ?? 0) + 1;
      enliven(kind, rank);
    }
    const most = Math.max(...counts);
    if (most > 0 && (whole || kind.rank < 0)) kind.rank = counts.indexOf(most);
    return items;
  }

  /** Which locator finds `e`; -1: none, or what it finds is no item. */
  #rank(e: Element, kind: Kind): number {
    if (isExcepted(e, kind)) return -1;
    const rank = kind.select.length > 1 ? kind.select.findIndex((css) => e.matches(css)) : 0;
    return isFirstFoundBy(e, kind, rank) ? rank : -1;
  }

  /** `e` matches a locator of `kind`; whether it is an item of it. */
  #isItem(e: Element, kind: Kind): boolean {
    return this.#guesses ? !isExcepted(e, kind) : this.#rank(e, kind) >= 0;
  }

  #found(item: Element, kind: Kind): Found {
    let box: Element = item;
    for (const css of kind.box) {
      const outer = closestAcross(item, css);
      if (!outer) continue;
      box = outer;
      break;
    }
    const extras: Element[] = [];
    if (kind.extra) {
      let next = box.nextElementSibling;
      while (next && extras.length < MAX_EXTRAS && next.matches(kind.extra)) {
        extras.push(next);
        next = next.nextElementSibling;
      }
    }
    return { item, box, extras, kind: kind.rule.name, veiled: kind.veiled };
  }

  #inBox(box: Element, kind: Kind): Found | null {
    const item = this.#select(box, kind, false)[0];
    if (!item) return null;
    const found = this.#found(item, kind);
    return found.box.contains(box) || box.contains(found.box) ? found : null;
  }

  /** The items in `item`, of all kinds that the page has. */
  #within(item: Element): Element[] {
    let found = NONE;
    for (const kind of this.#kinds) {
      if (kind.alive === "") continue;
      const inner = listed(item.querySelectorAll(kind.alive));
      if (inner.length > 0) found = [...found, ...inner.filter((e) => this.#isItem(e, kind))];
    }
    return found;
  }

  #inForce(kind: Kind): string {
    return this.#guesses && kind.rank >= 0 ? kind.select.slice(0, kind.rank + 1).join(",") : kind.any;
  }

  #rule(kind: string): ItemKind | undefined {
    const exact = this.#kinds.find((k) => k.rule.name === kind)?.rule;
    // What `[repeated]` found is read like the adapter's last kind, which is its most general one.
    return exact ?? (kind === REPEATED ? this.#kinds.at(-1)?.rule : undefined);
  }

  #position(id: string): number {
    const known = this.#positions.get(id);
    if (known !== undefined) return known;
    if (this.#positions.size >= MAX_POSITIONS) this.#positions.clear();
    const position = this.#positions.size + 1;
    this.#positions.set(id, position);
    return position;
  }

  #namelessId(item: Element): string {
    let id = this.#nameless.get(item);
    if (id === undefined) {
      this.#namelessCount += 1;
      id = `n${this.#namelessCount}`;
      this.#nameless.set(item, id);
    }
    return id;
  }

  #usable(selectors: readonly string[], key: string): string[] {
    return selectors.filter((css) => {
      const fits = isSelector(css);
      if (!fits)
        this.troubles.push(`${this.adapter.name}: ${key}: this browser does not take the selector ${css}`);
      return fits;
    });
  }

  #usableItem(rule: ItemKind): ItemKind {
    const usable = (readings: Reading[], key: string) =>
      readings.filter(
        (r) =>
          this.#usable(
            [r.css, r.inner].filter((s) => s !== undefined),
            key,
          ).length ===
          Number(r.css !== undefined) + Number(r.inner !== undefined),
      );
    const fields: ItemKind["fields"] = {};
    for (const [name, readings] of Object.entries(rule.fields)) {
      fields[name as keyof typeof fields] = usable(readings, `item.${rule.name}.${name}`);
    }
    const quote = this.#usable(rule.quote, `item.${rule.name}.quote`);
    return { ...rule, quote, fields, identity: usable(rule.identity, `item.${rule.name}.identity`) };
  }
}

/**
 * What is no item is never decided: covered, it would stay so until the veil lifts by itself. So the veil leaves out
 * what `find` leaves out; where a sheet cannot say that, it leaves out the locator.
 */
function coverable(css: string, kind: Kind): string[] {
  const not = kind.except === "" ? [] : [kind.except];
  const better = kind.better[kind.select.indexOf(css)] ?? "";
  if (better !== "") {
    if (better.includes(":has(")) return [];
    not.push(`:is(${better}) *`, `:has(${better})`);
  }
  const whole = not.length === 0 ? css : `:is(${css}):not(${not.join(",")})`;
  return isSelector(whole) ? [whole] : [css];
}

function enliven(kind: Kind, rank: number): void {
  if (kind.live.has(rank)) return;
  kind.live.add(rank);
  kind.alive = kind.select.filter((_, i) => kind.live.has(i)).join(",");
}

const repeated = (item: Element): Found => ({ item, box: item, extras: [], kind: REPEATED, veiled: false });

/** What matches `css` at or in `root`. */
function matching(root: Element | ShadowRoot | Document, css: string): Element[] {
  const found = listed(root.querySelectorAll(css));
  return root.nodeType === 1 && (root as Element).matches(css) ? [root as Element, ...found] : found;
}

function isExcepted(e: Element, kind: Kind): boolean {
  return kind.except !== "" && e.matches(kind.except);
}

/** No better locator finds `e`, or what it is part of, or a part of it. */
function isFirstFoundBy(e: Element, kind: Kind, rank: number): boolean {
  const better = kind.better[rank];
  if (better === undefined || better === "") return true;
  return e.closest(better) === null && e.querySelector(better) === null;
}

function hostOf(node: Node): Element | null {
  const root = node.getRootNode();
  return root.nodeType === 11 ? ((root as ShadowRoot).host ?? null) : null;
}
