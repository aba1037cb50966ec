/** What cards say, in words, and how scores are counted for a plot. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { neededWords } from "../../extension/pages/dashboard/models/needs.ts";
import { histogram } from "../../extension/pages/dashboard/models/plot.tsx";
import {
  figureWords,
  isAdjustable,
  languageWords,
  oneIn,
  percent,
  recallsAt,
  setWords,
  sizeWords,
  strictnessOf,
  strictnessWords,
  thresholdName,
} from "../../extension/pages/dashboard/models/words.ts";
import { readModelCard } from "../../extension/shared/card.ts";
import { taughtCard } from "../../extension/shared/taught.ts";
import { ownCard } from "./models.ts";

const card = readModelCard(ownCard("kettle-talk").json);

test("shares have as many places as they deserve", () => {
  assert.deepEqual([0, 0.0006, 0.0092, 0.0131, 0.327, 0.9936, 1].map(percent), [
    "0 %",
    "0.06 %",
    "0.92 %",
    "1.3 %",
    "33 %",
    "99 %",
    "100 %",
  ]);
  assert.equal(figureWords([0.0092, 0.0079, 0.0105]), "0.92 % (0.79 % to 1.1 %)");
  assert.equal(figureWords([0, 0, 0]), "0 %");
  assert.deepEqual([0, 0.5, 0.0092, 0.005, 0.00001].map(oneIn), [
    "almost none",
    "about 1 in 2",
    "about 1 in 110",
    "about 1 in 200",
    "fewer than 1 in 10,000",
  ]);
});

test("sizes and languages", () => {
  assert.deepEqual([7, 984_117, 2_086_148, 11_912_454].map(sizeWords), [
    "7 bytes",
    "984 KB",
    "2.1 MB",
    "12 MB",
  ]);
  assert.equal(languageWords(["en", "de"]), "English and German");
  assert.equal(languageWords(Array(60).fill("en")), "60 languages");
  assert.equal(languageWords(["no language at all"]), "no language at all");
});

test("strictness is told by what was measured at its threshold", () => {
  assert.ok(isAdjustable(card));
  assert.equal(strictnessOf(card, undefined), "likely");
  assert.equal(strictnessOf(card, "certain"), "certain");
  assert.equal(thresholdName(card, "likely"), "1%");
  assert.equal(strictnessWords(card, "likely"), "About 1 in 100 ordinary posts taken by mistake");
  assert.equal(strictnessWords(card, "certain"), "Takes posts with a score of 0.90 or more");
  assert.deepEqual(
    recallsAt(card, "1%").map(({ test, recall }) => [setWords(card, test.set), recall[0]]),
    [["Kitchens", 0.8]],
  );
});

test("a filter that is taught has its scores for thresholds, by which nothing was measured", () => {
  const taught = taughtCard("kettles", { belong: 5, others: 5, sha256: "a".repeat(64) }, 1);
  assert.equal(thresholdName(taught, "certain"), "certain");
  assert.equal(strictnessWords(taught, "possible"), "Takes posts with a score of 0.65 or more");
  assert.match(neededWords({ belong: 1, others: 0 }) ?? "", /2 more that you want less of, and 3 more/);
  assert.match(neededWords({ belong: 3, others: 3 }) ?? "", /better with ten/);
  assert.equal(neededWords({ belong: 5, others: 5 }), undefined);
});

test("every score falls into one bar, the highest into the last", () => {
  const bars = histogram([0, 0.01, 0.5, 0.99, 1]);
  assert.equal(bars.length, 25);
  assert.deepEqual([bars[0], bars[12], bars[24]], [2, 1, 2]);
  assert.equal(
    bars.reduce((sum, one) => sum + one, 0),
    5,
  );
});
