/**
 * One feed read twice: from the answer that carried it, and from the page that drew it. Of each post both readings get the same
 * verdict. The feeds are recordings that hold both, and platforms whose document is both; they hold strangers' words and are no part
 * of this repository. Without them nothing is tested here (with our own words: `tests/browser/wire.test.ts`).
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Post } from "../../extension/shared/post.ts";
import { engineModule, rewriterModule } from "../../scripts/build/sources.ts";
import { loadWasm } from "../support/wasm.ts";
import { CORPORA, launch, open, read } from "./harness.ts";

type EngineModule = typeof import("../../dist/engine/diffract_engine.js");
type RewriterModule = typeof import("../../dist/rewriter/diffract_rewriter.js");

interface Meta {
  surface: string;
  platform: string;
  request_url: string;
  source_repo: string;
  source_path: string;
  source_commit: string;
  recorded: string;
}

/** A feed of which both sides were recorded. Names of files, below the platform's folder. */
interface Feed {
  platform: string;
  wire: string;
  page: string;
}

const metaOf = (platform: string, file: string): Meta =>
  JSON.parse(
    readFileSync(join(CORPORA, "dev", platform, file.replace(/\.(?:json|html)$/, ".meta.json")), "utf8"),
  ) as Meta;

/** Platforms whose answers are the very documents that are shown. */
const DOCUMENTS = new Set(["hackernews"]);

/** Feeds whose answer and whose page come from one and the same capture. */
function feeds(): Feed[] {
  const root = join(CORPORA, "dev");
  if (!existsSync(root)) return [];
  return readdirSync(root).flatMap((platform) => {
    const files = readdirSync(join(root, platform)).filter((file) => !file.endsWith(".meta.json"));
    const pages = files.filter((file) => file.endsWith(".html"));
    if (DOCUMENTS.has(platform)) return pages.map((page) => ({ platform, wire: page, page }));
    return pages.flatMap((page) => {
      const { source_repo, source_path, source_commit } = metaOf(platform, page);
      return files
        .filter((file) => file.endsWith(".json"))
        .filter((file) => {
          const other = metaOf(platform, file);
          return (
            other.source_repo === source_repo &&
            other.source_path === source_path &&
            other.source_commit === source_commit
          );
        })
        .map((wire) => ({ platform, wire, page }));
    });
  });
}

/** What rules ask, by the field that each is about. Those of words and names are made of what the answer holds. */
const FIXED: Array<[field: keyof Post, condition: string]> = [
  ["promoted", "promoted"],
  ["suggested", "suggested"],
  ["repost", "repost"],
  ["reply", "reply"],
  ["verified", "verified"],
  ["kind", "kind is short"],
  ["kind", "kind is live"],
  ["kind", "kind is video"],
  ["kind", "kind is post"],
  ["kind", "kind is ad"],
  ["likes", "likes >= 100"],
  ["likes", "likes >= 10000"],
  ["replies", "replies >= 20"],
  ["views", "views >= 100000"],
  ["duration", "duration < 3 min"],
  ["duration", "duration > 20 min"],
  ["age", "age > 3 days"],
  ["media", "media has video"],
];

const quoted = (text: string): string => JSON.stringify(text);

/** Three words of the middle of a text, as a condition; none where it has no three. */
function wordsOf(text: string | undefined): string | undefined {
  const words = (text ?? "").match(/[\p{L}\p{N}]{3,}/gu) ?? [];
  const middle = Math.floor(words.length / 2);
  return words.length < 3 ? undefined : words[middle];
}

function conditions(posts: readonly Post[]): Array<[field: keyof Post, condition: string]> {
  const asked: Array<[keyof Post, string]> = [...FIXED];
  for (const { author, text, title } of posts) {
    if (author) asked.push(["author", `author is ${quoted(author)}`]);
    for (const [field, words] of [
      ["title", wordsOf(title)],
      ["text", wordsOf(text)],
    ] as const)
      if (words !== undefined) asked.push([field, `${field} has ${quoted(words)}`]);
  }
  return [...new Map(asked.map((one) => [one.join(" "), one])).values()];
}

/** What one side does not tell, and why: there a rule acts on the other side only. */
const UNTOLD: Record<string, Partial<Record<keyof Post, string>>> = {
  instagram: { suggested: "a page of reels does not say which of them were recommended" },
  tiktok: {
    views: "the page counts likes, not views",
    duration: "no video says how long it is before it plays",
    age: "no video says when it was made",
  },
  youtube: { duration: "an advertisement does not say how long it is" },
};

const told = (post: Post, field: keyof Post): unknown =>
  field === "age" ? (post.age ?? post.time) : post[field];

/** Whether the page shows but the beginning of a post's words. */
function isCutShort(whole: Post, shown: Post): boolean {
  const plain = (text: string | undefined) => (text ?? "").replace(/\s+/gu, " ").trim();
  const beginning = plain(shown.text).replace(/\s*(?:…|\.\.\.)$/u, "");
  return (
    beginning.length >= 10 &&
    beginning.length < plain(whole.text).length &&
    plain(whole.text).startsWith(beginning)
  );
}

/** The posts that both sides have, paired by name, else by address, else by who says what. */
function pairs(wire: readonly Post[], page: readonly Post[]): Array<[Post, Post]> {
  const left = new Set(page);
  const taken = (one: Post, same: (other: Post) => boolean): [Post, Post][] => {
    const other = [...left].find(same);
    if (other === undefined) return [];
    left.delete(other);
    return [[one, other]];
  };
  const bare = (url: string | undefined) => url?.replace(/[?#].*$/, "").replace(/\/$/, "");
  const found = wire.flatMap((one) => taken(one, ({ id }) => id === one.id));
  const named = new Set(found.map(([one]) => one));
  for (const one of wire) {
    if (named.has(one)) continue;
    found.push(
      ...taken(
        one,
        (other) =>
          (one.url !== undefined && bare(other.url) === bare(one.url)) ||
          (one.author !== undefined &&
            other.author === one.author &&
            (other.text ?? "").slice(0, 20) === (one.text ?? "").slice(0, 20)),
      ),
    );
  }
  return found;
}

const built = [engineModule, rewriterModule].every(({ wasm }) => existsSync(wasm));
const all = feeds();
const skip = !built
  ? "the wasm is not built: node --import tsx scripts/build.ts"
  : all.length === 0
    ? `no recordings in ${CORPORA}`
    : false;

describe("a feed in its answer and in its page", { skip }, () => {
  let session: Awaited<ReturnType<typeof launch>>;
  let engines: EngineModule;
  let rewriters: RewriterModule;
  before(async () => {
    session = await launch();
    engines = await loadWasm<EngineModule>(engineModule.script, engineModule.wasm);
    rewriters = await loadWasm<RewriterModule>(rewriterModule.script, rewriterModule.wasm);
  });
  after(() => session?.close());

  function answered({ platform, wire }: Feed): Post[] {
    const text = readFileSync(join(CORPORA, "dev", platform, wire), "utf8");
    const [url = ""] = metaOf(platform, wire).request_url.split(" ");
    const answer = new rewriters.Rewriter().read(platform, url, text);
    assert.equal(answer.problem, undefined);
    return JSON.parse(answer.posts) as Post[];
  }

  async function drawn({ platform, page: file }: Feed): Promise<Post[]> {
    const [url = ""] = metaOf(platform, file).request_url.split(" ");
    const page = await open(
      session.browser,
      url.replaceAll("…", "1"),
      readFileSync(join(CORPORA, "dev", platform, file), "utf8"),
    );
    const { posts } = await read(page);
    await page.close();
    return posts;
  }

  for (const feed of all) {
    test(`${feed.platform}: ${feed.wire} and ${feed.page}`, async (t) => {
      const wire = answered(feed);
      const found = pairs(wire, await drawn(feed));
      t.diagnostic(`${found.length} of ${wire.length} posts of the answer stand in the page`);
      assert.ok(found.length > 0, "the page shows none of the answer's posts");
      const now = Date.parse(metaOf(feed.platform, feed.page).recorded) / 1000;
      const context = JSON.stringify({ now, utc_offset: 0, visit: "parity", no_models: true });
      const untold = UNTOLD[feed.platform] ?? {};
      const wrong: string[] = [];
      let agreed = 0;
      for (const [field, condition] of conditions(found.map(([one]) => one))) {
        const engine = new engines.Engine([{ id: "rules", source: `hide if ${condition}\n` }]);
        assert.equal(engine.packs()[0]?.rules, 1, condition);
        const decide = (posts: Post[]) =>
          (JSON.parse(engine.decide(JSON.stringify(posts), context)) as { action: string }[]).map(
            ({ action }) => action,
          );
        const ours = decide(found.map(([one]) => one));
        const theirs = decide(found.map(([, other]) => other));
        engine.free();
        for (const [at, [one, other]] of found.entries()) {
          if (ours[at] === theirs[at]) agreed++;
          else if (field === "text" && isCutShort(one, other)) continue;
          else if (
            untold[field] === undefined ||
            (told(one, field) !== undefined && told(other, field) !== undefined)
          )
            wrong.push(
              `${condition}: ${ours[at]} by the answer (${String(one[field])}), ${theirs[at]} by the page (${String(other[field])}), of ${one.id}`,
            );
        }
      }
      t.diagnostic(`${agreed} verdicts agree`);
      assert.deepEqual(wrong.slice(0, 40), [], `${wrong.length} verdicts differ`);
    });
  }
});
