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
  /** What was last said of this content, or, while it is `stale`, perhaps of the one before it. */
  verdict: Verdict | null;
  /** The verdict is of other rules or of another content. */
  stale: boolean;
  /** The batch in which the engine is being asked about it; 0 when none is under way. */
  asked: number;
  /** The fields of `post` that were read last: what rules ask for. The rest is older, or is still to be read. `null`: it was read as a whole. */
  fields: ReadonlySet<string> | null;
}

/** The verdict that holds of this content under the rules of now. */
export const verdictOf = (known: Known | null | undefined): Verdict | null =>
  known && !known.stale ? known.verdict : null;

interface Entry {
  latest: Known;
  /** The longest unseen first. */
  contents: Known[];
}

/** What ticks by itself. */
const TICKING: ReadonlySet<string> = new Set<keyof Post>(["age", "position"]);
/** That, and what readers tick. */
const COUNTING: ReadonlySet<string> = new Set<keyof Post>([
  "age",
  "position",
  "likes",
  "reposts",
  "replies",
  "views",
  "followers",
]);

type Fields = ReadonlySet<string> | null;

/**
 * Whether two readings agree in everything a rule can look at; if not, the engine is to be asked again. `fields`: what rules
 * ask for, if no more was read.
 */
export const sameContent = (one: Post, other: Post, fields: Fields = null): boolean =>
  isSame(one, other, TICKING, fields);

/** Whether they agree in everything but counters and ages; if not, the post was edited, and may have to go. */
export const sameWords = (one: Post, other: Post, fields: Fields = null): boolean =>
  isSame(one, other, COUNTING, fields);

function isSame(one: Post, other: Post, but: ReadonlySet<string>, fields: Fields): boolean {
  if (one === other) return true;
  const a = one as unknown as Record<string, unknown>;
  const b = other as unknown as Record<string, unknown>;
  if (fields !== null) {
    for (const key of fields) if (!but.has(key) && !isEqual(a[key], b[key])) return false;
    return one.surface === other.surface;
  }
  for (const key in a) if (!but.has(key) && !isEqual(a[key], b[key])) return false;
  for (const key in b) if (a[key] === undefined && b[key] !== undefined && !but.has(key)) return false;
  return true;
}

/** Of fields: plain values, and lists of them. */
function isEqual(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return Object.is(a, b);
  return a.length === b.length && a.every((member, i) => Object.is(member, b[i]));
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

  /** Remembers what was read; `fields`: no more than these of it. */
  learn(post: Post, fields: Fields = null): Known {
    const { id } = post;
    const entry = this.posts.get(id);
    const contents = entry?.contents ?? [];
    const index = contents.findLastIndex((one) => sameContent(one.post, post, fields));
    let known = contents[index];
    if (known === undefined) {
      known = { post, verdict: entry?.latest.verdict ?? null, stale: true, asked: 0, fields };
      this.contents++;
    } else {
      known.post = fields === null ? post : { ...known.post, ...post };
      known.fields = fields;
      contents.splice(index, 1);
    }
    contents.push(known);
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
  private forget(contents: Known[]): void {
    if (contents.length > MAX_CONTENTS) {
      contents.shift();
      this.contents--;
    }
    if (this.posts.size <= MAX_KNOWN && this.contents <= MAX_ALL_CONTENTS) return;
    for (const [id, entry] of this.posts) {
      if (this.posts.size <= MAX_KNOWN && this.contents <= MAX_ALL_CONTENTS) return;
      this.posts.delete(id);
      this.contents -= entry.contents.length;
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
      for (const known of contents) {
        known.stale = true;
        known.asked = 0;
      }
    }
  }

  /** Of the `limit` latest posts, the contents whose verdict is not of the rules in force. */
  undecided(limit: number): Known[] {
    if (limit <= 0) return [];
    return [...this.posts.values()]
      .slice(-limit)
      .flatMap(({ latest }) => (verdictOf(latest) === null ? [latest] : []));
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
