/**
 * Practises, in idle moments and on posts that are here already, what is done while nobody may wait: reading and deciding. A browser
 * first interprets a script, and compiles what was used often; it does so in threads of its own while the script goes on, and on
 * a machine of two cores these are in its way. Arrivals that fell into that took three times as long as others
 * (docs/decisions/latency.md). Nothing that practice finds out is kept.
 */

import type { Post } from "../shared/post.ts";
import { takesAway } from "./dress.ts";
import type { Near } from "./near.ts";
import type { PageReader } from "./page-reader.ts";
import type { Slot, Slots } from "./slots.ts";
import { listOf, postJson } from "./wire.ts";

/** Posts that are practised on before it is enough, the same ones again and again where there are few. */
const ENOUGH = 1200;
/** Posts in one go; milliseconds that an idle moment must have left for that, and most that are taken of one. */
const AT_ONCE = 5;
const ROOM = 4;
const MOST = 6;

export class Practice {
  private left = 0;
  private idling = false;
  /** Where in the list of items it goes on. */
  private at = 0;

  constructor(
    private readonly slots: Slots,
    private readonly reader: PageReader,
    private readonly near: Near,
  ) {}

  /** An engine has come, whose code nobody has run. */
  begin(): void {
    this.left = ENOUGH;
    this.goOn();
  }

  /** There may be posts to practise on. */
  goOn(): void {
    if (this.left <= 0 || this.idling) return;
    this.idling = true;
    requestIdleCallback((deadline) => this.idle(deadline));
  }

  stop(): void {
    this.left = 0;
  }

  private idle(deadline: IdleDeadline): void {
    this.idling = false;
    if (document.hidden) return;
    const end = deadline.timeRemaining() - MOST;
    for (let room = deadline.timeRemaining(); room >= ROOM && room > end; room = deadline.timeRemaining())
      if (!this.round()) return;
    this.goOn();
  }

  /** Practises on the next few; whether there is more to do, for now. */
  private round(): boolean {
    const { fields } = this.near;
    if (fields === null || this.left <= 0) return false;
    const slots = this.next();
    if (slots.length === 0) return false;
    this.left -= slots.length;
    const posts = slots.flatMap(({ item }) => this.read(item, fields) ?? []);
    return this.near.practise(listOf(posts.map(postJson)));
  }

  private read(item: Element, fields: ReadonlySet<string>): Post | null {
    try {
      return this.reader.rehearse(item, fields);
    } catch {
      // The reader was told when it was read in earnest.
      return null;
    }
  }

  /** The next items that show what they hold: what is out of sight reads otherwise. */
  private next(): Slot[] {
    const all = this.slots.all();
    const found: Slot[] = [];
    for (let looked = 0; looked < all.length && found.length < AT_ONCE; looked++) {
      const slot = all[this.at++ % all.length];
      if (slot !== undefined && isOpen(slot)) found.push(slot);
    }
    this.at %= Math.max(1, all.length);
    return found;
  }
}

const isOpen = ({ item, known, decided, dressed }: Slot): boolean =>
  decided && !dressed.veiled && known?.verdict != null && !takesAway(known.verdict) && item.isConnected;
