/** The scorer and files of the repository, in a page's worker. */
import type { Read, ScorerModule } from "../scorer.ts";

export const readServed: Read = async (path) => {
  const response = await fetch(`/${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
};

/** The module, compiled while it comes, as the extension's worker does, and started. */
export async function loadServed(): Promise<ScorerModule & { memory: WebAssembly.Memory }> {
  const address = "/dist/scorer/diffract_scorer.js";
  const module = (await import(address)) as ScorerModule;
  const { memory, __wasm_call_ctors } = await module.default({
    module_or_path: new URL("/dist/scorer/diffract_scorer_bg.wasm", location.href),
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
