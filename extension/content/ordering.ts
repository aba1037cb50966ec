/** Asks the engine in which order the posts are to stand, and has them stand so. */
import { MAX_ORDERED } from "../shared/guards.ts";
import { Arranger, type Line, lineOf } from "./arrange.ts";
import type { Known } from "./known.ts";
import type { Link } from "./link.ts";
import type { Marks } from "./marks.ts";
import type { Slots } from "./slots.ts";

/** Milliseconds without further verdicts until posts are put in order. */
const AFTER = 60;

export class Ordering {
  private readonly arranger: Arranger;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** The line whose order was asked for last. */
  private asked: { seq: number; line: Line } | null = null;
  /** Why posts are not in the order the rules ask for, in words for the reader; empty: they are, or need not be. */
  obstacle = "";

  constructor(
    marks: Marks,
    private readonly slots: Slots,
    private readonly link: Link,
  ) {
    this.arranger = new Arranger(marks);
  }

  /** Verdicts came; `orders`: some rule says `order by`. Waits until no more come for a moment. */
  plan(orders: boolean): void {
    clearTimeout(this.timer);
    if (orders) this.timer = setTimeout(() => this.ask(), AFTER);
    else this.undo();
  }

  /** The engine's answer: indices into what was asked. */
  answer(seq: number, order: readonly number[]): void {
    if (this.asked?.seq !== seq) return;
    const { line } = this.asked;
    this.asked = null;
    if (order.length !== line.boxes.length || new Set(order).size !== order.length) return;
    if (line.boxes.some((box) => box.parentElement !== line.parent)) return;
    this.arranger.arrange(line, order);
  }

  /** Everything back in the page's own order; nothing more is asked. */
  undo(): void {
    clearTimeout(this.timer);
    this.asked = null;
    this.obstacle = "";
    this.arranger.undo();
  }

  private ask(): void {
    const byBox = new Map<Element, Known>();
    for (const slot of this.slots.all()) {
      const { known } = slot;
      const [box] = slot.boxes;
      // What belongs to several elements cannot be moved as one.
      if (known?.verdict && box && slot.boxes.length === 1 && slot.item.isConnected) byBox.set(box, known);
    }
    const line = lineOf([...byBox.keys()]);
    if (typeof line === "string") {
      this.obstacle =
        line === "apart" ? "" : "This site places its posts itself: they cannot be put in another order.";
      return;
    }
    this.obstacle = "";
    line.boxes.length = Math.min(line.boxes.length, MAX_ORDERED);
    const judged = line.boxes.flatMap((box) => byBox.get(box) ?? []);
    const posts = judged.map(({ post }) => post);
    const verdicts = judged.flatMap(({ verdict }) => verdict ?? []);
    this.asked = { seq: this.link.askOrder(posts, verdicts), line };
  }
}
