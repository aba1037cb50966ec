/**
 * Builds the extension into `dist/chrome` and `dist/firefox` (`dist/demo-*` with `--demo`, which adds the demo platform's
 * site and adapter).
 *
 *   node --import tsx scripts/build.ts [--browser chrome|firefox|both] [--demo] [--fast]
 *
 * The wasm modules, the adapters and the packs are compiled only when their sources changed; `--fast` takes them as they were compiled
 * last whatever their sources say.
 */
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bundle } from "./build/bundle.ts";
import type { Browser } from "./build/manifest.ts";
import { buildModules, compileAdapters, compileModels, compilePacks, compileWire } from "./build/sources.ts";

async function main(): Promise<void> {
  process.chdir(resolve(dirname(fileURLToPath(import.meta.url)), ".."));
  const { values } = parseArgs({
    options: {
      browser: { type: "string", default: "both" },
      demo: { type: "boolean", default: false },
      fast: { type: "boolean", default: false },
    },
  });
  const choices: Record<string, Browser[]> = {
    chrome: ["chrome"],
    firefox: ["firefox"],
    both: ["chrome", "firefox"],
  };
  const wanted = Object.hasOwn(choices, values.browser) ? choices[values.browser] : undefined;
  if (wanted === undefined) throw new Error(`--browser is chrome, firefox or both, not "${values.browser}"`);
  await buildModules(values.fast);
  compileAdapters(values.demo, values.fast);
  compileWire(values.fast);
  compilePacks(values.fast);
  compileModels(values.fast);
  for (const browser of wanted) await bundle(browser, values.demo);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? `build: ${error.message}` : error);
  process.exitCode = 1;
});
