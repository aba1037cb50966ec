/**
 * What the interpreter needs to know of a platform's pages: DOM adapters, compiled from `crate/adapters/dom/*.toml`
 * to JSON by `cargo run -p diffract-adapters --example compile-dom`. The format is explained in `docs/adapters.md`;
 * the names here are the names there. Mirrors `crate/adapters/src/dom/`.
 */
import type { Kind, Medium, Surface } from "./post.ts";

/** Something wrong in an adapter file, in words for whoever mends it. */
export interface AdapterProblem {
  file: string;
  /** Path of the key: `item[0].fields.author[1].match`. */
  key: string;
  line?: number | null;
  message: string;
}

/** Where a reading looks. `item` includes the item's extra rows and leaves out quoted posts. */
export type Scope = "item" | "around" | "box" | "quote" | "document";

/** Lists of words, one for all languages. */
export type WordList = "promoted" | "suggested";

/** One way to read one field. The field decides how the value is understood (number, time, flag ...). */
export interface Reading {
  /** Which elements. Absent: the item itself. `a >>> b` goes into the shadow root of `a`. */
  css?: string;
  in: Scope;
  /** With `in: "around"`: what to look for in the ancestor that was found. */
  inner?: string;
  /** The attribute to read; absent: the visible text. */
  attr?: string;
  /** Case-insensitive; the value is the first group that took part, else the whole match. */
  match?: string;
  /** What the field is if the rest matched, instead of what was read. */
  value?: string | number | boolean;
  /** Put before what was read: for identifiers that need their kind. */
  prefix?: string;
  /** The value read must be one of these words. */
  words?: WordList;
  /** Text fields: every match, joined by newlines, instead of the first. */
  all: boolean;
  /** Number fields: how many elements matched. */
  count: boolean;
}

export interface SurfaceRule {
  is: Surface;
  /** Regular expressions over the URL's path and query; both must match where given. */
  path?: string;
  query?: string;
  /** Only on this host and its subdomains. */
  host?: string;
  /** The document must have a match for this. */
  css?: string;
  /** Whether posts are expected there. */
  feed: boolean;
}

export const TEXT_FIELDS = [
  "url",
  "lang",
  "text",
  "title",
  "author",
  "name",
  "reposted_by",
  "replying_to",
  "quote_text",
  "card_title",
  "alt",
  "community",
] as const;
export const FLAG_FIELDS = [
  "promoted",
  "suggested",
  "repost",
  "reply",
  "quote",
  "followed",
  "verified",
  "sensitive",
  "pinned",
] as const;
export const NUMBER_FIELDS = ["likes", "reposts", "replies", "views", "followers"] as const;
export const SPAN_FIELDS = ["time", "age", "duration"] as const;
export const SET_FIELDS = ["links", "hashtags", "mentions", "media", "labels"] as const;
export const CHOICE_FIELDS = ["kind", "surface"] as const;

export type TextField = (typeof TEXT_FIELDS)[number];
export type FlagField = (typeof FLAG_FIELDS)[number];
export type NumberField = (typeof NUMBER_FIELDS)[number];
export type SpanField = (typeof SPAN_FIELDS)[number];
export type SetField = (typeof SET_FIELDS)[number];
export type ChoiceField = (typeof CHOICE_FIELDS)[number];
export type FieldName = TextField | FlagField | NumberField | SpanField | SetField | ChoiceField;

/** One kind of item in a platform's feeds. */
export interface ItemKind {
  /** For health reports: `tweet`. */
  name: string;
  /** Locators, first choice first. */
  select: string[];
  /** An element that also matches one of these is no item. */
  except: string[];
  /** What is hidden: the closest ancestor that matches, first choice first; none: the item. */
  box: string[];
  /** Following siblings of the box that belong to it, as long as they match one of these. */
  extra: string[];
  /** What the veil covers before a verdict; defaults to `select`. */
  veil: string[];
  /** Parts of the item that are a post of someone else. */
  quote: string[];
  /** The platform's identifier, first choice first; none matches: a hash of author, text and time. */
  identity: Reading[];
  fields: Partial<Record<FieldName, Reading[]>>;
}

/** How the generic adapter finds posts where nothing in the markup names them. */
export interface Repeated {
  /** Fewest siblings of one shape that make a feed. */
  min_items: number;
  /** Fewest characters of text an item must have on average. */
  min_text: number;
  /** Share of siblings (0..1) that must have the commonest shape. */
  same_shape: number;
  /** Containers that are never feeds. */
  except: string[];
}

/** The way from a timeline that the platform sorts by what it thinks best to the one that is newest first. */
export interface Chronological {
  on: Surface[];
  /** Where to go instead, on the same host: `/feed/subscriptions`. */
  address?: string;
  /** What to click instead, first choice first. */
  tab: string[];
  /** The document has one of these once it is chosen. */
  chosen: string[];
}

/** `param` of an address that matches `match` is the true address. */
export interface Unwrap {
  match: string;
  param: string;
}

export interface DomAdapter {
  name: string;
  title: string;
  /** Host names; subdomains match. `*` stands for any host, after all others. */
  hosts: string[];
  /** On other hosts: this adapter fits if the document has one of these. */
  detect: string[];
  surfaces: SurfaceRule[];
  /** Containers of items, first choice first. */
  feed: string[];
  unwrap: Unwrap[];
  items: ItemKind[];
  /** The first for a surface counts. */
  chronological: Chronological[];
  repeated?: Repeated;
}

/** What numbers, ages and labels look like in the languages of the world. */
export interface Words {
  promoted: string[];
  suggested: string[];
  /** Beginnings of names of units of time, lower case, and their seconds. */
  units: Array<[string, number]>;
  /** Lower-case suffixes of numbers and what they stand for: `k`, `тыс`, `万`. */
  magnitudes: Array<[string, number]>;
  /** Whole texts that are an age, and their seconds: `yesterday`. */
  ages: Array<[string, number]>;
  /** Words for no count at all: `no`, `keine`. */
  none: string[];
}

export interface CompiledAdapters {
  version: 1;
  words: Words;
  adapters: DomAdapter[];
  problems: AdapterProblem[];
}

const SURFACES: ReadonlySet<string> = new Set<Surface>([
  "home",
  "following",
  "explore",
  "search",
  "thread",
  "profile",
  "list",
  "community",
  "notifications",
  "shorts",
  "related",
]);
const KINDS: ReadonlySet<string> = new Set<Kind>([
  "post",
  "link",
  "article",
  "video",
  "short",
  "live",
  "image",
  "poll",
  "comment",
  "playlist",
  "channel",
  "ad",
]);
const MEDIA: ReadonlySet<string> = new Set<Medium>(["image", "video", "gif", "audio", "poll", "card"]);
const SCOPES: ReadonlySet<string> = new Set<Scope>(["item", "around", "box", "quote", "document"]);
const FIELDS: ReadonlySet<string> = new Set<FieldName>([
  ...TEXT_FIELDS,
  ...FLAG_FIELDS,
  ...NUMBER_FIELDS,
  ...SPAN_FIELDS,
  ...SET_FIELDS,
  ...CHOICE_FIELDS,
]);

export const isSurface = (s: unknown): s is Surface => typeof s === "string" && SURFACES.has(s);
export const isKind = (s: unknown): s is Kind => typeof s === "string" && KINDS.has(s);
export const isMedium = (s: unknown): s is Medium => typeof s === "string" && MEDIA.has(s);
const isFieldName = (s: string): s is FieldName => FIELDS.has(s);

/** Longest selector and longest regular expression, in characters. */
export const MAX_SELECTOR = 1000;
export const MAX_PATTERN = 500;
const MAX_LIST = 256;

/** Thrown inside the guard; `key` is the path of what was refused. */
class Refusal extends Error {}

type Json = Record<string, unknown>;

function object(value: unknown, key: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Refusal(`${key}: not an object`);
  return value as Json;
}

function list<T>(value: unknown, key: string, one: (v: unknown, key: string) => T, max = MAX_LIST): T[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Refusal(`${key}: not a list`);
  if (value.length > max) throw new Refusal(`${key}: more than ${max} entries`);
  return value.map((v, i) => one(v, `${key}[${i}]`));
}

function text(value: unknown, key: string, max = MAX_SELECTOR): string {
  if (typeof value !== "string" || value.length === 0) throw new Refusal(`${key}: not a text`);
  if (value.length > max) throw new Refusal(`${key}: longer than ${max} characters`);
  return value;
}

function pattern(value: unknown, key: string): string {
  const source = text(value, key, MAX_PATTERN);
  try {
    new RegExp(source, "iu");
  } catch {
    throw new Refusal(`${key}: not a regular expression that browsers accept`);
  }
  return source;
}

function number(value: unknown, key: string): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new Refusal(`${key}: not a number`);
  return value;
}

function reading(value: unknown, key: string): Reading {
  const o = object(value, key);
  const scope = o.in ?? "item";
  if (typeof scope !== "string" || !SCOPES.has(scope)) throw new Refusal(`${key}.in: no such scope`);
  const r: Reading = { in: scope as Scope, all: o.all === true, count: o.count === true };
  if (o.css !== undefined) r.css = text(o.css, `${key}.css`);
  if (o.inner !== undefined) r.inner = text(o.inner, `${key}.inner`);
  if (o.attr !== undefined) r.attr = text(o.attr, `${key}.attr`, 64);
  if (o.prefix !== undefined) r.prefix = text(o.prefix, `${key}.prefix`, 32);
  if (o.match !== undefined) r.match = pattern(o.match, `${key}.match`);
  if (o.words !== undefined) {
    if (o.words !== "promoted" && o.words !== "suggested") throw new Refusal(`${key}.words: no such list`);
    r.words = o.words;
  }
  const v = o.value;
  if (typeof v === "string" || typeof v === "number" || typeof v === "boolean") r.value = v;
  else if (v !== undefined) throw new Refusal(`${key}.value: neither text, number nor true/false`);
  return r;
}

function item(value: unknown, key: string): ItemKind {
  const o = object(value, key);
  const selectors = (name: string) => list(o[name], `${key}.${name}`, (v, k) => text(v, k), 64);
  const fields: ItemKind["fields"] = {};
  for (const [name, readings] of Object.entries(object(o.fields ?? {}, `${key}.fields`))) {
    if (!isFieldName(name)) throw new Refusal(`${key}.fields.${name}: no such field`);
    fields[name] = list(readings, `${key}.fields.${name}`, reading, 64);
  }
  const select = selectors("select");
  const veil = selectors("veil");
  return {
    name: text(o.name, `${key}.name`, 64),
    select,
    except: selectors("except"),
    box: selectors("box"),
    extra: selectors("extra"),
    veil: Array.isArray(o.veil) ? veil : select,
    quote: selectors("quote"),
    identity: list(o.identity, `${key}.identity`, reading, 64),
    fields,
  };
}

function surface(value: unknown, key: string): SurfaceRule {
  const o = object(value, key);
  if (!isSurface(o.is)) throw new Refusal(`${key}.is: no such surface`);
  const rule: SurfaceRule = { is: o.is, feed: o.feed !== false };
  if (o.path !== undefined) rule.path = pattern(o.path, `${key}.path`);
  if (o.query !== undefined) rule.query = pattern(o.query, `${key}.query`);
  if (o.host !== undefined) rule.host = text(o.host, `${key}.host`, 253);
  if (o.css !== undefined) rule.css = text(o.css, `${key}.css`);
  return rule;
}

function chronological(value: unknown, key: string): Chronological {
  const o = object(value, key);
  const way: Chronological = {
    on: list(o.on, `${key}.on`, (v, k) => {
      if (!isSurface(v)) throw new Refusal(`${k}: no such surface`);
      return v;
    }),
    tab: list(o.tab, `${key}.tab`, (v, k) => text(v, k)),
    chosen: list(o.chosen, `${key}.chosen`, (v, k) => text(v, k)),
  };
  if (o.address !== undefined) {
    const address = text(o.address, `${key}.address`);
    // On the same host, whoever wrote the adapter.
    if (!/^\/(?![/\\])/.test(address)) throw new Refusal(`${key}.address: not on the same host`);
    way.address = address;
  }
  return way;
}

function adapter(value: unknown, key: string): DomAdapter {
  const o = object(value, key);
  const a: DomAdapter = {
    name: text(o.name, `${key}.name`, 64),
    title: text(o.title, `${key}.title`, 128),
    hosts: list(o.hosts, `${key}.hosts`, (v, k) => text(v, k, 253)),
    detect: list(o.detect, `${key}.detect`, (v, k) => text(v, k)),
    surfaces: list(o.surfaces, `${key}.surfaces`, surface),
    feed: list(o.feed, `${key}.feed`, (v, k) => text(v, k)),
    unwrap: list(o.unwrap, `${key}.unwrap`, (v, k) => {
      const u = object(v, k);
      return { match: pattern(u.match, `${k}.match`), param: text(u.param, `${k}.param`, 64) };
    }),
    items: list(o.items, `${key}.items`, item),
    chronological: list(o.chronological, `${key}.chronological`, chronological),
  };
  if (o.repeated !== undefined && o.repeated !== null) {
    const r = object(o.repeated, `${key}.repeated`);
    a.repeated = {
      min_items: number(r.min_items, `${key}.repeated.min_items`),
      min_text: number(r.min_text, `${key}.repeated.min_text`),
      same_shape: number(r.same_shape, `${key}.repeated.same_shape`),
      except: list(r.except, `${key}.repeated.except`, (v, k) => text(v, k)),
    };
  }
  return a;
}

function words(value: unknown): Words {
  const o = object(value, "words");
  const texts = (name: string) => list(o[name], `words.${name}`, (v, k) => text(v, k, 64), 2000);
  const pairs = (name: string) =>
    list(
      o[name],
      `words.${name}`,
      (v, k): [string, number] => {
        if (!Array.isArray(v) || v.length !== 2) throw new Refusal(`${k}: not a pair`);
        return [text(v[0], k, 64), number(v[1], k)];
      },
      2000,
    );
  return {
    promoted: texts("promoted"),
    suggested: texts("suggested"),
    units: pairs("units"),
    magnitudes: pairs("magnitudes"),
    ages: pairs("ages"),
    none: texts("none"),
  };
}

function problem(value: unknown, key: string): AdapterProblem {
  const o = object(value, key);
  const line = typeof o.line === "number" ? o.line : null;
  return { file: String(o.file ?? ""), key: String(o.key ?? ""), line, message: String(o.message ?? "") };
}

const NO_WORDS: Words = { promoted: [], suggested: [], units: [], magnitudes: [], ages: [], none: [] };

/**
 * Reads compiled adapters from storage or a file. Whatever does not have the shape is refused, one adapter at a
 * time, with a problem that says what and where; the rest stays.
 */
export function readCompiledAdapters(value: unknown): CompiledAdapters {
  const result: CompiledAdapters = { version: 1, words: NO_WORDS, adapters: [], problems: [] };
  const attempt = (file: string, job: () => void) => {
    try {
      job();
    } catch (e) {
      if (!(e instanceof Refusal)) throw e;
      result.problems.push({ file, key: e.message.split(":")[0] ?? "", line: null, message: e.message });
    }
  };
  attempt("adapters", () => {
    const o = object(value, "adapters");
    if (o.version !== 1)
      throw new Refusal("version: these adapters were compiled for another version; build again");
    attempt("words", () => {
      result.words = words(o.words);
    });
    attempt("problems", () => {
      result.problems.push(...list(o.problems, "problems", problem, 10_000));
    });
    if (!Array.isArray(o.adapters)) throw new Refusal("adapters: not a list");
    for (const [i, v] of o.adapters.slice(0, MAX_LIST).entries()) {
      attempt(`adapters[${i}]`, () => {
        result.adapters.push(adapter(v, `adapters[${i}]`));
      });
    }
  });
  return result;
}
