/**
 * The engine, run in the page itself, to check and format a rule file while it is being written. Pages of the
 * extension may run wasm; the pages of the web may not (docs: architecture, section 2).
 */
import init, { check as checkSource, format as formatSource } from "../../../dist/engine/diffract_engine.js";
import { api } from "../../shared/api.ts";
import type { Diagnostic } from "../../shared/messages.ts";
import { readDiagnostics } from "./read.ts";

/** What a page asks of the engine. */
export interface Checker {
  /** Everything there is to say about a rule file, in order of place. */
  check(source: string): Diagnostic[];
  /** The file in its standard form. Comments stay. A line that does not parse stays as it is. */
  format(source: string): string;
}

let loading: Promise<Checker> | undefined;

/** Starts the engine once a page. Fails where wasm is refused or the file is missing. */
export function loadChecker(): Promise<Checker> {
  loading ??= start();
  return loading;
}

async function start(): Promise<Checker> {
  await init({ module_or_path: api.runtime.getURL("engine.wasm") });
  return {
    check(source) {
      return readDiagnostics(checkSource(source, undefined), "the check").sort((a, b) => a.from - b.from);
    },
    format: formatSource,
  };
}
