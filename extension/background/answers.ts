/**
 * What models have said, by what they were asked: kept over visits under a hash of the model, the question and the words,
 * so that nothing of a post can be read from it. Bounded; the longest unasked is forgotten first.
 */
import { wordsOf } from "../shared/api.ts";
import { Kept } from "../worker/kept.ts";
import { withStore } from "./database.ts";

const PLACE = { database: "diffract-answers", store: "answers" };
const KEY = "answers";
/** Answers kept: some 3 MB in memory, 0.6 MB stored. */
export const MAX_ANSWERS = 25_000;
/** Answers of private windows, in memory only. */
const MAX_PRIVATE = 2000;
/** Milliseconds from an answer until all are stored. */
const STORE_AFTER = 10_000;
/** Bytes of a hash, and of an entry: the hash and a number. */
const HASH = 16;
const ENTRY = HASH + 4;

/** A share, or for a question with labels the label's place; `null`: the model has nothing to say. */
export type Value = number | null;

/** The hash of a question about words, as text. `model` is the hash of the model's file. */
export async function answerKey(model: string, question: string, words: string): Promise<string> {
  const bytes = new TextEncoder().encode(`${model}\n${question}\n${words.normalize("NFC")}`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return String.fromCharCode(...digest.subarray(0, HASH));
}

export class AnswerStore {
  private readonly kept = new Kept<string, Value>(MAX_ANSWERS);
  private readonly unkept = new Kept<string, Value>(MAX_PRIVATE);
  private loading: Promise<void> | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly trouble: (words: string) => void) {}

  /** Reads what is stored, once. Never rejects: without it every question is asked again. */
  ready(): Promise<void> {
    this.loading ??= this.load().catch((error: unknown) =>
      this.trouble(`What models said before could not be read (${wordsOf(error)}); they are asked again.`),
    );
    return this.loading;
  }

  get(key: string): Value | undefined {
    return this.kept.get(key) ?? this.unkept.get(key);
  }

  set(key: string, value: Value, isPrivate: boolean): void {
    if (isPrivate) {
      this.unkept.set(key, value);
      return;
    }
    this.kept.set(key, value);
    this.timer ??= setTimeout(() => void this.store(), STORE_AFTER);
  }

  /** How many there are. */
  get size(): number {
    return this.kept.size;
  }

  /** Forgets all of them, wherever they are. */
  async forget(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.loading = Promise.resolve();
    this.kept.clear();
    this.unkept.clear();
    await this.queue(() => withStore(PLACE, "readwrite", (store, done) => done(store.clear())));
  }

  private async load(): Promise<void> {
    const bytes: unknown = await withStore(PLACE, "readonly", (store, done) => done(store.get(KEY)));
    if (!(bytes instanceof Uint8Array) || bytes.byteLength % ENTRY !== 0) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // What was asked meanwhile is newer.
    const newer = [...this.kept.entries()];
    const from = Math.max(0, bytes.byteLength - MAX_ANSWERS * ENTRY);
    for (let at = from; at < bytes.byteLength; at += ENTRY) {
      const value = view.getFloat32(at + HASH, true);
      this.kept.set(
        String.fromCharCode(...bytes.subarray(at, at + HASH)),
        Number.isNaN(value) ? null : value,
      );
    }
    for (const [key, value] of newer) this.kept.set(key, value);
  }

  private async store(): Promise<void> {
    this.timer = undefined;
    await this.ready();
    const bytes = new Uint8Array(this.kept.size * ENTRY);
    const view = new DataView(bytes.buffer);
    let at = 0;
    for (const [key, value] of this.kept.entries()) {
      for (let i = 0; i < HASH; i++) bytes[at + i] = key.charCodeAt(i);
      view.setFloat32(at + HASH, value ?? Number.NaN, true);
      at += ENTRY;
    }
    try {
      await this.queue(() => withStore(PLACE, "readwrite", (store, done) => done(store.put(bytes, KEY))));
    } catch (error) {
      this.trouble(`What models said could not be kept (${wordsOf(error)}); they are asked again next time.`);
    }
  }

  private queue<T>(job: () => Promise<T>): Promise<T> {
    const next = this.last.then(job);
    this.last = next.catch(() => {});
    return next;
  }
}
