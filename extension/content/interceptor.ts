/**
 * The content script's side of the interceptor: takes its port before the page has a script, passes bodies on to the background,
 * and keeps account of what the page never saw.
 */
import platforms, { network } from "virtual:wire";
import { alive, api } from "../shared/api.ts";
import type { JudgedPost } from "../shared/messages.ts";
import { readOr } from "../shared/shape.ts";
import {
  type Body,
  bytesOf,
  CALL,
  isBelow,
  MAX_URL,
  OFFER,
  type PageWord,
  type Passed,
  type ShellWord,
  type Told,
  WIRE_PORT,
  type WireAnswer,
  type WireReport,
  type WireRequest,
} from "../shared/wire.ts";
import { readPageWord, readWireAnswer } from "../shared/wire-guards.ts";
import { VISIT } from "./visit.ts";

/** Posts kept that the page never saw. */
const MOST_TAKEN = 1000;
/** Answers whose times are kept. */
const MOST_TIMES = 500;
/** Bodies on their way at once; more pass. */
const MOST_ASKED = 64;

/** Refuses what is no UTF-8: ranges of the text's bytes must be ranges of what came. */
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

interface Asked {
  /** Its number on the page's side. */
  seq: number;
  at: number;
}

export interface InterceptorEvents {
  /** Something was taken out, or is off. */
  changed(): void;
  trouble(words: string): void;
}

/** Whether answers of the platform that a host serves are known. */
export const isIntercepted = (host: string): boolean =>
  platforms.some(({ hosts, recorded }) => recorded && isBelow(host, hosts));

const untouched = (): boolean =>
  document.readyState === "loading" && document.body === null && document.scripts.length === 0;

export class Interceptor {
  /** The page's side. */
  private page: MessagePort | null = null;
  private port: chrome.runtime.Port | null = null;
  /** `null`: not known yet whether bytes survive the way. */
  private bytes: boolean | null = null;
  private on: boolean | undefined;
  private readonly asked = new Map<number, Asked>();
  private held: Array<() => void> = [];
  private next = 1;
  private readonly takenPosts = new Map<string, JudgedPost>();
  private readonly counts: Omit<WireReport, "on" | "here"> = {
    answers: 0,
    taken: 0,
    moved: 0,
    repeated: 0,
    passed: {},
    asked: [],
    engine: [],
  };

  constructor(
    private readonly host: string,
    private readonly events: InterceptorEvents,
  ) {}

  /** To be called before the page has any script; later it does nothing. */
  start(): void {
    if (!untouched()) return;
    const offered = (event: Event) => {
      if (!untouched()) return;
      event.stopImmediatePropagation();
      const port = (event as MessageEvent).ports[0];
      if (port === undefined || this.page !== null) return;
      this.page = port;
      port.onmessage = ({ data }: MessageEvent) => this.hear(data);
      if (this.on !== undefined) this.say({ type: "on", on: this.on });
    };
    document.addEventListener(OFFER, offered);
    document.dispatchEvent(new Event(CALL));
    document.addEventListener("readystatechange", () => document.removeEventListener(OFFER, offered), {
      once: true,
    });
  }

  /** Says whether the reader wants it. */
  set(on: boolean): void {
    if (this.on === on) return;
    this.on = on;
    this.say({ type: "on", on });
    // Opened ahead of the first answer, so that the background wakes while the page still loads.
    if (on && (this.page !== null || network)) this.open();
    if (!on) this.close();
  }

  /** The background has slept since it was spoken to. */
  wake(): void {
    if (this.on === true) this.open();
  }

  /** Posts that the page never saw, oldest first. */
  taken(): JudgedPost[] {
    return [...this.takenPosts.values()];
  }

  report(): WireReport {
    const { asked, engine, passed, ...counts } = this.counts;
    return {
      on: this.on === true,
      here: network || this.page !== null,
      ...counts,
      passed: { ...passed },
      asked: [...asked],
      engine: [...engine],
    };
  }

  private say(word: ShellWord): void {
    this.page?.postMessage(word);
  }

  private hear(raw: unknown): void {
    const word = readOr<PageWord>(readPageWord, raw, "a message", (words) =>
      this.events.trouble(`The page's side of the interceptor said something unreadable: ${words}.`),
    );
    if (word === null) return;
    if (word.type === "passed") {
      this.passed(word.why);
      return;
    }
    const { seq, kind, url, body } = word;
    if (this.on !== true || this.asked.size >= MOST_ASKED) {
      this.say({ type: "answer", seq, outcome: "unchanged" });
      return;
    }
    const own = this.next++;
    this.asked.set(own, { seq, at: performance.now() });
    const post = (body: Body | string) => {
      const document = location.href.slice(0, MAX_URL);
      this.open()?.postMessage({
        type: "rewrite",
        seq: own,
        kind,
        url,
        document,
        body,
      } satisfies WireRequest);
    };
    const send = () => {
      const failed = (error: unknown) => {
        if (error instanceof TypeError) this.passed("unreadable");
        this.settle(own, { type: "answer", seq, outcome: "unchanged" });
      };
      try {
        if (this.bytes === true) post(body);
        else
          bytesOf(body)
            .then((bytes) => post(DECODER.decode(bytes)))
            .catch(failed);
      } catch (error) {
        failed(error);
      }
    };
    if (this.open() === null) this.settle(own, { type: "answer", seq, outcome: "unchanged" });
    else if (this.bytes === null) this.held.push(send);
    else send();
  }

  private settle(own: number, word: ShellWord): void {
    this.asked.delete(own);
    this.say(word);
  }

  private open(): chrome.runtime.Port | null {
    if (this.port !== null) return this.port;
    if (!alive()) {
      this.set(false);
      return null;
    }
    try {
      const port = api.runtime.connect({ name: WIRE_PORT });
      port.onMessage.addListener((raw: unknown) => this.answered(raw));
      port.onDisconnect.addListener(() => {
        void api.runtime?.lastError;
        if (this.port === port) this.close();
      });
      this.port = port;
      port.postMessage({
        type: "hello",
        host: this.host,
        visit: VISIT,
        probe: [new Uint8Array(1), new Blob()],
      });
      return port;
    } catch {
      return null;
    }
  }

  /** Whatever is on its way passes. */
  private close(): void {
    this.port?.disconnect();
    this.port = null;
    this.bytes = null;
    this.held = [];
    for (const [own, { seq }] of this.asked) this.settle(own, { type: "answer", seq, outcome: "unchanged" });
  }

  private answered(raw: unknown): void {
    const answer = readOr<WireAnswer>(readWireAnswer, raw, "a message", (words) =>
      this.events.trouble(`The background sent something unreadable: ${words}.`),
    );
    if (answer === null) return;
    if (answer.type === "ready") {
      this.bytes = answer.bytes;
      for (const send of this.held.splice(0)) send();
      return;
    }
    if (answer.type === "told") {
      this.told(answer.told);
      if (answer.spent) this.took(answer.spent.background, answer.spent.engine);
      return;
    }
    const asked = this.asked.get(answer.seq);
    if (asked === undefined) return;
    const { outcome, pieces } = answer;
    this.asked.delete(answer.seq);
    if (outcome === "changed" && pieces !== undefined)
      this.say({ type: "answer", seq: asked.seq, outcome, pieces });
    else
      this.say({ type: "answer", seq: asked.seq, outcome: outcome === "withheld" ? outcome : "unchanged" });
    this.took(performance.now() - asked.at, answer.spent.engine);
  }

  private took(asked: number, engine: number): void {
    this.counts.asked.push(tenth(asked));
    this.counts.engine.push(tenth(engine));
    for (const times of [this.counts.asked, this.counts.engine]) if (times.length > MOST_TIMES) times.shift();
  }

  private told({ taken, moved, repeated, passed }: Told): void {
    this.counts.answers += 1;
    this.counts.moved += moved;
    this.counts.repeated += repeated;
    if (passed !== undefined) this.passed(passed);
    if (taken.length === 0) return;
    this.counts.taken += taken.length;
    for (const judged of taken) {
      this.takenPosts.delete(judged.post.id);
      this.takenPosts.set(judged.post.id, judged);
    }
    for (const oldest of this.takenPosts.keys()) {
      if (this.takenPosts.size <= MOST_TAKEN) break;
      this.takenPosts.delete(oldest);
    }
    this.events.changed();
  }

  private passed(why: Passed): void {
    this.counts.passed[why] = (this.counts.passed[why] ?? 0) + 1;
  }
}

const tenth = (milliseconds: number): number => Math.round(milliseconds * 10) / 10;
