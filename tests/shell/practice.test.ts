/** Practice goes on in idle moments only, on posts that show, until it was enough; and leaves nothing behind. */
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { HealthBook } from "../../extension/content/extract/health.ts";
import { type Known, KnownPosts } from "../../extension/content/known.ts";
import type { Near } from "../../extension/content/near.ts";
import type { PageReader } from "../../extension/content/page-reader.ts";
import type { Slot, Slots } from "../../extension/content/slots.ts";
import type { Action } from "../../extension/shared/post.ts";

const scope = globalThis as unknown as Record<string, unknown>;
const page = { hidden: false };
let idle: IdleRequestCallback[] = [];
const { Practice } = await import("../../extension/content/practice.ts");

/** A page that shows a post for each action; each reading takes half a millisecond. */
function practising(actions: Action[], more: Array<Partial<Slot>> = []) {
  const known = new KnownPosts();
  const slot = (action: Action, at: number): Slot => {
    const one = known.learn({ id: `p${at}`, platform: "x", host: "x.test" });
    known.judge(one, { id: one.post.id, action, labels: [], highlight: false, score: 0, reasons: [] });
    const item = { id: one.post.id, isConnected: true } as unknown as Element;
    return { item, decided: true, known: one, dressed: { veiled: false } } as unknown as Slot;
  };
  const all = actions.map(slot);
  for (const [at, change] of more.entries()) Object.assign(all[at] ?? {}, change);
  const read: string[] = [];
  const decided: string[] = [];
  let left = 0;
  const near = { fields: new Set(["text"]) as ReadonlySet<string> | null, decides: true };
  const practice = new Practice(
    { all: () => all } as unknown as Slots,
    {
      rehearse: (item: Element, fields: ReadonlySet<string>) => {
        assert.equal(fields, near.fields);
        read.push(item.id);
        left -= 0.5;
        if (item.id === "p4") throw new Error("a page that bites");
        return item.id === "p1" ? null : { id: item.id, platform: "x", host: "x.test" };
      },
    } as unknown as PageReader,
    {
      get fields() {
        return near.fields;
      },
      practise: (posts: string) => {
        decided.push(posts);
        return near.decides;
      },
    } as unknown as Near,
  );
  /** An idle moment of so many milliseconds; how many posts were read in it. */
  const moment = (milliseconds: number): number => {
    const before = read.length;
    left = milliseconds;
    for (const job of idle.splice(0)) job({ didTimeout: false, timeRemaining: () => Math.max(0, left) });
    return read.length - before;
  };
  return { practice, near, read, decided, moment };
}

describe("practice", () => {
  scope.document = page;
  scope.requestIdleCallback = (job: IdleRequestCallback) => idle.push(job);
  afterEach(() => {
    idle = [];
    page.hidden = false;
  });

  test("reads and decides what shows, again and again, and ends", () => {
    const { practice, read, decided, moment } = practising(["show", "hide", "dim", "collapse", "keep"]);
    practice.begin();
    let moments = 0;
    while (idle.length > 0 && moments < 2000) {
      moment(50);
      moments++;
    }
    assert.ok(moments > 10 && moments < 2000, `${moments} moments`);
    assert.deepEqual(new Set(read), new Set(["p0", "p2", "p4"]));
    assert.match(decided[0] ?? "", /^\[\{"id":"p0",.*"id":"p2",.*\}\]$/);
    practice.goOn();
    assert.equal(idle.length, 0, "it was enough");
    practice.begin();
    assert.equal(idle.length, 1, "another engine is practised anew");
  });

  test("takes a few milliseconds of a moment, and none of a short one", () => {
    const { practice, moment } = practising(Array.from({ length: 40 }, () => "show"));
    practice.begin();
    const long = moment(50);
    assert.ok(long > 0 && long <= 15, `${long} readings of half a millisecond`);
    assert.equal(moment(2), 0);
    assert.equal(moment(5), 5);
    page.hidden = true;
    assert.equal(moment(50), 0);
    assert.equal(idle.length, 0, "nobody practises behind the reader's back");
  });

  test("passes over what is covered, undecided, gone or unread, and waits for posts where there are none", () => {
    const gone = { id: "gone", isConnected: false } as unknown as Element;
    const { practice, read, moment } = practising(
      ["show", "show", "show", "show", "show"],
      [
        { decided: false },
        {},
        { known: null as Known | null },
        { item: gone },
        { dressed: { veiled: true } as Slot["dressed"] },
      ],
    );
    practice.begin();
    moment(5);
    assert.deepEqual(new Set(read), new Set(["p1"]));
    const empty = practising([]);
    idle = [];
    empty.practice.begin();
    assert.equal(empty.moment(50), 0);
    assert.equal(idle.length, 0);
    empty.practice.goOn();
    assert.equal(idle.length, 1);
  });

  test("ends with the engine, and with the page", () => {
    const { practice, near, decided, moment } = practising(["show"]);
    practice.begin();
    near.decides = false;
    moment(50);
    assert.equal(decided.length, 1);
    assert.equal(idle.length, 0);
    near.fields = null;
    practice.begin();
    assert.equal(moment(50), 0);
    practice.begin();
    practice.stop();
    assert.equal(moment(50), 0);
    assert.equal(idle.length, 0);
  });

  test("is not counted by the adapter's health", () => {
    const book = new HealthBook();
    const asked = () =>
      book.report("x", true, true, false).locators.map(({ asked, found }) => [asked, found]);
    book.note("item.post", 0);
    book.counts = false;
    for (let i = 0; i < 20; i++) book.note("item.post.author", -1);
    book.counts = true;
    assert.deepEqual(asked(), [[1, 1]]);
    book.note("item.post.author", 1);
    assert.deepEqual(asked(), [
      [1, 1],
      [1, 1],
    ]);
  });
});
