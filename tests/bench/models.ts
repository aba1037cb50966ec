/**
 * `npm run bench:models`: every shipped model in our wasm (tract) against onnxruntime-web's, one thread each, in one run: in Node, and in a
 * worker of Chromium. For each:
 *
 * - *ours*, *theirs*: milliseconds for a batch (100 posts; 20 for the encoder; one picture), warm, the median of the rounds, both in
 *   turn, each round as many batches as take 20 ms. The other runtime is handed ready tensors, in the best of several batch sizes; ours
 *   looks up the features that it found of these texts the first time.
 * - *cold*: from nothing (the module not compiled, the file not read) to the score of a first text or picture.
 * - *memory*: of our wasm after that; of a process of its own, at its greatest, for both.
 *
 * The last lines of each place have a feed of 100 posts that no model saw before, by all default text models one after another: the time of a
 * worker; and how long a filter takes to learn from ten thumbs, with the posts' directions known, and with that of the last one still to be
 * found by the encoder. A benchmark: no figure fails it.
 *
 *   npm run bench:models [-- --rounds N] [--only node|chrome]
 */
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { loadavg } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import * as ort from "onnxruntime-web/wasm";
import { scorerModule } from "../../scripts/build/sources.ts";
import {
  type Bench,
  feed,
  type Learning,
  learning,
  type Measured,
  measure,
  type Task,
} from "../models/measure.ts";
import { loadScorer, readHere } from "../models/node.ts";
import { startModels } from "../models/serve.ts";
import { launch } from "../support/browsers.ts";

const MODELS = ["spam", "clickbait", "toxic", "ragebait", "language", "encoder", "nsfw"];
const DEFAULT_TEXT_MODELS = ["clickbait", "spam", "toxic", "ragebait", "language"];
/** Milliseconds, as the project promises. */
const TARGETS = { feed: 150, encoder: 600, learning: 100 };

const here: Bench = {
  ours: loadScorer,
  theirs: async () => {
    ort.env.wasm.numThreads = 1;
    return ort;
  },
  read: readHere,
};

/** Runs a task in a process of its own: nothing is compiled before, and its memory is the task's. */
function apart(task: Task): Measured & { most: number } {
  const { stdout, status, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", fileURLToPath(import.meta.url), "--task", JSON.stringify(task)],
    { encoding: "utf8", maxBuffer: 1 << 20 },
  );
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}");
}

const megabytes = (bytes: number | undefined): string => `${((bytes ?? 0) / 1e6).toFixed(0)} MB`;
const milliseconds = (time = Number.NaN): string => `${time.toFixed(time < 10 ? 2 : 1)} ms`;

function row(model: string, measured: Measured, more: string): string {
  const { ours = Number.NaN, theirs = Number.NaN, cold, memory } = measured;
  const ratio = `${(theirs / ours).toFixed(2)} × as fast`;
  return `  ${model.padEnd(10)} ours ${milliseconds(ours).padStart(9)}  theirs ${milliseconds(theirs).padStart(9)}  ${ratio}  cold ${milliseconds(cold).padStart(9)}  wasm ${megabytes(memory)}${more}`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "15" },
      only: { type: "string" },
      task: { type: "string" },
    },
  });
  if (values.task !== undefined) {
    const measured = await measure(here, JSON.parse(values.task) as Task);
    console.log(JSON.stringify({ ...measured, most: process.resourceUsage().maxRSS * 1024 }));
    return;
  }
  const rounds = Number(values.rounds);
  await loadScorer();
  const sizes = MODELS.map((model) => `${model} ${statSync(`models/${model}/model.onnx`).size}`);
  console.log(`scorer.wasm ${statSync(scorerModule.wasm).size} bytes; ${sizes.join(", ")}`);
  console.log(
    `load of the machine before: ${loadavg()
      .map((load) => load.toFixed(1))
      .join(" ")}; ${rounds} rounds`,
  );
  const done = (
    place: string,
    encoder: number | undefined,
    all: number,
    { learned, thumb }: Learning,
  ): void => {
    console.log(
      `  ${place}: a feed of 100 posts by ${DEFAULT_TEXT_MODELS.length} models ${milliseconds(all)} (target ${TARGETS.feed}), the encoder on 20 ${milliseconds(encoder)} (target ${TARGETS.encoder})`,
    );
    console.log(
      `  ${place}: learning from ten thumbs ${milliseconds(learned)} (target ${TARGETS.learning}), with the last post read ${milliseconds(thumb)}`,
    );
  };
  if (values.only !== "chrome") {
    console.log(`Node ${process.version}`);
    let encoder: number | undefined;
    for (const model of MODELS) {
      const measured = apart({ model, runtime: "both", rounds });
      const alone = apart({ model, runtime: "ours", rounds: 1 });
      if (model === "encoder") encoder = measured.ours;
      console.log(
        row(model, measured, `, process ${megabytes(alone.most)}; with both ${megabytes(measured.most)}`),
      );
    }
    done("Node", encoder, await feed(here, DEFAULT_TEXT_MODELS, rounds), await learning(here, rounds));
  }
  if (values.only !== "node") {
    const served = await startModels("measure");
    const running = await launch("chrome");
    try {
      console.log(await running.browser.version());
      const page = await running.newPage();
      await page.goto(served.url);
      const work = (task: unknown): Promise<unknown> => page.evaluate(`work(${JSON.stringify(task)})`);
      let encoder: number | undefined;
      for (const model of MODELS) {
        const measured = (await work({ model, runtime: "both", rounds } satisfies Task)) as Measured;
        if (model === "encoder") encoder = measured.ours;
        console.log(row(model, measured, ""));
      }
      done(
        "Chromium",
        encoder,
        (await work({ feed: DEFAULT_TEXT_MODELS, rounds })) as number,
        (await work({ learning: rounds })) as Learning,
      );
    } finally {
      await running.close();
      await served.close();
    }
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(resolve(process.argv[1])).href)
  await main();
