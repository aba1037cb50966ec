/**
 * Tells the background which posts the page decided by itself, so that *the posts you saw* know of them. A while later: by then they
 * have been read as a whole.
 */
import { type Known, verdictOf } from "./known.ts";
import { BATCH_TEXT, listOf, MOST_POSTS, parts, postJson } from "./wire.ts";

/** Milliseconds until the background is told. */
const TELL_AFTER = 1000;
/** Most posts that wait for that. */
const MAX_UNTOLD = 500;

export interface DecidedEvents {
  /** These are about to be told of: whatever is still to be read of them is to be read now. */
  complete(contents: readonly Known[]): void;
  /** A JSON array of posts was decided here: `when`, in milliseconds since 1970. */
  tell(posts: string, when: number): void;
}

export class Decided {
  private untold: Array<{ contents: readonly Known[]; when: number }> = [];
  /** What waits to be told. */
  private readonly waiting = new Set<Known>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly events: DecidedEvents) {
    document.addEventListener("visibilitychange", this.onVisibility);
    addEventListener("pagehide", this.onPageHide);
  }

  /** These were decided here, just now. */
  note(contents: readonly Known[]): void {
    this.untold.push({ contents, when: Date.now() });
    for (const known of contents) this.waiting.add(known);
    // A page out of sight may be gone before the timer comes.
    if (this.waiting.size > MAX_UNTOLD || document.hidden) this.tell();
    else this.timer ??= setTimeout(() => this.tell(), TELL_AFTER);
  }

  /** The post has other content than was told, in what no rule asks for. */
  noteAgain(known: Known): void {
    if (!this.waiting.has(known) && verdictOf(known) !== null) this.note([known]);
  }

  /** Tells what is left to tell, and hears no more of the page. */
  stop(): void {
    document.removeEventListener("visibilitychange", this.onVisibility);
    removeEventListener("pagehide", this.onPageHide);
    this.tell();
  }

  private tell(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { untold } = this;
    if (untold.length === 0) return;
    this.events.complete([...this.waiting]);
    this.untold = [];
    this.waiting.clear();
    for (const { contents, when } of untold) {
      const texts = contents.map(({ post }) => postJson(post));
      for (const [from, to] of parts(texts, MOST_POSTS, BATCH_TEXT))
        this.events.tell(listOf(texts.slice(from, to)), when);
    }
  }

  private readonly onPageHide = (): void => this.tell();

  private readonly onVisibility = (): void => {
    if (document.hidden) this.tell();
  };
}
