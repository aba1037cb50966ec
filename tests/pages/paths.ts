/** Where things are, for the tests. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
/** The workbench's bundle. */
export const WORKBENCH = join(ROOT, "dist/workbench");
/** Whether it has been built: what needs it is skipped otherwise. */
export const hasWorkbench = existsSync(join(WORKBENCH, "diffract_workbench.js"));
/** Why tests are skipped without it. */
export const needsWorkbench = hasWorkbench ? false : "the workbench is not built (npm run build)";
