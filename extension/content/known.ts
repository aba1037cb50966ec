/** What the page's posts are known to be: read, judged, shown all the same. Bounded; by id, never by element. */
import type { JudgedPost } from "../shared/messages.ts";
import type { Action, Post, Verdict } from "../shared/post.ts";

/** Posts remembered with their words and verdicts; the longest unseen is forgotten first. */
export const MAX_KNOWN = 5000;
/** Ids counted as seen. */
const MAX_SEEN = 100_000;

export interface Known {
  post: Post;
  /** Of everything a rule can look at; a change means that the engine is to be asked again. */
  hash: string;
  /** Of its words and what it claims to be; a change means the post was edited, and may have to go. */
  words: string;
  /** The last reading found other words. */
  edited: boolean;
  verdict: Verdict | null;
  /** Rules changed since the verdict. */
  stale: boolean;
  /** The hash of the content that the engine is being asked about; `null` when nothing is under way. */
  asked: string | null;
}

/** Hash of a post's content. What ticks by itself (`age`, `position`) is left out. */
export function contentHash(post: Post): string {
  const { age: _age, position: _position, ...rest } = post;
  return hash(JSON.stringify(rest));
}

/** Hash of what an edit changes, as opposed to counters that tick. */
export function wordsHash(post: Post): string {
  const { text, title, quote_text, card_title, alt, promoted, suggested, sensitive, links, labels } = post;
  return hash(
    JSON.stringify([text, title, quote_text, card_title, alt, promoted, suggested, sensitive, links, labels]),
  );
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
  private readonly posts = new Map<string, Known>();
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

  get(id: string): Known | undefined {
    return this.posts.get(id);
  }

  /** Remembers what was read. */
  learn(post: Post, hash: string): Known {
    const old = this.posts.get(post.id);
    this.posts.delete(post.id);
    const words = wordsHash(post);
    const known: Known =
      old === undefined
        ? { post, hash, words, edited: false, verdict: null, stale: false, asked: null }
        : {
            post,
            hash,
            words,
            edited: old.words !== words,
            verdict: old.verdict,
            stale: old.stale || old.hash !== hash,
            asked: old.asked,
          };
    this.posts.set(post.id, known);
    if (this.posts.size > MAX_KNOWN) {
      const oldest = this.posts.keys().next().value;
      if (oldest !== undefined) this.posts.delete(oldest);
    }
    if (!this.actions.has(post.id) && this.actions.size < MAX_SEEN) {
      this.actions.set(post.id, "show");
      this.seen++;
    }
    return known;
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
    for (const known of this.posts.values()) {
      known.stale = true;
      known.asked = null;
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

  /** The latest, oldest first. */
  latest(limit: number): JudgedPost[] {
    const judged: JudgedPost[] = [];
    if (limit <= 0) return judged;
    for (const { post, verdict } of this.posts.values()) {
      if (verdict) judged.push({ post, verdict, shown: this.shown.has(post.id) });
    }
    return judged.slice(-limit);
  }
}

function put(set: Set<string>, id: string, belongs: boolean): void {
  if (belongs) set.add(id);
  else set.delete(id);
}
