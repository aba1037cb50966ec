/**
 * Shadow roots that are found after their element came into the page: attached late, of which no mutation tells, or in
 * elements in which none is likely. A look into an element costs some five microseconds in Chromium, so few are looked
 * into at once.
 */
import type { PageReader } from "./page-reader.ts";

/** Elements of each sort that are remembered. */
const MAX_HOSTS = 2000;
/** Most elements looked into in one frame; where there are more, in turn. */
const TURN = 100;
/** Frames for which an element is looked into; after that the rounds of upkeep find its root. */
const PATIENCE = 600;
/** The same for one in a post: that is read as it is by then. */
const PATIENCE_IN_POST = 4;
/** Milliseconds after which what waits for an idle moment is looked into all the same. */
const IDLE = 250;
/** Elements looked into in one idle moment, whatever is left of it. */
const AT_LEAST = 50;

export class LateRoots {
  /** Elements whose root may still come, and the frame after which it is not waited for any more. */
  private readonly hosts = new Map<Element, number>();
  /** Elements that no one has looked into yet. */
  private readonly unlikely = new Set<Element>();
  private frame = 0;
  private polling = false;
  private idling = false;
  private stopped = false;

  constructor(
    private readonly reader: PageReader,
    /** Some are there. */
    private readonly found: (shadows: readonly ShadowRoot[]) => void,
  ) {}

  /** Waits for the root of an element that has none, frame by frame: it must be found before it is painted. */
  await(host: Element, inPost: boolean): void {
    if (this.hosts.size >= MAX_HOSTS) return;
    this.hosts.set(host, this.frame + (inPost && !isCustom(host) ? PATIENCE_IN_POST : PATIENCE));
    this.poll();
  }

  /** Looks into the element when there is nothing else to do. */
  defer(host: Element): void {
    if (this.unlikely.size >= MAX_HOSTS) return;
    this.unlikely.add(host);
    this.askIdle();
  }

  stop(): void {
    this.stopped = true;
    this.hosts.clear();
    this.unlikely.clear();
  }

  private poll(): void {
    if (this.polling || this.stopped) return;
    this.polling = true;
    requestAnimationFrame(() => {
      this.polling = false;
      if (this.stopped) return;
      const shadows = this.look();
      if (this.hosts.size > 0) this.poll();
      if (shadows.length > 0) this.found(shadows);
    });
  }

  private look(): ShadowRoot[] {
    const shadows: ShadowRoot[] = [];
    this.frame++;
    let left = Math.min(TURN, this.hosts.size);
    for (const [host, until] of this.hosts) {
      if (left-- <= 0) break;
      this.hosts.delete(host);
      const shadow = this.reader.shadow(host);
      if (shadow) shadows.push(shadow);
      else if (this.frame < until && host.isConnected) this.hosts.set(host, until);
    }
    return shadows;
  }

  private askIdle(): void {
    if (this.idling || this.stopped) return;
    this.idling = true;
    requestIdleCallback((deadline) => this.idle(deadline), { timeout: IDLE });
  }

  private idle(deadline: IdleDeadline): void {
    this.idling = false;
    if (this.stopped) return;
    const shadows: ShadowRoot[] = [];
    let looked = 0;
    for (const host of this.unlikely) {
      if (looked++ >= AT_LEAST && deadline.timeRemaining() < 1) break;
      this.unlikely.delete(host);
      const shadow = host.isConnected ? this.reader.shadow(host) : null;
      if (shadow) shadows.push(shadow);
    }
    if (this.unlikely.size > 0) this.askIdle();
    if (shadows.length > 0) this.found(shadows);
  }
}

const EMPTY = new Set(["div", "section", "article", "main", "aside", "span"]);

const isCustom = ({ localName }: Element): boolean => localName.includes("-");

/** What has content of its own seldom has a shadow root: that would have to show the content, or hide it. */
export function isLikelyHost(element: Element): boolean {
  return isCustom(element) || isEmpty(element);
}

/** Whether a root is to be expected of an element that has none: it is not defined yet, or empty until then. */
export function isUnfinished(element: Element): boolean {
  if (isCustom(element)) return element.matches(":not(:defined)");
  return EMPTY.has(element.localName) && isEmpty(element);
}

/** Blanks and comments are nothing. */
function isEmpty(element: Element): boolean {
  if (element.firstElementChild !== null) return false;
  for (let node = element.firstChild; node; node = node.nextSibling)
    if (node instanceof Text && node.data.trim() !== "") return false;
  return true;
}
