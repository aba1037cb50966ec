/** For commands that use the built extension: they never run an old one. */
import { spawnSync } from "node:child_process";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { extensionProduct } from "./bundle.ts";
import { isFresh } from "./fresh.ts";
import type { Browser } from "./manifest.ts";
import { adaptersProduct, WASM_MODULES, wireProduct } from "./sources.ts";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** The extension could not be built; why was said by the build itself. */
export class NotBuilt extends Error {}

/**
 * Builds the extension for `browser` if any of its sources changed since it was built last; looking takes some tens of
 * milliseconds. A build that was put aside (`DIFFRACT_DIST`) is taken as it is. Throws {@link NotBuilt} when the build fails,
 * after it has said why.
 */
export function ensureBuilt(browser: Browser, flavour: "demo" | "shipped"): void {
  if (process.env.DIFFRACT_DIST) return;
  const demo = flavour === "demo";
  const here = process.cwd();
  process.chdir(ROOT);
  try {
    if ([...WASM_MODULES, adaptersProduct(demo), wireProduct, extensionProduct(browser, demo)].every(isFresh))
      return;
  } finally {
    process.chdir(here);
  }
  const { status } = spawnSync(
    process.execPath,
    ["--import", "tsx", "scripts/build.ts", "--browser", browser, ...(demo ? ["--demo"] : [])],
    { cwd: ROOT, stdio: ["ignore", 2, 2] },
  );
  if (status !== 0) throw new NotBuilt("the extension did not build; the messages above say why");
}
