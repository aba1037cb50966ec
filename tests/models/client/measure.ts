import type * as Ort from "onnxruntime-web/wasm";
import { type Bench, feed, measure, type Task } from "../measure.ts";
import { answer, loadServed, readServed } from "./load.ts";

const FOLDER = "/node_modules/onnxruntime-web/dist/";

const bench: Bench = {
  ours: loadServed,
  theirs: async () => {
    const address = `${FOLDER}ort.wasm.min.mjs`;
    const ort = (await import(address)) as typeof Ort;
    ort.env.wasm.numThreads = 1;
    ort.env.wasm.wasmPaths = FOLDER;
    return ort;
  },
  read: readServed,
};

answer((task: Task | { feed: string[]; rounds: number }) =>
  "feed" in task ? feed(bench, task.feed, task.rounds) : measure(bench, task),
);
