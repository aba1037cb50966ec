// How fast the wasm reads answers and writes them anew, beside a plain serde_json parse and print in the same wasm, and beside
// the browser's own JSON: `node crate/rewriter/bench/speed.mjs` after `scripts/build-wasm.sh rewriter` (with
// `DIFFRACT_WASM_FEATURES=bench`, to compare ways across and with serde_json). Runs over the recordings (`DIFFRACT_CORPORA`), or over our own small payloads.
// The engine decides by *No ads* between reading and writing, and its time is counted. The fastest of several runs; Node's V8 is
// Chromium's. With `all` behind the name every field is read, half of the posts go, and the rest is turned round.
import { existsSync, readdirSync, readFileSync } from "node:fs";

const dist = new URL("../../../dist/rewriter/", import.meta.url);
const wasm = readFileSync(new URL("diffract_rewriter_bg.wasm", dist));
const script = await import(new URL("diffract_rewriter.js", dist).href);
const started = performance.now();
await script.default({ module_or_path: wasm });
const { Rewriter, serde_round } = script;
const engineScript = await import(new URL("../../../dist/engine/diffract_engine.js", import.meta.url).href);
await engineScript.default({ module_or_path: readFileSync(new URL("../../../dist/engine/diffract_engine_bg.wasm", import.meta.url)) });
const everything = process.argv.includes("all");
const engine = new engineScript.Engine([{ id: "no-ads", source: 'hide if promoted because "advertisement"\n' }]);
const context = JSON.stringify({ now: 1_786_000_000, no_models: true });
console.log(`${(wasm.length / 1024).toFixed(0)} KB of wasm, ready in ${(performance.now() - started).toFixed(1)} ms`);

const corpora = new URL(`${process.env.DIFFRACT_CORPORA ?? "../shared/corpora"}/dev/`, new URL("../../../", import.meta.url));
const ours = new URL("../../adapters/tests/payloads/", import.meta.url);

function* samples() {
  if (!existsSync(corpora)) {
    for (const file of readdirSync(ours)) {
      if (file.endsWith(".json")) yield { platform: file.split("-")[0], name: file, text: readFileSync(new URL(file, ours), "utf8"), url: "" };
    }
    return;
  }
  for (const platform of readdirSync(corpora)) {
    const folder = new URL(`${platform}/`, corpora);
    for (const file of readdirSync(folder)) {
      if (!file.endsWith(".json") || file.endsWith(".meta.json")) continue;
      const meta = JSON.parse(readFileSync(new URL(file.replace(/\.json$/, ".meta.json"), folder), "utf8"));
      yield { platform, name: `${platform}/${file}`, text: readFileSync(new URL(file, folder), "utf8"), url: meta.request_url };
    }
  }
}

/** The least milliseconds that something takes. */
function fastest(run) {
  let best = Number.POSITIVE_INFINITY;
  const until = performance.now() + 300;
  for (let round = 0; round < 6 || (round < 200 && performance.now() < until); round++) {
    const begin = performance.now();
    run();
    best = Math.min(best, performance.now() - begin);
  }
  return best;
}

const rewriter = new Rewriter();
if (!everything) rewriter.set_fields(engine.fields());
/** MB/s of the payload that is rewritten slowest. */
let slowest = Number.POSITIVE_INFINITY;
const total = { bytes: 0, read: 0, posts: 0, decide: 0, write: 0, fromText: 0, serde: 0, browser: 0 };
console.log("  KB   read ms  posts ms decide ms  write ms  rewriting MB/s  with the engine  payload");
for (const { platform, name, text, url } of samples()) {
  const bytes = Buffer.byteLength(text);
  let answer = rewriter.read(platform, url, text);
  if (answer.problem !== undefined) continue;
  const count = JSON.parse(answer.posts).length;
  const half = JSON.stringify(Array.from({ length: count }, (_, post) => ({ action: post % 2 ? "hide" : "show" })));
  const reverse = Uint32Array.from({ length: count }, (_, post) => count - 1 - post);
  const decide = (posts) => {
    if (everything) return [half, reverse];
    const verdicts = engine.decide(posts, context);
    return [verdicts, engine.order(posts, verdicts, context)];
  };
  const encoded = new TextEncoder().encode(text);
  const read = fastest(() => rewriter.read_bytes(platform, url, encoded).free());
  const posts = fastest(() => answer.posts);
  const { posts: sent } = answer;
  const deciding = fastest(() => decide(sent));
  const [verdicts, order] = decide(sent);
  const write = fastest(() => {
    const written = rewriter.write(answer, verdicts, order, undefined);
    written.pieces();
    written.free();
  });
  answer.free();
  total.bytes += bytes;
  total.read += read;
  total.posts += posts;
  total.decide += deciding;
  total.write += write;
  total.fromText += fastest(() => rewriter.read(platform, url, text).free());
  if (serde_round) total.serde += fastest(() => serde_round(text));
  total.browser += fastest(() => JSON.stringify(JSON.parse(text)));
  const rewriting = bytes / 1e3 / (read + posts + write);
  const speed = bytes / 1e3 / (read + posts + deciding + write);
  slowest = Math.min(slowest, rewriting);
  console.log(`${(bytes / 1024).toFixed(0).padStart(4)} ${read.toFixed(2).padStart(9)} ${posts.toFixed(2).padStart(9)} ${deciding.toFixed(2).padStart(9)} ${write.toFixed(2).padStart(9)} ${rewriting.toFixed(0).padStart(15)} ${speed.toFixed(0).padStart(16)}  ${name}`);
}
const speed = (milliseconds) => `${(total.bytes / 1e3 / milliseconds).toFixed(0)} MB/s`;
console.log(`all ${(total.bytes / 1e6).toFixed(1)} MB: read ${speed(total.read)}, read and written ${speed(total.read + total.write)}, with the posts' JSON and the engine's verdicts ${speed(total.read + total.posts + total.decide + total.write)}`);
console.log(`slowest payload: rewritten at ${slowest.toFixed(0)} MB/s, the engine's verdicts aside`);
console.log(`the browser's own JSON.parse and JSON.stringify: ${speed(total.browser)}`);
if (total.serde) {
  console.log(`serde_json's parse and print in the same wasm: ${speed(total.serde)}; we take ${((total.read + total.write) / total.serde).toFixed(2)} of its time`);
}
console.log(`read from bytes ${total.read.toFixed(1)} ms, from text ${total.fromText.toFixed(1)} ms`);
