/** How a page takes the engine that the background sends, and when it gives it up. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, mock, test } from "node:test";
import { RuleChanges } from "../../extension/content/rule-changes.ts";
import { contextNow } from "../../extension/shared/context.ts";
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
const events = {
  addEventListener: (name: string, listener: () => void) => void listeners.set(name, listener),
  removeEventListener: (name: string) => void listeners.delete(name),
};
const page = { hidden: false, ...events };
scope.document = page;
Object.assign(scope, events);
const hide = (hidden: boolean) => {
  page.hidden = hidden;
  listeners.get("visibilitychange")?.();
};
/** What `performance.now` says, and how long an engine takes for a batch. */
let clock = 0;
let takes = 0;
performance.now = () => clock;
scope.requestIdleCallback = (job: () => void) => void idle.push(job);

const { Near } = await import("../../extension/content/near.ts");

/** The context that an engine was given last, as JSON. */
let context = "";

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
      clock += takes;
      context = asked.slice(0, asked.indexOf("\n"));
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
  const troubles: string[] = [];
  /** What it knew each time that it said to be ready. */
  const readied: Array<ReadonlySet<string> | null> = [];
  const it: InstanceType<typeof Near> = new Near({
    tell: (message) => void told.push(message),
    samples: () => samples,
    ready: () => void readied.push(it.ready ? it.fields : null),
    trouble: (words) => void troubles.push(words),
  });
  const asked = () => {
    const last = told.findLast((message) => message.type === "near");
    assert.ok(last?.type === "near");
    return last.seq;
  };
  /** What the background sends of an engine; `trap`: one that traps. */
  const parts = (seq: number, trap = false, build = "b"): EngineMessage[] => [
    { type: "near-begin", seq, build, size: 3 * PAGE, parts: 2, orders: true, fields: ["text"] },
    { type: "near-part", seq, at: 0, bytes: btoa(`\0\0\0\0\0\0\0${trap ? "\x01" : "\0"}`) },
    { type: "near-part", seq, at: 2 * PAGE, bytes: new Uint8Array([1, 2, 3]) },
  ];
  const hear = async (messages: EngineMessage[]) => {
    for (const message of messages) it.hear(message);
    await new Promise((resolve) => setImmediate(resolve));
    idleAll();
  };
  const send = (seq: number, trap = false, build = "b") => hear(parts(seq, trap, build));
  /** Asks for an engine, and takes it. */
  const come = async () => {
    it.want();
    idleAll();
    await send(asked());
    assert.equal(it.ready, true);
  };
  const asks = () => told.filter(({ type }) => type === "near").length;
  return { it, told, troubles, readied, asked, asks, parts, hear, send, come };
}

describe("an engine on the page", () => {
  beforeEach(() => {
    idle = [];
    page.hidden = false;
    takes = 0;
    mock.timers.enable({ apis: ["setTimeout"] });
    scope[NEAR_HANDLE] = { build: "b", make: engine };
  });
  afterEach(() => mock.timers.reset());

  test("comes when it is wanted, decides, and says what is to be read for it", async () => {
    const { it, asked, send, troubles, readied } = near(['{"id":"s"}']);
    assert.deepEqual([it.decide("[]"), it.fields], [null, null]);
    it.want();
    idleAll();
    await send(asked());
    assert.equal(it.ready, true);
    assert.equal(it.orders, true);
    assert.deepEqual(it.fields, new Set(["text"]));
    assert.deepEqual(readied, [new Set(["text"])]);
    const verdicts = it.decide('[{"id":"é"},{"id":"b"}]');
    assert.deepEqual(
      verdicts?.map(({ id, action }) => [id, action]),
      [
        ["é", "hide"],
        ["b", "hide"],
      ],
    );
    takes = 100;
    for (let round = 0; round < 5; round++) assert.equal(it.practise('[{"id":"p"}]'), true);
    it.stop();
    assert.equal(it.fields, null);
    assert.equal(it.practise("[]"), false);
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
      assert.deepEqual([it.decide('[{"id":"a"}]'), it.fields], [null, null]);
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
    other.it.hear({ type: "near-none", seq: other.asked(), why: "some rule counts posts" });
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
    hide(false);
    idleAll();
    await send(asked());
    assert.equal(it.ready, true);
    it.stop();
  });

  test("is put together of the parts of one send, however two run into each other", async () => {
    const { it, asked, parts, hear } = near();
    it.want();
    idleAll();
    const first = asked();
    // The background is not heard of for a while, and then of both at once.
    clock += 60_000;
    it.want();
    idleAll();
    const [begin, ...rest] = parts(asked());
    const [stale, trap] = parts(first, true);
    assert.ok(begin && stale && trap && rest[0]);
    await hear([stale, begin, trap, rest[0], trap]);
    assert.equal(it.ready, false);
    await hear(rest.slice(1));
    assert.equal(it.ready, true);
    assert.equal(it.decide('[{"id":"a"}]')?.[0]?.action, "hide");
    it.stop();
  });

  test("takes no part without a beginning, none too many, and no second beginning", async () => {
    const { it, asked, parts, hear } = near(['{"id":"s"}']);
    it.want();
    idleAll();
    const [begin, ...rest] = parts(asked());
    const [trap] = parts(asked(), true).slice(1);
    assert.ok(begin && trap);
    await hear([trap, ...rest]);
    assert.equal(it.ready, false);
    await hear([begin, ...rest, trap, trap]);
    await hear([trap, begin, trap]);
    assert.equal(it.decide('[{"id":"a"}]')?.[0]?.action, "hide");
    it.stop();
  });

  test("that has failed stays away: parts, a look away and a long one change nothing", async () => {
    const { it, asked, asks, parts, hear, send, troubles } = near();
    it.want();
    idleAll();
    hide(true);
    await send(asked(), true);
    assert.equal(it.decide('[{"id":"a"}]'), null);
    assert.equal(troubles.length, 1);
    await hear(parts(asked()));
    mock.timers.tick(200_000);
    hide(false);
    hide(true);
    mock.timers.tick(200_000);
    hide(false);
    idleAll();
    await hear(parts(asked()));
    assert.equal(it.ready, false);
    assert.deepEqual([asks(), troubles.length], [1, 1]);
    it.stop();
  });

  test("is given up after two minutes out of sight, no sooner, and comes again with the page", async () => {
    const { it, asks, asked, send, come } = near();
    await come();
    hide(true);
    mock.timers.tick(119_000);
    hide(false);
    mock.timers.tick(200_000);
    assert.equal(it.ready, true);
    hide(true);
    mock.timers.tick(120_000);
    assert.equal(it.ready, false);
    idleAll();
    assert.equal(asks(), 1);
    hide(false);
    idleAll();
    await send(asked());
    assert.deepEqual([it.ready, asks()], [true, 2]);
    it.stop();
  });

  test("is given up for good when it is slow three times in a row, not when it is now and then", async () => {
    const { it, come, troubles, asks } = near();
    await come();
    for (const slow of [true, true, false, true, true]) {
      takes = slow ? 61 : 60;
      assert.notEqual(it.decide('[{"id":"a"}]'), null);
    }
    assert.equal(it.ready, true);
    takes = 61;
    // What it has decided stands.
    assert.notEqual(it.decide('[{"id":"a"}]'), null);
    assert.equal(it.ready, false);
    assert.match(troubles.join(" "), /too slow/);
    it.want();
    idleAll();
    assert.equal(asks(), 1);
    it.stop();
  });

  test("is not kept away by a word about other rules", async () => {
    const { it, asked, asks, hear, come } = near();
    it.want();
    idleAll();
    const stale = asked();
    it.drop();
    it.want();
    await hear([{ type: "near-none", seq: stale, why: "some rule counts posts" }]);
    // The answer to the second question was lost.
    clock += 60_000;
    await come();
    assert.equal(asks(), 3);
    it.stop();
  });

  test("is told the time, and how far the clock here is from UTC: east is positive", async () => {
    const zone = process.env.TZ;
    const { it, come } = near();
    await come();
    try {
      for (const [place, minutes] of [
        ["Asia/Kolkata", 330],
        ["America/Phoenix", -420],
        ["UTC", 0],
      ] as const) {
        process.env.TZ = place;
        it.decide("[]");
        const { now, ...rest } = JSON.parse(context) as { now: number };
        assert.ok(Math.abs(now - Date.now() / 1000) < 600);
        assert.deepEqual(rest, { utc_offset: minutes, no_models: true });
        const { now: _, ...more } = JSON.parse(contextNow({ visit: "v", no_models: false })) as {
          now: number;
        };
        assert.deepEqual(more, { utc_offset: minutes, no_models: false, visit: "v" });
      }
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
      it.stop();
    }
  });
});

test("a change of rules that is told two ways is carried out once", () => {
  const changes = new RuleChanges();
  assert.equal(changes.isNew(4, "port"), true);
  assert.equal(changes.isNew(4, "storage"), false);
  assert.equal(changes.isNew(5, "storage"), true);
  assert.equal(changes.isNew(5, "port"), false);
  // Two that were told fast, and one that storage did not take.
  assert.deepEqual([changes.isNew(6, "port"), changes.isNew(7, "port")], [true, true]);
  assert.equal(changes.isNew(7, "port"), true);
});
