/** The rules in force over an engine that breaks as wasm breaks. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as esbuild from "esbuild";
import type { Source } from "../../extension/background/engine.ts";
import type { Rules } from "../../extension/background/rules.ts";

/** Panics at will, and stays borrowed after it, as wasm-bindgen's objects do. */
const ENGINE = `
  export class Engine {
    constructor(sources) {
      if (sources.some(({ source }) => source === "panic")) throw new WebAssembly.RuntimeError("unreachable");
      this.sources = sources;
    }
    decide(posts) {
      if (this.broken) throw new Error("recursive use of an object detected");
      if (posts === "refused") throw new Error("no posts");
      if (posts === "panic") { this.broken = true; throw new WebAssembly.RuntimeError("unreachable"); }
      return this.sources.map(({ id }) => id).join();
    }
    asks_models() { return false; }
    liked_lists() { return "{}"; }
    fields() { return ["author"]; }
    memory() { return "counts"; }
    restore_memory() {}
    rules() { return 1; }
    snapshot() { return new Uint8Array(1); }
    free() { if (this.broken) throw new Error("attempted to take ownership of a borrowed value"); }
    static restore() { throw new Error("none"); }
  }
  export const loadEngine = async () => {};
  export const engineVersion = () => "0";
`;

async function rulesOf(sources: Source[]): Promise<Rules> {
  const { outputFiles } = await esbuild.build({
    entryPoints: ["extension/background/rules.ts"],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "made",
    logLevel: "error",
    plugins: [
      {
        name: "engine",
        setup(build) {
          build.onLoad({ filter: /background\/engine\.ts$/ }, () => ({ contents: ENGINE, loader: "js" }));
        },
      },
    ],
  });
  const made = new Function(`${outputFiles[0]?.text ?? ""}; return made.Rules;`)() as typeof Rules;
  const memory = { load: async () => "", save: async () => {}, refuse: async () => {} };
  return new made(async () => sources, memory, "build");
}

describe("rules in force", () => {
  test("outlive a panic over one batch", async () => {
    const rules = await rulesOf([{ id: "mine", source: "" }]);
    assert.equal(await rules.decide("[]", "v"), "mine");
    for (let time = 0; time < 3; time++) {
      await assert.rejects(rules.decide("panic", "v"), /unreachable/);
      assert.equal(await rules.decide("[]", "v"), "mine");
    }
    await rules.reload();
    assert.equal(await rules.decide("[]", "v"), "mine");
  });

  test("say which fields they ask for, and of which rules that is", async () => {
    const rules = await rulesOf([{ id: "mine", source: "" }]);
    const first = await rules.fields();
    assert.deepEqual(first, { fields: ["author"], epoch: 0 });
    assert.equal((await rules.fields()).fields, first.fields, "asked of the engine once");
    void rules.reload();
    const then = await rules.fields();
    assert.equal(then.epoch, rules.epoch);
    assert.notEqual(then.fields, first.fields);
  });

  test("stay where a batch is refused", async () => {
    const rules = await rulesOf([{ id: "mine", source: "" }]);
    await assert.rejects(rules.decide("refused", "v"), /no posts/);
    assert.equal(await rules.decide("[]", "v"), "mine");
  });

  test("are those of the other packs where one breaks the engine, and that is said", async () => {
    const rules = await rulesOf([
      { id: "mine", source: "" },
      { id: "bad", source: "panic" },
      { id: "calm", source: "" },
    ]);
    assert.equal(await rules.decide("[]", "v"), "mine,calm");
    assert.ok(rules.troubles.some((words) => /pack "bad" could not be compiled and is left out/.test(words)));
  });
});
