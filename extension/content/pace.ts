/**
 * When posts are read: at once where nothing was read in this frame, in the callback that told of them; otherwise in a
 * task of its own in the next frame, after its callbacks. What waits is covered.
 */
export class Pace {
  private readonly task = new MessageChannel();
  private taskAsked = false;
  private frameAsked = false;
  private readThisFrame = false;
  private stopped = false;

  constructor(
    /** Reads what is due. */
    private readonly read: () => void,
    /** Called at the start of a frame after a reading; what is due by then is asked for again. */
    private readonly frame: () => void,
  ) {
    this.task.port1.onmessage = () => {
      this.taskAsked = false;
      if (!this.stopped) this.take();
    };
  }

  private take(): void {
    this.readThisFrame = true;
    this.askFrame();
    this.read();
  }

  /** Whether what is due now would be read at once. */
  get atOnce(): boolean {
    return !this.readThisFrame && !this.stopped;
  }

  /** Something is due, and to be read at once unless something was read in this frame. */
  now(): void {
    if (this.atOnce) this.take();
    else this.ask();
  }

  /** Something is due. */
  ask(): void {
    if (this.readThisFrame) this.askFrame();
    else if (!this.taskAsked && !this.stopped) {
      this.taskAsked = true;
      this.task.port2.postMessage(null);
    }
  }

  /** Asks for the next frame. */
  askFrame(): void {
    if (this.frameAsked || this.stopped) return;
    this.frameAsked = true;
    const next = () => {
      this.frameAsked = false;
      this.readThisFrame = false;
      if (!this.stopped) this.frame();
    };
    // No frames are drawn in a hidden tab.
    if (document.hidden) setTimeout(next, 50);
    else requestAnimationFrame(next);
  }

  stop(): void {
    this.stopped = true;
    this.task.port1.close();
  }
}
