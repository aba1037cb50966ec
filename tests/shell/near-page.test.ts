/** How a page takes the engine that the background sends, and when it gives it up. */
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import type { EngineMessage, ShellMessage } from "../../extension/shared/messages.ts";
import { NEAR_HANDLE, type NearInstance } from "../../extension/shared/near.ts";

const PAGE = 64 << 10;
const AT = 1024;
const scope = globalThis as unknown as Record<string, unknown>;

/** Idle moments that were asked for. */
let idle: Array<() => void> = [];
const idleAll = () => {
  for (let rounds = 0; idle.length > 0 && rounds < 50; rounds++) for (const job of idle.splice(0)) job();
};
const listeners = new Map<string, () => void>();
const page = {
  hidden: false,
  addEventListener: (name: string, listener: () => void) => void listeners.set(name, listener),
  removeEventListener: (name: string) => void listeners.delete(name),
};
scope.document = page;
scope.requestIdleCallback = (job: () => void) => void idle.push(job);

const { Near } = await import("../../extension/content/near.ts");

/** An engine that hides whatever it is asked about, and traps where its memory says so. */
function engine(): NearInstance {
  let buffer = new ArrayBuffer(PAGE);
  let answer = new Uint8Array();
  return {
    memory: {
      get buffer() {
        return buffer;
      },
      grow(pages) {
        const larger = new ArrayBuffer(buffer.byteLength + pages * PAGE);
        new Uint8Array(larger).set(new Uint8Array(buffer));
        buffer = larger;
        return 0;
      },
    },
    input: () => AT,
    output: () => buffer.byteLength - PAGE,
    output_length: () => answer.length,
    restore: () => 0,
    decide(length) {
      const bytes = new Uint8Array(buffer);
      if (bytes[7] === 1) throw new WebAssembly.RuntimeError("unreachable");
      const asked = new TextDecoder().decode(bytes.subarray(AT, AT + length));
      const posts = JSON.parse(asked.slice(asked.indexOf("\n") + 1)) as Array<{ id: string }>;
      const verdict = { action: "hide", labels: [], highlight: false, score: 0, reasons: [] };
      answer = new TextEncoder().encode(JSON.stringify(posts.map(({ id }) => ({ id, ...verdict }))));
      bytes.set(answer, buffer.byteLength - PAGE);
      return 1;
    },
  };
}

function near(samples: string[] = []) {
  const told: ShellMessage[] = [];
  const decided: string[] = [];
  const troubles: string[] = [];
  const it = new Near({
    tell: (message) => void told.push(message),
    decided: (posts) => void decided.push(posts),
    samples: () => samples,
    trouble: (words) => void troubles.push(words),
  });
  const asked = () => {
    const last = told.findLast((message) => message.type === "near");
    assert.ok(last?.type === "near");
    return last.seq;
  };
  /** Sends an engine as the background would; `trap`: one that traps. */
  const send = async (seq: number, trap = false, build = "b") => {
    const parts: EngineMessage[] = [
      { type: "near-begin", seq, build, size: 3 * PAGE, parts: 2, orders: true },
      { type: "near-part", at: 0, bytes: btoa(`\0\0\0\0\0\0\0${trap ? "\x01" : "\0"}`) },
      { type: "near-part", at: 2 * PAGE, bytes: new Uint8Array([1, 2, 3]) },
    ];
    for (const part of parts) assert.equal(it.hear(part), true);
    await new Promise((resolve) => setTimeout(resolve));
    idleAll();
  };
  return { it, told, decided, troubles, asked, send };
}

describe("an engine on the page", () => {
  beforeEach(() => {
    idle = [];
    page.hidden = false;
    scope[NEAR_HANDLE] = { build: "b", make: engine };
  });

  test("comes when it is wanted, decides, and the background is told later", async () => {
    const { it, decided, asked, send, troubles } = near(['{"id":"s"}']);
    assert.equal(it.decide("[]"), null);
    it.want();
    idleAll();
    await send(asked());
    assert.equal(it.ready, true);
    assert.equal(it.orders, true);
    const verdicts = it.decide('[{"id":"é"},{"id":"b"}]');
    assert.deepEqual(
      verdicts?.map(({ id, action }) => [id, action]),
      [
        ["é", "hide"],
        ["b", "hide"],
      ],
    );
    assert.deepEqual(decided, []);
    it.stop();
    // What was decided in rehearsal was decided before, and is not told again.
    assert.deepEqual(decided, ['[{"id":"é"},{"id":"b"}]']);
    assert.deepEqual(troubles, []);
  });

  test("is dropped with the rules it knows, and one of those rules that comes late is not taken", async () => {
    const { it, asked, send } = near();
    it.want();
    idleAll();
    const first = asked();
    it.drop();
    await send(first);
    assert.equal(it.ready, false);
    it.want();
    idleAll();
    assert.notEqual(asked(), first);
    await send(first);
    assert.equal(it.ready, false);
    await send(asked());
    assert.equal(it.ready, true);
    it.drop();
    assert.equal(it.decide("[]"), null);
    it.stop();
  });

  test("that traps is not used again on this page, and says so once", async () => {
    for (const samples of [[], ['{"id":"s"}']]) {
      const { it, told, asked, send, troubles } = near(samples);
      it.want();
      idleAll();
      await send(asked(), true);
      assert.equal(it.decide('[{"id":"a"}]'), null);
      assert.equal(it.decide('[{"id":"a"}]'), null);
      assert.equal(troubles.length, 1);
      assert.match(troubles[0] ?? "", /background/);
      const before = told.length;
      it.want();
      idleAll();
      assert.equal(told.length, before);
      it.stop();
    }
  });

  test("of another build, or none at all, is not made", async () => {
    const { it, asked, send, troubles } = near();
    it.want();
    idleAll();
    await send(asked(), false, "other");
    assert.equal(it.ready, false);
    assert.equal(troubles.length, 1);
    it.stop();
    const other = near();
    other.it.want();
    idleAll();
    other.it.hear({ type: "near-none", why: "some rule counts posts" });
    other.it.want();
    idleAll();
    assert.equal(other.told.length, 1);
    assert.deepEqual(other.troubles, []);
    other.it.stop();
  });

  test("is not asked for by a page out of sight, but when it comes back", async () => {
    const { it, told, asked, send } = near();
    page.hidden = true;
    it.want();
    idleAll();
    assert.deepEqual(told, []);
    page.hidden = false;
    listeners.get("visibilitychange")?.();
    idleAll();
    await send(asked());
    assert.equal(it.ready, true);
    it.stop();
  });
});
