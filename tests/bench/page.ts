/**
 * `npm run bench:page`: what Diffract adds between a post's being on the page and its verdict's being carried out, for 25
 * posts at a time under 10,000 mixed rules, in both browsers, by the content script's own clock (extraction to applied).
 * The same with ten rules, in the same browser on the same page, says how much of it the rules cost.
 *
 *   npm run bench:page [-- --browser chrome|firefox] [--batches N] [--rules N]
 */
import { parseArgs } from "node:util";
import { startAgora } from "../agora/server.ts";
import { type BrowserName, builtExtension, chosenBrowsers, launch } from "../support/browsers.ts";
import { installExtension } from "../support/extension.ts";
import { percentile } from "../support/numbers.ts";
import { settled } from "../support/page.ts";
import { mixedRules } from "./rules.ts";

/** Milliseconds, p95, as the project promises. */
const TARGETS: Record<BrowserName, number> = { chrome: 8, firefox: 12 };
const HOST = "agora.localhost";
/** What one answer of Agora's timeline holds, so that so many posts arrive at once. */
const BATCH = 25;

interface Sample {
  latencies: number[];
  /** Posts a batch held on average. */
  posts: number;
}

async function measure(browser: BrowserName, batches: number, rules: string[]): Promise<Sample[]> {
  const agora = await startAgora({ calm: true, posts: (batches + 2) * BATCH });
  const running = await launch(browser, { width: 1100, height: 1000 });
  try {
    const extension = await installExtension(running, builtExtension(browser, "demo"));
    await extension.onlyMine();
    const samples: Sample[] = [];
    for (const source of rules) {
      await extension.setRules(source);
      const page = await running.newPage();
      // A line a post: all posts of an answer come onto the page at once.
      await page.goto(`${agora.url}?dense`);
      await page.bringToFront();
      await settled(page);
      for (let batch = 0; batch < batches; batch++) {
        await page.evaluate(async () => {
          const before = document.documentElement.scrollHeight;
          scrollTo(0, before);
          for (let frame = 0; frame < 300 && document.documentElement.scrollHeight === before; frame++)
            await new Promise((resolve) => requestAnimationFrame(resolve));
          for (let frame = 0; frame < 12; frame++)
            await new Promise((resolve) => requestAnimationFrame(resolve));
        });
      }
      await settled(page);
      const { latencies, seen, troubles } = await extension.report(HOST, 0);
      for (const trouble of troubles) console.error(`  ${trouble}`);
      samples.push({ latencies: latencies.slice(2), posts: seen / Math.max(1, latencies.length) });
      await page.close();
    }
    return samples;
  } finally {
    await running.close();
    await agora.close();
  }
}

const figures = ({ latencies, posts }: Sample): string => {
  const at = (share: number) => (percentile(latencies, share) ?? Number.NaN).toFixed(2).padStart(7);
  return `p50 ${at(0.5)} ms  p95 ${at(0.95)} ms  (${latencies.length} batches of ${posts.toFixed(1)} posts)`;
};

const { values } = parseArgs({
  options: {
    browser: { type: "string" },
    batches: { type: "string", default: "80" },
    rules: { type: "string", default: "10000" },
  },
});
const browsers: BrowserName[] =
  values.browser === "chrome" || values.browser === "firefox" ? [values.browser] : chosenBrowsers();
const count = Number(values.rules);
let missed = 0;
for (const browser of browsers) {
  const [few, many] = await measure(browser, Number(values.batches), [mixedRules(10), mixedRules(count)]);
  if (!few || !many) throw new Error("nothing was measured");
  const p95 = percentile(many.latencies, 0.95) ?? Number.POSITIVE_INFINITY;
  const target = TARGETS[browser];
  if (p95 > target) missed++;
  console.log(`${browser}`);
  console.log(
    `  ${String(count).padStart(6)} rules: ${figures(many)}  target: p95 at most ${target} ms, ${p95 <= target ? "met" : "MISSED"}`,
  );
  console.log(`      10 rules: ${figures(few)}  (baseline)`);
}
process.exitCode = missed > 0 ? 1 : 0;
