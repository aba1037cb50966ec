/** What Agora's server sends and its client shows. */

/** An account. */
export interface Account {
  handle: string;
  name: string;
  verified: boolean;
  followed: boolean;
  followers: number;
}

/** A drawn picture: served at `/media/SCENE-SEED.svg`. */
export interface Picture {
  scene: Scene;
  seed: number;
  alt: string;
}

export type Scene =
  | "hills"
  | "sea"
  | "city"
  | "bread"
  | "bird"
  | "cat"
  | "bike"
  | "garden"
  | "stars"
  | "chart"
  | "product"
  | "train"
  | "mug";

export type Attachment =
  | { type: "picture"; picture: Picture }
  /** `seconds` is 0 for a broadcast that is live. */
  | { type: "video"; picture: Picture; seconds: number; format: "wide" | "tall" | "live" }
  | { type: "card"; url: string; domain: string; title: string; picture: Picture }
  | { type: "poll"; options: { text: string; share: number }[] };

/** One post as the API tells it. */
export interface WirePost {
  id: string;
  author: Account;
  text: string;
  /** RFC 3339. */
  created_at: string;
  counts: { likes: number; reposts: number; replies: number; views: number };
  replying_to?: string;
  quoted?: { id: string; author: Account; text: string };
  attachments: Attachment[];
  sensitive?: true;
}

/** One entry of a timeline. */
export interface WireEntry {
  entry_id: string;
  post: WirePost;
  reposted_by?: Account;
  /** Present on what someone paid for. */
  promotion?: { campaign: string; call: string; url: string };
  /** Present on what the platform puts in by itself. */
  suggestion?: { because: string };
  /** How the client renders the words: as plain nodes, or inside an open or a closed shadow root. */
  body: "plain" | "open" | "closed";
  /** The author changes the words this many milliseconds after the post was first shown. */
  edit?: { after: number; text: string };
}

/** An answer of `/api/timeline`. */
export interface WireTimeline {
  feed: {
    entries: WireEntry[];
    /** Entries that the client slots in below `after` a moment after that was shown. */
    late: { after: string; delay: number; entry: WireEntry }[];
    cursor: { next: string | null };
  };
  /** The server's clock, RFC 3339: ages count from here. */
  now: string;
}

/** What a test may know of a post that the page does not say plainly. From `/api/truth`. */
export interface Truth {
  id: string;
  kind: "post" | "link" | "video" | "short" | "live" | "image" | "poll";
  promoted: boolean;
  suggested: boolean;
  repost: boolean;
  reply: boolean;
  quote: boolean;
  author: string;
  name: string;
  /** The words by version: `texts[1]` follows an edit. */
  texts: string[];
  /** What the generator set out to write: `topic`, `clickbait`, `giveaway`, `pump`, `pile-on`, `ad` ... */
  flavour: string;
  late: boolean;
  body: "plain" | "open" | "closed";
}
