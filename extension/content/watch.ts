/**
 * Watches the document and every shadow root that may hold posts. What changed is handed on in the observer's own
 * callback, which runs before the browser paints.
 */
import type { PageReader } from "./page-reader.ts";
import type { Root } from "./sheet.ts";

export interface Changes {
  /** Where new items may be. */
  added: Set<Element | Root>;
  /** Elements in which something changed. */
  touched: Set<Node>;
}

/** Above so many places to look, the whole root is searched once instead. */
const MANY = 64;
/** Frames for which an element whose class is not defined yet is looked at again. */
const PATIENCE = 600;

export class Watch {
  private readonly observer: MutationObserver;
  private readonly roots = new Set<Root>();
  /** Elements whose shadow root may still come, and the frames left to wait. */
  private readonly hosts = new Map<Element, number>();
  private polling = false;
  private stopped = false;

  constructor(
    private readonly reader: PageReader,
    private readonly own: string,
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
    const attributes = this.reader.attributes;
    this.observer.observe(root, {
      subtree: true,
      childList: true,
      characterData: true,
      ...(attributes.length > 0 ? { attributes: true, attributeFilter: [...attributes] } : {}),
    });
    this.rooted(root);
    this.hostsIn(root);
  }

  private hostsIn(root: Root | Element): void {
    for (const shadow of this.reader.shadows(root)) this.enter(shadow);
    // Those whose class is still to be defined may get their shadow root then, and no mutation tells of it.
    for (const host of root.querySelectorAll(":not(:defined)")) {
      if (!this.hosts.has(host)) this.hosts.set(host, PATIENCE);
    }
    if (this.hosts.size > 0) this.poll();
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
      } else if (host.matches(":defined")) this.hosts.delete(host);
      else if (left <= 0 || !host.isConnected) this.hosts.delete(host);
      else this.hosts.set(host, left - 1);
    }
    if (added.size > 0) this.changed({ added, touched: new Set() });
  }

  private hear(records: MutationRecord[]): void {
    const added = new Set<Element | Root>();
    const touched = new Set<Node>();
    for (const record of records) {
      if (record.type !== "childList") {
        touched.add(record.target);
        if (record.type === "attributes" && record.target instanceof Element) added.add(record.target);
        continue;
      }
      let ours = record.addedNodes.length + record.removedNodes.length > 0;
      for (const node of record.addedNodes) {
        if (!(node instanceof Element)) {
          ours = false;
          continue;
        }
        if (node.hasAttribute(this.own)) continue;
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
    if (added.size === 0 && touched.size === 0) return;
    const places = added.size > MANY ? new Set<Element | Root>(this.roots) : added;
    const known = this.roots.size;
    for (const place of places) this.hostsIn(place);
    if (this.roots.size > known) for (const root of [...this.roots].slice(known)) places.add(root);
    this.changed({ added: places, touched });
  }
}
