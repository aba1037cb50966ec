/**
 * How a page of the extension talks to the rest: the background, the content script of a tab, and the few
 * browser APIs the pages need. Nothing here throws in the course of things: whatever goes wrong comes back as an {@link Answer} with
 * a message for the reader.
 */
import { api, wordsOf } from "../../shared/api.ts";
import { MAX_ID, readGathered, readRecent } from "../../shared/guards.ts";
import type {
  Answer,
  BackgroundRequest,
  BackgroundState,
  FilterState,
  GatheredPosts,
  ModelAnswer,
  ModelTrial,
  PageReport,
  PageRequest,
  Question,
  RecentPosts,
} from "../../shared/messages.ts";
import { Misfit, type Read, text } from "../../shared/shape.ts";
import {
  readAnswer,
  readExport,
  readFilter,
  readModelAnswer,
  readQuestions,
  readReport,
  readState,
  readTrial,
} from "./read.ts";

const SILENT = "Diffract's background did not answer. Reload the extension, then try again.";

async function send<T>(request: BackgroundRequest, read: Read<T>): Promise<Answer<T>> {
  try {
    const raw: unknown = await api.runtime.sendMessage(request);
    if (raw === undefined || raw === null) return { ok: false, message: SILENT };
    return readAnswer(read)(raw, "the answer");
  } catch (error) {
    return {
      ok: false,
      message: error instanceof Misfit ? unreadable(error) : `${SILENT} (${wordsOf(error)})`,
    };
  }
}

function unreadable(error: Misfit): string {
  return `Two parts of Diffract do not understand each other (${error.message}). Reload the extension, then try again.`;
}

/** Everything the dashboard shows. */
export function askState(): Promise<Answer<BackgroundState>> {
  return send({ type: "state" }, readState);
}

/** Everything the reader has, as one text for a file. */
export function askExport(): Promise<Answer<string>> {
  return send({ type: "export" }, readExport);
}

/** The posts of this visit. */
export function askRecent(): Promise<Answer<RecentPosts>> {
  return send({ type: "recent" }, readRecent);
}

/** The posts of every page of this visit. */
export function askGathered(): Promise<Answer<GatheredPosts>> {
  return send({ type: "gathered" }, readGathered);
}

/** Calls `heard` when the background has gathered other posts. Returns how to stop. */
export function onGathered(heard: () => void): () => void {
  const listener = (message: unknown, sender: chrome.runtime.MessageSender): undefined => {
    if (sender.id === api.runtime.id && (message as { type?: unknown } | null)?.type === "gathered") heard();
  };
  api.runtime.onMessage.addListener(listener);
  return () => api.runtime.onMessage.removeListener(listener);
}

/** The post that the reader picked on a page, as `platform id`; `null` where the token is not known any more. */
export function askPicked(token: string): Promise<Answer<string | null>> {
  const name = text(MAX_ID + 65, 1);
  return send({ type: "picked-post", token }, (value, at) => (value === null ? null : name(value, at)));
}

/** What a model makes of the posts of this visit. */
export function askTrial(model: string, topic?: string): Promise<Answer<ModelTrial>> {
  return send({ type: "try-model", model, ...(topic !== undefined && { topic }) }, readTrial);
}

/** What a model makes of a text. */
export function askModel(model: string, text: string, topic?: string): Promise<Answer<ModelAnswer>> {
  return send({ type: "ask-model", model, text, ...(topic !== undefined && { topic }) }, readModelAnswer);
}

/** What a filter has learned. */
export function askFilter(filter: string): Promise<Answer<FilterState>> {
  return send({ type: "filter", filter }, readFilter);
}

/** Posts that a thumb would help with. */
export function askQuestions(): Promise<Answer<Question[]>> {
  return send({ type: "questions" }, readQuestions);
}

/** Requests that ask for more than whether they were done. */
type Asking = "state" | "export" | "recent" | "gathered" | "try-model" | "ask-model" | "filter" | "questions";

/** Requests whose answer is only whether they were done. */
export type Telling = Exclude<BackgroundRequest, { type: Asking }>;

/** A request whose answer is only whether it was done. */
export function tell(request: Telling): Promise<Answer<true>> {
  return send(request, () => true as const);
}

/**
 * Asks the content script of a tab. `undefined` when nobody answers there: a page of the browser's own, a site
 * that is not covered, or a page that was opened before the extension was.
 */
export async function askPage(tab: number, request: PageRequest): Promise<Answer<PageReport> | undefined> {
  let raw: unknown;
  try {
    raw = await api.tabs.sendMessage(tab, request);
  } catch {
    return undefined;
  }
  if (raw === undefined || raw === null) return undefined;
  try {
    return readAnswer(readReport)(raw, "the page's answer");
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    return {
      ok: false,
      message: `The page's report makes no sense (${error.message}). Reload the page, then try again.`,
    };
  }
}

/** The tab the popup stands over. `host` is `undefined` on pages that no extension may touch. */
export interface ActiveTab {
  id: number;
  host: string | undefined;
  isPrivate: boolean;
}

/** The active tab of this window; `undefined` when there is none. */
export async function activeTab(): Promise<ActiveTab | undefined> {
  try {
    const [tab] = await api.tabs.query({ active: true, currentWindow: true });
    return tab?.id === undefined
      ? undefined
      : { id: tab.id, host: hostOf(tab.url), isPrivate: tab.incognito === true };
  } catch {
    return undefined;
  }
}

/** The host name of an ordinary web address, lower case. */
export function hostOf(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  try {
    const url = new URL(address);
    return url.protocol === "https:" || url.protocol === "http:" ? url.hostname : undefined;
  } catch {
    return undefined;
  }
}

/** The origins that running on `host` takes. */
function originsOf(host: string): string[] {
  return [`https://${host}/*`, `http://${host}/*`];
}

/** Whether the reader has let Diffract onto `host`. */
export async function isCovered(host: string): Promise<boolean> {
  try {
    return await api.permissions.contains({ origins: [`https://${host}/*`] });
  } catch {
    return false;
  }
}

/** Asks the reader for `host`. Must be called straight from a click; browsers refuse it otherwise. */
export async function requestHost(host: string): Promise<boolean> {
  try {
    return await api.permissions.request({ origins: originsOf(host) });
  } catch {
    return false;
  }
}

/**
 * Calls `heard` when anything stored has changed, or, where `keys` are given, one of these; at most once in 50 ms. Returns how
 * to stop.
 */
export function onStored(heard: () => void, keys?: readonly string[]): () => void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const listener = (changes: object | undefined, area?: string): void => {
    // What is kept for the session only is no setting.
    if (area === "session") return;
    if (keys && changes && !keys.some((key) => Object.hasOwn(changes, key))) return;
    clearTimeout(waiting);
    waiting = setTimeout(heard, 50);
  };
  api.storage.onChanged.addListener(listener);
  return () => {
    clearTimeout(waiting);
    api.storage.onChanged.removeListener(listener);
  };
}

/** Opens a page of the extension in a tab. `page` may carry a hash: `dashboard.html#packs`. */
export async function openPage(page: string): Promise<void> {
  await api.tabs.create({ url: api.runtime.getURL(page) });
}

/** Chrome's side panel and Firefox's sidebar, as far as they are used; each browser has one of them. */
interface Panels {
  sidePanel?: { open: (where: { tabId: number }) => Promise<void> };
  sidebarAction?: { open: () => Promise<void> };
}

/** Opens the reader beside a tab. To be called straight from a click. Whether there is such a place. */
export async function openBeside(tab: number): Promise<boolean> {
  const { sidePanel, sidebarAction } = api as unknown as Panels;
  try {
    if (sidebarAction !== undefined) await sidebarAction.open();
    else if (sidePanel !== undefined) await sidePanel.open({ tabId: tab });
    else return false;
    return true;
  } catch {
    return false;
  }
}

/** The reports of every open tab that answers. Posts are not asked for. */
export async function openReports(): Promise<PageReport[]> {
  try {
    const tabs = await api.tabs.query({});
    const answers = await Promise.all(
      tabs.map((tab) => (tab.id === undefined ? undefined : askPage(tab.id, { type: "report", limit: 0 }))),
    );
    return answers.flatMap((answer) => (answer?.ok ? [answer.value] : []));
  } catch {
    return [];
  }
}
