/** Opens a page in headless Chromium at the address it was saved from, and reads it with the extractor. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import type { AdapterHealth } from "../../extension/shared/messages.ts";
import type { Post } from "../../extension/shared/post.ts";

export const ROOT = resolve(import.meta.dirname, "../..");

/** Recorded pages; absent on most machines. */
export const CORPORA = resolve(process.env.DIFFRACT_CORPORA ?? join(ROOT, "../shared/corpora"));

const CHROMIUM_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const BROWSERS = {
  chrome: process.env.CHROME ?? "/usr/bin/chromium",
  firefox: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
};

export async function launch(
  browser: "chrome" | "firefox" = "chrome",
): Promise<{ browser: Browser; close(): Promise<void> }> {
  const profile = mkdtempSync(join(tmpdir(), "extract-"));
  const b = await puppeteer.launch({
    browser,
    executablePath: BROWSERS[browser],
    headless: true,
    ...(browser === "chrome" ? { args: CHROMIUM_FLAGS, userDataDir: profile } : {}),
  });
  return {
    browser: b,
    async close() {
      await b.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

let adapters: string | undefined;

/** The shipped adapters as the build compiles them; `DIFFRACT_DOM_ADAPTERS` names a ready file instead. */
export function compiledAdapters(): string {
  if (adapters !== undefined) return adapters;
  let file = process.env.DIFFRACT_DOM_ADAPTERS;
  if (!file) {
    file = join(ROOT, "target/dom-adapters.json");
    const args = ["run", "-q", "-p", "diffract-adapters", "--example", "compile-dom", "--", file];
    const run = spawnSync("cargo", args, { cwd: ROOT, encoding: "utf8" });
    if (run.status !== 0) throw new Error(`the adapters do not compile:\n${run.stderr}`);
  }
  adapters = readFileSync(file, "utf8");
  return adapters;
}

/** A module of the extension as a script that sets the global `name` to its exports. */
export async function bundled(entry: string, name: string): Promise<string> {
  const out = await build({
    entryPoints: [join(ROOT, entry)],
    bundle: true,
    format: "iife",
    globalName: name,
    write: false,
    target: "es2023",
  });
  return `${out.outputFiles[0]?.text ?? ""}\nglobalThis.${name} = ${name};`;
}

/** Shows `html` at `url`, without any other request. */
export async function open(browser: Browser, url: string, html: string): Promise<Page> {
  const page = await browser.newPage();
  // Firefox's driver knows no such thing.
  if ((await browser.version()).startsWith("Chrome")) await page.setBypassCSP(true);
  await page.setRequestInterception(true);
  page.on("request", (request) => {
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) {
      void request.respond({ status: 200, contentType: "text/html; charset=utf-8", body: html });
    } else if (request.url().startsWith("data:")) void request.continue();
    else void request.abort();
  });
  await page.goto(url, { waitUntil: "domcontentloaded" });
  return page;
}

export interface Reading {
  adapter: string | null;
  surface: string | null;
  /** How many items were found; more than `posts` where some are still empty. */
  found: number;
  posts: Array<Post & { foundAs: string }>;
  health: AdapterHealth;
  veil: string[];
  troubles: string[];
  problems: string[];
  /** For every item: whether a node inside it, its box and its identity lead back to it. */
  consistent: boolean[];
  /** Items that are something else when they are read in two parts. */
  divided: string[];
}

/** Finds and reads every post of a page, as the shell does. `url`: see {@link open}. */
export async function read(page: Page): Promise<Reading> {
  await page.evaluate(await bundled("tests/extract/in-page.ts", "extracting"));
  return JSON.parse(
    (await page.evaluate(`extracting.readPage(${JSON.stringify(compiledAdapters())})`)) as string,
  ) as Reading;
}
