/** Feeds that the core makes, from a page's side: posts of many pages as one, and a page before and after the rules. */
import { contextNow } from "../../shared/context.ts";
import { MAX_GATHERED, readVerdicts } from "../../shared/guards.ts";
import type { BackgroundState, GatheredPosts, JudgedPost } from "../../shared/messages.ts";
import type { Verdict } from "../../shared/post.ts";
import {
  flag,
  integer,
  list,
  Misfit,
  number,
  object,
  oneOf,
  optional,
  type Read,
  text,
} from "../../shared/shape.ts";
import type { OtherPack } from "../workbench/calls.ts";
import { type FeedPost, readPost } from "./post.ts";
import { feeding } from "./workbench.ts";

const amount = number(-Number.MAX_VALUE, Number.MAX_VALUE);

/** A JSON array of posts; what is none stands in it as an empty one, so that places stay. */
function readPosts(json: string): FeedPost[] {
  const all: unknown = JSON.parse(json);
  return list((one: unknown) => one, MAX_GATHERED)(all, "the posts").map((one) => {
    try {
      return readPost(one, "a post");
    } catch (error) {
      if (error instanceof Misfit) return { id: "" };
      throw error;
    }
  });
}

const index = integer(0, MAX_GATHERED);
const indices = list(index, MAX_GATHERED);
/** A value that is not known crosses as `null`. */
const known: Read<number | null> = (value, at) => (value === null ? null : amount(value, at));

const readMade = object({
  verdicts: (value: unknown, at: string): Verdict[] =>
    list((one: unknown, place: string) => readVerdicts([one], place)[0] as Verdict, MAX_GATHERED)(value, at),
  order: object({
    rule: optional(object({ pack: text(64), line: integer(0, 1e9), rule: text(1 << 16) })),
    keys: list(text(64), 100),
  }),
  entries: list(
    object({
      post: index,
      placed_by: index,
      values: list(known, 100),
      same: indices,
      replies: indices,
      hidden: flag,
    }),
    MAX_GATHERED,
  ),
  ending: optional(object({ post: index, note: text(1 << 16) })),
});

/** One place in a feed. Mirrors the core's `gather::Entry`; posts by their indices. */
export type Entry = ReturnType<typeof readMade>["entries"][number];

/** By what a feed is ordered. Mirrors the core's `OrderedBy`. */
export type OrderedBy = ReturnType<typeof readMade>["order"];

/** A feed with its posts. */
export interface Gathered extends ReturnType<typeof readMade> {
  posts: FeedPost[];
  /** By post, when it was seen, in seconds since 1970. */
  seen: number[];
  /** By post: the reader asked to see it whatever the rules say. */
  shown: boolean[];
}

const readSources = list(object({ seen: number(0, 1e12), shown: flag }), MAX_GATHERED);

/** Hands over the packs in force. To be called before the two below, and when they changed. */
export async function usePacks(packs: BackgroundState["packs"]): Promise<void> {
  const inForce = packs
    .filter(({ on }) => on)
    .map(
      ({ id, source, origin, lists }): OtherPack => ({
        id,
        source,
        trust: origin === "imported" ? "limited" : "full",
        ...(lists === undefined ? {} : { lists }),
      }),
    );
  await feeding.call("feed", inForce);
}

/** The posts that `wanted` picks, with where each is from; the very object given where that is all of them. */
export function only(gathered: GatheredPosts, wanted: (post: FeedPost) => boolean): GatheredPosts {
  const isWanted = readPosts(gathered.posts).map(wanted);
  if (isWanted.every(Boolean)) return gathered;
  const kept = (json: string): string =>
    JSON.stringify((JSON.parse(json) as unknown[]).filter((_, index) => isWanted[index]));
  return { ...gathered, posts: kept(gathered.posts), sources: kept(gathered.sources) };
}

/** Makes one feed of what the background has gathered. `visit` names this opening of the reader. */
export async function gather({ posts, sources, limits }: GatheredPosts, visit: string): Promise<Gathered> {
  const made = readMade(
    JSON.parse(await feeding.call("gather", posts, sources, contextNow({ visit }), limits)),
    "the feed",
  );
  const from = readSources(JSON.parse(sources), "the sources");
  const read = readPosts(posts);
  const count = read.length;
  const inside = (at: number): boolean => at < count;
  if (made.verdicts.length !== count || from.length !== count)
    throw new Error("the posts were read in two ways");
  return {
    ...made,
    entries: made.entries.filter(
      (entry) =>
        // What has no id is no post.
        read[entry.post]?.id !== "" &&
        [entry.post, entry.placed_by, ...entry.same, ...entry.replies].every(inside),
    ),
    posts: read,
    seen: from.map(({ seen }) => seen),
    shown: from.map(({ shown }) => shown),
  };
}

const readComparison = object({
  rows: list(object({ fate: oneOf("shown", "hidden", "folded", "left") }), MAX_GATHERED),
  after: indices,
  moved: indices,
});

/** A page's posts in both orders. Mirrors the core's `Comparison`. */
export interface Comparison {
  /** In the host's order. */
  rows: { judged: JudgedPost; fate: "shown" | "hidden" | "folded" | "left" }[];
  /** Indices into `rows`, in the order of the rules. */
  after: number[];
  moved: number[];
}

/** Compares the posts of a page, given in the host's order, with what the rules make of them. */
export async function compare(posts: readonly JudgedPost[]): Promise<Comparison> {
  const shown = posts.flatMap((judged, at) => (judged.shown ? [at] : []));
  const answer = await feeding.call(
    "compare",
    JSON.stringify(posts.map(({ post }) => post)),
    JSON.stringify(posts.map(({ verdict }) => verdict)),
    shown,
    contextNow({ visit: "compare" }),
  );
  const { rows, after, moved } = readComparison(JSON.parse(answer), "the comparison");
  const inside = (at: number): boolean => at < posts.length;
  return {
    rows: posts.map((judged, at) => ({ judged, fate: rows[at]?.fate ?? "shown" })),
    after: after.filter(inside),
    moved: moved.filter(inside),
  };
}
