/** The workbench in this process: what a rule author is told, for scripts and tests. Needs the build. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Diagnostic } from "../../extension/shared/messages.ts";
import { workbenchModule } from "./sources.ts";

type Workbench = typeof import("../../dist/workbench/diffract_workbench.js");

let loading: Promise<Workbench> | undefined;

/** The module, started once. Run from the root of the repository. */
export function loadWorkbench(): Promise<Workbench> {
  loading ??= (async () => {
    const module = (await import(pathToFileURL(resolve(workbenchModule.script)).href)) as Workbench;
    module.initSync({ module: await readFile(workbenchModule.wasm) });
    return module;
  })();
  return loading;
}

/** Everything there is to say about a rule file; `lists` are the files that it names. */
export async function checkRules(source: string, lists?: Record<string, string>): Promise<Diagnostic[]> {
  return JSON.parse((await loadWorkbench()).check(source, lists)) as Diagnostic[];
}
