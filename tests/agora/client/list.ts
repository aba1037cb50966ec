/**
 * The virtualised list: a small pool of elements, absolutely placed, that is written over as the reader scrolls.
 * Heights are measured; whatever changes a place's height (an edit, a picture, an extension) moves the rest.
 */
import type { WireTimeline } from "../types.ts";
import { el } from "./dom.ts";
import { type Identified, type Model, makePlace, type Place } from "./post.ts";

/** Pixels above and below the window that are kept filled. */
const OVERSCAN = 500;
/** `?dense`: a line a post, so that many fit into a window, for measuring. */
const DENSE = new URLSearchParams(location.search).has("dense");
/** Pixels a post is taken for until it was measured. */
const GUESS = DENSE ? 30 : 190;

/** Where the list gets more from: an answer of the API, or `null` at the end. */
export type Source = (cursor: string | null) => Promise<WireTimeline>;

export class FeedList {
  readonly root = el("div", DENSE ? "feed dense" : "feed", { role: "feed", "aria-label": "Posts" });
  readonly #models: Model[] = [];
  readonly #ids = new Set<string>();
  /** Mounted places by index of their model. */
  readonly #mounted = new Map<number, Place>();
  readonly #free: Place[] = [];
  readonly #modelOf = new WeakMap<Element, Model>();
  readonly #sizes = new ResizeObserver((sizes) => this.#measure(sizes));
  readonly #source: Source;
  readonly #late = new Map<string, WireTimeline["feed"]["late"]>();
  #tops: number[] = [0];
  #cursor: string | null = null;
  #ended = false;
  #loading = false;
  #frame = 0;
  #now = "";
  #ticker = 0;
  readonly #onScroll = () => this.#render();

  constructor(source: Source) {
    this.#source = source;
  }

  /** Begins to show and to listen. */
  start(): void {
    addEventListener("scroll", this.#onScroll, { passive: true });
    addEventListener("resize", this.#onScroll);
    this.#ticker = window.setInterval(() => this.#tick(), 700);
    void this.#load();
  }

  /** Stops for good. */
  stop(): void {
    removeEventListener("scroll", this.#onScroll);
    removeEventListener("resize", this.#onScroll);
    clearInterval(this.#ticker);
    cancelAnimationFrame(this.#frame);
    this.#sizes.disconnect();
  }

  /** The elements on the page that carry a post. */
  articles(): Identified[] {
    return [...this.#mounted.values()].map((place) => place.article);
  }

  async #load(): Promise<void> {
    if (this.#loading || this.#ended) return;
    this.#loading = true;
    try {
      const { feed, now } = await this.#source(this.#cursor);
      this.#now = now;
      this.#cursor = feed.cursor.next;
      this.#ended = feed.cursor.next === null;
      for (const late of feed.late) {
        const others = this.#late.get(late.after) ?? [];
        this.#late.set(late.after, [...others, late]);
      }
      for (const entry of feed.entries) {
        if (this.#ids.has(entry.post.id)) continue;
        this.#ids.add(entry.post.id);
        this.#models.push({ entry, version: 0, likes: entry.post.counts.likes, height: GUESS });
      }
      this.#place(0);
    } catch {
      // Try again on the next scroll: the network of a demo is not worth a message.
    } finally {
      this.#loading = false;
    }
    this.#render();
  }

  /** Works out the tops from model `from` on. */
  #place(from: number): void {
    for (let index = from; index < this.#models.length; index++)
      this.#tops[index + 1] = (this.#tops[index] ?? 0) + (this.#models[index]?.height ?? 0);
    this.root.style.height = `${this.#tops[this.#models.length] ?? 0}px`;
  }

  /** The first model whose bottom lies below `y`. */
  #at(y: number): number {
    let low = 0;
    let high = this.#models.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#tops[middle + 1] ?? 0) <= y) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #render(): void {
    const above = this.root.getBoundingClientRect().top;
    const first = this.#at(-above - OVERSCAN);
    const last = Math.min(this.#models.length - 1, this.#at(innerHeight - above + OVERSCAN));
    for (const [index, place] of this.#mounted) {
      if (index >= first && index <= last) continue;
      this.#mounted.delete(index);
      this.#free.push(place);
    }
    for (let index = first; index <= last; index++) {
      const model = this.#models[index];
      if (model && !this.#mounted.has(index)) this.#mount(index, model);
    }
    // A place without a post stays in the document, out of the way: the next post will want it.
    for (const place of this.#free) this.#move(place, -9999);
    for (const [index, place] of this.#mounted) this.#move(place, this.#tops[index] ?? 0);
    if (last >= this.#models.length - 6) void this.#load();
  }

  #mount(index: number, model: Model): void {
    let place = this.#free.pop();
    if (!place) {
      place = makePlace();
      this.root.append(place.cell);
    }
    // Observed anew, a place is measured anew, even if the next post happens to be as high as the last.
    this.#sizes.unobserve(place.cell);
    this.#sizes.observe(place.cell);
    this.#mounted.set(index, place);
    this.#modelOf.set(place.cell, model);
    place.show(model, this.#now);
    this.#schedule(model);
  }

  #move({ cell }: Place, top: number): void {
    const transform = `translateY(${top}px)`;
    if (cell.style.transform !== transform) cell.style.transform = transform;
  }

  #measure(sizes: ResizeObserverEntry[]): void {
    let changed = false;
    let shift = 0;
    const edge = -this.root.getBoundingClientRect().top;
    const mounted = new Set([...this.#mounted.values()].map((place) => place.cell as Element));
    for (const { target, borderBoxSize } of sizes) {
      const model = this.#modelOf.get(target);
      const height = borderBoxSize[0]?.blockSize;
      if (!model || height === undefined || !mounted.has(target) || model.height === height) continue;
      const index = this.#models.indexOf(model);
      if ((this.#tops[index] ?? 0) + model.height < edge) shift += height - model.height;
      model.height = height;
      changed = true;
    }
    if (!changed) return;
    this.#place(0);
    for (const [index, place] of this.#mounted) this.#move(place, this.#tops[index] ?? 0);
    if (shift !== 0) scrollBy(0, shift);
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#render());
  }

  /** What is to happen to a post once it was shown: its author's edit, an advertisement below it. */
  #schedule(model: Model): void {
    const { edit, post } = model.entry;
    if (edit && model.version === 0)
      setTimeout(() => {
        if (model.version > 0) return;
        model.version = 1;
        this.#mountedOf(model)?.show(model, this.#now);
      }, edit.after);
    for (const { delay, entry } of this.#late.get(post.id) ?? [])
      setTimeout(() => {
        if (this.#ids.has(entry.post.id)) return;
        this.#ids.add(entry.post.id);
        const after = Math.max(this.#models.indexOf(model), this.#at(-this.root.getBoundingClientRect().top));
        this.#insert(after + 1, { entry, version: 0, likes: entry.post.counts.likes, height: GUESS });
      }, delay);
    this.#late.delete(post.id);
  }

  #insert(at: number, model: Model): void {
    this.#models.splice(at, 0, model);
    for (const index of [...this.#mounted.keys()].sort((a, b) => b - a)) {
      const place = this.#mounted.get(index);
      if (index < at || !place) continue;
      this.#mounted.delete(index);
      this.#mounted.set(index + 1, place);
    }
    this.#place(0);
    this.#render();
  }

  #mountedOf(model: Model): Place | undefined {
    return this.#mounted.get(this.#models.indexOf(model));
  }

  /** Like counters go up while one reads. */
  #tick(): void {
    for (const [index, place] of this.#mounted) {
      const model = this.#models[index];
      if (!model || (Number(model.entry.post.id) + index) % 3 !== 0) continue;
      model.likes += 1;
      place.tick(model);
    }
  }
}
