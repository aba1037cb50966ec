/** The clock over both runtimes, in Node and in a page's worker alike. */
import type * as Ort from "onnxruntime-web/wasm";
import { addShipped, goldenTexts, type Read, type Scorer, type ScorerModule } from "./scorer.ts";

/** What there is to measure with. */
export interface Bench {
  ours(): Promise<ScorerModule & { memory: WebAssembly.Memory }>;
  theirs(): Promise<typeof Ort>;
  read: Read;
}

/** What is measured at one time: each in a worker (or process) of its own. */
export interface Task {
  model: string;
  runtime: "ours" | "theirs" | "both";
  rounds: number;
}

/** Milliseconds, but for `memory`. */
export interface Measured {
  /** From nothing to the first score. */
  cold?: number;
  /** A batch, warm: median of the rounds. */
  ours?: number;
  theirs?: number;
  /** Of wasm, at the end, in bytes. */
  memory?: number;
}

/** Texts of a batch: as many as a feed shows, as long as posts are. */
const POSTS = 100;
/** Milliseconds of our work that are not counted: a browser compiles a function well once it was busy for a while. */
const WARM_UP = 1500;
/** For the encoder. */
const FEW = 20;
/** What the other runtime is tried with; the best counts. */
const BATCHES = [1, 8, 32, 100];

const median = (sample: number[]): number => sample.sort((a, b) => a - b)[Math.floor(sample.length / 2)] ?? 0;

/** Posts that nobody wrote: golden sentences, one to four together. */
export async function posts(read: Read, count: number): Promise<string[]> {
  const sentences = (await goldenTexts(read)).slice(60);
  return Array.from({ length: count }, (_, at) => sentences.slice(3 * at, 3 * at + 1 + (at % 4)).join(" "));
}

/** Grey noise, always the same. */
function picture(size: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: 4 * size * size }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state >>> 24;
  });
}

type Once = () => unknown;

async function oursOn(scorer: Scorer, { model }: Task, read: Read): Promise<Once> {
  if (model === "nsfw") {
    const pixels = picture(224);
    return () => scorer.picture_scores(model, pixels, 224, 224);
  }
  const texts = await posts(read, model === "encoder" ? FEW : POSTS);
  return model === "encoder" ? () => scorer.embed(model, texts) : () => scorer.scores(model, texts);
}

async function theirsOn(
  ort: typeof Ort,
  scorer: Scorer,
  { model }: Task,
  read: Read,
): Promise<(() => Promise<unknown>)[]> {
  const session = await ort.InferenceSession.create(await read(`models/${model}/model.onnx`), {
    executionProviders: ["wasm"],
    graphOptimizationLevel: "all",
  });
  if (model === "nsfw") {
    const rgba = picture(224);
    const plane = 224 * 224;
    const floats = Float32Array.from(
      { length: 3 * plane },
      (_, at) => (rgba[4 * (at % plane) + Math.floor(at / plane)] ?? 0) / 255,
    );
    const image = new ort.Tensor("float32", floats, [1, 3, 224, 224]);
    return [() => session.run({ image })];
  }
  const texts = await posts(read, model === "encoder" ? FEW : POSTS);
  // Texts of like length together, as ours are.
  texts.sort((a, b) => a.length - b.length);
  return BATCHES.filter((batch) => batch <= texts.length || batch === BATCHES.at(-1)).map((batch) => {
    const feeds: Record<string, Ort.Tensor>[] = [];
    for (let at = 0; at < texts.length; at += batch) {
      const fed = scorer.tensors(model, texts.slice(at, at + batch));
      feeds.push(
        Object.fromEntries(
          fed.map(({ name, dims, data }) => [
            name,
            data instanceof BigInt64Array
              ? new ort.Tensor("int64", data, dims)
              : new ort.Tensor("float32", data, dims),
          ]),
        ),
      );
    }
    return async () => {
      for (const feed of feeds) await session.run(feed);
    };
  });
}

async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Measures one model. */
export async function measure(bench: Bench, task: Task): Promise<Measured> {
  const begun = performance.now();
  const { Scorer, memory } = await bench.ours();
  const scorer = new Scorer();
  await addShipped(scorer, bench.read, task.model);
  const ours = await oursOn(scorer, task, bench.read);
  ours();
  const measured: Measured = { cold: performance.now() - begun, memory: memory.buffer.byteLength };
  const theirs =
    task.runtime === "ours" ? [] : await theirsOn(await bench.theirs(), scorer, task, bench.read);
  const mine: number[] = [];
  const others = theirs.map(() => [] as number[]);
  // In turn, so that a busy moment falls upon both.
  let warming = WARM_UP;
  for (let round = 0; round < task.rounds; ) {
    const mineNow = await timed(ours);
    const theirsNow: number[] = [];
    for (const one of theirs) theirsNow.push(await timed(one));
    warming -= mineNow;
    if (warming > 0) continue;
    round += 1;
    mine.push(mineNow);
    for (const [at, time] of theirsNow.entries()) others[at]?.push(time);
  }
  measured.ours = median(mine);
  if (theirs.length > 0) measured.theirs = Math.min(...others.map(median));
  measured.memory = memory.buffer.byteLength;
  return measured;
}

/** Milliseconds for a hundred posts, never seen before, by several models one after another. */
export async function feed(bench: Bench, models: readonly string[], rounds: number): Promise<number> {
  const { Scorer } = await bench.ours();
  const scorer = new Scorer();
  for (const model of models) await addShipped(scorer, bench.read, model);
  const texts = await posts(bench.read, POSTS);
  const times: number[] = [];
  for (let round = 0; round < rounds + 2; round += 1) {
    const fresh = texts.map((text) => `${round} ${text}`);
    times.push(await timed(() => models.map((model) => scorer.scores(model, fresh))));
  }
  return median(times.slice(2));
}
