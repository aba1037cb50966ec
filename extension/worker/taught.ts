/** Filters that the reader teaches, in the worker: learned anew from their examples whenever they are first asked. */
import { withStore } from "../background/database.ts";
import { type Example, readTaught, TAUGHT, type TaughtRecord } from "../shared/taught.ts";
import type { Answers } from "./calls.ts";

/** The bindings that are needed of `crate/scorer`: see `Taught` there. */
export interface Learner {
  free(): void;
  score(texts: string[], meanings: Float32Array): Float32Array;
  told(texts: string[], meanings: Float32Array): string;
  look(text: string, meaning: Float32Array): string;
  export(name: string, encoder: Uint8Array): { card: string; onnx: Uint8Array };
}

/** What the filters stand on. */
export interface Ground {
  /** Learns. Throws, in words for the reader, where nothing can be learned. */
  learn(name: string, texts: string[], belongs: Uint8Array, meanings: Float32Array): Learner;
  /** The directions of texts, by the shipped encoder. */
  embed(texts: string[]): Promise<Float32Array[]>;
  /** The hash of the shipped encoder's file. */
  encoder(): Promise<string>;
  encoderFile(): Promise<Uint8Array>;
}

/** Texts of one call of the encoder: a call of more is not interrupted by what is more urgent. */
const AT_ONCE = 8;

export class TaughtFilters {
  private readonly learners = new Map<string, Promise<Learner>>();

  constructor(private readonly ground: Ground) {}

  async score(name: string, texts: string[]): Promise<Float32Array> {
    const learner = await this.learner(name);
    return learner.score(texts, flat(await this.ground.embed(texts)));
  }

  async look(name: string, text: string): Promise<Answers["look"]> {
    const learner = await this.learner(name);
    return JSON.parse(learner.look(text, flat(await this.ground.embed([text])))) as Answers["look"];
  }

  /** Learns from these examples, whatever is stored, and tells what. */
  async learn(name: string, examples: Example[], posts: string[]): Promise<Answers["learn"]> {
    const encoder = await this.ground.encoder();
    const meanings = await this.meanings(examples, encoder, encoder);
    const learner = this.from(name, examples, meanings);
    try {
      const rows: Float32Array[] = [];
      for (let at = 0; at < posts.length; at += AT_ONCE)
        rows.push(...(await this.ground.embed(posts.slice(at, at + AT_ONCE))));
      const all = flat(rows);
      return {
        encoder,
        meanings,
        told: learner.told(posts, all),
        scores: posts.length === 0 ? [] : [...learner.score(posts, all)],
      };
    } finally {
      learner.free();
    }
  }

  async export(name: string, examples: Example[]): Promise<Answers["export"]> {
    const encoder = await this.ground.encoder();
    const learner = this.from(name, examples, await this.meanings(examples, encoder, encoder));
    try {
      return learner.export(name, await this.ground.encoderFile());
    } finally {
      learner.free();
    }
  }

  /** It is to be learned anew. */
  drop(name: string): void {
    const learner = this.learners.get(name);
    this.learners.delete(name);
    learner?.then((learner) => learner.free()).catch(() => {});
  }

  private learner(name: string): Promise<Learner> {
    const found = this.learners.get(name);
    if (found) return found;
    const next = this.load(name);
    this.learners.set(name, next);
    next.catch(() => this.learners.delete(name));
    return next;
  }

  private async load(name: string): Promise<Learner> {
    const stored: unknown = await withStore(TAUGHT, "readonly", (store, done) => done(store.get(name)));
    if (stored === undefined) throw new Error(`the filter ${name} is not stored any more`);
    const { examples, encoder } = readTaught(stored, `the filter ${name}`);
    return this.from(name, examples, await this.meanings(examples, encoder, await this.ground.encoder()));
  }

  private from(name: string, examples: readonly Example[], meanings: readonly Float32Array[]): Learner {
    return this.ground.learn(
      name,
      examples.map(({ text }) => text),
      Uint8Array.from(examples, ({ belongs }) => (belongs ? 1 : 0)),
      flat(meanings),
    );
  }

  /** Of each example: as stored, if this encoder told it, else asked. */
  private async meanings(
    examples: TaughtRecord["examples"],
    by: string,
    encoder: string,
  ): Promise<Float32Array[]> {
    const found = examples.map(({ meaning }) => (by === encoder ? meaning : undefined));
    const missing = examples.flatMap((_, index) => (found[index] === undefined ? [index] : []));
    for (let at = 0; at < missing.length; at += AT_ONCE) {
      const part = missing.slice(at, at + AT_ONCE);
      const rows = await this.ground.embed(part.map((index) => examples[index]?.text ?? ""));
      for (const [row, index] of part.entries()) found[index] = rows[row];
    }
    return found.map((row) => row ?? new Float32Array());
  }
}

/** Rows one after another. */
function flat(rows: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(rows.reduce((sum, row) => sum + row.length, 0));
  let at = 0;
  for (const row of rows) {
    all.set(row, at);
    at += row.length;
  }
  return all;
}
