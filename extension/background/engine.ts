/** The wasm engine behind a narrow face: the only module that knows its bindings. */
import init, { Engine, type PackSource, version } from "../../dist/engine/diffract_engine.js";
import { api } from "../shared/api.ts";
import type { ModelForRules } from "./catalogue.ts";
import type { Answers } from "./scoring.ts";

export interface Context {
  /** Seconds since 1970-01-01 UTC. */
  now: number;
  /** Local time minus UTC, in minutes. */
  utc_offset: number;
  visit: string;
  /** No model answers: nothing is pending. */
  no_models: boolean;
  /** The models that answer, by name. */
  models?: Record<string, ModelForRules>;
  /** What models have said, by the post's id and the question. */
  scores?: Record<string, Answers>;
}

export type Source = PackSource;

let loading: Promise<unknown> | undefined;

/** Loads the module; call it as early as possible. A failed load is tried again by the next call. */
export function loadEngine(): Promise<unknown> {
  if (loading !== undefined) return loading;
  loading = init({ module_or_path: fetch(api.runtime.getURL("engine.wasm")) }).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** The engine's version; part of a snapshot's key. */
export const engineVersion = (): string => version();

export { Engine };
