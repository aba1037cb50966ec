/**
 * Where the time of an arrival goes in Chromium, for `npm run bench:page -- --phases`: a trace of the page's process and samples of its main
 * thread's stack over what the page measured itself as `arrival` (`performance.measure`). Both cost time: figures of such a run are
 * for comparing phases with each other, never with the target.
 */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import type { Page, Protocol } from "puppeteer-core";
import { virtual } from "../../scripts/build/bundle.ts";
import { adaptersProduct, readAdapters, readWire } from "../../scripts/build/sources.ts";

/** Microseconds between two samples. */
const INTERVAL = 100;
/** The share of arrivals that are called slow, and those that are called usual: between these shares. */
const SLOW = 0.1;
const USUAL = [0.35, 0.65] as const;
const CATEGORIES = [
  "blink.user_timing",
  "devtools.timeline",
  "disabled-by-default-v8.compile",
  "disabled-by-default-v8.gc",
  "toplevel",
  "v8",
];

/** Functions of the shell by which its phases are told, and what they are called. */
const PHASES = new Map([
  ["hear", "shell: told of changes"],
  ["concernedBy", "shell: finding"],
  ["readAll", "shell: reading, taking note"],
  ["askPart", "shell: asking"],
  ["decideWith", "shell: deciding, but for the engine"],
  ["settle", "shell: taking verdicts"],
  ["finish", "shell: reading what is about to go"],
  ["dressAll", "shell: carrying out"],
]);
/** Events of the main thread, by the beginning of their names. */
const EVENTS: ReadonlyArray<[RegExp, string]> = [
  [/^(?:Minor|Major)GC$/, "browser: garbage"],
  [/^UpdateLayoutTree$/, "browser: styles"],
  [/^Layout$/, "browser: layout"],
  [
    /^V8\.(?:OptimizeCode|MarkCandidates\w*|Finalize\w*|Maglev\w*Prepare)$/,
    "browser: compiling, main thread",
  ],
];
/** Those of other threads. */
const ASIDE: ReadonlyArray<[RegExp, string]> = [
  [/^V8\.(?:Maglev|Turbofan)Task$/, "meanwhile: compiling, other threads"],
  [/^V8\.GC_\w*BACKGROUND_(?:MARKING|SCAVENGE_PARALLEL|SWEEPING)$/, "meanwhile: garbage, other threads"],
];

/** What of an event of a trace is looked at; times in microseconds. */
interface TraceEvent {
  name: string;
  cat: string;
  ph: string;
  ts: number;
  dur?: number;
  /** Of `dur`, how long the thread was on a processor. */
  tdur?: number;
  pid: number;
  tid: number;
}

/** One arrival: milliseconds, and what they went to. */
interface Spent {
  whole: number;
  parts: Map<string, number>;
}

/** A copy of the extension at `folder` in which the shell's functions have their names. */
export async function withNames(folder: string, into: string): Promise<string> {
  cpSync(folder, into, { recursive: true });
  const { file } = adaptersProduct(true);
  const { text, problems } = readAdapters(file);
  await build({
    entryPoints: ["extension/content/main.ts"],
    outfile: join(into, "content.js"),
    allowOverwrite: true,
    bundle: true,
    format: "iife",
    logLevel: "warning",
    plugins: [virtual("chrome", text, problems, { platforms: readWire(file), network: false })],
  });
  return into;
}

/** Traces `page` until the function returned is called, which answers with lines. */
export async function phasesOf(page: Page): Promise<() => Promise<string[]>> {
  const session = await page.createCDPSession();
  const events: TraceEvent[] = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await session.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: { recordMode: "recordAsMuchAsPossible", includedCategories: CATEGORIES },
  });
  await session.send("Profiler.enable");
  await session.send("Profiler.setSamplingInterval", { interval: INTERVAL });
  await session.send("Profiler.start");
  return async () => {
    const { profile } = await session.send("Profiler.stop");
    const complete = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
    await session.send("Tracing.end");
    await complete;
    await session.detach();
    return report(arrivalsOf(events, profile));
  };
}

function arrivalsOf(events: readonly TraceEvent[], profile: Protocol.Profiler.Profile): Spent[] {
  const marks = events.filter(({ cat, name }) => cat === "blink.user_timing" && name === "arrival");
  const ends = marks.filter(({ ph }) => ph === "e");
  const [first] = marks;
  if (first === undefined) return [];
  const own = events.filter(({ pid, ph }) => pid === first.pid && ph === "X");
  const samples = samplesOf(profile);
  return marks
    .filter(({ ph }) => ph === "b")
    .map(({ ts: from }, at) => {
      const to = ends[at]?.ts ?? from;
      const parts = new Map<string, number>();
      const add = (name: string, time: number) => parts.set(name, (parts.get(name) ?? 0) + time / 1000);
      for (const { name, ts, dur = 0, tdur, tid } of own) {
        const within = Math.min(ts + dur, to) - Math.max(ts, from);
        if (within <= 0) continue;
        const onMain = tid === first.tid;
        const part = (onMain ? EVENTS : ASIDE).find(([is]) => is.test(name))?.[1];
        if (part !== undefined) add(part, within);
        // Of the whole task, which is longer than the arrival.
        if (onMain && name === "ThreadControllerImpl::RunTask" && tdur !== undefined)
          add("meanwhile: the task, not on a processor", dur - tdur);
      }
      for (const { ts, took, name } of samples) if (ts >= from && ts < to) add(name, took);
      return { whole: (to - from) / 1000, parts };
    });
}

/** What the main thread was at, sample by sample; times in microseconds. */
function samplesOf({ nodes, samples = [], timeDeltas = [], startTime }: Protocol.Profiler.Profile) {
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node])));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const names = new Map<number, string>();
  const nameOf = (node: Protocol.Profiler.ProfileNode | undefined): string => {
    if (node === undefined) return "else";
    let name = names.get(node.id);
    if (name === undefined) {
      const { functionName, url } = node.callFrame;
      name = url.endsWith("/near.js") ? "engine" : undefined;
      if (url.endsWith("/content.js")) name = PHASES.get(functionName);
      name ??= nameOf(parents.get(node.id));
      names.set(node.id, name);
    }
    return name;
  };
  let ts = startTime;
  return samples.map((id, at) => {
    ts += timeDeltas[at] ?? 0;
    return { ts, took: timeDeltas[at + 1] ?? INTERVAL, name: nameOf(byId.get(id)) };
  });
}

function report(arrivals: readonly Spent[]): string[] {
  const sorted = [...arrivals].sort((a, b) => a.whole - b.whole);
  const slow = sorted.slice(Math.floor(sorted.length * (1 - SLOW)));
  const usual = sorted.slice(Math.floor(sorted.length * USUAL[0]), Math.ceil(sorted.length * USUAL[1]));
  const mean = (of: readonly Spent[], spent: (one: Spent) => number) =>
    of.reduce((sum, one) => sum + spent(one), 0) / of.length;
  const line = (name: string, spent: (one: Spent) => number) => {
    const [less, more] = [mean(usual, spent), mean(slow, spent)];
    const figure = (value: number) => value.toFixed(2).padStart(7);
    return {
      by: more - less,
      text: `  ${name.padEnd(42)}${figure(less)}${figure(more)}${figure(more - less)}`,
    };
  };
  const parts = [...new Set(sorted.flatMap((one) => [...one.parts.keys()]))].map((name) =>
    line(name, (one) => one.parts.get(name) ?? 0),
  );
  parts.sort((a, b) => b.by - a.by);
  return [
    `phases of ${sorted.length} arrivals: ${usual.length} usual ones, the slowest ${slow.length}, and how much more these take`,
    line("whole", ({ whole }) => whole).text,
    ...parts.map(({ text }) => text),
  ];
}
