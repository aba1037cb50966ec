/** The worker of a page that runs the workbench, so that nothing it does is in the way of typing. */
import init, {
  check,
  complete,
  describe,
  Feed,
  format,
  importFilters,
  knowModels,
  Replay,
  readPackage,
} from "../../../dist/workbench/diffract_workbench.js";
import type { Call, CallName, Calls, Reply } from "./calls.ts";

// A worker has no API of the extension to ask for addresses; the module lies beside it.
const ready = init({ module_or_path: new URL("workbench.wasm", location.href) });
let replay: Replay | undefined;
let feed: Feed | undefined;

function opened(): Replay {
  if (replay === undefined) throw new Error("no posts are opened");
  return replay;
}

function fed(): Feed {
  if (feed === undefined) throw new Error("no packs are given");
  return feed;
}

const CARRY_OUT: { [Name in CallName]: (...args: Calls[Name]) => string } = {
  models(names) {
    knowModels([...names]);
    return "";
  },
  check,
  format,
  complete,
  describe,
  open(posts, context, packs, saved) {
    const next = new Replay(posts, context, [...packs], saved);
    replay?.free();
    replay = next;
    return String(next.posts());
  },
  type: (source) => opened().type(source),
  saved: (source) => opened().saved(source),
  propose: (index) => opened().propose(index),
  explain: (index, line) => opened().explain(index, line),
  feed(packs) {
    const next = new Feed([...packs]);
    feed?.free();
    feed = next;
    return "";
  },
  gather: (posts, sources, context, limits) => fed().gather(posts, sources, context, limits),
  compare: (posts, verdicts, shown, context) =>
    fed().compare(posts, verdicts, Uint32Array.from(shown), context),
  import: importFilters,
  package: readPackage,
};

addEventListener("message", ({ data }: MessageEvent<Call>) => void answer(data));

async function answer({ seq, name, args }: Call): Promise<void> {
  let reply: Reply;
  try {
    await ready;
    const carryOut = CARRY_OUT[name] as (...given: readonly unknown[]) => string;
    reply = { seq, ok: true, value: carryOut(...args) };
  } catch (error) {
    // A panic leaves the module in no state to go on.
    const broken = error instanceof WebAssembly.RuntimeError;
    reply = { seq, ok: false, message: error instanceof Error ? error.message : String(error), broken };
  }
  postMessage(reply);
}
