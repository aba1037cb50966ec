/**
 * Watches the document and every shadow root that may hold posts. What changed is handed on in the observer's own
 * callback, which runs before the browser paints.
 */
import type { Marks } from "./marks.ts";
import type { PageReader } from "./page-reader.ts";
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
/** Frames for which an element that may yet get a shadow root is looked at again. */
const PATIENCE = 600;
/** Elements looked at so at once. */
const MAX_HOSTS = 2000;
/** Elements looked at in each round through the whole document. */
const ROUND = 300;
/** What may get a shadow root later: what is not defined yet, and what is empty until then. */
const MAY_HOST = `:not(:defined),${["div", "section", "article", "main", "aside", "span"].map((name) => `${name}:empty`).join(",")}`;

export class Watch {
  private readonly observer: MutationObserver;
  private readonly roots = new Set<Root>();
  /** Elements whose shadow root may still come, and the frames left to wait. */
  private readonly hosts = new Map<Element, number>();
  /** How far the rounds of {@link keep} have come. */
  private at = 0;
  private polling = false;
  private stopped = false;

  constructor(
    private readonly reader: PageReader,
    private readonly marks: Marks,
    /** Called for each new root, before anything in it is painted. */
    private readonly rooted: (root: Root) => void,
    private readonly changed: (changes: Changes) => void,
  ) {
    this.observer = new MutationObserver((records) => this.hear(records));
  }

  start(): void {
    this.enter(document);
  }

  stop(): void {
    this.stopped = true;
    this.observer.disconnect();
    this.roots.clear();
    this.hosts.clear();
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
      attributeFilter: [this.marks.name, ...this.reader.attributes],
    });
    this.rooted(root);
    this.hostsIn(root);
  }

  private hostsIn(root: Root | Element): void {
    for (const shadow of this.reader.shadows(root)) this.enter(shadow);
    // Some get their shadow root later, and no mutation tells of it.
    if (root instanceof Element && root.matches(MAY_HOST)) this.await(root);
    for (const host of root.querySelectorAll(MAY_HOST)) this.await(host);
    if (this.hosts.size > 0) this.poll();
  }

  private await(host: Element): void {
    if (this.hosts.size < MAX_HOSTS && !this.hosts.has(host)) this.hosts.set(host, PATIENCE);
  }

  /** A shadow root attached later makes no mutation record: looked for each frame, before it is painted. */
  private poll(): void {
    if (this.polling || this.stopped) return;
    this.polling = true;
    requestAnimationFrame(() => {
      this.polling = false;
      if (this.stopped) return;
      this.retry();
      if (this.hosts.size > 0) this.poll();
    });
  }

  private retry(): void {
    const added = new Set<Element | Root>();
    for (const [host, left] of this.hosts) {
      const shadow = this.reader.shadow(host);
      if (shadow) {
        this.hosts.delete(host);
        this.enter(shadow);
        added.add(shadow);
      } else if (left <= 0 || !host.isConnected) this.hosts.delete(host);
      else this.hosts.set(host, left - 1);
    }
    if (added.size > 0) this.changed(additions(added));
  }

  /**
   * One round of upkeep, of bounded cost: forgets shadow roots that left the page, and looks through a part of the
   * document for such as nobody waited for.
   */
  keep(): void {
    if (this.stopped) return;
    for (const root of this.roots) {
      if (root instanceof ShadowRoot && !root.host.isConnected) this.roots.delete(root);
    }
    const all = document.getElementsByTagName("*");
    const added = new Set<Element | Root>();
    const end = Math.min(this.at + ROUND, all.length);
    for (let i = this.at; i < end; i++) {
      const element = all[i];
      const shadow = element && this.reader.shadow(element);
      if (!shadow || this.roots.has(shadow)) continue;
      this.enter(shadow);
      added.add(shadow);
    }
    this.at = end < all.length ? end : 0;
    if (added.size > 0) this.changed(additions(added));
  }

  private hear(records: MutationRecord[]): void {
    const added = new Set<Element | Root>();
    const touched = new Set<Node>();
    const altered = new Set<Element>();
    const marked = new Set<Element>();
    for (const record of records) {
      if (record.type === "attributes" && record.target instanceof Element) {
        (record.attributeName === this.marks.name ? marked : altered).add(record.target);
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
        // A row that follows an item may belong to it.
        if (record.previousSibling) touched.add(record.previousSibling);
      }
    }
    if (added.size + touched.size + altered.size + marked.size === 0) return;
    const places = added.size > MANY ? new Set<Element | Root>(this.roots) : added;
    const known = this.roots.size;
    for (const place of places) this.hostsIn(place);
    if (this.roots.size > known) for (const root of [...this.roots].slice(known)) places.add(root);
    this.changed({ added: places, touched, altered, marked });
  }
}
