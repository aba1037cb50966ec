/**
 * The near engine's face (crate/near), and what the background and the content script agree on about it. Its memory is its
 * state: the background makes an engine of the rules and sends what its memory has that a fresh one has not.
 */

/** The largest memory of an engine that is sent to pages, in bytes; every tab with a feed has one. */
export const MAX_NEAR = 24 << 20;
/** Most bytes sent at once: handling one part takes a millisecond or two. */
export const NEAR_PART = 128 << 10;
/** Where, in the content scripts' world, the script that Chrome injects leaves the translated engine. */
export const NEAR_HANDLE = "diffract-near";

/** An instance of the module. Addresses and lengths are in bytes. */
export interface NearInstance {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  input(length: number): number;
  output(): number;
  output_length(): number;
  restore(): number;
  decide(length: number): number;
}

/** What `restore` answers. */
export const READY = 0;
export const NEEDS_MORE = 2;

/** The engine translated into JavaScript, as the injected script leaves it. */
export interface NearScript {
  /** Names the very build: a memory of another build makes no sense. */
  build: string;
  /** A fresh instance. The one before it is not to be used any more. */
  make(): NearInstance;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What the engine answered last, as text. */
export function answerOf(engine: NearInstance): string {
  // Chrome's own memory may have been replaced by a larger one: looked up each time.
  return decoder.decode(new Uint8Array(engine.memory.buffer, engine.output(), engine.output_length()));
}

/** Writes `bytes` where the engine reads. Throws if it has no room for so much. */
export function give(engine: NearInstance, bytes: Uint8Array): void {
  const at = engine.input(bytes.length);
  if (at === 0) throw new Error("too much at once");
  new Uint8Array(engine.memory.buffer).set(bytes, at);
}

/** Decides a JSON array of posts in `context`, which is JSON on one line; throws where the engine does not. */
export function decideNear(engine: NearInstance, context: string, posts: string): string {
  const asked = `${context}\n${posts}`;
  const most = 3 * asked.length;
  const at = engine.input(most);
  if (at === 0) throw new Error("too much at once");
  const { written } = encoder.encodeInto(asked, new Uint8Array(engine.memory.buffer, at, most));
  const ok = engine.decide(written);
  const answer = answerOf(engine);
  if (ok === 0) throw new Error(answer);
  return answer;
}
