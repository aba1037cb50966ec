import type * as Ort from "onnxruntime-web/wasm";
import { type Bench, feed, learning, measure, type Task } from "../measure.ts";
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

answer(async (task: Task | { feed: string[]; rounds: number } | { learning: number }) => {
  if ("feed" in task) return feed(bench, task.feed, task.rounds);
  return "learning" in task ? learning(bench, task.learning) : measure(bench, task);
});
