/** What is kept of requests until their answers come. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { RequestBodies, requestText } from "../../extension/background/wire/request-bodies.ts";

const raw = (...parts: Array<string | number[]>) => ({
  raw: parts.map((part) => ({
    bytes: (typeof part === "string" ? new TextEncoder().encode(part) : new Uint8Array(part)).buffer,
  })),
});

test("reads JSON as it was sent, in however many parts, and forms as addresses hold them", () => {
  assert.equal(requestText(raw('{"a":1}')), '{"a":1}');
  assert.equal(requestText(raw([0xc3], [0xa4])), "ä");
  assert.equal(
    requestText({ formData: { variables: ['{"cursor":"a b"}'], list: ["1", "2"] } }),
    "variables=%7B%22cursor%22%3A%22a+b%22%7D&list=1&list=2",
  );
});

test("leaves out what is no text, holds a file, is empty or too long", () => {
  for (const body of [
    {},
    raw(),
    raw([0xff, 0xfe]),
    raw([0xc3]),
    { raw: [...raw("a").raw, {}] },
    raw("a".repeat((256 << 10) + 1)),
    { formData: { text: ["a".repeat(256 << 10)] } },
  ])
    assert.equal(requestText(body), undefined);
});

test("gives a body once, and keeps the newest", () => {
  const bodies = new RequestBodies();
  for (let n = 0; n < 100; n++) bodies.note(String(n), raw(`{"n":${n}}`));
  assert.equal(bodies.take("0"), undefined);
  assert.equal(bodies.take("99"), '{"n":99}');
  assert.equal(bodies.take("99"), undefined);
});
