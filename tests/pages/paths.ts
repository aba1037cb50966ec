/** Where things are, for the tests. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
/** The engine's bundle. */
export const ENGINE = join(ROOT, "dist/engine");
/** Whether it has been built: what needs it is skipped otherwise. */
export const hasEngine = existsSync(join(ENGINE, "diffract_engine.js"));
