/** Readers for every message of `wire.ts`: what does not pass is not acted upon. */
import type { JudgedPost } from "./messages.ts";
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
import {
  type Body,
  isBlob,
  isBytes,
  MAX_BODY,
  MAX_TAKEN,
  MAX_URL,
  PASSED,
  type PageWord,
  sizeOf,
  type Told,
  type WireAnswer,
  type WireRequest,
} from "./wire.ts";

const body: Read<Body> = (value, at) => {
  if (!isBytes(value) && !isBlob(value)) throw new Misfit(`${at} is neither bytes nor a blob`);
  if (sizeOf(value) > MAX_BODY) throw new Misfit(`${at} is over ${MAX_BODY} bytes`);
  return value;
};
const bodyOrText: Read<Body | string> = (value, at) =>
  typeof value === "string" ? text(MAX_BODY)(value, at) : body(value, at);
const seq = integer(0, Number.MAX_SAFE_INTEGER);
const kind = oneOf("answer", "message");
const url = text(MAX_URL);
const outcome = oneOf("unchanged", "changed", "withheld");
const why = oneOf(...PASSED);

export const readPageWord: Read<PageWord> = variants<PageWord>({
  ask: object({ type: oneOf("ask"), seq, kind, url, body }),
  passed: object({ type: oneOf("passed"), why }),
});

export const readWireRequest: Read<WireRequest> = variants<WireRequest>({
  hello: object({
    type: oneOf("hello"),
    host: text(253),
    visit: text(64, 1),
    probe: list((one: unknown): unknown => one, 2),
  }),
  rewrite: object({ type: oneOf("rewrite"), seq, kind, url, document: url, body: bodyOrText }),
});

const piece: Read<readonly [number, number] | string> = (value, at) => {
  if (typeof value === "string") return value;
  const [from, to, ...more] = list(integer(0, MAX_BODY), 2)(value, at);
  if (from === undefined || to === undefined || more.length > 0 || from > to)
    throw new Misfit(`${at} is no range`);
  return [from, to];
};
/** Verdicts are the engine's own, checked where they are read for the page; here they are only handed on. */
const judged: Read<JudgedPost> = (value, at) => {
  const { post, verdict } = object({
    post: record((one: unknown) => one, 200),
    verdict: record((one: unknown) => one, 50),
  })(value, at);
  text(2048, 1)(post.id, `${at}.post.id`);
  return {
    post: post as unknown as JudgedPost["post"],
    verdict: verdict as unknown as JudgedPost["verdict"],
    shown: false,
    places: 0,
  };
};
const told: Read<Told> = object({
  posts: integer(0, 1e6),
  taken: list(judged, MAX_TAKEN),
  moved: integer(0, 1e6),
  repeated: integer(0, 1e6),
  passed: optional(why),
  problem: optional(text(2000)),
});

const spent = object({ background: number(0, 1e9), engine: number(0, 1e9) });

export const readWireAnswer: Read<WireAnswer> = variants<WireAnswer>({
  ready: object({ type: oneOf("ready"), bytes: flag }),
  rewritten: object({
    type: oneOf("rewritten"),
    seq,
    outcome,
    pieces: optional(list(piece, 100_000)),
    spent,
  }),
  told: object({ type: oneOf("told"), told, spent: optional(spent) }),
});
