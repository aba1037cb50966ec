/**
 * `npm run bench:wire`: what rewriting adds to an answer before its page has it, at the platform's own address, in both browsers.
 *
 * - The same answer is asked for in two windows in turn, each first every other time: on x.com, where it is rewritten, and on a host where Diffract
 *   does not run. Between two requests nothing is under way. Read as text, by `fetch` and by `XMLHttpRequest`.
 * - **added p95 is what the target is held against**: the 95th percentile of the times with Diffract less that of the times without. Beside it, in
 *   brackets, between which values nine in ten repetitions would put it (bootstrap). Differences pair by pair are not shown: the p95 of those is that
 *   of the noise of both.
 * - *asked* is the content script's clock from asking the background until the answer is there (in Firefox: the background's, from the end
 *   of the answer until it was handed on); *engine* is the rewriter's and the rules' part of it; *messages* the rest.
 * - Answers are made of our own words, of 100 KB and of 1 MB; recorded ones (`DIFFRACT_CORPORA`) are added where they are at hand.
 *
 * A benchmark: no figure fails it.
 *
 *   npm run bench:wire [-- --browser chrome|firefox] [--answers N] [--only NAME]
 */
import { existsSync, readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "puppeteer-core";
import { ensureBuilt } from "../../scripts/build/ensure.ts";
import { type BrowserName, builtExtension, chosenBrowsers, launch } from "../support/browsers.ts";
import { installExtension } from "../support/extension.ts";
import { percentile, shift } from "../support/numbers.ts";
import { corpora } from "../support/saved.ts";
import { pause } from "../support/wait.ts";
import { servePlatform } from "../support/wire.ts";

const PATH = "/i/api/graphql/q/UserTweets";
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
/** Recorded answers, by their names in the corpora. */
const RECORDED = ["search-2026-08", "list-2026-08"];

interface Body {
  name: string;
  text: string;
}

/** A timeline of about so many bytes, of entries like those of our own payload. */
function made(name: string, bytes: number): Body {
  const payload = readFileSync("crate/adapters/tests/payloads/x-profile.json", "utf8").replace(/^\ufeff/, "");
  const root = JSON.parse(payload) as Record<string, unknown>;
  const entries = findEntries(root);
  // A timeline is mostly what no rule takes out; our own payload's advertisement stays its only one.
  const one = entries.find((entry) => !JSON.stringify(entry).includes("promoted"));
  if (one === undefined) throw new Error("the payload has no entry to go by");
  // Of a post's bytes few are its words: about one in twenty of X's.
  const rest = Object.fromEntries(
    Array.from({ length: 120 }, (_, n) => [
      `feature_${n}_enabled`,
      { value: n % 2 === 0, note: `setting ${n}` },
    ]),
  );
  Object.assign(one, { features: rest });
  const size = JSON.stringify(one).length + 300;
  const count = Math.max(1, Math.round(bytes / size));
  const words =
    "Tea is brewed in pots, and pots are made of clay; a thread about kilns, glazes and long evenings. ".repeat(
      3,
    );
  entries.splice(
    0,
    0,
    ...Array.from({ length: count }, (_, n) => {
      const id = String(5_000_000 + n);
      return JSON.parse(
        JSON.stringify(one)
          .replaceAll(/"(rest_id|id_str)":"\d+"/g, `"$1":"${id}"`)
          .replaceAll(/"full_text":"[^"]*"/g, `"full_text":"${id} ${words.slice(0, 300)}"`)
          .replaceAll(/"entryId":"[^"]*"/g, `"entryId":"tweet-${id}"`),
      ) as Record<string, unknown>;
    }),
  );
  return { name, text: JSON.stringify(root) };
}

function findEntries(node: unknown): Record<string, unknown>[] {
  if (typeof node !== "object" || node === null) return [];
  for (const [key, value] of Object.entries(node)) {
    if (key === "entries" && Array.isArray(value)) return value as Record<string, unknown>[];
    const found = findEntries(value);
    if (found.length > 0) return found;
  }
  return [];
}

function recorded(): Body[] {
  return RECORDED.flatMap((name) => {
    const file = join(corpora(), "dev", "x", `${name}.json`);
    if (existsSync(file)) return [{ name: `recorded ${name}`, text: readFileSync(file, "utf8") }];
    console.log(`no recording ${name} (DIFFRACT_CORPORA names another place); left out`);
    return [];
  });
}

type Way = "fetch" | "XMLHttpRequest";
/** Milliseconds from asking until the text is there. */
const ask = (page: Page, way: Way): Promise<number> =>
  page.evaluate(
    (path, byFetch) =>
      // No function has a name here: the compiler's helper for names is none of the page's.
      new Promise<number>((resolve) => {
        const began = performance.now();
        if (byFetch) {
          void fetch(path)
            .then((response) => response.text())
            .then(() => resolve(performance.now() - began));
          return;
        }
        const request = new XMLHttpRequest();
        request.onload = () => {
          void request.responseText;
          resolve(performance.now() - began);
        };
        request.open("GET", path);
        request.send();
      }),
    PATH,
    way === "fetch",
  );

const at = (sample: readonly number[], share: number) => percentile(sample, share) ?? Number.NaN;
const shown = (value: number): string => value.toFixed(1).padStart(5);
const figures = (sample: readonly number[]): string =>
  `p50 ${shown(at(sample, 0.5))}  p95 ${shown(at(sample, 0.95))}`;
const added = (one: readonly number[], other: readonly number[], share: number): string => {
  const { by, from, to } = shift(one, other, share);
  return `p${share * 100} ${shown(by)} [${from.toFixed(1)}, ${to.toFixed(1)}]`;
};

async function measure(browser: BrowserName, answers: number, only: string): Promise<void> {
  ensureBuilt(browser, "shipped");
  const platform = await servePlatform();
  const running = await launch(browser, {
    tlsPort: platform.port,
    unobserved: true,
    preferences: { "privacy.reduceTimerPrecision": false },
  });
  try {
    const extension = await installExtension(running, builtExtension(browser, "shipped"));
    await extension.onlyMine();
    await extension.setRules(`${RULES.join("\n")}\n`);
    console.log(browser);
    const bare = await running.newPage("window");
    const page = await running.newPage("window");
    await pause(START);
    const bodies = [made("made 100 KB", 100_000), made("made 1 MB", 1_000_000), ...recorded()];
    const cases = bodies.flatMap(({ name, text }) => [
      { name: `${name}, fetch`, way: "fetch" as const, text },
      { name: `${name}, XMLHttpRequest`, way: "XMLHttpRequest" as const, text },
    ]);
    for (const { name, text, way } of cases.filter((one) => one.name.includes(only))) {
      platform.lay(PATH, { body: text });
      await bare.goto("https://example.com/home");
      await page.goto("https://x.com/home");
      await extension.report("x.com", 0);
      for (let answer = 0; answer < WARM_UP; answer++) for (const one of [page, bare]) await ask(one, way);
      const times = new Map<Page, number[]>([
        [page, []],
        [bare, []],
      ]);
      for (let answer = 0; answer < answers; answer++)
        for (const one of answer % 2 === 0 ? [page, bare] : [bare, page]) {
          await pause(AFTER);
          times.get(one)?.push(await ask(one, way));
        }
      const { wire } = await extension.report("x.com", 0);
      const rewritten = times.get(page) ?? [];
      const without = times.get(bare) ?? [];
      const asked = wire?.asked.slice(-answers) ?? [];
      const engine = wire?.engine.slice(-answers) ?? [];
      console.log(
        `  ${name}: ${Math.round(Buffer.byteLength(text) / 1000)} KB, ${wire?.taken} posts taken out in all, passed unread: ${JSON.stringify(wire?.passed)}`,
      );
      console.log(`    with ${figures(rewritten)}   without ${figures(without)}`);
      console.log(`    added ${added(rewritten, without, 0.5)}   ${added(rewritten, without, 0.95)}`);
      console.log(
        `    asked ${figures(asked)}   engine ${figures(engine)}   messages ${figures(asked.map((all, i) => all - (engine[i] ?? 0)))}`,
      );
    }
  } finally {
    await running.close();
    await platform.close();
  }
}

const { values } = parseArgs({
  options: {
    browser: { type: "string" },
    answers: { type: "string", default: "60" },
    only: { type: "string", default: "" },
  },
});
const load = () => loadavg()[0]?.toFixed(1);
console.log(
  `milliseconds; target: added p95 at most 10 for 100 KB, 40 for 1 MB; load average before: ${load()}`,
);
const browsers: BrowserName[] =
  values.browser === "chrome" || values.browser === "firefox" ? [values.browser] : chosenBrowsers();
for (const browser of browsers) await measure(browser, Number(values.answers), values.only);
console.log(`load average after: ${load()}`);
