/** A platform's answer as the reader's rules would have it. */
import { wordsOf } from "../../shared/api.ts";
import type { JudgedPost } from "../../shared/messages.ts";
import type { Post, Verdict } from "../../shared/post.ts";
import { shownKey } from "../../shared/storage.ts";
import {
  type Body,
  bytesOf,
  type Fold,
  MAX_BODY,
  type Outcome,
  type Passed,
  type Pieces,
  sizeOf,
  type Told,
} from "../../shared/wire.ts";
import type { Rules } from "../rules.ts";
import { type Rewriter, replaceRewriter, rewriter } from "./rewriter.ts";

/** Most answers at a time; each holds its body several times over. */
const MOST_AT_ONCE = 16;
/** Milliseconds after an answer was handed on until it is told of: the page has the machine to itself meanwhile. */
const AFTERWARDS = 100;
/** Rewriters replaced after a panic, in one life of the background. */
const MOST_REPLACEMENTS = 10;

/** An answer that came. */
export interface Came {
  platform: string;
  /** The host whose page asked. */
  host: string;
  url: string;
  visit: string;
  /** Address of the document that asked. */
  document?: string | undefined;
  /** The body of the request, where it is known and text. */
  request?: string | undefined;
  body: Body | string;
  /** Nothing of it is to be remembered. */
  isPrivate: boolean;
}

/** What is to be handed on. */
export interface Made {
  outcome: Outcome;
  /** Of a changed body. */
  pieces?: Pieces;
  /** Milliseconds in the rewriter and the engine. */
  engine: number;
}

export class Answers {
  private inHand = 0;
  private replacements = 0;
  /** The fields that the rewriter reads, and which rewriter that is. */
  private reads: { by: Rewriter; fields: readonly string[] } | undefined;

  constructor(
    private readonly rules: Rules,
    /** Posts that the reader wants to see whatever the rules say. */
    private readonly shown: () => Promise<readonly string[]>,
    /** What is shown once only on the pages of a host. */
    private readonly fold: (host: string) => Promise<Fold>,
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

  /**
   * Hands on what is made of an answer, once, and resolves later with what is to be told of it. Never rejects: what fails
   * passes through, and is said.
   */
  async rewrite(came: Came, hand: (made: Made) => void): Promise<Told> {
    let handed = false;
    const once = (made: Made) => {
      handed = true;
      hand(made);
    };
    const length = typeof came.body === "string" ? came.body.length : sizeOf(came.body);
    const why = this.inHand >= MOST_AT_ONCE ? "late" : length > MAX_BODY ? "large" : undefined;
    if (why !== undefined) {
      once(AS_IT_CAME);
      return passed(why);
    }
    this.inHand += 1;
    try {
      return await this.see(came, once);
    } catch (error) {
      const words = wordsOf(error).slice(0, 500);
      if (!handed) once(AS_IT_CAME);
      if (error instanceof WebAssembly.RuntimeError && ++this.replacements <= MOST_REPLACEMENTS)
        replaceRewriter();
      this.rules.trouble(
        `An answer of ${came.platform} could not be rewritten, or not be told of, and was handed on: ${words}.`,
      );
      return passed("failed", words);
    } finally {
      this.inHand -= 1;
    }
  }

  private async see(came: Came, hand: (made: Made) => void): Promise<Told> {
    const { platform, url, visit, document, request, isPrivate } = came;
    const [body, rewrites, shown, fold, { fields, epoch }] = await Promise.all([
      typeof came.body === "string" ? came.body : bytesOf(came.body),
      rewriter(),
      this.shown(),
      this.fold(came.host),
      this.rules.fields(),
    ]);
    const began = performance.now();
    const spent = () => performance.now() - began;
    if (this.reads?.by !== rewrites || this.reads.fields !== fields) {
      rewrites.set_fields(fields);
      this.reads = { by: rewrites, fields };
    }
    // Each time anew: answers of other hosts come between.
    rewrites.set_fold(fold);
    const answer =
      typeof body === "string"
        ? rewrites.read(platform, url, body, request)
        : rewrites.read_bytes(platform, url, body, request);
    try {
      const { problem } = answer;
      let posts = problem === undefined ? answer.posts : "[]";
      if (posts === "[]") {
        hand({ outcome: "unchanged", engine: spent() });
        // Of addresses with answers of all kinds most are none of ours: they are no trouble.
        return problem === undefined ? nothing(0) : passed("unreadable", problem);
      }
      let judged = await this.rules.decide(posts, visit);
      if (this.rules.epoch !== epoch) {
        // Other rules came into force meanwhile, and may ask for what was not read.
        posts = rewrites.all_posts(answer);
        judged = await this.rules.decide(posts, visit);
      }
      const { verdicts, count, repeated } = withoutShown(judged, platform, shown);
      const order = this.rules.orders ? await this.rules.order(posts, verdicts, visit) : [];
      const page = JSON.stringify({ visit, document });
      rewrites.set_fold(fold);
      const written = rewrites.write(answer, verdicts, new Uint32Array(order), page);
      try {
        const outcome = written.outcome as Outcome;
        const changes = outcome === "changed" ? written.pieces() : undefined;
        const pieces = changes === undefined ? undefined : (JSON.parse(changes) as Pieces);
        const report = JSON.parse(written.report) as { removed: number[]; moved: unknown[] };
        hand({ outcome, ...(pieces && { pieces }), engine: spent() });
        const told = { ...nothing(count), moved: report.moved.length, repeated };
        if (isPrivate && report.removed.length === 0) return told;
        // What was handed on goes first, and the page reads it.
        await new Promise((resolve) => setTimeout(resolve, this.inHand > MOST_AT_ONCE / 2 ? 0 : AFTERWARDS));
        const whole = rewrites.all_posts(answer);
        if (!isPrivate) this.decided(whole, visit);
        return { ...told, taken: takenFrom(whole, verdicts, report.removed) };
      } finally {
        written.free();
      }
    } finally {
      answer.free();
    }
  }
}

const AS_IT_CAME: Made = { outcome: "unchanged", engine: 0 };

const nothing = (posts: number): Told => ({ posts, taken: [], moved: 0, repeated: 0 });

const passed = (why: Passed, problem?: string): Told => ({
  ...nothing(0),
  passed: why,
  ...(problem !== undefined && { problem: problem.slice(0, 500) }),
});

/** The verdicts, with those lifted that the reader lifted. */
function withoutShown(
  json: string,
  platform: string,
  shown: readonly string[],
): { verdicts: string; count: number; repeated: number } {
  const verdicts = JSON.parse(json) as Verdict[];
  const count = verdicts.length;
  const repeated = count - new Set(verdicts.map(({ id }) => id)).size;
  if (shown.length === 0) return { verdicts: json, count, repeated };
  const keys = new Set(shown);
  const lifted = verdicts.map((verdict) =>
    verdict.action === "hide" && keys.has(shownKey(platform, verdict.id))
      ? { ...verdict, action: "show" as const }
      : verdict,
  );
  return { verdicts: JSON.stringify(lifted), count, repeated };
}

function takenFrom(posts: string, verdicts: string, removed: readonly number[]): JudgedPost[] {
  if (removed.length === 0) return [];
  const all = JSON.parse(posts) as Post[];
  const judged = JSON.parse(verdicts) as Verdict[];
  return removed.flatMap((index) => {
    const post = all[index];
    const said = judged[index];
    if (!post || !said) return [];
    // What no rule hides is gone because it is shown once already: no reason tells that.
    const verdict: Verdict = said.action === "hide" ? said : { ...said, action: "hide", reasons: [] };
    return [{ post: { ...post, position: post.position ?? index + 1 }, verdict, shown: false, places: 0 }];
  });
}
