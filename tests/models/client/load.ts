/** The scorer and files of the repository, in a page's worker. */
import type { Read, ScorerModule } from "../scorer.ts";

export const readServed: Read = async (path) => {
  const response = await fetch(`/${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
};

/** The module, compiled and started. */
export async function loadServed(): Promise<ScorerModule & { memory: WebAssembly.Memory }> {
  const address = "/dist/scorer/diffract_scorer.js";
  const module = (await import(address)) as ScorerModule;
  const { memory, __wasm_call_ctors } = module.initSync({
    module: await readServed("dist/scorer/diffract_scorer_bg.wasm"),
  });
  __wasm_call_ctors();
  return { ...module, memory };
}

/** Does what the page asks, and answers once. */
export function answer<Task>(work: (task: Task) => Promise<unknown>): void {
  addEventListener("message", ({ data }: MessageEvent<Task>) => {
    work(data).then(
      (done) => postMessage({ done }),
      (error: unknown) => postMessage({ error: String(error) }),
    );
  });
}
