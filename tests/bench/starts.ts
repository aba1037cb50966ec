/**
 * `npm run bench:starts`: what a start of the models' worker costs in Chromium, and what of it is kept. The built extension is opened twice with one
 * profile; each time a worker of its own scores a first text and loads the encoder. In the second life the browser has its machine code of the
 * module from the first. Then, in the warm module, the encoder's parts:
 *
 * - *reading*: its file from the extension.
 * - *taking*: the file's hash, the look through its graph, and preparing it in tract, all of which is done at every start. What is prepared could
 *   be kept instead; that would have to be read and put where it multiplies all the same, so this is the most that it could spare.
 *
 * A benchmark: no figure fails it.
 *
 *   npm run bench:starts [-- --lives N]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import puppeteer, { type Page } from "puppeteer-core";
import { ensureBuilt } from "../../scripts/build/ensure.ts";
import { builtExtension, executable } from "../support/browsers.ts";
import { pause } from "../support/wait.ts";

/** Milliseconds in which the browser compiles what was used often, and keeps it. */
const KEEPING = 6000;

/** By what was done: milliseconds. */
type Times = Record<string, number>;

// In words, not as a function: the loader adds helpers that the page does not have.
const WORK = `(async () => {
  const worker = new Worker("scorer.js", { type: "module" });
  const { port1, port2 } = new MessageChannel();
  const waiting = new Map();
  port1.onmessage = ({ data }) => waiting.get(data.seq)(data);
  worker.postMessage({ type: "begin" }, [port2]);
  let seq = 0;
  const call = (name, ...args) => new Promise((resolve, reject) => {
    waiting.set(++seq, (reply) => (reply.ok ? resolve(reply.value) : reject(new Error(reply.message))));
    port1.postMessage({ seq, name, args });
  });
  const times = {};
  const clock = async (what, work) => {
    const started = performance.now();
    await work();
    times[what] = performance.now() - started;
  };
  const place = (name) => ({ name, from: "shipped" });
  const text = (about) => "A text of some ten words about " + about + " in our town";
  await clock("module and first score of a small model", () => call("score", place("spam"), [text("tea")]));
  await clock("encoder loaded", () => call("load", place("encoder")));
  await clock("its first text", () => call("near", place("encoder"), ["tea"], [text("tea")]));
  for (let round = 0; round < 40; round++) await call("near", place("encoder"), ["tea"], [text("cup " + round)]);
  let card, onnx;
  await clock("warm: reading", async () => {
    card = await (await fetch("models/encoder/card.toml")).text();
    onnx = new Uint8Array(await (await fetch("models/encoder/model.onnx")).arrayBuffer());
  });
  await call("check", card, onnx, []);
  await clock("warm: taking", () => call("check", card, onnx, []));
  await clock("warm: the file's hash by the browser", () => crypto.subtle.digest("SHA-256", onnx));
  worker.terminate();
  return times;
})()`;

async function life(profile: string): Promise<Times> {
  const browser = await puppeteer.launch({
    executablePath: executable("chrome"),
    headless: true,
    pipe: true,
    enableExtensions: true,
    userDataDir: profile,
    args: ["--no-first-run", "--disable-gpu", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
  });
  try {
    const id = await browser.installExtension(builtExtension("chrome", "shipped"));
    const page: Page = await browser.newPage();
    await page.goto(`chrome-extension://${id}/dashboard.html`);
    await pause(1500);
    const times = (await page.evaluate(WORK)) as Times;
    await pause(KEEPING);
    return times;
  } finally {
    await browser.close();
  }
}

const { values } = parseArgs({ options: { lives: { type: "string", default: "2" } } });
ensureBuilt("chrome", "shipped");
const profile = mkdtempSync(join(tmpdir(), "diffract-starts-"));
try {
  const lives: Times[] = [];
  for (let number = 0; number < Number(values.lives); number++) lives.push(await life(profile));
  console.log(
    `${"milliseconds".padEnd(42)} ${lives.map((_, number) => `life ${number + 1}`.padStart(8)).join("")}`,
  );
  for (const what of Object.keys(lives[0] ?? {}))
    console.log(
      `${what.padEnd(42)} ${lives.map((one) => (one[what] ?? Number.NaN).toFixed(0).padStart(8)).join("")}`,
    );
} finally {
  rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
