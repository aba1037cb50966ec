/** The built scorer in this process. Run from the root of the repository. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { buildWasm, scorerModule } from "../../scripts/build/sources.ts";
import type { Read, ScorerModule } from "./scorer.ts";

export const readHere: Read = (path) => readFile(path);

/** The module, compiled and started. Builds it where there is none. */
export async function loadScorer(): Promise<ScorerModule & { memory: WebAssembly.Memory }> {
  await buildWasm(scorerModule, true);
  const module = (await import(pathToFileURL(resolve(scorerModule.script)).href)) as ScorerModule;
  const { memory, __wasm_call_ctors } = module.initSync({ module: await readFile(scorerModule.wasm) });
  __wasm_call_ctors();
  return { ...module, memory };
}
