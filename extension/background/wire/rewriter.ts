/** The wasm rewriter behind a narrow face: the only module that knows its bindings. Loaded when the first answer comes. */
import init, { Rewriter } from "../../../dist/rewriter/diffract_rewriter.js";
import { api } from "../../shared/api.ts";

let loading: Promise<unknown> | undefined;
let current: Rewriter | undefined;

/** The rewriter. A failed load is tried again by the next call. */
export async function rewriter(): Promise<Rewriter> {
  loading ??= init({ module_or_path: fetch(api.runtime.getURL("rewriter.wasm")) }).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  await loading;
  current ??= new Rewriter();
  return current;
}

export type { Rewriter };

/** After a panic the old one is borrowed for good; it cannot be freed. What was shown of each feed goes with it. */
export function replaceRewriter(): void {
  current = undefined;
}
