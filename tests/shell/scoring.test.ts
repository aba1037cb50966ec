/** Which models are asked, in what order, about what; and what is told when they answer, refuse, or die. No browser, no wasm. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { AnswerStore } from "../../extension/background/answers.ts";
import { Catalogue } from "../../extension/background/catalogue.ts";
import { Desk } from "../../extension/background/desk.ts";
import { type Host, ScorerWorker } from "../../extension/background/scorer.ts";
import { type Answers, type Asker, Scoring } from "../../extension/background/scoring.ts";
import type { Post, Verdict } from "../../extension/shared/post.ts";
import type { Call, Reply } from "../../extension/worker/calls.ts";

const sha = (letter: string) => letter.repeat(64);

/** A card as the build gathers it. */
const card = (name: string, more: Record<string, unknown> = {}) => ({
  format: 1,
  name,
  task: "classify",
  about: "Made up.",
  finds: "posts",
  labels: [name],
  languages: ["en"],
  licence: "MPL-2.0",
  experimental: false,
  missed: [],
  failures: [],
  file: { name: "model.onnx", sha256: sha(name[0] ?? "x"), bytes: 100 },
  input: { kind: "text" },
  thresholds: { "0.5%": 0.95, "1%": 0.9, "2%": 0.8, default: "1%" },
  ...more,
});

const CARDS = [
  card("toxic"),
  card("spam", { again: { model: "wise", from: 0.4, to: 0.6 } }),
  card("wise"),
  card("language", { task: "choose", labels: ["de", "en"], thresholds: { answer: 0.2, default: "answer" } }),
  card("encoder", {
    task: "embed",
    labels: [],
    thresholds: undefined,
    file: { name: "model.onnx", sha256: sha("e"), bytes: 12e6 },
  }),
  card("nsfw", { input: { kind: "image", size: 224 } }),
];

/** A worker that answers as told, in this process. */
class FakeHost implements Host {
  readonly calls: Call[] = [];
  starts = 0;
  /** What comes back; `undefined`: nothing, ever. */
  answer: (call: Call) => Omit<Reply, "seq"> | undefined = (call) => {
    const [, about, texts] = call.args as [unknown, string[], string[]];
    if (call.name === "near")
      return ok(texts.map((text) => about.map((topic) => (text.includes(topic) ? 0.9 : 0))));
    if (call.name === "choose") return ok(about.map((text) => (text.includes("der") ? "de" : null)));
    if (call.name === "drop") return ok(null);
    return ok(about.map((text) => (text.includes("bad") ? 0.99 : text.includes("odd") ? 0.5 : 0.01)));
  };
  private port: MessagePort | undefined;

  async start(port: MessagePort): Promise<void> {
    this.starts++;
    this.port = port;
    port.onmessage = ({ data }: MessageEvent<Call>) => {
      this.calls.push(data);
      const answer = this.answer(data);
      if (answer) port.postMessage({ seq: data.seq, ...answer });
    };
  }

  stop(): void {
    this.port?.close();
    this.port = undefined;
  }
}

const ok = (value: unknown) => ({ ok: true as const, value });

/** Rules in a few words: the questions they ask, each true above its card's threshold, in order; the first that is true hides. */
function decide(questions: string[]) {
  return async (posts: string, _visit: string, scores: Record<string, Answers>): Promise<string> => {
    const verdicts = (JSON.parse(posts) as Post[]).map((post): Verdict => {
      const known = scores[post.id] ?? {};
      const reason = questions.find((question) => {
        const answer = known[question];
        return typeof answer === "number" ? answer >= 0.5 : answer === "de";
      });
      const needs = reason === undefined ? questions.filter((question) => !(question in known)).sort() : [];
      return {
        id: post.id,
        action: reason === undefined ? "show" : "hide",
        labels: reason === undefined ? [] : [reason],
        highlight: false,
        score: 0,
        reasons: [],
        ...(needs.length > 0 && { unsure: { show: "veil" as const, deadline: 2, needs } }),
      };
    });
    return JSON.stringify(verdicts);
  };
}

interface Told {
  seq: number;
  at: number;
  action: string;
  labels: string[];
  waits: string[];
}

function bench(
  questions: string[],
  { limit = 200, backOff = [0, 5, 5], clock = () => performance.now() } = {},
) {
  const host = new FakeHost();
  const troubles: string[] = [];
  const trouble = (words: string) => void troubles.push(words);
  const catalogue = new Catalogue(CARDS);
  const limits = {
    score: limit,
    choose: limit,
    near: limit,
    picture: limit,
    check: limit,
    load: limit,
    learn: limit,
    look: limit,
    export: limit,
    drop: limit,
  };
  const worker = new ScorerWorker(host, trouble, limits, backOff, 0);
  const answers = new AnswerStore(() => {});
  const desk = new Desk(
    worker,
    {
      setAside: (name, words) => {
        catalogue.setAside(name, words);
        trouble(`${name}: ${words}`);
      },
      nearness: () => catalogue.nearness(),
    },
    clock,
  );
  const lists = new Map([["teas", ["oolong", "assam"]]]);
  const scoring = new Scoring(decide(questions), catalogue, answers, desk, trouble, () => lists);
  const told: Told[] = [];
  const pictured: number[] = [];
  const asker = (isPrivate = false): Asker => ({
    isPrivate,
    later: (seq, at, verdicts) => {
      for (const [index, verdict] of verdicts.entries())
        told.push({
          seq,
          at: at[index] ?? -1,
          action: verdict.action,
          labels: verdict.labels,
          waits: verdict.unsure?.needs ?? [],
        });
    },
    picture: (_seq, at) => void pictured.push(...at),
  });
  open.push(worker);
  return { host, troubles, catalogue, worker, answers, scoring, told, pictured, asker };
}

const open: ScorerWorker[] = [];
afterEach(() => {
  for (const worker of open.splice(0)) worker.stop("the test is over");
});

const posts = (...texts: string[]) => JSON.stringify(texts.map((text, index) => ({ id: `p${index}`, text })));

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.fail(`waited for ${what}`);
}

const actionsOf = (verdicts: string) => (JSON.parse(verdicts) as Verdict[]).map(({ action }) => action);

describe("posts that wait for a model", () => {
  // Without a database nothing is kept, and everything else works.
  beforeEach(() => void Reflect.deleteProperty(globalThis, "indexedDB"));

  test("are decided at once as far as can be, and again with the answer", async () => {
    const { scoring, asker, told, host } = bench(["toxic"]);
    const first = await scoring.judge(asker(), 7, posts("bad words", "good words"), "v");
    assert.deepEqual(actionsOf(first), ["show", "show"]);
    await until("both verdicts", () => told.length === 2);
    assert.deepEqual(
      // Their words are hashed beside each other: which is told first is left open.
      told.map(({ seq, at, action, waits }) => [seq, at, action, waits.length]).sort(),
      [
        [7, 0, "hide", 0],
        [7, 1, "show", 0],
      ],
    );
    assert.equal(host.calls.length, 1, "one batch");
  });

  test("are not asked about twice: what was said of the same words holds for every post", async () => {
    const { scoring, asker, told, host } = bench(["toxic"]);
    await scoring.judge(asker(), 1, posts("bad words", "bad words"), "v");
    await until("both verdicts", () => told.length === 2);
    assert.deepEqual(host.calls[0]?.args[1], ["bad words"]);
    const later = await scoring.judge(asker(), 2, posts("bad words"), "v");
    assert.deepEqual(actionsOf(later), ["hide"], "with the first verdict already");
    assert.equal(host.calls.length, 1);
  });

  test("wait for what is cheap first; what that decides spares the dear question", async () => {
    const { scoring, asker, told, host } = bench(["toxic", 'about "tea"']);
    await scoring.judge(asker(), 1, posts("bad tea", "green tea", "coffee"), "v");
    await until("the last verdict", () => told.filter(({ waits }) => waits.length === 0).length === 3);
    assert.deepEqual(
      host.calls.map(({ name }) => name),
      ["score", "near"],
    );
    assert.deepEqual(host.calls[1]?.args[2], ["green tea", "coffee"]);
    const last = new Map(told.map((one) => [one.at, one]));
    assert.deepEqual(
      [0, 1, 2].map((at) => last.get(at)?.labels[0]),
      ["toxic", 'about "tea"', undefined],
    );
  });

  test("what is on screen comes first", async () => {
    const { scoring, asker, host } = bench(["toxic"]);
    const page = asker();
    const texts = Array.from({ length: 100 }, (_, index) => `post ${index}`);
    await scoring.judge(page, 1, posts(...texts), "v");
    // The first batch is on its way when the page tells what is seen.
    await new Promise((resolve) => setTimeout(resolve, 2));
    scoring.look(page, new Set(["1 97", "1 98"]));
    await until(
      "all to be asked",
      () => host.calls.flatMap(({ args }) => args[1] as string[]).length === 100,
    );
    const order = host.calls.flatMap(({ args }) => args[1] as string[]);
    assert.ok(order.indexOf("post 97") < 64 && order.indexOf("post 98") < 64, `${order.indexOf("post 97")}`);
  });

  test("while somebody moves through a page a large model is asked about what stays on screen", async () => {
    let now = 0;
    const { scoring, asker, host } = bench(['about "tea"', "toxic"], { clock: () => now });
    const one = asker();
    const asked = () =>
      host.calls.filter(({ name }) => name === "near").flatMap(({ args: [, , texts] }) => texts as string[]);
    const later = () => new Promise((resolve) => setTimeout(resolve, 250));
    scoring.moving();
    await scoring.judge(one, 1, posts("green tea", "black tea", "white tea"), "v");
    scoring.look(one, new Set(["1 0", "1 1"]));
    await until("the small model to be asked", () => host.calls.some(({ name }) => name === "score"));
    await later();
    assert.deepEqual(asked(), []);
    // One is still there, the other just came back.
    now = 1000;
    scoring.look(one, new Set(["1 0"]));
    scoring.look(one, new Set(["1 0", "1 1"]));
    now = 1600;
    scoring.moving();
    await until("the large one to be asked", () => asked().length > 0);
    await later();
    assert.deepEqual(asked(), ["green tea"]);
    // Nobody moves any more.
    scoring.look(one, new Set());
    now = 2200;
    await until("all to be asked", () => asked().length === 3);
  });

  test("whoever moves on and on is not waited for", async () => {
    let now = 0;
    const { scoring, asker, host } = bench(['about "tea"'], { clock: () => now });
    scoring.moving();
    await scoring.judge(asker(), 1, posts("green tea"), "v");
    const later = () => new Promise((resolve) => setTimeout(resolve, 250));
    await later();
    now = 9_900;
    scoring.moving();
    await later();
    assert.equal(host.calls.length, 0);
    now = 10_001;
    scoring.moving();
    await until("it to be asked", () => host.calls.length === 1);
  });

  test("a second model looks again where the first is not sure", async () => {
    const { scoring, asker, told, host } = bench(["spam"]);
    host.answer = ({ args: [place, texts] }) =>
      ok((texts as string[]).map(() => ((place as { name: string }).name === "wise" ? 0.97 : 0.5)));
    await scoring.judge(asker(), 1, posts("odd words"), "v");
    await until("a verdict", () => told.length === 1);
    assert.deepEqual(
      host.calls.map(({ args: [place] }) => (place as { name: string }).name),
      ["spam", "wise"],
    );
    assert.equal(told[0]?.action, "hide");
    // From memory too.
    assert.deepEqual(actionsOf(await scoring.judge(asker(), 2, posts("odd words"), "v")), ["hide"]);
    assert.equal(host.calls.length, 2);
  });

  test("a list's nearest item counts; languages are told by name", async () => {
    const { scoring, asker, told } = bench(["like @teas", "language"]);
    await scoring.judge(asker(), 1, posts("a cup of assam", "der Tee", "coffee"), "v");
    await until("all", () => told.filter(({ waits }) => waits.length === 0).length === 3);
    const last = new Map(told.map((one) => [one.at, one]));
    assert.deepEqual(
      [0, 1, 2].map((at) => last.get(at)?.labels),
      [["like @teas"], ["language"], []],
    );
  });

  test("posts without words, and questions that nothing answers, are decided at once", async () => {
    const { scoring, asker, host } = bench(["toxic", "politics"]);
    const verdicts = JSON.parse(await scoring.judge(asker(), 1, posts(" "), "v")) as Verdict[];
    assert.equal(verdicts[0]?.unsure, undefined);
    assert.equal(host.calls.length, 0);
  });

  test("a page that is gone is not told, and its questions are not asked", async () => {
    const { scoring, asker, told, host } = bench(["toxic"]);
    const page = asker();
    await scoring.judge(page, 1, posts(...Array.from({ length: 100 }, (_, index) => `bad ${index}`)), "v");
    scoring.forget(page);
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.equal(told.length, 0);
    assert.ok(host.calls.length <= 1, `${host.calls.length} batches`);
  });

  test("two contents of one id get each their own verdict", async () => {
    const { scoring, asker, told } = bench(["toxic"]);
    await scoring.judge(asker(), 1, '[{"id":"p","text":"bad"},{"id":"p","text":"good"}]', "v");
    await until("both", () => told.length === 2);
    assert.deepEqual(
      told.sort((one, other) => one.at - other.at).map(({ action }) => action),
      ["hide", "show"],
    );
  });

  test("pictures are asked of the page; without one the post is decided", async () => {
    const { scoring, asker, told, pictured, host } = bench(["nsfw"]);
    const page = asker();
    await scoring.judge(page, 1, posts("one", "two"), "v");
    await until("the page to be asked", () => pictured.length === 2);
    await scoring.pictures(page, 1, 0, ["data:image/png;base64,good", "data:image/png;base64,bad"]);
    await scoring.pictures(page, 1, 1, []);
    await until("both", () => told.length === 2);
    const last = new Map(told.map((one) => [one.at, one]));
    assert.equal(last.get(0)?.action, "hide", "the worse of two counts");
    assert.equal(last.get(1)?.action, "show");
    assert.equal(host.calls[0]?.name, "picture");
  });
});

describe("a worker", () => {
  test("that never answers is ended, started again, and asked once more", async () => {
    const { scoring, asker, told, host, troubles } = bench(["toxic"], { limit: 30 });
    const answer = host.answer;
    host.answer = (call) => (host.starts === 1 ? undefined : answer(call));
    await scoring.judge(asker(), 1, posts("bad"), "v");
    await until("the verdict", () => told.length === 1);
    assert.equal(told[0]?.action, "hide");
    assert.equal(host.starts, 2);
    assert.match(troubles[0] ?? "", /did not answer within/);
  });

  test("that a model breaks again and again costs that model, and the others go on", async () => {
    const { scoring, asker, told, host, troubles, catalogue } = bench(["toxic", "wise"]);
    const answer = host.answer;
    host.answer = (call) =>
      (call.args[0] as { name?: string })?.name === "toxic"
        ? { ok: false, message: "unreachable", broken: true }
        : answer(call);
    await scoring.judge(asker(), 1, posts("bad one", "bad two", "bad three", "bad four"), "v");
    await until("all", () => told.filter(({ waits }) => waits.length === 0).length === 4);
    for (let round = 2; catalogue.get("toxic") && round < 9; round++) {
      await scoring.judge(asker(), round, posts(`bad ${round}`), "v");
      await until("it", () => told.some(({ seq, waits }) => seq === round && waits.length === 0));
    }
    assert.equal(catalogue.get("toxic"), undefined);
    assert.equal(catalogue.forRules().toxic, undefined);
    assert.ok(
      told.filter(({ waits }) => waits.length === 0).every(({ labels: [label] }) => label === "wise"),
    );
    assert.ok(troubles.some((words) => words.startsWith("toxic:")));
  });

  test("that refuses a model costs that model at once", async () => {
    const { scoring, asker, told, host, catalogue } = bench(["toxic"]);
    host.answer = () => ({ ok: false, message: "the file's hash is another", broken: false });
    await scoring.judge(asker(), 1, posts("bad"), "v");
    await until("it", () => told.length === 1);
    assert.equal(told[0]?.action, "show");
    assert.deepEqual(told[0]?.waits, []);
    assert.equal(
      catalogue.states().find(({ name }) => name === "toxic")?.trouble,
      "the file's hash is another",
    );
    assert.equal(host.starts, 1);
  });
});

describe("what rules are told of models", () => {
  test("thresholds by strictness, the reader's choice, and nothing of models that are off", () => {
    const catalogue = new Catalogue(CARDS);
    assert.deepEqual(catalogue.forRules().toxic?.thresholds, {
      certain: 0.95,
      likely: 0.9,
      possible: 0.8,
      chosen: 0.9,
    });
    catalogue.set({ toxic: { strictness: "certain" }, spam: { off: true } });
    assert.equal(catalogue.forRules().toxic?.thresholds.chosen, 0.95);
    assert.equal(catalogue.forRules().spam, undefined);
  });

  test("what the reader chose is a bound: no rule is wrong more often, and none is loosened", () => {
    const catalogue = new Catalogue(CARDS);
    catalogue.set({ toxic: { strictness: "certain" }, wise: { strictness: "possible" } });
    assert.deepEqual(catalogue.forRules().toxic?.thresholds, {
      certain: 0.95,
      likely: 0.95,
      possible: 0.95,
      chosen: 0.95,
    });
    assert.deepEqual(catalogue.forRules().wise?.thresholds, {
      certain: 0.95,
      likely: 0.9,
      possible: 0.8,
      chosen: 0.8,
    });
  });

  test("a filter that is taught is asked once it knows three of each sort", () => {
    const catalogue = new Catalogue(CARDS);
    const taught = { belong: 3, others: 2, sha256: sha("f") };
    catalogue.set({ kettles: { taught }, toxic: { taught } });
    assert.deepEqual(catalogue.names(), ["kettles"], "no filter takes a shipped model's place");
    assert.equal(catalogue.get("kettles"), undefined);
    catalogue.set({ kettles: { taught: { ...taught, others: 3 } } });
    assert.deepEqual(catalogue.get("kettles")?.place, { name: "kettles", from: "taught" });
    assert.deepEqual(catalogue.forRules().kettles?.thresholds, {
      certain: 0.9,
      likely: 0.8,
      possible: 0.65,
      chosen: 0.8,
    });
    assert.equal(catalogue.get("toxic")?.place.from, "shipped");
  });

  test("a model of the reader's own is a name like the others; a card that does not read costs itself", () => {
    const catalogue = new Catalogue([...CARDS, { name: "no card" }]);
    assert.equal(catalogue.troubles.length, 1);
    catalogue.set({ my_model: { card: JSON.stringify(card("my-model")) }, broken: { card: "{" } });
    assert.deepEqual(catalogue.names(), ["my_model"]);
    assert.equal(catalogue.get("my_model")?.place.from, "own");
    assert.equal(catalogue.troubles.length, 2);
  });
});
