/** Reads one item: an adapter's readings, in order, to the fields of a post. */
import {
  type FieldName,
  type ItemKind,
  isKind,
  isMedium,
  isSurface,
  type SetField,
  type SpanField,
  type TextField,
  type WordList,
} from "../../shared/adapter.ts";
import type { Medium, Post } from "../../shared/post.ts";
import { MAX_ADDRESS, MAX_LINKS, withinBounds } from "./bounds.ts";
import { Contents, listed, NONE } from "./contents.ts";
import type { Found } from "./extractor.ts";
import type { HealthBook } from "./health.ts";
import { Labels } from "./labels.ts";
import { cut, MAX_TEXT } from "./letters.ts";
import type { Address, CompiledAdapter } from "./pick.ts";
import { isFlag, isNumber, isSet, isText, type Plan, planOf, type Step } from "./plan.ts";
import { closestAcross, MAX_MATCHES, query, queryIn } from "./query.ts";
import {
  hashText,
  parseAge,
  parseDuration,
  parseHandle,
  parseLink,
  parseNumber,
  parseTime,
} from "./values.ts";
import { visibleText } from "./visible-text.ts";

/** Longest content of an element that shows a number, a time or a member of a list, in UTF-16 code units. */
const MAX_SHORT = 400;
const MAX_SET = 100;
/** Longest identifier, in UTF-16 code units; a longer one is cut and told apart by a hash. */
const MAX_ID = 120;

/** One item while it is read. */
interface Scene {
  found: Found;
  /** Where the item's own content is: the item and its extra rows. */
  roots: Element[];
  /** What is in each of them, where more than an identifier is asked for. */
  contents: Contents[] | null;
  /** Parts that are posts of someone else. */
  quotes: Element[];
  /** Quoted parts and items inside the item. */
  foreign: Element[];
  /** What selectors found, by {@link Step.place}; several fields often ask for the same. */
  memo: Array<Element[] | undefined>;
  /** The labels read of elements, by list of words: later locators often find what earlier ones found. */
  labels: Map<WordList, Map<Element, string | null>>;
}

/** A plan's fields, those that are asked for and the others. */
interface Division {
  asked: Plan["fields"];
  rest: Plan["fields"];
}

const HANDLES: ReadonlySet<string> = new Set<TextField>(["author", "reposted_by", "replying_to"]);

export class ItemReader {
  #adapter: CompiledAdapter;
  #doc: Document;
  #address: () => Address & { href: string };
  #health: HealthBook;
  #plans = new Map<ItemKind, Plan>();
  /** Plans divided into what is asked for and the rest, by the fields asked for. */
  #divided = new WeakMap<ReadonlySet<string>, Map<Plan, Division>>();
  #labels: Record<WordList, Labels>;

  constructor(
    adapter: CompiledAdapter,
    doc: Document,
    address: () => Address & { href: string },
    health: HealthBook,
  ) {
    this.#adapter = adapter;
    this.#doc = doc;
    this.#address = address;
    this.#health = health;
    this.#labels = {
      promoted: new Labels(adapter.words.promoted),
      suggested: new Labels(adapter.words.suggested),
    };
  }

  /** The platform's identifier, or null. `nested`: the items in the item, of any kind. */
  identity(found: Found, rule: ItemKind, nested: Element[]): string | null {
    const plan = this.#plan(rule);
    return this.#identity(sceneOf(found, plan, nested, false), plan);
  }

  /**
   * The post; its `id` is empty where the platform shows none. `fields`: only these, and the surface; a post without an
   * identifier of its own is read as a whole all the same.
   */
  read(found: Found, rule: ItemKind, nested: Element[], fields?: ReadonlySet<string>): Post {
    const plan = this.#plan(rule);
    const scene = sceneOf(found, plan, nested, true);
    const address = this.#address();
    const id = this.#identity(scene, plan);
    this.#health.note(plan.note, id === null ? -1 : 0);
    const post: Post = { id: id ?? "", platform: this.#adapter.name, host: address.hostname.toLowerCase() };
    const some = id === null || fields === undefined ? null : fields;
    this.#fill(post, scene, some === null ? plan.fields : this.#division(plan, some).asked);
    if (plan.quote !== "" && (some === null || some.has("quote"))) post.quote ??= scene.quotes.length > 0;
    return withinBounds(post);
  }

  /** The whole post of which `read` read only `fields`; null: the item holds another one by now. */
  readRest(
    found: Found,
    rule: ItemKind,
    nested: Element[],
    part: Post,
    fields: ReadonlySet<string>,
  ): Post | null {
    const plan = this.#plan(rule);
    const scene = sceneOf(found, plan, nested, true);
    if (this.#identity(scene, plan) !== part.id) return null;
    const post = { ...part };
    this.#fill(post, scene, this.#division(plan, fields).rest);
    if (plan.quote !== "") post.quote ??= scene.quotes.length > 0;
    return withinBounds(post);
  }

  #fill(post: Post, scene: Scene, fields: Plan["fields"]): void {
    for (const { field, note, steps } of fields) {
      if (isSet(field)) this.#setOf(post, scene, field, steps);
      else this.#health.note(note, this.#set(post, scene, field, steps));
    }
  }

  #division(plan: Plan, fields: ReadonlySet<string>): Division {
    let divisions = this.#divided.get(fields);
    if (divisions === undefined) {
      divisions = new Map();
      this.#divided.set(fields, divisions);
    }
    let division = divisions.get(plan);
    if (division === undefined) {
      const isAsked = ({ field }: Plan["fields"][number]) => field === "surface" || fields.has(field);
      division = {
        asked: plan.fields.filter(isAsked),
        rest: plan.fields.filter((one) => !isAsked(one)),
      };
      divisions.set(plan, division);
    }
    return division;
  }

  #plan(rule: ItemKind): Plan {
    let plan = this.#plans.get(rule);
    if (plan === undefined) {
      plan = planOf(rule);
      this.#plans.set(rule, plan);
    }
    return plan;
  }

  #identity(scene: Scene, plan: Plan): string | null {
    for (const r of plan.identity) {
      const id = this.#first(scene, r, (raw) => raw.trim() || undefined);
      if (id !== undefined)
        return id.length <= MAX_ID ? cut(id, MAX_ID) : `${cut(id, MAX_ID / 2)}~${hashText(id)}`;
    }
    return null;
  }

  /** Tries the readings of a field in order; answers which one served, -1 for none. */
  #set(post: Post, scene: Scene, field: Exclude<FieldName, SetField>, steps: readonly Step[]): number {
    for (const [i, r] of steps.entries()) {
      const value = this.#value(scene, field, r);
      if (value === undefined) continue;
      (post as unknown as Record<string, unknown>)[field] = value;
      return i;
    }
    return -1;
  }

  #value(scene: Scene, field: Exclude<FieldName, SetField>, r: Step): Post[typeof field] {
    if (isText(field)) return this.#text(scene, field, r);
    if (isFlag(field)) return this.#flag(scene, r);
    if (isNumber(field)) return this.#number(scene, r);
    if (field === "kind") return this.#choice(scene, r, isKind);
    if (field === "surface") return this.#choice(scene, r, isSurface);
    return this.#span(scene, field, r);
  }

  #text(scene: Scene, field: TextField, r: Step): string | undefined {
    const all: string[] = [];
    const value = this.#first(scene, r, (raw) => {
      // Known to be empty is not unknown.
      if (r.value === "") return "";
      const value = this.#asText(field, raw) || undefined;
      if (!r.all) return value;
      if (value !== undefined) all.push(value);
      return undefined;
    });
    return value ?? (all.length > 0 ? cut(all.join("\n"), MAX_TEXT) : undefined);
  }

  #asText(field: TextField, raw: string): string | undefined {
    if (HANDLES.has(field)) return parseHandle(raw);
    if (field === "url") return parseLink(raw, this.#address().href, this.#adapter.unwrap) ?? undefined;
    if (field === "lang") return /^[a-z]{2,3}(?=$|[-_])/i.exec(raw.trim())?.[0].toLowerCase();
    return raw.trim();
  }

  #flag(scene: Scene, r: Step): boolean | undefined {
    const isYes = (raw: string) =>
      typeof r.value === "boolean"
        ? r.value
        : // `promoted="false"` says no; a bare attribute says yes.
          !(r.attr !== undefined && r.match === undefined && /^(?:false|0|no)$/i.test(raw));
    return this.#first(scene, r, isYes, true);
  }

  #number(scene: Scene, r: Step): number | undefined {
    if (r.count) return this.#elements(scene, r).length;
    const value = (raw: string) =>
      typeof r.value === "number" ? r.value : parseNumber(raw, this.#adapter.words);
    return this.#first(scene, r, value, false, MAX_SHORT);
  }

  #span(scene: Scene, field: SpanField, r: Step): number | undefined {
    const value = (raw: string) => {
      if (field === "time") return parseTime(raw);
      const { words } = this.#adapter;
      return field === "age" ? parseAge(raw, words) : parseDuration(raw, words);
    };
    return this.#first(scene, r, value, false, MAX_SHORT);
  }

  #choice<T extends string>(scene: Scene, r: Step, is: (s: unknown) => s is T): T | undefined {
    const value = (raw: string) => {
      const value = r.value ?? raw.trim().toLowerCase();
      return is(value) ? value : undefined;
    };
    return this.#first(scene, r, value, r.value !== undefined);
  }

  #setOf(post: Post, scene: Scene, field: SetField, readings: readonly Step[]): void {
    const values = new Set<string>();
    const most = field === "links" ? MAX_LINKS : MAX_SET;
    const longest = field === "links" ? MAX_ADDRESS : MAX_SHORT;
    for (const r of readings) {
      const add = (raw: string) => {
        const value = this.#asMember(field, typeof r.value === "string" ? r.value : raw);
        if (value !== undefined && value !== "" && values.size < most) values.add(cut(value, longest));
        return r.value === undefined ? undefined : true;
      };
      this.#first(scene, r, add, r.value !== undefined, MAX_SHORT);
    }
    if (field === "media") post.media = [...values].filter((v): v is Medium => isMedium(v));
    else post[field] = [...values];
  }

  #asMember(field: SetField, raw: string): string | undefined {
    if (field === "links") return parseLink(raw, this.#address().href, this.#adapter.unwrap);
    if (field === "hashtags") return decoded(raw).trim().replace(/^#/, "");
    if (field === "mentions") return parseHandle(decoded(raw));
    return raw.trim();
  }

  /**
   * What a reading reads, match by match, until `take` makes something of it. `presence`: where only presence matters, the text
   * is not assembled. `longest`: elements that hold more are passed over, in UTF-16 code units.
   */
  #first<T>(
    scene: Scene,
    r: Step,
    take: (raw: string) => T | undefined,
    presence = false,
    longest = Number.POSITIVE_INFINITY,
  ): T | undefined {
    const elements = this.#elements(scene, r);
    if (elements.length === 0) return undefined;
    const candidates = r.words !== undefined && r.attr === undefined ? new Set(elements) : undefined;
    for (const e of elements) {
      const raw = this.#raw(scene, r, e, presence, longest, candidates);
      if (raw === null) continue;
      const value = take(raw);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** What a reading reads of one element that its selector found; null: nothing. */
  #raw(
    scene: Scene,
    r: Step,
    e: Element,
    presence: boolean,
    longest: number,
    candidates: Set<Element> | undefined,
  ): string | null {
    let raw: string;
    if (r.attr !== undefined) {
      const value = e.getAttribute(r.attr);
      if (value === null) return null;
      raw = cut(value, MAX_TEXT);
      if (r.words !== undefined && !this.#labels[r.words].has(raw)) return null;
    } else if (r.words !== undefined) {
      const label = isMereWrapper(e, candidates) ? null : this.#label(scene, e, r.words);
      if (label === null) return null;
      raw = label;
    } else if (r.match === undefined && (presence || r.value !== undefined)) {
      raw = "";
    } else if (longest !== Number.POSITIVE_INFINITY && e.textContent.length > longest) {
      return null;
    } else {
      raw = visibleText(e, { skip: r.in === "quote" ? [] : scene.foreign });
    }
    if (r.pattern !== null) {
      const m = r.pattern.exec(raw);
      if (!m) return null;
      raw = m.slice(1).find((g) => g !== undefined) ?? m[0];
    }
    if (typeof r.value === "string") return r.value;
    return r.prefix === undefined ? raw : r.prefix + raw;
  }

  #label(scene: Scene, e: Element, words: WordList): string | null {
    let read = scene.labels.get(words);
    if (read === undefined) {
      read = new Map();
      scene.labels.set(words, read);
    }
    let label = read.get(e);
    if (label === undefined) {
      label = this.#labels[words].read(e, scene.found.item, scene.foreign);
      read.set(e, label);
    }
    return label;
  }

  #elements(scene: Scene, r: Step): Element[] {
    const { item, box, extras } = scene.found;
    const css = r.css;
    if (css === undefined) {
      if (r.in === "box") return [box];
      if (r.in === "quote") return scene.quotes;
      return r.in === "document" ? [this.#doc.documentElement] : [item];
    }
    if (r.in === "around") {
      const outer = item.parentElement ?? hostOf(item);
      const e = outer && closestAcross(outer, css);
      if (!e) return [];
      return r.inner === undefined ? [e] : query(e, r.inner);
    }
    const known = scene.memo[r.place];
    if (known) return known;
    let found: Element[];
    if (r.in === "document") found = query(this.#doc, css);
    else if (r.in === "box" && box !== item) found = [box, ...extras].flatMap((root) => query(root, css));
    else if (r.in === "quote") found = scene.quotes.flatMap((root) => query(root, css));
    else {
      found = inRoots(scene, css);
      if (r.in === "item" && scene.foreign.length > 0) {
        found = found.filter((e) => e === item || !scene.foreign.some((part) => part.contains(e)));
      }
    }
    if (found.length > MAX_MATCHES) found = found.slice(0, MAX_MATCHES);
    scene.memo[r.place] = found;
    return found;
  }
}

function inRoots({ roots, contents }: Scene, css: string): Element[] {
  const [only] = contents ?? [];
  if (contents === null) return roots.flatMap((root) => query(root, css));
  return only && contents.length === 1
    ? queryIn(only, css)
    : contents.flatMap((content) => queryIn(content, css));
}

function sceneOf(found: Found, plan: Plan, nested: Element[], whole: boolean): Scene {
  const { item, extras } = found;
  const roots = extras.length > 0 ? [item, ...extras] : [item];
  const contents = whole ? roots.map((root) => new Contents(root)) : null;
  const [own] = contents ?? [];
  const quotes = plan.quote === "" ? NONE : quotesIn(item, own, plan.quote);
  const foreign = nested.length > 0 ? [...quotes, ...nested] : quotes;
  return { found, roots, contents, quotes, foreign, memo: [], labels: new Map() };
}

/** Parts of the item that are posts of someone else; never the item itself. */
function quotesIn(item: Element, contents: Contents | undefined, css: string): Element[] {
  if (contents === undefined) return listed(item.querySelectorAll(css));
  const found = contents.select(css);
  return found[0] === item ? found.slice(1) : found;
}

/** Shows nothing but an only child that is looked at itself. */
function isMereWrapper(element: Element, candidates: Set<Element> | undefined): boolean {
  const only = element.childElementCount === 1 ? element.firstElementChild : null;
  return (
    only !== null && candidates?.has(only) === true && only.textContent.length === element.textContent.length
  );
}

function hostOf(node: Node): Element | null {
  const root = node.getRootNode();
  return root.nodeType === 11 ? ((root as ShadowRoot).host ?? null) : null;
}

/** Names in addresses are percent-encoded. */
function decoded(raw: string): string {
  if (!raw.includes("%")) return raw;
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw;
  }
}
