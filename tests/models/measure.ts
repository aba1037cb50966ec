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
  /** From nothing to the score of a first text or picture. */
  cold?: number;
  /** A batch, warm: median of the rounds. */
  ours?: number;
  theirs?: number;
  /** Of wasm, at the end, in bytes. */
  memory?: number;
}

/** Texts of a batch: as many as a feed shows, as long as posts are. */
const POSTS = 100;
/** Milliseconds of work that are not counted, of both together: a browser compiles a function well once it was busy for a while. */
const WARM_UP = 3000;
/** Milliseconds that one look at the clock is to span: browsers round theirs. */
const LOOK = 20;
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

/** A batch, and the first text or picture of it. */
async function oursOn(scorer: Scorer, { model }: Task, read: Read): Promise<{ first: Once; all: Once }> {
  if (model === "nsfw") {
    const pixels = picture(224);
    const all = () => scorer.picture_scores(model, pixels, 224, 224);
    return { first: all, all };
  }
  const texts = await posts(read, model === "encoder" ? FEW : POSTS);
  const ask = (some: string[]) => () =>
    model === "encoder" ? scorer.embed(model, some) : scorer.scores(model, some);
  return { first: ask(texts.slice(0, 1)), all: ask(texts) };
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

/** Milliseconds for doing something once, when it is done so many times in a row. */
async function timed(work: Once, times = 1): Promise<number> {
  const start = performance.now();
  for (let time = 0; time < times; time++) {
    const done = work();
    // Ours is there at once: a turn of the event loop would be counted.
    if (done instanceof Promise) await done;
  }
  return (performance.now() - start) / times;
}

/** Measures one model. */
export async function measure(bench: Bench, task: Task): Promise<Measured> {
  const begun = performance.now();
  const { Scorer, memory } = await bench.ours();
  const scorer = new Scorer();
  await addShipped(scorer, bench.read, task.model);
  const { first, all: ours } = await oursOn(scorer, task, bench.read);
  first();
  const measured: Measured = { cold: performance.now() - begun, memory: memory.buffer.byteLength };
  const tried = task.runtime === "ours" ? [] : await theirsOn(await bench.theirs(), scorer, task, bench.read);
  const mine: number[] = [];
  const warmed: { one: Once; time: number }[] = [];
  for (const one of [ours, ...tried]) {
    for (let left = WARM_UP / (1 + tried.length); left > 0; ) left -= (await timed(one)) + 0.001;
    warmed.push({ one, time: await timed(one, 3) });
  }
  // The two that are about the fastest stay.
  const theirs = warmed
    .slice(1)
    .sort((a, b) => a.time - b.time)
    .slice(0, 2)
    .map(({ one }) => one);
  const others = theirs.map(() => [] as number[]);
  const times = Math.max(1, Math.ceil(LOOK / (await timed(ours, 5))));
  // In turn, so that a busy moment falls upon both.
  for (let round = 0; round < task.rounds; round++) {
    mine.push(await timed(ours, times));
    for (const [at, one] of theirs.entries()) others[at]?.push(await timed(one, times));
  }
  measured.ours = median(mine);
  if (theirs.length > 0) measured.theirs = Math.min(...others.map(median));
  measured.memory = memory.buffer.byteLength;
  return measured;
}

/** Milliseconds of learning. */
export interface Learning {
  /** From ten examples whose directions are known, as they are kept. */
  learned: number;
  /** The tenth thumb: its post is read by the encoder, then all ten are learned from. */
  thumb: number;
}

/** Learning from ten thumbs on posts, five of each sort: medians. */
export async function learning(bench: Bench, rounds: number): Promise<Learning> {
  const { Scorer, Taught } = await bench.ours();
  const scorer = new Scorer();
  await addShipped(scorer, bench.read, "encoder");
  const texts = await posts(bench.read, 10);
  const belongs = Uint8Array.from(texts, (_, at) => at % 2);
  const meanings = scorer.embed("encoder", texts);
  const learn = () => new Taught("measured", texts, belongs, meanings).free();
  const [learned, thumb]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds + 2; round++) {
    learned.push(await timed(learn, 5));
    thumb.push(
      await timed(() => {
        scorer.embed("encoder", texts.slice(9));
        learn();
      }),
    );
  }
  return { learned: median(learned.slice(2)), thumb: median(thumb.slice(2)) };
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
