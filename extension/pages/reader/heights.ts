/** How high posts are, and so where each stands: as measured where it was drawn, as guessed where it was not. Pure. */

/** Pixels, until something has been measured. */
const GUESS = 190;
/** Most heights remembered of posts that are not in the list; then those are forgotten. */
const MAX_KNOWN = 10_000;

export class Heights {
  private keys: readonly string[] = [];
  private readonly known = new Map<string, number>();
  /** Where each post begins, and at the end where the last one ends. `null`: to be summed up again. */
  private offsets: Float64Array | null = null;

  /** Whose heights these are, first to last. */
  take(keys: readonly string[]): void {
    this.keys = keys;
    this.offsets = null;
    if (this.known.size <= MAX_KNOWN) return;
    const kept = new Set(keys);
    for (const key of this.known.keys()) if (!kept.has(key)) this.known.delete(key);
  }

  get count(): number {
    return this.keys.length;
  }

  /** A post was measured. Whether that changes anything. */
  set(key: string, height: number): boolean {
    if (this.known.get(key) === height) return false;
    this.known.set(key, height);
    this.offsets = null;
    return true;
  }

  has(key: string): boolean {
    return this.known.has(key);
  }

  /** Everything is to be measured again, as after another width; what was measured is a guess until then. */
  doubt(): string[] {
    return [...this.known.keys()];
  }

  /** Where the post of an index begins. */
  offset(index: number): number {
    const offsets = this.summed();
    return offsets[Math.max(0, Math.min(index, this.keys.length))] ?? 0;
  }

  /** The height of all. */
  get total(): number {
    return this.offset(this.keys.length);
  }

  /** The post at a place: the last one that does not begin below it. */
  at(place: number): number {
    const offsets = this.summed();
    let low = 0;
    let high = this.keys.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((offsets[middle] ?? 0) <= place) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }

  private summed(): Float64Array {
    if (this.offsets !== null) return this.offsets;
    let sum = 0;
    let measured = 0;
    for (const key of this.keys) {
      const height = this.known.get(key);
      if (height === undefined) continue;
      sum += height;
      measured += 1;
    }
    const guess = measured === 0 ? GUESS : Math.round(sum / measured);
    const offsets = new Float64Array(this.keys.length + 1);
    for (const [index, key] of this.keys.entries())
      offsets[index + 1] = (offsets[index] ?? 0) + (this.known.get(key) ?? guess);
    this.offsets = offsets;
    return offsets;
  }
}

/** The posts to be drawn: from `first` up to `end`. */
export interface Span {
  first: number;
  end: number;
}

/** Posts are drawn in blocks of so many, so that not every frame of a scroll draws. */
const BLOCK = 4;

/** What is to be drawn for a window of `height` at `top`, with `spare` pixels on either side. */
export function spanFor(heights: Heights, top: number, height: number, spare: number): Span {
  if (heights.count === 0) return { first: 0, end: 0 };
  const first = heights.at(top - spare);
  const end = heights.at(top + height + spare) + 1;
  return {
    first: Math.floor(first / BLOCK) * BLOCK,
    end: Math.min(heights.count, Math.ceil(end / BLOCK) * BLOCK),
  };
}

/** Where the window is, said by a post and not by pixels: it stays true when posts above change their heights, come or go. */
export interface Anchor {
  key: string;
  /** Pixels from the post's beginning to the window's top. */
  into: number;
  /** The posts below it, should it go. */
  next: readonly string[];
}

/** How many posts below an anchor are remembered. */
const NEXT = 200;

/** The anchor of a window at `top`; `null` above the first post or where there are none. */
export function anchorAt(heights: Heights, keys: readonly string[], top: number): Anchor | null {
  if (top <= 0 || keys.length === 0) return null;
  const index = heights.at(top);
  const key = keys[index];
  if (key === undefined) return null;
  return { key, into: top - heights.offset(index), next: keys.slice(index + 1, index + 1 + NEXT) };
}

/** Where the window's top is to be for an anchor to stand as it stood; `null` where it and all below it went. */
export function placeOf(anchor: Anchor, heights: Heights, index: ReadonlyMap<string, number>): number | null {
  const at = index.get(anchor.key);
  if (at !== undefined) {
    const height = heights.offset(at + 1) - heights.offset(at);
    return heights.offset(at) + Math.min(anchor.into, height);
  }
  for (const key of anchor.next) {
    const next = index.get(key);
    if (next !== undefined) return heights.offset(next);
  }
  return null;
}
