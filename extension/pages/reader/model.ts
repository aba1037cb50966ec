/**
 * What the reader shows, and when that changes. The core makes the feed; this keeps what it made, and sees to it that
 * nothing moves under whoever reads: what is new waits until it is asked for.
 */
import { batch, computed, signal } from "@preact/signals";
import { wordsOf } from "../../shared/api.ts";
import { MAX_GATHERED } from "../../shared/guards.ts";
import type { BackgroundState, GatheredPosts, PackState } from "../../shared/messages.ts";
import { askGathered, askState, onGathered, onStored } from "../common/browser.ts";
import { type Entry, type Gathered, gather, only, usePacks } from "../common/feed.ts";
import { announce } from "../common/parts.tsx";
import type { FeedPost } from "../common/post.ts";
import { count } from "../common/words.ts";
import { knowModels } from "../common/workbench.ts";

/** Milliseconds between two looks at what was gathered. */
const LOOK_AFTER = 1500;

/** Most posts that are remembered as shown: more than twice what is gathered at a time. */
const MAX_KNOWN = 4 * MAX_GATHERED;

/** Where the reader stands. */
export type Phase =
  | { is: "waiting" }
  /** Nothing was gathered yet. */
  | { is: "empty" }
  | { is: "ready" }
  /** There is no feed, and none could be made. */
  | { is: "failed"; why: string };

/** A post in the feed, or the message of a limit in place of those that it hides. */
export type Item =
  | { key: string; is: "post"; entry: Entry }
  | { key: string; is: "note"; note: string; entry: Entry };

/** What the reader did to a post. */
export interface Touched {
  /** Shown although a rule covers it, or covered although none does. */
  turned: boolean;
  /** Why it stands where it stands. */
  why: boolean;
  /** Thumbs for it. */
  teach: boolean;
  /** All of its words. */
  whole: boolean;
  /** So many of its replies. */
  replies: number;
}

const UNTOUCHED: Touched = { turned: false, why: false, teach: false, whole: false, replies: 0 };

export const phase = signal<Phase>({ is: "waiting" });
/** The feed that is shown. */
export const feed = signal<Gathered | undefined>(undefined);
/** Why the feed that is shown is not of now; empty: it is. */
export const trouble = signal("");
/** Why a thumb was not taken; empty: it was. */
export const untaken = signal("");
/** A later one, that waits to be asked for, and how many posts of it are new. */
export const later = signal<{ feed: Gathered; count: number } | undefined>(undefined);
/** Whether hidden posts stand in the feed, too. */
export const all = signal(false);
export const busy = signal(false);
export const packs = signal<readonly PackState[]>([]);
export const paused = signal<readonly string[]>([]);
/** The filters that thumbs may teach. */
export const taught = signal<Pick<BackgroundState, "models" | "teaching"> | undefined>(undefined);
/** By key. */
const touched = signal<ReadonlyMap<string, Touched>>(new Map());

const nameOf = ({ platform = "", id = "" }: Partial<FeedPost>): string => `${platform} ${id}`;

/** How a post of a feed is known from one feed to the next. */
export const keyOf = (made: Gathered, index: number): string => nameOf(made.posts[index] ?? {});

/** How many places in the feed rules hide. */
export const hidden = computed(() => feed.value?.entries.filter((entry) => entry.hidden).length ?? 0);

/** What stands in the feed, first to last. */
export const items = computed<readonly Item[]>(() => {
  const made = feed.value;
  return made === undefined ? [] : itemsOf(made, all.value);
});

/** See {@link items}. Pure. */
export function itemsOf(made: Gathered, withHidden: boolean): Item[] {
  const found: Item[] = [];
  const keys = new Set<string>();
  for (const entry of made.entries) {
    const note = made.verdicts[entry.post]?.note;
    const isLimit = entry.hidden && note !== undefined && entry.post !== made.ending?.post;
    if (entry.hidden && !withHidden && !isLimit) continue;
    // Two posts may claim one id; a list with one key twice would lose one of them.
    let key = keyOf(made, entry.post);
    while (keys.has(key)) key = `${key} again`;
    keys.add(key);
    found.push(
      isLimit && !withHidden ? { key, is: "note", note: note ?? "", entry } : { key, is: "post", entry },
    );
  }
  return found;
}

/** What the reader did to a post. */
export const touchedOf = (key: string): Touched => touched.value.get(key) ?? UNTOUCHED;

/** Notes what the reader does to a post. */
export function touch(key: string, change: Partial<Touched>): void {
  touched.value = new Map(touched.peek()).set(key, { ...(touched.peek().get(key) ?? UNTOUCHED), ...change });
}

/** What a pack is called. */
export const packTitle = (id: string): string =>
  id === "mine" ? "My rules" : (packs.value.find((pack) => pack.id === id)?.title ?? id);

/** Names this opening of the reader, for limits that count by visit. */
const visit = `reader ${crypto.randomUUID()}`.slice(0, 40);
/** The packs that the worker was given. */
let given: string | undefined;
let looking = false;
let lookAgain: "new" | "rules" | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let isStale = false;
/** Rules changed, and no feed was made by them yet. */
let owesRules = false;
/** Keys of the posts of every feed that was shown: a site that comes back from a pause brings nothing new. */
const known = new Set<string>();

/** Begins. */
export function start(): void {
  void look("rules");
  onGathered(() => {
    if (document.hidden) isStale = true;
    else timer ??= setTimeout(() => void look("new"), LOOK_AFTER);
  });
  // Rules that changed hold at once, as on every page.
  onStored(() => void look("rules"), ["generation", "paused", "shown"]);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && isStale) void look("new");
  });
}

/** Takes what was gathered. `rules`: by the rules of now, in place; either way what is new waits. */
export async function look(what: "new" | "rules"): Promise<void> {
  clearTimeout(timer);
  timer = undefined;
  if (looking) {
    lookAgain = lookAgain === "rules" ? "rules" : what;
    return;
  }
  looking = true;
  isStale = false;
  owesRules ||= what === "rules";
  busy.value = true;
  try {
    await take(await ask(owesRules), owesRules);
    owesRules = false;
    trouble.value = "";
  } catch (error) {
    // What is being read stays.
    if (feed.peek() === undefined) phase.value = { is: "failed", why: wordsOf(error) };
    else trouble.value = wordsOf(error);
  } finally {
    looking = false;
    busy.value = false;
    const next = lookAgain;
    lookAgain = undefined;
    if (next !== undefined) void look(next);
  }
}

/** Asks the background for its posts, and for the rules where they may be others. */
async function ask(withRules: boolean): Promise<GatheredPosts> {
  if (withRules || given === undefined) {
    const state = await askState();
    if (!state.ok) throw new Error(state.message);
    packs.value = state.value.packs;
    paused.value = state.value.pausedHosts;
    taught.value = state.value;
    const names = state.value.models.flatMap(({ name, own, taught }) => (own || taught ? [name] : []));
    knowModels(names);
    const now = JSON.stringify([state.value.packs.filter(({ on }) => on), names]);
    if (given !== now) {
      await usePacks(state.value.packs);
      given = now;
    }
  }
  const gathered = await askGathered();
  if (!gathered.ok) throw new Error(gathered.message);
  return gathered.value;
}

async function make(gathered: GatheredPosts): Promise<Gathered> {
  try {
    return await gather(gathered, visit);
  } catch (error) {
    // The worker may have been started anew, and know no packs.
    given = undefined;
    throw error;
  }
}

async function take(gathered: GatheredPosts, withRules: boolean): Promise<void> {
  const told = later.peek()?.count;
  // What is known first: limits count it before what is new.
  const mine =
    withRules && feed.peek() !== undefined ? only(gathered, (post) => known.has(nameOf(post))) : undefined;
  const kept = mine && (await make(mine));
  const made = kept !== undefined && mine === gathered ? kept : await make(gathered);
  if (made.entries.length === 0) {
    batch(() => {
      feed.value = undefined;
      later.value = undefined;
      phase.value = { is: "empty" };
    });
  } else if (feed.peek() === undefined || kept?.entries.length === 0) show(made);
  else {
    if (kept !== undefined) show(kept);
    wait(made, told);
  }
}

/** Has a feed wait to be asked for, if something in it is new; `told`: so many were said to be. */
function wait(made: Gathered, told: number | undefined): void {
  const fresh = freshIn(made, known);
  if (fresh === 0) return;
  if (told !== fresh) announce(count(fresh, "new post"));
  later.value = { feed: made, count: fresh };
}

/** How many posts a feed shows that are not among those known by their keys. */
export function freshIn(made: Gathered, known: ReadonlySet<string>): number {
  return made.entries.filter((entry) => !entry.hidden && !known.has(keyOf(made, entry.post))).length;
}

function show(made: Gathered): void {
  for (const post of made.posts) {
    // Anew, so that it is among the latest.
    known.delete(nameOf(post));
    known.add(nameOf(post));
  }
  for (const oldest of known) {
    if (known.size <= MAX_KNOWN) break;
    known.delete(oldest);
  }
  batch(() => {
    feed.value = made;
    later.value = undefined;
    phase.value = { is: "ready" };
  });
}

/** Shows what is new. */
export function takeLater(): void {
  const waiting = later.peek();
  if (waiting !== undefined) show(waiting.feed);
}
