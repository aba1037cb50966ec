/** Strangers' words, addresses and numbers, as the reader may draw them. No browser is needed to say so. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Gathered } from "../../extension/pages/common/feed.ts";
import { line, placeName, plain, webAddress } from "../../extension/pages/common/plain.ts";
import { inHostsOrder } from "../../extension/pages/compare/model.ts";
import { freshIn, itemsOf } from "../../extension/pages/reader/model.ts";
import {
  ago,
  authorOf,
  mediaWords,
  orderWords,
  placeWords,
  timeOf,
} from "../../extension/pages/reader/words.ts";

describe("words", () => {
  test("lose what is not to be seen, and what turns the words around them", () => {
    assert.equal(plain("a\u0000b\u0007c\u009bd"), "abcd");
    assert.equal(plain("safe\u202eexe.cod\u2066x\u2069"), "safeexe.codx");
    assert.equal(plain("one\r\ntwo\n\n\n\n\nthree\tfour"), "one\ntwo\n\nthree four");
    assert.equal(plain("مرحبا\u200f!"), "مرحبا\u200f!", "marks that scripts need stay");
  });

  test("are cut, and never in the middle of a character", () => {
    assert.equal(plain("x".repeat(1 << 20)).length, 2000);
    assert.equal(plain("😀😀😀", 3), "😀");
    assert.equal(plain("a\ud800b"), "a\ufffdb");
    assert.equal(line("  one\n two  ", 6), "one tw");
    assert.ok(plain(`z${"\u0301".repeat(5000)}y`).length < 10, "a tower of accents is no tower");
  });

  test("that are missing are none", () => {
    assert.equal(plain(undefined), "");
    assert.deepEqual(authorOf({ id: "1" }), { name: "No author shown", handle: "" });
    assert.deepEqual(authorOf({ id: "1", author: "ann", name: "Ann" }), { name: "Ann", handle: "@ann" });
    assert.deepEqual(authorOf({ id: "1", author: "a b" }), { name: "a b", handle: "" });
    assert.equal(placeName({}), "an unknown site");
    assert.equal(placeName({ platform: "constructor" }), "constructor");
    assert.equal(placeName({ platform: "generic", host: "www.forum.example" }), "forum.example");
  });
});

describe("addresses", () => {
  test("lead to the web or nowhere", () => {
    for (const bad of [
      "javascript:alert(1)",
      " JaVaScRiPt:alert(1)",
      "data:text/html,x",
      "file:///etc/passwd",
      "chrome-extension://x/",
      "//x.com/a",
      "/a",
      "https://x.com@evil.example/",
      "blob:https://x.com/1",
      "",
      undefined,
    ])
      assert.equal(webAddress(bad), undefined, String(bad));
    assert.equal(webAddress("https://x.com/a b"), "https://x.com/a%20b");
  });
});

describe("numbers", () => {
  test("of time are said as people say them", () => {
    assert.equal(ago(1000, 1030), "just now");
    assert.equal(ago(0, 7200), "2 hours ago");
    assert.equal(ago(0, 100_000), "yesterday");
    assert.equal(ago(9999, 0), "just now", "what lies ahead");
    assert.equal(timeOf({ id: "1", age: 60 }, 1000), 940);
    assert.equal(timeOf({ id: "1", time: 1e300 }, 1000), undefined);
    assert.equal(timeOf({ id: "1" }, 1000), undefined);
  });

  test("of media are told by kind", () => {
    assert.equal(mediaWords(["image", "image", "video", "nonsense"]), "2 pictures, 1 video");
    assert.equal(mediaWords(undefined), "");
  });
});

const verdict = (id: string, more: object = {}) => ({
  id,
  action: "show" as const,
  labels: [],
  highlight: false,
  score: 0,
  reasons: [],
  ...more,
});
const entry = (post: number, more: object = {}) => ({
  post,
  placed_by: post,
  values: [100 as number | null],
  same: [] as number[],
  replies: [] as number[],
  hidden: false,
  ...more,
});
const made = (more: Partial<Gathered> = {}): Gathered => ({
  posts: [
    { id: "a", platform: "x" },
    { id: "b", platform: "x", author: "bob" },
    { id: "c", platform: "reddit" },
  ],
  verdicts: [verdict("a"), verdict("b"), verdict("c")],
  entries: [entry(0), entry(1), entry(2)],
  order: { keys: ["newest"] },
  seen: [50, 50, 50],
  shown: [false, false, false],
  ...more,
});

describe("what stands in the feed", () => {
  test("is without what is hidden, but for the message of a limit on an author", () => {
    const feed = made({
      verdicts: [
        verdict("a", { action: "hide", note: "Enough of them." }),
        verdict("b", { action: "hide" }),
        verdict("c"),
      ],
      entries: [entry(0, { hidden: true }), entry(1, { hidden: true }), entry(2)],
    });
    assert.deepEqual(
      itemsOf(feed, false).map(({ key, is }) => [key, is]),
      [
        ["x a", "note"],
        ["reddit c", "post"],
      ],
    );
    assert.deepEqual(
      itemsOf(feed, true).map(({ is }) => is),
      ["post", "post", "post"],
    );
    // The message that ends the feed stands below it, not in it.
    assert.equal(itemsOf({ ...feed, ending: { post: 0, note: "Enough of them." } }, false).length, 1);
  });

  test("has every post once, though two claim one id", () => {
    const feed = made({ posts: [{ id: "a" }, { id: "a" }, { id: "a" }] });
    assert.equal(new Set(itemsOf(feed, false).map(({ key }) => key)).size, 3);
  });

  test("is new where it was not known, and shows", () => {
    const entries = [entry(0), entry(1), entry(2, { hidden: true })];
    assert.equal(freshIn(made({ entries }), new Set(["x a"])), 1);
    assert.equal(freshIn(made({ entries }), new Set(["x a", "x b"])), 0);
  });
});

describe("the host's order", () => {
  const judged = (
    id: string,
    position: number | undefined,
    places = 1,
    action: "hide" | "show" = "show",
  ) => ({
    post: { id, ...(position !== undefined && { position }) },
    verdict: verdict(id, { action }),
    shown: false,
    places,
  });
  const ids = (posts: ReturnType<typeof judged>[]) => inHostsOrder(posts).map(({ post }) => post.id);

  test("is that of the page, whenever posts were read", () => {
    assert.deepEqual(
      ids([judged("c", 3), judged("?", undefined), judged("a", 1), judged("b", 2, 1, "hide")]),
      ["a", "b", "c", "?"],
    );
    assert.deepEqual(ids([]), []);
  });

  test("has what was taken out before the page saw it where the host had it", () => {
    const out = (id: string, position: number) => judged(id, position, 0, "hide");
    // The answer: ad 1, a, b, ad 4, c, ad 9 of a later one. The page counts its own: a, b, c.
    assert.deepEqual(
      ids([out("ad4", 4), out("ad1", 1), out("ad9", 9), judged("b", 2), judged("a", 1), judged("c", 3)]),
      ["ad1", "a", "b", "ad4", "c", "ad9"],
    );
    assert.deepEqual(ids([out("x", 2), out("y", 1)]), ["y", "x"]);
  });
});

describe("why a post stands where it stands", () => {
  const title = (id: string) => (id === "mine" ? "My rules" : id);

  test("is said by rule, value, score and answers", () => {
    const feed = made({
      order: {
        rule: { pack: "mine", line: 3, rule: "order by score, likes" },
        keys: ["score", "likes", "newest"],
      },
      verdicts: [
        verdict("a"),
        verdict("b", {
          score: 2,
          reasons: [
            { pack: "mine", line: 5, rule: "boost 2 if followed", effect: "boost", evidence: ["followed"] },
          ],
        }),
        verdict("c"),
      ],
      entries: [entry(0, { placed_by: 1, values: [2, null, 40], same: [2] })],
    });
    const [first] = feed.entries;
    assert.ok(first);
    assert.deepEqual(placeWords(feed, first, title, 100), [
      "My rules, line 3, says “order by score, likes”: the highest score first, then the most liked first, then the newest first.",
      "It stands here because of the answer by @bob.",
      "Its score is +2.",
      "X does not show its likes, so it stands after those whose likes are known.",
      "It was posted 1 minute ago.",
      "My rules, line 5, raises it: you follow its author.",
      "The same stands on Reddit; it is shown once.",
    ]);
  });

  test("is said where no rule speaks, and no time is known", () => {
    const feed = made({ entries: [entry(0, { values: [null] })] });
    const [first] = feed.entries;
    assert.ok(first);
    assert.deepEqual(placeWords(feed, first, title, 110), [
      "No rule of yours says “order by” for this feed, so the newest come first.",
      "X does not say when it was posted; it counts from when you saw it, 1 minute ago.",
    ]);
    assert.equal(orderWords(feed.order), "The newest first");
  });
});
