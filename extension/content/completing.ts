/**
 * Reads in idle moments what no rule asks for of posts that are decided: no verdict waits for it, but the popup, the posts of the
 * visit, and whoever makes a rule of a post want it.
 */

import { type Known, sameWords } from "./known.ts";
import type { PageReader } from "./page-reader.ts";
import type { Slot, Slots } from "./slots.ts";

/** Milliseconds after which an idle moment is not waited for any more. */
const IDLE = 250;
/** Items read in one go, and the milliseconds that an idle moment must have left for that. */
const AT_ONCE = 4;
const ENOUGH = 3;

export class Completing {
  private readonly due = new Set<Slot>();
  private idling = false;

  constructor(
    private readonly slots: Slots,
    private readonly reader: PageReader,
    /** What no rule asks for has changed in a post. */
    private readonly changed: (known: Known) => void,
  ) {}

  /** Of what this item holds only the fields that rules ask for were read. */
  add(slot: Slot): void {
    this.due.add(slot);
    this.askIdle();
  }

  /** Reads the rest of these now, or of all; whether there was anything to read. */
  finish(contents?: readonly Known[]): boolean {
    if (this.due.size === 0) return false;
    const wanted = contents && new Set(contents);
    return this.read([...this.due].filter(({ known }) => known && (wanted?.has(known) ?? true)));
  }

  stop(): void {
    this.due.clear();
  }

  private askIdle(): void {
    if (this.idling) return;
    this.idling = true;
    requestIdleCallback((deadline) => this.idle(deadline), { timeout: IDLE });
  }

  private idle(deadline: IdleDeadline): void {
    this.idling = false;
    // An idle moment that never came: what the page shows now may soon be gone.
    if (deadline.didTimeout) this.finish();
    while (this.due.size > 0 && deadline.timeRemaining() >= ENOUGH)
      this.read([...this.due].slice(0, AT_ONCE));
    if (this.due.size > 0) this.askIdle();
  }

  private read(slots: readonly Slot[]): boolean {
    const left: Array<[slot: Slot, known: Known, fields: ReadonlySet<string>]> = [];
    for (const slot of slots) {
      this.due.delete(slot);
      const { known } = slot;
      if (known?.fields && this.slots.get(slot.item) === slot && slot.item.isConnected)
        left.push([slot, known, known.fields]);
    }
    // Nothing is painted between the two.
    const covers = left.flatMap(([slot]) => slot.dressed.expose(slot.boxes) ?? []);
    let any = false;
    for (const [slot, known, fields] of left) {
      const whole = this.readOne(slot, known, fields);
      if (whole === null) continue;
      const same = sameWords(known.post, whole);
      known.post = whole;
      known.fields = null;
      any = true;
      if (!same) this.changed(known);
    }
    for (const cover of covers) cover();
    return any;
  }

  /** `null` where the item holds another post by now, or cannot be read; whoever hears of that sees to it. */
  private readOne({ item }: Slot, { post }: Known, fields: ReadonlySet<string>) {
    try {
      return this.reader.readRest(item, post, fields);
    } catch {
      return null;
    }
  }
}
