/**
 * Asks the engine about posts, in batches that it can take, and sees to each answer. What cannot be decided together is
 * asked about in smaller parts, so that one post costs no other its verdict.
 */
import type { Verdict } from "../shared/post.ts";
import type { Known } from "./known.ts";
import { BATCH_TEXT, listOf, MOST_POSTS, parts, postJson, wellFormed } from "./wire.ts";

/** Batches that may be under way. */
const MAX_BATCHES = 1000;
/** Failures in a row after which a batch is given up as a whole: the fault is not one post's. */
const MAX_FAILURES = 32;

interface Batch {
  /** When its posts were due to be read, as `performance.now()`. */
  started: number;
  contents: Known[];
}

/** Sends a batch, a JSON array of posts; returns its number, never 0. */
export type Send = (posts: string) => number;

/** Decides a batch at once, if that can be done; `null`: it is to be sent. `posts`: the contents as JSON. */
export type Decide = (posts: string, contents: readonly Known[]) => Verdict[] | null;

export interface AskingEvents {
  /** These have their verdicts. */
  judged(contents: ReadonlySet<Known>): void;
  /** No answer for these, for now or for good: they are to show. Returns how many items that uncovered. */
  open(contents: ReadonlySet<Known>): number;
  /** Reads what is still to be read of these, which are about to be sent; whether there was anything. */
  complete(contents: readonly Known[]): boolean;
  /** Carries one verdict over. */
  judge(known: Known, verdict: Verdict): void;
  /** A batch has its verdicts, in the order of its posts; some may wait for models. */
  answered(seq: number, contents: readonly Known[], verdicts: readonly Verdict[]): void;
  /** Milliseconds from reading to carried out. */
  took(milliseconds: number): void;
  trouble(words: string): void;
}

/** The page may hold an id that no message can carry as it is. */
const isOf = (verdict: Verdict, { post }: Known): boolean =>
  verdict.id === post.id || verdict.id === wellFormed(post.id);

export class Asking {
  private readonly batches = new Map<number, Batch>();
  private failures = 0;

  constructor(
    private readonly send: Send,
    private readonly events: AskingEvents,
    private readonly decide: Decide = () => null,
  ) {}

  /** Asks about every content that is not being asked about already. */
  ask(contents: Iterable<Known>, started: number): void {
    const texts: string[] = [];
    const due: Known[] = [];
    for (const known of contents) {
      if (known.asked !== 0) continue;
      due.push(known);
      texts.push(postJson(known.post));
    }
    for (const [from, to] of parts(texts, MOST_POSTS, BATCH_TEXT)) {
      this.askPart(due.slice(from, to), listOf(texts.slice(from, to)), started);
    }
  }

  /** The engine's answer; `verdicts` in the order of the posts. */
  answer(seq: number, verdicts: readonly Verdict[]): void {
    const batch = this.take(seq);
    if (batch === undefined) return;
    this.events.answered(seq, batch.contents, verdicts);
    this.settle(batch, verdicts);
  }

  private settle(batch: Batch, verdicts: readonly Verdict[]): void {
    this.failures = 0;
    const unanswered = new Set<Known>();
    for (const [index, known] of batch.contents.entries()) {
      const verdict = verdicts[index];
      if (verdict !== undefined && isOf(verdict, known)) {
        this.events.judge(known, verdict.id === known.post.id ? verdict : { ...verdict, id: known.post.id });
      } else unanswered.add(known);
    }
    this.events.judged(new Set(batch.contents));
    this.events.took(performance.now() - batch.started);
    if (unanswered.size > 0) {
      this.events.open(unanswered);
      this.events.trouble(
        `The engine left ${unanswered.size} of ${batch.contents.length} posts undecided; they are shown.`,
      );
    }
  }

  /** No answer in time. It may still come; whoever reads one of the posts again asks anew. */
  late(seq: number, milliseconds: number): void {
    const batch = this.batches.get(seq);
    if (batch === undefined) return;
    for (const known of batch.contents) if (known.asked === seq) known.asked = 0;
    const open = this.events.open(new Set(batch.contents));
    if (open > 0) {
      this.events.trouble(
        `The engine did not answer within ${milliseconds / 1000} s; ${open} posts are shown unfiltered.`,
      );
    }
  }

  /** The batch was refused. `again`: another attempt may fare better. */
  failed(seq: number, message: string, again: boolean): void {
    const batch = this.take(seq);
    if (batch === undefined) return;
    const { contents, started } = batch;
    this.failures++;
    if (again && contents.length > 1 && this.failures <= MAX_FAILURES) {
      // Halves, so that a single bad post among two hundred is found with sixteen questions.
      const middle = Math.ceil(contents.length / 2);
      this.ask(contents.slice(0, middle), started);
      this.ask(contents.slice(middle), started);
      return;
    }
    const open = this.events.open(new Set(contents));
    this.events.trouble(`${open === 1 ? "One post is" : `${open} posts are`} shown unfiltered: ${message}`);
  }

  /** No answer will be taken any more; whoever reads one of the posts again asks anew. */
  forget(seq: number): void {
    this.take(seq);
  }

  /** Forgets what is under way. */
  clear(): void {
    for (const seq of [...this.batches.keys()]) this.take(seq);
  }

  private askPart(contents: Known[], posts: string, started: number): void {
    const verdicts = this.decide(posts, contents);
    if (verdicts !== null) {
      this.settle({ started, contents }, verdicts);
      return;
    }
    const hasMore = this.events.complete(contents);
    const seq = this.send(hasMore ? listOf(contents.map(({ post }) => postJson(post))) : posts);
    for (const known of contents) known.asked = seq;
    this.batches.set(seq, { started, contents });
    // An answer that never comes must not be remembered for ever.
    const [oldest] = this.batches.keys();
    if (this.batches.size > MAX_BATCHES && oldest !== undefined) this.take(oldest);
  }

  /** The batch is over: its posts may be asked about again. */
  private take(seq: number): Batch | undefined {
    const batch = this.batches.get(seq);
    this.batches.delete(seq);
    for (const known of batch?.contents ?? []) if (known.asked === seq) known.asked = 0;
    return batch;
  }
}
