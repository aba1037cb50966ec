/** The scorer's worker: models in tract's wasm, loaded when first asked. It has no API of the extension. */
import init, { Scorer, Taught } from "virtual:scorer";
import { OWN_MODELS, withStore } from "../background/database.ts";
import type { Answers, Begin, Call, CallName, Calls, ModelPlace, Picture, Reply } from "./calls.ts";
import { Kept } from "./kept.ts";
import { pixelsOf } from "./pixels.ts";
import { TaughtFilters } from "./taught.ts";

/** Texts whose directions are remembered: a post is asked about several topics. */
const MAX_DIRECTIONS = 2000;
/** Longest file that is read of a shipped or own model, in bytes. */
const MAX_FILE = 64 << 20;

// The module and the models lie beside this script.
const beside = (path: string) => new URL(path, location.href);

let starting: Promise<Scorer> | undefined;
function scorer(): Promise<Scorer> {
  if (starting !== undefined) return starting;
  starting = init({ module_or_path: beside("scorer.wasm") }).then(({ __wasm_call_ctors }) => {
    // tract's kernels make themselves known: once, not at every call.
    __wasm_call_ctors();
    return new Scorer();
  });
  return starting;
}

const loading = new Map<string, Promise<number>>();

/** Loads a model once; what failed is tried again by the next call. */
function load(place: ModelPlace): Promise<number> {
  const { name } = place;
  const found = loading.get(name);
  if (found) return found;
  const next = (async () => {
    const [models, { card, onnx }] = await Promise.all([scorer(), files(place)]);
    const info = JSON.parse(models.add(card, onnx)) as { memory?: unknown };
    return typeof info.memory === "number" ? info.memory : onnx.byteLength;
  })();
  loading.set(name, next);
  next.catch(() => loading.delete(name));
  return next;
}

async function files({ name, from }: ModelPlace): Promise<{ card: string; onnx: Uint8Array }> {
  if (from === "shipped") {
    const [card, onnx] = await Promise.all(
      ["card.toml", "model.onnx"].map(async (file) => {
        const answer = await fetch(beside(`models/${name}/${file}`));
        if (!answer.ok) throw new Error(`${file} of the model ${name} is missing from the extension`);
        return answer;
      }),
    );
    if (!card || !onnx) throw new Error(`the model ${name} is missing from the extension`);
    return { card: await card.text(), onnx: new Uint8Array(await onnx.arrayBuffer()) };
  }
  const stored: unknown = await withStore(OWN_MODELS, "readonly", (store, done) => done(store.get(name)));
  const { card, onnx } = (stored ?? {}) as { card?: unknown; onnx?: unknown };
  if (typeof card !== "string" || !(onnx instanceof Uint8Array) || onnx.byteLength > MAX_FILE)
    throw new Error(`the model ${name} is not stored any more; drop its files on the dashboard again`);
  return { card, onnx };
}

/** Directions of texts by model and text, the longest unasked forgotten first. */
const directions = new Kept<string, Float32Array>(MAX_DIRECTIONS);

function embed(models: Scorer, name: string, texts: string[]): Float32Array[] {
  const keys = texts.map((text) => `${name}\n${text}`);
  const missing = [...new Set(texts.filter((_, index) => directions.get(keys[index] ?? "") === undefined))];
  if (missing.length > 0) {
    const rows = models.embed(name, missing);
    const width = rows.length / missing.length;
    for (const [index, text] of missing.entries())
      directions.set(`${name}\n${text}`, rows.slice(index * width, (index + 1) * width));
  }
  return keys.map((key) => directions.get(key) ?? new Float32Array());
}

const dot = (one: Float32Array, other: Float32Array): number => {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += (one[at] ?? 0) * (other[at] ?? 0);
  return sum;
};

const known = (score: number | undefined): number | null =>
  score === undefined || !Number.isFinite(score) ? null : score;

/** What filters stand on that the reader taught. */
const ENCODER: ModelPlace = { name: "encoder", from: "shipped" };

const taught = new TaughtFilters({
  learn: (name, texts, belongs, meanings) => new Taught(name, texts, belongs, meanings),
  async embed(texts) {
    await load(ENCODER);
    return embed(await scorer(), ENCODER.name, texts);
  },
  async encoder() {
    await load(ENCODER);
    const { card } = JSON.parse((await scorer()).info(ENCODER.name)) as {
      card: { file: { sha256: string } };
    };
    return card.file.sha256;
  },
  encoderFile: async () => (await files(ENCODER)).onnx,
});

const CARRY_OUT: { [Name in CallName]: (...args: Calls[Name]) => Promise<Answers[Name]> } = {
  async score(place, texts) {
    if (place.from === "taught") return [...(await taught.score(place.name, texts))].map(known);
    await load(place);
    return [...(await scorer()).score(place.name, texts)].map(known);
  },
  async choose(place, texts) {
    await load(place);
    return (await scorer()).choose(place.name, texts).map((label: string | undefined) => label ?? null);
  },
  async near(place, topics, texts) {
    await load(place);
    const models = await scorer();
    const wanted = embed(models, place.name, topics);
    return embed(models, place.name, texts).map((text) => wanted.map((topic) => dot(topic, text)));
  },
  async picture(place, pictures) {
    await load(place);
    const models = await scorer();
    const scores: (number | null)[] = [];
    for (const picture of pictures) scores.push(await pictureScore(models, place.name, picture));
    return scores;
  },
  async check(card, onnx, texts) {
    // In a scorer of its own: a name that is taken is not to be replaced by looking.
    await scorer();
    const models = new Scorer();
    try {
      const info = models.add(card, onnx);
      const { name, reads, score } = JSON.parse(info) as { name: string; reads: string; score: boolean };
      const scores = reads === "text" && score ? [...models.score(name, texts)].map(known) : [];
      return { info, scores };
    } finally {
      models.free();
    }
  },
  load,
  learn: (name, examples, posts) => taught.learn(name, examples, posts),
  look: (name, text) => taught.look(name, text),
  export: (name, examples) => taught.export(name, examples),
  async drop(name) {
    taught.drop(name);
    loading.delete(name);
    (await scorer()).drop(name);
    return null;
  },
};

async function pictureScore(models: Scorer, name: string, picture: Picture): Promise<number | null> {
  const pixels = await pixelsOf(picture);
  if (pixels === null) return null;
  const rgba = new Uint8Array(pixels.data.buffer, pixels.data.byteOffset, pixels.data.byteLength);
  return known(models.picture(name, rgba, pixels.width, pixels.height));
}

async function answer(port: MessagePort, { seq, name, args }: Call): Promise<void> {
  let reply: Reply;
  try {
    const carryOut = CARRY_OUT[name] as (...given: readonly unknown[]) => Promise<unknown>;
    reply = { seq, ok: true, value: await carryOut(...args) };
  } catch (error) {
    // A panic leaves the module in no state to go on.
    const broken = error instanceof WebAssembly.RuntimeError;
    reply = { seq, ok: false, message: error instanceof Error ? error.message : String(error), broken };
  }
  port.postMessage(reply);
}

addEventListener("message", ({ data, ports: [port] }: MessageEvent<Begin>) => {
  if (data?.type !== "begin" || port === undefined) return;
  // One after another: a call that waits for a file shall not be overtaken by one that needs the processor.
  let last: Promise<void> = Promise.resolve();
  port.onmessage = ({ data: call }: MessageEvent<Call>) => {
    last = last.then(() => answer(port, call));
  };
  // The background has gone to sleep, and its next life starts a worker of its own: until then no memory is held. Chromium tells.
  port.addEventListener("close", () => close());
});
