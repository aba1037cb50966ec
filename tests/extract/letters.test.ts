/** Text without a page: cut between characters, tidied in time linear in its length, a post within its bounds. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MAX_ADDRESS, MAX_POST, withinBounds } from "../../extension/content/extract/bounds.ts";
import { clean, cut, EDGE, MAX_TEXT, tidy } from "../../extension/content/extract/letters.ts";

describe("letters", () => {
  test("a cut never leaves half of a character", () => {
    assert.equal(cut("ab🙂", 3), "ab");
    assert.equal(cut("ab🙂", 4), "ab🙂");
    assert.equal(cut("a\ud83d", 9), "a\ufffd");
    assert.equal(cut("\ude42a", 9), "\ufffda");
  });

  test("edges are one line break, breaks are at most two", () => {
    assert.equal(tidy(` a ${EDGE}${EDGE} b\n${EDGE}c${EDGE}\n \n\nd  e `), "a\nb\nc\n\nd e");
    assert.equal(tidy(`${EDGE}a${EDGE}`), "a");
  });

  test("long runs of edges and blanks are looked at once", () => {
    // Minutes, were it quadratic: this is here to end at all.
    assert.equal(tidy(`a${EDGE.repeat(2_000_000)}b`), "a\nb");
    assert.equal(tidy(`a${" \n".repeat(1_000_000)}b`), "a\n\nb");
  });

  test("blanks in front hide nothing, and what is read has an end", () => {
    assert.equal(tidy(clean(`${" ".repeat(200_000)}word`, false)), "word");
    assert.ok(clean("word ".repeat(1_000_000), false).length < MAX_TEXT + 70_000);
  });

  test("overrides within overrides", () => {
    assert.equal(tidy("\u202ecba\u202d12\u202c\u202c!"), "12abc!");
    assert.equal(tidy("\u202acd\u202c"), "cd");
  });
});

describe("a post's bounds", () => {
  const size = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

  test("an ordinary post passes as it is", () => {
    const post = { id: "1", text: "words 🙂", links: ["https://a.example/"] };
    assert.deepEqual(withinBounds(structuredClone(post)), post);
  });

  test("what is too long gives way, the words last", () => {
    const links = Array.from(
      { length: 60 },
      (_, i) => `https://a.example/${i}/${"y".repeat(MAX_ADDRESS - 30)}`,
    );
    const post = withinBounds({ id: "1", text: "漢".repeat(15_000), alt: "漢".repeat(20_000), links });
    assert.ok(size(post) <= MAX_POST, String(size(post)));
    assert.equal(post.text?.length, 15_000);
    assert.equal(post.id, "1");
  });

  test("control characters take six bytes each", () => {
    const post = withinBounds({ id: "1", text: "\u0001".repeat(20_000), title: "t" });
    assert.ok(size(post) <= MAX_POST);
    assert.equal(post.title, "t");
  });

  test("half characters are replaced in every text", () => {
    const post = withinBounds({ id: "1", text: "a\ud83d", author: "\ude42" });
    assert.deepEqual([post.text, post.author], ["a\ufffd", "\ufffd"]);
  });
});
