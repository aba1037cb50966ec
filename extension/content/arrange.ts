/**
 * `order by`, as far as the DOM allows: posts that stand as siblings in the page's own flow are shown in another order
 * with the CSS property `order`; the elements stay where they are. Lists that place their posts themselves (absolute
 * positions, tables) are left alone.
 */
import { type Marks, TOKEN } from "./marks.ts";

/** Below zero, so that what the page adds later stands after what was put in order, until it is put in order too. */
const BASE = -1_000_000;

/** Why a feed cannot be put in order. */
export type Obstacle = "placed" | "table" | "apart";

/** A feed whose posts can be put in order. */
export interface Line {
  parent: HTMLElement;
  /** Boxes that are children of `parent`, in the order of the DOM. */
  boxes: HTMLElement[];
}

/** The line that most of the boxes stand in, or why there is none. */
export function lineOf(boxes: readonly Element[]): Line | Obstacle {
  const byParent = new Map<HTMLElement, HTMLElement[]>();
  for (const box of boxes) {
    const parent = box.parentElement;
    if (!(parent instanceof HTMLElement) || !(box instanceof HTMLElement)) continue;
    const line = byParent.get(parent);
    if (line) line.push(box);
    else byParent.set(parent, [box]);
  }
  const [largest] = [...byParent].sort((a, b) => b[1].length - a[1].length);
  if (largest === undefined || largest[1].length < 2) return "apart";
  const [parent, line] = largest;
  const placed = line.some((box) => /^(?:absolute|fixed)$/.test(getComputedStyle(box).position));
  if (placed) return "placed";
  if (/^table/.test(getComputedStyle(parent).display)) return "table";
  line.sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
  return { parent, boxes: line };
}

/**
 * Which place each post takes: posts share out the places that posts have among the children; `fixed` ones keep theirs.
 * Pure. @param places child index of each post's box, ascending. @param wanted post indices, first to last.
 * @returns for each post its place.
 */
export function places(
  places: readonly number[],
  wanted: readonly number[],
  fixed: ReadonlyMap<number, number>,
): number[] {
  const taken = new Set(fixed.values());
  const free = places.filter((place) => !taken.has(place));
  const result: number[] = [];
  for (const [post, place] of fixed) result[post] = place;
  for (const post of wanted) {
    if (fixed.has(post)) continue;
    const place = free.shift();
    if (place !== undefined) result[post] = place;
  }
  return result;
}

export class Arranger {
  /** What was moved, with the order that the page itself had given it inline. */
  private readonly moved = new Map<HTMLElement, { value: string; priority: string }>();
  private readonly columns = new Set<HTMLElement>();

  constructor(private readonly marks: Marks) {}

  /** Shows the boxes of `line` in the order `wanted`. What the reader has had on screen stays where it was. */
  arrange({ parent, boxes }: Line, wanted: readonly number[]): void {
    const children = [...parent.children];
    const index = new Map(children.map((child, i) => [child, i]));
    const at = boxes.map((box) => index.get(box) ?? 0);
    const fixed = new Map<number, number>();
    if (scrollY > innerHeight / 2) {
      for (const [post, box] of boxes.entries()) {
        const place = this.moved.has(box) ? Number(box.style.order) - BASE : null;
        if (place !== null && at.includes(place) && box.getBoundingClientRect().top < innerHeight)
          fixed.set(post, place);
      }
    }
    const order = places(at, wanted, fixed);
    const { display } = getComputedStyle(parent);
    if (!/flex|grid/.test(display)) {
      parent.setAttribute(this.marks.name, `${TOKEN.clear} ${TOKEN.column}`);
      this.columns.add(parent);
    }
    const ofBox = new Map(boxes.map((box, post) => [box as Element, order[post]]));
    for (const [i, child] of children.entries()) {
      if (!(child instanceof HTMLElement)) continue;
      const value = String(BASE + (ofBox.get(child) ?? i));
      if (!this.moved.has(child)) {
        this.moved.set(child, {
          value: child.style.order,
          priority: child.style.getPropertyPriority("order"),
        });
      }
      if (child.style.order !== value) child.style.setProperty("order", value, "important");
    }
    for (const child of this.moved.keys()) if (!child.isConnected) this.moved.delete(child);
  }

  /** Everything back in the page's own order. */
  undo(): void {
    for (const [child, { value, priority }] of this.moved) {
      child.style.removeProperty("order");
      if (value !== "") child.style.setProperty("order", value, priority);
      if (child.getAttribute("style") === "") child.removeAttribute("style");
    }
    for (const parent of this.columns) parent.removeAttribute(this.marks.name);
    this.moved.clear();
    this.columns.clear();
  }
}
