/** Builds the pages as they are shipped, serves them, and opens them in headless Chromium with a fake browser under them. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import type { Scenario } from "./fake-browser.ts";
import { hasWorkbench, ROOT, WORKBENCH } from "./paths.ts";

const PAGES = join(ROOT, "extension/pages");
const NAMES = ["popup", "dashboard", "welcome", "reader", "compare"] as const;

/** A page of the extension. */
export type Name = (typeof NAMES)[number];

async function bundle(): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const built = await build({
    entryPoints: [
      ...NAMES.flatMap((name) => [
        { in: join(PAGES, name, "main.tsx"), out: name },
        { in: join(PAGES, name, "style.css"), out: name },
      ]),
      { in: join(ROOT, "tests/pages/fake-scorer.ts"), out: "scorer" },
      // Without it the pages still open; they then say that rules are not checked while one types.
      ...(hasWorkbench ? [{ in: join(PAGES, "workbench/worker.ts"), out: "workbench" }] : []),
    ],
    outdir: "/",
    bundle: true,
    write: false,
    format: "esm",
    target: "es2023",
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "warning",
  });
  for (const file of built.outputFiles) files.set(file.path, file.contents);
  for (const name of NAMES) files.set(`/${name}.html`, await readFile(join(PAGES, name, "index.html")));
  files.set("/icons/32.png", await readFile(join(ROOT, "extension/icons/32.png")));
  if (hasWorkbench) {
    files.set("/workbench.wasm", await readFile(join(WORKBENCH, "diffract_workbench_bg.wasm")));
  }
  return files;
}

const TYPES: Record<string, string> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript",
  css: "text/css",
  wasm: "application/wasm",
  png: "image/png",
};

function serve(files: Map<string, Uint8Array>): Promise<Server> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const body = files.get(path);
    response.writeHead(body === undefined ? 404 : 200, {
      "content-type": TYPES[path.split(".").at(-1) ?? ""] ?? "text/plain",
      // The extension pages' own policy.
      "content-security-policy": "script-src 'self' 'wasm-unsafe-eval'; object-src 'self'",
    });
    response.end(body);
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

/** How a page is opened. */
export interface Opening extends Scenario {
  dark?: boolean;
  /** CSS pixels. */
  width?: number;
  height?: number;
  /** `#packs`. */
  hash?: string;
}

/** The pages, ready to be opened. */
export interface Pages {
  /** Opens a page and waits until it has something to show. Errors of the page fail the test that closes it. */
  open: (name: Name, opening?: Opening) => Promise<Page>;
  close: () => Promise<void>;
}

/** Errors that a page threw or logged; empty on a sound page. */
const errors = new WeakMap<Page, string[]>();

/** What went wrong in a page. */
export function errorsOf(page: Page): string[] {
  return errors.get(page) ?? [];
}

/** Starts Chromium and the server. */
export async function startPages(): Promise<Pages> {
  const [files, fake] = await Promise.all([
    bundle(),
    build({
      entryPoints: [join(ROOT, "tests/pages/fake-browser.ts")],
      bundle: true,
      write: false,
      format: "iife",
      target: "es2023",
    }),
  ]);
  const fakeBrowser = fake.outputFiles[0]?.text ?? "";
  const server = await serve(files);
  const { port } = server.address() as AddressInfo;
  const profile = await mkdtemp(join(tmpdir(), "diffract-pages-"));
  const browser: Browser = await puppeteer.launch({
    executablePath: process.env.CHROME ?? "/usr/bin/chromium",
    userDataDir: profile,
    args: [
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  return {
    async open(name, opening = {}) {
      const {
        dark = false,
        width = name === "popup" ? 360 : 1280,
        height = 800,
        hash = "",
        ...scenario
      } = opening;
      const page = await browser.newPage();
      const found: string[] = [];
      errors.set(page, found);
      page.on("pageerror", (error) => found.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error") found.push(message.text());
      });
      await page.setViewport({ width, height, hasTouch: width < 360, isMobile: width < 360 });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
      await page.evaluateOnNewDocument(
        `localStorage.clear();\nwindow.scenario = ${JSON.stringify(scenario)};\n${fakeBrowser}`,
      );
      await page.goto(`http://127.0.0.1:${port}/${name}.html${hash}`, { waitUntil: "load" });
      await page.waitForFunction(
        () =>
          document.querySelector("h1") !== null &&
          !/Looking at|Asking|Gathering/u.test(document.body.textContent),
      );
      return page;
    },
    async close() {
      await browser.close();
      server.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
