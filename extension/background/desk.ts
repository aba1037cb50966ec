/**
 * Questions to models that wait for the worker: each asked once however many posts wait for it, what is on screen first,
 * cheap before dear, in batches that leave room for something more urgent. While somebody moves through a page, large models are
 * asked about what stays on screen alone: a frame that is late for want of a processor is seen, what flies past is not read.
 */
import { wordsOf } from "../shared/api.ts";
import type { Value } from "./answers.ts";
import { ENCODER, type Installed, LANGUAGE } from "./catalogue.ts";
import { type ScorerWorker, WorkerFailed } from "./scorer.ts";

/** Questions that may wait; of more, those that are longest off screen are given up. */
const MAX_WAITING = 3000;
/** How often a question is put to workers that die over it. */
const MAX_TRIES = 2;
/** Workers that may die over one model until it is set aside. */
const MAX_KILLS = 3;
/** How many are asked at once, by how dear they are. */
const BATCH = { cheap: 32, dear: 4, picture: 2 };
/** Milliseconds after which nobody moves through a page that did not say so again. */
const MOVES = 450;
/** Milliseconds after which what is on screen meanwhile is being read. */
const STAYS = 1500;
/** Longest that a question to a large model waits because somebody moves, in milliseconds. */
const WAITS = 10_000;

/** What a question is put to. */
export interface Target {
  model: Installed;
  /** The model's name in rules. */
  name: string;
  /** `near`: against these topics, and the nearest counts. */
  topics?: string[];
}

/** A question about some words or a picture. */
export interface Job {
  /** Under this it is asked once. */
  key: string;
  target: Target;
  /** The words, or the picture as a data address. */
  about: string;
  /** Somebody looks at it now. */
  urgent: boolean;
  answered(value: Value): void;
}

interface Entry extends Omit<Job, "answered"> {
  waiting: Job["answered"][];
  tries: number;
  since: number;
  /** When it was asked first, by the desk's clock. */
  asked: number;
  /** Since when somebody looks at it. */
  looked: number;
}

export class Desk {
  private readonly entries = new Map<string, Entry>();
  /** Under way. */
  private readonly asked = new Set<Entry>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private counter = 0;
  private readonly kills = new Map<string, number>();
  /** Until when somebody moves through a page, by the clock. */
  private moves = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly worker: ScorerWorker,
    private readonly events: {
      /** A model refuses to work, in words: it is not asked any more. */
      setAside(name: string, words: string): void;
      /** How a cosine becomes a share. */
      nearness(): { slope: number; offset: number };
    },
    /** Milliseconds from any beginning. */
    private readonly clock: () => number = () => performance.now(),
  ) {}

  get waiting(): number {
    return this.entries.size;
  }

  ask({ answered, ...job }: Job): void {
    const found = this.entries.get(job.key);
    if (found) {
      found.waiting.push(answered);
      if (job.urgent) this.urge(job.key, true);
    } else {
      this.entries.set(job.key, {
        ...job,
        waiting: [answered],
        tries: 0,
        since: this.counter++,
        asked: this.clock(),
        looked: this.clock(),
      });
      this.bound();
    }
    // A moment later: the posts of one batch are asked about together.
    this.timer ??= setTimeout(() => this.pump(), 0);
  }

  /** Somebody moves through a page now. */
  moving(): void {
    this.moves = this.clock() + MOVES;
  }

  /** Somebody looks at it now, or no longer. */
  urge(key: string, urgent: boolean): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    if (urgent && !entry.urgent) entry.looked = this.clock();
    entry.urgent = urgent;
  }

  /** One of those who wait does not any more. */
  cancel(key: string, answered: Job["answered"]): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    entry.waiting = entry.waiting.filter((one) => one !== answered);
    if (entry.waiting.length === 0 && !this.asked.has(entry)) this.entries.delete(key);
  }

  private bound(): void {
    if (this.entries.size <= MAX_WAITING) return;
    for (const entry of this.entries.values()) {
      if (entry.urgent || this.asked.has(entry)) continue;
      this.settle(entry, null);
      return;
    }
  }

  private settle(entry: Entry, value: Value): void {
    if (this.entries.get(entry.key) !== entry) return;
    this.entries.delete(entry.key);
    for (const answered of entry.waiting) answered(value);
  }

  /** Sends the next batch, if none is under way. */
  private pump(): void {
    this.timer = undefined;
    if (this.asked.size > 0) return;
    const rest = this.worker.resting();
    if (this.entries.size > 0 && rest > 0) {
      this.timer = setTimeout(() => this.pump(), rest);
      return;
    }
    const now = this.clock();
    const batch = this.next(now);
    if (batch.length > 0) void this.send(batch);
    // What is put off is looked at again once nobody moves any more, or has moved for long.
    else if (this.entries.size > 0) this.timer = setTimeout(() => this.pump(), MOVES / 4);
  }

  /** What is most urgent, with what can be asked along with it. */
  private next(now: number): Entry[] {
    const moves = now < this.moves;
    const due = [...this.entries.values()].filter((entry) => !(moves && canWait(entry, now)));
    let first: Entry | undefined;
    for (const entry of due) if (first === undefined || rank(entry) < rank(first)) first = entry;
    if (first === undefined) return [];
    const { name } = first.target;
    const same = due.filter(({ target }) => target.name === name);
    same.sort((one, other) => rank(one) - rank(other));
    return same.slice(0, BATCH[cost(first)]);
  }

  private async send(batch: Entry[]): Promise<void> {
    const { target } = batch[0] ?? {};
    if (target === undefined) return;
    for (const entry of batch) {
      entry.tries++;
      this.asked.add(entry);
    }
    try {
      const values = await this.values(target, batch);
      this.kills.delete(target.name);
      for (const [index, entry] of batch.entries()) this.settle(entry, values[index] ?? null);
    } catch (error) {
      this.failed(target, batch, error);
    } finally {
      for (const entry of batch) this.asked.delete(entry);
      this.timer ??= setTimeout(() => this.pump(), 0);
    }
  }

  private failed(target: Target, batch: Entry[], error: unknown): void {
    if (error instanceof WorkerFailed) {
      const kills = (this.kills.get(target.name) ?? 0) + 1;
      this.kills.set(target.name, kills);
      if (kills < MAX_KILLS) {
        for (const entry of batch) if (entry.tries >= MAX_TRIES) this.settle(entry, null);
        return;
      }
    }
    // It refuses, or workers die of it: nobody else is to wait for it.
    this.events.setAside(target.name, wordsOf(error).slice(0, 500));
    for (const entry of [...this.entries.values()])
      if (entry.target.name === target.name) this.settle(entry, null);
  }

  private async values(target: Target, batch: Entry[]): Promise<Value[]> {
    const { card, place } = target.model;
    const abouts = batch.map(({ about }) => about);
    if (card.kind === "image") return this.worker.call("picture", place, abouts);
    if (target.name === LANGUAGE) {
      const labels = await this.worker.call("choose", place, abouts);
      return labels.map((label) => (label === null ? null : card.labels.indexOf(label)));
    }
    if (card.task !== "embed") return this.worker.call("score", place, abouts);
    const topics = [...new Set(batch.flatMap(({ target: { topics = [] } }) => topics))];
    const rows = await this.worker.call("near", place, topics, abouts);
    const { slope, offset } = this.events.nearness();
    return batch.map(({ target: { topics: wanted = [] } }, index) => {
      const cosines = wanted.map((topic) => rows[index]?.[topics.indexOf(topic)] ?? Number.NaN);
      const nearest = Math.max(...cosines.filter(Number.isFinite));
      return Number.isFinite(nearest) ? 1 / (1 + Math.exp(-(slope * nearest + offset))) : null;
    });
  }
}

function cost({ target: { model, name } }: Entry): keyof typeof BATCH {
  if (model.card.kind === "image") return "picture";
  return name === ENCODER || model.card.task === "embed" || model.card.bytes > 4 << 20 ? "dear" : "cheap";
}

/** Whether a question may wait until nobody moves any more: a large model's, about what nobody reads by now. */
const canWait = (entry: Entry, now: number): boolean =>
  cost(entry) !== "cheap" && !(entry.urgent && now - entry.looked >= STAYS) && now - entry.asked < WAITS;

const COSTS = { cheap: 0, dear: 1, picture: 2 };

/** What comes first: what is looked at, then what is cheap, then what has waited longest. */
const rank = (entry: Entry): number => (entry.urgent ? 0 : 4e9) + COSTS[cost(entry)] * 1e9 + entry.since;
