import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  MAX_BATCH,
  MAX_RULES,
  readBackgroundRequest,
  readEngineMessage,
  readPageRequest,
  readShellMessage,
  readVerdicts,
} from "../../extension/shared/guards.ts";
import { list, Misfit, object, optional, record, text } from "../../extension/shared/shape.ts";

const refused = (job: () => unknown, words: RegExp) =>
  assert.throws(job, (error) => error instanceof Misfit && words.test(error.message));

describe("readers of values from outside", () => {
  test("keep what they know and leave out the rest", () => {
    const read = object({ a: text(3), b: optional(text(3)) });
    assert.deepEqual(read({ a: "x", c: 1 }, "it"), { a: "x" });
    assert.deepEqual(read({ a: "x", b: "y" }, "it"), { a: "x", b: "y" });
  });

  test("say where the misfit is", () => {
    const read = object({ list: list(object({ name: text(5) }), 3) });
    refused(() => read({ list: [{ name: "a" }, { name: 7 }] }, "it"), /^it\.list\[1\]\.name is not text$/);
    refused(() => read({ list: [1, 2, 3, 4] }, "it"), /more than 3 entries/);
    refused(() => read([], "it"), /not an object/);
    refused(() => read(null, "it"), /not an object/);
  });

  test("do not fall for inherited keys", () => {
    refused(() => readPageRequest({ type: "constructor" }, "it"), /no known type/);
    refused(
      () => readPageRequest(Object.create({ type: "report", limit: 1 }) as object, "it"),
      /none of report/,
    );
    const map = record(text(9), 9)(JSON.parse('{"__proto__":"x"}'), "it");
    assert.equal(Object.getPrototypeOf(map), Object.prototype);
  });
});

describe("messages", () => {
  const posts = { type: "posts", seq: 1, host: "x.com", visit: "v", posts: "[]" };

  test("of the right shape pass", () => {
    assert.deepEqual(readShellMessage(posts, "it"), posts);
    assert.deepEqual(readEngineMessage({ type: "changed", generation: 3, more: 1 }, "it"), {
      type: "changed",
      generation: 3,
    });
    assert.deepEqual(readBackgroundRequest({ type: "set-rules", source: "x" }, "it"), {
      type: "set-rules",
      source: "x",
    });
  });

  for (const [name, message, words] of [
    ["a negative number of a batch", { ...posts, seq: -1 }, /seq is not between/],
    ["a fraction of a batch", { ...posts, seq: 0.5 }, /seq is not a whole number/],
    ["a host longer than hosts are", { ...posts, host: "a".repeat(254) }, /host is longer/],
    ["posts that are not text", { ...posts, posts: [] }, /posts is not text/],
    ["no number at all", { type: "badge", touched: Number.NaN, trouble: false }, /touched is not a number/],
    ["an unknown type", { type: "eval" }, /no known type/],
  ] as const) {
    test(`with ${name} are refused`, () => refused(() => readShellMessage(message, "it"), words));
  }

  test("with more rules than fit are refused", () => {
    refused(
      () => readBackgroundRequest({ type: "set-rules", source: "x".repeat(MAX_RULES + 1) }, "it"),
      /longer than/,
    );
  });

  test("with verdicts are read whole or not at all", () => {
    const verdict = { id: "1", action: "hide", labels: [], highlight: false, score: 0, reasons: [] };
    assert.deepEqual(readVerdicts([verdict], "it"), [verdict]);
    refused(() => readVerdicts([{ ...verdict, action: "delete" }], "it"), /action is none of/);
    refused(() => readVerdicts(Array(MAX_BATCH + 1).fill(verdict), "it"), /more than 512/);
  });
});
