/**
 * `npm run bench:page`: what Diffract adds before a post may show, for 25 posts that come at once, under 10,000 mixed
 * rules (words, regexes, authors, fields) and under ten, in both browsers. Two clocks:
 *
 * - *read to carried out*, the shell's own (`PageReport.latencies`): from the beginning of reading the posts to the last
 *   verdict carried out. The round trip to the engine is in it. This is what the targets speak of.
 * - *arrival to carried out*, the page's: from the moment before the posts are put on the page. Finding and queueing them,
 *   and the frame in which the browser lays them out, are in it too; without Diffract that frame is there as well.
 *
 * The posts are of a plain page that appends them when it is idle. A second line has the first clock on Agora, whose list is
 * virtualised and breaks its labels to pieces; there a batch is whatever one frame brings. A benchmark: no figure fails it.
 *
 *   npm run bench:page [-- --browser chrome|firefox] [--arrivals N] [--rules N]
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import type { Page } from "puppeteer-core";
import { ensureBuilt } from "../../scripts/build/ensure.ts";
import { startAgora } from "../agora/server.ts";
import {
  type BrowserName,
  builtExtension,
  chosenBrowsers,
  launch,
  type Running,
} from "../support/browsers.ts";
import { type Extension, installExtension } from "../support/extension.ts";
import { percentile } from "../support/numbers.ts";
import { settled } from "../support/page.ts";
import { startCards } from "./cards.ts";
import { mixedRules } from "./rules.ts";

/** Milliseconds, p95, as the project promises. */
const TARGETS: Record<BrowserName, number> = { chrome: 8, firefox: 12 };
const HOST = "agora.localhost";
/** Posts that come at once. */
const ARRIVAL = 25;
/** Arrivals that are not counted: the engine wakes, code gets compiled. */
const WARM_UP = 10;
/** Batches on Agora. */
const AGORA_BATCHES = 30;

const figures = (sample: readonly number[]): string => {
  const at = (share: number) => (percentile(sample, share) ?? Number.NaN).toFixed(2).padStart(6);
  return `p50 ${at(0.5)}  p95 ${at(0.95)}`;
};

/** Single arrivals of {@link ARRIVAL} posts on the plain page, as a line. */
async function onCards(
  running: Running,
  extension: Extension,
  url: string,
  arrivals: number,
): Promise<string> {
  const page = await openFront(running, url);
  await extension.report(HOST, 0);
  const byPage: number[] = [];
  let lost = 0;
  for (let arrival = 0; arrival < WARM_UP + arrivals; arrival++) {
    const took = await page.evaluate((count) => globalThis.cards.arrive(count), ARRIVAL);
    if (took === null) lost++;
    else if (arrival >= WARM_UP) byPage.push(took);
  }
  const { latencies, seen, troubles } = await extension.report(HOST, 0);
  await page.close();
  for (const trouble of troubles) console.error(`  ${trouble}`);
  if (lost > 0) console.error(`  ${lost} arrivals never got all their verdicts`);
  const batches = latencies.length - WARM_UP;
  const whole = latencies.length === seen / ARRIVAL ? "" : `; ${latencies.length} batches of ${seen} posts`;
  return `read to carried out ${figures(latencies.slice(WARM_UP))}   arrival to carried out ${figures(byPage)}   (${batches} arrivals${whole})`;
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

async function measure(browser: BrowserName, arrivals: number, count: number): Promise<void> {
  ensureBuilt(browser, "demo");
  const cards = await startCards((arrivals + WARM_UP) * ARRIVAL);
  const agora = await startAgora({ calm: true, posts: 2500 });
  const running = await launch(browser, {
    width: 1100,
    height: 1000,
    // Firefox rounds its clock to whole milliseconds otherwise.
    preferences: { "privacy.reduceTimerPrecision": false },
  });
  try {
    const extension = await installExtension(running, builtExtension(browser, "demo"));
    await extension.onlyMine();
    console.log(`${browser} (target: read to carried out, p95 at most ${TARGETS[browser]} ms)`);
    for (const rules of [count, 10]) {
      await extension.setRules(mixedRules(rules));
      const line = await onCards(running, extension, cards.url, arrivals);
      console.log(`  ${String(rules).padStart(6)} rules, plain page: ${line}`);
      if (rules === count)
        console.log(`                Agora:      ${await onAgora(running, extension, agora.url)}`);
    }
  } finally {
    await running.close();
    await agora.close();
    await cards.close();
  }
}

const { values } = parseArgs({
  options: {
    browser: { type: "string" },
    arrivals: { type: "string", default: "60" },
    rules: { type: "string", default: "10000" },
  },
});
const load = () => loadavg()[0]?.toFixed(1);
console.log(`${ARRIVAL} posts at once; milliseconds; load average before: ${load()}`);
const browsers: BrowserName[] =
  values.browser === "chrome" || values.browser === "firefox" ? [values.browser] : chosenBrowsers();
for (const browser of browsers) await measure(browser, Number(values.arrivals), Number(values.rules));
console.log(`load average after: ${load()}`);
