/**
 * The packs that come with Diffract, as the build takes them in. What they do to posts their own cases say, which
 * `diffract test extension/packs` runs.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import type { ShippedPack } from "../../extension/background/packs.ts";
import type { Verdict } from "../../extension/shared/post.ts";
import { engineModule, packsProduct } from "../../scripts/build/sources.ts";
import { checkRules, loadWorkbench } from "../../scripts/build/workbench.ts";
import { needsWorkbench, ROOT } from "./paths.ts";

type EngineModule = typeof import("../../dist/engine/diffract_engine.js");

const file = join(ROOT, packsProduct.file);
const skip = existsSync(file) ? needsWorkbench : "the packs are not compiled (npm run build)";
const packs = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as ShippedPack[]) : [];

test("seven packs are shipped, each with a title and a description", { skip }, () => {
  assert.deepEqual(
    packs.map(({ id }) => id),
    ["calm", "chronological", "follow-only", "no-ads", "no-engagement-bait", "no-shorts", "quiet-evenings"],
  );
  for (const { id, title, description } of packs) {
    assert.ok(title !== undefined && title !== id && title.length > 3, id);
    assert.ok(description !== undefined && description.length > 20, id);
  }
});

for (const { id, source, lists } of packs) {
  test(`${id}: neither errors nor warnings, and as the formatter leaves it`, { skip }, async () => {
    const { format } = await loadWorkbench();
    const found = (await checkRules(source, lists)).filter(({ severity }) => severity !== "hint");
    assert.deepEqual(
      found.map(({ rendered }) => rendered),
      [],
    );
    assert.equal(format(source), source);
  });

  test(`${id}: every rule that covers something says why`, { skip }, () => {
    for (const line of source.split("\n")) {
      if (/^(at [^:]*:?[^:]*: )?(hide|collapse|blur|dim)\b/.test(line))
        assert.match(line, / because "[^"]+"$/, line);
    }
  });
}

test("the shipped engine takes them all, with their lists", { skip }, async () => {
  const module: EngineModule = await import(pathToFileURL(join(ROOT, engineModule.script)).href);
  module.initSync({ module: await readFile(join(ROOT, engineModule.wasm)) });
  const engine = new module.Engine(
    packs.map(({ id, source, lists }) => ({ id, source, trust: "full" as const, ...(lists && { lists }) })),
  );
  const posts = [
    { id: "1", host: "x.com", surface: "home", text: "Tag someone who needs soup" },
    { id: "2", host: "x.com", surface: "home", text: "The first tomatoes are in." },
  ];
  const context = JSON.stringify({ now: 1_772_539_200, utc_offset: 0, visit: "test" });
  const [bait, tomatoes] = JSON.parse(engine.decide(JSON.stringify(posts), context)) as Verdict[];
  assert.ok(bait?.reasons.some((reason) => reason.pack === "no-engagement-bait"));
  assert.equal(tomatoes?.action, "show");
  engine.free();
});
