/** Rounds through the elements of several roots, a few at a time, while the page changes under them. */
import type { Root } from "./sheet.ts";

/** Most places remembered to go on from. */
const MAX_TRAIL = 200;

export class Rounds {
  /** Roots that are still to come in this round. */
  private left: Root[] = [];
  private root: Root | null = null;
  /** Where to go on in `root`: the next element, and should it leave the page, what follows it or what it lies in. */
  private trail: Element[] = [];

  constructor(
    /** The roots there are now. */
    private readonly roots: () => Iterable<Root>,
  ) {}

  /** Hands the next elements to `look` until it says no, or the round is over. The next call goes on from there. */
  go(look: (element: Element) => boolean): void {
    const { root } = this;
    let at = this.trail.find((element) => root !== null && element.getRootNode() === root) ?? null;
    if (at === null && this.left.length === 0) this.left = [...this.roots()];
    for (;;) {
      if (at === null) {
        this.root = this.left.shift() ?? null;
        if (this.root === null) break;
        at = this.root.firstElementChild;
        continue;
      }
      const more = look(at);
      at = at.firstElementChild ?? following(at);
      if (!more) break;
    }
    this.trail = at === null ? [] : trailOf(at);
  }
}

/** The element after `element` and all that it holds. */
function following(element: Element): Element | null {
  for (let at: Element | null = element; at; at = at.parentElement)
    if (at.nextElementSibling) return at.nextElementSibling;
  return null;
}

function trailOf(element: Element): Element[] {
  const trail = [element];
  for (let at: Element | null = element; at && trail.length < MAX_TRAIL; at = at.parentElement)
    if (at.nextElementSibling) trail.push(at.nextElementSibling);
  return trail;
}
