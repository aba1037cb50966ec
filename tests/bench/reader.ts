/**
 * `npm run bench:reader`: scrolling through 2,000 posts in the reader, in the installed extension, both browsers.
 *
 * - *frames*: milliseconds between two frames (`requestAnimationFrame`) while the page is scrolled by the clock, as a hand on a
 *   wheel does (2,400 pixels a second, a flick of 9,000). *dropped*: the share of 60 Hz frames that did not come. Beside it,
 *   in the same run and in turn, two pages that do no work: *empty*, as high as the reader and with nothing in it, which
 *   is what this machine can do at all; and *plain*, all 2,000 posts as they are drawn in one static list.
 * - *memory*: after the feed is drawn, and after each of five passes from its beginning to its end. In Chromium the heap of
 *   JavaScript after a collection, and the nodes that live; in Firefox the memory of the process that the extension runs in
 *   (`Private` of the kernel's count; other pages of the extension and freed memory that is not given back included). *slope*: kilobytes a
 *   pass by a line fitted through passes one to five.
 * - *nodes*: the most elements that the page had at any moment of all that.
 *
 * A benchmark: no figure fails it. On a machine that is busy with other things *empty* drops frames too; only the figures beside
 * each other mean something then. Not to be run at real-time priority: a collection waits for threads that then never run.
 *
 *   npm run bench:reader [-- --browser chrome|firefox] [--posts N] [--passes N] [--seconds N]
 */
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "puppeteer-core";
import { ensureBuilt } from "../../scripts/build/ensure.ts";
import {
  type BrowserName,
  builtExtension,
  chosenBrowsers,
  launch,
  type Running,
} from "../support/browsers.ts";
import { installExtension, openOwnPage } from "../support/extension.ts";
import { percentile } from "../support/numbers.ts";
import { pause, until } from "../support/wait.ts";
import { postsOf, show } from "./posts.ts";

const FRAME = 1000 / 60;
/** Pixels a second. */
const SPEEDS = { wheel: 2400, flick: 9000 } as const;
/** Of a pass over everything. */
const PASS_SPEED = 40_000;
/** Rounds in which the three pages are scrolled in turn. */
const ROUNDS = 2;
/** All of the posts stand in the feed. */
const RULES = [
  "collapse if promoted",
  'collapse if text has "giveaway"',
  'label "lively" if likes > 400',
  "dim if views < 1000",
  "boost 2 if followed",
  "order by score, newest",
].join("\n");

interface Scrolled {
  /** Milliseconds between frames. */
  frames: number[];
  /** The most elements seen. */
  nodes: number;
}

/** Scrolls from where the page is, down and back up again at its end, for so many seconds or (0) once to the end. */
function scroll(page: Page, speed: number, seconds: number): Promise<Scrolled> {
  // No named functions in here: the loader adds a helper to those that the page does not have.
  return page.evaluate(
    async (pixels, duration) => {
      const frames: number[] = [];
      let nodes = 0;
      let last = 0;
      let direction = 1;
      let left = 0;
      const started = performance.now();
      for (;;) {
        const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
        if (last !== 0) {
          frames.push(now - last);
          left += (pixels * Math.min(now - last, 100)) / 1000;
          const whole = Math.trunc(left);
          left -= whole;
          scrollBy({ top: whole * direction, behavior: "instant" });
          const isDown = scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
          if (frames.length % 8 === 0) nodes = Math.max(nodes, document.getElementsByTagName("*").length);
          if (duration === 0 ? isDown : now - started > duration * 1000) return { frames, nodes };
          if (isDown) direction = -1;
          else if (scrollY <= 0) direction = 1;
        }
        last = now;
      }
    },
    speed,
    seconds,
  );
}

/** The share of 60 Hz frames that did not come. */
function droppedShare(frames: readonly number[]): number {
  const due = frames.map((took) => Math.max(1, Math.round(took / FRAME)));
  const all = due.reduce((sum, one) => sum + one, 0);
  return all === 0 ? 0 : (all - frames.length) / all;
}

function told(frames: readonly number[], peer?: readonly number[]): string {
  const at = (share: number) => percentile(frames, share) ?? Number.NaN;
  const mean = (sample: readonly number[]) => sample.reduce((sum, one) => sum + one, 0) / sample.length;
  return [
    `p50 ${at(0.5).toFixed(1).padStart(5)}  p95 ${at(0.95).toFixed(1).padStart(5)}  p99 ${at(0.99).toFixed(1).padStart(5)}`,
    `dropped ${(100 * droppedShare(frames)).toFixed(1).padStart(4)}%`,
    `${(1000 / mean(frames)).toFixed(1)} frames/s`,
    ...(peer === undefined ? [] : [`(${(mean(frames) / mean(peer)).toFixed(2)} × empty)`]),
  ].join("   ");
}

/** Serves the two pages that do no work. */
async function startPeers(
  style: string,
  posts: string,
  height: number,
): Promise<{ empty: string; plain: string; close(): Promise<void> }> {
  const page = (body: string, css: string): string =>
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>peer</title><style>${css}</style><body>${body}</body></html>`;
  const pages: Record<string, string> = {
    "/empty": page(`<main style="height:${height}px"></main>`, ""),
    "/plain": page(
      `<main><div class="feed">${posts}</div></main>`,
      // In the flow, as a page without a script would have them.
      `${style}\n.place{position:static!important}.feed{height:auto!important}`,
    ),
  };
  const server = createServer(({ url = "" }, response) => {
    const body = Object.hasOwn(pages, url) ? pages[url] : undefined;
    response.writeHead(body === undefined ? 404 : 200, { "content-type": "text/html; charset=utf-8" });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    empty: `http://127.0.0.1:${port}/empty`,
    plain: `http://127.0.0.1:${port}/plain`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A gauge of what the reader's page holds, in kilobytes. */
async function gauge(running: Running, page: Page): Promise<() => Promise<{ memory: number; more: string }>> {
  if (running.name === "chrome") {
    const session = await page.createCDPSession();
    await session.send("Performance.enable");
    return async () => {
      await session.send("HeapProfiler.collectGarbage");
      await session.send("HeapProfiler.collectGarbage");
      const { usedSize } = await session.send("Runtime.getHeapUsage");
      const { metrics } = await session.send("Performance.getMetrics");
      const nodes = metrics.find(({ name }) => name === "Nodes")?.value ?? Number.NaN;
      return { memory: usedSize / 1024, more: `${nodes} nodes` };
    };
  }
  const parent = running.browser.process()?.pid;
  return async () => {
    // Firefox collects by itself once nothing happens for a while.
    await pause(4000);
    return { memory: extensionProcess(parent), more: "process" };
  };
}

/** Private kilobytes of the process for extensions of the Firefox that runs as `parent`; not a number where `/proc` is not. */
function extensionProcess(parent: number | undefined): number {
  for (const id of processes()) {
    const status = read(id, "status");
    // Firefox has its processes made by one that is made for that.
    if (
      !/^Name:\tWebExtensions$/m.test(status) ||
      !(parentOf(id) === parent || parentOf(parentOf(id)) === parent)
    )
      continue;
    const kilobytes = [...read(id, "smaps_rollup").matchAll(/^Private_\w+:\s+(\d+) kB/gm)];
    return kilobytes.reduce((sum, [, kb]) => sum + Number(kb), 0);
  }
  return Number.NaN;
}

function processes(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

const parentOf = (id: number): number => Number(/^PPid:\t(\d+)$/m.exec(read(id, "status"))?.[1]);

/** What the kernel says of a process; nothing, where it has ended. */
function read(id: number, what: string): string {
  try {
    return readFileSync(join("/proc", String(id), what), "utf8");
  } catch {
    return "";
  }
}

/** Kilobytes a pass, by least squares. */
function slope(values: readonly number[]): number {
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  const middle = (values.length - 1) / 2;
  let above = 0;
  let below = 0;
  for (const [index, value] of values.entries()) {
    above += (index - middle) * (value - mean);
    below += (index - middle) ** 2;
  }
  return above / below;
}

async function measure(name: BrowserName, count: number, passes: number, seconds: number): Promise<void> {
  ensureBuilt(name, "demo");
  const running = await launch(name, {
    width: 1100,
    height: 900,
    // Firefox rounds its clock to whole milliseconds otherwise.
    preferences: { "privacy.reduceTimerPrecision": false },
  });
  try {
    const extension = await installExtension(running, builtExtension(name, "demo"));
    await extension.onlyMine();
    await extension.setRules(RULES);
    // Agora says some things twice, which would be folded.
    const posts = (await postsOf(count)).map((post, index) => ({
      ...post,
      text: `${index + 1}. ${post.text}`,
    }));
    await show(extension.page, posts);
    const reader = await openOwnPage(running, extension.installed, "reader.html");
    await reader.bringToFront();
    await until("the feed to be drawn", () =>
      reader.evaluate(() => document.querySelectorAll(".post").length > 5),
    );
    const { size, height, html } = await reader.evaluate(() => ({
      size: Number(document.querySelector(".post")?.getAttribute("aria-setsize")),
      height: document.documentElement.scrollHeight,
      html: [...document.querySelectorAll(".place")].map((one) => one.outerHTML),
    }));
    console.log(`${name}: ${size} of ${count} posts stand in the feed, ${height} pixels`);
    await passesOver(running, reader, passes);

    const style = readFileSync(join(builtExtension(name, "demo"), "reader.css"), "utf8");
    const list = Array.from({ length: size }, (_, index) => html[index % html.length]).join("");
    const peers = await startPeers(style, list, height);
    try {
      const empty = await running.newPage();
      await empty.goto(peers.empty);
      const plain = await running.newPage();
      await plain.goto(peers.plain);
      const found = new Map<string, number[]>();
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const [speed, pixels] of Object.entries(SPEEDS)) {
          for (const [kind, page] of Object.entries({ empty, plain, reader })) {
            await page.bringToFront();
            await page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
            await pause(500);
            const { frames } = await scroll(page, pixels, seconds);
            const key = `${speed} ${kind}`;
            found.set(key, [...(found.get(key) ?? []), ...frames.slice(3)]);
          }
        }
      }
      for (const speed of Object.keys(SPEEDS)) {
        const peer = found.get(`${speed} empty`) ?? [];
        for (const kind of ["empty", "plain", "reader"])
          console.log(
            `  ${speed.padEnd(6)} ${kind.padEnd(7)} ${told(found.get(`${speed} ${kind}`) ?? [], kind === "empty" ? undefined : peer)}`,
          );
      }
    } finally {
      await peers.close();
    }
  } finally {
    await running.close();
  }
}

async function passesOver(running: Running, reader: Page, passes: number): Promise<void> {
  const read = await gauge(running, reader);
  const held = [await read()];
  let nodes = 0;
  for (let pass = 0; pass < passes; pass += 1) {
    await reader.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
    nodes = Math.max(nodes, (await scroll(reader, PASS_SPEED, 0)).nodes);
    await reader.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
    await pause(300);
    held.push(await read());
  }
  const kilobytes = held.map(({ memory }) => Math.round(memory));
  const after = kilobytes.slice(1);
  console.log(
    `  memory (kB): drawn ${kilobytes[0]}, after each pass ${after.join(", ")}   slope ${slope(after).toFixed(1)} kB a pass (${((100 * slope(after)) / (after[0] ?? 1)).toFixed(2)}%)   ${held.map(({ more }) => more).join(", ")}`,
  );
  console.log(`  nodes: at most ${nodes} elements in the page at any moment`);
}

const { values } = parseArgs({
  options: {
    browser: { type: "string" },
    posts: { type: "string", default: "2000" },
    passes: { type: "string", default: "5" },
    seconds: { type: "string", default: "10" },
  },
});
const load = () => loadavg()[0]?.toFixed(1);
console.log(
  `scrolling through the reader; milliseconds between frames, 60 Hz is ${FRAME.toFixed(1)}; load average before: ${load()}`,
);
const browsers: BrowserName[] =
  values.browser === "chrome" || values.browser === "firefox" ? [values.browser] : chosenBrowsers();
for (const browser of browsers)
  await measure(browser, Number(values.posts), Number(values.passes), Number(values.seconds));
console.log(`load average after: ${load()}`);
