/** What is compiled before the bundles: our wasm modules and the adapters. Each is made anew when its sources changed. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { readCompiledAdapters } from "../../extension/shared/adapter.ts";
import type { WirePlatform } from "../../extension/shared/wire.ts";
import { isFresh, mark, type Product, unmark } from "./fresh.ts";

const DEMO_ADAPTER = "tests/agora/adapter.toml";

/** A wasm module of ours: a folder of `crate/`, compiled into `dist/NAME`, shipped as `NAME.wasm`. */
export interface WasmModule extends Product {
  /** Its JavaScript. */
  script: string;
  wasm: string;
  /** What `scripts/build-wasm.sh` is told through the environment. */
  settings: Record<string, string>;
  /** Modules of one family share what is compiled of others' crates, and so one folder of cargo's, which only one builds in at a time. */
  family: string;
}

/** `crates`: the folders of `crate/` that it is made of, its own aside. */
function wasmModule(
  name: string,
  crates: readonly string[],
  settings: Record<string, string> = {},
  family = name,
): WasmModule {
  const script = `dist/${name}/diffract_${name}.js`;
  const wasm = `dist/${name}/diffract_${name}_bg.wasm`;
  return {
    name,
    script,
    wasm,
    settings,
    family,
    inputs: [
      ...[name, ...crates].map((crate) => `crate/${crate}`),
      "Cargo.toml",
      "Cargo.lock",
      ".cargo",
      "rust-toolchain.toml",
      "scripts/build-wasm.sh",
      "node_modules/binaryen/package.json",
    ],
    outputs: [script, wasm],
  };
}

/** Decides posts, in the background. */
export const engineModule = wasmModule("engine", ["core"], {}, "small");

/**
 * Decides posts in the page, with nothing around it: as wasm, and translated into JavaScript for where wasm may be refused
 * (docs/decisions/near-engine.md).
 */
export const nearModule = (() => {
  const module = wasmModule("near", ["core"], {}, "small");
  const javascript = "dist/near/diffract_near_js.js";
  return { ...module, outputs: [...module.outputs, javascript], javascript };
})();

/**
 * Checks, completes and tries out rules, in the pages. Fast before small: it is loaded only by the dashboard, and answers
 * keystrokes (docs/decisions/workbench.md).
 */
export const workbenchModule = wasmModule("workbench", ["core", "importers", "packs"], {
  CARGO_PROFILE_WASM_OPT_LEVEL: "3",
  DIFFRACT_WASM_OPT: "-O3",
});

/**
 * Runs models, in a worker of its own. Built to compile soon: tract is large, level 3 goes only to what multiplies (`Cargo.toml`), and what
 * more would cost is in docs/decisions/scoring.md.
 */
export const scorerModule = (() => {
  const module = wasmModule("scorer", ["models", "personal"], {
    CARGO_PROFILE_WASM_OPT_LEVEL: "s",
    CARGO_PROFILE_WASM_LTO: "off",
    CARGO_PROFILE_WASM_CODEGEN_UNITS: "16",
    DIFFRACT_WASM_FLAGS: "+simd128",
    DIFFRACT_WASM_OPT: "-O0",
  });
  // The word pieces are compiled in.
  return { ...module, inputs: [...module.inputs, "models/wordpiece"] };
})();

/**
 * Reads and rewrites the answers of platforms, in the background. Fast before small: it is loaded when a page asks for a
 * timeline, and stands between that answer and the page (docs/decisions/rewriting.md).
 */
export const rewriterModule = wasmModule("rewriter", ["core", "adapters"], {
  CARGO_PROFILE_WASM_OPT_LEVEL: "3",
  DIFFRACT_WASM_OPT: "-O3",
  DIFFRACT_WASM_FLAGS: "+simd128",
});

/** Every wasm module that the extension ships, in the order in which they are built: what takes long first, families apart. */
export const WASM_MODULES: readonly WasmModule[] = [
  scorerModule,
  engineModule,
  rewriterModule,
  workbenchModule,
  nearModule,
];

/** Whether the extension runs models: they and their scorer travel together or not at all. */
export const RUNS_MODELS = WASM_MODULES.includes(scorerModule);

/** The compiled adapters, with the demo platform's or without. */
export const adaptersProduct = (demo: boolean): Product & { file: string } => {
  const file = demo ? "dist/adapters-demo.json" : "dist/adapters.json";
  return {
    name: demo ? "adapters-demo" : "adapters",
    inputs: ["crate/adapters", "crate/core", "Cargo.toml", "Cargo.lock", ...(demo ? [DEMO_ADAPTER] : [])],
    outputs: [file],
    file,
  };
};

/** Which addresses of each platform answer with posts. */
export const wireProduct: Product & { file: string } = {
  name: "wire",
  inputs: ["crate/adapters", "crate/core", "Cargo.toml", "Cargo.lock"],
  outputs: ["dist/wire.json"],
  file: "dist/wire.json",
};

const PACKS = "extension/packs";

/** The packs that come with the extension, compiled from their folders. */
export const packsProduct: Product & { file: string } = {
  name: "packs",
  inputs: ["crate/packs", "crate/core", PACKS, "Cargo.toml", "Cargo.lock"],
  outputs: ["dist/packs.json"],
  file: "dist/packs.json",
};

const MODELS = "models";

/** The cards of the models that come with the extension; their files are copied by the bundle. */
export const modelsProduct: Product & { file: string } = {
  name: "models",
  inputs: ["crate/packs/examples", MODELS, "Cargo.toml", "Cargo.lock"],
  outputs: ["dist/models.json"],
  file: "dist/models.json",
};

/** The files of every model that the extension ships: where they lie, and where they go. */
export function modelFiles(): { from: string; to: string }[] {
  if (!RUNS_MODELS) return [];
  const folders = readdirSync(MODELS)
    .filter((name) => existsSync(`${MODELS}/${name}/card.toml`))
    .sort();
  return folders.flatMap((name) =>
    ["card.toml", "model.onnx"].map((file) => ({
      from: `${MODELS}/${name}/${file}`,
      to: `models/${name}/${file}`,
    })),
  );
}

/** Gathers the models' cards. */
export function compileModels(fast: boolean): void {
  const { file } = modelsProduct;
  if (existsSync(file) && (fast || isFresh(modelsProduct))) return;
  unmark(modelsProduct);
  mkdirSync("dist", { recursive: true });
  const fresh = `${file}.new`;
  rmSync(fresh, { force: true });
  if (runExample("compile-models", [fresh, MODELS]) !== 0) {
    rmSync(fresh, { force: true });
    throw new Error("the models' cards could not be gathered (see above)");
  }
  renameSync(fresh, file);
  mark(modelsProduct);
}

/** Runs a command. A failure is told by the status; one that could not be started throws. */
function run(command: string, args: string[]): number | null {
  const { status, error } = spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"] });
  if (error) throw error;
  return status;
}

/** Where cargo compiles for this machine. */
const targetFolder = (): string => process.env.CARGO_TARGET_DIR ?? "target";

/**
 * Runs an example of a crate of ours. Compiled as `cargo test --workspace` does it, with what features the whole workspace asks of a
 * dependency: by `cargo run -p` the same dependencies would be compiled once more with others.
 */
function runExample(name: string, args: string[]): number | null {
  const status = run("cargo", ["build", "--quiet", "--locked", "--workspace", "--example", name]);
  return status === 0 ? run(join(targetFolder(), "debug/examples", name), args) : status;
}

/** Whether a wasm module need not be compiled. */
const isBuilt = (module: WasmModule, fast: boolean): boolean =>
  existsSync(module.script) && existsSync(module.wasm) && (fast || isFresh(module));

/** Builds a wasm module. With `fast`, takes the last one if there is any. */
export async function buildWasm(module: WasmModule, fast: boolean): Promise<void> {
  if (!isBuilt(module, fast)) await compileWasm(module);
}

/** Compiles a wasm module. What compilers say is printed when it is done. */
async function compileWasm(module: WasmModule): Promise<void> {
  const { name, settings, family } = module;
  unmark(module);
  // Outside `npm run` the tools may not be on the path.
  const hasTools = spawnSync("wasm-bindgen", ["--version"], { stdio: "ignore" }).status === 0;
  const command = [...(hasTools ? [] : ["scripts/with-setup.sh", "bash"]), "scripts/build-wasm.sh", name];
  const start = performance.now();
  const said: Buffer[] = [];
  const child = spawn("bash", command, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...settings, CARGO_TARGET_DIR: join(targetFolder(), "modules", family) },
  });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes: Buffer) => said.push(bytes));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  process.stderr.write(Buffer.concat(said));
  if (status !== 0) throw new Error(`${name}.wasm did not build (see above)`);
  console.error(`${name}: built in ${Math.round((performance.now() - start) / 1000)} s`);
  mark(module);
}

/**
 * Builds every wasm module that is not as its sources say, two at a time: of each the last part, where all is one unit and then
 * wasm-opt goes over it, keeps one core busy. Once one fails no other begins.
 */
export async function buildModules(fast: boolean): Promise<void> {
  const left = WASM_MODULES.filter((module) => !isBuilt(module, fast));
  if (left.length > 0) console.error(`building ${left.map(({ name }) => `${name}.wasm`).join(", ")} ...`);
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    for (let module = left.shift(); module !== undefined; module = left.shift()) {
      try {
        await compileWasm(module);
      } catch (error) {
        failures.push(error);
        left.length = 0;
      }
    }
  };
  await Promise.all(availableParallelism() > 1 ? [lane(), lane()] : [lane()]);
  if (failures.length > 0) throw failures[0];
}

/**
 * Compiles the shipped adapters (and the demo platform's). A broken one costs itself only: it is said, and is among the
 * `problems` of what was compiled.
 */
export function compileAdapters(demo: boolean, fast: boolean): void {
  const product = adaptersProduct(demo);
  if (existsSync(product.file) && (fast || isFresh(product))) return;
  unmark(product);
  mkdirSync("dist", { recursive: true });
  const fresh = `${product.file}.new`;
  rmSync(fresh, { force: true });
  const more = demo ? [DEMO_ADAPTER] : [];
  const status = runExample("compile-dom", [fresh, ...more]);
  // It also ends with 1 when an adapter has problems, having written the others.
  if (!existsSync(fresh) || (status !== 0 && readAdapters(fresh).problems.length === 0)) {
    rmSync(fresh, { force: true });
    throw new Error("the adapters did not compile (see above)");
  }
  renameSync(fresh, product.file);
  mark(product);
}

/** Compiles what the interceptor must know of the wire adapters. */
export function compileWire(fast: boolean): void {
  const { file } = wireProduct;
  if (existsSync(file) && (fast || isFresh(wireProduct))) return;
  unmark(wireProduct);
  mkdirSync("dist", { recursive: true });
  if (runExample("compile-wire", [`${file}.new`]) !== 0) {
    rmSync(`${file}.new`, { force: true });
    throw new Error("the wire adapters did not compile (see above)");
  }
  renameSync(`${file}.new`, file);
  mark(wireProduct);
}

/** Platforms whose answers are known, on the hosts that the compiled adapters in `adapters` name where they name none themselves. */
export function readWire(adapters: string): WirePlatform[] {
  const platforms = JSON.parse(readFileSync(wireProduct.file, "utf8")) as WirePlatform[];
  const known = (
    JSON.parse(readFileSync(adapters, "utf8")) as { adapters: { name: string; hosts: string[] }[] }
  ).adapters;
  return platforms.map((platform) => ({
    ...platform,
    hosts:
      platform.hosts.length > 0
        ? platform.hosts
        : (known.find(({ name }) => name === platform.name)?.hosts.filter((host) => host !== "*") ?? []),
  }));
}

/** Compiles the shipped packs. A problem with one of our own stops the build. */
export function compilePacks(fast: boolean): void {
  const { file } = packsProduct;
  if (existsSync(file) && (fast || isFresh(packsProduct))) return;
  unmark(packsProduct);
  mkdirSync("dist", { recursive: true });
  const fresh = `${file}.new`;
  rmSync(fresh, { force: true });
  if (runExample("compile-packs", [fresh, PACKS]) !== 0) {
    rmSync(fresh, { force: true });
    throw new Error("a shipped pack has problems (see above)");
  }
  renameSync(fresh, file);
  mark(packsProduct);
}

/** What is in a file of compiled adapters, and what is wrong there, in words. */
export function readAdapters(file: string): { text: string; hosts: string[]; problems: string[] } {
  const text = readFileSync(file, "utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`${file} is damaged; build again without --fast`);
  }
  const { adapters, problems } = readCompiledAdapters(value);
  if (adapters.length === 0) throw new Error(`${file} holds no adapter that can be read`);
  return {
    text,
    hosts: adapters.flatMap(({ hosts }) => hosts),
    problems: problems.map(({ file: source, line, key, message }) => {
      const place = typeof line === "number" ? `${source}:${line}` : source;
      return message.startsWith(key) ? `${place}: ${message}` : `${place}: ${key}: ${message}`;
    }),
  };
}
