/** Finds the items that a change concerns, and those that only a search of the whole page finds. */
import type { PageReader } from "./page-reader.ts";
import type { Root } from "./sheet.ts";
import { type Slot, type Slots, takeTurn } from "./slots.ts";
import type { Changes } from "./watch.ts";

/** An attribute of an element around more items than this says nothing about each of them. */
const FEW = 3;
/** Above so many elements with changed attributes, the page is searched at the next frame instead. */
const MANY = 64;

export interface FindingOptions {
  reader: PageReader;
  slots: Slots;
  /** The document and the shadow roots that are watched. */
  roots: () => Root[];
  /** Whether what is found was painted long ago, so that it is not covered. */
  late: () => boolean;
}

export class Finding {
  /** Elements whose mark is put back at the next frame. */
  private readonly unmarked = new Set<Element>();
  /** The whole page is to be searched at the next frame. */
  private searchAll = false;
  private address = location.href;

  constructor(private readonly options: FindingOptions) {}

  /** Something is left for {@link onFrame}. */
  get waits(): boolean {
    return this.searchAll || this.unmarked.size > 0;
  }

  /** The items in which something may have changed, new ones among them. */
  concernedBy({ added, touched, altered }: Changes): Set<Slot> {
    const { reader, slots, roots } = this.options;
    const found = new Set<Slot>();
    const passed = new Set<Node>();
    for (const place of added) {
      if (place instanceof Element && !place.isConnected) continue;
      this.take(place, found, place instanceof Element);
      slots.around(place, found, passed);
    }
    for (const node of touched) slots.around(node, found, passed);
    for (const element of altered) this.onAltered(element, found, altered.size > MANY);
    if (location.href !== this.address) {
      // Another place of a single-page site: the surface may have changed under every post.
      this.address = location.href;
      reader.reset();
      // The adapter has to see the whole page before it reads any post of it.
      for (const root of roots()) this.take(root, found, false);
      for (const slot of slots.all()) found.add(slot);
    }
    if (reader.wholeOnly) this.searchAll = true;
    return found;
  }

  /** Puts back marks that the page took away, as pages do that mend their own markup: at once, or with the next frame. */
  remark(marked: Iterable<Element>, now: number): void {
    for (const element of marked) {
      const slot = this.options.slots.owner(element);
      if (slot === undefined || slot.dressed.holds(element)) continue;
      if (takeTurn(slot, now)) slot.dressed.restore(element);
      else this.unmarked.add(element);
    }
  }

  /** Does what was left for this frame; the new items. */
  onFrame(): Slot[] {
    const { reader, slots, roots, late } = this.options;
    for (const element of this.unmarked) slots.owner(element)?.dressed.restore(element);
    this.unmarked.clear();
    if (!this.searchAll) return [];
    this.searchAll = false;
    return roots()
      .flatMap((root) => reader.items(root))
      .flatMap((item) => (slots.get(item) === undefined ? [slots.take(item, !late())] : []));
  }

  /** Takes the items at or under `place`; those that are known already are to be looked at again where `all`. */
  private take(place: Element | Root, into: Set<Slot>, all: boolean): void {
    const { reader, slots, late } = this.options;
    for (const item of reader.items(place)) {
      const slot = slots.get(item);
      if (slot === undefined) into.add(slots.take(item, !late()));
      else if (all) into.add(slot);
    }
  }

  /** An attribute may make an item of an element, or another post of the item it lies in or around. */
  private onAltered(element: Element, into: Set<Slot>, many: boolean): void {
    if (!element.isConnected) return;
    this.options.slots.around(element, into);
    // A class of the whole page or feed says nothing about one post; but it may make items of other elements.
    if (many || this.options.slots.isCrowd(element, FEW)) this.searchAll = true;
    else this.take(element, into, true);
  }
}
