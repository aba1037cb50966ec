/** Starts the scorer's worker where there can be one. */
import { api } from "../shared/api.ts";
import type { Begin } from "./calls.ts";

/** A worker that answers calls over `port`. */
export function scorerWorker(port: MessagePort): Worker {
  const worker = new Worker(api.runtime.getURL("scorer.js"), { type: "module" });
  worker.postMessage({ type: "begin" } satisfies Begin, [port]);
  return worker;
}
