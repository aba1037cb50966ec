/** What no rule asks for is read later, and what was decided on the page is told then. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, mock, test } from "node:test";
import { type Known, KnownPosts } from "../../extension/content/known.ts";
import type { PageReader } from "../../extension/content/page-reader.ts";
import type { Slot, Slots } from "../../extension/content/slots.ts";
import type { Post } from "../../extension/shared/post.ts";

const scope = globalThis as unknown as Record<string, unknown>;
const listeners = new Map<string, () => void>();
const events = {
  addEventListener: (name: string, listener: () => void) => void listeners.set(name, listener),
  removeEventListener: (name: string) => void listeners.delete(name),
};
const page = { hidden: false, ...events };
let idle: IdleRequestCallback[] = [];

const { Completing } = await import("../../extension/content/completing.ts");
const { Decided } = await import("../../extension/content/decided.ts");

/** An idle moment of so many milliseconds, of which each item takes one. */
let left = 0;
const moment = (milliseconds: number, didTimeout = false) => {
  left = milliseconds;
  for (const job of idle.splice(0)) job({ didTimeout, timeRemaining: () => left });
};

const FIELDS: ReadonlySet<string> = new Set(["text"]);

/** Items that hold a post each, of which only the text was read. */
function items(count: number) {
  const known = new KnownPosts();
  const steps: string[] = [];
  const made = Array.from({ length: count }, (_, at): Slot => {
    const id = `p${at}`;
    const item = { id, isConnected: true } as unknown as Element;
    const dressed = {
      expose: () => {
        steps.push(`expose ${id}`);
        return () => void steps.push(`cover ${id}`);
      },
    };
    return { item, boxes: [item], dressed, known: known.learn({ id, text: "t" }, FIELDS) } as unknown as Slot;
  });
  const slots = { get: (item: Element) => made.find((slot) => slot.item === item) } as unknown as Slots;
  /** What each item holds by now. */
  const holds = new Map(made.map(({ item }) => [item, item.id]));
  const reader = {
    readRest: (item: Element, part: Post, fields: ReadonlySet<string>) => {
      assert.equal(fields, FIELDS);
      steps.push(`read ${part.id}`);
      left--;
      if (part.id === "p13") throw new Error("a page that bites");
      return holds.get(item) === part.id ? { ...part, name: `of ${part.id}` } : null;
    },
  } as unknown as PageReader;
  const changed: string[] = [];
  const completing = new Completing(slots, reader, ({ post }) => void changed.push(post.id));
  for (const slot of made) completing.add(slot);
  const named = () => made.flatMap(({ known: one }) => (one?.fields === null ? (one.post.name ?? []) : []));
  return { completing, made, holds, steps, named, changed };
}

beforeEach(() => {
  idle = [];
  page.hidden = false;
  scope.document = page;
  Object.assign(scope, events);
  scope.requestIdleCallback = (job: IdleRequestCallback) => void idle.push(job);
});

describe("the rest of posts", () => {
  test("is read in idle moments, as much as they have time for", () => {
    const { named } = items(9);
    moment(2);
    assert.deepEqual(named(), []);
    moment(8);
    assert.equal(named().length, 8);
    moment(8);
    assert.deepEqual([named().length, idle.length], [9, 0]);
  });

  test("is read all the same where no idle moment comes", () => {
    const { named } = items(30);
    moment(0, true);
    // One item could not be read, and cost no other its reading.
    assert.deepEqual([named().length, idle.length], [29, 0]);
  });

  test("is read with what hides the posts taken off, and put on again", () => {
    const { steps } = items(2);
    moment(9);
    assert.deepEqual(steps, ["expose p0", "expose p1", "read p0", "read p1", "cover p0", "cover p1"]);
  });

  test("is read at once of those that are wanted, and of no item that holds another post or none", () => {
    const { completing, made, holds, named } = items(5);
    const [first, second, third, fourth] = made;
    assert.ok(first?.known && second && third && fourth);
    assert.equal(completing.finish([first.known]), true);
    assert.deepEqual(named(), ["of p0"]);
    assert.equal(completing.finish([first.known]), false);
    holds.set(second.item, "another");
    (third as { known: Known | null }).known = null;
    (fourth.item as { isConnected: boolean }).isConnected = false;
    assert.equal(completing.finish(), true);
    assert.deepEqual(named(), ["of p0", "of p4"]);
    assert.equal(completing.finish(), false);
  });

  test("is told of where it has changed since it was read before", () => {
    const { completing, made, changed } = items(2);
    moment(9);
    assert.deepEqual(changed, ["p0", "p1"]);
    for (const slot of made) {
      if (slot.known) slot.known.fields = FIELDS;
      completing.add(slot);
    }
    moment(9);
    assert.equal(changed.length, 2);
  });

  test("that waits when the page is given back is not read", () => {
    const { completing, named } = items(3);
    completing.stop();
    moment(9);
    assert.deepEqual(named(), []);
  });
});

describe("what was decided on the page", () => {
  beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
  afterEach(() => mock.timers.reset());

  const decided = () => {
    const told: Post[][] = [];
    const times: number[] = [];
    const it = new Decided({
      complete: (contents) => {
        for (const one of contents) one.post = { ...one.post, name: "whole" };
      },
      tell: (posts, when) => {
        told.push(JSON.parse(posts) as Post[]);
        times.push(when);
      },
    });
    const known = new KnownPosts();
    const learn = (id: string): Known => known.learn({ id });
    const note = (...ids: string[]) => it.note(ids.map(learn));
    const again = (id: string, judged: boolean) => {
      const one = learn(id);
      if (judged)
        known.judge(one, { id, action: "show", labels: [], highlight: false, score: 0, reasons: [] });
      it.noteAgain(one);
    };
    return { it, told, times, note, again };
  };

  test("is told a second later, and when it was, and at once when the page is hidden or left", () => {
    const { it, told, times, note } = decided();
    const before = Date.now();
    note("a", "b");
    mock.timers.tick(999);
    assert.equal(told.length, 0);
    mock.timers.tick(1);
    assert.deepEqual(told, [
      [
        { id: "a", name: "whole" },
        { id: "b", name: "whole" },
      ],
    ]);
    assert.ok(times.every((when) => Number.isInteger(when) && when >= before && when <= Date.now()));
    note("c");
    page.hidden = true;
    listeners.get("visibilitychange")?.();
    assert.equal(told.length, 2);
    note("d");
    assert.equal(told.length, 3);
    page.hidden = false;
    listeners.get("visibilitychange")?.();
    note("e");
    listeners.get("pagehide")?.();
    assert.equal(told.length, 4);
    mock.timers.tick(10_000);
    it.stop();
    assert.equal(told.length, 4);
    assert.equal(listeners.get("pagehide"), undefined);
  });

  test("is told again where it has changed, once it was told, and what is not decided is not", () => {
    const { it, told, note, again } = decided();
    note("a");
    again("a", true);
    again("b", false);
    mock.timers.tick(1000);
    assert.deepEqual(told, [[{ id: "a", name: "whole" }]]);
    again("a", true);
    it.stop();
    assert.equal(told.length, 2);
  });

  test("is told batch by batch, and in parts that a message can carry", () => {
    const { it, told, note } = decided();
    note("a");
    note(...Array.from({ length: 250 }, (_, at) => `p${at}`));
    it.stop();
    assert.deepEqual(
      told.map((posts) => posts.length),
      [1, 200, 50],
    );
  });
});
