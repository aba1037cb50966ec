/**
 * Every message that crosses between the parts of the extension. Strings and plain JSON only (Chrome's messages
 * are JSON); bytes only where Firefox alone sends them. Whoever receives one calls the reader of its union in `guards.ts` first and drops, with a report to the
 * health panel, what does not pass.
 */
import type { Card, Strictness } from "./card.ts";
import type { Post, Verdict } from "./post.ts";
import type { Fold, WireReport } from "./wire.ts";

/** Under this a model that the reader brought lies in the database until the background keeps it. */
export const PENDING_MODEL = "?";

/** The name of the one long-lived port a frame opens to the background. */
export const FEED_PORT = "feed";

/** Content script → background, over the port. */
export type ShellMessage =
  /**
   * One batch a frame. `posts` is a JSON array of {@link Post}, kept a string so that it is encoded once. `visit` names
   * this opening of the page, for limits that count by visit.
   */
  | { type: "posts"; seq: number; host: string; visit: string; posts: string }
  /** In which order these posts are to stand. `posts` as above, in the host's order; `verdicts` as they were answered. */
  | { type: "order"; seq: number; host: string; visit: string; posts: string; verdicts: string }
  /** The tab's toolbar badge: how many posts are touched; `trouble` when something is off. */
  | { type: "badge"; touched: number; trouble: boolean }
  /** The reader wants to see this post whatever the rules say (or no longer). Kept over reloads. */
  | { type: "shown"; platform: string; id: string; shown: boolean }
  /** The reader picked this post on the page, to make a rule of it. `post` is a {@link Post} as JSON. */
  | { type: "picked"; post: string }
  /** Which posts that wait for a model are on screen now, as the batch's `seq` and the place in it: those first. */
  | { type: "looked-at"; posts: [seq: number, at: number][] }
  /** The reader moves through the page; said again and again while they do, on pages where posts waited for models. */
  | { type: "moving" }
  /** Answers `pictures`: the pictures of one post as data addresses; none where they cannot be read without a request. */
  | { type: "pictures"; seq: number; at: number; pictures: string[] }
  /** Asks for an engine of the rules in force. `build`: of which build the page has the program already, or nothing. */
  | { type: "near"; seq: number; build: string }
  /**
   * Posts that the page's own engine decided, as in `posts`: told some time later, and needs no answer. `when` they were
   * decided, in milliseconds since 1970-01-01 UTC.
   */
  | { type: "decided"; visit: string; posts: string; when: number }
  /** The page is about to go to the timeline that is newest first: may it? Answered by `newest`. */
  | { type: "newest"; seq: number }
  /** The adapter's fit changed; what is not `good` is said on the dashboard. */
  | { type: "health"; adapter: string; host: string; state: AdapterHealth["state"] };

/** Background → content script, over the port. */
export type EngineMessage =
  /**
   * Answers the batch of the same `seq`. `verdicts` is a JSON array of {@link Verdict}, same order as the posts.
   * `orders`: some rule says `order by`, so that asking for an order is worth while.
   */
  | { type: "verdicts"; seq: number; verdicts: string; orders: boolean }
  /** Models have answered: further verdicts of posts of an answered batch, for its places `at`. */
  | { type: "later"; seq: number; at: number[]; verdicts: string }
  /** A model is to see the pictures of the posts at these places of a batch; answered post by post. */
  | { type: "pictures"; seq: number; at: number[] }
  /** Answers `newest`. */
  | { type: "newest"; seq: number; go: boolean }
  /** Answers `order`: indices into its posts, first the post that is to stand first. */
  | { type: "order"; seq: number; order: number[] }
  /** The batch could not be decided; the shell fails open and reports `message`. */
  | { type: "failed"; seq: number; message: string }
  /**
   * Answers the `near` of the same `seq`: an engine whose memory has `size` bytes, of which so many `parts` follow; `program` where the page has
   * none of this build and gets it as bytes. `orders` as in `verdicts`. `fields`: those of posts that its rules ask for; no others are of
   * use to it, but for id, platform, host, surface and position.
   */
  | {
      type: "near-begin";
      seq: number;
      build: string;
      size: number;
      parts: number;
      orders: boolean;
      fields: string[];
      program?: ArrayBuffer;
    }
  /** What the memory of the engine of this `seq` has at `at`: bytes, or the same in base64. */
  | { type: "near-part"; seq: number; at: number; bytes: Uint8Array | string }
  /** Answers the `near` of the same `seq`: there is no engine for pages, and why. */
  | { type: "near-none"; seq: number; why: string }
  /**
   * Rules, packs or settings changed: every post on the page is to be asked again, and its engine dropped. `generation` is
   * the change's number in storage, through which the same change is told.
   */
  | { type: "changed"; generation: number };

/** A post with its verdict, as the popup lists it and `replay:page` prints it. */
export interface JudgedPost {
  post: Post;
  verdict: Verdict;
  /** The reader asked to see it all the same. */
  shown: boolean;
  /** How many items on the page hold it now; 0: it has left the page, or was taken out before the page saw it. */
  places: number;
}

/** What one locator of an adapter found on this page. */
export interface LocatorHealth {
  /** `feed`, `item.tweet`, `item.tweet.author` ... */
  name: string;
  /** Items or fields found since the page was opened. */
  found: number;
  /** How often it was looked for. */
  asked: number;
  /** Index of the selector that matched last: 0 is the first choice, more is a fallback, -1 none. */
  rank: number;
}

/** Whether an adapter still fits the page. */
export interface AdapterHealth {
  adapter: string;
  /** `good`: first choices match. `worn`: fallbacks in use. `broken`: a feed is expected here but nothing is found. `quiet`: no feed is expected on this page. */
  state: "good" | "worn" | "broken" | "quiet";
  locators: LocatorHealth[];
}

/** What a content script knows of its page. Survives the background's death. */
export interface PageReport {
  host: string;
  platform: string;
  surface: string | null;
  paused: boolean;
  /** Posts seen since the page was opened, each id once. */
  seen: number;
  /** Per action, how many of them; `label` and `highlight` count posts that have these beside their action. */
  actions: Record<string, number>;
  /** Latest last; at most `limit`. */
  posts: JudgedPost[];
  /** How many of them, and of those that are still to be read, wait for a verdict of the rules in force. */
  undecided: number;
  health: AdapterHealth;
  /** Things that went wrong, newest last, in words for the reader. */
  troubles: string[];
  /** Milliseconds from extraction to applied, of the last 500 batches. */
  latencies: number[];
  /** Where posts are decided now: on the page, or in the background. */
  engine: "near" | "background";
  /** What the reader chose for the feeds here. `newest` is `null` where no timeline is known that is newest first. */
  feed: { fold: Fold; newest: boolean | null };
  /** What was done before the page saw it; absent where answers of the platform are not known. */
  wire?: WireReport;
}

/** Popup, dashboard and tests → content script, by `tabs.sendMessage`. All answer `Answer<PageReport>`. */
export type PageRequest =
  | { type: "report"; limit: number }
  /** Show a post that a rule hid (or, `shown: false`, obey the rule again). */
  | { type: "show"; id: string; shown: boolean }
  /** The reader is to pick a post on the page, to make a rule of it; the answer comes before they do. */
  | { type: "pick" }
  /** The background has slept since: what it rewrites for the page it can tell only over a new port. */
  | { type: "wire" };

/**
 * Pages → background, by `runtime.sendMessage`. `state` answers `Answer<BackgroundState>`, `export` `Answer<string>`,
 * `recent` `Answer<RecentPosts>`, `gathered` `Answer<GatheredPosts>`, `picked-post` `Answer<string | null>`; what requests about models and
 * filters answer stands with them; the others `Answer<null>`.
 */
export type BackgroundRequest =
  /** Everything the dashboard shows. */
  | { type: "state" }
  | { type: "set-site"; host: string; on: boolean }
  /** Whether answers are rewritten before the page of this host sees them. */
  | { type: "set-wire"; host: string; on: boolean }
  /** What the feeds of a host are to be; what is absent stays as it is. */
  | { type: "set-feed"; host: string; fold?: Fold; newest?: boolean }
  | { type: "set-pack"; pack: string; on: boolean }
  /**
   * Replaces the reader's own rules. Refused (nothing stored) when larger than 4 MB, or when `base`, the source that
   * the editor started from, is no longer what is stored.
   */
  | { type: "set-rules"; source: string; base?: string }
  /** Appends `keep if author is "…"` to the reader's own rules. */
  | { type: "keep-author"; author: string }
  /** Adds or replaces an imported pack. */
  | {
      type: "import-pack";
      pack: string;
      source: string;
      /** Of a pack that was packaged from a folder. */
      title?: string;
      description?: string;
      lists?: Record<string, string>;
    }
  | { type: "remove-pack"; pack: string }
  /** Everything as one JSON text, and back. An import that does not parse changes nothing. */
  | { type: "export" }
  | { type: "import"; backup: string }
  /** The posts of this visit, to try rules out on. */
  | { type: "recent" }
  /** The posts of this visit, to be read as one feed. */
  | { type: "gathered" }
  /** Whether these posts outlive the browser, on this machine. Off: what was kept is deleted. */
  | { type: "keep-recent"; on: boolean }
  /** How a model is asked: on or off, and how strict it is where a rule names it alone. */
  | { type: "set-model"; model: string; on: boolean; strictness?: Strictness }
  /**
   * Keeps the model that the page has put into the database as {@link PENDING_MODEL}; its card as JSON. Refused where the name is taken:
   * then nothing else has changed.
   */
  | { type: "add-model"; card: string }
  /** Removes a model that the reader brought, or forgets a filter that they taught with all its examples. */
  | { type: "remove-model"; model: string }
  /** What a model makes of the posts of this visit: answers {@link ModelTrial}. `topic`: of one that tells what texts are about. */
  | { type: "try-model"; model: string; topic?: string }
  /** What a model makes of a text: answers {@link ModelAnswer}. */
  | { type: "ask-model"; model: string; text: string; topic?: string }
  /** Thumbs for posts; a filter that is not there yet begins with them. */
  | { type: "teach"; filter: string; thumbs: Thumb[] }
  /** Takes the thumb for these words back. */
  | { type: "unteach"; filter: string; text: string }
  /** What a filter has learned: answers {@link FilterState}. */
  | { type: "filter"; filter: string }
  /** Another name, in rules too, which are the reader's to change. */
  | { type: "rename-filter"; filter: string; to: string }
  /** Takes the examples of one filter over into another, and forgets the first. */
  | { type: "merge-filters"; from: string; into: string }
  /** Posts that a thumb would help with most: answers a list of {@link Question}. */
  | { type: "questions" }
  /** Most posts a day that the reader is asked about; 0: none. */
  | { type: "set-asking"; most: number }
  /** Forgets what models have said of posts. */
  | { type: "forget-answers" }
  /** Deletes these posts, wherever they are. */
  | { type: "forget-recent" }
  /**
   * Which of these posts the reader picked on a page, as `platform id`; `null` where the token is not known. A token is
   * good for once.
   */
  | { type: "picked-post"; token: string };

/** What a model makes of the posts of this visit; without a score where it has nothing to say. */
export interface ModelTrial {
  posts: { text: string; score: number | null }[];
}

/** What a model makes of one text. */
export interface ModelAnswer {
  /** `null`: it has nothing to say. */
  score: number | null;
  /** Of a model that chooses among labels. */
  label: string | null;
  /** Of a filter that the reader taught: its nearest examples. */
  near: { text: string; belongs: boolean; nearness: number }[];
}

/** The words of a post, see `exampleOf`, and whether it belongs to what a filter is to find. */
export interface Thumb {
  text: string;
  belongs: boolean;
}

/** What a filter has learned. */
export interface FilterState {
  name: string;
  /** Newest first. */
  examples: Thumb[];
  /** `null` until it can learn, or where that failed: then `trouble` says why. */
  learned: Learned | null;
  trouble: string | null;
}

/** What it makes of its examples. */
export interface Learned {
  /** The share of its examples that it tells rightly while each is left out, `0…1`. */
  right: number;
  /** Words that speak for a post, the strongest first; only how their weights compare counts. */
  for_it: { word: string; weight: number }[];
  against_it: { word: string; weight: number }[];
  /** Posts of this visit that it is least sure of. */
  doubts: string[];
}

/** A post that a filter is not sure of. */
export interface Question {
  filter: string;
  text: string;
  score: number;
}

/** The posts that the reader's pages showed last. */
export interface RecentPosts {
  /** A JSON array of {@link Post}, newest last; at most 500. */
  posts: string;
  /** They outlive the browser. */
  kept: boolean;
}

/** The posts of every page of this visit, less those of paused sites. */
export interface GatheredPosts {
  /** A JSON array of {@link Post}, newest last; at most 2,500. */
  posts: string;
  /** A JSON array of {@link PostSource}, one for each. */
  sources: string;
  /** What limits have counted, in the engine's own words. */
  limits: string;
}

/** Where a post was gathered. Mirrors the core's `gather::Source`. */
export interface PostSource {
  /** Which opening of which page. */
  visit: string;
  /** Seconds since 1970-01-01 UTC. */
  seen: number;
  /** The reader asked to see it whatever the rules say. */
  shown: boolean;
}

/** Background → every open page of the extension: there are other posts than there were. Needs no answer. */
export interface GatheredNotice {
  type: "gathered";
}

/** One message about a rule file. Mirrors the workbench's. Offsets are UTF-16 code units into the source. */
export interface Diagnostic {
  severity: "error" | "warning" | "hint";
  /** Stable, kebab-case: `unknown-field`. */
  code: string;
  message: string;
  /** From 1, in characters. */
  line: number;
  column: number;
  from: number;
  to: number;
  help?: string;
  suggestion?: { from: number; to: number; replacement: string };
  /** The line with a mark under it and the message, as plain text. */
  rendered: string;
}

export interface PackState {
  id: string;
  title: string;
  description: string;
  origin: "mine" | "shipped" | "imported";
  on: boolean;
  source: string;
  /** Files that `let @x = list "file.txt"` names. */
  lists?: Record<string, string>;
  /** Rules in it; of a pack that is on, those in force. */
  rules: number;
}

/** A model as the dashboard shows it. */
export interface ModelState {
  /** As rules write it. */
  name: string;
  /** The reader brought it. */
  own: boolean;
  /** The reader taught it: its examples of either sort. */
  taught?: { belong: number; others: number };
  on: boolean;
  /** What the reader chose for rules that name the model alone. */
  strictness?: Strictness;
  /** Why it is not asked. */
  trouble?: string;
  card: Card;
}

export interface BackgroundState {
  version: string;
  packs: PackState[];
  pausedHosts: string[];
  /** Adapters that were refused or worn, damaged settings and the like: in words for the reader. */
  troubles: string[];
  /** Rules in force. */
  rules: number;
  models: ModelState[];
  /** The filter that was taught last; empty: none. */
  teaching: string;
  /** Most posts a day that the reader is asked about. */
  asking: number;
  /** Answers of models that are kept. */
  answers: number;
  /** How the engine came up last, and in how many milliseconds. */
  start: { from: "snapshot" | "sources"; milliseconds: number };
}

export type Answer<T> = { ok: true; value: T } | { ok: false; message: string };
