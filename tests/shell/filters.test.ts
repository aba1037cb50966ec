/** Filters and models of the reader's own, as the background keeps them: over a worker that answers as told. */
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import type {
  Answer,
  BackgroundState,
  FilterState,
  ModelAnswer,
  ModelTrial,
  Question,
  Thumb,
} from "../../extension/shared/messages.ts";
import { type Readable, wordsFor } from "../../extension/shared/reading.ts";
import { MAX_EXAMPLES, MAX_FILTERS, type TaughtRecord } from "../../extension/shared/taught.ts";
import type { Call } from "../../extension/worker/calls.ts";
import { type Background, missing, type Scorer, startBackground } from "./background.ts";

const KETTLES = ["A kettle for tea", "The kettle boils", "Kettle sale"];
const WALKS = ["A walk by the river", "Rain again", "The hill at dawn"];
const thumbs = (texts: readonly string[], belongs: boolean): Thumb[] =>
  texts.map((text) => ({ text, belongs }));
const BOTH = [...thumbs(KETTLES, true), ...thumbs(WALKS, false)];

const running: Background[] = [];
afterEach(() => {
  for (const one of running.splice(0)) one.stop();
});

/** A background with a worker that knows kettles, and what the worker was asked. */
async function start({
  stored = {} as Record<string, unknown>,
  more = (_: Call): unknown => undefined,
  worker = true,
} = {}) {
  const calls: Call[] = [];
  const databases: Record<string, Map<string, unknown>> = {};
  const scorer: Scorer = (call) => {
    calls.push(call);
    const own = more(call);
    if (own !== undefined) return own;
    const [, texts] = call.args as [unknown, string[]];
    switch (call.name) {
      case "drop":
        return null;
      case "near":
        return (call.args[2] as string[]).map(() => (texts.length > 0 ? [0.5] : []));
      case "score":
        return texts.map((text) => (/kettle/iu.test(text) ? 0.95 : 0.05));
      case "choose":
        return texts.map(() => "de");
      case "look":
        return { score: 0.7, near: [{ example: 0, nearness: 0.9 }] };
      case "learn": {
        const [, examples, posts] = call.args as [string, Thumb[], string[]];
        if (new Set(examples.map(({ belongs }) => belongs)).size < 2)
          throw new Error("both sorts are needed");
        return {
          encoder: ENCODER,
          meanings: examples.map(() => new Float32Array([1, 2])),
          told: JSON.stringify({
            right: 0.9,
            for_it: [{ word: "kettle", weight: 0.5 }],
            against_it: [],
            doubts: posts.map((_, place) => place).slice(0, 5),
          }),
          scores: posts.map((text) => (/sure/u.test(text) ? 0.99 : 0.5)),
        };
      }
      default:
        throw new Error(`no ${call.name} here`);
    }
  };
  const background = await startBackground(stored, { databases, ...(worker && { scorer }) });
  running.push(background);
  const ask = async <T>(request: Record<string, unknown>): Promise<T> => {
    const answer = (await background.ask(request)) as Answer<T>;
    assert.ok(answer.ok, answer.ok ? "" : answer.message);
    return answer.value;
  };
  const refused = async (request: Record<string, unknown>): Promise<string> => {
    const answer = await background.ask(request);
    assert.ok(!answer.ok, "it was refused");
    return answer.message;
  };
  const filters = () => databases["diffract-taught"] as Map<string, TaughtRecord> | undefined;
  const model = async (name: string): Promise<BackgroundState["models"][number] | undefined> =>
    (await background.state()).models.find((one) => one.name === name);
  return { background, ask, refused, calls, databases, filters, model };
}

/** The hash of the shipped encoder, as the cards say it. */
let ENCODER = "";

async function visit(background: Background, ...texts: string[]): Promise<void> {
  await background.batch(
    JSON.stringify(texts.map((text, index) => ({ id: `p${index}`, text, host: "x.com" }))),
  );
  await new Promise((resolve) => setTimeout(resolve, 600));
}

describe("filters", { skip: missing }, () => {
  test("begin with a thumb, are asked by rules once they know enough, and the rule holds", async () => {
    const { background, ask, model } = await start({ stored: { rules: "collapse if kettles\n" } });
    ENCODER = (await model("encoder"))?.card.sha256 ?? "";
    await ask({ type: "teach", filter: "kettles", thumbs: thumbs(KETTLES, true) });
    assert.deepEqual((await model("kettles"))?.taught, { belong: 3, others: 0 });
    // Its name is one of the language now, though nothing answers to it yet.
    assert.equal((await background.state()).rules, 1 + (await withoutRules(background)));
    const verdict = async () =>
      JSON.parse(String((await background.batch('[{"id":"a","text":"Another kettle"}]')).verdicts))[0];
    assert.equal((await verdict()).unsure, undefined, "nothing waits for a filter that cannot answer");
    await ask({ type: "teach", filter: "kettles", thumbs: thumbs(WALKS, false) });
    const heard: Record<string, unknown>[] = [];
    background.connect((message) => void heard.push(message))({
      type: "posts",
      seq: 1,
      host: "x.com",
      visit: "v",
      posts: '[{"id":"b","text":"A third kettle"},{"id":"c","text":"A river"}]',
    });
    await until(() => heard.some(({ type }) => type === "later"));
    const later = heard
      .filter(({ type }) => type === "later")
      .flatMap(({ verdicts }) => JSON.parse(String(verdicts)));
    const action = (id: string) => later.findLast((one: { id: string }) => one.id === id)?.action;
    await until(() => heard.filter(({ type }) => type === "later").length > 0);
    assert.equal(action("b"), "collapse");
  });

  test("that are called `examples` answer to `like @examples`", async () => {
    const { background, ask } = await start({ stored: { rules: "collapse if like @examples\n" } });
    await ask({ type: "teach", filter: "examples", thumbs: BOTH });
    const heard: Record<string, unknown>[] = [];
    background.connect((message) => void heard.push(message))({
      type: "posts",
      seq: 1,
      host: "x.com",
      visit: "v",
      posts: '[{"id":"b","text":"A third kettle"}]',
    });
    await until(() => heard.some(({ type }) => type === "later"));
    const [verdict] = JSON.parse(String(heard.find(({ type }) => type === "later")?.verdicts));
    assert.equal(verdict.action, "collapse");
  });

  test("keep words once, cut to a thousand characters, and at most three hundred", async () => {
    const { ask, filters } = await start();
    await ask({ type: "teach", filter: "kettles", thumbs: [{ text: "👍".repeat(1000), belongs: true }] });
    await ask({ type: "teach", filter: "kettles", thumbs: thumbs(KETTLES, true) });
    await ask({ type: "teach", filter: "kettles", thumbs: thumbs(KETTLES.slice(0, 1), false) });
    const examples = () => filters()?.get("kettles")?.examples ?? [];
    assert.equal(examples().length, 4);
    assert.equal([...(examples()[0]?.text ?? "")].length, 1000);
    assert.deepEqual(examples().at(-1)?.belongs, false, "the last thumb counts");
    const many = Array.from({ length: MAX_EXAMPLES }, (_, index) => ({
      text: `post ${index}`,
      belongs: true,
    }));
    await ask({ type: "teach", filter: "kettles", thumbs: many });
    assert.equal(examples().length, MAX_EXAMPLES);
    assert.equal(examples()[0]?.text, "post 0");
  });

  test("remember the directions that the encoder told, and ask for none twice", async () => {
    const { background, ask, filters, calls } = await start();
    ENCODER = (await background.state()).models.find(({ name }) => name === "encoder")?.card.sha256 ?? "";
    await ask({ type: "teach", filter: "kettles", thumbs: BOTH });
    await until(
      () =>
        filters()
          ?.get("kettles")
          ?.examples.every(({ meaning }) => meaning?.length === 2) === true,
    );
    const before = calls.filter(({ name }) => name === "near").length;
    const state = await ask<FilterState>({ type: "filter", filter: "kettles" });
    assert.equal(calls.filter(({ name }) => name === "near").length, before);
    assert.equal(state.learned?.right, 0.9);
    assert.deepEqual(
      state.examples.map(({ text }) => text),
      [...KETTLES, ...WALKS].reverse(),
    );
  });

  test("that were told by another encoder are read anew", async () => {
    const { background, ask, filters, calls } = await start();
    await ask({ type: "teach", filter: "kettles", thumbs: BOTH });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const record = filters()?.get("kettles");
    assert.ok(record);
    filters()?.set("kettles", {
      ...record,
      encoder: "another",
      examples: record.examples.map((example) => ({ ...example, meaning: new Float32Array([9]) })),
    });
    await ask({ type: "filter", filter: "kettles" });
    const [, examples] = (calls.findLast(({ name }) => name === "learn")?.args ?? []) as [
      string,
      { meaning?: unknown }[],
    ];
    assert.ok(examples?.every(({ meaning }) => meaning === undefined));
    assert.ok(background);
  });

  test("are renamed, merged, and forgotten with every word", async () => {
    const { background, ask, refused, filters, model } = await start();
    await ask({ type: "teach", filter: "kettles", thumbs: BOTH });
    await ask({ type: "teach", filter: "walks", thumbs: thumbs(["Rain again", "Fog"], true) });
    assert.match(
      await refused({ type: "rename-filter", filter: "kettles", to: "walks" }),
      /a model "walks" already/,
    );
    assert.match(
      await refused({ type: "rename-filter", filter: "kettles", to: "toxic" }),
      /a model "toxic" already/,
    );
    await ask({ type: "rename-filter", filter: "kettles", to: "pots" });
    assert.equal(await model("kettles"), undefined);
    assert.deepEqual((await model("pots"))?.taught, { belong: 3, others: 3 });
    await ask({ type: "merge-filters", from: "walks", into: "pots" });
    assert.equal(await model("walks"), undefined);
    // Both knew the rain; the thumb of the one that was merged counts.
    assert.deepEqual((await model("pots"))?.taught, { belong: 5, others: 2 });
    assert.equal((await background.state()).teaching, "pots");
    await ask({ type: "unteach", filter: "pots", text: "Fog" });
    assert.deepEqual((await model("pots"))?.taught, { belong: 4, others: 2 });
    await ask({ type: "remove-model", model: "pots" });
    assert.deepEqual([...(filters()?.keys() ?? [])], []);
    assert.equal((await background.state()).teaching, "");
    assert.ok(
      !JSON.stringify(background.area.values).includes("kettle"),
      "no word is left in the settings either",
    );
  });

  test("come back with a backup, in the place of those of now, and keep what the encoder told", async () => {
    const { ask, refused, filters, model } = await start();
    await ask({ type: "teach", filter: "pots", thumbs: BOTH });
    await ask({ type: "filter", filter: "pots" });
    const backup = await ask<string>({ type: "export" });
    await ask({ type: "teach", filter: "pots", thumbs: thumbs(["A fourth kettle"], true) });
    await ask({ type: "teach", filter: "others", thumbs: BOTH });
    await ask({ type: "set-model", model: "toxic", on: false });
    await ask({ type: "import", backup });
    assert.deepEqual([...(filters()?.keys() ?? [])], ["pots"]);
    assert.deepEqual((await model("pots"))?.taught, { belong: 3, others: 3 });
    assert.equal((await model("toxic"))?.on, true);
    const kept = filters()?.get("pots")?.examples ?? [];
    assert.deepEqual(
      kept.map(({ text, belongs }) => ({ text, belongs })),
      BOTH,
    );
    assert.ok(kept.every(({ meaning }) => meaning !== undefined));
    // Of an older Diffract, which had no filters: they stay.
    const { filters: _none, models: _same, ...older } = JSON.parse(backup) as Record<string, unknown>;
    await ask({ type: "import", backup: JSON.stringify(older) });
    assert.equal(filters()?.size, 1);
    const taken = { ...older, rules: "hide\n", filters: [{ name: "toxic", thumbs: [] }] };
    assert.match(await refused({ type: "import", backup: JSON.stringify(taken) }), /Nothing was changed/);
    assert.equal(filters()?.size, 1);
  });

  test("ask no more than the reader allows, the same today as before, and nothing that they are sure of", async () => {
    const { background, ask } = await start({ stored: { asking: 2 } });
    await ask({ type: "teach", filter: "kettles", thumbs: BOTH });
    await visit(background, "surely this", "odd one", "odd two", "odd three", KETTLES[0] ?? "");
    const texts = async () => (await ask<Question[]>({ type: "questions" })).map(({ text }) => text);
    const first = await texts();
    assert.equal(first.length, 2);
    assert.ok(first.every((text) => text.startsWith("odd")));
    const [both] = await Promise.all([texts(), texts()]);
    assert.deepEqual(both, first);
    await ask({ type: "teach", filter: "kettles", thumbs: [{ text: first[0] ?? "", belongs: true }] });
    assert.deepEqual(await texts(), first.slice(1), "an answer does not bring another question");
    await ask({ type: "set-asking", most: 0 });
    assert.deepEqual(await texts(), []);
    assert.ok(
      !JSON.stringify(background.area.values).includes("odd"),
      "no word of a post is in the settings",
    );
  });

  test("learn without a worker as well, and say what is missing", async () => {
    const { ask, model } = await start({ worker: false });
    await ask({ type: "teach", filter: "kettles", thumbs: BOTH });
    assert.deepEqual((await model("kettles"))?.taught, { belong: 3, others: 3 });
    const state = await ask<FilterState>({ type: "filter", filter: "kettles" });
    assert.equal(state.learned, null);
    assert.match(state.trouble ?? "", /worker|place/);
    assert.equal(state.examples.length, 6);
  });

  test("are refused in words, and nothing is changed", async () => {
    const { ask, refused, filters } = await start();
    assert.match(await refused({ type: "teach", filter: "toxic", thumbs: BOTH }), /already/);
    assert.match(await refused({ type: "teach", filter: "No Luck", thumbs: BOTH }), /small letters/);
    assert.match(await refused({ type: "teach", filter: "kettles", thumbs: "all" }), /not a list/);
    assert.match(
      await refused({
        type: "teach",
        filter: "kettles",
        thumbs: [{ text: "a".repeat(9000), belongs: true }],
      }),
      /longer than/,
    );
    assert.match(await refused({ type: "unteach", filter: "kettles", text: "a" }), /no filter "kettles"/);
    assert.match(await refused({ type: "merge-filters", from: "a", into: "a" }), /with itself/);
    assert.match(await refused({ type: "teach", filter: "text", thumbs: BOTH }), /a word of the rules/);
    assert.equal(filters()?.size ?? 0, 0);
    for (let index = 0; index < MAX_FILTERS; index += 1)
      await ask({ type: "teach", filter: `f${index}`, thumbs: thumbs(["a"], true) });
    assert.match(await refused({ type: "teach", filter: "more", thumbs: BOTH }), /room for 20 filters/);
    filters()?.set("f0", { form: 1, encoder: 7 } as unknown as TaughtRecord);
    assert.match(await refused({ type: "filter", filter: "f0" }), /cannot be read/);
    await ask({ type: "remove-model", model: "f0" });
    assert.equal(filters()?.has("f0"), false);
  });

  test("keep nothing of a private window, not even of a post that was picked there", async () => {
    const { background, ask, refused, filters } = await start();
    background.tell({ type: "picked", post: '{"id":"s","text":"a secret kettle"}' }, true);
    await until(() => background.opened.length > 0);
    const thumb = thumbs(["a secret kettle"], true);
    assert.match(await refused({ type: "teach", filter: "kettles", thumbs: thumb }), /private window/);
    assert.equal(filters()?.size ?? 0, 0);
    await ask({ type: "teach", filter: "kettles", thumbs: BOTH });
    assert.deepEqual(await ask<Question[]>({ type: "questions" }), []);
  });

  test("are looked at with a text, and tried on the posts of this visit", async () => {
    const { background, ask } = await start();
    await ask({ type: "teach", filter: "kettles", thumbs: BOTH });
    const answer = await ask<ModelAnswer>({ type: "ask-model", model: "kettles", text: "A pot" });
    assert.deepEqual(answer, {
      score: 0.7,
      label: null,
      near: [{ text: KETTLES[0], belongs: true, nearness: 0.9 }],
    });
    await visit(background, "One more kettle", "A lake");
    const trial = await ask<ModelTrial>({ type: "try-model", model: "kettles" });
    assert.deepEqual(
      trial.posts.map(({ score }) => score),
      [0.95, 0.05],
    );
  });
});

test("of a post only text is read, a title that begins the text once", () => {
  const words = (post: unknown) => wordsFor(post as Readable, "post");
  assert.deepEqual([null, 7, {}, { text: 7, title: ["a"] }].map(words), ["", "", "", ""]);
  assert.equal(words({ title: " Tea ", text: "Tea is ready" }), "Tea is ready");
  assert.equal(words({ title: "News", text: "Tea is ready", card_title: "Card" }), "News\nTea is ready");
  assert.equal(words({ card_title: "Card" }), "Card");
  assert.equal(wordsFor({ text: "t", card_title: "Card" } as Readable, "headline"), "Card");
});

describe("models of the reader's own", { skip: missing }, () => {
  const card = (name: string, more: object = {}) =>
    JSON.stringify({
      format: 1,
      name,
      task: "classify",
      about: "Made up.",
      finds: "posts",
      labels: [name],
      languages: [],
      licence: "CC0-1.0",
      experimental: true,
      missed: [],
      failures: [],
      file: { name: "model.onnx", sha256: "a".repeat(64), bytes: 4 },
      input: { kind: "text" },
      thresholds: { "1%": 0.5, default: "1%" },
      ...more,
    });
  const pending = (databases: Record<string, Map<string, unknown>>) => {
    databases["diffract-models"] ??= new Map();
    databases["diffract-models"].set("?", { card: "name = 1", onnx: new Uint8Array(4) });
    return databases["diffract-models"];
  };

  test("are kept under their name, answer to rules, and are gone when removed", async () => {
    const { ask, databases, model } = await start();
    const kept = pending(databases);
    await ask({ type: "add-model", card: card("kettle-talk") });
    assert.deepEqual([...kept.keys()], ["kettle-talk"]);
    assert.equal((await model("kettle_talk"))?.own, true);
    await ask({ type: "set-model", model: "kettle_talk", on: false });
    assert.equal((await model("kettle_talk"))?.on, false);
    await ask({ type: "remove-model", model: "kettle_talk" });
    assert.deepEqual([...kept.keys()], []);
    assert.equal(await model("kettle_talk"), undefined);
  });

  test("are refused where the name is taken, the files are others, or there is no room", async () => {
    const { ask, refused, databases, model } = await start();
    pending(databases);
    await ask({ type: "teach", filter: "pots", thumbs: BOTH });
    assert.match(await refused({ type: "add-model", card: card("toxic") }), /Diffract's own/);
    assert.match(await refused({ type: "add-model", card: card("pots") }), /a filter that you taught/);
    assert.match(await refused({ type: "add-model", card: "{x" }), /cannot be read/);
    assert.match(
      await refused({
        type: "add-model",
        card: card("huge", { file: { name: "model.onnx", sha256: "a".repeat(64), bytes: 300 << 20 } }),
      }),
      /over 256 MB/,
    );
    assert.match(
      await refused({
        type: "add-model",
        card: card("other", { file: { name: "model.onnx", sha256: "a".repeat(64), bytes: 5 } }),
      }),
      /choose them again/,
    );
    assert.equal(await model("other"), undefined);
    for (const name of ["text", "replying-to", "like", "7up"])
      assert.match(await refused({ type: "add-model", card: card(name) }), /choose another/, name);
    for (let index = 0; index < 20; index += 1) {
      pending(databases);
      await ask({ type: "add-model", card: card(`m${index}`) });
    }
    pending(databases);
    assert.match(await refused({ type: "add-model", card: card("more") }), /room for 20 models/);
    // One of the same name takes the place of the other.
    await ask({ type: "add-model", card: card("m3", { about: "Newer." }) });
    assert.equal((await model("m3"))?.card.about, "Newer.");
  });
});

/** Rules in force that are not the reader's own. */
async function withoutRules(background: Background): Promise<number> {
  const { packs } = await background.state();
  return packs.filter(({ on, origin }) => on && origin !== "mine").reduce((sum, { rules }) => sum + rules, 0);
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail("waited in vain");
}
