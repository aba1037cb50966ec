/** The pages' words: what the engine reports becomes something a reader understands. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  authorName,
  count,
  firstWords,
  happened,
  healthWords,
  p95,
  plainEvidence,
  tallies,
  why,
} from "../../extension/pages/common/words.ts";

test("evidence is said in plain words", () => {
  const table: [string, string][] = [
    ["promoted", "the site marks it as an ad"],
    ["not followed", "you do not follow its author"],
    ["kind is short", "it is a short video"],
    ["not kind is ad or short", "it is not an ad or a short video"],
    ["media has gif", "it comes with an animation"],
    ["not media has image", "it does not come with a picture"],
    ['text has "giveaway"', "its text has “giveaway”"],
    ['not text has "giveaway"', "its text does not have “giveaway”"],
    ['text has word "presale" (@pumps)', "its text has the word “presale” (@pumps)"],
    ['text ends with "?"', "its text ends with “?”"],
    ['author is "alice"', "its author is “alice”"],
    ['not author is "alice"', "its author is not “alice”"],
    ["author alice in @friends", "its author, alice, is in your list @friends"],
    ["author mallory not in @friends", "its author, mallory, is not in your list @friends"],
    ['hashtags has "fyp"', "one of its hashtags has “fyp”"],
    ["views 312 < 1000", "views: 312, under 1,000"],
    ["views 5000, not < 1000", "views: 5,000, not under 1,000"],
    ["age 4 days > 3 days", "age: 4 days, over 3 days"],
    ["clickbait 92.1% > 80%", "clickbait: 92.1%, over 80%"],
    ['about "crypto currency" 71% > 50%', "about “crypto currency”: 71%, over 50%"],
    ["links to example.com", "it links to example.com"],
    ["not links to example.com or example.org", "it does not link to example.com or example.org"],
    ['text matches /\\bgem\\b/i: "a gem"', "its text has “a gem”"],
    ["text matches /\\bgem\\b/i", "its text fits the pattern /\\bgem\\b/i"],
    ["views is known", "the site shows its views"],
    ["not followed is known", "it cannot be told whether you follow its author"],
  ];
  for (const [evidence, words] of table) assert.equal(plainEvidence(evidence), words);
});

test("evidence of a shape we do not know is handed on as it is", () => {
  for (const words of ["some new thing ~ 3", "3 of 3 by alice shown today", "not a thing", ""]) {
    assert.equal(plainEvidence(words), words);
  }
});

test("a rule's own words come before what was found", () => {
  const reason = { pack: "calm", rule: "hide if promoted", line: 1, effect: "hide", evidence: ["promoted"] };
  assert.equal(why(reason), "the site marks it as an ad");
  assert.equal(why({ ...reason, because: "pump talk" }), "pump talk");
  assert.equal(why({ ...reason, because: "  " }), "the site marks it as an ad");
  assert.equal(why({ ...reason, evidence: [] }), "the rule holds for every post here");
  assert.equal(
    why({ ...reason, evidence: ["promoted", "kind is short"] }),
    "the site marks it as an ad, and it is a short video",
  );
});

test("counts name what happened, strongest first, and leave out what did not", () => {
  assert.deepEqual(
    tallies({ label: 1, show: 90, hide: 3, blur: 0, labels: 2, keep: 1 }).map(({ word, count: n }) => [
      word,
      n,
    ]),
    [
      ["hidden", 3],
      ["labelled", 3],
      ["kept", 1],
    ],
  );
  assert.equal(count(1, "post"), "1 post");
  assert.equal(count(1200, "post"), "1,200 posts");
});

test("a post that was only labelled counts as touched; one that was left alone does not", () => {
  const verdict = { id: "1", action: "show" as const, labels: [], highlight: false, score: 0, reasons: [] };
  assert.deepEqual(happened({ post: { id: "1" }, verdict, shown: false, places: 1 }), []);
  assert.deepEqual(
    happened({ post: { id: "1" }, verdict: { ...verdict, labels: ["bait"] }, shown: false, places: 1 }),
    ["label"],
  );
  assert.deepEqual(
    happened({
      post: { id: "1" },
      verdict: { ...verdict, action: "dim", highlight: true },
      shown: false,
      places: 1,
    }),
    ["dim", "highlight"],
  );
});

test("first words end at a word, flatten line breaks, and never split a character", () => {
  assert.equal(firstWords({ id: "1", text: "one\n\n two" }), "one two");
  assert.equal(firstWords({ id: "1", title: "A title", text: "the text" }), "A title");
  assert.equal(firstWords({ id: "1", text: "alpha beta, gamma" }, 12), "alpha beta…");
  assert.equal(firstWords({ id: "1", text: "🦆".repeat(20) }, 5), `${"🦆".repeat(5)}…`);
  assert.equal(firstWords({ id: "1", text: "  " }), "No words, only pictures or video");
});

test("authors are written as their site writes them", () => {
  assert.equal(authorName({ id: "1", author: "alice" }), "@alice");
  assert.equal(authorName({ id: "1", author: "@alice@example.social" }), "@alice@example.social");
  assert.equal(authorName({ id: "1", author: "Quiet Garden Channel" }), "Quiet Garden Channel");
  assert.equal(authorName({ id: "1", name: "Alice" }), "Alice");
  assert.equal(authorName({ id: "1" }), undefined);
});

test("every state of an adapter has a headline", () => {
  for (const state of ["good", "worn", "broken", "quiet"] as const) {
    assert.notEqual(healthWords({ adapter: "x", state, locators: [] }).headline, "");
  }
  assert.match(healthWords({ adapter: "generic", state: "good", locators: [] }).headline, /general way/);
});

test("the 95th percentile is a value that occurred", () => {
  assert.equal(p95([]), undefined);
  assert.equal(p95([5]), 5);
  assert.equal(p95(Array.from({ length: 100 }, (_, index) => index + 1)), 95);
});
