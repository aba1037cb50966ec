/**
 * `npm run bench:page`: what Diffract adds before a post may show, for 25 posts that come at once, under 10,000 mixed
 * rules (words, regexes, authors, fields) and under ten, in both browsers. How it is measured, and why so, is in
 * docs/decisions/latency.md. In short:
 *
 * - The same page stands in two tabs, under Agora's name, where the extension runs, and under one where it does not; its policy
 *   allows no wasm, as that of X. The same posts arrive in both in turn, at the same random moment between two frames, while
 *   frames are drawn all the time.
 * - *arrival to shown*: by the page's clock, from putting the posts there until it had rendered the first frame in which each
 *   post showed or was out of sight. *Added* is the difference between the tabs: of the medians, of the 95th percentiles, and
 *   the mean; then percentiles of the differences pair by pair. This is what a reader feels; *added frames* counts it in frames.
 * - *read to carried out*: the shell's own clock (`PageReport.latencies`), from the beginning of reading to the last verdict
 *   carried out; with the styles of the new posts, which reading asks for and the frame has then no need to compute.
 * - *Diffract's own part* of that, **held against the target**: further arrivals on a page that measures its posts as it puts them
 *   there, so that their styles and layout are done in either case and no part of it; by the page's clock from then until the
 *   last verdict was carried out, less the time that the page spent in frames meanwhile. All that is left is finding, reading, the
 *   engine, and carrying out: the round trip, and time that is added.
 * - *work of the main thread*: processor time of the page's main thread in an arrival and the frames around it, with all that
 *   Diffract does at leisure; a busy machine changes it little. Chromium only.
 * - *the engine's coming*: what it costs a page to get an engine of its own, once. The time from the first verdict; the longest time
 *   without a frame meanwhile; the size of its memory; in Chromium by how much the page's heap grew, its code included.
 *
 * The last line has the shell's clock on Agora, whose list is virtualised and breaks its labels to pieces; there a batch is
 * whatever one frame brings. A benchmark: no figure fails it.
 *
 * `--held` measures Diffract's own part alone, under the 10,000 rules. `--phases` (Chromium only) says besides what the usual
 * arrivals and the slowest tenth of them spend their time on.
 *
 *   npm run bench:page [-- --browser chrome|firefox] [--arrivals N] [--own N] [--rules N] [--held] [--phases]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "puppeteer-core";
import { ensureBuilt } from "../../scripts/build/ensure.ts";
import { seeded } from "../agora/random.ts";
import { startAgora } from "../agora/server.ts";
import {
  type BrowserName,
  builtExtension,
  chosenBrowsers,
  launch,
  type Running,
} from "../support/browsers.ts";
import { type Extension, installExtension } from "../support/extension.ts";
import { percentile, spread } from "../support/numbers.ts";
import { settled } from "../support/page.ts";
import { pause } from "../support/wait.ts";
import { startCards } from "./cards.ts";
import type { Arrival, Gaps } from "./client/cards.ts";
import { phasesOf, withNames } from "./phases.ts";
import { mixedRules } from "./rules.ts";

declare global {
  /** Ends what `cards.watchFrames` began. */
  var endWatch: () => Gaps;
}

/** Milliseconds, p95, as the project promises. */
const TARGETS: Record<BrowserName, number> = { chrome: 8, firefox: 12 };
const HOST = "agora.localhost";
/** Posts that come at once. */
const ARRIVAL = 25;
/** Arrivals that are not counted: the engine wakes, code gets compiled. */
const WARM_UP = 10;
/** Milliseconds between two frames: arrivals come at any moment of one. */
const FRAME = 1000 / 60;
/** Milliseconds that an engine of the page's own is waited for. */
const ENGINE_WAIT = 20_000;
/** Batches on Agora. */
const AGORA_BATCHES = 30;

const figures = (sample: readonly number[]): string => {
  const at = (share: number) => (percentile(sample, share) ?? Number.NaN).toFixed(2).padStart(6);
  return `p50 ${at(0.5)}  p95 ${at(0.95)}`;
};

/** What is measured. */
interface Wanted {
  /** Arrivals with Diffract and without; 0: Diffract's own part alone. */
  arrivals: number;
  /** Arrivals that tell of Diffract's own part. */
  own: number;
  phases: boolean;
}

/** One kind of figure with Diffract and without, arrival by arrival. */
interface Pairs {
  with: number[];
  without: number[];
}

/** Single arrivals of {@link ARRIVAL} posts on the plain page, with Diffract and without in turn, as lines. */
async function onCards(
  running: Running,
  extension: Extension,
  { url, plainUrl }: { url: string; plainUrl: string },
  wanted: Wanted,
): Promise<string[]> {
  const { arrivals } = wanted;
  const { page: filtered, line: coming } = await engineComes(running, extension, url);
  const bare = await openFront(running, plainUrl);
  const shown: Pairs = { with: [], without: [] };
  const frames: Pairs = { with: [], without: [] };
  const work: Pairs = { with: [], without: [] };
  const clocks = { with: await mainThread(running, filtered), without: await mainThread(running, bare) };
  const random = seeded(3);
  for (let arrival = 0; arrival < WARM_UP + arrivals; arrival++) {
    const phase = random.next() * FRAME;
    const turns = arrival % 2 === 0 ? (["with", "without"] as const) : (["without", "with"] as const);
    for (const turn of turns) {
      const page = turn === "with" ? filtered : bare;
      await page.bringToFront();
      const before = await clocks[turn]();
      const took = await arrive(page, phase, false);
      const after = await clocks[turn]();
      if (arrival < WARM_UP) continue;
      shown[turn].push(took.shown);
      frames[turn].push(took.frames);
      if (before !== null && after !== null) work[turn].push(after - before);
    }
  }
  const { latencies, seen, troubles } = await extension.report(HOST, 0);
  await bare.close();
  await filtered.bringToFront();
  const own: number[] = [];
  const phases = wanted.phases ? await phasesOf(filtered) : null;
  for (let arrival = 0; arrival < wanted.own; arrival++) {
    const { decided, inFrames } = await arrive(filtered, random.next() * FRAME, true);
    if (decided !== null) own.push(decided - inFrames);
  }
  const spent = (await phases?.()) ?? [];
  await filtered.close();
  for (const trouble of troubles) console.error(`  ${trouble}`);
  const whole = latencies.length === seen / ARRIVAL ? "" : `, ${latencies.length} batches of ${seen} posts`;
  const { from, to } = spread(own, 0.95);
  const held = `Diffract's own part:  ${figures(own)}   (held against the target; ${own.length} arrivals, nine in ten such samples have a p95 of ${from.toFixed(2)} to ${to.toFixed(2)})`;
  if (arrivals === 0) return [held, coming, ...spent];
  const lines = [
    `arrival to shown:     ${compared(shown)}`,
    `shown in frame:       with ${average(frames.with)}   without ${average(frames.without)}   added frames ${(mean(frames.with) - mean(frames.without)).toFixed(2)}`,
    `read to carried out:  ${figures(latencies.slice(WARM_UP))}   (${arrivals} arrivals${whole})`,
    held,
    coming,
    ...spent,
  ];
  if (work.with.length > 0) lines.push(`work of the main thread: ${compared(work)}`);
  return lines;
}

const mean = (sample: readonly number[]) => sample.reduce((sum, one) => sum + one, 0) / sample.length;
const average = (sample: readonly number[]) => mean(sample).toFixed(2);

/** Opens the page and waits until it has an engine of its own, which comes after its first verdicts; and what that cost. */
async function engineComes(
  running: Running,
  extension: Extension,
  url: string,
): Promise<{ page: Page; line: string }> {
  const page = await openFront(running, url);
  await extension.report(HOST, 0);
  await page.bringToFront();
  const heap = await heapOf(running, page);
  const before = await heap();
  await page.evaluate(() => {
    globalThis.endWatch = globalThis.cards.watchFrames();
  });
  await arrive(page, 0, false);
  const since = performance.now();
  let here = false;
  while (!here && performance.now() - since < ENGINE_WAIT) {
    here = (await extension.report(HOST, 0)).engine === "near";
    if (!here) await pause(20);
  }
  const took = performance.now() - since;
  const gaps = await page.evaluate(() => globalThis.endWatch());
  const grown = before === null ? null : ((await heap()) ?? 0) - before;
  const line = here
    ? `the engine's coming:  ${took.toFixed(0)} ms after the first verdicts; longest time without a frame ${gaps.longest.toFixed(0)}, lost to frames ${gaps.lost.toFixed(0)}${grown === null ? "" : `; heap grown by ${(grown / 1e6).toFixed(1)} MB`}`
    : "the engine's coming:  none came; posts are decided in the background";
  return { page, line };
}

/** A gauge of the page's heap in bytes, array buffers and code included, after garbage was collected; Firefox has none. */
async function heapOf(running: Running, page: Page): Promise<() => Promise<number | null>> {
  if (running.name !== "chrome") return async () => null;
  const session = await page.createCDPSession();
  return async () => {
    await session.send("HeapProfiler.collectGarbage");
    const {
      usedSize,
      embedderHeapUsedSize = 0,
      backingStorageSize = 0,
    } = (await session.send("Runtime.getHeapUsage")) as {
      usedSize: number;
      embedderHeapUsedSize?: number;
      backingStorageSize?: number;
    };
    return usedSize + embedderHeapUsedSize + backingStorageSize;
  };
}

async function arrive(page: Page, phase: number, measured: boolean): Promise<Arrival> {
  const took = await page.evaluate(
    (count, at, first) => globalThis.cards.arrive(count, at, first),
    ARRIVAL,
    phase,
    measured,
  );
  if (took === null) throw new Error(`posts never showed on ${page.url()}`);
  return took;
}

/** What Diffract adds: to each percentile, and pair by pair. */
function compared(pairs: Pairs): string {
  const shift = (share: number) =>
    (percentile(pairs.with, share) ?? Number.NaN) - (percentile(pairs.without, share) ?? Number.NaN);
  const pair = pairs.with.map((one, i) => one - (pairs.without[i] ?? Number.NaN));
  const mean = pair.reduce((sum, one) => sum + one, 0) / pair.length;
  return [
    `with ${figures(pairs.with)}   without ${figures(pairs.without)}`,
    `added p50 ${shift(0.5).toFixed(2)}  p95 ${shift(0.95).toFixed(2)}  mean ${mean.toFixed(2)}`,
    `pair by pair ${figures(pair)}`,
  ].join("   ");
}

/** A clock of the processor time that the page's main thread has used, in milliseconds; Firefox tells of none. */
async function mainThread(running: Running, page: Page): Promise<() => Promise<number | null>> {
  if (running.name !== "chrome") return async () => null;
  const session = await page.createCDPSession();
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    const task = metrics.find(({ name }) => name === "TaskDuration");
    return task === undefined ? null : task.value * 1000;
  };
}

/** Batches as Agora's scrolling makes them, as a line. */
async function onAgora(running: Running, extension: Extension, url: string): Promise<string> {
  const page = await openFront(running, `${url}?dense`);
  await settled(page);
  for (let batch = 0; batch < AGORA_BATCHES; batch++) {
    await page.evaluate(async () => {
      scrollBy(0, innerHeight);
      for (let frame = 0; frame < 12; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
    });
  }
  const { latencies, seen } = await extension.report(HOST, 0);
  await page.close();
  return `read to carried out ${figures(latencies.slice(2))}   (${latencies.length} batches of ${(seen / Math.max(1, latencies.length)).toFixed(1)} posts)`;
}

async function openFront(running: Running, url: string): Promise<Page> {
  const page = await running.newPage();
  await page.goto(url);
  await page.bringToFront();
  return page;
}

async function measure(browser: BrowserName, wanted: Wanted, count: number): Promise<void> {
  ensureBuilt(browser, "demo");
  const cards = await startCards((wanted.arrivals + wanted.own + WARM_UP + 1) * ARRIVAL);
  const agora = await startAgora({ calm: true, posts: 2500 });
  const folder = wanted.phases ? mkdtempSync(join(tmpdir(), "diffract-phases-")) : null;
  const running = await launch(browser, {
    width: 1100,
    height: 1000,
    // Firefox rounds its clock to whole milliseconds otherwise.
    preferences: { "privacy.reduceTimerPrecision": false },
  });
  try {
    const built = builtExtension(browser, "demo");
    const extension = await installExtension(
      running,
      folder === null ? built : await withNames(built, folder),
    );
    await extension.onlyMine();
    console.log(`${browser} (target: p95 at most ${TARGETS[browser]} ms of added time)`);
    const alone = wanted.arrivals === 0;
    for (const rules of alone ? [count] : new Set([count, 10])) {
      await extension.setRules(mixedRules(rules));
      console.log(`  ${rules} rules`);
      for (const line of await onCards(running, extension, cards, wanted)) console.log(`    ${line}`);
      if (rules === count && !alone)
        console.log(`    on Agora: ${await onAgora(running, extension, agora.url)}`);
    }
  } finally {
    await running.close();
    await agora.close();
    await cards.close();
    if (folder !== null) rmSync(folder, { recursive: true });
  }
}

const { values } = parseArgs({
  options: {
    browser: { type: "string" },
    arrivals: { type: "string", default: "60" },
    own: { type: "string", default: "180" },
    held: { type: "boolean", default: false },
    phases: { type: "boolean", default: false },
    rules: { type: "string", default: "10000" },
  },
});
const load = () => loadavg()[0]?.toFixed(1);
console.log(`${ARRIVAL} posts at once; milliseconds; load average before: ${load()}`);
const browsers: BrowserName[] =
  values.browser === "chrome" || values.browser === "firefox" ? [values.browser] : chosenBrowsers();
const wanted: Wanted = {
  arrivals: values.held ? 0 : Number(values.arrivals),
  own: Number(values.own),
  phases: values.phases,
};
for (const browser of browsers)
  await measure(browser, { ...wanted, phases: wanted.phases && browser === "chrome" }, Number(values.rules));
console.log(`load average after: ${load()}`);
