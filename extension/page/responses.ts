/**
 * Answers of `fetch`. `fetch` itself is left alone: the answer is what it was, with its status, headers and address, and only
 * where its body is read another body stands in: a response of our own, whose stream begins to read what came when it is read itself.
 */
import { MAX_BODY } from "../shared/wire.ts";
import type { Line } from "./asking.ts";
import { type Instead, mendedPromise, replaceGetter, replaceMethod } from "./disguise.ts";
import {
  apply,
  create,
  getOwnPropertyDescriptor,
  getterOf,
  isGone,
  later,
  lengthOf,
  NativeBytes,
  NativePromise,
  NativeResponse,
  NativeStream,
  never,
  notes,
  plainTextOf,
  setBytes,
} from "./natives.ts";
import { answersPosts } from "./platform.ts";

/** Milliseconds after its first bytes within which a body must be complete to be rewritten. */
const COMPLETE_WITHIN = 4000;

type Any = (...given: never[]) => unknown;
const own = (owner: object, key: string) => getOwnPropertyDescriptor(owner, key)?.value as Any;
const { prototype } = NativeResponse;
const need = <T>(get: ((self: unknown) => T) | undefined): ((self: unknown) => T) => {
  if (get === undefined) throw new Error("not a browser");
  return get;
};
const urlOf = need(getterOf<string>(prototype, "url"));
const statusOf = need(getterOf<number>(prototype, "status"));
const headersOf = need(getterOf<Headers>(prototype, "headers"));
const bodyOf = need(getterOf<ReadableStream<Uint8Array> | null>(prototype, "body"));
const usedOf = need(getterOf<boolean>(prototype, "bodyUsed"));
const isLocked = need(getterOf<boolean>(NativeStream.prototype, "locked"));
const lockedOf = (stream: ReadableStream | null): boolean => stream !== null && isLocked(stream);
const readerOf = own(NativeStream.prototype, "getReader");
const cancelOf = own(NativeStream.prototype, "cancel");
const read = own(ReadableStreamDefaultReader.prototype, "read");
const cancelReader = own(ReadableStreamDefaultReader.prototype, "cancel");
const Controller = ReadableByteStreamController.prototype;
const enqueue = own(Controller, "enqueue");
const close = own(Controller, "close");
const fail = own(Controller, "error");
const requestOf = need(getterOf<unknown>(Controller, "byobRequest"));
const respond = own(ReadableStreamBYOBRequest.prototype, "respond");
const bufferOf = own(prototype, "arrayBuffer");
const headerOf = own(Headers.prototype, "get");
const { parse } = JSON;

type Part = ReadableStreamReadResult<Uint8Array>;
type Controls = ReadableByteStreamController;

/** What was made of a body, for an answer and its clones: each reads what came for itself, and it is asked about once. */
interface Lineage {
  made?: Promise<Uint8Array<ArrayBuffer> | null>;
}

interface Shadow {
  response: Response;
  stream: ReadableStream;
}

/** What a response of ours needs to be read as this one is: the type of its body. A plain object, as nothing else is copied by the browser itself. */
function typed(response: unknown): ResponseInit {
  const init = create(null) as ResponseInit;
  const type = apply(headerOf, headersOf(response), ["content-type" as never]) as string | null;
  if (type === null) return init;
  const headers = create(null) as Record<string, string>;
  headers["content-type"] = type;
  init.headers = headers;
  return init;
}

export function standInForResponses(line: Line): void {
  const shadows = notes<object, Shadow>();
  const lineages = notes<object, Lineage>();
  /** Responses whose stream the page has asked for. */
  const asked = notes<object, true>();

  const lineageOf = (response: object): Lineage => {
    let lineage = lineages.get(response);
    if (lineage === undefined) {
      lineage = {};
      lineages.set(response, lineage);
    }
    return lineage;
  };

  /** The body's stream, rewritten. */
  function streamFor(response: object, url: string): ReadableStream {
    let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
    /** What came passes as it comes. */
    let passing = false;
    /** A part that was waited for and did not come in time. */
    let overdue: Promise<Part> | undefined;
    const next = () => apply(read, reader, []) as Promise<Part>;
    const end = (controls: Controls) => {
      apply(close, controls, []);
      // Whoever reads into a buffer of their own waits for this word.
      const request = requestOf(controls);
      if (request !== null) apply(respond, request, [0 as never]);
    };
    const hand = (controls: Controls, bytes: Uint8Array) => {
      if (lengthOf(bytes) > 0) apply(enqueue, controls, [bytes as never]);
    };
    async function pull(controls: Controls): Promise<void> {
      try {
        if (reader === undefined)
          reader = apply(readerOf, bodyOf(response), []) as ReadableStreamDefaultReader<Uint8Array>;
        if (passing) {
          const part = await (overdue ?? next());
          overdue = undefined;
          if (part.done) end(controls);
          else hand(controls, part.value);
          return;
        }
        passing = true;
        const gathered = await gather(next);
        const { parts, size, whole } = gathered;
        overdue = gathered.overdue;
        if (!whole) line.passed(size > MAX_BODY ? "large" : "cut");
        const came = joined(parts, size);
        const lineage = lineageOf(response);
        let made: Uint8Array<ArrayBuffer> | null = null;
        if (whole && size > 0) {
          lineage.made ??= rewritten(line, url, came);
          made = await lineage.made;
        }
        hand(controls, made ?? came);
        if (whole) end(controls);
      } catch (error) {
        if (isGone(error)) line.passed("cut");
        apply(fail, controls, [error as never]);
      }
    }
    const source = create(null) as UnderlyingByteSource;
    source.type = "bytes";
    source.pull = pull as (controls: Controls) => Promise<void>;
    source.cancel = (reason) =>
      reader === undefined
        ? (apply(cancelOf, bodyOf(response), [reason as never]) as Promise<void>)
        : (apply(cancelReader, reader, [reason as never]) as Promise<void>);
    const strategy = create(null) as QueuingStrategy;
    strategy.highWaterMark = 0;
    return new NativeStream(source, strategy as { highWaterMark: number });
  }

  /** Whether its address is one of answers with posts. Throws where it is no response. */
  const mayHoldPosts = (response: unknown): boolean =>
    line.on && answersPosts(urlOf(response)) && statusOf(response) === 200;

  /** The address of an answer that is to be asked about; none: it is read as it is. Throws where it is no response. */
  function addressOf(response: unknown): string | undefined {
    if (!mayHoldPosts(response)) return undefined;
    const url = urlOf(response);
    const body = bodyOf(response);
    if (body === null || usedOf(response) || lockedOf(body)) return undefined;
    const length = apply(headerOf, headersOf(response), ["content-length" as never]) as string | null;
    if (length === null || +length <= MAX_BODY) return url;
    line.passed("large");
    return undefined;
  }

  /** The response whose stream is read in place of this one's; none: its own. Throws where it is no response. */
  function shadowOf(response: unknown): Shadow | undefined {
    const known = shadows.get(response);
    if (known !== undefined) return known;
    const url = addressOf(response);
    if (url === undefined) return undefined;
    const init = typed(response);
    const stream = streamFor(response as object, url);
    const shadow = { response: new NativeResponse(stream, init), stream };
    shadows.set(response as object, shadow);
    return shadow;
  }
  /** A script of the page reads it, or has read of it. */
  const isTaken = ({ response, stream }: Shadow): boolean => usedOf(response) || lockedOf(stream);

  /** Reads all of what came, and then in its place what was made of it. Fails as the browser fails. */
  async function whole(target: Any, key: string, response: object, given: unknown[], url: string) {
    const lineage = lineageOf(response);
    let came: Uint8Array<ArrayBuffer>;
    try {
      came = new NativeBytes((await apply(bufferOf, response, [])) as ArrayBuffer);
    } catch (error) {
      if (isGone(error)) line.passed("cut");
      throw error;
    }
    if (lengthOf(came) > MAX_BODY) line.passed("large");
    else if (lengthOf(came) > 0) lineage.made ??= rewritten(line, url, came);
    const body = (await lineage.made) ?? came;
    // Read at once: a response of our own would be read in turns, each behind whatever else the page has to do.
    if (key === "text") return plainTextOf(body);
    if (key === "json") {
      try {
        return parse(plainTextOf(body)) as unknown;
      } catch {
        // The browser says in its own words why it cannot be read.
      }
    }
    // Not the promise itself: to follow one is to call its `then`, which the page may have replaced.
    return await (apply(
      target,
      new NativeResponse(body, typed(response)),
      given as never[],
    ) as Promise<unknown>);
  }

  const reads =
    (key: string): Instead =>
    (target, self, given, below) => {
      let url: string | undefined;
      try {
        const shadow = shadows.get(self);
        // Where a script of the page reads the stream already, the browser says why it cannot be read.
        if (shadow !== undefined && isTaken(shadow))
          return mendedPromise(apply(target, shadow.response, given as never[]), below);
        // To ask for a body is to have its stream made: only where posts may be in it, or where the page did so itself.
        if (usedOf(self) || ((asked.has(self) || mayHoldPosts(self)) && lockedOf(bodyOf(self))))
          return mendedPromise(apply(target, self, given as never[]), below);
        url = addressOf(self);
      } catch {
        // No response: the browser says so, by a promise that is broken.
        return mendedPromise(apply(target, self, given as never[]), below);
      }
      return url === undefined
        ? apply(target, self, given as never[])
        : whole(target, key, self as object, given, url);
    };
  for (const key of ["arrayBuffer", "blob", "bytes", "formData", "json", "text"])
    replaceMethod(prototype, key, reads(key));
  replaceGetter(prototype, "body", (target, self) => {
    const body: unknown = apply(target, shadowOf(self)?.response ?? self, []);
    asked.set(self as object, true);
    return body;
  });
  replaceGetter(
    prototype,
    "bodyUsed",
    (target, self) => apply(target, self, []) || (shadows.has(self) && usedOf(shadows.get(self)?.response)),
  );
  replaceMethod(prototype, "clone", (target, self, given) => {
    const shadow = shadows.get(self);
    // The browser's own words, where it cannot be cloned any more.
    if (shadow !== undefined && isTaken(shadow)) return apply(target, shadow.response, given as never[]);
    const clone = apply(target, self, given as never[]) as object;
    lineages.set(clone, lineageOf(self as object));
    return clone;
  });
}

/** Reads until the end, the limit, or for as long as is waited. What was read is not lost in any case. */
async function gather(
  next: () => Promise<Part>,
): Promise<{ parts: Uint8Array[]; size: number; whole: boolean; overdue?: Promise<Part> }> {
  const parts: Uint8Array[] = [];
  let size = 0;
  let timer: number | undefined;
  let ring: (() => void) | undefined;
  const rung = new NativePromise<null>((resolve) => {
    ring = () => resolve(null);
  });
  try {
    for (;;) {
      const coming = next();
      const part = await first(coming, rung);
      if (part === null) return { parts, size, whole: false, overdue: coming };
      if (part.done) return { parts, size, whole: true };
      parts[parts.length] = part.value;
      size += lengthOf(part.value);
      timer ??= later(ring as () => void, COMPLETE_WITHIN);
      if (size > MAX_BODY) return { parts, size, whole: false };
    }
  } finally {
    if (timer !== undefined) never(timer);
  }
}

/** Whichever settles first: `Promise.race`, whose parts the page could replace. */
function first<A, B>(one: Promise<A>, other: Promise<B>): Promise<A | B> {
  return new NativePromise<A | B>((resolve, reject) => {
    const settle = async (promise: Promise<A | B>): Promise<void> => {
      try {
        resolve(await promise);
      } catch (error) {
        reject(error);
      }
    };
    void settle(one);
    void settle(other);
  });
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new NativeBytes(size);
  let at = 0;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as Uint8Array;
    setBytes(whole, part, at);
    at += lengthOf(part);
  }
  return whole;
}

/** What is to be read in place of these bytes; `null`: they themselves. */
async function rewritten(
  line: Line,
  url: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const answer = await line.ask("answer", url, bytes);
  return answer?.outcome === "changed" && answer.bytes !== undefined ? answer.bytes : null;
}
