/**
 * The rewriter's wasm beside the engine's, as the background runs the two: an answer in, posts to the engine, verdicts back, the
 * answer written anew. What it does to each platform's answers the tests of `diffract-adapters` say.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { pieced } from "../../extension/shared/wire.ts";
import { engineModule, rewriterModule } from "../../scripts/build/sources.ts";
import { loadWasm } from "../support/wasm.ts";

type EngineModule = typeof import("../../dist/engine/diffract_engine.js");
type RewriterModule = typeof import("../../dist/rewriter/diffract_rewriter.js");
type Engine = InstanceType<EngineModule["Engine"]>;

const built = [engineModule, rewriterModule].every(({ wasm }) => existsSync(wasm));
const skip = built ? false : "the wasm is not built: node --import tsx scripts/build.ts";
const CONTEXT = JSON.stringify({ now: 1_786_000_000, utc_offset: 0, visit: "test", no_models: true });

interface Rewritten {
  outcome: string;
  body: string | undefined;
  posts: { id: string; promoted?: boolean }[];
  report: { removed: number[]; moved: [number, number, number][]; left: Record<string, number[]> };
}

describe("the rewriter in wasm", { skip }, () => {
  let rewriter: InstanceType<RewriterModule["Rewriter"]>;
  let memory: WebAssembly.Memory;
  let engine: (source: string) => Engine;
  before(async () => {
    const { Engine } = await loadWasm<EngineModule>(engineModule.script, engineModule.wasm);
    const module = await loadWasm<RewriterModule>(rewriterModule.script, rewriterModule.wasm);
    const { Rewriter } = module;
    // Loaded before: it says what it has.
    memory = module.initSync({ module: readFileSync(rewriterModule.wasm) }).memory;
    rewriter = new Rewriter();
    engine = (source) => new Engine([{ id: "rules", source }]);
  });

  function rewrite(rules: Engine, platform: string, url: string, text: string): Rewritten {
    const answer = rewriter.read(platform, url, text);
    assert.equal(answer.problem, undefined);
    const { posts } = answer;
    const verdicts = rules.decide(posts, CONTEXT);
    const written = rewriter.write(answer, verdicts, rules.order(posts, verdicts, CONTEXT), undefined);
    const { outcome, report } = written;
    const body = written.body();
    written.free();
    answer.free();
    return { outcome, body, posts: JSON.parse(posts), report: JSON.parse(report) };
  }

  const profile = () => readFileSync("crate/adapters/tests/payloads/x-profile.json", "utf8");
  const PROFILE_URL = "https://x.com/i/api/graphql/q/UserTweets";

  test("knows whose answers a page asks for", () => {
    assert.equal(rewriter.platform("mobile.x.com"), "x");
    assert.equal(rewriter.platform("notx.com"), undefined);
    assert.equal(rewriter.knows("x", PROFILE_URL), true);
    assert.equal(rewriter.knows("x", "https://x.com/i/api/graphql/q/SettingsPage"), false);
  });

  test("takes out what a rule hides, and leaves every other byte", () => {
    const text = profile();
    const rules = engine("hide if promoted");
    const done = rewrite(rules, "x", PROFILE_URL, text);
    assert.equal(done.outcome, "changed");
    assert.deepEqual(
      done.report.removed.map((post) => done.posts[post]?.promoted),
      [true],
    );
    const { body = "" } = done;
    assert.ok(
      body.startsWith("\ufeff") && body.length < text.length && !body.includes("promoted-tweet-3001"),
    );
    assert.ok(body.includes("cursor-Bottom-940") && body.includes("\\u2026"));
    rules.free();
  });

  test("reads bytes, only what the rules ask for, and gives back only what changed", () => {
    const text = profile();
    const bytes = new TextEncoder().encode(text);
    const rules = engine("hide if promoted");
    const whole = rewrite(rules, "x", PROFILE_URL, text);
    rewriter.set_fields(rules.fields());
    const answer = rewriter.read_bytes("x", PROFILE_URL, bytes);
    const { posts } = answer;
    const all = rewriter.all_posts(answer);
    assert.ok(posts.length < all.length / 2 && !posts.includes('"text"') && all.includes('"text"'));
    const page = JSON.stringify({ visit: "test", document: "https://x.com/ada" });
    const written = rewriter.write(answer, rules.decide(posts, CONTEXT), new Uint32Array(), page);
    const pieces = JSON.parse(written.pieces() ?? "[]");
    assert.ok(JSON.stringify(pieces).length < text.length / 10, "most of it need not cross");
    assert.equal(new TextDecoder("utf-8", { ignoreBOM: true }).decode(pieced(bytes, pieces)), whole.body);
    const none = rewriter.read_bytes("x", PROFILE_URL, new Uint8Array([0xff, 0xfe, 0x7b]));
    assert.ok(none.problem !== undefined && none.posts === "[]");
    rewriter.set_fields(undefined);
    for (const held of [written, answer, none, rules]) held.free();
  });

  test("hands on what no rule touches, and what it cannot read", () => {
    const rules = engine("");
    const done = rewrite(rules, "x", PROFILE_URL, profile());
    assert.deepEqual([done.outcome, done.body], ["unchanged", undefined]);
    for (const text of ["", "{", profile().slice(0, 1000), "<html>", "\0"]) {
      const answer = rewriter.read("x", PROFILE_URL, text);
      assert.ok(answer.problem !== undefined && answer.posts === "[]", JSON.stringify(text.slice(0, 10)));
      const written = rewriter.write(answer, "[]", new Uint32Array(), undefined);
      assert.equal(written.outcome, "unchanged");
      written.free();
      answer.free();
    }
    rules.free();
  });

  test("memory does not grow with what comes, however bad it is", () => {
    const one = profile();
    const words = "tea ".repeat(250_000);
    const long = one.replace("{", `{"words":${JSON.stringify(words)},`);
    const list = (count: number) =>
      `[${Array.from({ length: count }, (_, id) => `{"id":"${id % 7}","content":"tea","account":{"acct":"ada"},"created_at":"2026-08-06T21:12:23Z"}`).join()}]`;
    const home = "https://tea.example/api/v1/timelines/home";
    const bodies: Array<[platform: string, url: string, body: string]> = [
      ["x", PROFILE_URL, one],
      ["x", PROFILE_URL, long],
      ["x", PROFILE_URL, long.slice(0, -20)],
      ["x", PROFILE_URL, `for(;;);${one.replace("\ufeff", "")}`],
      ["x", PROFILE_URL, `{"words":"${"a".repeat(20 << 20)}`],
      ["mastodon", home, list(3000)],
      ["mastodon", home, `[${"[".repeat(100_000)}`],
      [
        "mastodon",
        "https://tea.example/api/v1/streaming",
        `{"event":"update","payload":"{\\"id\\":\\"7\\"}"}`,
      ],
    ];
    const rules = engine("hide if promoted");
    const bytes = new TextEncoder();
    const round = () => {
      for (const [platform, url, body] of bodies) {
        const answer = rewriter.read_bytes(platform, url, bytes.encode(body));
        const written = rewriter.write(
          answer,
          rules.decide(answer.posts, CONTEXT),
          new Uint32Array(),
          JSON.stringify({ visit: "test", document: url }),
        );
        written.free();
        answer.free();
      }
    };
    for (let warm = 0; warm < 3; warm++) round();
    const before = memory.buffer.byteLength;
    for (let again = 0; again < 40; again++) round();
    assert.equal(memory.buffer.byteLength, before, "bytes of the rewriter's memory");
    rules.free();
  });

  test("leaves no promoted post in recorded answers, and every other one", (t) => {
    const corpora = join(process.env.DIFFRACT_CORPORA ?? "../shared/corpora", "dev");
    if (!existsSync(corpora)) return t.skip("no recordings here; set DIFFRACT_CORPORA");
    const rules = engine("hide if promoted");
    let taken = 0;
    for (const platform of readdirSync(corpora)) {
      for (const file of readdirSync(join(corpora, platform))) {
        // A recorded fragment is one advertisement and nothing around it.
        if (!file.endsWith(".json") || file.endsWith(".meta.json") || file.startsWith("fragment-")) continue;
        const text = readFileSync(join(corpora, platform, file), "utf8");
        const meta = JSON.parse(
          readFileSync(join(corpora, platform, file.replace(/json$/, "meta.json")), "utf8"),
        );
        const done = rewrite(rules, platform, meta.request_url, text);
        const kept = done.posts.filter((_, post) => !done.report.removed.includes(post));
        assert.ok(!kept.some(({ promoted }) => promoted), `${platform}/${file}`);
        taken += done.report.removed.length;
        if (done.body === undefined) continue;
        const again = rewriter.read(platform, meta.request_url, done.body);
        const ids = (JSON.parse(again.posts) as Rewritten["posts"]).map(({ id }) => id);
        assert.deepEqual(
          ids,
          kept.map(({ id }) => id),
          `${platform}/${file}`,
        );
        again.free();
      }
    }
    assert.ok(taken > 0);
    rules.free();
  });
});
