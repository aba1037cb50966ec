import { writeFileSync } from "node:fs";
import { startAgora } from "../agora/server.ts";
import { builtExtension, launch } from "../support/browsers.ts";
import { installExtension } from "../support/extension.ts";
import { settled } from "../support/page.ts";

const RULES = `hide if spam is certain
collapse if clickbait is likely
label "angry" if ragebait is likely
label "rude" if toxic is likely
label "not English" if lang is de, fr, es, ru
dim if about "crypto currency" > 80%
blur if nsfw > 95%
`;
const PLAIN = `hide if text has "presale"
collapse if text has "you won't believe"
dim if reposts > 100000
`;
const [which = "models", out = "/tmp/scoring/trace.json", rounds = "3", seconds = "4"] = process.argv.slice(2);
const agora = await startAgora({ calm: true, posts: 2500 });
const running = await launch("chrome", { width: 1100, height: 1000, unobserved: process.env.UNOBS === "1" });
const extension = await installExtension(running, builtExtension("chrome", "demo"));
await extension.onlyMine();
const all: unknown[] = [];
const session = await running.browser.target().createCDPSession();
for (let r = 0; r < Number(rounds); r++) {
  await extension.setRules(which === "plain" ? PLAIN : RULES);
  await extension.request({ type: "forget-answers" });
  const page = await running.newPage();
  await page.goto(which === "none" ? agora.url.replace("agora.localhost", "127.0.0.1") : agora.url);
  await page.bringToFront();
  await settled(page);
  const events: unknown[] = [];
  session.on("Tracing.dataCollected", ({ value }) => { for (const v of value) events.push(v); });
  await session.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: { recordMode: "recordAsMuchAsPossible", includedCategories: (process.env.CATS ?? "toplevel,cc,viz,blink,v8,benchmark,input,devtools.timeline,blink.user_timing,scheduler,disabled-by-default-v8.gc").split(","), excludedCategories: ["*"] },
  } as never);
  const gaps = await page.evaluate(async (length) => {
    const gaps: number[] = [];
    const end = performance.now() + length;
    let last = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
    while (performance.now() < end) {
      scrollBy(0, 24);
      const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      gaps.push(now - last);
      if (now - last > 25) performance.mark(`late ${(now - last).toFixed(1)} raf ${(performance.now() - now).toFixed(2)}`);
      last = now;
    }
    return gaps;
  }, Number(seconds) * 1000);
  const done = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
  await session.send("Tracing.end");
  await done;
  session.removeAllListeners("Tracing.dataCollected");
  console.log(which, gaps.length, "frames", gaps.filter((g) => g > 25).length, "late", gaps.map((g, i) => g > 25 ? `${i}:${g.toFixed(0)}` : "").filter(Boolean).join(" "), events.length, "events");
  writeFileSync(`${out}.${r}`, JSON.stringify({ traceEvents: events }));
  await page.close();
}
await running.close();
await agora.close();
