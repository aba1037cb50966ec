/**
 * `npm test`: everything that must hold, stage by stage, with progress. Every stage runs even when one before it
 * failed, and the exit status says whether all passed.
 *
 *   npm test                      all stages
 *   npm test -- --list            their names
 *   npm test -- --only lint,rust  some of them
 *   npm test -- --from build      from one of them on
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

interface Stage {
  name: string;
  /** What it shows, in a few words. */
  shows: string;
  /** A shell command line, run at the root of the repository; or a check in code that throws. */
  run: string | (() => void);
  /** Runs while that stage does, which mostly waits; what it prints comes when both are done. */
  beside?: string;
}

// A file is done when its tests are: what timers and workers they left behind is not waited for, which took a minute and more.
const node = "node --import tsx --test --test-force-exit --test-reporter=spec";
// wasm-bindgen's runner takes the first driver that it finds in the environment, so the other one is hidden from it.
const wasmPack = (browser: "chrome" | "firefox", driver: "chromedriver" | "geckodriver", other: string) =>
  `driver=$${driver.toUpperCase()}; unset ${other}; ` +
  `[ -z "\${DIFFRACT_WASM_TOOLCHAIN:-}" ] || export RUSTUP_TOOLCHAIN="$DIFFRACT_WASM_TOOLCHAIN"; ` +
  `wasm-pack test --headless --${browser} --${driver} "$driver" --mode no-install crate/engine`;

const STAGES: Stage[] = [
  { name: "fmt", shows: "Rust is formatted", run: "cargo fmt --all --check" },
  { name: "lint", shows: "TypeScript is formatted and clean", run: "npx biome ci --colors=off" },
  {
    name: "clippy",
    shows: "no warnings in Rust",
    run: "cargo clippy --workspace --all-targets --locked -- -D warnings",
  },
  { name: "rust", shows: "core, adapters, command line", run: "cargo test --workspace --locked" },
  {
    name: "packs",
    shows: "every shipped pack's own cases hold, and each rule has one",
    // As tests have it: for `cargo run -p diffract-cli` cargo compiles tract once more, with other features.
    run: `cargo test --quiet --workspace --locked --test authors --no-run && "\${CARGO_TARGET_DIR:-target}/debug/diffract" test --untested extension/packs`,
  },
  {
    name: "doc",
    shows: "documentation builds, no broken links",
    run: "RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --locked --quiet",
  },
  {
    name: "deny",
    shows: "licences and sources of every crate",
    run: "cargo fetch --locked --quiet && cargo deny --offline check bans licenses sources",
  },
  { name: "lock", shows: "every npm package is pinned by a checksum", run: checkNpmLock },
  {
    name: "build",
    shows: "the extension builds for both browsers",
    run: "node --import tsx scripts/build.ts && node --import tsx scripts/build.ts --demo",
  },
  // After the build, which makes the engine's types.
  { name: "types", shows: "TypeScript type-checks, strict", run: "npx tsc --noEmit" },
  {
    name: "size",
    shows: "the engine's wasm is at most 1.2 MB, that of pages 0.95, the rewriter's 1.8",
    run: checkSizes,
  },
  {
    name: "web-ext",
    shows: "the linter of Firefox's store accepts the build",
    run: "npx web-ext lint --self-hosted --warnings-as-errors -s dist/firefox",
  },
  {
    name: "wasm-chrome",
    shows: "the same rule cases in wasm, in Chromium",
    run: wasmPack("chrome", "chromedriver", "GECKODRIVER"),
  },
  {
    name: "wasm-firefox",
    shows: "the same rule cases in wasm, in Firefox",
    run: wasmPack("firefox", "geckodriver", "CHROMEDRIVER"),
  },
  {
    name: "models",
    shows: "models in wasm agree with training, in both browsers too; a stranger's are refused",
    run: `${node} --test-concurrency=1 tests/models/golden.test.ts tests/models/refused.test.ts tests/models/taught.test.ts tests/models/browsers.test.ts`,
  },
  { name: "shell", shows: "the shell's own logic", run: `${node} tests/shell/*.test.ts` },
  {
    name: "extract",
    shows: "posts read from pages",
    run: `${node} --test-concurrency=1 tests/extract/*.test.ts`,
  },
  {
    name: "pages",
    shows: "popup and dashboard: keyboard, axe",
    run: `${node} --test-concurrency=1 tests/pages/*.test.ts`,
  },
  {
    name: "browser",
    shows: "the installed extension, in both browsers",
    run: `${node} --test-concurrency=1 tests/browser/*.test.ts`,
  },
  {
    name: "package",
    shows: "the store zips of the last build, rebuilt from the source zip to the same bytes",
    run: "nice node --import tsx scripts/package.ts --no-build --verify",
    beside: "browser",
  },
];

/** Every package in the lock file carries a checksum, and none an address of its own. */
function checkNpmLock(): void {
  const lock: unknown = JSON.parse(readFileSync("package-lock.json", "utf8"));
  const packages = (
    lock as { packages: Record<string, { integrity?: string; resolved?: string; link?: boolean }> }
  ).packages;
  const bad = Object.entries(packages).filter(
    ([path, entry]) => path !== "" && !entry.link && !entry.integrity?.startsWith("sha512-"),
  );
  if (bad.length > 0)
    throw new Error(`no sha512 checksum in package-lock.json for: ${bad.map(([path]) => path).join(", ")}`);
  const addressed = Object.entries(packages).filter(([, entry]) => entry.resolved !== undefined);
  if (addressed.length > 0)
    throw new Error(
      `package-lock.json names addresses (run npm with --omit-lockfile-registry-resolved): ${addressed.map(([path]) => path).join(", ")}`,
    );
  console.log(
    `${Object.keys(packages).length - 1} packages, lock file ${createHash("sha256").update(readFileSync("package-lock.json")).digest("hex").slice(0, 12)}`,
  );
}

/** What each module may take, in bytes: see docs/decisions/engine-size.md. */
const BUDGETS = { engine: 1_200_000, near: 950_000, rewriter: 1_800_000, scorer: 14_000_000 };

function checkSizes(): void {
  for (const [name, budget] of Object.entries(BUDGETS)) {
    const size = readFileSync(`dist/${name}/diffract_${name}_bg.wasm`).length;
    console.log(`${name}: ${size} bytes raw, budget ${budget}`);
    if (size > budget) throw new Error(`${name}.wasm is ${size - budget} bytes over its budget`);
  }
}

function runStage(stage: Stage): boolean {
  if (typeof stage.run === "string") {
    return spawnSync("bash", ["-c", stage.run], { stdio: ["ignore", "inherit", "inherit"] }).status === 0;
  }
  try {
    stage.run();
    return true;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return false;
  }
}

function chosenStages(): Stage[] {
  const { values } = parseArgs({
    options: { only: { type: "string" }, from: { type: "string" }, list: { type: "boolean" } },
  });
  if (values.list) {
    for (const { name, shows } of STAGES) console.log(`${name.padEnd(14)}${shows}`);
    process.exit(0);
  }
  const names = values.only?.split(",");
  for (const name of [...(names ?? []), ...(values.from ? [values.from] : [])]) {
    if (!STAGES.some((stage) => stage.name === name)) {
      console.error(`no stage "${name}"; there are: ${STAGES.map((stage) => stage.name).join(", ")}`);
      process.exit(2);
    }
  }
  const first = values.from ? STAGES.findIndex((stage) => stage.name === values.from) : 0;
  return STAGES.slice(first).filter((stage) => !names || names.includes(stage.name));
}

/** Starts a stage beside others; its output is kept until it is waited for. */
function startBeside(command: string): () => Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "diffract-stage-"));
  const log = join(folder, "log");
  const output = openSync(log, "w");
  const child = spawn("bash", ["-c", command], { stdio: ["ignore", output, output] });
  const ended = new Promise<boolean>((resolve) => {
    child.on("error", () => resolve(false));
    child.on("exit", (status) => resolve(status === 0));
  });
  return async () => {
    const ok = await ended;
    closeSync(output);
    process.stdout.write(readFileSync(log));
    rmSync(folder, { recursive: true, force: true });
    return ok;
  };
}

const stages = chosenStages();
const failed: string[] = [];
const started = new Map<string, () => Promise<boolean>>();
for (const [index, stage] of stages.entries()) {
  const place = `[${index + 1}/${stages.length}] ${stage.name}`;
  console.log(`\n${place}: ${stage.shows}`);
  const start = performance.now();
  for (const { name, run, beside } of stages.slice(index + 1)) {
    if (beside !== stage.name || typeof run !== "string") continue;
    console.log(`${name} runs beside it`);
    started.set(name, startBeside(run));
  }
  const ok = await (started.get(stage.name)?.() ?? runStage(stage));
  if (!ok) failed.push(stage.name);
  console.log(`${place}: ${ok ? "ok" : "FAILED"} (${Math.round((performance.now() - start) / 1000)} s)`);
}
if (failed.length > 0)
  console.log(`\nfailed: ${failed.join(", ")} (again: npm test -- --only ${failed.join(",")})`);
console.log(`\n${stages.length - failed.length} passed, ${failed.length} failed`);
process.exit(failed.length > 0 ? 1 : 0);
