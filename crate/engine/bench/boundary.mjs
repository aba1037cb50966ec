// What the engine's boundary costs, in the wasm that is shipped: `node crate/engine/bench/boundary.mjs` after
// `scripts/build-wasm.sh engine` (with `DIFFRACT_WASM_FEATURES=bench`, to compare ways across as well). Prints how posts and verdicts cross best, how long an engine takes to be ready from a
// snapshot and from sources, and what a batch costs under 10,000 rules. Medians; Node's V8 is Chromium's.
import { readFileSync } from "node:fs";

const dist = new URL("../../../dist/engine/", import.meta.url);
const { default: init, Engine, echo_json, echo_structured } = await import(new URL("diffract_engine.js", dist).href);
const wasm = readFileSync(new URL("diffract_engine_bg.wasm", dist));

let state = 1;
const random = (below) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state % below;
};
const SYLLABLES = "ba ce di fo gu han ker lin mon par rent sing tal vor wis brea clou stay trel shum chack pline".split(" ");
const word = (index) => {
  let text = "";
  for (let rest = index + 7; rest > 0; rest = Math.floor(rest / 22)) text += SYLLABLES[rest % 22];
  return text;
};
const words = (count, of) => Array.from({ length: count }, () => word(random(of))).join(" ");

/** So many rules as people write them: phrases, words, expressions, authors, fields. */
function rules(count) {
  const lines = ['let @friends = "alice", "bob"'];
  for (let index = 0; index < count; index++) {
    const [a, b] = [word(random(2_000_000)), word(random(2_000_000))];
    lines.push(
      [
        `hide if text has "${a} ${b}"`,
        `collapse if text has word "${a}" because "noise"`,
        `dim if name has any "${a}", "${b}" and not author in @friends`,
        `hide if text matches /\\b(${a}|${b})\\d*\\b/i`,
        `hide if author is "${a}_${b}"`,
        `collapse if author is "${a}" and likes < ${random(1000)}`,
        `label "${a}" if hashtags has "${b}"`,
        `hide if links to ${a}.com`,
      ][index % 8],
    );
  }
  return lines.join("\n");
}

function posts(count) {
  return Array.from({ length: count }, (_, index) => ({
    id: `post-${index}`, platform: "x", host: "x.com", kind: "post", surface: "home", lang: "en",
    text: words(40, 60_000), author: word(random(1_000_000)), name: words(2, 60_000), promoted: index % 12 === 0,
    repost: index % 5 === 0, likes: random(5000), views: random(100_000), time: 1_700_000_000 - random(100_000),
    links: index % 6 ? [] : ["https://www.example.com/a"], hashtags: [word(random(60_000))], media: ["image"],
  }));
}

/** The median time of a call in milliseconds. */
function median(runs, call) {
  const times = Array.from({ length: runs }, () => {
    const start = performance.now();
    call();
    return performance.now() - start;
  });
  return times.sort((left, right) => left - right)[runs >> 1];
}
const ms = (time) => `${time.toFixed(2)} ms`;

const start = performance.now();
await init({ module_or_path: wasm });
console.log(`the module is compiled and set up in ${ms(performance.now() - start)} (${wasm.length} bytes)`);

const batch = posts(25);
const text = JSON.stringify(batch);
console.log(`\n25 posts across and back (${text.length} characters of JSON), nothing decided`);
if (echo_json) {
  console.log(`  as JSON text         ${ms(median(200, () => JSON.parse(echo_json(JSON.stringify(batch)))))}`);
  console.log(`  as structured values ${ms(median(200, () => echo_structured(batch)))}`);
} else {
  console.log("  (build with DIFFRACT_WASM_FEATURES=bench scripts/build-wasm.sh engine to compare both ways)");
}

for (const count of [10, 1_000, 10_000]) {
  const sources = [{ id: "bench", source: rules(count) }];
  const began = performance.now();
  const engine = new Engine(sources);
  const fromSources = performance.now() - began;
  const faults = engine.diagnostics()[0].diagnostics.filter(({ severity }) => severity === "error");
  if (faults.length > 0) throw new Error(faults[0].rendered);
  const snapshot = engine.snapshot();
  const restore = median(9, () => Engine.restore(snapshot).free());
  const context = JSON.stringify({ now: 1_700_000_000, utc_offset: 0, visit: "bench", no_models: true });
  let decided = "";
  const decide = median(200, () => {
    decided = engine.decide(text, context);
  });
  const hit = JSON.parse(decided).filter(({ reasons }) => reasons.length > 0).length;
  console.log(
    `\n${engine.rules()} rules: from sources ${ms(fromSources)}, from a snapshot of ${snapshot.length} bytes ${ms(restore)}; ` +
      `25 posts decided in ${ms(decide)} (${hit} touched)`,
  );
  engine.free();
}
