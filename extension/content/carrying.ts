/** Carries verdicts out on the items that hold the posts: what each is dressed in, and until when. */
import type { Verdict } from "../shared/post.ts";
import { type Dress, dressOf } from "./dress.ts";
import { type Known, type KnownPosts, verdictOf } from "./known.ts";
import type { Slot, Slots } from "./slots.ts";
import { foresee } from "./widgets.ts";

/** Longest that a post waits for a model, in milliseconds, whatever a rule says. */
const MAX_WAIT = 10_000;

export class Carrying {
  /** Which post carries the message of a limit. */
  private readonly ends = new Map<string, string>();
  /** Posts whose verdict still waits for a model. */
  private readonly unsure = new Set<string>();

  constructor(
    private readonly known: KnownPosts,
    private readonly slots: Slots,
  ) {}

  /** Every verdict is asked for anew. */
  forget(): void {
    this.ends.clear();
    this.unsure.clear();
  }

  /** Starts the clock of a verdict that waits for a model. */
  pend(verdict: Verdict): void {
    if (!verdict.unsure || verdict.unsure.show === "show") return;
    const wait = Math.min(verdict.unsure.deadline * 1000, MAX_WAIT);
    this.unsure.add(verdict.id);
    setTimeout(() => {
      this.unsure.delete(verdict.id);
      this.redress(verdict.id);
    }, wait);
  }

  /** Dresses all items that hold one of these, as few layouts as can be. */
  dressAll(contents: ReadonlySet<Known>): void {
    const due = this.slots.holding(contents).flatMap((slot) => {
      const dress = slot.known && verdictOf(slot.known) ? this.dressFor(slot.known) : null;
      return slot.known && dress ? [{ slot, known: slot.known, dress }] : [];
    });
    const sites = due.flatMap(({ slot, dress }) => slot.dressed.site(slot.boxes, dress) ?? []);
    foresee(sites, () => {
      for (const { slot, known, dress } of due) this.put(slot, known, dress);
    });
  }

  /** Dresses one item as the post that it holds. */
  dress(slot: Slot, known: Known): void {
    const dress = this.dressFor(known);
    if (dress !== null) this.put(slot, known, dress);
  }

  /** Dresses anew what holds the post. */
  redress(id: string): void {
    for (const slot of this.slots.all()) {
      const { known } = slot;
      if (known?.post.id !== id) continue;
      // What is covered until the engine has seen it stays so, unless the reader wants it all the same.
      if (slot.decided || this.known.shown.has(id)) this.dress(slot, known);
    }
  }

  private dressFor({ verdict }: Known): Dress | null {
    if (verdict === null) return null;
    if (verdict.action === "hide" && verdict.note !== undefined && !this.ends.has(verdict.note)) {
      this.ends.set(verdict.note, verdict.id);
    }
    const ends = verdict.note !== undefined && this.ends.get(verdict.note) === verdict.id;
    return dressOf(verdict, this.known.shown.has(verdict.id), this.unsure.has(verdict.id), ends);
  }

  private put(slot: Slot, known: Known, dress: Dress): void {
    slot.decided = true;
    slot.dressed.put(slot.item, slot.boxes, dress, slot.open, (open) => {
      slot.open = open;
      this.dress(slot, known);
    });
  }
}
