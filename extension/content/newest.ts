/**
 * Keeps the platform's own timeline that is newest first chosen, where the reader wants that: by its address, or by its tab. A
 * platform that insists on its own is not fought: after a few attempts it is left alone, and that is said.
 */
import type { Chronological } from "../shared/adapter.ts";
import type { Surface } from "../shared/post.ts";
import { isSelector } from "./extract/query.ts";

/** Milliseconds between two looks at the page. Nobody is told when a page moves on by itself. */
const LOOK_AFTER = 400;
/** Attempts, and the milliseconds within which so many are too many. */
const MOST = 3;
const WITHIN = 15_000;
/** Milliseconds that a tab has to show that it was chosen. */
const CHOSEN_AFTER = 2000;

export interface NewestOptions {
  ways: readonly Chronological[];
  surface(): Surface | null;
  /** Whether to go there: no, where that was tried too often in this tab. */
  mayGo(): Promise<boolean>;
  trouble(words: string): void;
}

/** Whether an address is already what `wanted` asks for: its path and its parameters. Pure. */
export function isThere(here: URL | Location, wanted: string): boolean {
  const { pathname, searchParams } = new URL(wanted, here.href);
  const bare = (path: string) => path.replace(/\/$/, "");
  const own = new URLSearchParams(here.search);
  return (
    bare(here.pathname) === bare(pathname) &&
    [...searchParams].every(([name, value]) => own.get(name) === value)
  );
}

export class Newest {
  private timer: ReturnType<typeof setInterval> | undefined;
  /** When something was tried, as `performance.now()`. */
  private tried: number[] = [];
  private going = false;
  private given = false;

  constructor(private readonly options: NewestOptions) {}

  set(on: boolean): void {
    if (on === (this.timer !== undefined) || (on && this.options.ways.length === 0)) return;
    clearInterval(this.timer);
    this.timer = undefined;
    document.removeEventListener("DOMContentLoaded", this.look);
    if (!on) return;
    this.given = false;
    this.tried = [];
    this.timer = setInterval(this.look, LOOK_AFTER);
    document.addEventListener("DOMContentLoaded", this.look);
    this.look();
  }

  private readonly look = (): void => {
    if (this.given || this.going || document.hidden) return;
    const surface = this.options.surface();
    const way = surface && this.options.ways.find(({ on }) => on.includes(surface));
    if (!way) return;
    if (way.address !== undefined) {
      if (!isThere(location, way.address)) void this.go(way.address);
      return;
    }
    if (first(way.chosen) !== null) return;
    const tab = first(way.tab);
    const last = this.tried.at(-1);
    if (tab === null || (last !== undefined && performance.now() - last < CHOSEN_AFTER)) return;
    if (this.tooOften()) return;
    tab.click();
  };

  private async go(address: string): Promise<void> {
    this.going = true;
    try {
      if (!(await this.options.mayGo())) this.giveUp();
      // In place of this page, so that the way back leads to where the reader came from.
      else if (this.timer !== undefined && !this.tooOften())
        location.replace(new URL(address, location.href));
    } finally {
      this.going = false;
    }
  }

  private tooOften(): boolean {
    const now = performance.now();
    this.tried = [...this.tried.filter((time) => now - time < WITHIN), now];
    if (this.tried.length > MOST) this.giveUp();
    return this.given;
  }

  private giveUp(): void {
    if (this.given) return;
    this.given = true;
    this.options.trouble(
      "The newest first could not be kept here: this site goes back to its own order, or nobody answered. It is left there until the page is loaded anew.",
    );
  }
}

function first(selectors: readonly string[]): HTMLElement | null {
  for (const css of selectors) {
    const found = isSelector(css) ? document.querySelector(css) : null;
    if (found instanceof HTMLElement) return found;
  }
  return null;
}
