/** Where posts of a long feed stand, and what is drawn of it. No browser is needed to say so. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Anchor, anchorAt, Heights, placeOf, spanFor } from "../../extension/pages/reader/heights.ts";

const keys = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, index) => `p${index + from}`);
const indexOf = (list: readonly string[]): Map<string, number> =>
  new Map(list.map((key, index) => [key, index]));

function of(list: readonly string[], height: (index: number) => number | undefined): Heights {
  const heights = new Heights();
  heights.take(list);
  for (const [index, key] of list.entries()) {
    const given = height(index);
    if (given !== undefined) heights.set(key, given);
  }
  return heights;
}

describe("heights", () => {
  test("are guessed from those that were measured", () => {
    const heights = of(keys(10), (index) => (index < 4 ? 100 + index * 20 : undefined));
    assert.equal(heights.offset(4), 520);
    assert.equal(heights.offset(5), 650, "the mean of four");
    assert.equal(heights.total, 520 + 6 * 130);
  });

  test("say which post stands at a place, also before the first and behind the last", () => {
    const heights = of(keys(2000), (index) => 50 + (index % 7) * 30);
    for (const index of [0, 1, 999, 1999]) {
      assert.equal(heights.at(heights.offset(index)), index);
      assert.equal(heights.at(heights.offset(index) + 49), index);
    }
    assert.equal(heights.at(-500), 0);
    assert.equal(heights.at(1e9), 1999);
    assert.equal(new Heights().at(100), 0);
  });

  test("outlive the list they were measured in, but not for ever", () => {
    const heights = of(keys(12_000), () => 80);
    heights.take(keys(10, 11_990));
    assert.equal(heights.doubt().length, 10);
    heights.take(keys(5, 11_995));
    assert.equal(heights.total, 400);
  });
});

describe("what is drawn", () => {
  test("covers the window and what is spared around it, and stays small", () => {
    const heights = of(keys(2000), (index) => 60 + (index % 11) * 40);
    for (const top of [0, 1, 12_345, 250_000, heights.total - 800]) {
      const { first, end } = spanFor(heights, top, 800, 700);
      assert.ok(heights.offset(first) <= Math.max(0, top - 700), `${top}: begins in time`);
      assert.ok(end === 2000 || heights.offset(end) >= top + 1500, `${top}: ends late enough`);
      assert.ok(end - first <= 60, `${top}: ${end - first} posts`);
    }
    assert.deepEqual(spanFor(new Heights(), 0, 800, 700), { first: 0, end: 0 });
  });
});

describe("what is being read", () => {
  const anchor = (heights: Heights, list: readonly string[], top: number): Anchor => {
    const found = anchorAt(heights, list, top);
    assert.ok(found);
    return found;
  };

  test("stays where it is when posts above it turn out higher", () => {
    const list = keys(100);
    const heights = of(list, () => 100);
    const held = anchor(heights, list, 2030);
    heights.set("p3", 400);
    assert.equal(placeOf(held, heights, indexOf(list)), 2330);
  });

  test("stays where it is when posts come and go above it", () => {
    const before = keys(100);
    const heights = of(before, () => 100);
    const held = anchor(heights, before, 2030);
    const after = ["new 1", "new 2", ...before.filter((key) => key !== "p7")];
    heights.take(after);
    heights.set("new 1", 150);
    heights.set("new 2", 150);
    assert.equal(placeOf(held, heights, indexOf(after)), 2030 + 300 - 100);
  });

  test("gives way to the next post when it goes itself", () => {
    const before = keys(100);
    const heights = of(before, () => 100);
    const held = anchor(heights, before, 2030);
    const after = before.filter((key) => key !== "p20" && key !== "p21");
    heights.take(after);
    assert.equal(placeOf(held, heights, indexOf(after)), 2000, "p22 stands there now");
    heights.take(keys(5));
    assert.equal(placeOf(held, heights, indexOf(keys(5))), null);
  });

  test("is nothing at the top: what is new comes first there", () => {
    assert.equal(
      anchorAt(
        of(keys(3), () => 100),
        keys(3),
        0,
      ),
      null,
    );
    assert.equal(anchorAt(new Heights(), [], 500), null);
  });
});
