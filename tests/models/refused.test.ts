/** Bad input to the scorer in wasm: an error with a message, and the scorer goes on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { loadScorer, readHere } from "./node.ts";
import { cardFor, constant, loop, type Made, node, textModel } from "./onnx.ts";
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

test("a stranger's model is taken if it keeps to the limits, and refused with words if not", async () => {
  const { Scorer } = await loadScorer();
  const scorer = new Scorer();
  await addShipped(scorer, readHere, "spam");
  const before = scorer.score("spam", ["hello"])[0];
  const good = textModel("good");
  scorer.add(good.card, good.onnx);
  assert.ok(scorer.score("good", ["hello"]).every((score) => score > 0.5 && score <= 1));

  const squared = (name: string, side: number) => [
    constant("wide", [1, side], Array(side).fill(1)),
    node("MatMul", ["each", "wide"], "row"),
    constant("column", [3], [-1, side, 1], "int64"),
    constant("flat", [3], [-1, 1, side], "int64"),
    node("Reshape", ["row", "column"], "tall"),
    node("Reshape", ["row", "flat"], "broad"),
    node("Mul", ["tall", "broad"], name),
  ];
  const refused: [string, Made, RegExp][] = [
    ["no ONNX file", cardFor("bad", Buffer.from("a letter, and no model")), /not an ONNX file/],
    ["an empty file", cardFor("bad", new Uint8Array()), /ONNX|bytes/],
    [
      "a file that is broken off",
      cardFor("bad", textModel("bad").onnx.slice(0, -40)),
      /ONNX|reads|gives|shape|made/,
    ],
    ["an operator that is not taken", textModel("bad", [node("Einsum", ["each"], "x")], "x"), /`Einsum`/],
    ["a loop that never ends", textModel("bad", [loop(["each"], "x")], "x"), /loop/],
    [
      "weights that are no numbers",
      textModel("bad", [constant("w", [1], [Number.NaN]), node("Add", ["each", "w"], "x")], "x"),
      /`w` holds a value that is infinite or not a number/,
    ],
    [
      "a tensor of 2 GB that is claimed",
      textModel("bad", [constant("w", [1 << 29], [1]), node("Add", ["each", "w"], "x")], "x"),
      /`w` would be over 64 MB/,
    ],
    ["a tensor of 2 GB that is made", textModel("bad", squared("x", 23_000), "x"), /`x` would be over 64 MB/],
    [
      "a shape that lies",
      textModel("bad", [constant("w", [7], [1]), node("Add", ["each", "w"], "x")], "x"),
      /shape of `w`/,
    ],
    [
      "an output of another shape than the card says",
      textModel("bad", [constant("w", [1, 3], [1, 1, 1]), node("Add", ["each", "w"], "x")], "x"),
      /by its card it is float32 \[1, 1\]/,
    ],
  ];
  for (const [what, { card, onnx }, message] of refused) {
    assert.throws(
      () => scorer.add(card, onnx),
      (error) => {
        assert.ok(
          error instanceof Error && !(error instanceof WebAssembly.RuntimeError),
          `${what}: ${error}`,
        );
        assert.match(error.message, message, what);
        return true;
      },
      what,
    );
  }
  // A number that comes out infinite is no score.
  const infinite = textModel(
    "infinite",
    [constant("none", [1], [0]), node("Div", ["each", "none"], "x")],
    "x",
  );
  scorer.add(infinite.card, infinite.onnx);
  assert.throws(() => scorer.score("infinite", ["hello"]), /infinite or not a number/);
  assert.equal(scorer.score("spam", ["hello"])[0], before);
});

test("a file of 65 MB is refused before it is read", async () => {
  const { Scorer } = await loadScorer();
  const scorer = new Scorer();
  const { card, onnx } = cardFor("huge", new Uint8Array(65 << 20));
  assert.throws(() => scorer.add(card, onnx), /64 MB/);
  assert.deepEqual(scorer.names(), []);
});
