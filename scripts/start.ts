/**
 * `npm start`: from a clone to a feed that obeys its reader. Builds the extension, serves the demo platform Agora,
 * and opens it in a browser with the extension installed. Without a display, or with `--headless`, it scrolls the feed
 * and writes pictures and figures instead.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "puppeteer-core";
import type { PageReport } from "../extension/shared/messages.ts";
import { type Agora, startAgora } from "../tests/agora/server.ts";
import type { Truth } from "../tests/agora/types.ts";
import {
  type BrowserName,
  builtExtension,
  executable,
  launch,
  MissingBrowser,
  type Running,
} from "../tests/support/browsers.ts";
import { type Extension, installExtension, openOwnPage } from "../tests/support/extension.ts";
import { countFlashes, type FlashCount, scrollFeed, watchFrames } from "../tests/support/flashes.ts";
import { percentile } from "../tests/support/numbers.ts";
import { picturesLoaded, settled } from "../tests/support/page.ts";
import { until } from "../tests/support/wait.ts";
import { ensureBuilt, NotBuilt } from "./build/ensure.ts";
import { checkRules } from "./build/workbench.ts";

const DEMO_RULES = "tests/agora/demo.rules";

const HELP = `npm start -- [options]
  --browser NAME   chrome (the default) or firefox
  --headless       no window: scroll the feed, write before.png, after.png, reader.png, compare.png and summary.json, and end
  --out DIR        where to write them (default: out)
  --port N         Agora's port (default: any free one)
  --rules FILE     the reader's own rules (default: ${DEMO_RULES})
  --posts N        how many posts to scroll past when headless (default: 600)
  --dark           a reader who likes it dark
  --no-build       use the extension as it was last built`;

interface Options {
  browser: BrowserName;
  headless: boolean;
  out: string;
  port: number;
  rules: string;
  /** The rules are not the demo's. */
  ownRules: boolean;
  posts: number;
  dark: boolean;
  build: boolean;
}

/** A mistake of whoever typed the command: told in a line, without a stack. */
class UsageError extends Error {}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      browser: { type: "string", default: "chrome" },
      headless: { type: "boolean", default: false },
      out: { type: "string", default: "out" },
      port: { type: "string", default: "0" },
      rules: { type: "string", default: DEMO_RULES },
      posts: { type: "string", default: "600" },
      dark: { type: "boolean", default: false },
      "no-build": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  const browser = values.browser === "chromium" ? "chrome" : values.browser;
  if (browser !== "chrome" && browser !== "firefox")
    throw new UsageError(`--browser ${values.browser}: there are chrome and firefox`);
  const noDisplay = process.platform === "linux" && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;
  if (noDisplay && !values.headless)
    console.log("There is no display here, so this runs without a window (--headless).");
  return {
    browser,
    headless: values.headless || noDisplay,
    out: resolve(values.out),
    port: wholeNumber("--port", values.port, 65_535),
    rules: resolve(values.rules),
    ownRules: resolve(values.rules) !== resolve(DEMO_RULES),
    posts: wholeNumber("--posts", values.posts, 2_500),
    dark: values.dark,
    build: !values["no-build"],
  };
}

function wholeNumber(name: string, text: string, most: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0 || number > most)
    throw new UsageError(`${name} ${text}: a whole number from 0 to ${most} is wanted`);
  return number;
}

function readRules(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new UsageError(
      `--rules ${file}: cannot be read. Give the path of a rule file; tests/agora/demo.rules is one.`,
    );
  }
}

/** The reader's own rules go in as the dashboard would put them; what is wrong with them is said here too. */
async function giveRules(extension: Extension, source: string): Promise<void> {
  await extension.setRules(source);
  for (const { rendered } of await checkRules(source)) console.error(rendered);
}

async function openAgora(running: Running, agora: Agora): Promise<Page> {
  const page = await running.newPage();
  await page.goto(agora.url);
  await page.bringToFront();
  return page;
}

async function picture(page: Page, file: string): Promise<void> {
  await picturesLoaded(page);
  await page.screenshot({ path: file as `${string}.png` });
}

/** No window: two pictures, one scroll, one summary. */
async function perform(options: Options, agora: Agora, rules: string): Promise<void> {
  mkdirSync(options.out, { recursive: true });
  const running = await launch(options.browser, {
    headless: true,
    width: 1280,
    height: 1200,
    dark: options.dark,
  });
  try {
    const before = await openAgora(running, agora);
    await settled(before);
    await picture(before, join(options.out, "before.png"));
    await before.close();

    const extension = await installExtension(running, builtExtension(options.browser, "demo"));
    await giveRules(extension, rules);
    const page = await openAgora(running, agora);
    await extension.report("agora.localhost");
    await settled(page);
    await picture(page, join(options.out, "after.png"));

    await watchFrames(page);
    const sightings = await scrollFeed(page, { posts: options.posts });
    await settled(page);
    const report = await extension.report("agora.localhost", 5000);
    await ownPages(running, extension, options.out);
    const flashes = countFlashes(sightings, agora.truth, options.ownRules ? hiddenBy(report) : DEMO_HIDES);
    const summary = summarise(options.browser, await running.browser.version(), report, flashes);
    writeFileSync(join(options.out, "summary.json"), `${JSON.stringify(summary, null, 2)}\n`);
    console.log(JSON.stringify(summary, null, 2));
    console.log(`\nthe pictures and summary.json are in ${options.out}`);
  } finally {
    await running.close();
  }
}

/** The extension's own pages about what was seen: the reader, and the two orders of the page. */
async function ownPages(running: Running, extension: Extension, out: string): Promise<void> {
  const [tab] = await extension.reports(0);
  const shots: [path: string, drawn: string, file: string][] = [
    ["reader.html", ".post", "reader.png"],
    [`compare.html#${tab?.tab ?? ""}`, ".row", "compare.png"],
  ];
  for (const [path, drawn, file] of shots) {
    const page = await openOwnPage(running, extension.installed, path);
    await page.bringToFront();
    await until(`${path} to be drawn`, () =>
      page.evaluate((selector) => document.querySelector(selector) !== null, drawn),
    );
    await picture(page, join(out, file));
    await page.close();
  }
}

/**
 * What the demo's rules hide, said again in other words, of what the server knows of a post. Rules of the reader's own
 * (`--rules`) are not known here: of those, what the extension said itself has to do, and so do posts it never judged.
 */
const DEMO_HIDES = (post: Truth, text: string): boolean => post.promoted || /presale|1000x/i.test(text);

/** Whether the extension says of a post, as worded, that it is hidden; a post that it never judged counts as well. */
function hiddenBy(report: PageReport): (post: Truth, text: string) => boolean {
  const plain = (text: string) => text.replace(/\s+/g, " ").trim();
  const judged = new Map(
    report.posts.map(({ post, verdict, shown }) => [
      post.id,
      verdict.action === "hide" && !shown ? plain(post.text ?? "") : null,
    ]),
  );
  return ({ id }, text) => {
    const hidden = judged.get(id);
    return hidden === undefined || hidden === plain(text);
  };
}

function summarise(browser: BrowserName, version: string, report: PageReport, flashes: FlashCount) {
  return {
    browser,
    version,
    posts_seen: report.seen,
    actions: report.actions,
    verdict_latency_ms: { p50: percentile(report.latencies, 0.5), p95: percentile(report.latencies, 0.95) },
    frames: flashes.frames,
    to_be_hidden: flashes.hidden,
    flashes: flashes.flashes.length,
    adapter: report.health.state,
    troubles: report.troubles,
  };
}

/** A window, until it is closed. */
async function stay(options: Options, agora: Agora, rules: string): Promise<void> {
  const running = await launch(options.browser, {
    headless: false,
    width: 1280,
    height: 950,
    dark: options.dark,
  });
  try {
    const extension = await installExtension(running, builtExtension(options.browser, "demo"));
    await giveRules(extension, rules);
    await openAgora(running, agora);
    console.log(`Agora is open at ${agora.url}, with Diffract installed and the rules of ${options.rules}.`);
    console.log(
      "The other tab is the dashboard: change a rule there and watch the feed. Close the browser to end.",
    );
    await new Promise<void>((end) => running.browser.once("disconnected", () => end()));
  } finally {
    await running.close().catch(() => {});
  }
}

async function main(): Promise<void> {
  const options = readOptions();
  const rules = readRules(options.rules);
  // Before the build, which takes minutes the first time.
  executable(options.browser);
  if (options.build) ensureBuilt(options.browser, "demo");
  const agora = await startAgora({ port: options.port });
  try {
    await (options.headless ? perform : stay)(options, agora, rules);
  } finally {
    await agora.close();
  }
}

try {
  await main();
} catch (error) {
  const known =
    error instanceof UsageError ||
    error instanceof MissingBrowser ||
    error instanceof NotBuilt ||
    (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
  console.error(
    known || !(error instanceof Error)
      ? `npm start: ${(error as Error).message}`
      : (error.stack ?? error.message),
  );
  if (known) console.error("npm start -- --help lists what there is.");
  process.exit(1);
}
