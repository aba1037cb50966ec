/**
 * Packs both builds for the stores, and the source they are built from:
 * `dist/diffract-{chrome,firefox,source}-VERSION.zip`. The same sources give the same bytes.
 *
 *   npm run package                  build and pack
 *   npm run package -- --no-build    pack what was built last
 *   npm run package -- --verify      also unpack the source zip elsewhere, build it there and compare the bytes
 */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { unzipSync } from "fflate";
import { adaptersProduct, readAdapters } from "./build/sources.ts";
import { type Entry, zip } from "./build/zip.ts";

const BROWSERS = ["chrome", "firefox"] as const;

/** Every file under `folder`. */
function filesUnder(folder: string): Entry[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => {
      const path = join(file.parentPath, file.name);
      return {
        name: relative(folder, path).split(sep).join("/"),
        bytes: readFileSync(path),
        executable: false,
      };
    });
}

/** Whether this folder is a clone of its own; unpacked from the source zip it is not. */
function isClone(): boolean {
  const { status, stdout } = spawnSync("git", ["rev-parse", "--show-cdup"], { encoding: "utf8" });
  return status === 0 && stdout.trim() === "";
}

/** Every file that git keeps, as it is now. */
function sourceFiles(): Entry[] {
  const listed = execFileSync("git", ["ls-files", "-s", "-z"], { encoding: "utf8", maxBuffer: 64 << 20 });
  return listed
    .split("\0")
    .map((line) => [line, line.slice(line.indexOf("\t") + 1)] as const)
    .filter(([line, name]) => line !== "" && existsSync(name))
    .map(([line, name]) => {
      return { name, bytes: readFileSync(name), executable: line.startsWith("100755") };
    });
}

function build(folder: string, environment: NodeJS.ProcessEnv = {}): void {
  const { status } = spawnSync(process.execPath, ["--import", "tsx", "scripts/build.ts"], {
    cwd: folder,
    stdio: ["ignore", 2, 2],
    env: { ...process.env, ...environment },
  });
  if (status !== 0) throw new Error(`the build in ${folder} failed (see above)`);
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Builds what `source` holds in a folder of its own and says which zips differ. */
function differences(
  source: Uint8Array,
  executables: ReadonlySet<string>,
  packed: ReadonlyMap<string, Uint8Array>,
): string[] {
  const folder = mkdtempSync(join(tmpdir(), "diffract-source-"));
  try {
    for (const [name, bytes] of Object.entries(unzipSync(source))) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      // What unpacks the zip here does not read what else it says of a file.
      writeFileSync(join(folder, name), bytes, { mode: executables.has(name) ? 0o755 : 0o644 });
    }
    // The lock files fix what these hold; fetching it all again would show no more.
    symlinkSync(resolve("node_modules"), join(folder, "node_modules"), "dir");
    // Others' crates, which the lock file pins, may stay compiled; ours are others to cargo in another folder, and are not taken for
    // these.
    build(folder, { CARGO_TARGET_DIR: resolve(process.env.CARGO_TARGET_DIR ?? "target") });
    return BROWSERS.filter((browser) => {
      const again = zip(filesUnder(join(folder, "dist", browser)));
      const same = sha256(again) === sha256(packed.get(browser) ?? new Uint8Array());
      if (!same) tellDifference(join(folder, "dist", browser), `dist/${browser}`);
      return !same;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function tellDifference(there: string, here: string): void {
  const files = new Map(filesUnder(here).map(({ name, bytes }) => [name, sha256(bytes)]));
  for (const { name, bytes } of filesUnder(there)) {
    if (files.get(name) !== sha256(bytes)) console.error(`package: ${name} differs`);
    files.delete(name);
  }
  for (const name of files.keys()) console.error(`package: ${name} is missing`);
}

function main(): void {
  process.chdir(resolve(dirname(fileURLToPath(import.meta.url)), ".."));
  const { values } = parseArgs({
    options: { "no-build": { type: "boolean", default: false }, verify: { type: "boolean", default: false } },
  });
  if (!values["no-build"]) build(".");
  const built = [adaptersProduct(false).file, ...BROWSERS.map((browser) => `dist/${browser}`)];
  if (!built.every(existsSync)) throw new Error("nothing is built yet to be packed; leave --no-build away");
  const { problems } = readAdapters(adaptersProduct(false).file);
  if (problems.length > 0)
    throw new Error(`no package with broken adapters. Mend them first: ${problems.join("; ")}`);
  const { version } = JSON.parse(readFileSync("extension/manifest.json", "utf8")) as { version: string };
  const write = (kind: string, bytes: Uint8Array) => {
    const file = `dist/diffract-${kind}-${version}.zip`;
    writeFileSync(file, bytes);
    console.log(`${sha256(bytes)}  ${file}  ${(statSync(file).size / 1024).toFixed(0)} KB`);
    return bytes;
  };
  const packed = new Map(
    BROWSERS.map((browser) => [browser as string, write(browser, zip(filesUnder(`dist/${browser}`)))]),
  );
  if (!isClone()) {
    if (values.verify) throw new Error("--verify is for a clone: the source zip is made of what git keeps");
    console.log("this is no clone of the repository: no source zip");
    return;
  }
  const status = execFileSync("git", ["status", "--porcelain"], { encoding: "utf8", maxBuffer: 64 << 20 });
  const changes = status.split("\n").filter((line) => line !== "");
  if (changes.some((line) => !line.startsWith("??")))
    console.error("package: some files differ from the last commit; the source zip has them as they are now");
  const unkept = changes.filter((line) => line.startsWith("??")).map((line) => line.slice(3));
  if (unkept.length > 0)
    console.error(`package: not kept by git, so not in the source zip: ${unkept.join(", ")}`);
  const files = sourceFiles();
  const source = write("source", zip(files));
  if (!values.verify) return;
  const executables = new Set(files.filter(({ executable }) => executable).map(({ name }) => name));
  const different = differences(source, executables, packed);
  if (different.length > 0)
    throw new Error(`built from the source zip, ${different.join(" and ")} came out otherwise`);
  console.log("built from the source zip, both came out byte for byte the same");
}

try {
  main();
} catch (error) {
  console.error(`package: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
