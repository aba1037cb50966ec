/** The ports of pages over which answers come to be rewritten. */
import platforms from "virtual:wire";
import { api } from "../../shared/api.ts";
import type { PageRequest } from "../../shared/messages.ts";
import { readOr } from "../../shared/shape.ts";
import {
  isBelow,
  isBlob,
  isBytes,
  type Spent,
  type Told,
  type WireAnswer,
  type WirePlatform,
  type WireRequest,
} from "../../shared/wire.ts";
import { readWireRequest } from "../../shared/wire-guards.ts";
import type { Answers } from "./answers.ts";

/** Most reports that wait for a page to open its port, and tabs that they are kept for. */
const MOST_WAITING = 50;

/** Milliseconds after a page's answer within which its first word over the port has come, if it says one. */
const HELLO_AFTER = 20;

/** The platform whose pages a host serves, if answers of it are known. */
export const platformOf = (host: string): WirePlatform | undefined =>
  platforms.find(({ hosts }) => isBelow(host, hosts));

interface Guest {
  port: chrome.runtime.Port;
  hello: { host: string; visit: string } | null;
}

export class WirePorts {
  private readonly guests = new Set<Guest>();
  /** What a tab's page is to be told once it listens. */
  private readonly waiting = new Map<number, Told[]>();

  /** Who waits for the first word of a tab's page. */
  private readonly called = new Map<number, () => void>();

  constructor(
    private readonly answers: Answers,
    private readonly trouble: (words: string) => void,
  ) {}

  accept(port: chrome.runtime.Port): void {
    const guest: Guest = { port, hello: null };
    this.guests.add(guest);
    port.onDisconnect.addListener(() => {
      void api.runtime.lastError;
      this.guests.delete(guest);
    });
    port.onMessage.addListener((raw: unknown) => {
      const message = readOr<WireRequest>(readWireRequest, raw, "the message", (words) =>
        this.trouble(`A page sent an answer that was refused: ${words}.`),
      );
      if (message !== null) void this.hear(guest, message);
    });
  }

  /** On which visit the page in a tab is. Who spoke to an earlier life of the background is asked; `undefined`: it does not say. */
  async visitOf(tab: number): Promise<string | undefined> {
    if (!this.inTab(tab)?.hello) await this.call(tab);
    return this.inTab(tab)?.hello?.visit;
  }

  private async call(tab: number): Promise<void> {
    await new Promise<void>((heard) => {
      this.called.set(tab, heard);
      const answered = () => setTimeout(heard, HELLO_AFTER);
      api.tabs.sendMessage(tab, { type: "wire" } satisfies PageRequest).then(answered, () => heard());
    });
    this.called.delete(tab);
  }

  /** Tells the page in a tab what was done for it, now or when it listens. */
  tell(tab: number, told: Told, spent?: Spent): void {
    const guest = this.inTab(tab);
    if (guest?.hello) {
      say(guest.port, { type: "told", told, ...(spent && { spent }) });
      return;
    }
    const waiting = this.waiting.get(tab) ?? [];
    this.waiting.delete(tab);
    this.waiting.set(tab, [...waiting, told].slice(-MOST_WAITING));
    for (const oldest of this.waiting.keys()) {
      if (this.waiting.size <= MOST_WAITING) break;
      this.waiting.delete(oldest);
    }
  }

  /** Another page opens in a tab: what its predecessor was to be told is told to nobody. */
  left(tab: number): void {
    this.waiting.delete(tab);
    const guest = this.inTab(tab);
    if (guest) this.guests.delete(guest);
  }

  private inTab(tab: number): Guest | undefined {
    return [...this.guests].findLast(({ port }) => port.sender?.tab?.id === tab);
  }

  private async hear(guest: Guest, message: WireRequest): Promise<void> {
    const { port } = guest;
    if (message.type === "hello") {
      const { host, visit, probe } = message;
      guest.hello = { host, visit };
      const known = platformOf(host);
      if (known) void this.answers.warm(known.name);
      say(port, { type: "ready", bytes: survived(probe) });
      const tab = port.sender?.tab?.id;
      for (const told of (tab !== undefined && this.waiting.get(tab)) || [])
        say(port, { type: "told", told });
      if (tab !== undefined) this.waiting.delete(tab);
      if (tab !== undefined) this.called.get(tab)?.();
      return;
    }
    const began = performance.now();
    const platform = guest.hello && platformOf(guest.hello.host)?.name;
    if (!guest.hello || !platform) {
      this.trouble("A page sent an answer of a platform that is not known.");
      return;
    }
    const { seq, url, document, body } = message;
    const isPrivate = port.sender?.tab?.incognito !== false;
    const told = await this.answers.rewrite(
      { platform, host: guest.hello.host, url, visit: guest.hello.visit, document, body, isPrivate },
      ({ outcome, pieces, engine }) =>
        say(port, {
          type: "rewritten",
          seq,
          outcome,
          ...(pieces && { pieces }),
          spent: { background: performance.now() - began, engine },
        }),
    );
    say(port, { type: "told", told });
  }
}

/** Whether bytes and blobs come over the port as they are. */
const survived = ([bytes, blob]: unknown[]): boolean => isBytes(bytes) && isBlob(blob);

function say(port: chrome.runtime.Port, answer: WireAnswer): void {
  try {
    port.postMessage(answer);
  } catch {
    // The page is gone.
  }
}
