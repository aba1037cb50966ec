/**
 * Posts whose verdict waits for models: how long what `while unsure` says holds, and which of them are on screen, so that those
 * are scored first. Nothing here is computed by the page's main thread but a few look-ups.
 */
import type { Verdict } from "../shared/post.ts";
import type { Known } from "./known.ts";
import type { Slot, Slots } from "./slots.ts";

/** Longest that a post waits for a model, in milliseconds, whatever a rule says. */
const MAX_WAIT = 10_000;
/** Milliseconds over which it is gathered what came on screen. */
const GATHER = 60;
/** Most posts that are told to be on screen. */
const MAX_TOLD = 200;
/** Batches whose posts may still get further verdicts. */
const MAX_BATCHES = 400;

/** A post of an answered batch. */
export type Place = [seq: number, at: number];

interface Wait {
  /** `null` once the time is up: the post shows, and no later verdict makes it wait again. */
  timer: ReturnType<typeof setTimeout> | null;
}

export class Waiting {
  private readonly batches = new Map<number, readonly Known[]>();
  private waits = new WeakMap<Known, Wait>();
  private readonly running = new Set<Known>();
  private places = new WeakMap<Known, Place>();
  /** Items that were asked after, and whether they are on screen. */
  private readonly items = new Map<Element, boolean>();
  private readonly sight: IntersectionObserver;
  private telling: ReturnType<typeof setTimeout> | undefined;
  private told = "";

  constructor(
    private readonly slots: Slots,
    private readonly events: {
      /** The time of this content is up: it is to be dressed without what `while unsure` says. */
      over(known: Known): void;
      /** These wait and are on screen. */
      onScreen(places: Place[]): void;
    },
  ) {
    this.sight = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries)
        if (this.items.has(target)) this.items.set(target, isIntersecting);
      this.telling ??= setTimeout(() => this.tell(), GATHER);
    });
  }

  /** Whether any post of this page waited for a model. */
  get any(): boolean {
    return this.batches.size > 0;
  }

  /** A batch was answered; where any of its verdicts waits, further ones may come. */
  answered(seq: number, contents: readonly Known[], verdicts: readonly Verdict[]): void {
    let waits = false;
    for (const [at, known] of contents.entries()) {
      if (!verdicts[at]?.unsure?.needs?.length) continue;
      waits = true;
      this.places.set(known, [seq, at]);
      for (const slot of this.slots.holding([known])) this.look(slot);
    }
    if (!waits) return;
    this.batches.set(seq, contents);
    const [oldest] = this.batches.keys();
    if (this.batches.size > MAX_BATCHES && oldest !== undefined) this.batches.delete(oldest);
  }

  /** The content at a place, if a further verdict of it is still of use. */
  content(seq: number, at: number): Known | undefined {
    const known = this.batches.get(seq)?.[at];
    // Asked about anew since: that answer counts.
    return known === undefined || known.stale || known.asked !== 0 ? undefined : known;
  }

  /** A verdict was given: starts, keeps or ends the clock of what shows meanwhile. */
  judged(known: Known, verdict: Verdict): void {
    const { unsure } = verdict;
    if (!unsure?.needs?.length) this.places.delete(known);
    const wait = this.waits.get(known);
    if (!unsure || unsure.show === "show") {
      if (wait?.timer) clearTimeout(wait.timer);
      this.waits.delete(known);
      this.running.delete(known);
      return;
    }
    // One clock for a content, however often it is decided again.
    if (wait !== undefined) return;
    const started: Wait = { timer: null };
    started.timer = setTimeout(
      () => {
        started.timer = null;
        this.running.delete(known);
        this.events.over(known);
      },
      Math.min(unsure.deadline * 1000, MAX_WAIT),
    );
    this.waits.set(known, started);
    this.running.add(known);
  }

  /** Whether what `while unsure` says still holds of a content. */
  holds(known: Known): boolean {
    return this.running.has(known);
  }

  /** Every post is asked about anew. */
  clear(): void {
    for (const known of this.running) clearTimeout(this.waits.get(known)?.timer ?? undefined);
    this.running.clear();
    this.waits = new WeakMap();
    this.places = new WeakMap();
    this.batches.clear();
    this.items.clear();
    this.sight.disconnect();
    this.told = "";
  }

  stop(): void {
    this.clear();
    clearTimeout(this.telling);
  }

  private look(slot: Slot): void {
    if (this.items.has(slot.item)) return;
    this.items.set(slot.item, false);
    this.sight.observe(slot.item);
  }

  private tell(): void {
    this.telling = undefined;
    const places: Place[] = [];
    for (const [item, isSeen] of this.items) {
      const known = this.slots.get(item)?.known;
      const place = known ? this.places.get(known) : undefined;
      if (!item.isConnected || place === undefined) {
        this.items.delete(item);
        this.sight.unobserve(item);
      } else if (isSeen && places.length < MAX_TOLD) places.push(place);
    }
    const told = places.join(" ");
    if (told === this.told) return;
    this.told = told;
    this.events.onScreen(places);
  }
}
