/** Which page is compared, and what came of it. */
import { signal } from "@preact/signals";
import { api, wordsOf } from "../../shared/api.ts";
import type { Answer, JudgedPost, PackState, PageReport } from "../../shared/messages.ts";
import { askPage, askState, hostOf } from "../common/browser.ts";
import { type Comparison, compare, usePacks } from "../common/feed.ts";

/** Most posts of a page that are compared: those seen last. */
const MOST = 1000;

/** An open page that can be compared. */
export interface OpenFeed {
  tab: number;
  report: PageReport;
}

/** Where the page stands. */
export type Phase =
  | { is: "waiting" }
  /** Which page? These answer. */
  | { is: "choosing"; feeds: readonly OpenFeed[] }
  | { is: "failed"; why: string }
  | { is: "ready"; report: PageReport; comparison: Comparison };

export const phase = signal<Phase>({ is: "waiting" });
export const packs = signal<readonly PackState[]>([]);
/** The row that is pointed at, by its place in the host's order. */
export const pointed = signal<number | undefined>(undefined);
/** Only what went or moved. */
export const onlyChanges = signal(false);

/** What a pack is called. */
export const packTitle = (id: string): string =>
  id === "mine" ? "My rules" : (packs.value.find((pack) => pack.id === id)?.title ?? id);

/** Follows the address: `#7` is the page in the tab of that number. */
export function start(): void {
  addEventListener("hashchange", () => void look());
  void look();
}

/** Milliseconds between two questions to a page that is still deciding its posts, and how often it is asked. */
const ASK_AGAIN = 150;
const MOST_ASKED = 20;

/** The page's posts, once the rules in force have seen them all, or as they are if that takes too long. */
async function decidedReport(tab: number): Promise<Answer<PageReport> | undefined> {
  for (let asked = 1; ; asked++) {
    const answer = await askPage(tab, { type: "report", limit: MOST });
    if (!answer?.ok || answer.value.undecided === 0 || asked >= MOST_ASKED) return answer;
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN));
  }
}

/** Takes the posts of the page anew. */
export async function look(): Promise<void> {
  phase.value = { is: "waiting" };
  pointed.value = undefined;
  try {
    phase.value = await found();
  } catch (error) {
    phase.value = { is: "failed", why: wordsOf(error) };
  }
}

async function found(): Promise<Phase> {
  const tab = /^#(\d{1,10})$/u.exec(location.hash)?.[1];
  if (tab === undefined) return { is: "choosing", feeds: await openFeeds() };
  const [answer, state] = await Promise.all([decidedReport(Number(tab)), askState()]);
  if (answer === undefined)
    return { is: "failed", why: "The page does not answer: it was closed, or was open before Diffract was." };
  if (!answer.ok) return { is: "failed", why: answer.message };
  if (!state.ok) return { is: "failed", why: state.message };
  packs.value = state.value.packs;
  await usePacks(state.value.packs);
  const comparison = await compare(inHostsOrder(answer.value.posts));
  return { is: "ready", report: answer.value, comparison };
}

/**
 * As the host has them. What the page showed says in which order it was first seen there; those that do not say so stand last.
 * What was taken out before the page saw it comes first in a report, and says its place among all: it is put there, between
 * those that were left. Pure.
 */
export function inHostsOrder(posts: readonly JudgedPost[]): JudgedPost[] {
  const place = ({ post }: JudgedPost): number => post.position ?? Number.POSITIVE_INFINITY;
  const byPlace = (one: JudgedPost, other: JudgedPost): number => {
    const [a, b] = [place(one), place(other)];
    return a === b ? 0 : a - b;
  };
  const isOut = ({ places, verdict }: JudgedPost): boolean => places === 0 && verdict.action === "hide";
  const end = posts.findIndex((judged) => !isOut(judged));
  const out = posts.slice(0, end < 0 ? posts.length : end).sort(byPlace);
  const order = posts.slice(out.length).sort(byPlace);
  // In ascending order, so that each finds those before it in their places already.
  for (const judged of out) order.splice(Math.max(0, place(judged) - 1), 0, judged);
  return order;
}

async function openFeeds(): Promise<OpenFeed[]> {
  const tabs = await api.tabs.query({});
  const feeds = await Promise.all(
    tabs.map(async ({ id, url }): Promise<OpenFeed[]> => {
      if (id === undefined || (url !== undefined && hostOf(url) === undefined)) return [];
      const answer = await askPage(id, { type: "report", limit: 0 });
      return answer?.ok ? [{ tab: id, report: answer.value }] : [];
    }),
  );
  return feeds.flat().filter(({ report }) => report.seen > 0);
}

/** Goes to the page in a tab. */
export function choose(tab: number): void {
  location.hash = `#${tab}`;
}
