/**
 * Engines for pages: what decides posts where they stand, without a way through the browser (docs/decisions/near-engine.md).
 * Made here of the rules in force, and sent as the memory of an engine that is ready: a page never compiles rules.
 */
import { near } from "virtual:build";
import { api } from "../shared/api.ts";
import type { EngineMessage, ShellMessage } from "../shared/messages.ts";
import { answerOf, give, MAX_NEAR, NEAR_PART, NEEDS_MORE, type NearInstance, READY } from "../shared/near.ts";
import type { Rules } from "./rules.ts";

/** Memories are compared by pieces of this many bytes. */
const PIECE = 1024;
/** Parts sent in one task. */
const AT_ONCE = 4;
/** Milliseconds for which an image is kept after it was last asked for. */
const KEPT = 60_000;

/** The memory of an engine that is ready, less what a fresh one has. */
interface Image {
  /** Of which rules: see {@link Rules.epoch}. */
  epoch: number;
  /** The fields of posts that they ask for. */
  fields: string[];
  size: number;
  parts: Array<{ at: number; bytes: Uint8Array<ArrayBuffer> }>;
}

export class NearEngines {
  private module: Promise<{ module: WebAssembly.Module; bytes: ArrayBuffer }> | undefined;
  private image: Promise<Image | string> | undefined;
  private imageOf = -1;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** What each port asked for last: an earlier engine is not wanted there any more. */
  private readonly wanted = new WeakMap<chrome.runtime.Port, number>();

  constructor(private readonly rules: Rules) {}

  /**
   * Sends an engine of the rules in force through `port`, or why there is none. `build`: of which build the page has the
   * program already.
   */
  async send(port: chrome.runtime.Port, { seq, build }: ShellMessage & { type: "near" }): Promise<void> {
    const say = (message: EngineMessage) => port.postMessage(message);
    this.wanted.set(port, seq);
    const image = await this.imageNow();
    if (this.wanted.get(port) !== seq) return;
    if (typeof image === "string") {
      say({ type: "near-none", seq, why: image });
      return;
    }
    let program: ArrayBuffer | undefined;
    if (build !== near.build) {
      if (near.script) await inject(port.sender);
      else program = (await this.load()).bytes;
    }
    const { size, parts, fields } = image;
    for (const [index, { at, bytes }] of parts.entries()) {
      // Verdicts that are asked for meanwhile go in between.
      if (index % AT_ONCE === 0) await new Promise((resolve) => setTimeout(resolve));
      // The page has been told of other rules meanwhile, and asks again; or it has asked again already.
      if (image.epoch !== this.rules.epoch || this.wanted.get(port) !== seq) return;
      if (index === 0) {
        const { orders } = this.rules;
        say({
          type: "near-begin",
          seq,
          build: near.build,
          size,
          parts: parts.length,
          orders,
          fields,
          ...(program && { program }),
        });
      }
      say({ type: "near-part", seq, at, bytes: near.script ? base64(bytes) : bytes });
    }
  }

  private imageNow(): Promise<Image | string> {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.image = undefined;
    }, KEPT);
    if (this.image === undefined || this.imageOf !== this.rules.epoch) {
      this.imageOf = this.rules.epoch;
      this.image = this.make();
      this.image.catch(() => {
        this.image = undefined;
      });
    }
    return this.image;
  }

  private async make(): Promise<Image | string> {
    const [{ module }, { snapshot, fields, epoch }] = await Promise.all([this.load(), this.rules.snapshot()]);
    const fresh = await instance(module);
    const engine = await instance(module);
    give(engine, snapshot);
    const came = engine.restore();
    if (came === NEEDS_MORE) return "some rule counts posts, asks a model or asks for a language";
    if (came !== READY) throw new Error(`the rules cannot be read there (${answerOf(engine)})`);
    const size = engine.memory.buffer.byteLength;
    if (size > MAX_NEAR) return `there are too many rules for every page to hold (${size >> 20} MB)`;
    return { epoch, fields, size, parts: differences(fresh.memory.buffer, engine.memory.buffer) };
  }

  private load(): Promise<{ module: WebAssembly.Module; bytes: ArrayBuffer }> {
    this.module ??= (async () => {
      const bytes = await (await fetch(api.runtime.getURL("near.wasm"))).arrayBuffer();
      return { module: await WebAssembly.compile(bytes), bytes };
    })().catch((error: unknown) => {
      this.module = undefined;
      throw error;
    });
    return this.module;
  }
}

async function instance(module: WebAssembly.Module): Promise<NearInstance> {
  const { exports } = await WebAssembly.instantiate(module, {});
  return exports as unknown as NearInstance;
}

/** Brings the translated engine into the frame at the other end of a port. */
async function inject(sender: chrome.runtime.MessageSender | undefined): Promise<void> {
  const tabId = sender?.tab?.id;
  if (tabId === undefined) throw new Error("the page is in no tab");
  await api.scripting.executeScript({
    target: { tabId, frameIds: [sender?.frameId ?? 0] },
    files: ["near.js"],
    injectImmediately: true,
  });
}

/** Where `after` is not as `before`, in parts of at most {@link NEAR_PART} bytes. Beyond the end of `before` there are zeros. */
export function differences(before: ArrayBuffer, after: ArrayBuffer): Image["parts"] {
  // Memories are whole pages of 64 KB, so whole pieces.
  const old = new Int32Array(before);
  const now = new Int32Array(after);
  const step = PIECE / Int32Array.BYTES_PER_ELEMENT;
  const differs = (piece: number) => {
    const from = piece * step;
    if (from >= old.length) {
      for (let i = from; i < from + step; i++) if (now[i] !== 0) return true;
      return false;
    }
    for (let i = from; i < from + step; i++) if (now[i] !== old[i]) return true;
    return false;
  };
  const parts: Image["parts"] = [];
  const pieces = after.byteLength / PIECE;
  const most = NEAR_PART / PIECE;
  for (let piece = 0; piece < pieces; piece++) {
    if (!differs(piece)) continue;
    const from = piece;
    while (piece + 1 < pieces && piece + 1 - from < most && differs(piece + 1)) piece++;
    parts.push({ at: from * PIECE, bytes: new Uint8Array(after.slice(from * PIECE, (piece + 1) * PIECE)) });
  }
  return parts;
}

/** Characters handed to one call: more arguments than that a function may not take. */
const RUN = 8192;

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += RUN) text += String.fromCharCode(...bytes.subarray(at, at + RUN));
  return btoa(text);
}
