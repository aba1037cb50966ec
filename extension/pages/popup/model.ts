/** What the popup knows, and what it can do. All of it hangs on the one tab it stands over. */
import { signal } from "@preact/signals";
import { api } from "../../shared/api.ts";
import type { BackgroundState, PageReport } from "../../shared/messages.ts";
import type { Fold } from "../../shared/wire.ts";
import {
  activeTab,
  askPage,
  askState,
  isCovered,
  onStored,
  openBeside,
  openPage,
  requestHost,
  tell,
} from "../common/browser.ts";
import { announce } from "../common/parts.tsx";

/** How many judged posts are asked for. */
const ASKED = 200;
/** Milliseconds between two looks at the page while the popup is open. */
const INTERVAL = 1000;

/** What stands under the popup. */
export type Page =
  | { is: "unknown" }
  /** A page of the browser's own, or none: nothing to do here. */
  | { is: "closed" }
  /** A site that the reader has not let Diffract onto. */
  | { is: "uncovered"; tab: number; host: string }
  /** Diffract may run here, but nobody answers: the page was opened before it. */
  | { is: "silent"; tab: number; host: string }
  | { is: "read"; tab: number; report: PageReport };

/** See {@link Page}. */
export const page = signal<Page>({ is: "unknown" });
/** The background's state, for titles of packs and its troubles; `undefined` until it answers. */
export const background = signal<BackgroundState | undefined>(undefined);
/** What went wrong with the last thing the reader asked for. */
export const failure = signal<string | undefined>(undefined);
/** Why the last report of the page could not be read; gone with the next that can. */
export const blind = signal<string | undefined>(undefined);
/** Why the background's state is not known; gone once it is. */
export const deaf = signal<string | undefined>(undefined);
/** Whether a thumb may be given here: what is seen in a private window is not kept. */
export const teachable = signal(false);
/** Authors kept from this popup, with the rules as they were before and after, for undo. */
export const kept = signal<ReadonlyMap<string, { before: string; after: string } | undefined>>(new Map());

/** Asks the background for its state, which may be large: once, and when something stored has changed. */
async function lookBehind(): Promise<void> {
  const state = await askState();
  if (state.ok) background.value = state.value;
  deaf.value = state.ok ? undefined : state.message;
}

/** Looks once at the tab. */
export async function look(): Promise<void> {
  if (background.value === undefined) void lookBehind();
  const tab = await activeTab();
  if (tab === undefined) {
    page.value = { is: "closed" };
    return;
  }
  teachable.value = !tab.isPrivate;
  const answer = await askPage(tab.id, { type: "report", limit: ASKED });
  blind.value = answer === undefined || answer.ok ? undefined : answer.message;
  if (answer?.ok) page.value = { is: "read", tab: tab.id, report: answer.value };
  else if (tab.host === undefined) page.value = { is: "closed" };
  else if (await isCovered(tab.host)) page.value = { is: "silent", tab: tab.id, host: tab.host };
  else page.value = { is: "uncovered", tab: tab.id, host: tab.host };
}

/** Looks now and every second, as long as the popup is open. */
export function follow(): void {
  onStored(() => void lookBehind());
  const turn = async (): Promise<void> => {
    await look();
    setTimeout(turn, INTERVAL);
  };
  void turn();
}

/** Switches Diffract on or off for a site. */
export async function setSite(host: string, on: boolean): Promise<void> {
  failure.value = undefined;
  const current = page.value;
  // The switch follows the finger; the page's next report has the last word.
  if (current.is === "read") page.value = { ...current, report: { ...current.report, paused: !on } };
  const answer = await tell({ type: "set-site", host, on });
  if (answer.ok) announce(on ? `Diffract is on for ${host}` : `Diffract is off for ${host}`);
  else failure.value = answer.message;
  await look();
}

/** Switches on or off that answers are rewritten before a site's page sees them. */
export async function setWire(host: string, on: boolean): Promise<void> {
  failure.value = undefined;
  const current = page.value;
  if (current.is === "read" && current.report.wire)
    page.value = { ...current, report: { ...current.report, wire: { ...current.report.wire, on } } };
  const answer = await tell({ type: "set-wire", host, on });
  if (answer.ok) announce(on ? `Answers are rewritten on ${host}` : `Answers are left alone on ${host}`);
  else failure.value = answer.message;
  await look();
}

/** What the feeds of a site are to be. */
export async function setFeed(
  host: string,
  choice: { fold?: Fold; newest?: boolean },
  words: string,
): Promise<void> {
  failure.value = undefined;
  const current = page.value;
  if (current.is === "read")
    page.value = {
      ...current,
      report: { ...current.report, feed: { ...current.report.feed, ...choice } },
    };
  const answer = await tell({ type: "set-feed", host, ...choice });
  if (answer.ok) announce(words);
  else failure.value = answer.message;
  await look();
}

/** Lets Diffract onto a site that it does not know. Call from a click. */
export async function startOn(host: string): Promise<void> {
  failure.value = undefined;
  // First thing in the click: browsers grant nothing after an `await`.
  const granted = await requestHost(host);
  if (!granted) {
    failure.value = `Without your permission Diffract cannot read ${host}. Nothing was changed.`;
    return;
  }
  const answer = await tell({ type: "set-site", host, on: true });
  if (!answer.ok) failure.value = answer.message;
  await look();
}

/** Loads the page under the popup anew, so that Diffract sees it from the start. */
export async function reload(tab: number): Promise<void> {
  await api.tabs.reload(tab);
  await look();
}

/** Shows a post all the same, or obeys the rule again. */
export async function setShown(id: string, shown: boolean): Promise<void> {
  failure.value = undefined;
  const current = page.value;
  if (current.is !== "read") return;
  const answer = await askPage(current.tab, { type: "show", id, shown });
  if (answer === undefined) failure.value = "The page did not answer. Reload it, then try again.";
  else if (!answer.ok) failure.value = answer.message;
  else announce(shown ? "The post is shown" : "The rule is obeyed again");
  await look();
}

/** Opens the reader beside the page; in a tab, where the browser has no such place. Call from a click. */
export async function readBeside(tab: number): Promise<void> {
  if (!(await openBeside(tab))) await openPage("reader.html");
  window.close();
}

/** Lets the reader pick a post on the page, which the popup must not cover. */
export async function pick(): Promise<void> {
  failure.value = undefined;
  const current = page.value;
  if (current.is !== "read") return;
  const answer = await askPage(current.tab, { type: "pick" });
  if (answer?.ok) window.close();
  else failure.value = answer?.message ?? "The page did not answer. Reload it, then try again.";
}

const mine = (state: BackgroundState): string =>
  state.packs.find((pack) => pack.origin === "mine")?.source ?? "";

/** Makes an exception for an author in the reader's own rules. */
export async function keepAuthor(author: string): Promise<void> {
  failure.value = undefined;
  const before = await askState();
  const answer = await tell({ type: "keep-author", author });
  if (!answer.ok) {
    failure.value = answer.message;
    return;
  }
  const after = await askState();
  const texts = before.ok && after.ok ? { before: mine(before.value), after: mine(after.value) } : undefined;
  kept.value = new Map(kept.value).set(author, texts);
  announce(`Posts by ${author} are always shown from now on`);
  await look();
}

/** Takes the exception back, if the rules have not been changed since. */
export async function unkeepAuthor(author: string): Promise<void> {
  failure.value = undefined;
  const texts = kept.value.get(author);
  const answer =
    texts === undefined || texts.before === texts.after
      ? ({
          ok: false,
          message: "Diffract cannot tell which line to take out. You find it under My rules.",
        } as const)
      : await tell({ type: "set-rules", source: texts.before, base: texts.after });
  if (!answer.ok) {
    failure.value = answer.message;
    return;
  }
  const left = new Map(kept.value);
  left.delete(author);
  kept.value = left;
  announce(`The exception for ${author} is taken back`);
  await look();
}
