/** The ports of pages: batches in, verdicts out, badges. */
import { api, wordsOf } from "../shared/api.ts";
import { readShellMessage } from "../shared/guards.ts";
import type { EngineMessage, ShellMessage } from "../shared/messages.ts";
import { readOr } from "../shared/shape.ts";
import type { NearEngines } from "./near.ts";
import type { Rules } from "./rules.ts";
import type { Asker, Scoring } from "./scoring.ts";

export interface FeedEvents {
  shown(platform: string, id: string, shown: boolean): void;
  health(message: ShellMessage & { type: "health" }): void;
  /**
   * Posts that were decided, as JSON, and which opening of which page they stand on; `when`, in milliseconds since 1970, if
   * that was a while ago. Not told of private windows.
   */
  decided(posts: string, visit: string, when?: number): void;
  /** The reader picked a post to make a rule of, as JSON; `isPrivate`: in a private window. */
  picked(post: string, isPrivate: boolean): void;
}

/** How often a tab may be led to its site's newest posts, and in how many milliseconds: a site may lead it back. */
const MOST_GOES = 3;
const GOES_WITHIN = 20_000;
/** Most tabs of which that is remembered. */
const MOST_TABS = 200;

export class Feeds {
  private readonly ports = new Map<chrome.runtime.Port, Asker>();

  constructor(
    private readonly rules: Rules,
    private readonly scoring: Scoring,
    private readonly near: NearEngines,
    private readonly events: FeedEvents,
  ) {}

  /** Serves a page's port. */
  accept(port: chrome.runtime.Port): void {
    const asker: Asker = {
      isPrivate: isPrivate(port),
      later: (seq, at, verdicts) =>
        this.answer(port, { type: "later", seq, at, verdicts: JSON.stringify(verdicts) }),
      picture: (seq, at) => this.answer(port, { type: "pictures", seq, at }),
    };
    this.ports.set(port, asker);
    port.onDisconnect.addListener(() => {
      void api.runtime.lastError;
      this.scoring.forget(asker);
      this.ports.delete(port);
    });
    port.onMessage.addListener((raw: unknown) => {
      const message = readOr<ShellMessage>(readShellMessage, raw, "the message", (words) => {
        this.rules.trouble(`A page sent something unreadable: ${words}.`);
        const seq = (raw as { seq?: unknown } | null)?.seq;
        if (typeof seq === "number")
          this.answer(port, { type: "failed", seq, message: `Refused: ${words}.` });
      });
      if (message !== null) void this.hear(port, asker, message);
    });
  }

  /** Tells every page that its posts are to be asked again; `generation` is the change's number in storage. */
  changed(generation: number): void {
    this.scoring.clear();
    for (const port of this.ports.keys()) this.answer(port, { type: "changed", generation });
  }

  private async hear(port: chrome.runtime.Port, asker: Asker, message: ShellMessage): Promise<void> {
    switch (message.type) {
      case "posts":
        return this.decide(port, asker, message);
      case "order":
        return this.order(port, message);
      case "badge":
        return badge(port.sender?.tab?.id, message.touched, message.trouble);
      case "shown":
        return this.events.shown(message.platform, message.id, message.shown);
      case "health":
        return this.events.health(message);
      case "picked":
        return this.events.picked(message.post, isPrivate(port));
      case "looked-at":
        return this.scoring.look(asker, new Set(message.posts.map(([seq, at]) => `${seq} ${at}`)));
      case "moving":
        return this.scoring.moving();
      case "pictures":
        return this.scoring.pictures(asker, message.seq, message.at, message.pictures);
      case "newest":
        return this.answer(port, { type: "newest", seq: message.seq, go: this.mayGo(port.sender?.tab?.id) });
      case "near":
        return this.sendNear(port, message);
      case "decided":
        if (!isPrivate(port)) this.events.decided(message.posts, message.visit, message.when);
    }
  }

  private async decide(
    port: chrome.runtime.Port,
    asker: Asker,
    message: ShellMessage & { type: "posts" },
  ): Promise<void> {
    const { seq } = message;
    try {
      const verdicts = await this.scoring.judge(asker, seq, message.posts, message.visit);
      this.answer(port, { type: "verdicts", seq, verdicts, orders: this.rules.orders });
      if (!isPrivate(port)) this.events.decided(message.posts, message.visit);
    } catch (error) {
      const words = wordsOf(error).slice(0, 500);
      this.rules.trouble(`A batch of posts on ${message.host} could not be decided: ${words}.`);
      this.answer(port, { type: "failed", seq, message: words });
    }
  }

  private async order(port: chrome.runtime.Port, message: ShellMessage & { type: "order" }): Promise<void> {
    try {
      const order = await this.rules.order(message.posts, message.verdicts, message.visit);
      this.answer(port, { type: "order", seq: message.seq, order });
    } catch (error) {
      this.rules.trouble(`The posts on ${message.host} could not be put in order: ${wordsOf(error)}.`);
    }
  }

  private readonly goes = new Map<number, number[]>();
  private mayGo(tab: number | undefined): boolean {
    if (tab === undefined) return false;
    const now = Date.now();
    const recent = (this.goes.get(tab) ?? []).filter((time) => now - time < GOES_WITHIN);
    const may = recent.length < MOST_GOES;
    this.goes.delete(tab);
    this.goes.set(tab, may ? [...recent, now] : recent);
    for (const oldest of this.goes.keys()) {
      if (this.goes.size <= MOST_TABS) break;
      this.goes.delete(oldest);
    }
    return may;
  }

  private async sendNear(port: chrome.runtime.Port, message: ShellMessage & { type: "near" }): Promise<void> {
    try {
      await this.near.send(port, message);
    } catch (error) {
      // Posts are decided over the port, as they were.
      this.answer(port, { type: "near-none", seq: message.seq, why: wordsOf(error).slice(0, 500) });
    }
  }

  private answer(port: chrome.runtime.Port, message: EngineMessage): void {
    try {
      port.postMessage(message);
    } catch {
      // The page is gone.
      this.ports.delete(port);
    }
  }
}

/** A tab that is not known counts as private. */
const isPrivate = (port: chrome.runtime.Port): boolean => port.sender?.tab?.incognito !== false;

async function badge(tabId: number | undefined, touched: number, trouble: boolean): Promise<void> {
  if (tabId === undefined) return;
  const text = trouble ? "!" : touched === 0 ? "" : touched > 999 ? "999+" : String(touched);
  try {
    await api.action.setBadgeText({ tabId, text });
    await api.action.setBadgeBackgroundColor({ tabId, color: trouble ? "#b45309" : "#475569" });
    const title = trouble ? "Diffract: something is off on this page" : `Diffract: ${touched} posts touched`;
    await api.action.setTitle({ tabId, title });
  } catch {
    // The tab is gone.
  }
}
