/** One browser's folder: bundles, pages, icons, manifest. */
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, resolve } from "node:path";
import * as esbuild from "esbuild";
import type { WirePlatform } from "../../extension/shared/wire.ts";
import { mark, type Product, unmark } from "./fresh.ts";
import { type Browser, manifestText } from "./manifest.ts";
import {
  adaptersProduct,
  engineModule,
  modelFiles,
  modelsProduct,
  nearModule,
  packsProduct,
  RUNS_MODELS,
  readAdapters,
  readWire,
  scorerModule,
  WASM_MODULES,
  wireProduct,
} from "./sources.ts";

const PAGES = "extension/pages";

/** The extension as built for one browser. */
export const extensionProduct = (browser: Browser, demo: boolean): Product & { folder: string } => {
  const name = `${demo ? "demo-" : ""}${browser}`;
  return {
    name,
    inputs: [
      "extension",
      "scripts/build.ts",
      "scripts/build",
      "package-lock.json",
      "LICENSE",
      adaptersProduct(demo).file,
      packsProduct.file,
      modelsProduct.file,
      wireProduct.file,
      ...WASM_MODULES.flatMap(({ outputs }) => outputs),
    ],
    outputs: [`dist/${name}`],
    folder: `dist/${name}`,
  };
};

/** What `virtual:wire` says. */
export interface WireModule {
  platforms: WirePlatform[];
  /** The browser lets the background rewrite what comes from the network. */
  network: boolean;
}

/** Chromium refuses wasm to content scripts on pages whose policy does, and tells the page that it was tried. */
const getsScript = (browser: Browser): boolean => browser === "chrome";

/** The translated near engine as a module that makes instances, where `wasm2js` makes one when it is loaded. */
export function nearMaker(): string {
  const source = readFileSync(nearModule.javascript, "utf8");
  const making = /\nvar retasmFunc = asmFunc\(\{\s*\}\);\n(?:export var \w+ = retasmFunc\.\w+;\n?)+$/;
  if (!making.test(source))
    throw new Error(`${nearModule.javascript} ends in another way than it did; look again`);
  return source.replace(making, "\nexport const make = () => asmFunc({});\n");
}

/** Modules that the build makes: `virtual:adapters`, `virtual:packs`, `virtual:models`, `virtual:scorer`, `virtual:wire`, `virtual:build`, `virtual:near`. */
export function virtual(
  browser: Browser,
  adapters: string,
  problems: string[],
  wire: WireModule = { platforms: [], network: false },
): esbuild.Plugin {
  const hash = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 16);
  const build = () => ({
    engine: hash(engineModule.wasm),
    problems,
    near: { build: hash(nearModule.wasm), script: getsScript(browser) },
  });
  return {
    name: "virtual",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^virtual:scorer$/ }, () =>
        RUNS_MODELS ? { path: resolve(scorerModule.script) } : { path: "scorer", namespace: "no-scorer" },
      );
      onLoad({ filter: /.*/, namespace: "no-scorer" }, () => ({
        contents: `export default () => Promise.reject(new Error("this build has no scorer")); export class Scorer {} export class Taught {}`,
      }));
      onResolve({ filter: /^virtual:/ }, ({ path }) => ({ path, namespace: "virtual" }));
      onLoad({ filter: /.*/, namespace: "virtual" }, ({ path }) => {
        // As one string: it is parsed by `JSON.parse`, and only on pages that want it.
        if (path === "virtual:adapters") return { contents: adapters, loader: "text" };
        if (path === "virtual:packs")
          return { contents: readFileSync(packsProduct.file, "utf8"), loader: "json" };
        if (path === "virtual:models")
          return { contents: readFileSync(modelsProduct.file, "utf8"), loader: "json" };
        if (path === "virtual:wire")
          return {
            contents: `export default ${JSON.stringify(wire.platforms)};export const network=${wire.network};`,
            loader: "js",
          };
        if (path === "virtual:build") return { contents: JSON.stringify(build()), loader: "json" };
        if (path === "virtual:near") return { contents: nearMaker(), loader: "js" };
        return { errors: [{ text: `no virtual module ${path}` }] };
      });
    },
  };
}

/**
 * Cuts the one place out of Preact where it sets raw HTML: no page of ours uses it, so none shall be able to, and the
 * stores' linter need not ask.
 */
const noRawHtml: esbuild.Plugin = {
  name: "no-raw-html",
  setup(build) {
    build.onLoad({ filter: /node_modules\/preact\/dist\/preact\.[a-z.]+$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      const assignments = /\b\w+\.innerHTML\s*=(?!=)\s*\w+\.__html\b/g;
      if ((source.match(assignments) ?? []).length !== 1) {
        return {
          errors: [{ text: `${basename(path)} sets raw HTML in other ways than it did; look again` }],
        };
      }
      return { contents: source.replace(assignments, "void 0"), loader: "js" };
    });
  },
};

/** Builds one browser's folder beside the old one, then puts it in its place. */
export async function bundle(browser: Browser, demo: boolean): Promise<void> {
  const product = extensionProduct(browser, demo);
  unmark(product);
  const out = `dist/.new-${product.name}`;
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const adapters = readAdapters(adaptersProduct(demo).file);
  const wire = { platforms: readWire(adaptersProduct(demo).file), network: browser === "firefox" };
  for (const words of adapters.problems) console.error(`build: an adapter is left out: ${words}`);
  const common: esbuild.BuildOptions = {
    bundle: true,
    minify: true,
    charset: "utf8",
    legalComments: "none",
    sourcemap: false,
    target: browser === "chrome" ? "chrome120" : "firefox142",
    logLevel: "warning",
    plugins: [virtual(browser, adapters.text, adapters.problems, wire), noRawHtml],
    absWorkingDir: process.cwd(),
    define: { "process.env.NODE_ENV": '"production"' },
  };
  await esbuild.build({
    ...common,
    entryPoints: ["extension/content/main.ts"],
    outfile: `${out}/content.js`,
    format: "iife",
  });
  await esbuild.build({
    ...common,
    entryPoints: ["extension/page/main.ts"],
    outfile: `${out}/page.js`,
    format: "iife",
  });
  await esbuild.build({
    ...common,
    entryPoints: ["extension/background/main.ts"],
    outfile: `${out}/background.js`,
    format: "esm",
  });
  if (getsScript(browser)) {
    await esbuild.build({
      ...common,
      entryPoints: ["extension/near/main.ts"],
      outfile: `${out}/near.js`,
      format: "iife",
    });
  }
  // Only Chrome needs a page to hold a worker.
  for (const page of pages().filter((page) => browser === "chrome" || page !== "offscreen"))
    await buildPage(page, out, common);
  await esbuild.build({
    ...common,
    entryPoints: ["extension/pages/workbench/worker.ts"],
    outfile: `${out}/workbench.js`,
    format: "esm",
  });
  await esbuild.build({
    ...common,
    entryPoints: ["extension/worker/main.ts"],
    outfile: `${out}/scorer.js`,
    format: "esm",
  });
  for (const { from, to } of modelFiles()) cpSync(from, `${out}/${to}`);
  for (const { name, wasm } of WASM_MODULES) cpSync(wasm, `${out}/${name}.wasm`);
  mkdirSync(`${out}/icons`);
  for (const icon of readdirSync("extension/icons").filter((file) => file.endsWith(".png"))) {
    cpSync(`extension/icons/${icon}`, `${out}/icons/${icon}`);
  }
  if (existsSync("LICENSE")) cpSync("LICENSE", `${out}/LICENSE`);
  writeFileSync(`${out}/manifest.json`, manifestText(browser, adapters.hosts, demo));
  rmSync(product.folder, { recursive: true, force: true });
  renameSync(out, product.folder);
  mark(product);
  console.log(`built ${product.folder}`);
}

function pages(): string[] {
  return readdirSync(PAGES)
    .filter((page) => existsSync(`${PAGES}/${page}/index.html`))
    .sort();
}

async function buildPage(page: string, out: string, common: esbuild.BuildOptions): Promise<void> {
  await esbuild.build({
    ...common,
    entryPoints: { [page]: `${PAGES}/${page}/main.tsx` },
    outdir: out,
    format: "esm",
    jsx: "automatic",
    jsxImportSource: "preact",
  });
  if (existsSync(`${PAGES}/${page}/style.css`)) {
    await esbuild.build({ ...common, entryPoints: { [page]: `${PAGES}/${page}/style.css` }, outdir: out });
  }
  cpSync(`${PAGES}/${page}/index.html`, `${out}/${page}.html`);
}
