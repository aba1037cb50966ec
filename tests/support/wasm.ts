/** The built wasm modules, in Node. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** Loads a module by its JavaScript and its wasm, both as paths from the root of the repository. */
export async function loadWasm<Module extends { initSync(options: { module: BufferSource }): unknown }>(
  script: string,
  wasm: string,
): Promise<Module> {
  const module = (await import(pathToFileURL(resolve(script)).href)) as Module;
  module.initSync({ module: readFileSync(wasm) });
  return module;
}
