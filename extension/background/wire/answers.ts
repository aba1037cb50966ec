/** A platform's answer as the reader's rules would have it. */
import { wordsOf } from "../../shared/api.ts";
import type { JudgedPost } from "../../shared/messages.ts";
import type { Post, Verdict } from "../../shared/post.ts";
import { shownKey } from "../../shared/storage.ts";
import { MAX_BODY, type Outcome, type Passed, type Pieces, type Told } from "../../shared/wire.ts";
import type { Rules } from "../rules.ts";
import { replaceRewriter, rewriter } from "./rewriter.ts";

/** Most answers at a time; each holds its body several times over. */
const MOST_AT_ONCE = 16;
/** Rewriters replaced after a panic, in one life of the background. */
const MOST_REPLACEMENTS = 10;

/** An answer that came. */
export interface Came {
  platform: string;
  url: string;
  visit: string;
  body: Uint8Array | string;
  /** Nothing of it is to be remembered. */
  isPrivate: boolean;
}

/** What is to be handed on. */
export interface Done {
  outcome: Outcome;
  pieces?: Pieces;
  /** Milliseconds in the rewriter and the engine. */
  engine: number;
  told: Told;
}

/** Parameters that name a page of a feed, not the feed. */
const PAGING =
  /^(?:cursor|max_id|since_id|min_id|before|after|offset|page|start|count|limit|variables|features|fieldToggles|continuation|prettyPrint|key|dist|geo_filter)$/;

/** The feed that an address is a page of. Pure. */
export function feedOf(url: string): string {
  if (!URL.canParse(url)) return url.slice(0, 500);
  const { host, pathname, searchParams } = new URL(url);
  const kept = [...searchParams].filter(([name]) => !PAGING.test(name)).sort();
  return `${host}${pathname}?${new URLSearchParams(kept)}`.slice(0, 500);
}

export class Answers {
  private inHand = 0;
  private requests = 0;
  private replacements = 0;

  constructor(
    private readonly rules: Rules,
    /** Posts that the reader wants to see whatever the rules say. */
    private readonly shown: () => Promise<readonly string[]>,
    /** Posts that were decided. Not told of private windows. */
    private readonly decided: (posts: string, visit: string) => void,
  ) {}

  /** Loads what will be needed, so that the first answer need not wait for it. */
  async warm(platform: string): Promise<void> {
    try {
      (await rewriter()).knows(platform, "https://x.com/");
    } catch {
      // The first answer tries again, and says so.
    }
  }

  /** Never rejects: what fails passes through, and is said. */
  async rewrite(came: Came): Promise<Done> {
    if (this.inHand >= MOST_AT_ONCE) return passed("late", 0);
    if (came.body.length > MAX_BODY) return passed("large", 0);
    this.inHand += 1;
    try {
      return await this.see(came);
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError && ++this.replacements <= MOST_REPLACEMENTS)
        replaceRewriter();
      const words = wordsOf(error).slice(0, 500);
      this.rules.trouble(
        `An answer of ${came.platform} could not be rewritten and was handed on as it came: ${words}.`,
      );
      return passed("failed", 0, words);
    } finally {
      this.inHand -= 1;
    }
  }

  private async see({ platform, url, visit, body, isPrivate }: Came): Promise<Done> {
    const [rewrites, shown] = await Promise.all([rewriter(), this.shown()]);
    const began = performance.now();
    const spent = () => performance.now() - began;
    const text = typeof body === "string" ? body : textOf(body);
    if (text === null) return passed("unreadable", spent(), "it is not UTF-8");
    const answer = rewrites.read(platform, url, text);
    try {
      const { problem } = answer;
      // Of addresses with answers of all kinds most are none of ours: they are no trouble.
      if (problem !== undefined) return passed("unreadable", spent(), problem);
      const { posts } = answer;
      if (posts === "[]") return { outcome: "unchanged", engine: spent(), told: nothing(0) };
      const decided = await this.rules.decide(posts, visit);
      const { verdicts, count } = withoutShown(decided, platform, shown);
      const order = this.rules.orders ? await this.rules.order(posts, verdicts, visit) : [];
      const page = JSON.stringify({ visit, feed: feedOf(url), request: String(++this.requests) });
      const written = rewrites.write(answer, verdicts, new Uint32Array(order), page);
      try {
        const changed = written.outcome === "changed" ? written.body() : undefined;
        const report = JSON.parse(written.report) as { removed: number[]; moved: unknown[] };
        const { outcome } = written;
        const engine = spent();
        if (!isPrivate) this.decided(posts, visit);
        return {
          outcome: outcome as Outcome,
          ...(changed !== undefined && { pieces: [changed] }),
          engine,
          told: {
            posts: count,
            taken: takenFrom(posts, verdicts, report.removed),
            moved: report.moved.length,
          },
        };
      } finally {
        written.free();
      }
    } finally {
      answer.free();
    }
  }
}

const nothing = (posts: number): Told => ({ posts, taken: [], moved: 0 });

const passed = (why: Passed, engine: number, problem?: string): Done => ({
  outcome: "unchanged",
  engine,
  told: { ...nothing(0), passed: why, ...(problem !== undefined && { problem: problem.slice(0, 500) }) },
});

/** The text of a body that is UTF-8, with all its marks; `null` if it is not. */
function textOf(body: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return null;
  }
}

/** The verdicts, with those lifted that the reader lifted. */
function withoutShown(
  json: string,
  platform: string,
  shown: readonly string[],
): { verdicts: string; count: number } {
  const verdicts = JSON.parse(json) as Verdict[];
  if (shown.length === 0) return { verdicts: json, count: verdicts.length };
  const keys = new Set(shown);
  const lifted = verdicts.map((verdict) =>
    verdict.action === "hide" && keys.has(shownKey(platform, verdict.id))
      ? { ...verdict, action: "show" as const }
      : verdict,
  );
  return { verdicts: JSON.stringify(lifted), count: verdicts.length };
}

function takenFrom(posts: string, verdicts: string, removed: readonly number[]): JudgedPost[] {
  if (removed.length === 0) return [];
  const all = JSON.parse(posts) as Post[];
  const judged = JSON.parse(verdicts) as Verdict[];
  return removed.flatMap((index) => {
    const post = all[index];
    const verdict = judged[index];
    return post && verdict
      ? [{ post: { ...post, position: post.position ?? index + 1 }, verdict, shown: false, places: 0 }]
      : [];
  });
}
