/** Work that may wait for a moment in which the page has nothing to draw. */

/** Idle moments of a frame that are looked at until one is long enough. */
const MOST_TRIES = 200;

/** Comes when the page is idle for at least `least` milliseconds more, or after `most`. */
export function whenIdle(least: number, most: number): Promise<void> {
  const end = performance.now() + most;
  return new Promise((resolve) => {
    let tries = 0;
    const look = (deadline: IdleDeadline) => {
      const left = end - performance.now();
      if (deadline.timeRemaining() >= least || deadline.didTimeout || left <= 0 || ++tries > MOST_TRIES)
        resolve();
      else requestIdleCallback(look, { timeout: left });
    };
    requestIdleCallback(look, { timeout: most });
  });
}

/** Milliseconds that an idle moment is to have for verdicts that come late. */
const LEAST = 4;
/** Longest that such a verdict waits for one, in milliseconds. */
const MOST = 100;

/**
 * Jobs in their order: at once where the page rests; while the reader moves through it, when it is idle, or a tenth of a second
 * later.
 */
export class Unhurried {
  private jobs: (() => void)[] = [];

  constructor(
    private readonly moves: () => boolean,
    private readonly idle: (least: number, most: number) => Promise<void> = whenIdle,
  ) {}

  do(job: () => void): void {
    this.jobs.push(job);
    if (!this.moves()) this.all();
    else if (this.jobs.length === 1) void this.idle(LEAST, MOST).then(() => this.all());
  }

  private all(): void {
    const { jobs } = this;
    this.jobs = [];
    for (const job of jobs) job();
  }
}
