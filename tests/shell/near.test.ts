/**
 * The near engine, made by the extension's own background, and laid into a fresh one as a page does: in wasm, and
 * translated into JavaScript, it decides as the background does.
 */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { EngineMessage, ShellMessage } from "../../extension/shared/messages.ts";
import { decideNear, give, NEAR_PART, type NearInstance, READY } from "../../extension/shared/near.ts";
import { nearMaker } from "../../scripts/build/bundle.ts";
import { nearModule } from "../../scripts/build/sources.ts";
import { makeFeed } from "../agora/timeline.ts";
import { mixedRules } from "../bench/rules.ts";
import { type Background, missing, startBackground } from "./background.ts";

const PAGE = 64 << 10;
const skip = missing || (existsSync(nearModule.javascript) ? false : "the near engine is not built");

const context = () => JSON.stringify({ now: Date.now() / 1000, utc_offset: 0, no_models: true });

const posts = JSON.stringify(
  makeFeed(7, 200, Date.now(), true).entries.map(({ post, promotion }) => ({
    id: post.id,
    platform: "agora",
    host: "agora.localhost",
    author: post.author.handle,
    text: post.text,
    likes: post.counts.likes,
    views: post.counts.views,
    promoted: Boolean(promotion),
  })),
);

/** Lays what was sent into a fresh engine. */
function laid(engine: NearInstance, [begin, ...parts]: EngineMessage[]): NearInstance {
  assert.ok(begin?.type === "near-begin");
  engine.memory.grow((begin.size - engine.memory.buffer.byteLength) / PAGE);
  for (const part of parts) {
    assert.ok(part.type === "near-part" && typeof part.bytes === "string");
    const bytes = Buffer.from(part.bytes, "base64");
    assert.ok(bytes.length <= NEAR_PART);
    new Uint8Array(engine.memory.buffer).set(bytes, part.at);
  }
  return engine;
}

describe("the near engine", { skip }, () => {
  const makers: Array<[name: string, make: () => NearInstance]> = [];
  const folder = mkdtempSync(join(tmpdir(), "diffract-near-"));
  let background: Background;
  before(async () => {
    const module = await WebAssembly.compile(readFileSync(nearModule.wasm));
    makers.push(["wasm", () => new WebAssembly.Instance(module, {}).exports as unknown as NearInstance]);
    const file = join(folder, "near.mjs");
    writeFileSync(file, nearMaker());
    const { make } = (await import(pathToFileURL(file).href)) as { make(): NearInstance };
    makers.push(["JavaScript", make]);
    background = await startBackground({ rules: mixedRules(400) });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test("decides as the background does, in wasm and in JavaScript, after other rules as before", async () => {
    const rules = [
      mixedRules(400),
      mixedRules(3),
      'hide if text matches /\\bgive\\w+s?\\b/i\nlabel "x" if not promoted\n',
    ];
    for (const source of rules) {
      await background.ask({ type: "set-rules", source });
      const { verdicts } = await background.batch(posts);
      const told = JSON.parse(String(verdicts)) as Array<{ action: string; labels: string[] }>;
      assert.ok(told.some(({ action, labels }) => action !== "show" || labels.length > 0));
      const sent = await background.near();
      const [begin] = sent;
      assert.ok(begin?.type === "near-begin" && begin.fields.includes("promoted"));
      assert.equal(begin.fields.includes("views"), source === mixedRules(400));
      for (const [name, make] of makers) {
        const engine = laid(make(), sent);
        for (let round = 0; round < 2; round++)
          assert.deepEqual(JSON.parse(decideNear(engine, context(), posts)), told, name);
      }
    }
  });

  test("is not given for rules that count posts, and the page is told why", async () => {
    await background.ask({ type: "set-rules", source: "hide if promoted\nlimit 20 per author per day\n" });
    assert.deepEqual(await background.near(), [
      { type: "near-none", seq: 1, why: "some rule counts posts, asks a model or asks for a language" },
    ]);
    await background.ask({ type: "set-rules", source: 'hide if lang is "de"\n' });
    assert.equal((await background.near())[0]?.type, "near-none");
  });

  test("that is asked for again is sent once: what was asked for before goes no further", async () => {
    await background.ask({ type: "set-rules", source: mixedRules(400) });
    const heard: EngineMessage[] = [];
    let tell: (message: ShellMessage) => void = () => {};
    await new Promise<void>((whole) => {
      let left = Number.POSITIVE_INFINITY;
      tell = background.connect((message) => {
        heard.push(message);
        // In the midst of the first one, and once more before anything of the second was sent.
        if (heard.length === 3) for (const seq of [2, 3]) tell({ type: "near", seq, build: "" });
        if (message.type === "near-begin") left = message.parts;
        if (message.type === "near-part" && message.seq === 3 && --left === 0) whole();
      });
      tell({ type: "near", seq: 1, build: "" });
    });
    const seqs = heard.map((message) => ("seq" in message ? message.seq : -1));
    assert.deepEqual(seqs.slice(0, 3), [1, 1, 1]);
    assert.ok(seqs.length > 4 && seqs.slice(3).every((seq) => seq === 3), seqs.join(" "));
    const [[, make] = ["", undefined]] = makers;
    assert.ok(make);
    decideNear(laid(make(), heard.slice(3)), context(), posts);
  });

  test("refuses what is no batch with a word, and decides the next one", async () => {
    await background.ask({ type: "set-rules", source: "hide if promoted\n" });
    const sent = await background.near();
    for (const [, make] of makers) {
      const engine = laid(make(), sent);
      for (const bad of ["", "{}", "[1", '[{"id":'])
        assert.throws(() => decideNear(engine, context(), bad), /posts/);
      assert.throws(() => decideNear(engine, "[]", posts), /context/);
      const whole = '[null, {"id":"é\u{1f30d}\\u0000","promoted":true}]';
      const verdicts = JSON.parse(decideNear(engine, context(), whole)) as Array<{
        id: string;
        action: string;
      }>;
      assert.deepEqual(
        verdicts.map(({ id, action }) => [id, action]),
        [
          ["", "show"],
          ["é\u{1f30d}\0", "hide"],
        ],
      );
    }
  });

  test("takes no damaged snapshot, and no more than it has room for", () => {
    for (const [, make] of makers) {
      const engine = make();
      give(engine, new TextEncoder().encode("no snapshot at all"));
      assert.notEqual(engine.restore(), READY);
      assert.throws(() => decideNear(engine, context(), "[]"), /nothing to decide/);
      assert.equal(engine.input(1 << 30), 0);
    }
  });
});
