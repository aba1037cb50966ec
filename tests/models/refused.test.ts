/** Bad input to the scorer in wasm: an error with a message, and the scorer goes on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { loadScorer, readHere } from "./node.ts";
import { addShipped } from "./scorer.ts";

test("what is refused is told, and the scorer goes on", async () => {
  const { Scorer } = await loadScorer();
  const scorer = new Scorer();
  const card = new TextDecoder().decode(await readHere("models/spam/card.toml"));
  const onnx = new Uint8Array(await readHere("models/spam/model.onnx"));
  await addShipped(scorer, readHere, "spam");
  const before = scorer.score("spam", ["hello"])[0];

  const refused: [() => unknown, RegExp][] = [
    [() => scorer.add("no card", onnx), /card\.toml/],
    [() => scorer.add(card.replace("task =", "tusk ="), onnx), /`task`/],
    [() => scorer.add(card, onnx.subarray(0, 1000)), /1000 bytes/],
    [
      () =>
        scorer.add(
          card,
          onnx.map((byte, at) => (at === 9 ? byte ^ 1 : byte)),
        ),
      /SHA-256/,
    ],
    [() => scorer.add(card.replace("bits = 16", "bits = 20"), onnx), /rows/],
    [() => scorer.score("none", ["a"]), /no model `none`/],
    [() => scorer.score("spam", Array<string>(1000).fill("a")), /1000 texts/],
    [() => scorer.embed("spam", ["a"]), /no directions/],
    [() => scorer.picture("spam", new Uint8Array(4), 1, 1), /texts, not pictures/],
    [() => scorer.picture("spam", new Uint8Array(4), 9, 9), /bytes/],
  ];
  for (const [ask, message] of refused) {
    assert.throws(ask, (error) => {
      assert.ok(error instanceof Error && !(error instanceof WebAssembly.RuntimeError), String(error));
      assert.match(error.message, message);
      return true;
    });
  }
  assert.equal(scorer.score("spam", ["hello"])[0], before);
  assert.deepEqual(scorer.names(), ["spam"]);
});

test("a text of a megabyte, no text at all, and half a character are answered", async () => {
  const { Scorer } = await loadScorer();
  const scorer = new Scorer();
  await addShipped(scorer, readHere, "spam");
  const long = "win a prize now ".repeat(70_000);
  const scores = scorer.score("spam", [long, long.slice(0, 1000), "", "half \ud83d"]);
  assert.equal(scores[0], scores[1]);
  assert.ok(scores.every((score) => score >= 0 && score <= 1));
  assert.equal(scorer.score("spam", []).length, 0);
});
