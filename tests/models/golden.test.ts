/** The scorer in wasm, held to the golden files. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { loadScorer, readHere } from "./node.ts";
import { compareGolden } from "./scorer.ts";

test("in Node all models agree with training to 1e-4", async () => {
  const { Scorer } = await loadScorer();
  const { compared, differences } = await compareGolden(new Scorer(), readHere);
  assert.deepEqual(differences.slice(0, 10), []);
  assert.ok(compared > 20_000, `${compared} numbers`);
});
