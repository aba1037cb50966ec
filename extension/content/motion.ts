/**
 * Tells that the reader moves through the page, for as long as they do: large models are hardly asked meanwhile, since what draws
 * needs the processor. A listener that compares two numbers is all that it costs the page.
 */

/** Milliseconds between two tellings; `MOVES` of the background's desk is longer. */
const AGAIN = 200;
/** Milliseconds after its last scrolling that a page still counts as moved through. */
const LASTS = 150;

export class Motion {
  private told = Number.NEGATIVE_INFINITY;
  private last = Number.NEGATIVE_INFINITY;

  constructor(
    /** Where scrolling is heard of, that of inner parts too. */
    private readonly target: EventTarget,
    /** Whether anybody is to know: some post of this page waited for a model. */
    private readonly wanted: () => boolean,
    private readonly tell: () => void,
  ) {}

  /** Whether the reader moves through the page now. */
  get lasts(): boolean {
    return performance.now() - this.last < LASTS;
  }

  start(): void {
    this.target.addEventListener("scroll", this.onScroll, { capture: true, passive: true });
  }

  stop(): void {
    this.target.removeEventListener("scroll", this.onScroll, { capture: true });
  }

  private readonly onScroll = ({ timeStamp }: Event): void => {
    this.last = timeStamp;
    if (timeStamp - this.told < AGAIN || !this.wanted()) return;
    this.told = timeStamp;
    this.tell();
  };
}
