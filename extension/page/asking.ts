/**
 * The line to the content script: a port that was handed over before any script of the page ran, so that none can listen in or
 * speak. What comes by it is our own content script's word and is taken as it is; what goes out is checked there.
 */
import { CALL, MAX_BODY, OFFER, type PageWord, type Passed, type ShellWord } from "../shared/wire.ts";
import {
  create,
  dataOf,
  dispatch,
  later,
  lengthOf,
  listen,
  NativePromise,
  never,
  now,
  post,
  startPort,
  stopEvent,
  unlisten,
} from "./natives.ts";

/** Milliseconds until what is asked passes as it came; at first the background may have to wake. */
const FIRST_DEADLINE = 2500;
const DEADLINE = 1000;
/** Late answers in a row after which nothing is asked any more for a while, and milliseconds of it. */
const MOST_LATE = 3;
const PAUSE = 30_000;

export type PageAnswer = Extract<ShellWord, { type: "answer" }>;
export type Kind = Extract<PageWord, { type: "ask" }>["kind"];

interface Waiting {
  settle: (answer: PageAnswer | null) => void;
  timer: number;
}

/** No script of the page has run: there is none in the document yet. */
const untouched = (): boolean =>
  document.readyState === "loading" && document.body === null && document.scripts.length === 0;

export class Line {
  private port: MessagePort | undefined;
  /** `undefined`: not told yet. */
  private state: boolean | undefined;
  private readonly told: Promise<void>;
  private tell: () => void = () => {};
  private readonly waiting: Record<number, Waiting | undefined> = create(null) as Record<number, undefined>;
  private next = 1;
  private answered = false;
  private late = 0;
  private restUntil = 0;

  constructor() {
    this.told = new NativePromise<void>((resolve) => {
      this.tell = resolve;
    });
    // Nobody may ever answer, as when the extension was switched off just now.
    later(() => this.set(this.state ?? false), FIRST_DEADLINE);
    const offer = () => {
      if (!untouched() || this.state !== undefined) return;
      const { port1, port2 } = new MessageChannel();
      this.port = port1;
      listen(port1, "message", (event: Event) => this.hear(dataOf(event) as ShellWord));
      startPort(port1);
      dispatch(document, new MessageEvent(OFFER, { ports: [port2] }));
    };
    const called = (event: Event) => {
      stopEvent(event);
      offer();
    };
    listen(document, CALL, called);
    offer();
    // The first script of the page comes after this; from then on nobody may call.
    const closed = () => {
      unlisten(document, CALL, called);
      unlisten(document, "readystatechange", closed);
    };
    listen(document, "readystatechange", closed);
  }

  /** Whether there is any sense in asking. */
  get on(): boolean {
    return this.state !== false && now() >= this.restUntil;
  }

  /** What becomes of a body; `null`: it passes as it came. */
  async ask(kind: Kind, url: string, bytes: Uint8Array<ArrayBuffer>): Promise<PageAnswer | null> {
    if (this.state === undefined) await this.told;
    if (!this.on || this.port === undefined || lengthOf(bytes) > MAX_BODY) return null;
    const seq = this.next++;
    const answer = new NativePromise<PageAnswer | null>((settle) => {
      const timer = later(
        () => {
          this.waiting[seq] = undefined;
          this.late += 1;
          if (this.late >= MOST_LATE) this.restUntil = now() + PAUSE;
          this.passed("late");
          settle(null);
        },
        this.answered ? DEADLINE : FIRST_DEADLINE,
      );
      this.waiting[seq] = { settle, timer };
    });
    // Copied, not handed over: a late answer must find what came.
    post(this.port, { type: "ask", seq, kind, url, bytes } satisfies PageWord, []);
    return await answer;
  }

  /** Counts what passed as it came. */
  passed(why: Passed): void {
    if (this.port !== undefined) post(this.port, { type: "passed", why } satisfies PageWord, []);
  }

  private set(on: boolean): void {
    this.state = on;
    this.tell();
  }

  private hear(word: ShellWord): void {
    if (word.type === "on") {
      this.set(word.on);
      return;
    }
    const waiting = this.waiting[word.seq];
    if (waiting === undefined) return;
    this.waiting[word.seq] = undefined;
    never(waiting.timer);
    this.answered = true;
    this.late = 0;
    waiting.settle(word);
  }
}
