/**
 * The line to the content script: a port that was handed over before any script of the page ran, so that none can listen in or
 * speak. What comes by it is our own content script's word and is taken as it is; what goes out is checked there.
 */
import {
  CALL,
  LONG,
  MAX_BODY,
  OFFER,
  type PageWord,
  type Passed,
  type Pieces,
  type ShellWord,
} from "../shared/wire.ts";
import {
  blobOf,
  bufferOf,
  copyOf,
  create,
  dataOf,
  dispatch,
  later,
  lengthOf,
  listen,
  NativeBytes,
  NativePromise,
  never,
  now,
  post,
  rangeOf,
  setBytes,
  startPort,
  stopEvent,
  unlisten,
  utf8,
} from "./natives.ts";

/** Milliseconds until what is asked passes as it came; at first the background may have to wake. */
const FIRST_DEADLINE = 2500;
const DEADLINE = 1000;
/** Late answers in a row after which nothing is asked any more for a while, and milliseconds of it. */
const MOST_LATE = 3;
const PAUSE = 30_000;

/** What becomes of a body. `bytes`: of a changed one. */
export interface PageAnswer {
  outcome: Extract<ShellWord, { type: "answer" }>["outcome"];
  bytes?: Uint8Array<ArrayBuffer>;
}
export type Kind = Extract<PageWord, { type: "ask" }>["kind"];

interface Waiting {
  settle: (answer: Extract<ShellWord, { type: "answer" }> | null) => void;
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
    const length = lengthOf(bytes);
    if (!this.on || this.port === undefined || length > MAX_BODY) return null;
    const seq = this.next++;
    const answer = new NativePromise<Extract<ShellWord, { type: "answer" }> | null>((settle) => {
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
    // A copy: a late answer must find what came.
    const body = length > LONG ? blobOf(bytes) : copyOf(bytes, 0, length);
    const word = { type: "ask", seq, kind, url, body } satisfies PageWord;
    post(this.port, word, length > LONG ? [] : [bufferOf(body)]);
    const said = await answer;
    if (said === null) return null;
    const { outcome, pieces } = said;
    return outcome === "changed" && pieces !== undefined
      ? { outcome, bytes: made(bytes, pieces) }
      : { outcome };
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

/** What pieces make of a body. */
function made(came: Uint8Array<ArrayBuffer>, pieces: Pieces): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i] as Pieces[number];
    const part = typeof piece === "string" ? utf8(piece) : rangeOf(came, piece[0], piece[1]);
    parts[parts.length] = part;
    size += lengthOf(part);
  }
  const whole = new NativeBytes(size);
  let at = 0;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as Uint8Array<ArrayBuffer>;
    setBytes(whole, part, at);
    at += lengthOf(part);
  }
  return whole;
}
