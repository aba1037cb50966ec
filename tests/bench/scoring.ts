/**
 * `npm run bench:scoring`: what models cost the page. Agora is scrolled at a steady pace, 24 pixels a frame, with rules that ask every
 * shipped model: words, meaning, language, pictures. In turn with that, the same page where the extension does not run, and with rules
 * that ask no model.
 *
 * - *dropped*: frames of the page's main thread that came more than half a frame late, by `requestAnimationFrame`, of all.
 * - *the page's main thread* (Chromium only): V8's profile of the page, the content script included, with rules that ask no model and
 *   with those that ask every one. How long it ran any code, and how long the scorer's script or wasm: inference, if there were any.
 * - *the worker*: the same of the scorer's worker, which runs in the extension's process.
 *
 * A benchmark: no figure fails it.
 *
 *   npm run bench:scoring [-- --browser chrome|firefox] [--seconds N] [--rounds N]
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import type { CDPSession, Page, Protocol } from "puppeteer-core";
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

/** Milliseconds of a frame. */
const FRAME = 1000 / 60;
const HOST = "agora.localhost";

const RULES = `hide if spam is certain
collapse if clickbait is likely
label "angry" if ragebait is likely
label "rude" if toxic is likely
label "not English" if lang is de, fr, es, ru
dim if about "crypto currency" > 80%
blur if nsfw > 95%
`;
const PLAIN_RULES = `hide if text has "presale"
collapse if text has "you won't believe"
dim if reposts > 100000
`;

/** One way of scrolling. */
interface Turn {
  name: string;
  rules: string;
  /** Whether the extension runs on the page. */
  filtered: boolean;
  gaps: number[];
  /** Of each round, how many frames were dropped. */
  rounds: number[];
}

/** Frames that came more than half a frame late. */
const dropped = (gaps: readonly number[]): number => gaps.filter((gap) => gap > 1.5 * FRAME).length;

/** Milliseconds between the frames of `seconds` of scrolling. */
function scrollSteadily(page: Page, seconds: number): Promise<number[]> {
  return page.evaluate(async (length) => {
    const gaps: number[] = [];
    const end = performance.now() + length;
    let last = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
    while (performance.now() < end) {
      scrollBy(0, 24);
      const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      gaps.push(now - last);
      last = now;
    }
    return gaps;
  }, seconds * 1000);
}

/** What a thread did while it was profiled, in milliseconds. */
interface Busy {
  /** Any code. */
  code: number;
  /** Wasm, and the scorer's script. */
  inference: number;
}

function busy({ nodes, samples = [], timeDeltas = [] }: Protocol.Profiler.Profile): Busy {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const found: Busy = { code: 0, inference: 0 };
  for (const [at, id] of samples.entries()) {
    const { functionName = "", url = "" } = frames.get(id) ?? {};
    if (functionName === "(idle)" || functionName === "(root)" || functionName === "(program)") continue;
    const time = (timeDeltas[at] ?? 0) / 1000;
    found.code += time;
    if (url.startsWith("wasm:") || /\bscorer\.(js|wasm)$/.test(url)) found.inference += time;
  }
  return found;
}

/** Profiles a thread until told to stop. */
async function profiled(session: CDPSession): Promise<() => Promise<Busy>> {
  await session.send("Profiler.enable");
  await session.send("Profiler.start");
  return async () => busy((await session.send("Profiler.stop")).profile);
}

/** The scorer's worker in Chromium, once there is one. */
async function scorerThread({ browser }: Running): Promise<CDPSession | undefined> {
  const target = browser.targets().find((one) => one.url().endsWith("/offscreen.html"));
  const worker = (await target?.asPage())?.workers().find((one) => one.url().endsWith("/scorer.js"));
  return worker?.client;
}

/** The page's main thread and the worker, over one more scroll with a turn's rules: as a line. */
async function threads(
  running: Running,
  extension: Extension,
  url: string,
  seconds: number,
  { name, rules }: Turn,
): Promise<string> {
  await extension.setRules(rules);
  await extension.request({ type: "forget-answers" });
  const page = await openFront(running, url);
  const worker = await scorerThread(running);
  const ends = {
    page: await profiled(await page.createCDPSession()),
    worker: worker && (await profiled(worker)),
  };
  await scrollSteadily(page, seconds);
  const [onPage, inWorker] = [await ends.page(), await ends.worker?.()];
  const { seen } = await extension.report(HOST, 0);
  const { answers, troubles } = await extension.state();
  for (const trouble of troubles) console.error(`  ${trouble}`);
  await page.close();
  const whole = (time: number | undefined) => `${(time ?? Number.NaN).toFixed(1)} ms`;
  return [
    `${name}: over ${seconds} s and ${seen} posts, ${answers} answers:`,
    `the page's main thread ran code for ${whole(onPage.code)}, of which inference ${whole(onPage.inference)};`,
    `the worker ran code for ${whole(inWorker?.code)}, of which inference ${whole(inWorker?.inference)}`,
  ].join(" ");
}

async function openFront(running: Running, url: string): Promise<Page> {
  const page = await running.newPage();
  await page.goto(url);
  await page.bringToFront();
  await settled(page);
  return page;
}

function line({ name, gaps, rounds }: Turn): string {
  const at = (share: number) => (percentile(gaps, share) ?? Number.NaN).toFixed(1);
  return `${name.padEnd(14)} ${gaps.length} frames, ${dropped(gaps)} dropped (by rounds ${rounds.join(", ")}); between frames p50 ${at(0.5)} p99 ${at(0.99)} longest ${Math.max(...gaps).toFixed(1)} ms`;
}

async function measure(name: BrowserName, seconds: number, rounds: number): Promise<void> {
  ensureBuilt(name, "demo");
  const agora = await startAgora({ calm: true, posts: 2500 });
  const running = await launch(name, {
    width: 1100,
    height: 1000,
    // Firefox rounds its clock to whole milliseconds otherwise.
    preferences: { "privacy.reduceTimerPrecision": false },
  });
  const turns: Turn[] = [
    { name: "no extension", rules: "", filtered: false, gaps: [], rounds: [] },
    { name: "no models", rules: PLAIN_RULES, filtered: true, gaps: [], rounds: [] },
    { name: "every model", rules: RULES, filtered: true, gaps: [], rounds: [] },
  ];
  try {
    const extension = await installExtension(running, builtExtension(name, "demo"));
    await extension.onlyMine();
    console.log(name);
    for (let round = 0; round < rounds; round++) {
      for (const turn of turns) {
        await extension.setRules(turn.rules);
        // What was answered before would be looked up, not asked.
        await extension.request({ type: "forget-answers" });
        const page = await openFront(
          running,
          turn.filtered ? agora.url : agora.url.replace(HOST, "127.0.0.1"),
        );
        const gaps = await scrollSteadily(page, seconds);
        turn.gaps.push(...gaps);
        turn.rounds.push(dropped(gaps));
        await page.close();
      }
    }
    for (const turn of turns) console.log(`  ${line(turn)}`);
    if (name !== "chrome") return;
    for (const turn of turns.filter(({ filtered }) => filtered))
      console.log(`  ${await threads(running, extension, agora.url, seconds, turn)}`);
  } finally {
    await running.close();
    await agora.close();
  }
}

const { values } = parseArgs({
  options: {
    browser: { type: "string" },
    seconds: { type: "string", default: "4" },
    rounds: { type: "string", default: "6" },
  },
});
const load = () => loadavg()[0]?.toFixed(1);
console.log(`load average before: ${load()}`);
const browsers: BrowserName[] =
  values.browser === "chrome" || values.browser === "firefox" ? [values.browser] : chosenBrowsers();
for (const browser of browsers) await measure(browser, Number(values.seconds), Number(values.rounds));
console.log(`load average after: ${load()}`);
