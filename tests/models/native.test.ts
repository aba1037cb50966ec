/** The scorer in wasm and the same models in native code say the same: of 1,000 texts each, and of pictures. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { loadScorer, readHere } from "./node.ts";
import { noise, png } from "./pictures.ts";
import { addShipped, CLASSIFIERS, goldenTexts } from "./scorer.ts";

/** How far the two may be apart. */
const CLOSE = 1e-4;
/** Texts of one call. */
const CALL = 200;
const PICTURES = 12;

const folder = mkdtempSync(join(tmpdir(), "diffract-native-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A line of `diffract score`. */
interface Line {
  score?: number | null;
  label?: string | null;
  scores?: Record<string, number>;
  embedding?: number[];
}

/** What the command line says; it is built if it is older than its sources. */
function native(model: string, args: string[]): Line[] {
  const { stdout, stderr, status, error } = spawnSync(
    "cargo",
    [
      "run",
      "--quiet",
      "--locked",
      // What multiplies is ours: unoptimised, the encoder takes seconds for a text.
      "--config",
      "profile.dev.package.diffract-models.opt-level=3",
      "-p",
      "diffract-cli",
      "--",
      "score",
      "--model",
      `models/${model}`,
      ...args,
    ],
    { encoding: "utf8", maxBuffer: 64 << 20 },
  );
  if (error) throw error;
  assert.equal(status, 0, stderr);
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}

/** The golden texts, each as one line. */
async function lines(): Promise<{ texts: string[]; file: string }> {
  const texts = (await goldenTexts(readHere)).map((text) =>
    text.replaceAll(/[\r\n\u0085\u2028\u2029\v\f]+/g, " "),
  );
  assert.ok(texts.length >= 1000);
  const file = join(folder, "texts.txt");
  writeFileSync(file, `${texts.join("\n")}\n`);
  return { texts, file };
}

function inCalls<T>(texts: readonly string[], ask: (some: string[]) => Iterable<T>): T[] {
  const all: T[] = [];
  for (let at = 0; at < texts.length; at += CALL)
    for (const one of ask(texts.slice(at, at + CALL))) all.push(one);
  return all;
}

function close(what: string, here: readonly number[], there: readonly number[]): void {
  assert.equal(here.length, there.length, what);
  let most = 0;
  for (const [at, value] of here.entries())
    most = Math.max(most, Math.abs(value - (there[at] ?? Number.NaN)));
  assert.ok(most <= CLOSE, `${what}: wasm and native are up to ${most} apart`);
  console.log(`${what}: ${here.length} numbers, at most ${most.toExponential(1)} apart`);
}

const numbers = (values: (number | null | undefined)[]): number[] =>
  values.map((value) => value ?? Number.NaN);

for (const model of [...CLASSIFIERS, "language", "encoder"] as const) {
  test(`${model}: a thousand texts`, async () => {
    const { Scorer } = await loadScorer();
    const scorer = new Scorer();
    await addShipped(scorer, readHere, model);
    const { texts, file } = await lines();
    const there = native(model, [file]);
    assert.equal(there.length, texts.length);
    if (model === "encoder") {
      const here = inCalls(texts, (some) => scorer.embed(model, some));
      close(
        model,
        here,
        there.flatMap(({ embedding = [] }) => embedding),
      );
      return;
    }
    close(
      model,
      inCalls(texts, (some) => scorer.score(model, some)),
      numbers(there.map(({ score }) => score)),
    );
    if (model === "language")
      assert.deepEqual(
        inCalls(texts, (some) => scorer.choose(model, some)).map((label) => label ?? null),
        there.map(({ label }) => label),
      );
  });
}

test(`nsfw: ${PICTURES} pictures`, async () => {
  const { Scorer } = await loadScorer();
  const scorer = new Scorer();
  await addShipped(scorer, readHere, "nsfw");
  const pictures = Array.from({ length: PICTURES }, (_, seed) => noise(seed));
  const files = pictures.map((one, seed) => {
    const file = join(folder, `${seed}.png`);
    writeFileSync(file, png(one));
    return file;
  });
  const there = native("nsfw", ["--image", ...files]);
  close(
    "nsfw",
    pictures.flatMap(({ rgba, width, height }) => [...scorer.picture_scores("nsfw", rgba, width, height)]),
    there.flatMap(({ scores = {} }) => Object.values(scores)),
  );
});
