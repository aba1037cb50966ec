/** What is compiled before the bundles: the engine's wasm and the adapters. Each is made anew when its sources are newer. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

export const ENGINE = "dist/engine/diffract_engine.js";
export const ENGINE_WASM = "dist/engine/diffract_engine_bg.wasm";

/** Runs a command; a failure ends the build with what it said. */
function run(command: string, args: string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"] });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed (see above)`);
}

/** The latest modification under `path`, in milliseconds; 0 where there is nothing. */
function newest(path: string): number {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function isFresh(output: string, inputs: readonly string[]): boolean {
  const made = newest(output);
  return made > 0 && inputs.every((input) => newest(input) <= made);
}

/** Builds the engine. With `fast`, takes the last one if there is any. */
export function buildEngine(fast: boolean): void {
  const inputs = [
    "crate/core",
    "crate/adapters",
    "crate/engine",
    "Cargo.toml",
    "Cargo.lock",
    "scripts/build-engine.sh",
  ];
  if (existsSync(ENGINE) && existsSync(ENGINE_WASM) && (fast || isFresh(ENGINE, inputs))) return;
  if (!existsSync("scripts/build-engine.sh"))
    throw new Error("scripts/build-engine.sh is missing: no engine can be built");
  // Outside `npm run` the tools may not be on the path.
  const hasTools = spawnSync("wasm-bindgen", ["--version"], { stdio: "ignore" }).status === 0;
  run(
    "bash",
    hasTools ? ["scripts/build-engine.sh"] : ["scripts/with-setup.sh", "bash", "scripts/build-engine.sh"],
  );
}

/** Compiles the shipped adapters and `more` to `out`. */
export function compileAdapters(out: string, more: readonly string[], fast: boolean): void {
  const inputs = ["crate/adapters", "Cargo.lock", ...more];
  if (existsSync(out) && (fast || isFresh(out, inputs))) return;
  mkdirSync(dirname(out), { recursive: true });
  run("cargo", [
    "run",
    "--quiet",
    "--locked",
    "-p",
    "diffract-adapters",
    "--example",
    "compile-dom",
    "--",
    out,
    ...more,
  ]);
}
