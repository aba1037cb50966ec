/**
 * What the reader teaches: filters, each a name and some posts with a thumb. Their words lie in a database on this machine and nowhere
 * else; what is learned of them is learned anew in the scorer's worker.
 */
import { wordsOf } from "../shared/api.ts";
import type { BackgroundRequest, FilterState, Learned, ModelAnswer, Question } from "../shared/messages.ts";
import type { Post } from "../shared/post.ts";
import { unaskable } from "../shared/rule-words.ts";
import { integer, list, Misfit, number, object, type Read, text } from "../shared/shape.ts";
import type { Store, StoredModel } from "../shared/storage.ts";
import {
  countsOf,
  type Example,
  exampleOf,
  hashOf,
  isTaught,
  MAX_FILTERS,
  readTaught,
  type SharedFilter,
  TAUGHT,
  type TaughtRecord,
  thumbsHash,
  untaught,
  withExample,
} from "../shared/taught.ts";
import type { LearnedFrom } from "../worker/calls.ts";
import { type Catalogue, ENCODER } from "./catalogue.ts";
import { withStore } from "./database.ts";
import type { Recent } from "./recent.ts";
import { Refused } from "./refused.ts";
import type { ScorerWorker } from "./scorer.ts";

/** Posts of this visit among which doubts are looked for, the newest: the encoder reads some twenty a second. */
const MAX_DOUBTED = 48;
/** Filters that ask; one that was taught lately before others. */
const MAX_CURIOUS = 3;
/** Texts that the encoder reads at one go: what is on screen is asked in between. */
const AT_ONCE = 4;
/** Between these scores a filter is not sure. */
const DOUBTFUL: [number, number] = [0.15, 0.85];

/** Requests of these kinds. */
export type FilterRequest = BackgroundRequest & {
  type: "teach" | "unteach" | "filter" | "rename-filter" | "merge-filters" | "questions" | "set-asking";
};

type Outcome = { value: FilterState | Question[] | null; changed: boolean };

const CHANGED: Outcome = { value: null, changed: true };

const word = object({ word: text(2000), weight: number(-1e9, 1e9) });
const readTold: Read<Omit<Learned, "doubts"> & { doubts: number[] }> = object({
  right: number(0, 1),
  for_it: list(word, 100),
  against_it: list(word, 100),
  doubts: list(integer(0, 1e6), 100),
});

export class Filters {
  /** One change of the database at a time. */
  private last: Promise<unknown> = Promise.resolve();
  /** Two pages that ask at one time are to get the same questions, not twice as many. */
  private asking: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly catalogue: Catalogue,
    private readonly worker: ScorerWorker,
    private readonly recent: Recent,
  ) {}

  /** Carries a request out; whether rules are to be taken anew. */
  async carryOut(request: FilterRequest, store: Store): Promise<Outcome> {
    switch (request.type) {
      case "teach":
        await this.teach(store, request.filter, request.thumbs);
        return CHANGED;
      case "unteach":
        this.known(request.filter);
        await this.change(store, request.filter, (examples) =>
          examples.filter(({ text }) => text !== request.text),
        );
        return CHANGED;
      case "filter":
        return { value: await this.state(request.filter), changed: false };
      case "rename-filter":
        await this.rename(store, request.filter, request.to);
        return CHANGED;
      case "merge-filters": {
        if (request.from === request.into) throw new Refused("A filter cannot be merged with itself.");
        this.known(request.into);
        const { examples } = await this.record(request.from);
        await this.teach(store, request.into, examples);
        await this.forget(store, request.from);
        return CHANGED;
      }
      case "questions": {
        const questions = this.asking.then(() => this.questions(store));
        this.asking = questions.catch(() => {});
        return { value: await questions, changed: false };
      }
      case "set-asking":
        await store.set("asking", request.most);
        return { value: null, changed: false };
    }
  }

  /** Forgets a filter and every example of it. */
  async forget(store: Store, name: string): Promise<void> {
    this.known(name);
    await this.queue(() => withStore(TAUGHT, "readwrite", (filters, done) => done(filters.delete(name))));
    await this.settle(store, name, undefined);
  }

  /** Every filter with its thumbs; `lost` is told of one that cannot be read. */
  async shared(lost: (words: string) => void): Promise<SharedFilter[]> {
    const found: SharedFilter[] = [];
    for (const name of this.filters()) {
      try {
        const { examples } = await this.record(name);
        found.push({ name, thumbs: examples.map(({ text, belongs }) => ({ text, belongs })) });
      } catch (error) {
        lost(wordsOf(error));
      }
    }
    return found;
  }

  /** Refuses filters that could not be brought back here; nothing is changed. */
  checkBack(filters: readonly SharedFilter[]): void {
    for (const { name } of filters) {
      askable(name);
      const origin = this.catalogue.origin(name);
      if (origin !== undefined && origin !== "taught")
        throw new Refused(
          `The backup has a filter "${name}", and there is a model of that name here. Nothing was changed.`,
        );
    }
  }

  /** Brings filters back in the place of those that are here. */
  async bringBack(store: Store, filters: readonly SharedFilter[]): Promise<void> {
    const wanted = new Set(filters.map(({ name }) => name));
    for (const name of this.filters()) if (!wanted.has(name)) await this.forget(store, name);
    for (const { name, thumbs } of filters) {
      const examples = thumbs.reduce(withExample, [] as Example[]);
      await this.change(store, name, (before) => {
        // What the encoder said of the same words holds.
        const told = new Map(before.map(({ text, meaning }) => [text, meaning]));
        return examples.map((example) => {
          const meaning = told.get(example.text);
          return meaning ? { ...example, meaning } : example;
        });
      });
    }
  }

  /** How a text looks to a filter, and which of its examples are nearest. */
  async look(name: string, text: string): Promise<ModelAnswer> {
    const { examples } = await this.record(name);
    const { score, near } = await this.worker.call("look", name, text);
    return {
      score,
      label: null,
      near: near.flatMap(({ example, nearness }) => {
        const found = examples[example];
        return found ? [{ text: found.text, belongs: found.belongs, nearness }] : [];
      }),
    };
  }

  private async teach(store: Store, name: string, thumbs: readonly Example[]): Promise<void> {
    const origin = this.catalogue.origin(name);
    if (origin !== undefined && origin !== "taught")
      throw new Refused(`There is a model "${name}" already; give the filter another name.`);
    if (origin === undefined) askable(name);
    if (origin === undefined && this.filters().length >= MAX_FILTERS)
      throw new Refused(`There is room for ${MAX_FILTERS} filters; forget one first. Nothing was changed.`);
    const hidden = await this.hidden();
    if (thumbs.some(({ text }) => hidden.has(text)))
      throw new Refused(
        "The post is from a private window; nothing of it is kept, so no filter can learn from it.",
      );
    await this.change(store, name, (examples) => thumbs.reduce(withExample, examples as Example[]));
    await store.set("teaching", name);
    void this.learn(name, []).catch(() => {
      // It learns when it is asked; what is wrong is said there.
    });
  }

  private async rename(store: Store, name: string, to: string): Promise<void> {
    this.known(name);
    if (name === to) return;
    askable(to);
    if (this.catalogue.origin(to) !== undefined)
      throw new Refused(`There is a model "${to}" already; choose another name.`);
    const record = await this.record(name);
    await this.queue(() =>
      withStore(TAUGHT, "readwrite", async (filters, done) => {
        await done(filters.put(record, to));
        await done(filters.delete(name));
      }),
    );
    const settings = store.stored.models[name];
    await this.settle(store, name, undefined);
    await store.update("models", (models) => ({ ...models, ...(settings && { [to]: settings }) }));
    await store.set("teaching", to);
  }

  private filters(): string[] {
    return this.catalogue.states().flatMap(({ name, taught }) => (taught ? [name] : []));
  }

  private known(name: string): void {
    if (this.catalogue.origin(name) !== "taught") throw new Refused(`You have no filter "${name}".`);
  }

  /** A filter as it is stored; directions that another encoder told are left out. */
  private async record(name: string): Promise<TaughtRecord> {
    this.known(name);
    return this.queue(() => this.read(name));
  }

  private async read(name: string): Promise<TaughtRecord> {
    const encoder = this.catalogue.encoder();
    const stored: unknown = await withStore(TAUGHT, "readonly", (filters, done) => done(filters.get(name)));
    if (stored === undefined) return untaught(encoder);
    let record: TaughtRecord;
    try {
      record = readTaught(stored, "what is stored of it");
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      throw new Refused(
        `The examples of "${name}" cannot be read (${error.message}); forget the filter and begin anew.`,
      );
    }
    return record.encoder === encoder
      ? record
      : {
          ...record,
          encoder,
          examples: record.examples.map(({ text, belongs }) => ({ text, belongs })),
        };
  }

  private async change(
    store: Store,
    name: string,
    change: (examples: readonly Example[]) => Example[],
  ): Promise<void> {
    const examples = await this.queue(async () => {
      const record = await this.read(name);
      const next = { ...record, examples: change(record.examples) };
      await withStore(TAUGHT, "readwrite", (filters, done) => done(filters.put(next, name)));
      return next.examples;
    });
    await this.settle(store, name, {
      ...countsOf(examples),
      sha256: await thumbsHash(this.catalogue.encoder(), examples),
    });
  }

  /** Notes what rules are told of a filter, and has the worker forget what it learned of it. */
  private async settle(store: Store, name: string, taught: StoredModel["taught"]): Promise<void> {
    await store.update("models", (models) => {
      const { [name]: before, ...others } = models;
      return taught === undefined ? others : { ...others, [name]: { ...before, taught } };
    });
    if (taught === undefined && store.stored.teaching === name) await store.set("teaching", "");
    await this.worker.call("drop", name).catch(() => null);
  }

  /** What it has learned, with how it judges some posts. The directions of its examples are kept. */
  private async learn(name: string, posts: string[]): Promise<LearnedFrom> {
    const { examples } = await this.queue(() => this.read(name));
    await this.warm([
      ...examples.flatMap(({ text, meaning }) => (meaning === undefined ? [text] : [])),
      ...posts,
    ]);
    const learned = await this.worker.call("learn", name, examples, posts);
    if (examples.some(({ meaning }) => meaning === undefined)) await this.keep(name, examples, learned);
    return learned;
  }

  /** Has the worker read texts, a few at a time: it remembers their directions. */
  private async warm(texts: readonly string[]): Promise<void> {
    const encoder = this.catalogue.get(ENCODER);
    if (encoder === undefined) return;
    for (let at = 0; at < texts.length; at += AT_ONCE)
      await this.worker.call("near", encoder.place, [], texts.slice(at, at + AT_ONCE));
  }

  private keep(
    name: string,
    examples: readonly Example[],
    { encoder, meanings }: LearnedFrom,
  ): Promise<void> {
    const by = new Map(examples.map(({ text }, index) => [text, meanings[index]]));
    return this.queue(async () => {
      const record = await this.read(name);
      // Meanwhile it may have been forgotten, or taught more.
      if (record.examples.length === 0 || record.encoder !== encoder) return;
      const told = record.examples.map((example) => {
        const meaning = example.meaning ?? by.get(example.text);
        return meaning ? { ...example, meaning } : example;
      });
      await withStore(TAUGHT, "readwrite", (filters, done) =>
        done(filters.put({ ...record, examples: told }, name)),
      );
    });
  }

  private async state(name: string): Promise<FilterState> {
    const { examples } = await this.record(name);
    const state: FilterState = {
      name,
      examples: examples.map(({ text, belongs }) => ({ text, belongs })).reverse(),
      learned: null,
      trouble: null,
    };
    const { belong, others } = countsOf(examples);
    if (belong === 0 || others === 0) return state;
    try {
      const posts = await this.untold(examples);
      const told = readTold(JSON.parse((await this.learn(name, posts)).told), "what was learned");
      const doubts = told.doubts.flatMap((place) => posts[place] ?? []);
      return { ...state, learned: { ...told, doubts } };
    } catch (error) {
      return { ...state, trouble: wordsOf(error) };
    }
  }

  /** The words of posts of private windows. */
  private async hidden(): Promise<Set<string>> {
    return new Set((await this.recent.unkept()).map((json) => exampleOf(JSON.parse(json) as Post)));
  }

  /** The words of the newest posts of this visit that have no thumb of this filter's. */
  private async untold(examples: readonly Example[]): Promise<string[]> {
    const known = new Set([...examples.map(({ text }) => text), ...(await this.hidden())]);
    const posts = (JSON.parse(await this.recent.latest()) as Post[]).reverse();
    const found = new Set<string>();
    for (const post of posts) {
      if (found.size >= MAX_DOUBTED) break;
      const text = exampleOf(post);
      if (text !== "" && !known.has(text)) found.add(text);
    }
    return [...found];
  }

  /** Of every filter that is asked, the post it is least sure of; never more in a day than the reader allows. */
  private async questions(store: Store): Promise<Question[]> {
    const { asking, teaching } = store.stored;
    if (asking === 0) return [];
    const day = dayOf(new Date());
    const asked = store.stored.asked.day === day ? store.stored.asked.posts : [];
    const filters = this.filters().sort(
      (one, other) => Number(other === teaching) - Number(one === teaching),
    );
    const questions: Question[] = [];
    const now = [...asked];
    for (const filter of filters.slice(0, MAX_CURIOUS)) {
      if (this.catalogue.get(filter) === undefined) continue;
      const { examples } = await this.record(filter);
      if (!isTaught(countsOf(examples))) continue;
      const posts = await this.untold(examples);
      if (posts.length === 0) continue;
      const learned = await this.learn(filter, posts);
      const { doubts } = readTold(JSON.parse(learned.told), "what was learned");
      for (const place of doubts) {
        const text = posts[place];
        const score = learned.scores[place];
        if (text === undefined || score === undefined || score < DOUBTFUL[0] || score > DOUBTFUL[1]) continue;
        const hash = (await hashOf(`${filter}\n${text}`)).slice(0, 16);
        if (!now.includes(hash)) {
          if (now.length >= asking) continue;
          now.push(hash);
        }
        questions.push({ filter, text, score });
      }
    }
    if (now.length > asked.length) await store.set("asked", { day, posts: now });
    return questions;
  }

  private queue<T>(job: () => Promise<T>): Promise<T> {
    const next = this.last.then(job);
    this.last = next.catch(() => {});
    return next;
  }
}

/** Refuses a name that no rule could ask by. */
function askable(name: string): void {
  const problem = unaskable(name);
  if (problem !== undefined) throw new Refused(`The filter cannot have that name: ${problem}.`);
}

/** The day in the reader's own time: `2026-11-21`. */
const dayOf = (now: Date): string =>
  [now.getFullYear(), now.getMonth() + 1, now.getDate()]
    .map((part) => String(part).padStart(2, "0"))
    .join("-");
