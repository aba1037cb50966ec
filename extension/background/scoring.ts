/**
 * Posts whose verdict waits for models. The engine says what it still needs to know of which post; what was answered
 * before is put in at once, the rest is asked of the worker, and the post is decided again with every answer.
 */
import { readVerdicts } from "../shared/guards.ts";
import type { Post, Verdict } from "../shared/post.ts";
import { wordsFor } from "../shared/reading.ts";
import { type AnswerStore, answerKey, type Value } from "./answers.ts";
import { type Catalogue, ENCODER, LANGUAGE } from "./catalogue.ts";
import type { Desk, Job, Target } from "./desk.ts";

/** Milliseconds over which answers are gathered before posts are decided again. */
const GATHER = 15;
/** Posts of one page that may wait for models; of more, the oldest are not told of any more. */
const MAX_OPEN = 2000;
/** Rounds of answers from memory before a verdict is told. */
const MAX_ROUNDS = 6;

/** What was said of a post, as the engine takes it: a share, a language, or nothing to say. */
export type Answers = Record<string, number | string | null>;

/** Decides posts, a JSON array, with what models said, by post id. */
export type Decide = (posts: string, visit: string, scores: Record<string, Answers>) => Promise<string>;

/** One page: where further verdicts of its posts go. */
export interface Asker {
  isPrivate: boolean;
  /** Verdicts for the posts at these places of batch `seq`. */
  later(seq: number, at: number[], verdicts: Verdict[]): void;
  /** Asks the page for the pictures of the posts at these places of batch `seq`; they come by {@link Scoring.pictures}. */
  picture(seq: number, at: number[]): void;
}

interface Asked {
  key: string;
  answered: Job["answered"];
}

/** A post that waits. */
interface Open {
  asker: Asker;
  seq: number;
  at: number;
  visit: string;
  post: Post;
  json: string;
  answers: Answers;
  asked: Map<string, Asked>;
  /** Questions that wait for a picture from the page. */
  pictured: Set<string>;
  urgent: boolean;
}

export class Scoring {
  private readonly open = new Map<Asker, Set<Open>>();
  /** Posts with new answers. */
  private readonly due = new Set<Open>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly decide: Decide,
    private readonly catalogue: Catalogue,
    private readonly answers: AnswerStore,
    private readonly desk: Desk,
    private readonly trouble: (words: string) => void,
    /** The items of the lists that `like @list` may name. */
    private readonly lists: () => ReadonlyMap<string, readonly string[]>,
  ) {}

  /**
   * Decides a batch: the verdicts, as JSON, with all that is known already. What is still to be asked is asked, and told
   * by the asker's `later`.
   */
  async judge(asker: Asker, seq: number, posts: string, visit: string): Promise<string> {
    const text = await this.decide(posts, visit, {});
    // Nearly always nothing waits, and nothing need be taken apart.
    if (!text.includes('"needs"')) return text;
    const verdicts = readVerdicts(JSON.parse(text), "the verdicts");
    const waiting = verdicts.flatMap((verdict, at) => (verdict.unsure?.needs?.length ? [at] : []));
    if (waiting.length === 0) return text;
    await this.answers.ready();
    const all = JSON.parse(posts) as Post[];
    const opened = waiting.flatMap((at): Open[] => {
      const post = all[at];
      if (post === undefined) return [];
      const json = JSON.stringify(post);
      return [
        {
          asker,
          seq,
          at,
          visit,
          post,
          json,
          answers: {},
          asked: new Map(),
          pictured: new Set(),
          urgent: false,
        },
      ];
    });
    const places = new Map(opened.map((open) => [open, verdicts[open.at]]));
    const left = await this.round(opened, places);
    for (const [open, verdict] of places) if (verdict) verdicts[open.at] = verdict;
    const set = this.open.get(asker) ?? new Set();
    this.open.set(asker, set);
    for (const open of left) set.add(open);
    for (const oldest of set) {
      if (set.size <= MAX_OPEN) break;
      this.close(oldest);
    }
    // After the answer has gone out.
    setTimeout(() => {
      for (const open of left) void this.ask(open, places.get(open)?.unsure?.needs ?? []);
    }, 0);
    return JSON.stringify(verdicts);
  }

  /** Which posts of a page are looked at now, by batch and place. */
  look(asker: Asker, seen: ReadonlySet<string>): void {
    for (const open of this.open.get(asker) ?? []) {
      open.urgent = seen.has(`${open.seq} ${open.at}`);
      for (const { key } of open.asked.values()) this.desk.urge(key, open.urgent);
    }
  }

  /** Somebody moves through a page now. */
  moving(): void {
    this.desk.moving();
  }

  /** The pictures of a post, as data addresses; none where they cannot be read. */
  async pictures(asker: Asker, seq: number, at: number, pictures: readonly string[]): Promise<void> {
    for (const open of this.open.get(asker) ?? []) {
      if (open.seq !== seq || open.at !== at) continue;
      const questions = [...open.pictured];
      open.pictured.clear();
      for (const question of questions) await this.askPictures(open, question, pictures);
    }
  }

  /** The page is gone, or asks about all its posts anew. */
  forget(asker: Asker): void {
    for (const open of this.open.get(asker) ?? []) this.close(open);
    this.open.delete(asker);
  }

  /** Rules or models changed: pages ask anew. */
  clear(): void {
    for (const asker of [...this.open.keys()]) this.forget(asker);
  }

  private waits(open: Open): boolean {
    return this.open.get(open.asker)?.has(open) === true;
  }

  private close(open: Open): void {
    this.open.get(open.asker)?.delete(open);
    this.due.delete(open);
    for (const { key, answered } of open.asked.values()) this.desk.cancel(key, answered);
    open.asked.clear();
  }

  /** Puts in what is known, decides again, and so on; returns those that still wait. */
  private async round(opened: Open[], verdicts: Map<Open, Verdict | undefined>): Promise<Open[]> {
    let due = opened;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const changed: Open[] = [];
      for (const open of due) {
        const known = await this.recall(open, verdicts.get(open)?.unsure?.needs ?? []);
        if (known) changed.push(open);
      }
      if (changed.length === 0) break;
      for (const [open, verdict] of await this.decideAgain(changed)) verdicts.set(open, verdict);
      due = changed;
    }
    return opened.filter((open) => verdicts.get(open)?.unsure?.needs?.length);
  }

  /** Decides posts again with their answers. Posts of one id and other contents are not decided together. */
  private async decideAgain(opened: readonly Open[]): Promise<[Open, Verdict][]> {
    const decided: [Open, Verdict][] = [];
    let left = [...opened];
    while (left.length > 0) {
      const batch = new Map<string, Open>();
      const visit = left[0]?.visit ?? "";
      for (const open of left)
        if (open.visit === visit && !batch.has(open.post.id) && batch.size < 200)
          batch.set(open.post.id, open);
      const taken = [...batch.values()];
      left = left.filter((open) => batch.get(open.post.id) !== open);
      const scores = Object.fromEntries(taken.map((open) => [open.post.id, open.answers]));
      const text = await this.decide(`[${taken.map(({ json }) => json).join(",")}]`, visit, scores);
      const verdicts = readVerdicts(JSON.parse(text), "the verdicts");
      for (const [index, open] of taken.entries()) {
        const verdict = verdicts[index];
        if (verdict) decided.push([open, verdict]);
      }
    }
    return decided;
  }

  /** Fills in answers given before; whether there were any. */
  private async recall(open: Open, needs: readonly string[]): Promise<boolean> {
    let found = false;
    for (const question of needs) {
      if (Object.hasOwn(open.answers, question)) continue;
      const target = this.target(question);
      if (target === undefined) {
        open.answers[question] = null;
        found = true;
        continue;
      }
      if (target.model.card.kind === "image") continue;
      const words = wordsFor(open.post, target.model.card.reads);
      const value = words === "" ? null : this.answers.get(await this.key(target, words));
      if (value === undefined) continue;
      const second = this.second(target, value);
      if (second !== undefined) {
        const again = this.answers.get(await this.key(second, wordsFor(open.post, second.model.card.reads)));
        if (again === undefined) continue;
        open.answers[question] = again;
      } else open.answers[question] = this.told(target, value);
      found = true;
    }
    return found;
  }

  /** Puts questions to the worker: the cheap ones first, as they may spare the dear ones. */
  private async ask(open: Open, needs: readonly string[]): Promise<void> {
    if (!this.waits(open)) return;
    const targets = needs.flatMap((question) => {
      const target = this.target(question);
      return target === undefined || open.asked.has(question) || Object.hasOwn(open.answers, question)
        ? []
        : [{ question, target, dear: dearness(target) }];
    });
    const cheapest = Math.min(...targets.map(({ dear }) => dear));
    for (const { question, target, dear } of targets) {
      if (dear > cheapest) continue;
      if (target.model.card.kind === "image") {
        if (open.pictured.size === 0) open.asker.picture(open.seq, [open.at]);
        open.pictured.add(question);
        continue;
      }
      const about = wordsFor(open.post, target.model.card.reads);
      const key = await this.key(target, about);
      // Meanwhile the page may have gone, or another post of the same words been answered.
      if (!this.waits(open)) return;
      const known = this.answers.get(key);
      if (known !== undefined) {
        this.answered(open, question, target, key, known);
        continue;
      }
      const answered = (value: Value) => this.answered(open, question, target, key, value);
      open.asked.set(question, { key, answered });
      this.desk.ask({ key, target, about, urgent: open.urgent, answered });
    }
  }

  /** Of several pictures the one that scores highest counts. */
  private async askPictures(open: Open, question: string, pictures: readonly string[]): Promise<void> {
    const target = this.target(question);
    if (target === undefined || pictures.length === 0) {
      this.note(open, question, null);
      return;
    }
    let left = pictures.length;
    let highest: Value = null;
    for (const about of pictures) {
      const key = await this.key(target, about);
      const take = (value: Value) => {
        if (value !== null) {
          this.answers.set(key, value, open.asker.isPrivate);
          highest = Math.max(highest ?? 0, value);
        }
        if (--left === 0) this.note(open, question, highest);
      };
      const known = this.answers.get(key);
      if (known !== undefined) take(known);
      else this.desk.ask({ key, target, about, urgent: open.urgent, answered: take });
    }
  }

  private answered(open: Open, question: string, target: Target, key: string, value: Value): void {
    open.asked.delete(question);
    if (value !== null) this.answers.set(key, value, open.asker.isPrivate);
    const second = this.second(target, value);
    if (second === undefined) this.note(open, question, this.told(target, value));
    else void this.askAgain(open, question, second, value);
  }

  /** The model that is to look again where the first is not sure, if its card names one. */
  private second({ model: { card } }: Target, value: Value): Target | undefined {
    const { again } = card;
    return again && value !== null && value >= again.from && value <= again.to
      ? this.named(again.model)
      : undefined;
  }

  /** A cascade: another model looks again where the first is not sure. What it cannot say, the first has said. */
  private async askAgain(open: Open, question: string, target: Target, first: Value): Promise<void> {
    const about = wordsFor(open.post, target.model.card.reads);
    const key = await this.key(target, about);
    const answered = (value: Value) => {
      open.asked.delete(question);
      if (value !== null) this.answers.set(key, value, open.asker.isPrivate);
      this.note(open, question, value ?? first);
    };
    const known = this.answers.get(key);
    if (known !== undefined) return answered(known);
    open.asked.set(question, { key, answered });
    this.desk.ask({ key, target, about, urgent: open.urgent, answered });
  }

  private note(open: Open, question: string, answer: number | string | null): void {
    if (!this.waits(open)) return;
    open.answers[question] = answer;
    this.due.add(open);
    this.timer ??= setTimeout(() => void this.tell(), GATHER);
  }

  /** Decides again what has new answers, and tells the pages. */
  private async tell(): Promise<void> {
    this.timer = undefined;
    const due = [...this.due];
    this.due.clear();
    const verdicts = new Map<Open, Verdict | undefined>();
    try {
      for (const [open, verdict] of await this.decideAgain(due)) verdicts.set(open, verdict);
      await this.round([...verdicts.keys()], verdicts);
    } catch (error) {
      this.trouble(`Posts could not be decided again (${String(error).slice(0, 300)}).`);
      for (const open of due) this.close(open);
      return;
    }
    const told = new Map<Asker, Map<number, [number[], Verdict[]]>>();
    for (const [open, verdict] of verdicts) {
      if (verdict === undefined || !this.waits(open)) continue;
      const bySeq = told.get(open.asker) ?? new Map<number, [number[], Verdict[]]>();
      told.set(open.asker, bySeq);
      const [at, all] = bySeq.get(open.seq) ?? [[], []];
      bySeq.set(open.seq, [at, all]);
      at.push(open.at);
      all.push(verdict);
      const needs = verdict.unsure?.needs ?? [];
      if (needs.length === 0) this.close(open);
      else void this.ask(open, needs);
    }
    for (const [asker, bySeq] of told) for (const [seq, [at, all]] of bySeq) asker.later(seq, at, all);
  }

  /** What a question is put to; `undefined` where nothing answers it. */
  private target(question: string): Target | undefined {
    const topic = /^about "(.*)"$/s.exec(question)?.[1];
    if (topic !== undefined) return this.named(ENCODER, [topic]);
    if (question.startsWith("like @")) {
      const list = question.slice("like @".length);
      const items = this.lists().get(list);
      return items === undefined ? this.named(list) : this.named(ENCODER, [...items]);
    }
    return this.named(question);
  }

  private named(name: string, topics?: string[]): Target | undefined {
    const model = this.catalogue.get(name);
    return model && { model, name, ...(topics && { topics }) };
  }

  private key({ model: { card }, topics }: Target, words: string): Promise<string> {
    return answerKey(card.sha256, topics?.join("\n") ?? "", words);
  }

  /** An answer as rules take it. */
  private told({ model: { card }, name }: Target, value: Value): number | string | null {
    return name === LANGUAGE && value !== null ? (card.labels[value] ?? null) : value;
  }
}

const dearness = ({ model: { card } }: Target): number =>
  card.kind === "image" ? 2 : card.task === "embed" || card.bytes > 4 << 20 ? 1 : 0;
