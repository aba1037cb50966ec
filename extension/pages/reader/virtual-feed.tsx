/**
 * A feed of thousands of posts of which only those near the window are in the document. It scrolls with the page. Posts
 * stand by the offsets of `heights.ts`; one that turns out higher or lower than was guessed moves nothing that is being read.
 */
import type { JSX, VNode } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Anchor, anchorAt, Heights, placeOf, type Span, spanFor } from "./heights.ts";

/** Pixels drawn above and below the window. */
const SPARE = 700;

/** One post, or whatever else stands in the feed. */
export interface Item {
  /** Unique in the feed. */
  key: string;
}

/** What others can have the feed do. */
export interface FeedHandle {
  /** Brings a post into the window and puts the focus on it. */
  focus: (index: number) => void;
  /** The post that has the focus, else the first that begins in the window, else none: -1. */
  current: () => number;
}

interface VirtualFeedProps<T extends Item> {
  items: readonly T[];
  label: string;
  busy: boolean;
  /** Draws a post: an element that takes the focus, with these attributes. */
  draw: (item: T, index: number) => VNode;
  /** Height of what stands in front of the window's top, in pixels. */
  covered: () => number;
  onHandle: (handle: FeedHandle) => void;
}

/** What the feed knows between two drawings. */
interface Drawn {
  heights: Heights;
  keys: readonly string[];
  index: ReadonlyMap<string, number>;
  span: Span;
  /** What is drawn, by key. */
  elements: Map<string, HTMLElement>;
  keyOf: WeakMap<Element, string>;
  /** Vnodes of the last drawing: the same object again is not looked at again. */
  nodes: Map<string, { item: Item; index: number; size: number; node: JSX.Element }>;
  /** The post that has the focus; it stays drawn wherever the window is. */
  focused: string | undefined;
  /** The place in the list of the post that is to have it once it is drawn. */
  wanted: number | undefined;
  /** To be measured though their heights are known. */
  doubted: Set<string>;
  /** Where the feed begins in the document, in pixels. */
  top: number;
}

const nothing = (): Drawn => ({
  heights: new Heights(),
  keys: [],
  index: new Map(),
  span: { first: 0, end: 0 },
  elements: new Map(),
  keyOf: new WeakMap(),
  nodes: new Map(),
  focused: undefined,
  wanted: undefined,
  doubted: new Set(),
  top: 0,
});

/** See the head of this file. */
export function VirtualFeed<T extends Item>(props: VirtualFeedProps<T>): JSX.Element {
  const { items, label, busy, draw } = props;
  const box = useRef<HTMLDivElement>(null);
  const [, redraw] = useState(0);
  const drawn = useRef<Drawn>(nothing()).current;
  const latest = useRef(props);
  latest.current = props;
  const again = useRef(() => redraw((count) => count + 1)).current;

  // Where the window is, before this list takes the place of the last.
  const list = useRef<readonly T[]>([]);
  const anchor = useRef<Anchor | null>(null);
  if (list.current !== items) {
    anchor.current = anchorAt(drawn.heights, drawn.keys, scrollY - drawn.top);
    list.current = items;
    drawn.keys = items.map(({ key }) => key);
    drawn.index = new Map(drawn.keys.map((key, index) => [key, index]));
    drawn.heights.take(drawn.keys);
    const place = anchor.current && placeOf(anchor.current, drawn.heights, drawn.index);
    drawn.span = spanFor(drawn.heights, place ?? scrollY - drawn.top, innerHeight, SPARE);
  }

  useLayoutEffect(() => {
    const before = anchor.current ?? anchorAt(drawn.heights, drawn.keys, scrollY - drawn.top);
    const hadAnchor = anchor.current !== null;
    anchor.current = null;
    measureTop(drawn, box.current);
    const changed = measure(drawn);
    arrange(drawn, box.current);
    if ((changed || hadAnchor) && before !== null) stay(drawn, before);
    focusWanted(drawn, latest.current.covered());
    follow(drawn, again);
  });

  useEffect(() => {
    const onScroll = (): void => follow(drawn, again);
    let width = innerWidth;
    const onResize = (): void => {
      if (innerWidth !== width) {
        width = innerWidth;
        drawn.doubted = new Set(drawn.heights.doubt());
      }
      again();
    };
    addEventListener("scroll", onScroll, { passive: true });
    addEventListener("resize", onResize);
    latest.current.onHandle(handleOf(drawn, again, () => latest.current.covered()));
    return () => {
      removeEventListener("scroll", onScroll);
      removeEventListener("resize", onResize);
    };
  }, [drawn, again]);

  // Posts that change by themselves: opened, folded, a font that came late.
  const observer = useRef<ResizeObserver | null>(null);
  observer.current ??= new ResizeObserver((changes) => {
    const before = anchorAt(drawn.heights, drawn.keys, scrollY - drawn.top);
    for (const { target } of changes) {
      const key = drawn.keyOf.get(target);
      if (key !== undefined) drawn.doubted.add(key);
    }
    if (!measure(drawn)) return;
    arrange(drawn, box.current);
    if (before !== null) stay(drawn, before);
    follow(drawn, again);
  });
  useEffect(() => () => observer.current?.disconnect(), []);

  const nodes = new Map<string, { item: Item; index: number; size: number; node: JSX.Element }>();
  const shown: JSX.Element[] = [];
  for (const index of indicesOf(drawn)) {
    const item = items[index];
    if (item === undefined) continue;
    const { key } = item;
    const old = drawn.nodes.get(key);
    const isSame = old?.item === item && old.index === index && old.size === items.length;
    const node = isSame ? (
      old.node
    ) : (
      <div key={key} class="place" ref={(element) => hold(drawn, observer.current, key, element)}>
        {draw(item, index)}
      </div>
    );
    nodes.set(key, { item, index, size: items.length, node });
    shown.push(node);
  }
  drawn.nodes = nodes;

  return (
    <div
      ref={box}
      class="feed"
      role="feed"
      aria-label={label}
      aria-busy={busy}
      onFocusIn={(event) => {
        drawn.focused = keyOf(drawn, event.target);
      }}
      onFocusOut={(event) => {
        if (!(event.relatedTarget instanceof Node) || !event.currentTarget.contains(event.relatedTarget))
          drawn.focused = undefined;
      }}
    >
      {shown}
    </div>
  );
}

/** What is to be drawn: the span, and what has or is to have the focus. Ascending, so that the document reads in order. */
function indicesOf(drawn: Drawn): number[] {
  const { span, index, focused, wanted } = drawn;
  const indices: number[] = [];
  for (let at = span.first; at < span.end; at += 1) indices.push(at);
  const held = focused === undefined ? undefined : index.get(focused);
  for (const at of [held, inside(drawn, wanted)]) {
    if (at !== undefined && !indices.includes(at)) indices.push(at);
  }
  return indices.sort((one, other) => one - other);
}

/** A place in the list, of the first or the last where it lies outside. */
function inside({ keys }: Drawn, at: number | undefined): number | undefined {
  return at === undefined || keys.length === 0 ? undefined : Math.max(0, Math.min(at, keys.length - 1));
}

function hold(drawn: Drawn, observer: ResizeObserver | null, key: string, element: HTMLElement | null): void {
  const old = drawn.elements.get(key);
  if (old !== undefined && old !== element) observer?.unobserve(old);
  if (element === null) drawn.elements.delete(key);
  else {
    drawn.elements.set(key, element);
    drawn.keyOf.set(element, key);
    observer?.observe(element);
  }
}

function keyOf(drawn: Drawn, target: EventTarget | null): string | undefined {
  if (!(target instanceof Node)) return undefined;
  for (const [key, element] of drawn.elements) if (element.contains(target)) return key;
  return undefined;
}

function measureTop(drawn: Drawn, box: HTMLElement | null): void {
  if (box !== null) drawn.top = box.getBoundingClientRect().top + scrollY;
}

/** Measures what is drawn and was not measured. Whether something is not as high as was thought. */
function measure(drawn: Drawn): boolean {
  let changed = false;
  for (const [key, element] of drawn.elements) {
    if (drawn.heights.has(key) && !drawn.doubted.has(key)) continue;
    drawn.doubted.delete(key);
    if (drawn.heights.set(key, element.offsetHeight)) changed = true;
  }
  return changed;
}

/** Puts everything drawn where it belongs. */
function arrange(drawn: Drawn, box: HTMLElement | null): void {
  for (const [key, element] of drawn.elements) {
    const index = drawn.index.get(key);
    if (index === undefined) continue;
    const top = `${drawn.heights.offset(index)}px`;
    if (element.style.top !== top) element.style.top = top;
  }
  const height = `${drawn.heights.total}px`;
  if (box !== null && box.style.height !== height) box.style.height = height;
}

/** Scrolls so that the anchor stands where it stood. */
function stay(drawn: Drawn, anchor: Anchor): void {
  const place = placeOf(anchor, drawn.heights, drawn.index);
  if (place === null) return;
  const by = Math.round(place + drawn.top - scrollY);
  if (by !== 0) scrollBy({ top: by, behavior: "instant" });
}

/** Draws again where the window has come near the end of what is drawn. */
function follow(drawn: Drawn, again: () => void): void {
  const top = scrollY - drawn.top;
  const needed = spanFor(drawn.heights, top, innerHeight, SPARE / 2);
  const { span } = drawn;
  if (needed.first >= span.first && needed.end <= span.end) return;
  drawn.span = spanFor(drawn.heights, top, innerHeight, SPARE);
  again();
}

function focusWanted(drawn: Drawn, covered: number): void {
  const key = drawn.keys[inside(drawn, drawn.wanted) ?? -1];
  const element = key === undefined ? undefined : drawn.elements.get(key);
  if (key === undefined || element === undefined) return;
  drawn.wanted = undefined;
  intoView(drawn, key, covered);
  const target = element.firstElementChild;
  if (target instanceof HTMLElement) target.focus({ preventScroll: true });
}

/** Scrolls as little as will do; what is higher than the window begins at its top. */
function intoView(drawn: Drawn, key: string, covered: number): void {
  const index = drawn.index.get(key);
  if (index === undefined) return;
  const from = drawn.heights.offset(index) + drawn.top;
  const to = drawn.heights.offset(index + 1) + drawn.top;
  const top = scrollY + covered;
  const bottom = scrollY + innerHeight;
  if (from < top || to - from > innerHeight - covered)
    scrollTo({ top: Math.max(0, from - covered - 8), behavior: "instant" });
  else if (to > bottom) scrollTo({ top: to - innerHeight + 8, behavior: "instant" });
}

function handleOf(drawn: Drawn, again: () => void, covered: () => number): FeedHandle {
  return {
    focus(index) {
      drawn.wanted = index;
      again();
    },
    current() {
      if (drawn.focused !== undefined) return drawn.index.get(drawn.focused) ?? -1;
      if (drawn.keys.length === 0) return -1;
      const top = scrollY + covered() - drawn.top;
      if (top <= 0) return -1;
      const index = drawn.heights.at(top);
      return drawn.heights.offset(index) >= top ? index - 1 : index;
    },
  };
}
