/**
 * Builds the extension into `dist/chrome` and `dist/firefox` (`dist/demo-*` with `--demo`, which adds the demo platform's
 * site and adapter).
 *
 *   node --import tsx scripts/build.ts [--browser chrome|firefox|both] [--demo] [--fast]
 *
 * `--fast` takes the engine and the adapters as they were compiled last.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as esbuild from "esbuild";
import { type Browser, manifestText } from "./build/manifest.ts";
import { buildEngine, compileAdapters, ENGINE_WASM } from "./build/sources.ts";

const DEMO_ADAPTER = "tests/agora/adapter.toml";
const PAGES = "extension/pages";
const PACKS = "extension/packs";

/** Modules that the build makes: `virtual:adapters`, `virtual:packs`. */
function virtual(adapters: string): esbuild.Plugin {
  const packs = () =>
    readdirSync(PACKS)
      .filter((file) => file.endsWith(".rules"))
      .sort()
      .map((file) => ({ id: basename(file, ".rules"), source: readFileSync(join(PACKS, file), "utf8") }));
  return {
    name: "virtual",
    setup(build) {
      build.onResolve({ filter: /^virtual:/ }, ({ path }) => ({ path, namespace: "virtual" }));
      build.onLoad({ filter: /.*/, namespace: "virtual" }, ({ path }) => {
        // As one string: it is parsed by `JSON.parse`, and only on pages that want it.
        if (path === "virtual:adapters") return { contents: adapters, loader: "text" };
        if (path === "virtual:packs") return { contents: JSON.stringify(packs()), loader: "json" };
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

/** Builds one browser's folder. */
async function build(browser: Browser, demo: boolean, adaptersFile: string): Promise<void> {
  const out = `dist/${demo ? "demo-" : ""}${browser}`;
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const adapters = readFileSync(adaptersFile, "utf8");
  const common: esbuild.BuildOptions = {
    bundle: true,
    minify: true,
    charset: "utf8",
    legalComments: "none",
    sourcemap: false,
    target: browser === "chrome" ? "chrome120" : "firefox142",
    logLevel: "warning",
    plugins: [virtual(adapters), noRawHtml],
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
    entryPoints: ["extension/background/main.ts"],
    outfile: `${out}/background.js`,
    format: "esm",
  });
  for (const page of pages()) await buildPage(page, out, common);
  cpSync(ENGINE_WASM, `${out}/engine.wasm`);
  mkdirSync(`${out}/icons`);
  for (const icon of readdirSync("extension/icons").filter((file) => file.endsWith(".png"))) {
    cpSync(`extension/icons/${icon}`, `${out}/icons/${icon}`);
  }
  if (existsSync("LICENSE")) cpSync("LICENSE", `${out}/LICENSE`);
  const { adapters: list } = JSON.parse(adapters) as { adapters: Array<{ hosts: string[] }> };
  writeFileSync(
    `${out}/manifest.json`,
    manifestText(
      browser,
      list.flatMap(({ hosts }) => hosts),
      demo,
    ),
  );
  console.log(`built ${out}`);
}

function pages(): string[] {
  return readdirSync(PAGES).filter((page) => existsSync(`${PAGES}/${page}/index.html`));
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

async function main(): Promise<void> {
  process.chdir(resolve(dirname(fileURLToPath(import.meta.url)), ".."));
  const { values } = parseArgs({
    options: {
      browser: { type: "string", default: "both" },
      demo: { type: "boolean", default: false },
      fast: { type: "boolean", default: false },
    },
  });
  const wanted: Browser[] | undefined = {
    chrome: ["chrome" as const],
    firefox: ["firefox" as const],
    both: ["chrome" as const, "firefox" as const],
  }[values.browser];
  if (wanted === undefined) throw new Error(`--browser is chrome, firefox or both, not "${values.browser}"`);
  buildEngine(values.fast);
  const adapters = values.demo ? "dist/adapters-demo.json" : "dist/adapters.json";
  compileAdapters(adapters, values.demo ? [DEMO_ADAPTER] : [], values.fast);
  for (const browser of wanted) await build(browser, values.demo, adapters);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? `build: ${error.message}` : error);
  process.exitCode = 1;
});
