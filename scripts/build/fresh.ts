/**
 * Whether what was built is still what its sources would give. By contents, not by times: a checkout, a copy or a
 * restored cache changes times at will. `dist/.inputs/NAME` holds a hash of a product's inputs and of the product itself.
 */
import { createHash, type Hash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const STAMPS = "dist/.inputs";
/** Folders whose files no product is made of. */
const SKIPPED: ReadonlySet<string> = new Set(["tests", "benches", "target", "node_modules"]);

/** Something that is built. Paths are relative to the repository's root. */
export interface Product {
  name: string;
  /** Files and folders it is made of; what is not there counts as such. */
  inputs: readonly string[];
  /** Files and folders that are it. */
  outputs: readonly string[];
}

function feed(hash: Hash, path: string): boolean {
  let folder: boolean;
  try {
    folder = statSync(path).isDirectory();
  } catch {
    hash.update(`- ${path}\0`);
    return false;
  }
  if (folder) {
    for (const name of readdirSync(path).sort()) if (!SKIPPED.has(name)) feed(hash, join(path, name));
  } else {
    const bytes = readFileSync(path);
    hash.update(`+ ${path}\0${bytes.length}\0`).update(bytes);
  }
  return true;
}

/** Hash of inputs and outputs; `null` where an output is missing. */
function stampOf({ inputs, outputs }: Product): string | null {
  const hash = createHash("sha256");
  for (const path of inputs) feed(hash, path);
  for (const path of outputs) if (!feed(hash, path)) return null;
  return hash.digest("hex");
}

/** Whether a product is there, untouched, and its inputs are as they were when it was built. */
export function isFresh(product: Product): boolean {
  let known: string;
  try {
    known = readFileSync(join(STAMPS, product.name), "utf8");
  } catch {
    return false;
  }
  return stampOf(product) === known;
}

/** To be said before a product is built: whatever becomes of it, it is not fresh. */
export function unmark(product: Product): void {
  rmSync(join(STAMPS, product.name), { force: true });
}

/** To be said once a product is built. */
export function mark(product: Product): void {
  const stamp = stampOf(product);
  if (stamp === null) throw new Error(`${product.name} was built, but there is nothing of it`);
  mkdirSync(STAMPS, { recursive: true });
  writeFileSync(join(STAMPS, product.name), stamp);
}
