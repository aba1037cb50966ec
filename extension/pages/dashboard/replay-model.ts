/**
 * Rules tried out on the posts of this visit: which posts there are, what the rules as typed would do to each, and how
 * that differs from the rules as saved. The workbench decides; this keeps what it said.
 */
import { batch, computed, signal } from "@preact/signals";
import { MAX_ID, MAX_RECENT } from "../../shared/guards.ts";
import type { JudgedPost } from "../../shared/messages.ts";
import type { Verdict } from "../../shared/post.ts";
import { flag, Misfit, object, optional, text } from "../../shared/shape.ts";
import { askPicked, askRecent, tell } from "../common/browser.ts";
import { announce } from "../common/parts.tsx";
import { count } from "../common/words.ts";
import {
  type EffectTally,
  type Move,
  type Outcome,
  openReplay,
  type Proposal,
  proposalsFrom,
  replaySaved,
  replayTyped,
} from "../common/workbench.ts";
import { state } from "./model.ts";

const words = text(1 << 20);
/** What is drawn of a post. */
const readDrawn = object({
  id: text(MAX_ID, 1),
  platform: optional(text(64)),
  author: optional(words),
  name: optional(words),
  text: optional(words),
  title: optional(words),
  community: optional(words),
  followed: optional(flag),
});

/** A post as far as it is drawn. */
export type DrawnPost = ReturnType<typeof readDrawn>;

/** Where the pane stands. */
export type Phase =
  | { is: "waiting" }
  /** There are no posts yet. */
  | { is: "empty" }
  | { is: "ready" }
  /** Rules cannot be tried out; why. */
  | { is: "failed"; why: string };

export const phase = signal<Phase>({ is: "waiting" });
/** In the order of the feed, newest last; indices are the workbench's. */
export const posts = signal<readonly DrawnPost[]>([]);
/** By index: what the rules as typed would do. */
export const verdicts = signal<readonly Verdict[]>([]);
/** Indices of posts to which something else happens than under the rules as saved. */
export const differs = signal<ReadonlySet<number>>(new Set());
export const more = signal<readonly EffectTally[]>([]);
export const fewer = signal<readonly EffectTally[]>([]);
/** By index: where posts stand that stood elsewhere under the rules as saved. */
export const moved = signal<ReadonlyMap<number, Move>>(new Map());
/** Indices of all posts as the rules order them, feed by feed; empty where they leave the order. */
export const ordered = signal<readonly number[]>([]);
/** The rules are too large to be tried out. */
export const tooLarge = signal(false);
/** What is shown does not speak of the rules as typed yet. */
export const busy = signal(false);
/** The posts outlive the browser. */
export const kept = signal(false);

/** The line of the rules that the caret is on, from 1. */
export const caretLine = signal(0);

/** Rules that could be made of a post. */
export interface Started {
  post: DrawnPost;
  proposals: readonly Proposal[];
}

/** The post a rule is being made of; words instead where that cannot be. */
export const started = signal<Started | { problem: string } | undefined>(undefined);

/** A post with its verdict, as the words for it want them. */
export const judged = computed<JudgedPost[]>(() =>
  posts.value.flatMap((post, index) => {
    const verdict = verdicts.value[index];
    return verdict === undefined ? [] : [{ post, verdict, shown: false, places: 0 }];
  }),
);

/** The rules as they were typed last. */
let current = "";
/** The rules as they were saved last. */
let latest = "";
/** Those that wait to be tried out, and those that wait to be compared with from then on. */
let typed: string | undefined;
let saved: string | undefined;
let asking = false;
/** Grows with every opening: answers of an older one are dropped. */
let opening = 0;

/** Takes the posts of this visit anew, and tries the rules out on them. */
export async function openPosts(asSaved: string, source: string): Promise<void> {
  const mine = ++opening;
  current = source;
  latest = asSaved;
  const answer = await askRecent();
  if (mine !== opening) return;
  if (!answer.ok) {
    phase.value = { is: "failed", why: answer.message };
    return;
  }
  kept.value = answer.value.kept;
  const found = readPosts(answer.value.posts);
  if (found.drawn.length === 0) {
    batch(() => {
      posts.value = [];
      verdicts.value = [];
      phase.value = { is: "empty" };
    });
    return;
  }
  const packs = (state.peek()?.packs ?? [])
    .filter((pack) => pack.on && pack.origin !== "mine")
    .map(({ id, source: of, origin, lists }) => ({
      id,
      source: of,
      trust: origin === "imported" ? ("limited" as const) : ("full" as const),
      ...(lists === undefined ? {} : { lists }),
    }));
  const against = latest;
  try {
    const opened = await openReplay(found.json, packs, against);
    if (mine !== opening) return;
    if (opened !== found.drawn.length) throw new Error("the posts were read in two ways");
    batch(() => {
      posts.value = found.drawn;
      verdicts.value = [];
      differs.value = new Set();
      phase.value = { is: "ready" };
    });
    // Typed on, or saved, while the posts were taken: what counts is how things stand now.
    tryOut(current);
    if (latest !== against) compareWith(latest);
  } catch (error) {
    if (mine === opening) fail(error);
  }
}

/** The posts that have an id; what else is in there costs that. */
function readPosts(json: string): { drawn: DrawnPost[]; json: string } {
  let all: unknown;
  try {
    all = JSON.parse(json);
  } catch {
    return { drawn: [], json: "[]" };
  }
  const drawn: DrawnPost[] = [];
  const whole: unknown[] = [];
  for (const one of Array.isArray(all) ? all.slice(-MAX_RECENT) : []) {
    try {
      drawn.push(readDrawn(one, "a post"));
      whole.push(one);
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
    }
  }
  return { drawn, json: JSON.stringify(whole) };
}

/** Tries the rules out as they stand. Of what is typed meanwhile only the last is tried. */
export function tryOut(source: string): void {
  current = source;
  if (phase.peek().is !== "ready") return;
  typed = source;
  busy.value = true;
  if (!asking) void next();
}

/** These are the rules as saved, from now on. */
export function compareWith(source: string): void {
  latest = source;
  if (phase.peek().is !== "ready") return;
  saved = source;
  busy.value = true;
  if (!asking) void next();
}

async function next(): Promise<void> {
  asking = true;
  try {
    while (typed !== undefined || saved !== undefined) {
      const mine = opening;
      let outcome: Outcome;
      if (saved !== undefined) {
        const source = saved;
        saved = undefined;
        outcome = await replaySaved(source);
        // What was saved has been tried out with that, but perhaps more was typed since.
        if (source !== current) typed ??= current;
      } else {
        const source = typed ?? current;
        typed = undefined;
        outcome = await replayTyped(source);
      }
      if (mine === opening) take(outcome);
    }
  } catch (error) {
    fail(error);
  } finally {
    asking = false;
  }
}

function take(outcome: Outcome): void {
  batch(() => {
    if (outcome.changed.size > 0) {
      const now = [...verdicts.peek()];
      for (const [index, verdict] of outcome.changed) now[index] = verdict;
      verdicts.value = now;
    }
    const before = differs.peek();
    if (outcome.differs.length !== before.size || outcome.differs.some((index) => !before.has(index)))
      differs.value = new Set(outcome.differs);
    more.value = outcome.more;
    fewer.value = outcome.fewer;
    moved.value = outcome.moved;
    ordered.value = outcome.order;
    tooLarge.value = outcome.tooLarge;
    if (typed === undefined && saved === undefined) busy.value = false;
  });
}

function fail(error: unknown): void {
  typed = undefined;
  saved = undefined;
  batch(() => {
    busy.value = false;
    phase.value = { is: "failed", why: error instanceof Error ? error.message : String(error) };
  });
}

/** Looks for rules to make of a post. */
export async function startFrom(index: number): Promise<void> {
  const post = posts.peek()[index];
  if (post === undefined) return;
  try {
    started.value = { post, proposals: await proposalsFrom(index) };
  } catch (error) {
    started.value = {
      problem: `No rules could be proposed (${error instanceof Error ? error.message : error}).`,
    };
  }
}

/** As {@link startFrom}, of the post that was picked on a page. */
export async function startFromPicked(token: string): Promise<void> {
  const answer = await askPicked(token);
  if (!answer.ok) {
    started.value = { problem: answer.message };
    return;
  }
  const name = answer.value;
  const index = posts.peek().findIndex((post) => `${post.platform ?? ""} ${post.id}` === name);
  if (index >= 0) await startFrom(index);
  else
    started.value = {
      problem:
        "This post is not remembered any more: Diffract keeps the newest 500. Look at it again, and try once more.",
    };
}

/** Whether the posts outlive the browser from now on. */
export async function setKept(on: boolean): Promise<string | undefined> {
  const answer = await tell({ type: "keep-recent", on });
  if (!answer.ok) return answer.message;
  kept.value = on;
  announce(on ? "The posts are kept from now on" : "What was kept is deleted");
  return undefined;
}

/** Deletes the posts, wherever they are. */
export async function forget(): Promise<string | undefined> {
  const answer = await tell({ type: "forget-recent" });
  if (!answer.ok) return answer.message;
  opening += 1;
  typed = undefined;
  saved = undefined;
  // The worker holds them too. One that does not answer is ended by that, and they with it.
  void openReplay("[]", [], "").catch(() => {});
  const gone = posts.peek().length;
  batch(() => {
    posts.value = [];
    verdicts.value = [];
    differs.value = new Set();
    more.value = [];
    fewer.value = [];
    moved.value = new Map();
    ordered.value = [];
    started.value = undefined;
    busy.value = false;
    phase.value = { is: "empty" };
  });
  announce(`${count(gone, "post")} deleted`);
  return undefined;
}
