import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Asking, type Decide } from "../../extension/content/asking.ts";
import { type Known, KnownPosts, verdictOf } from "../../extension/content/known.ts";
import { takeTurn } from "../../extension/content/slots.ts";
import { parts, postJson, wellFormed } from "../../extension/content/wire.ts";
import type { Post, Verdict } from "../../extension/shared/post.ts";

const verdict = (id: string): Verdict => ({
  id,
  action: "hide",
  labels: [],
  highlight: false,
  score: 0,
  reasons: [],
});

/** An engine at the other end that refuses every batch with a post that `isBad`. */
function asked(
  posts: Post[],
  isBad: (post: Post) => boolean,
  {
    complete = () => false,
    decide,
  }: { complete?: (contents: readonly Known[]) => boolean; decide?: Decide } = {},
) {
  const known = new KnownPosts();
  const contents = posts.map((post) => known.learn(post));
  const open = new Set<Known>();
  const troubles: string[] = [];
  const sent: Post[][] = [];
  const asking = new Asking(
    (json) => {
      const batch = JSON.parse(json) as Post[];
      sent.push(batch);
      return sent.length;
    },
    {
      judge: (one, said) => known.judge(one, said),
      answered: () => {},
      complete,
      judged: () => {},
      open: (given) => {
        for (const one of given) open.add(one);
        return given.size;
      },
      took: () => {},
      trouble: (words) => troubles.push(words),
    },
    decide,
  );
  asking.ask(contents, 0);
  for (let seq = 1; seq <= sent.length; seq++) {
    const batch = sent[seq - 1] ?? [];
    if (batch.some(isBad)) asking.failed(seq, "no such post", true);
    else
      asking.answer(
        seq,
        batch.map(({ id }) => verdict(id)),
      );
  }
  return { contents, open, troubles, sent, asking };
}

const many = (count: number): Post[] => Array.from({ length: count }, (_, i) => ({ id: `p${i}` }));

describe("a batch", () => {
  test("that fails is asked again in parts: only the bad post goes without", () => {
    const { contents, open, troubles, sent } = asked(many(200), ({ id }) => id === "p77");
    assert.deepEqual(
      contents.filter((one) => !verdictOf(one)).map(({ post }) => post.id),
      ["p77"],
    );
    assert.deepEqual(
      [...open].map(({ post }) => post.id),
      ["p77"],
    );
    assert.equal(troubles.length, 1);
    assert.ok(sent.length < 20, `${sent.length} questions`);
  });

  test("that fails whatever is in it is given up in the end, and every post shows", () => {
    const { open, sent } = asked(many(1000), () => true);
    assert.equal(open.size, 1000);
    assert.ok(sent.length <= 5 + 2 * 32, `${sent.length} questions`);
  });

  test("is divided by length and by number", () => {
    assert.deepEqual(parts(["a", "b", "c"], 2, 100), [
      [0, 2],
      [2, 3],
    ]);
    assert.deepEqual(parts(["aaaa", "b", "cccccccc", "d"], 9, 8), [
      [0, 2],
      [2, 3],
      [3, 4],
    ]);
    assert.deepEqual(parts([], 9, 9), []);
    const { sent, contents } = asked(
      many(9).map((post) => ({ ...post, text: "x".repeat(1 << 20) })),
      () => false,
    );
    assert.equal(sent.length, 9);
    assert.ok(contents.every(verdictOf));
  });

  test("is not asked about twice at once, but again once its answer is late", () => {
    const { asking, contents, sent } = asked([], () => false);
    assert.equal(contents.length, 0);
    const one = new KnownPosts().learn({ id: "1" });
    asking.ask([one], 0);
    asking.ask([one], 0);
    assert.equal(sent.length, 1);
    asking.late(1, 1500);
    asking.ask([one], 0);
    assert.equal(sent.length, 2);
  });

  test("of which only a part was read is read as a whole before it is sent, not before it is decided here", () => {
    const complete = (contents: readonly Known[]) => {
      for (const one of contents) one.post = { ...one.post, title: "the rest" };
      return true;
    };
    const decide: Decide = (posts) => (JSON.parse(posts) as Post[]).map(({ id }) => verdict(id));
    const here = asked([{ id: "1" }], () => false, { complete, decide });
    assert.deepEqual([here.sent, here.contents[0]?.post], [[], { id: "1" }]);
    const there = asked([{ id: "1" }], () => false, { complete, decide: () => null });
    assert.deepEqual(there.sent, [[{ id: "1", title: "the rest" }]]);
    assert.ok(there.contents.every(verdictOf));
  });

  test("that was never answered is forgotten, and asked about anew", () => {
    const { asking, sent } = asked([], () => false);
    const one = new KnownPosts().learn({ id: "1" });
    asking.ask([one], 0);
    asking.late(1, 1500);
    asking.forget(1);
    asking.answer(1, [verdict("1")]);
    assert.equal(verdictOf(one), null, "an answer after that is not taken");
    asking.ask([one], 0);
    assert.equal(sent.length, 2);
  });
});

describe("half a character", () => {
  const half = "\ud83d";

  test("is replaced, and nothing else is", () => {
    const post: Post = { id: `1${half}`, text: `a${half}b \u{1f600} \\ud83d \\${half}` };
    const back = JSON.parse(postJson(post)) as Post;
    assert.deepEqual(back, { id: "1\ufffd", text: "a\ufffdb \u{1f600} \\ud83d \\\ufffd" });
    assert.doesNotMatch(postJson(post), /[^\\]\\ud83d/);
  });

  test("in an id costs no verdict", () => {
    const { contents } = asked([{ id: `1${half}` }], () => false);
    assert.equal(contents[0]?.verdict?.id, `1${half}`);
    assert.equal(wellFormed(`1${half}`), "1\ufffd");
  });
});

test("an item that is changed over and over is seen to at once only so often", () => {
  const slot = { turns: 0, turnsSince: 0 };
  const turns = Array.from({ length: 20 }, (_, i) => takeTurn(slot, 1000 + i));
  assert.equal(turns.filter(Boolean).length, 6);
  assert.equal(takeTurn(slot, 2000), true);
});
