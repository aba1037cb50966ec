/** What the shell tells of its page: the badge, the adapter's health, troubles and times. */
import type { AdapterHealth } from "../shared/messages.ts";
import type { KnownPosts } from "./known.ts";
import type { Link } from "./link.ts";

/** Batches whose time is remembered. */
const MAX_LATENCIES = 500;
/** Troubles remembered. */
const MAX_TROUBLES = 50;
/** Milliseconds between two badges. */
const BADGE_AFTER = 200;
/** Milliseconds between two looks at the adapter's health. */
const HEALTH_AFTER = 1000;

export class Telling {
  /** In words for the reader, newest last. */
  readonly troubles: string[] = [];
  /** Milliseconds from extraction to applied. */
  readonly latencies: number[] = [];
  private badgeTimer: ReturnType<typeof setTimeout> | undefined;
  private healthTimer: ReturnType<typeof setTimeout> | undefined;
  private badge = "";
  private healthState = "";
  private silent = false;

  constructor(
    private readonly host: string,
    private readonly known: KnownPosts,
    private readonly link: Link,
    private readonly healthNow: () => AdapterHealth,
    /** Posts that the page never saw. */
    private readonly taken: () => number,
  ) {}

  trouble(words: string): void {
    if (this.troubles.at(-1) === words) return;
    this.troubles.push(words);
    if (this.troubles.length > MAX_TROUBLES) this.troubles.shift();
    this.sayBadge();
  }

  took(milliseconds: number): void {
    this.latencies.push(Math.round(milliseconds * 100) / 100);
    if (this.latencies.length > MAX_LATENCIES) this.latencies.shift();
  }

  sayBadge(): void {
    if (this.silent) return;
    this.badgeTimer ??= setTimeout(() => {
      this.badgeTimer = undefined;
      const touched = this.known.touched() + this.taken();
      const trouble = this.troubles.length > 0;
      if (this.badge === `${touched} ${trouble}`) return;
      this.badge = `${touched} ${trouble}`;
      this.link.tell({ type: "badge", touched, trouble });
    }, BADGE_AFTER);
  }

  sayHealth(): void {
    if (this.silent) return;
    this.healthTimer ??= setTimeout(() => {
      this.healthTimer = undefined;
      const { adapter, state } = this.healthNow();
      if (state === this.healthState) return;
      this.healthState = state;
      this.link.tell({ type: "health", adapter, host: this.host, state });
    }, HEALTH_AFTER);
  }

  /** Nobody listens any more. */
  stop(): void {
    this.silent = true;
    clearTimeout(this.badgeTimer);
    clearTimeout(this.healthTimer);
  }
}
