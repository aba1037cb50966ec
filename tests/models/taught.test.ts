/** A filter that is taught in the scorer's wasm: what it learns of ten thumbs, what it tells, and that its export says the same. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { loadScorer, readHere } from "./node.ts";
import { addShipped, type Scorer, type ScorerModule } from "./scorer.ts";

const BELONG = [
  "Which kettle should I buy for tea?",
  "My kettle takes an age to boil",
  "A cup of tea fixes everything",
  "Kettle bargain: boil a cup in a minute",
  "Tea again, and again a new cup",
];
const OTHERS = [
  "A walk along the river at dawn",
  "Rain on the hill, and nobody about",
  "We walked until the rain came",
  "The river is high this week",
  "Hill after hill after hill",
];
const TEXTS = [...BELONG, ...OTHERS];
const THUMBS = Uint8Array.from(TEXTS, (_, index) => (index < BELONG.length ? 1 : 0));
const UNSEEN = ["Put the water on, the guests want Earl Grey", "The path up the mountain is closed by fog"];

let module: ScorerModule;
let scorer: Scorer;
let meanings: Float32Array;
const read = (texts: string[]) => scorer.embed("encoder", texts);
const taught = () => new module.Taught("kettles", TEXTS, THUMBS, meanings);
before(async () => {
  module = await loadScorer();
  scorer = new module.Scorer();
  await addShipped(scorer, readHere, "encoder");
  meanings = read(TEXTS);
});

test("ten thumbs tell posts apart that it has not seen", () => {
  const filter = taught();
  const [tea = 0, mountain = 1] = filter.score(UNSEEN, read(UNSEEN));
  assert.ok(tea > mountain + 0.2, `${tea} and ${mountain}`);
  assert.equal(filter.score([], read([])).length, 0);
});

test("it says what it has learned, what it doubts, and which examples are near", () => {
  const filter = taught();
  const posts = [...UNSEEN, "Something else entirely"];
  const told = JSON.parse(filter.told(posts, read(posts)));
  assert.ok(told.right >= 0.8, `${told.right}`);
  const words = (list: { word: string }[]) => list.map(({ word }) => word);
  assert.ok(words(told.for_it).some((word) => ["kettle", "tea", "cup"].includes(word)));
  assert.ok(words(told.against_it).some((word) => ["river", "rain", "hill"].includes(word)));
  assert.deepEqual([...told.doubts].sort(), [0, 1, 2]);
  const look = JSON.parse(filter.look("A new kettle", read(["A new kettle"])));
  assert.ok(look.score > 0.5 && look.near.length === 3);
  assert.ok(look.near.every(({ example }: { example: number }) => example < BELONG.length));
});

test("its export is a model like any other, and says the same", async () => {
  const filter = taught();
  const { card, onnx } = filter.export("kettle-talk", await readHere("models/encoder/model.onnx"));
  const info = JSON.parse(scorer.add(card, onnx));
  assert.equal(info.name, "kettle-talk");
  assert.deepEqual(info.card.thresholds, { certain: 0.9, likely: 0.8, possible: 0.65, default: "likely" });
  const texts = [...TEXTS, ...UNSEEN, "", "<b>!!!</b>"];
  const exported = scorer.score("kettle-talk", texts);
  filter.score(texts, read(texts)).forEach((score, at) => {
    assert.ok(
      Math.abs(score - (exported[at] ?? Number.NaN)) < 1e-4,
      `${texts[at]}: ${score}, ${exported[at]}`,
    );
  });
  assert.ok(!Buffer.from(onnx).includes(BELONG[0] ?? "?"), "no words of the examples");
  scorer.drop("kettle-talk");
});

test("what cannot be learned from is refused in words", () => {
  const { Taught } = module;
  const refused: [() => unknown, RegExp][] = [
    [() => new Taught("a", [], new Uint8Array(), new Float32Array()), /both sorts/],
    [() => new Taught("a", BELONG, new Uint8Array(5).fill(1), read(BELONG)), /both sorts/],
    [() => new Taught("a", TEXTS, new Uint8Array(3), meanings), /thumb/],
    [() => new Taught("a", TEXTS, THUMBS, new Float32Array(7)), /direction/],
    [() => new Taught("a", Array(301).fill("x"), new Uint8Array(301), new Float32Array(301)), /at most 300/],
    [() => taught().score(["x"], new Float32Array(3)), /another encoder/],
    [() => taught().score(Array(300).fill("x"), new Float32Array(300)), /at most 256/],
    [() => taught().export("No Name", new Uint8Array()), /lower-case/],
    [() => taught().export("name", new Uint8Array([1, 2])), /encoder's file/],
  ];
  for (const [ask, message] of refused) assert.throws(ask, message);
  const odd = new Taught("a", TEXTS, THUMBS, meanings.slice().fill(Number.NaN));
  assert.ok(odd.score(["x"], read(["x"])).every((score) => score >= 0 && score <= 1));
});
