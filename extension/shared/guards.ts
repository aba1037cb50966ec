/** Readers for every message of `messages.ts` and for the engine's verdicts: what does not pass is not acted upon. */
import type {
  BackgroundRequest,
  EngineMessage,
  GatheredPosts,
  PageRequest,
  RecentPosts,
  ShellMessage,
} from "./messages.ts";
import { MAX_NEAR, NEAR_PART } from "./near.ts";
import type { Verdict } from "./post.ts";
import {
  flag,
  integer,
  list,
  Misfit,
  number,
  object,
  oneOf,
  optional,
  type Read,
  record,
  text,
  variants,
} from "./shape.ts";
import { filterName, MAX_ASKING, MAX_EXAMPLE, MAX_EXAMPLES } from "./taught.ts";
import { FOLDS } from "./wire.ts";

/** Most posts in one batch. */
export const MAX_BATCH = 512;
/** Most posts put in order at once. */
export const MAX_ORDERED = 1000;
/** Most characters of a batch of posts or verdicts, as JSON. */
export const MAX_BATCH_TEXT = 8 << 20;
/** Most characters of one post, as JSON. */
export const MAX_POST_TEXT = 1 << 20;
/** Most posts of a visit that are read as one feed. */
export const MAX_GATHERED = 2500;
/** Most of them that rules are tried out on, and the characters of all as JSON. */
export const MAX_RECENT = 500;
export const MAX_RECENT_TEXT = 4 << 20;
/** Most characters of a rule file. */
export const MAX_RULES = 4 << 20;
/** Most characters of a backup: every pack at its largest would not fit, but no reader has that. */
export const MAX_BACKUP = 64 << 20;
/** Most characters of a post's id. */
export const MAX_ID = 2048;

/** Most pictures of a post that models see, and the characters of each as a data address. */
export const MAX_PICTURES = 4;
export const MAX_PICTURE = 512 << 10;
/** Most characters of a model's card as JSON. */
export const MAX_CARD = 1 << 20;
/** Most characters of a text that a model is asked about; it reads the first thousand. */
export const MAX_ASKED = 4000;

const type = <const T extends string>(name: T): Read<T> => oneOf(name);
const seq = integer(0, Number.MAX_SAFE_INTEGER);
const host = text(253);
const name = text(64, 1);
const words = text(2000);
const topic = text(300, 1);

/** A batch, and a place in it. */
const place: Read<[seq: number, at: number]> = (value, at) => {
  const [batch, index] = list(integer(0, Number.MAX_SAFE_INTEGER), 2)(value, at);
  if (batch === undefined || index === undefined) throw new Misfit(`${at} names no place of a batch`);
  return [batch, index];
};
/** Bytes of a message that is no JSON; whoever made them, in whichever world. */
const bytes: Read<ArrayBuffer> = (value, at) => {
  if (Object.prototype.toString.call(value) !== "[object ArrayBuffer]")
    throw new Misfit(`${at} is not bytes`);
  return value as ArrayBuffer;
};
const partText = text(2 * NEAR_PART);
const partBytes: Read<Uint8Array | string> = (value, at) => {
  if (!ArrayBuffer.isView(value)) return partText(value, at);
  if (value.byteLength > NEAR_PART) throw new Misfit(`${at} is longer than ${NEAR_PART} bytes`);
  return value as Uint8Array;
};

export const readShellMessage: Read<ShellMessage> = variants<ShellMessage>({
  posts: object({ type: type("posts"), seq, host, visit: text(64, 1), posts: text(MAX_BATCH_TEXT) }),
  order: object({
    type: type("order"),
    seq,
    host,
    visit: text(64, 1),
    posts: text(MAX_BATCH_TEXT),
    verdicts: text(MAX_BATCH_TEXT),
  }),
  badge: object({ type: type("badge"), touched: integer(0, 1e9), trouble: flag }),
  shown: object({ type: type("shown"), platform: name, id: text(MAX_ID, 1), shown: flag }),
  picked: object({ type: type("picked"), post: text(MAX_POST_TEXT, 2) }),
  moving: object({ type: type("moving") }),
  "looked-at": object({ type: type("looked-at"), posts: list(place, 500) }),
  pictures: object({
    type: type("pictures"),
    seq,
    at: integer(0, MAX_BATCH),
    pictures: list(text(MAX_PICTURE), MAX_PICTURES),
  }),
  near: object({ type: type("near"), seq, build: text(64) }),
  decided: object({
    type: type("decided"),
    visit: text(64, 1),
    posts: text(MAX_BATCH_TEXT, 2),
    when: integer(0, Number.MAX_SAFE_INTEGER),
  }),
  newest: object({ type: type("newest"), seq }),
  health: object({
    type: type("health"),
    adapter: name,
    host,
    state: oneOf("good", "worn", "broken", "quiet"),
  }),
});

export const readEngineMessage: Read<EngineMessage> = variants<EngineMessage>({
  verdicts: object({ type: type("verdicts"), seq, verdicts: text(MAX_BATCH_TEXT), orders: flag }),
  later: object({
    type: type("later"),
    seq,
    at: list(integer(0, MAX_BATCH), MAX_BATCH),
    verdicts: text(MAX_BATCH_TEXT),
  }),
  pictures: object({ type: type("pictures"), seq, at: list(integer(0, MAX_BATCH), MAX_BATCH) }),
  order: object({ type: type("order"), seq, order: list(integer(0, MAX_ORDERED), MAX_ORDERED) }),
  failed: object({ type: type("failed"), seq, message: words }),
  "near-begin": object({
    type: type("near-begin"),
    seq,
    build: text(64, 1),
    size: integer(0, MAX_NEAR),
    parts: integer(0, MAX_NEAR / 1024),
    orders: flag,
    fields: list(name, 100),
    program: optional(bytes),
  }),
  "near-part": object({ type: type("near-part"), seq, at: integer(0, MAX_NEAR), bytes: partBytes }),
  "near-none": object({ type: type("near-none"), seq, why: words }),
  newest: object({ type: type("newest"), seq, go: flag }),
  changed: object({ type: type("changed"), generation: integer(0, Number.MAX_SAFE_INTEGER) }),
});

export const readPageRequest: Read<PageRequest> = variants<PageRequest>({
  report: object({ type: type("report"), limit: integer(0, 100_000) }),
  show: object({ type: type("show"), id: text(MAX_ID, 1), shown: flag }),
  pick: object({ type: type("pick") }),
  wire: object({ type: type("wire") }),
});

/** An id of a pack: what may be a file's stem, and no name that objects keep for themselves. */
export const packId: Read<string> = (value, at) => {
  const id = text(64, 1)(value, at);
  if (!/^[\w.-]+$/.test(id) || id === "__proto__")
    throw new Misfit(`${at} is no name of a pack: it may have letters, digits, dots and hyphens`);
  return id;
};

/** The name of a file of a list. */
const listName: Read<string> = (value, at) => {
  const name = text(120, 1)(value, at);
  if (!/^[\w-][\w.-]*$/.test(name) || name === "__proto__")
    throw new Misfit(`${at} is no name of a list's file`);
  return name;
};

/** A pack's rules, and what comes along where it was a folder. */
export const PACK_SHAPE = {
  source: text(MAX_RULES),
  title: optional(text(200)),
  description: optional(text(2000)),
  lists: optional(record(text(MAX_RULES), 500, listName)),
};

export const readBackgroundRequest: Read<BackgroundRequest> = variants<BackgroundRequest>({
  state: object({ type: type("state") }),
  "set-site": object({ type: type("set-site"), host: text(253, 1), on: flag }),
  "set-wire": object({ type: type("set-wire"), host: text(253, 1), on: flag }),
  "set-feed": object({
    type: type("set-feed"),
    host: text(253, 1),
    fold: optional(oneOf(...FOLDS)),
    newest: optional(flag),
  }),
  "set-pack": object({ type: type("set-pack"), pack: packId, on: flag }),
  "set-rules": object({ type: type("set-rules"), source: text(MAX_RULES), base: optional(text(MAX_RULES)) }),
  "keep-author": object({ type: type("keep-author"), author: text(300, 1) }),
  "import-pack": object({ type: type("import-pack"), pack: packId, ...PACK_SHAPE }),
  "remove-pack": object({ type: type("remove-pack"), pack: packId }),
  export: object({ type: type("export") }),
  import: object({ type: type("import"), backup: text(MAX_BACKUP) }),
  recent: object({ type: type("recent") }),
  gathered: object({ type: type("gathered") }),
  "keep-recent": object({ type: type("keep-recent"), on: flag }),
  "forget-recent": object({ type: type("forget-recent") }),
  "set-model": object({
    type: type("set-model"),
    model: name,
    on: flag,
    strictness: optional(oneOf("certain", "likely", "possible")),
  }),
  "add-model": object({ type: type("add-model"), card: text(MAX_CARD, 2) }),
  "remove-model": object({ type: type("remove-model"), model: name }),
  "try-model": object({ type: type("try-model"), model: name, topic: optional(topic) }),
  "ask-model": object({
    type: type("ask-model"),
    model: name,
    text: text(MAX_ASKED),
    topic: optional(topic),
  }),
  teach: object({
    type: type("teach"),
    filter: filterName,
    thumbs: list(object({ text: text(2 * MAX_EXAMPLE, 1), belongs: flag }), MAX_EXAMPLES),
  }),
  unteach: object({ type: type("unteach"), filter: filterName, text: text(MAX_ASKED, 1) }),
  filter: object({ type: type("filter"), filter: filterName }),
  "rename-filter": object({ type: type("rename-filter"), filter: filterName, to: filterName }),
  "merge-filters": object({ type: type("merge-filters"), from: filterName, into: filterName }),
  questions: object({ type: type("questions") }),
  "set-asking": object({ type: type("set-asking"), most: integer(0, MAX_ASKING) }),
  "forget-answers": object({ type: type("forget-answers") }),
  "picked-post": object({ type: type("picked-post"), token: text(64, 1) }),
});

export const readRecent: Read<RecentPosts> = object({ posts: text(MAX_RECENT_TEXT + 2, 2), kept: flag });

/** Most characters of what limits have counted. */
export const MAX_LIMITS = 8 << 20;

export const readGathered: Read<GatheredPosts> = object({
  posts: text(MAX_RECENT_TEXT + 2, 2),
  sources: text(MAX_GATHERED * 200, 2),
  limits: text(MAX_LIMITS),
});

const reason = object({
  pack: text(64),
  rule: text(1 << 16),
  line: integer(0, 1e9),
  effect: text(64),
  because: optional(text(1 << 16)),
  evidence: list(text(1 << 16), 64),
});

const verdict: Read<Verdict> = object({
  id: text(MAX_ID),
  action: oneOf("show", "dim", "blur", "collapse", "replace", "hide", "keep"),
  blur: optional(oneOf("media", "all")),
  labels: list(text(1 << 16), 1000),
  highlight: flag,
  score: number(-Number.MAX_VALUE, Number.MAX_VALUE),
  note: optional(text(1 << 16)),
  unsure: optional(
    object({
      show: oneOf("veil", "blur", "show"),
      deadline: number(0, 3600),
      needs: optional(list(text(1 << 16), 64)),
    }),
  ),
  reasons: list(reason, 32),
  more_reasons: optional(integer(0, 1e9)),
});

/** The verdicts of a batch. */
export const readVerdicts: Read<Verdict[]> = list(verdict, MAX_BATCH);
