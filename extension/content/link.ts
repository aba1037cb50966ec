/**
 * The one port to the background. Opened when there is something to say; a background that was suspended or killed
 * is woken by opening it again, and batches it had not answered are sent again.
 */
import { alive, api } from "../shared/api.ts";
import { readEngineMessage, readVerdicts } from "../shared/guards.ts";
import { type EngineMessage, FEED_PORT, type ShellMessage } from "../shared/messages.ts";
import type { Post, Verdict } from "../shared/post.ts";
import { readOr } from "../shared/shape.ts";
import { VISIT } from "./visit.ts";
import { listOf, postJson } from "./wire.ts";

/** Milliseconds until posts show undecided, for the first batch of a page, which may have to wake the background. */
export const FIRST_DEADLINE = 3000;
/** Milliseconds until posts show undecided, once the engine has answered. */
export const DEADLINE = 1500;
/** Milliseconds after which an answer that is late is not waited for any more. */
const FORGOTTEN = 60_000;
/** How often one batch is sent before the shell gives up on it. */
const MAX_TRIES = 3;
/** Messages held back until the page is known not to be paused. */
const MAX_HELD = 50;

export interface LinkEvents {
  /** `verdicts` in the order of the posts. May come after `late`. */
  verdicts(batch: number, verdicts: Verdict[], orders: boolean): void;
  /** Models have answered: verdicts for the posts at these places of a batch that was answered. */
  later(batch: number, at: number[], verdicts: Verdict[]): void;
  /** A model is to see the pictures of the posts at these places of a batch. */
  pictures(batch: number, at: number[]): void;
  /** Answers {@link Link.askOrder}. */
  order(request: number, order: number[]): void;
  /** No answer within the deadline: let the posts of the batch show. The answer may still come. */
  late(batch: number, milliseconds: number): void;
  /** Nothing was heard of a late batch for so long that its answer would not be taken any more. */
  forgotten(batch: number): void;
  /** The batch will not be answered. `again`: another one might be. */
  failed(batch: number, message: string, again: boolean): void;
  /** Rules or settings changed; the change's number in storage. */
  changed(generation: number): void;
  /** Something for the near engine. */
  near(message: EngineMessage): void;
  /** The extension this script belongs to is gone. Nothing will be answered any more. */
  orphaned(): void;
  trouble(words: string): void;
}

interface Waiting {
  message: ShellMessage & { type: "posts" };
  timer: ReturnType<typeof setTimeout>;
  tries: number;
}

export class Link {
  private port: chrome.runtime.Port | null = null;
  private readonly waiting = new Map<number, Waiting>();
  private next = 1;
  private answered = false;
  private closed = false;
  /** Who waits to hear whether the page may go to its newest posts. */
  private readonly leaving = new Map<number, (go: boolean) => void>();
  /** Nothing is sent before {@link warm}; what is said until then. */
  private held: ShellMessage[] | null = [];

  constructor(
    private readonly host: string,
    private readonly events: LinkEvents,
  ) {}

  /**
   * Opens the port, even ahead of the first batch, so that the background wakes while the page still loads. Until then
   * batches and messages are held back: the page may be paused.
   */
  warm(): void {
    const held = this.held ?? [];
    this.held = null;
    this.open();
    for (const message of held) this.tell(message);
    for (const seq of [...this.waiting.keys()]) this.post(seq);
  }

  /** Sends a batch, a JSON array of posts; returns its number. */
  ask(posts: string): number {
    const seq = this.next++;
    const message = {
      type: "posts" as const,
      seq,
      host: this.host,
      visit: VISIT,
      posts,
    };
    const deadline = this.answered ? DEADLINE : FIRST_DEADLINE;
    const timer = setTimeout(() => this.late(seq, deadline), deadline);
    this.waiting.set(seq, { message, timer, tries: 0 });
    this.post(seq);
    return seq;
  }

  /** Asks in which order judged posts are to stand. An answer may never come. */
  askOrder(posts: Post[], verdicts: Verdict[]): number {
    const seq = this.next++;
    this.tell({
      type: "order",
      seq,
      host: this.host,
      visit: VISIT,
      posts: listOf(posts.map(postJson)),
      verdicts: JSON.stringify(verdicts),
    });
    return seq;
  }

  /** Whether the page may go to the timeline that is newest first; no, where nobody answers. */
  mayGo(): Promise<boolean> {
    const seq = this.next++;
    return new Promise((resolve) => {
      const settle = (go: boolean) => {
        this.leaving.delete(seq);
        resolve(go);
      };
      this.leaving.set(seq, settle);
      setTimeout(() => settle(false), FIRST_DEADLINE);
      this.tell({ type: "newest", seq });
    });
  }

  /** Tells of a batch that was decided on the page, and when, in milliseconds since 1970. */
  tellDecided(posts: string, when: number): void {
    this.tell({ type: "decided", visit: VISIT, posts, when });
  }

  /** Says something that needs no answer. Lost when nobody listens. */
  tell(message: ShellMessage): void {
    if (this.held !== null) {
      if (this.held.length < MAX_HELD) this.held.push(message);
      return;
    }
    try {
      this.open()?.postMessage(message);
    } catch {
      // The port closed under us; its listener sees to what is waiting.
    }
  }

  /** Lets go of the port and of every batch. */
  close(): void {
    this.closed = true;
    for (const { timer } of this.waiting.values()) clearTimeout(timer);
    this.waiting.clear();
    this.port?.disconnect();
    this.port = null;
  }

  private post(seq: number): void {
    const batch = this.waiting.get(seq);
    if (batch === undefined || this.held !== null) return;
    if (++batch.tries > MAX_TRIES) {
      this.give(seq, "Diffract's background stopped three times over this batch.", false);
      return;
    }
    try {
      this.open()?.postMessage(batch.message);
    } catch {
      // Closed between opening and sending: `down` runs, or the deadline lifts the veil.
    }
  }

  /** Its posts show; an answer is still welcome, but not for ever. */
  private late(seq: number, deadline: number): void {
    const batch = this.waiting.get(seq);
    if (batch === undefined) return;
    batch.timer = setTimeout(() => {
      this.waiting.delete(seq);
      this.events.forgotten(seq);
    }, FORGOTTEN);
    this.events.late(seq, deadline);
  }

  private give(seq: number, message: string, again: boolean): void {
    const batch = this.waiting.get(seq);
    if (batch === undefined) return;
    clearTimeout(batch.timer);
    this.waiting.delete(seq);
    this.events.failed(seq, message, again);
  }

  private open(): chrome.runtime.Port | null {
    if (this.port !== null || this.closed) return this.port;
    if (!alive()) {
      this.orphan();
      return null;
    }
    let port: chrome.runtime.Port;
    try {
      port = api.runtime.connect({ name: FEED_PORT });
    } catch {
      this.orphan();
      return null;
    }
    port.onMessage.addListener((raw: unknown) => this.hear(raw));
    port.onDisconnect.addListener(() => {
      void api.runtime?.lastError;
      if (this.port === port) this.down();
    });
    this.port = port;
    return port;
  }

  private down(): void {
    this.port = null;
    if (this.closed) return;
    if (!alive()) {
      this.orphan();
      return;
    }
    // A tick later: the background is perhaps just going away, and would refuse.
    if (this.waiting.size > 0)
      setTimeout(() => [...this.waiting.keys()].forEach((seq) => void this.post(seq)), 20);
  }

  private orphan(): void {
    if (this.closed) return;
    this.closed = true;
    const left = [...this.waiting.keys()];
    for (const seq of left) this.give(seq, "Diffract was updated or switched off.", false);
    this.events.orphaned();
  }

  private hear(raw: unknown): void {
    const message = readOr<EngineMessage>(readEngineMessage, raw, "a message", (words) =>
      this.events.trouble(`The background sent something unreadable: ${words}.`),
    );
    if (message === null || this.closed) return;
    if (message.type === "changed") {
      this.events.changed(message.generation);
      return;
    }
    if (message.type === "later") {
      const verdicts = parse(message.verdicts, (words) => this.events.trouble(words));
      if (verdicts !== null) this.events.later(message.seq, message.at, verdicts);
      return;
    }
    if (message.type === "pictures") {
      this.events.pictures(message.seq, message.at);
      return;
    }
    if (message.type === "newest") {
      this.leaving.get(message.seq)?.(message.go);
      return;
    }
    if (message.type === "order") {
      this.events.order(message.seq, message.order);
      return;
    }
    if (message.type !== "verdicts" && message.type !== "failed") {
      this.events.near(message);
      return;
    }
    const batch = this.waiting.get(message.seq);
    if (batch === undefined) return;
    if (message.type === "failed") {
      this.give(message.seq, message.message, true);
      return;
    }
    const verdicts = parse(message.verdicts, (words) => this.give(message.seq, words, true));
    if (verdicts === null) return;
    clearTimeout(batch.timer);
    this.waiting.delete(message.seq);
    this.answered = true;
    this.events.verdicts(message.seq, verdicts, message.orders);
  }
}

function parse(json: string, refused: (words: string) => void): Verdict[] | null {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    refused("The engine's verdicts were no JSON.");
    return null;
  }
  return readOr(readVerdicts, value, "the verdicts", (words) =>
    refused(`The engine's verdicts did not fit: ${words}.`),
  );
}
