/** Carries verdicts out on the items that hold the posts: what each is dressed in, and until when. */
import { type Dress, dressOf } from "./dress.ts";
import { type Known, type KnownPosts, verdictOf } from "./known.ts";
import type { Slot, Slots } from "./slots.ts";
import { foresee } from "./widgets.ts";

export class Carrying {
  /** Which post carries the message of a limit. */
  private readonly ends = new Map<string, string>();

  constructor(
    private readonly known: KnownPosts,
    private readonly slots: Slots,
    /** Whether what `while unsure` says still holds of a content. */
    private readonly waits: (known: Known) => boolean,
  ) {}

  /** Every verdict is asked for anew. */
  forget(): void {
    this.ends.clear();
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

  private dressFor(known: Known): Dress | null {
    const { verdict } = known;
    if (verdict === null) return null;
    if (verdict.action === "hide" && verdict.note !== undefined && !this.ends.has(verdict.note)) {
      this.ends.set(verdict.note, verdict.id);
    }
    const ends = verdict.note !== undefined && this.ends.get(verdict.note) === verdict.id;
    return dressOf(verdict, this.known.shown.has(verdict.id), this.waits(known), ends);
  }

  private put(slot: Slot, known: Known, dress: Dress): void {
    slot.decided = true;
    slot.dressed.put(slot.item, slot.boxes, dress, slot.open, (open) => {
      slot.open = open;
      this.dress(slot, known);
    });
  }
}
