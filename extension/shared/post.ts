/** The post and the verdict, as they cross between page and engine. Mirrors `crate/core/src/{post,verdict}.rs`. */

export type Kind =
  | "post"
  | "link"
  | "article"
  | "video"
  | "short"
  | "live"
  | "image"
  | "poll"
  | "comment"
  | "playlist"
  | "channel"
  | "ad";

export type Surface =
  | "home"
  | "following"
  | "explore"
  | "search"
  | "thread"
  | "profile"
  | "list"
  | "community"
  | "notifications"
  | "shorts"
  | "related";

export type Medium = "image" | "video" | "gif" | "audio" | "poll" | "card";

/** One item of a feed. An absent field is *unknown*: the platform does not show it here. */
export interface Post {
  /** The platform's own identifier, stable across renders; never empty. */
  id: string;
  platform?: string;
  /** Host name it was seen on, lower case. */
  host?: string;
  url?: string;
  kind?: Kind;
  surface?: Surface;
  /** BCP 47 primary subtag. */
  lang?: string;

  text?: string;
  title?: string;
  /** Handle without `@`. */
  author?: string;
  /** Display name. */
  name?: string;
  reposted_by?: string;
  replying_to?: string;
  quote_text?: string;
  card_title?: string;
  alt?: string;
  community?: string;

  promoted?: boolean;
  suggested?: boolean;
  repost?: boolean;
  reply?: boolean;
  quote?: boolean;
  followed?: boolean;
  verified?: boolean;
  sensitive?: boolean;
  pinned?: boolean;

  likes?: number;
  reposts?: number;
  replies?: number;
  views?: number;
  followers?: number;
  /** Place in the feed as the host ordered it, from 1. */
  position?: number;

  /** Seconds since 1970-01-01 UTC. */
  time?: number;
  /** Seconds; where the platform shows only an age. */
  age?: number;
  /** Seconds. */
  duration?: number;

  links?: string[];
  hashtags?: string[];
  mentions?: string[];
  media?: Medium[];
  labels?: string[];
}

export type Action = "show" | "dim" | "blur" | "collapse" | "replace" | "hide" | "keep";

export interface Reason {
  /** The pack's id. */
  pack: string;
  /** The rule as written. */
  rule: string;
  /** From 1. */
  line: number;
  /** What the rule called for: `hide`, `label` ... */
  effect: string;
  because?: string;
  evidence: string[];
}

export interface Verdict {
  id: string;
  action: Action;
  blur?: "media" | "all";
  labels: string[];
  highlight: boolean;
  score: number;
  /** The note of `replace with`, or the message of the limit that ended the feed. */
  note?: string;
  /** What shows while a model is still asked. */
  unsure?: {
    show: "veil" | "blur" | "show";
    /** Seconds. */
    deadline: number;
    /** What models are still to be asked: `toxic`, `about "tea"`, `language`. */
    needs?: string[];
  };
  /** Every rule that spoke, strongest first; at most 32. */
  reasons: Reason[];
  more_reasons?: number;
}
