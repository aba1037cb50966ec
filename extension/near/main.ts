/**
 * The near engine as a script, which the background injects into the content scripts' world where wasm may be refused. It
 * leaves a maker of engines there, and does nothing else.
 */

import { near } from "virtual:build";
import { make } from "virtual:near";
import { NEAR_HANDLE, type NearScript } from "../shared/near.ts";

const script: NearScript = { build: near.build, make };
(globalThis as unknown as Record<string, unknown>)[NEAR_HANDLE] = script;
