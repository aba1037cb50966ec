import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { places } from "../../extension/content/arrange.ts";
import { dressOf, foldedWords } from "../../extension/content/dress.ts";
import { KnownPosts, MAX_KNOWN, sameContent, sameWords, verdictOf } from "../../extension/content/known.ts";
import { marksNamed, sheetText, sign, signedName, TOKEN } from "../../extension/content/marks.ts";
import type { Post, Verdict } from "../../extension/shared/post.ts";

const verdict = (over: Partial<Verdict>): Verdict => ({
  id: "1",
  action: "show",
  labels: [],
  highlight: false,
  score: 0,
  reasons: [],
  ...over,
});
const marks = marksNamed("data-abcdefgh");

describe("a verdict becomes", () => {
  for (const [name, given, tokens] of [
    ["nothing for show", verdict({}), ["o"]],
    ["nothing for keep", verdict({ action: "keep" }), ["o"]],
    ["absence for hide", verdict({ action: "hide" }), ["o", TOKEN.hide]],
    ["a line for collapse", verdict({ action: "collapse" }), ["o", TOKEN.fold]],
    ["blurred pictures", verdict({ action: "blur", blur: "media" }), ["o", TOKEN.blurMedia]],
    ["a blurred post", verdict({ action: "blur", blur: "all" }), ["o", TOKEN.blurAll]],
    ["a pale post, set off", verdict({ action: "dim", highlight: true }), ["o", TOKEN.highlight, TOKEN.dim]],
  ] as const) {
    test(name, () => assert.deepEqual(dressOf(given, false, false, false).tokens, tokens));
  }

  test("nothing at all once the reader asked to see the post", () => {
    assert.deepEqual(dressOf(verdict({ action: "hide", labels: ["x"] }), true, false, false), {
      tokens: ["o"],
      bar: null,
      labels: [],
    });
  });

  test("the message of a limit on one post, and absence for the others", () => {
    const over = verdict({ action: "hide", note: "Enough for today." });
    assert.equal(dressOf(over, false, false, true).bar, "Enough for today.");
    assert.deepEqual(dressOf(over, false, false, false).tokens, ["o", TOKEN.hide]);
  });

  test("a cover while a model is asked, and the post when its time is up", () => {
    const unsure = verdict({ unsure: { show: "veil", deadline: 2 } });
    assert.deepEqual(dressOf(unsure, false, true, false).tokens, [TOKEN.wait]);
    assert.deepEqual(dressOf(unsure, false, false, false).tokens, ["o"]);
    assert.deepEqual(dressOf(verdict({ unsure: { show: "blur", deadline: 2 } }), false, true, false).tokens, [
      "o",
      TOKEN.blurAll,
    ]);
  });

  test("a line in the rule's own words, or its evidence", () => {
    const reason = {
      pack: "p",
      rule: "collapse if repost",
      line: 1,
      effect: "collapse",
      evidence: ["repost"],
    };
    assert.equal(
      foldedWords(verdict({ action: "collapse", reasons: [{ ...reason, because: "an echo" }] })),
      "Folded: an echo.",
    );
    assert.equal(foldedWords(verdict({ action: "collapse", reasons: [reason] })), "Folded: repost.");
    assert.equal(foldedWords(verdict({ action: "collapse" })), "Folded by your rules.");
  });
});

describe("the style sheet", () => {
  test("names nothing of ours", () => {
    assert.doesNotMatch(sheetText(marks, ["article"], "sig"), /diffract|veil|shell/i);
  });

  test("covers only what is not marked, and ends by itself", () => {
    assert.match(
      sheetText(marks, ["article", "li"], ""),
      /:is\(article,li\):not\(\[data-abcdefgh\]\)\{animation:abcdefgh0 4s/,
    );
    assert.doesNotMatch(sheetText(marks, [], ""), /:not\(\[data-abcdefgh\]\)/);
  });

  test("is known for ours by whoever knows the secret, and by nobody else", () => {
    const first = sheetText(marks, [], sign("secret-secret", marks.name)).split("\n")[0] ?? "";
    assert.equal(signedName(first, "secret-secret"), marks.name);
    assert.equal(signedName(first, "another-secret"), null);
    // As browsers print it.
    const printed = first.replace("{", " { ").replace(":", ": ").replace("}", "; }");
    assert.equal(signedName(printed, "secret-secret"), marks.name);
    assert.equal(signedName("[data-abcdefgh] { color: red; }", "secret-secret"), null);
  });
});

describe("what is known of posts", () => {
  const post = (over: Partial<Post> = {}): Post => ({ id: "1", text: "words", likes: 3, ...over });

  test("an age that ticks and a place that moves change nothing", () => {
    assert.ok(sameContent(post({ age: 1, position: 1 }), post({ age: 2, position: 9 })));
    assert.ok(sameContent(post({ links: ["a", "b"] }), post({ links: ["a", "b"] })));
  });

  test("a counter that ticks is asked again but is no edit; other words are", () => {
    assert.ok(!sameContent(post(), post({ likes: 4 })));
    assert.ok(sameWords(post(), post({ likes: 4 })));
    const known = new KnownPosts();
    known.judge(known.learn(post()), verdict({}));
    const ticked = known.learn(post({ likes: 4 }));
    assert.deepEqual([ticked.stale, ticked.verdict !== null, verdictOf(ticked)], [true, true, null]);
    for (const edit of [{ promoted: true }, { author: "a" }, { repost: true }, { hashtags: ["a"] }]) {
      assert.ok(!sameWords(post(edit), post()), JSON.stringify(edit));
      assert.ok(!sameWords(post(), post(edit)), JSON.stringify(edit));
    }
    assert.ok(!sameWords(post({ links: ["a", "b"] }), post({ links: ["b", "a"] })));
  });

  test("two contents under one id have a verdict each", () => {
    const known = new KnownPosts();
    const one = known.learn(post());
    const other = known.learn(post({ text: "other words" }));
    assert.notEqual(one, other);
    known.judge(one, verdict({ action: "hide" }));
    assert.deepEqual([verdictOf(one)?.action, verdictOf(other)], ["hide", null]);
    assert.equal(known.learn(post()), one, "read again, it is the same");
    known.age();
    assert.equal(verdictOf(one), null);
  });

  test("a part that agrees in what rules ask for is the same content, and what it leaves out is kept", () => {
    const known = new KnownPosts();
    const whole = known.learn(post({ name: "Ada" }));
    known.judge(whole, verdict({ action: "hide" }));
    const fields = new Set(["text", "age"]);
    const again = known.learn({ id: "1", text: "words", age: 9, position: 4 }, fields);
    assert.equal(again, whole);
    assert.deepEqual(again.post, { id: "1", text: "words", likes: 3, name: "Ada", age: 9, position: 4 });
    assert.deepEqual([again.fields, verdictOf(again)?.action], [fields, "hide"]);
    for (const other of [{ text: "other words" }, { surface: "search" } as const, {}]) {
      const edited = known.learn({ id: "1", ...other }, fields);
      assert.notEqual(edited, whole, JSON.stringify(other));
      assert.equal(verdictOf(edited), null);
      assert.equal(edited.post.name, undefined);
    }
    assert.ok(sameWords(post({ name: "Ada" }), post(), fields));
    assert.ok(!sameWords(post({ text: "other" }), post(), fields));
    assert.equal(known.learn(post({ name: "Ada", age: 10 })).fields, null);
  });

  test("what the rules in force have not seen is known, of the latest that are asked for", () => {
    const known = new KnownPosts();
    known.judge(known.learn(post()), verdict({ action: "hide" }));
    known.judge(known.learn(post({ id: "2" })), verdict({ id: "2" }));
    assert.deepEqual(known.undecided(9), []);
    known.age();
    const ids = (limit: number) => known.undecided(limit).map((one) => one.post.id);
    assert.deepEqual([ids(9), ids(1), ids(0)], [["1", "2"], ["2"], []]);
    known.judge(known.undecided(9)[0] as never, verdict({}));
    assert.deepEqual(ids(9), ["2"]);
  });

  test("the contents of one id are bounded", () => {
    const known = new KnownPosts();
    const first = known.learn(post({ likes: 0 }));
    for (let likes = 1; likes <= 100; likes++) known.learn(post({ likes }));
    assert.notEqual(known.learn(post({ likes: 0 })), first);
    assert.equal(known.seen, 1);
  });

  test("the latest tell on how many places the page shows them", () => {
    const known = new KnownPosts();
    known.judge(known.learn(post()), verdict({}));
    assert.equal(known.latest(9, new Map([["1", 2]]))[0]?.places, 2);
    assert.equal(known.latest(9, new Map())[0]?.places, 0);
  });

  test("each post is counted once, with its last action", () => {
    const known = new KnownPosts();
    known.judge(known.learn(post()), verdict({ action: "hide" }));
    known.judge(known.learn(post()), verdict({ action: "collapse" }));
    known.learn(post({ id: "2" }));
    assert.deepEqual([known.seen, known.counts(), known.touched()], [2, { collapse: 1, show: 1 }, 1]);
  });

  test("it is bounded; the longest unseen goes first", () => {
    const known = new KnownPosts();
    for (let i = 0; i <= MAX_KNOWN; i++) known.learn(post({ id: `p${i}` }));
    assert.equal(known.get("p0"), undefined);
    assert.notEqual(known.get(`p${MAX_KNOWN}`), undefined);
    assert.equal(known.seen, MAX_KNOWN + 1);
  });
});

describe("posts put in order", () => {
  test("share out the places that posts had; what stands between them stays", () => {
    assert.deepEqual(places([0, 2, 3], [2, 0, 1], new Map()), [2, 3, 0]);
  });

  test("leave those the reader has seen where they are", () => {
    assert.deepEqual(places([0, 1, 2, 3], [3, 2, 1, 0], new Map([[0, 0]])), [0, 3, 2, 1]);
  });
});
