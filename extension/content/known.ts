/** What the page's posts are known to be: read, judged, shown all the same. Bounded; by id, never by element. */
import type { JudgedPost } from "../shared/messages.ts";
import type { Action, Post, Verdict } from "../shared/post.ts";

/** Posts remembered with their words and verdicts; the longest unseen is forgotten first. */
export const MAX_KNOWN = 5000;
/** Ids counted as seen. */
const MAX_SEEN = 100_000;
/** Contents remembered of one id, and of all together. */
const MAX_CONTENTS = 32;
const MAX_ALL_CONTENTS = 2 * MAX_KNOWN;

/** One content of one post, as it was read; two elements may show one id with different content. */
export interface Known {
  post: Post;
  /** Of everything a rule can look at; a change means that the engine is to be asked again. */
  readonly hash: string;
  /** Of everything but its counters; a change means the post was edited, and may have to go. */
  readonly words: string;
  /** What was last said of this content, or, while it is `stale`, perhaps of the one before it. */
  verdict: Verdict | null;
  /** The verdict is of other rules or of another content. */
  stale: boolean;
  /** The batch in which the engine is being asked about it; 0 when none is under way. */
  asked: number;
}

/** The verdict that holds of this content under the rules of now. */
export const verdictOf = (known: Known | null | undefined): Verdict | null =>
  known && !known.stale ? known.verdict : null;

interface Entry {
  latest: Known;
  /** By hash, the longest unseen first. */
  contents: Map<string, Known>;
}

/** Hash of a post's content. What ticks by itself (`age`, `position`) is left out. */
export function contentHash(post: Post): string {
  const { age: _age, position: _position, ...rest } = post;
  return hash(JSON.stringify(rest));
}

/** Hash of what an edit changes, as opposed to counters and ages, which tick by themselves. */
export function wordsHash(post: Post): string {
  const {
    age: _age,
    position: _position,
    likes: _likes,
    reposts: _reposts,
    replies: _replies,
    views: _views,
    followers: _followers,
    ...rest
  } = post;
  return hash(JSON.stringify(rest));
}

function hash(words: string): string {
  let a = 0x9e3779b9;
  let b = 0x85ebca6b;
  for (let i = 0; i < words.length; i++) {
    const code = words.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x5bd1e995) ^ (b >>> 15);
  }
  return `${words.length.toString(36)}.${(a >>> 0).toString(36)}${(b >>> 0).toString(36)}`;
}

export class KnownPosts {
  private readonly posts = new Map<string, Entry>();
  private contents = 0;
  private readonly identities = new Map<string, string>();
  private readonly actions = new Map<string, Action>();
  /** Ids of posts with labels, and set off. */
  private readonly labelled = new Set<string>();
  private readonly highlighted = new Set<string>();
  /** Ids the reader asked to see all the same. */
  readonly shown = new Set<string>();
  /** Posts seen, each id once. */
  seen = 0;

  /** The id of the post by which an item was identified before. */
  idOf(identity: string): string | undefined {
    return this.posts.has(identity) ? identity : this.identities.get(identity);
  }

  /** Remembers under which id an identity was read, where they differ. */
  name(identity: string, id: string): void {
    if (identity === id) return;
    this.identities.set(identity, id);
    if (this.identities.size > MAX_KNOWN)
      this.identities.delete(this.identities.keys().next().value ?? identity);
  }

  /** The content of a post that was read last. */
  get(id: string): Known | undefined {
    return this.posts.get(id)?.latest;
  }

  /** Remembers what was read. */
  learn(post: Post, hash: string): Known {
    const { id } = post;
    const entry = this.posts.get(id);
    let known = entry?.contents.get(hash);
    if (known === undefined) {
      const verdict = entry?.latest.verdict ?? null;
      known = { post, hash, words: wordsHash(post), verdict, stale: true, asked: 0 };
    } else {
      known.post = post;
      this.contents--;
      entry?.contents.delete(hash);
    }
    const contents = entry?.contents ?? new Map<string, Known>();
    contents.set(hash, known);
    this.contents++;
    this.posts.delete(id);
    this.posts.set(id, { latest: known, contents });
    this.forget(contents);
    if (!this.actions.has(id) && this.actions.size < MAX_SEEN) {
      this.actions.set(id, "show");
      this.seen++;
    }
    return known;
  }

  /** What is forgotten here lives on in the items that show it and in the batches that ask about it. */
  private forget(contents: Map<string, Known>): void {
    const [oldest] = contents.keys();
    if (contents.size > MAX_CONTENTS && oldest !== undefined) {
      contents.delete(oldest);
      this.contents--;
    }
    for (const [id, entry] of this.posts) {
      if (this.posts.size <= MAX_KNOWN && this.contents <= MAX_ALL_CONTENTS) return;
      this.posts.delete(id);
      this.contents -= entry.contents.size;
    }
  }

  judge(known: Known, verdict: Verdict): void {
    known.verdict = verdict;
    known.stale = false;
    if (!this.actions.has(verdict.id)) return;
    this.actions.set(verdict.id, verdict.action);
    put(this.labelled, verdict.id, verdict.labels.length > 0);
    put(this.highlighted, verdict.id, verdict.highlight);
  }

  /** Every verdict is to be asked anew. */
  age(): void {
    for (const { contents } of this.posts.values()) {
      for (const known of contents.values()) {
        known.stale = true;
        known.asked = 0;
      }
    }
  }

  /** Per action, how many posts; `label` and `highlight` count beside it. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const action of this.actions.values()) counts[action] = (counts[action] ?? 0) + 1;
    if (this.labelled.size > 0) counts.label = this.labelled.size;
    if (this.highlighted.size > 0) counts.highlight = this.highlighted.size;
    return counts;
  }

  /** Posts that a rule did something to. */
  touched(): number {
    let touched = 0;
    for (const action of this.actions.values()) if (action !== "show" && action !== "keep") touched++;
    return touched;
  }

  /** The latest, oldest first. `places`: by id, how many items hold the post now. */
  latest(limit: number, places: ReadonlyMap<string, number>): JudgedPost[] {
    const judged: JudgedPost[] = [];
    if (limit <= 0) return judged;
    for (const { latest } of this.posts.values()) {
      const { post, verdict } = latest;
      if (verdict === null) continue;
      judged.push({ post, verdict, shown: this.shown.has(post.id), places: places.get(post.id) ?? 0 });
    }
    return judged.slice(-limit);
  }
}

function put(set: Set<string>, id: string, belongs: boolean): void {
  if (belongs) set.add(id);
  else set.delete(id);
}
