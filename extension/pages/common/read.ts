/**
 * Readers for what arrives from other parts of the extension. A content script lives in a stranger's page and
 * the background may be of another version during an update, so shapes are checked before they are drawn. One
 * entry of a list that does not read costs that entry.
 */

import { readCrossedCard } from "../../shared/card.ts";
import { MAX_BACKUP, MAX_RULES, readVerdicts } from "../../shared/guards.ts";
import type {
  BackgroundState,
  Diagnostic,
  FilterState,
  JudgedPost,
  ModelAnswer,
  ModelState,
  ModelTrial,
  PackState,
  PageReport,
  Question,
} from "../../shared/messages.ts";
import {
  anything,
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
} from "../../shared/shape.ts";
import { MAX_ASKING, MAX_EXAMPLES } from "../../shared/taught.ts";
import { FOLDS, PASSED, type WireReport } from "../../shared/wire.ts";
import { readPost } from "./post.ts";

const words = text(1 << 16);
const name = text(2000);
const natural = integer(0, Number.MAX_SAFE_INTEGER);

/** A list without the entries that do not read. */
function sound<T>(entry: Read<T>, max: number): Read<T[]> {
  const entries = list(anything, max);
  return (value, at) =>
    entries(value, at).flatMap((one, index) => {
      try {
        return [entry(one, `${at}[${index}]`)];
      } catch (error) {
        if (error instanceof Misfit) return [];
        throw error;
      }
    });
}

const readJudged: Read<JudgedPost> = object({
  post: readPost,
  verdict: (value: unknown, at: string) => {
    const [verdict] = readVerdicts([value], at);
    if (verdict === undefined) throw new Misfit(`${at} is no verdict`);
    return verdict;
  },
  shown: flag,
  places: integer(0, 1_000_000),
});

/** A content script's report. */
const wireReport: Read<WireReport> = object({
  on: flag,
  here: flag,
  answers: natural,
  taken: natural,
  moved: natural,
  repeated: natural,
  passed: object(Object.fromEntries(PASSED.map((why) => [why, optional(natural)]))),
  asked: list(number(0, 1e9), 1000),
  engine: list(number(0, 1e9), 1000),
});

export const readReport: Read<PageReport> = object({
  wire: optional(wireReport),
  host: text(253),
  platform: text(64),
  surface: (value: unknown, at: string) =>
    value === null || value === undefined ? null : text(64)(value, at),
  paused: flag,
  seen: natural,
  actions: record(natural, 100),
  posts: sound(readJudged, 100_000),
  undecided: natural,
  health: object({
    adapter: text(64),
    state: oneOf("good", "worn", "broken", "quiet"),
    locators: sound(
      object({ name: text(200), found: natural, asked: natural, rank: integer(-1, 1000) }),
      10_000,
    ),
  }),
  troubles: sound(words, 1000),
  latencies: sound(number(0, Number.MAX_VALUE), 10_000),
  engine: oneOf("near", "background"),
  feed: object({
    fold: oneOf(...FOLDS),
    newest: (value: unknown, at: string) => (value === null ? null : flag(value, at)),
  }),
});

const offset = integer(0, MAX_RULES);

const readDiagnostic: Read<Diagnostic> = object({
  severity: oneOf("error", "warning", "hint"),
  code: text(100),
  message: words,
  line: natural,
  column: natural,
  from: offset,
  to: offset,
  help: optional(words),
  suggestion: optional(object({ from: offset, to: offset, replacement: words })),
  rendered: text(MAX_RULES),
});

/** Messages about a rule file. */
export const readDiagnostics: Read<Diagnostic[]> = sound(readDiagnostic, 1_000_000);

const readPack: Read<PackState> = object({
  id: text(64, 1),
  title: name,
  description: words,
  origin: oneOf("mine", "shipped", "imported"),
  on: flag,
  source: text(MAX_RULES),
  rules: natural,
  lists: optional(record(text(MAX_RULES), 500)),
});

const readModel: Read<ModelState> = object({
  name: text(40, 1),
  own: flag,
  taught: optional(object({ belong: natural, others: natural })),
  on: flag,
  strictness: optional(oneOf("certain", "likely", "possible")),
  trouble: optional(words),
  card: readCrossedCard,
});

/** What a model makes of the posts of this visit. */
export const readTrial: Read<ModelTrial> = object({
  posts: list(
    object({
      text: words,
      score: (value: unknown, at: string) => (value === null ? null : number(0, 1)(value, at)),
    }),
    1000,
  ),
});

const orNull =
  <T>(read: Read<T>): Read<T | null> =>
  (value, at) =>
    value === null || value === undefined ? null : read(value, at);

/** What a model makes of a text. */
export const readModelAnswer: Read<ModelAnswer> = object({
  score: orNull(number(0, 1)),
  label: orNull(name),
  near: list(object({ text: words, belongs: flag, nearness: number(-2, 2) }), 100),
});

const weighed = list(object({ word: name, weight: number(-1e9, 1e9) }), 100);

/** What a filter has learned. */
export const readFilter: Read<FilterState> = object({
  name: text(40, 1),
  examples: list(object({ text: words, belongs: flag }), MAX_EXAMPLES),
  learned: orNull(
    object({ right: number(0, 1), for_it: weighed, against_it: weighed, doubts: list(words, 100) }),
  ),
  trouble: orNull(words),
});

/** Posts that the reader is asked about. */
export const readQuestions: Read<Question[]> = list(
  object({ filter: text(40, 1), text: words, score: number(0, 1) }),
  1000,
);

/** The background's state. */
export const readState: Read<BackgroundState> = object({
  version: text(100),
  packs: sound(readPack, 10_000),
  pausedHosts: sound(text(253, 1), 100_000),
  troubles: sound(words, 10_000),
  rules: natural,
  models: sound(readModel, 1000),
  teaching: text(40),
  asking: integer(0, MAX_ASKING),
  answers: natural,
  start: object({ from: oneOf("snapshot", "sources"), milliseconds: number(0, Number.MAX_VALUE) }),
});

/** A backup's text. */
export const readExport: Read<string> = text(MAX_BACKUP, 2);

/** An answer: done with a value, or refused with words. */
export function readAnswer<T>(read: Read<T>): Read<{ ok: true; value: T } | { ok: false; message: string }> {
  const refusal = object({ message: text(1 << 16, 1) });
  const done = object({ ok: flag });
  const carried = object({ value: anything });
  return (value, at) => {
    if (!done(value, at).ok) return { ok: false, message: refusal(value, at).message };
    return { ok: true, value: read(carried(value, at).value, `${at}.value`) };
  };
}
