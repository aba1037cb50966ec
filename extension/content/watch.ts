/**
 * Watches the document and every shadow root that may hold posts. What changed is handed on in the observer's own
 * callback, which runs before the browser paints.
 */
import { LateRoots, LIKELY_HOSTS, UNFINISHED_HOSTS, UNLIKELY_HOSTS } from "./late-roots.ts";
import type { Marks } from "./marks.ts";
import type { PageReader } from "./page-reader.ts";
import { Rounds } from "./rounds.ts";
import type { Root } from "./sheet.ts";

export interface Changes {
  /** Where new items may be. */
  added: Set<Element | Root>;
  /** Elements in which something changed. */
  touched: Set<Node>;
  /** Elements of which an attribute changed that the adapter looks at. */
  altered: Set<Element>;
  /** Elements of which the shell's own mark was changed, by whomever. */
  marked: Set<Element>;
}

/** Nothing but places in which new items may be. */
export const additions = (added: Set<Element | Root>): Changes => ({
  added,
  touched: new Set(),
  altered: new Set(),
  marked: new Set(),
});

/** Above so many places to look, the whole root is searched once instead. */
const MANY = 64;
/** Elements looked at in each part of a round through the document and its shadow roots, at most and at least. */
const ROUND = 300;
const AT_LEAST = 50;

export class Watch {
  private readonly observer: MutationObserver;
  private readonly roots = new Set<Root>();
  private readonly late: LateRoots;
  private readonly rounds = new Rounds(() => this.roots);
  private stopped = false;

  constructor(
    private readonly reader: PageReader,
    private readonly marks: Marks,
    /** Called for each new root, before anything in it is painted. */
    private readonly rooted: (root: Root) => void,
    private readonly changed: (changes: Changes) => void,
  ) {
    this.observer = new MutationObserver((records) => this.hear(records));
    this.late = new LateRoots(reader, (shadows) => this.enterAll(shadows));
  }

  start(): void {
    this.enter(document);
  }

  stop(): void {
    this.stopped = true;
    this.observer.disconnect();
    this.roots.clear();
    this.late.stop();
  }

  /** Handles what has changed until now, and what has not been told yet. */
  drain(): void {
    this.hear(this.observer.takeRecords());
  }

  /** Every root that is watched, the document first. */
  all(): Root[] {
    return [...this.roots];
  }

  private enter(root: Root): void {
    if (this.roots.has(root)) return;
    this.roots.add(root);
    this.observer.observe(root, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
      attributeFilter: [this.marks.name, this.marks.inner, ...this.reader.attributes],
    });
    this.rooted(root);
    this.hostsIn(root);
    this.hostsAround([root]);
    this.late.defer(root);
  }

  /**
   * Enters the shadow roots of plain elements outside of posts: posts may lie in them, and they are few enough to be asked
   * at once. Where posts are told by their likeness, nothing is veiled before a search of the whole page.
   */
  private hostsAround(places: Iterable<Element | Root>): void {
    if (this.reader.wholeOnly) return;
    const asked = new Set<Element>();
    /** The post that was met last; what it holds is passed over. */
    const met: { item: Element | null } = { item: null };
    const ask = (element: Element) => {
      if (asked.has(element) || met.item?.contains(element)) return;
      if (this.reader.isInItem(element)) {
        met.item = element;
        return;
      }
      asked.add(element);
      const shadow = element.matches(UNLIKELY_HOSTS) ? this.reader.shadow(element) : null;
      if (shadow) this.enter(shadow);
    };
    for (const place of places) {
      if (place instanceof ShadowRoot && this.reader.isInItem(place.host)) continue;
      if (place instanceof Element) {
        // The parser tells of every element by itself, the outer one first.
        if (asked.has(place) || !place.isConnected) continue;
        ask(place);
        if (met.item?.contains(place)) continue;
      }
      for (const element of place.querySelectorAll(UNLIKELY_HOSTS)) ask(element);
    }
  }

  /** Enters the shadow roots that are likely to be in `root`, and waits for those that may yet come: no mutation tells of them. */
  private hostsIn(root: Root | Element): void {
    const inPost = root instanceof Element && this.reader.isInItem(root);
    if (root instanceof Element) this.host(root, inPost);
    for (const element of root.querySelectorAll(LIKELY_HOSTS)) this.host(element, inPost);
  }

  private host(element: Element, inPost: boolean): void {
    if (!this.reader.mayHost(element)) return;
    const shadow = this.reader.shadow(element);
    if (shadow) this.enter(shadow);
    else if (element.matches(UNFINISHED_HOSTS))
      this.late.await(element, inPost || this.reader.isInItem(element));
  }

  /** Roots that were attached late. */
  private enterAll(shadows: readonly ShadowRoot[]): void {
    const added = new Set<Element | Root>();
    for (const shadow of shadows) {
      if (this.stopped || this.roots.has(shadow)) continue;
      this.enter(shadow);
      added.add(shadow);
    }
    if (added.size > 0) this.changed(additions(added));
  }

  /**
   * Upkeep, for an idle moment: forgets shadow roots that left the page, and looks through a part of the document and of
   * its shadow roots for such as nobody waited for.
   */
  keep(deadline: IdleDeadline): void {
    if (this.stopped) return;
    for (const root of this.roots) {
      if (root instanceof ShadowRoot && !root.host.isConnected) this.roots.delete(root);
    }
    const found: ShadowRoot[] = [];
    let looked = 0;
    this.rounds.go((element) => {
      const shadow = this.reader.shadow(element);
      if (shadow) found.push(shadow);
      return ++looked < AT_LEAST || (looked < ROUND && deadline.timeRemaining() >= 1);
    });
    this.enterAll(found);
  }

  private hear(records: MutationRecord[]): void {
    const added = new Set<Element | Root>();
    const touched = new Set<Node>();
    const altered = new Set<Element>();
    const marked = new Set<Element>();
    for (const record of records) {
      if (record.type === "attributes" && record.target instanceof Element) {
        const { name, inner } = this.marks;
        const isOurs = record.attributeName === name || record.attributeName === inner;
        (isOurs ? marked : altered).add(record.target);
        continue;
      }
      if (record.type !== "childList") {
        touched.add(record.target);
        continue;
      }
      let ours = record.addedNodes.length + record.removedNodes.length > 0;
      for (const node of record.addedNodes) {
        if (!(node instanceof Element)) {
          ours = false;
          continue;
        }
        if (node.hasAttribute(this.marks.own)) continue;
        ours = false;
        added.add(node);
      }
      if (record.removedNodes.length > 0) ours = false;
      if (!ours) {
        touched.add(record.target);
        if (record.previousSibling && this.isRowOfAnother(record)) touched.add(record.previousSibling);
      }
    }
    if (added.size + touched.size + altered.size + marked.size === 0) return;
    const places = added.size > MANY ? new Set<Element | Root>(this.roots) : added;
    this.changed({ added: places, touched, altered, marked });
    // A microtask later: by then verdicts are carried out, and whoever waits for them has been told; roots are still entered
    // before anything is painted.
    if (places.size > 0) queueMicrotask(() => this.enterIn(places, added));
  }

  /** Enters the shadow roots that came with `places`; of these, `added` are what was put into the page. */
  private enterIn(places: ReadonlySet<Element | Root>, added: ReadonlySet<Element | Root>): void {
    if (this.stopped) return;
    const known = this.roots.size;
    for (const place of places) this.hostsIn(place);
    this.hostsAround(added);
    for (const place of added) this.late.defer(place);
    if (this.roots.size > known) this.changed(additions(new Set([...this.roots].slice(known))));
  }

  /** A row that came or went after an item may belong to it. */
  private isRowOfAnother({ addedNodes, removedNodes }: MutationRecord): boolean {
    const isRow = (node: Node) => node instanceof Element && this.reader.mayExtend(node);
    return [...addedNodes].some(isRow) || [...removedNodes].some(isRow);
  }
}
