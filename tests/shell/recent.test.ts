/** The posts of this visit, which rules are tried out on: bounded, in memory, kept and deleted as the reader says. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MAX_GATHERED, MAX_RECENT, MAX_RECENT_TEXT, readRecent } from "../../extension/shared/guards.ts";
import type { Answer, GatheredPosts, PostSource } from "../../extension/shared/messages.ts";
import { Area, type Background, missing, startBackground } from "./background.ts";

const post = (id: number, text = "words") => ({ platform: "x", id: String(id), text });

async function recent(background: Background): Promise<{ ids: string[]; kept: boolean; size: number }> {
  const answer = await background.ask({ type: "recent" });
  if (!answer.ok) throw new Error(answer.message);
  const { posts, kept } = readRecent(answer.value, "the answer");
  return { ids: (JSON.parse(posts) as { id: string }[]).map(({ id }) => id), kept, size: posts.length };
}

const kept = new Map<string, unknown>();
const keptIds = (store: Map<string, unknown>) =>
  ((store.get("recent") as { posts: string[] } | undefined)?.posts ?? []).map(
    (one) => (JSON.parse(one) as { id: string }).id,
  );

describe("the posts of this visit", { skip: missing }, () => {
  test("are those that were decided, newest last, each once", async () => {
    const background = await startBackground({ version: 1 });
    await background.batch(JSON.stringify([post(1), post(2), post(3)]));
    await background.batch(
      JSON.stringify([post(2, "edited"), 7, { text: "no id" }, { platform: "reddit", id: "1" }]),
    );
    assert.deepEqual(await recent(background), {
      ids: ["1", "3", "2", "1"],
      kept: false,
      size: (await recent(background)).size,
    });
  });

  test("are the newest of all, and not more than can be held", async () => {
    const background = await startBackground({ version: 1 });
    for (let batch = 0; batch < 3; batch += 1)
      await background.batch(
        JSON.stringify(Array.from({ length: 300 }, (_, index) => post(batch * 300 + index))),
      );
    const { ids } = await recent(background);
    assert.equal(ids.length, MAX_RECENT);
    assert.deepEqual([ids[0], ids.at(-1)], ["400", "899"]);
    await background.batch(JSON.stringify([1, 2, 3, 4, 5, 6].map((id) => post(id, "long ".repeat(180_000)))));
    assert.ok((await recent(background)).size <= MAX_RECENT_TEXT + 2);
  });

  test("are none of a private window's", async () => {
    const background = await startBackground({ version: 1 });
    await background.batch(JSON.stringify([post(1)]), true);
    await background.batch(JSON.stringify([post(2)]));
    assert.deepEqual((await recent(background)).ids, ["2"]);
  });

  test("are those too that a page decided by itself, private windows aside", async () => {
    const background = await startBackground({ version: 1 });
    const told = (id: number, when: number) =>
      ({ type: "decided", visit: "v", posts: JSON.stringify([post(id)]), when }) as const;
    const decided = Date.now() - 60_000;
    background.tell(told(1, decided));
    background.tell(told(2, decided), true);
    background.tell(told(3, decided), null);
    // A page's word on the time is not taken for more than it can be.
    background.tell(told(4, Date.now() + 1e9));
    assert.deepEqual((await recent(background)).ids, ["1", "4"]);
    const answer = (await background.ask({ type: "gathered" })) as Answer<GatheredPosts>;
    assert.ok(answer.ok);
    const [first, last] = JSON.parse(answer.value.sources) as PostSource[];
    assert.equal(first?.seen, Math.round(decided / 1000));
    assert.ok(last !== undefined && last.seen <= Date.now() / 1000 + 1);
  });

  test("that a page tells of after they were deleted do not come back", async () => {
    const background = await startBackground({ version: 1 });
    const when = Date.now() - 1;
    await background.batch(JSON.stringify([post(1)]));
    assert.equal((await background.ask({ type: "forget-recent" })).ok, true);
    background.tell({ type: "decided", visit: "v", posts: JSON.stringify([post(1)]), when });
    background.tell({ type: "decided", visit: "v", posts: JSON.stringify([post(2)]), when: Date.now() });
    assert.deepEqual((await recent(background)).ids, ["2"]);
  });

  test("are none of a tab that the browser does not name: it may be private", async () => {
    const background = await startBackground({ version: 1 });
    await background.batch(JSON.stringify([post(1)]), null);
    assert.deepEqual((await recent(background)).ids, []);
  });

  test("that are deleted while they are loaded stay deleted", async () => {
    const session = new Area({ recent: { form: 1, posts: [JSON.stringify(post(1))] } });
    const { get } = session;
    let asked = () => {};
    let goOn = () => {};
    const begun = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    session.get = async (keys) => {
      const found = await get.call(session, keys);
      asked();
      await held;
      return found;
    };
    const background = await startBackground({ version: 1 }, { session });
    // Taken apart after a moment, which loads those of before.
    await background.batch(JSON.stringify([post(2)]));
    await begun;
    assert.equal((await background.ask({ type: "forget-recent" })).ok, true);
    goOn();
    assert.deepEqual((await recent(background)).ids, []);
  });

  test("are kept where the browser's own memory has no room for them", async () => {
    const session = new Area({});
    session.refuses = () => true;
    const keptPosts = new Map<string, unknown>();
    const background = await startBackground({ version: 1, keepRecent: true }, { session, keptPosts });
    await background.batch(JSON.stringify([post(1)]));
    for (let tries = 0; tries < 200 && keptPosts.size === 0; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(keptIds(keptPosts), ["1"]);
    assert.match((await background.state()).troubles.join(" "), /could not be stored/);
  });

  test("of a private window is one that is picked there, in memory only", async () => {
    const keptPosts = new Map<string, unknown>();
    const background = await startBackground({ version: 1, keepRecent: true }, { keptPosts });
    background.tell({ type: "picked", post: JSON.stringify(post(1)) }, true);
    await background.batch(JSON.stringify([post(2)]));
    assert.deepEqual((await recent(background)).ids, ["1", "2"]);
    await background.ask({ type: "keep-recent", on: true });
    assert.deepEqual(keptIds(keptPosts), ["2"]);
  });

  test("are gathered for the reader: of every page, with where they are from, paused sites aside", async () => {
    const background = await startBackground({
      version: 1,
      paused: ["www.paused.example"],
      shown: ["x 2"],
      rules: "limit 5 per day",
    });
    const many = Array.from({ length: MAX_GATHERED + 100 }, (_, index) => ({
      ...post(index),
      host: "x.com",
    }));
    for (let from = 0; from < many.length; from += 500)
      await background.batch(JSON.stringify(many.slice(from, from + 500)));
    await background.batch(JSON.stringify([{ ...post(3, "of a paused site"), host: "www.Paused.example" }]));
    await background.batch(JSON.stringify([{ ...post(2, "again"), host: "x.com" }]));
    background.tell({ type: "picked", post: JSON.stringify(post(9999)) }, true);
    const answer = (await background.ask({ type: "gathered" })) as Answer<GatheredPosts>;
    assert.ok(answer.ok);
    const posts = JSON.parse(answer.value.posts) as { id: string; host: string }[];
    const sources = JSON.parse(answer.value.sources) as PostSource[];
    assert.ok(posts.length > MAX_GATHERED - 5 && posts.length <= MAX_GATHERED, `${posts.length} posts`);
    assert.equal(sources.length, posts.length);
    assert.ok(posts.every(({ host, id }) => host === "x.com" && id !== "9999"));
    assert.deepEqual(posts.at(-1)?.id, "2");
    assert.equal(sources.at(-1)?.shown, true);
    assert.equal(sources.filter(({ shown }) => shown).length, 1);
    assert.ok(sources.every(({ visit, seen }) => visit === "v" && Math.abs(seen - Date.now() / 1000) < 600));
    assert.match(answer.value.limits, /counts/);
    assert.ok((await recent(background)).ids.length <= MAX_RECENT);
  });

  test("are told of to open pages, and when they are deleted", async () => {
    const background = await startBackground({ version: 1 });
    await background.batch(JSON.stringify([post(1)]));
    for (let tries = 0; tries < 200 && background.told.length === 0; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(background.told, [{ type: "gathered" }]);
    await background.ask({ type: "forget-recent" });
    assert.equal(background.told.length, 2);
    const answer = (await background.ask({ type: "gathered" })) as Answer<GatheredPosts>;
    assert.ok(answer.ok);
    assert.deepEqual([answer.value.posts, answer.value.sources], ["[]", "[]"]);
  });

  test("that have an age count from when they were read last, others from when they were seen first", async () => {
    const long = Math.round(Date.now() / 1000) - 9000;
    // The last one is told again as it was read, as when rules changed after its page let it go.
    const again = { ...post(4), age: 60 };
    const stored = [post(1), { ...post(2), age: 60 }, post(3), again].map((one) => JSON.stringify(one));
    const sources = stored.map(() => ({ visit: "w", seen: long }));
    const session = new Area({ recent: { form: 1, posts: stored, sources } });
    const background = await startBackground({ version: 1 }, { session });
    await background.batch(JSON.stringify([post(1), { ...post(2), age: 120 }, again]));
    const answer = (await background.ask({ type: "gathered" })) as Answer<GatheredPosts>;
    assert.ok(answer.ok);
    const seen = (JSON.parse(answer.value.sources) as PostSource[]).map((one) => one.seen === long);
    assert.deepEqual(
      (JSON.parse(answer.value.posts) as { id: string }[]).map(({ id }) => id),
      ["3", "1", "2", "4"],
    );
    assert.deepEqual(seen, [true, true, false, true]);
  });

  test("outlive a suspended background in memory, and nowhere else", async () => {
    const session = new Area({ recent: { form: 1, posts: [JSON.stringify(post(1))] } });
    const background = await startBackground({ version: 1 }, { session, keptPosts: kept });
    await background.batch(JSON.stringify([post(2)]));
    assert.deepEqual((await recent(background)).ids, ["1", "2"]);
    assert.equal(kept.size, 0);
    assert.ok(!background.area.writes.flat().some((key) => key.includes("recent")), "nothing on the disk");
  });

  test("outlive the browser only if the reader says so, and are deleted when the reader says so", async () => {
    const keptPosts = new Map<string, unknown>();
    const background = await startBackground({ version: 1 }, { keptPosts });
    await background.batch(JSON.stringify([post(1), post(2)]));
    assert.deepEqual(await background.ask({ type: "keep-recent", on: true }), { ok: true, value: null });
    assert.deepEqual(keptIds(keptPosts), ["1", "2"]);
    assert.equal(background.area.values.keepRecent, true);
    const next = await startBackground({ version: 1, keepRecent: true }, { keptPosts });
    assert.deepEqual((await recent(next)).ids, ["1", "2"]);
    assert.equal((await recent(next)).kept, true);
    await next.ask({ type: "forget-recent" });
    assert.deepEqual((await recent(next)).ids, []);
    assert.equal(keptPosts.size, 0);
    assert.equal(next.session.values.recent, undefined);
    await next.batch(JSON.stringify([post(3)]));
    await next.ask({ type: "keep-recent", on: false });
    assert.equal(keptPosts.size, 0, "what was kept is gone");
    assert.deepEqual((await recent(next)).ids, ["3"], "what is in memory stays");
  });

  test("of a form that is not known are set aside with a word, not lost", async () => {
    const keptPosts = new Map<string, unknown>([["recent", { form: 9, posts: ["later"] }]]);
    const background = await startBackground({ version: 1, keepRecent: true }, { keptPosts });
    assert.deepEqual((await recent(background)).ids, []);
    assert.deepEqual(keptPosts.get("unreadable"), { form: 9, posts: ["later"] });
    const { troubles } = await background.state();
    assert.match(troubles.join(" "), /in a form that this version does not read/);
    await background.ask({ type: "forget-recent" });
    assert.equal(keptPosts.size, 0);
  });

  test("one that was picked on the page opens the dashboard at rules to be made of it", async () => {
    const background = await startBackground({ version: 1 });
    background.tell({ type: "picked", post: JSON.stringify(post(5, "a picked one")) });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const [address = ""] = background.opened;
    assert.match(address, /^chrome-extension:\/\/diffract\/dashboard\.html#from\/[\da-f-]{36}$/);
    const token = address.split("/").at(-1) ?? "";
    assert.deepEqual(await background.ask({ type: "picked-post", token }), { ok: true, value: "x 5" });
    assert.deepEqual(await background.ask({ type: "picked-post", token }), { ok: true, value: null });
    assert.deepEqual((await recent(background)).ids, ["5"]);
  });

  test("that is none opens nothing, and that is said", async () => {
    const background = await startBackground({ version: 1 });
    background.tell({ type: "picked", post: "nonsense" });
    background.tell({ type: "picked", post: "{}" });
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(background.opened, []);
    assert.match((await background.state()).troubles.join(" "), /No rule could be started/);
  });
});
