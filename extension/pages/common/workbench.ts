/**
 * The workbench from a page's side: checking, formatting, completing and trying out rules, in a worker. There are two,
 * so that a check of a large file does not keep a keystroke's answer waiting.
 */
import { api } from "../../shared/api.ts";
import { contextNow } from "../../shared/context.ts";
import { MAX_RULES, readVerdicts } from "../../shared/guards.ts";
import type { Diagnostic } from "../../shared/messages.ts";
import type { Verdict } from "../../shared/post.ts";
import {
  flag,
  integer,
  list,
  Misfit,
  object,
  oneOf,
  optional,
  type Read,
  record,
  text,
} from "../../shared/shape.ts";
import type { Call, CallName, Calls, Lists, OtherPack, Reply } from "../workbench/calls.ts";
import { readDiagnostics } from "./read.ts";

interface Waiting {
  resolve: (value: string) => void;
  reject: (error: Error) => void;
}

/** No names: what a worker knows that was told nothing. */
const NONE: readonly string[] = [];
/** The names of the reader's own models. */
let models: readonly string[] = NONE;

/** Rules may ask these models as well, from the next question on. */
export function knowModels(names: readonly string[]): void {
  if (names.join() !== models.join()) models = [...names];
}

/** One worker with the questions it has not answered. Started by the first; started anew after it broke. */
class Bench {
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private seq = 0;
  /** The names that its worker knows. */
  private told: readonly string[] = NONE;

  call<Name extends CallName>(name: Name, ...args: Calls[Name]): Promise<string> {
    return new Promise((resolve, reject) => {
      const seq = ++this.seq;
      this.waiting.set(seq, { resolve, reject });
      try {
        this.worker ??= this.start();
        this.tellNames(this.worker);
        this.worker.postMessage({ seq, name, args } satisfies Call);
      } catch (error) {
        this.waiting.delete(seq);
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  /** A call without a number is answered to nobody. */
  private tellNames(worker: Worker): void {
    if (this.told === models) return;
    this.told = models;
    worker.postMessage({ seq: 0, name: "models", args: [models] } satisfies Call);
  }

  private start(): Worker {
    this.told = NONE;

    const worker = new Worker(api.runtime.getURL("workbench.js"), { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => {
      const waiting = this.waiting.get(data.seq);
      this.waiting.delete(data.seq);
      if (data.ok) waiting?.resolve(data.value);
      else {
        waiting?.reject(new Error(data.message));
        if (data.broken) this.stop("it broke over another question");
      }
    });
    worker.addEventListener("error", () => this.stop("its worker does not start"));
    return worker;
  }

  private stop(why: string): void {
    this.worker?.terminate();
    this.worker = undefined;
    for (const { reject } of this.waiting.values()) reject(new Error(why));
    this.waiting.clear();
  }
}

const writing = new Bench();
const trying = new Bench();

/** Makes feeds, in a worker of its own: see `feed.ts`. */
export const feeding = new Bench();

/** Everything there is to say about a rule file with its lists, in order of place. Rejects where the workbench does not run. */
export async function checkRules(source: string, lists?: Lists): Promise<Diagnostic[]> {
  return readDiagnostics(JSON.parse(await writing.call("check", source, lists)), "the check");
}

/** A rule file in its standard form. Comments stay. A line that does not parse stays as it is. */
export function formatRules(source: string): Promise<string> {
  return writing.call("format", source);
}

const offset = integer(0, MAX_RULES);
const words = text(1 << 16);

const readCompletions = object({
  from: offset,
  options: list(
    object({
      label: words,
      kind: oneOf("action", "field", "model", "operator", "value", "list", "word"),
      detail: optional(words),
      meaning: optional(words),
    }),
    100_000,
  ),
});

/** What can stand at a place. */
export type Completions = ReturnType<typeof readCompletions>;

/** What can stand at `at`, and where what is typed already begins. */
export async function completionsAt(source: string, at: number): Promise<Completions> {
  return readCompletions(JSON.parse(await writing.call("complete", source, at)), "the completions");
}

const readDescription = object({ from: offset, to: offset, form: words, sort: words, meaning: words });

/** What a word means. */
export type Description = ReturnType<typeof readDescription>;

/** What the word at `at` means, if it is one. */
export async function descriptionAt(source: string, at: number): Promise<Description | null> {
  const value: unknown = JSON.parse(await writing.call("describe", source, at));
  return value === null ? null : readDescription(value, "the description");
}

const natural = integer(0, Number.MAX_SAFE_INTEGER);
const tallies = list(object({ effect: text(64), posts: natural, followed: natural }), 100);

/** How many posts something happens to. */
export type EffectTally = ReturnType<typeof tallies>[number];

/** From which place to which, from 1. */
export interface Move {
  was: number;
  is: number;
}

/** What the rules as typed do, against the rules as saved. */
export interface Outcome {
  /** By index of the post: the verdicts that are not as the outcome before had them. */
  changed: Map<number, Verdict>;
  /** Indices of the posts to which something else happens. */
  differs: number[];
  more: EffectTally[];
  fewer: EffectTally[];
  /** By index: where in its feed, from 1, a post stood under the rules as saved, and stands. */
  moved: Map<number, Move>;
  /** Indices of all posts, feed by feed, as the rules order them; empty where they leave them as they are. */
  order: number[];
  /** The rules are over 4 MB and count for nothing. */
  tooLarge: boolean;
}

const readOutcome: Read<Outcome> = (value, at) => {
  const { changed, differs, more, fewer, moved, order, too_large } = object({
    changed: list((entry: unknown, place: string): [number, Verdict] => {
      const [index, verdict] = list((one: unknown) => one, 2)(entry, place);
      const [read] = readVerdicts([verdict], place);
      return [natural(index, place), read as Verdict];
    }, 1000),
    differs: list(natural, 1000),
    more: tallies,
    fewer: tallies,
    moved: list((entry: unknown, place: string): [number, Move] => {
      const [index = 0, was = 0, is = 0] = list(natural, 3)(entry, place);
      return [index, { was, is }];
    }, 1000),
    order: list(natural, 1000),
    too_large: flag,
  })(value, at);
  return {
    changed: new Map(changed),
    differs,
    more,
    fewer,
    moved: new Map(moved),
    order,
    tooLarge: too_large,
  };
};

/** Takes posts to try rules out on, with the packs in force beside the rules, and the rules as saved. How many posts. */
export async function openReplay(posts: string, packs: readonly OtherPack[], saved: string): Promise<number> {
  return Number(await trying.call("open", posts, contextNow({ visit: "replay" }), packs, saved));
}

/** What the rules as typed would do to the posts. */
export async function replayTyped(source: string): Promise<Outcome> {
  return readOutcome(JSON.parse(await trying.call("type", source)), "the outcome");
}

/** As {@link replayTyped}, once `source` was saved. */
export async function replaySaved(source: string): Promise<Outcome> {
  return readOutcome(JSON.parse(await trying.call("saved", source)), "the outcome");
}

const readProposals = list(object({ rule: words, about: text(64), posts: natural, followed: natural }), 1000);

/** A rule that could be made of a post. */
export type Proposal = ReturnType<typeof readProposals>[number];

/** Rules that could be made of the post of an index, each true of it. */
export async function proposalsFrom(index: number): Promise<Proposal[]> {
  return readProposals(JSON.parse(await trying.call("propose", index)), "the proposals");
}

/** True, false, or not known. */
export type Truth = "true" | "false" | "unknown";

/** A part of a condition, with what it came to. */
export interface Part {
  kind: "always" | "all" | "any" | "not" | "test";
  value: Truth;
  parts: Part[];
  /** The question as the language has it, and what the post has there. Of tests only. */
  text?: string | undefined;
  shown?: string | undefined;
}

const truth = oneOf("true", "false", "unknown");
/** Conditions nest at most 64 deep. */
const MAX_DEPTH = 80;

const readPart =
  (depth: number): Read<Part> =>
  (value, at) => {
    const { parts, ...own } = object({
      kind: oneOf("always", "all", "any", "not", "test"),
      value: truth,
      parts: optional(list(depth > MAX_DEPTH ? neverDeeper : readPart(depth + 1), 2000)),
      text: optional(words),
      shown: optional(words),
    })(value, at);
    return { ...own, parts: parts ?? [] };
  };

const neverDeeper: Read<Part> = (_value, at) => {
  throw new Misfit(`${at} is nested too deep`);
};

const readExplained = object({
  pack: text(64),
  line: natural,
  rule: words,
  effect: text(64),
  because: optional(words),
  value: truth,
  decides: flag,
  place: object({ on: words, holds: flag }),
  hours: optional(object({ at: words, holds: flag, now: words })),
  condition: readPart(0),
  evidence: list(words, 64),
});

/** What one rule made of a post. */
export type ExplainedRule = ReturnType<typeof readExplained>;

/** The rules that spoke of a post, and that of a line (from 1; 0 for none) of the rules as typed, as trees. */
export async function explain(index: number, line: number): Promise<ExplainedRule[]> {
  return list(readExplained, 10_000)(
    JSON.parse(await trying.call("explain", index, line)),
    "the explanation",
  );
}

const readImported = object({
  title: text(200),
  rules: text(MAX_RULES),
  report: object({
    entries: natural,
    carried: natural,
    rules: natural,
    notes: list(
      object({
        kind: oneOf("left_out", "changed", "ended"),
        place: (value: unknown, at: string) =>
          value === "file"
            ? ("file" as const)
            : object({ line: optional(natural), entry: optional(words) })(value, at),
        what: words,
        why: words,
      }),
      100_000,
    ),
    more_notes: natural,
  }),
});

/** Another tool's filters as rules, with what could not be carried over. */
export type Imported = ReturnType<typeof readImported>;

/** Reads a file of another tool's. Rejects, in words for the reader, where it is none that is known. */
export async function importFilters(bytes: Uint8Array, name: string): Promise<Imported> {
  return readImported(JSON.parse(await writing.call("import", bytes, name, Date.now() / 1000)), "the import");
}

const readPackaged = object({
  id: text(40, 1),
  title: text(200),
  description: text(2000),
  version: text(64),
  author: text(1000),
  source: text(MAX_RULES),
  lists: record(text(MAX_RULES), 500),
  notes: list(words, 100),
  cases: natural,
});

/** A pack as `diffract package` makes it: its rules with what they need, and what it says of itself. */
export type Packaged = ReturnType<typeof readPackaged>;

/** Reads a packaged pack. Rejects, in words for the reader, where it is none. */
export async function readPackage(bytes: Uint8Array): Promise<Packaged> {
  return readPackaged(JSON.parse(await writing.call("package", bytes)), "the package");
}
