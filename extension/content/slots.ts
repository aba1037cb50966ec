/** The items on the page, each with its boxes and what it holds now. */
import { BARE, Dressed, unmark } from "./dress.ts";
import type { Known } from "./known.ts";
import type { Marks } from "./marks.ts";
import type { PageReader } from "./page-reader.ts";

/** Above so many items, those that left the page are forgotten; then again at twice as many as are left. */
const MANY = 300;

/** One item on the page. */
export interface Slot {
  readonly item: Element;
  boxes: Element[];
  readonly dressed: Dressed;
  /** What tells at little cost that the item holds another post; `null` while it is empty. */
  identity: string | null;
  /** The post it holds now, with the content that was read here; `null` while that is not known. Set by {@link Slots.hold}. */
  readonly known: Known | null;
  /** Whether it shows what the post's verdict says, or is let through. */
  decided: boolean;
  /** The reader opened the folded post. */
  open: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
  /** How often it was seen to at once since `turnsSince` (as `performance.now()`). */
  turns: number;
  turnsSince: number;
}

/** Milliseconds over which turns are counted. */
const TURNS_OVER = 100;
/** Turns that an item is given in that time: a page that answers each of ours with one of its own would never end. */
const MAX_TURNS = 6;

/** Counts a turn at `now` (`performance.now()`). False: not at once any more, but with the next frame. */
export function takeTurn(slot: Pick<Slot, "turns" | "turnsSince">, now: number): boolean {
  if (now - slot.turnsSince > TURNS_OVER) {
    slot.turnsSince = now;
    slot.turns = 0;
  }
  slot.turns++;
  return slot.turns <= MAX_TURNS;
}

export class Slots {
  private readonly slots = new Map<Element, Slot>();
  /** Items and their boxes, to find the slot that a change belongs to. */
  private readonly owners = new WeakMap<Node, Slot>();
  /** The slots that hold a content. */
  private readonly holders = new WeakMap<Known, Set<Slot>>();
  private many = MANY;
  /** Slots that are as new as this task: nothing has moved since their boxes were looked up. */
  private readonly fresh = new Set<Slot>();

  constructor(
    private readonly reader: PageReader,
    private readonly marks: Marks,
  ) {}

  get(item: Element): Slot | undefined {
    return this.slots.get(item);
  }

  all(): Slot[] {
    return [...this.slots.values()];
  }

  /** Takes note of what the slot holds now. */
  hold(slot: Slot, known: Known | null): void {
    if (slot.known === known) return;
    if (slot.known !== null) this.holders.get(slot.known)?.delete(slot);
    (slot as { known: Known | null }).known = known;
    if (known === null) return;
    const holders = this.holders.get(known);
    if (holders) holders.add(slot);
    else this.holders.set(known, new Set([slot]));
  }

  /** Those that hold one of these contents now. */
  holding(contents: Iterable<Known>): Slot[] {
    const slots: Slot[] = [];
    for (const known of contents)
      for (const slot of this.holders.get(known) ?? [])
        if (this.slots.get(slot.item) === slot) slots.push(slot);
    return slots;
  }

  /** By id, how many items on the page hold the post now. */
  places(): Map<string, number> {
    const places = new Map<string, number>();
    for (const { item, known } of this.slots.values()) {
      if (known && item.isConnected) places.set(known.post.id, (places.get(known.post.id) ?? 0) + 1);
    }
    return places;
  }

  /** The slot that an item or one of its boxes belongs to. */
  owner(node: Node): Slot | undefined {
    const slot = this.owners.get(node);
    return slot && this.slots.get(slot.item) === slot ? slot : undefined;
  }

  /** Whether more than `few` items lie inside `element`. */
  isCrowd(element: Element, few: number): boolean {
    let inside = 0;
    for (const item of this.slots.keys())
      if (item !== element && element.contains(item) && ++inside > few) return true;
    return false;
  }

  /** Adds the slots that `node` lies in, through shadow roots. What lies around `passed` was added before. */
  around(node: Node, into: Set<Slot>, passed = new Set<Node>()): void {
    for (
      let at: Node | null = node;
      at && !passed.has(at);
      at = at instanceof ShadowRoot ? at.host : at.parentNode
    ) {
      passed.add(at);
      const slot = this.owners.get(at);
      if (slot && this.slots.has(slot.item)) into.add(slot);
    }
  }

  /**
   * A slot for a new item. Covered here is what the style sheet does not cover by itself: an item that no selector of
   * the veil names, or one that carries marks already and was given to another post.
   */
  take(item: Element, covered: boolean): Slot {
    const slot: Slot = {
      item,
      boxes: this.reader.boxesFound(item),
      dressed: new Dressed(this.marks),
      identity: null,
      known: null,
      decided: false,
      open: false,
      timer: undefined,
      turns: 0,
      turnsSince: 0,
    };
    this.slots.set(item, slot);
    this.own(slot);
    if (this.fresh.size === 0) queueMicrotask(() => this.fresh.clear());
    this.fresh.add(slot);
    if (!covered) this.letThrough(slot);
    else if (this.isMarked(slot) || !this.reader.veils(item, slot.boxes)) slot.dressed.veil(item, slot.boxes);
    return slot;
  }

  /** Looks up which boxes belong to the item now. */
  refresh(slot: Slot): void {
    if (this.fresh.has(slot)) return;
    const boxes = this.reader.boxes(slot.item);
    if (boxes.length === slot.boxes.length && boxes.every((box, i) => box === slot.boxes[i])) return;
    slot.boxes = boxes;
    this.own(slot);
  }

  isMarked(slot: Slot): boolean {
    return nodesOf(slot).some((box) => box.hasAttribute(this.marks.name));
  }

  /** Shows the post as the page made it. */
  letThrough(slot: Slot): void {
    slot.decided = true;
    slot.dressed.put(slot.item, slot.boxes, BARE, false, () => {});
  }

  /** Covers the post again. */
  cover(slot: Slot): void {
    slot.decided = false;
    slot.dressed.veil(slot.item, slot.boxes);
  }

  /** Forgets the slot and leaves no mark. */
  drop(slot: Slot): void {
    this.forget(slot);
    for (const node of nodesOf(slot)) {
      if (this.owners.get(node) === slot) unmark(this.marks, node);
    }
  }

  /** Forgets items that left the page, once there are many. */
  prune(): void {
    if (this.slots.size <= this.many) return;
    for (const slot of this.slots.values()) if (!slot.item.isConnected) this.drop(slot);
    this.many = Math.max(MANY, 2 * this.slots.size);
  }

  /** Takes hold of the item's boxes. A box that another item lies in as well is shared, and belongs to the first. */
  private own(slot: Slot): void {
    slot.boxes = slot.boxes.filter((box) => {
      const other = this.owners.get(box);
      if (other === undefined || other === slot || !this.slots.has(other.item)) return true;
      if (other.item.isConnected && box.contains(other.item) && box !== slot.item) return false;
      this.forget(other);
      return true;
    });
    if (slot.boxes.length === 0) slot.boxes = [slot.item];
    for (const node of nodesOf(slot)) this.owners.set(node, slot);
  }

  /** The slot is no more; its boxes may belong to another already. */
  private forget(slot: Slot): void {
    clearTimeout(slot.timer);
    slot.dressed.undress();
    if (slot.known !== null) this.holders.get(slot.known)?.delete(slot);
    this.slots.delete(slot.item);
  }
}

/** The item and its boxes; most often they are one. */
const nodesOf = ({ item, boxes }: Slot): readonly Element[] =>
  boxes.includes(item) ? boxes : [item, ...boxes];

/** Whether the parser may still add to `node`: nothing follows it, nor anything around it. */
export function unfinished(node: Node): boolean {
  for (let at: Node | null = node; at && at !== document.body; at = at.parentNode)
    if (at.nextSibling) return false;
  return true;
}
