/**
 * `npm run bench:wire`: what rewriting adds to an answer before its page has it, at the platform's own address, in both browsers.
 *
 * - The same answer is asked for in two windows in turn, each first every other time: on the platform's host, where it is rewritten, and on a host
 *   where Diffract does not run. Between two requests nothing is under way. Read as text, by `fetch` and by `XMLHttpRequest`.
 * - **added p95 is what the target is held against**: the 95th percentile of the times with Diffract less that of the times without. Beside it, in
 *   brackets, between which values nine in ten repetitions would put it (bootstrap). Differences pair by pair are not shown: the p95 of those is that
 *   of the noise of both.
 * - *asked* is the content script's clock from asking the background until the answer is there (in Firefox: the background's, from the end
 *   of the answer until it was handed on); *engine* is the rewriter's and the rules' part of it; *messages* the rest.
 * - Answers are made of our own words, of 100 KB and of 1 MB; recorded ones (`DIFFRACT_CORPORA`) are added where they are at hand, each at the
 *   address it was recorded from.
 * - `--trace N` shows the N slowest answers hop by hop. `--preference timer.maximum_firing_delay_tolerance_ms=1.0` has Firefox fire its
 *   timers when they are due: while one is overdue it tells extensions of no `fetch` (docs/decisions/interceptor.md).
 *
 * A benchmark: no figure fails it.
 *
 *   npm run bench:wire [-- --browser chrome|firefox] [--answers N] [--only EXPRESSION] [--trace N] [--preference NAME=VALUE]
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import type { Page } from "puppeteer-core";
import { ensureBuilt } from "../../scripts/build/ensure.ts";
import { type BrowserName, builtExtension, chosenBrowsers, launch } from "../support/browsers.ts";
import { installExtension } from "../support/extension.ts";
import { percentile, shift } from "../support/numbers.ts";
import { pause } from "../support/wait.ts";
import { servePlatform } from "../support/wire.ts";
import { made, recorded } from "./wire/bodies.ts";
import { ask, type Hops, join, notedInBackground, noteInBackground, told, took } from "./wire/hops.ts";

/** Answers that are not counted: the background wakes, code gets compiled. */
const WARM_UP = 24;
/** Milliseconds for which a browser that was just started is left alone: it tidies up after itself. */
const START = 8000;
/** Milliseconds after an answer within which all that is done about it is done. */
const AFTER = 180;
const RULES = [
  "hide if promoted",
  'hide if text has any "giveaway", "airdrop", "crypto"',
  "collapse if text matches /\\bthread\\b/",
];

const { values } = parseArgs({
  options: {
    browser: { type: "string" },
    answers: { type: "string", default: "100" },
    only: { type: "string", default: "" },
    trace: { type: "string", default: "0" },
    preference: { type: "string", multiple: true, default: [] },
  },
});

const at = (sample: readonly number[], share: number) => percentile(sample, share) ?? Number.NaN;
const shown = (value: number): string => value.toFixed(1).padStart(5);
const figures = (sample: readonly number[]): string =>
  `p50 ${shown(at(sample, 0.5))}  p95 ${shown(at(sample, 0.95))}`;
const added = (one: readonly number[], other: readonly number[], share: number): string => {
  const { by, from, to } = shift(one, other, share);
  return `p${share * 100} ${shown(by)} [${from.toFixed(1)}, ${to.toFixed(1)}]`;
};

async function measure(browser: BrowserName, answers: number, only: string, trace: number): Promise<void> {
  ensureBuilt(browser, "shipped");
  const cases = [made("made 100 KB", 100_000), made("made 1 MB", 1_000_000), ...recorded()]
    .flatMap((body) =>
      (["fetch", "XMLHttpRequest"] as const).map((way) => ({ ...body, way, name: `${body.name}, ${way}` })),
    )
    .filter(({ name }) => new RegExp(only).test(name));
  const platform = await servePlatform();
  const running = await launch(browser, {
    tlsPort: platform.port,
    unobserved: true,
    preferences: {
      "privacy.reduceTimerPrecision": false,
      ...Object.fromEntries(values.preference.map((given) => given.split("=", 2) as [string, string])),
    },
  });
  try {
    const extension = await installExtension(running, builtExtension(browser, "shipped"));
    await extension.onlyMine();
    await extension.setRules(`${RULES.join("\n")}\n`);
    console.log(browser);
    const bare = await running.newPage("window");
    const page = await running.newPage("window");
    await pause(START);
    const inBackground = browser === "firefox" && trace > 0;
    if (inBackground) await noteInBackground(extension);
    for (const { name, text, way, host, path, method } of cases) {
      const body = Buffer.from(text);
      let served: Hops = {};
      platform.lay(new URL(path, "https://x.com").pathname, (response) => {
        served = { "server: asked": performance.timeOrigin + performance.now() };
        response.writeHead(200, {
          "content-type": "application/json; charset=utf-8",
          "content-length": body.length,
          "cache-control": "no-store",
        });
        response.end(body);
      });
      await bare.goto("https://example.com/home");
      await page.goto(`https://${host}/home`);
      await extension.report(host, 0);
      for (let answer = 0; answer < WARM_UP; answer++)
        for (const one of [page, bare]) await ask(one, way, path, method);
      const asks = new Map<Page, Hops[]>([
        [page, []],
        [bare, []],
      ]);
      if (inBackground) await notedInBackground(extension);
      for (let answer = 0; answer < answers; answer++)
        for (const one of answer % 2 === 0 ? [page, bare] : [bare, page]) {
          await pause(AFTER);
          asks.get(one)?.push({ ...(await ask(one, way, path, method)), ...served });
        }
      const { wire } = await extension.report(host, 0);
      const rewritten = asks.get(page) ?? [];
      const without = asks.get(bare) ?? [];
      const asked = wire?.asked.slice(-answers) ?? [];
      const engine = wire?.engine.slice(-answers) ?? [];
      console.log(
        `  ${name}: ${Math.round(body.length / 1000)} KB, ${answers} answers each, ${wire?.taken} posts taken out in all, passed unread: ${JSON.stringify(wire?.passed)}`,
      );
      console.log(`    with ${figures(rewritten.map(took))}   without ${figures(without.map(took))}`);
      console.log(
        `    added ${added(rewritten.map(took), without.map(took), 0.5)}   ${added(rewritten.map(took), without.map(took), 0.95)}`,
      );
      console.log(
        `    asked ${figures(asked)}   engine ${figures(engine)}   messages ${figures(asked.map((all, i) => all - (engine[i] ?? 0)))}`,
      );
      if (inBackground) join(rewritten, await notedInBackground(extension));
      for (const [arm, answered] of trace > 0 ? Object.entries({ with: rewritten, without }) : [])
        for (const hops of answered.sort((one, other) => took(other) - took(one)).slice(0, trace))
          console.log(`      ${arm}: ${told(hops)}`);
    }
  } finally {
    await running.close();
    await platform.close();
  }
}

const load = () => loadavg()[0]?.toFixed(1);
console.log(
  `milliseconds; target: added p95 at most 10 for 100 KB, 40 for 1 MB; load average before: ${load()}`,
);
const browsers: BrowserName[] =
  values.browser === "chrome" || values.browser === "firefox" ? [values.browser] : chosenBrowsers();
for (const browser of browsers)
  await measure(browser, Number(values.answers), values.only, Number(values.trace));
console.log(`load average after: ${load()}`);
