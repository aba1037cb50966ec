/**
 * Answers of `XMLHttpRequest`. `open`, `send` and the headers are the browser's own. When an answer with posts is complete, the
 * events that say so are held until the body was rewritten; meanwhile the request reads as one whose body is still coming.
 * What a page waits for synchronously passes as it came, and so does what is a document.
 */
import { MAX_BODY } from "../shared/wire.ts";
import type { Line } from "./asking.ts";
import { replaceClass, replaceGetter } from "./disguise.ts";
import { type Gate, gateFor, type Verdict } from "./gate.ts";
import {
  apply,
  blobOf,
  bufferOf,
  eventType,
  getOwnPropertyDescriptor,
  getterOf,
  NativeBytes,
  notes,
  objects,
  textOf,
  utf8,
} from "./natives.ts";
import { answersPosts } from "./platform.ts";

const { prototype } = XMLHttpRequest;
type Reads<T> = (self: unknown) => T;
const stateOf = getterOf<number>(prototype, "readyState") as Reads<number>;
const statusOf = getterOf<number>(prototype, "status") as Reads<number>;
const typeOf = getterOf<string>(prototype, "responseType") as Reads<string>;
const urlOf = getterOf<string>(prototype, "responseURL") as Reads<string>;
const bodyOf = getterOf<unknown>(prototype, "response") as Reads<unknown>;
const blobType = getterOf<string>(Blob.prototype, "type") as Reads<string>;
const blobBytes = getOwnPropertyDescriptor(Blob.prototype, "arrayBuffer")
  ?.value as () => Promise<ArrayBuffer>;
const headerOf = getOwnPropertyDescriptor(prototype, "getResponseHeader")?.value as (
  name: string,
) => string | null;
const { parse, stringify } = JSON;

const LOADING = 3;
const DONE = 4;
/** What says that a request is through, in the order in which it does. */
const ENDS = ["readystatechange", "progress", "load", "error", "timeout", "abort", "loadend"] as const;

/** A request on its way. */
interface Way {
  /** Its answer may hold posts, and is to be asked about. */
  asks: boolean;
  /** Held until something is known of the body. */
  held: Event[];
  /** `coming`: the page is to think that the body is still coming. */
  state: "coming" | "through";
  /** In place of the body. */
  body?: { value: unknown; text?: string };
}

export function standInForRequests(line: Line): void {
  const ways = notes<object, Way>();
  replaceClass("XMLHttpRequest", (request) => {
    const gate: Gate = gateFor(request, (event) => decide(request, gate, event));
    for (let i = 0; i < ENDS.length; i++) gate.watch(ENDS[i] as string);
  });

  function decide(request: object, gate: Gate, event: Event): Verdict {
    const state = stateOf(request);
    const type = eventType(event);
    let way = ways.get(request);
    if (type === "readystatechange") {
      if (state === 1) {
        ways.set(request, { asks: false, held: [], state: "through" });
        return "pass";
      }
      // Of a synchronous request this never comes.
      if (state === 2) {
        way = { asks: line.on && mayHoldPosts(request), held: [], state: "coming" };
        ways.set(request, way);
        return "pass";
      }
    }
    // Cut off: the browser says so to the page at once.
    if (type === "error" && way?.asks === true) line.passed("cut");
    if (way === undefined || !way.asks || way.state === "through" || state !== DONE) return "pass";
    if (way.held.length === 0) {
      // It failed: nothing came, or what came is gone.
      if (statusOf(request) !== 200) {
        way.state = "through";
        return "pass";
      }
      void see(request, gate, way);
    }
    way.held[way.held.length] = event;
    return "hold";
  }

  function mayHoldPosts(request: object): boolean {
    const type = typeOf(request);
    if (statusOf(request) !== 200 || type === "document" || !answersPosts(urlOf(request))) return false;
    const length = apply(headerOf, request, ["content-length"]);
    if (length === null || +length <= MAX_BODY) return true;
    line.passed("large");
    return false;
  }

  /** Asks what becomes of the body, then lets the events go. */
  async function see(request: object, gate: Gate, way: Way): Promise<void> {
    try {
      const url = urlOf(request);
      const type = typeOf(request);
      const came = bodyOf(request);
      const bytes = await bytesOf(type, came);
      const answer = bytes === null ? null : await line.ask("answer", url, bytes);
      if (answer?.outcome === "changed" && answer.bytes !== undefined)
        way.body = inForm(type, came, answer.bytes);
    } catch {
      line.passed("failed");
    }
    // Another opening of the request, or an end to it, came between.
    if (ways.get(request) !== way || stateOf(request) !== DONE) return;
    way.state = "through";
    let at = 0;
    const next = (): void => {
      if (at >= way.held.length || ways.get(request) !== way) return;
      const event = way.held[at] as Event;
      at += 1;
      gate.release(event, next);
    };
    next();
  }

  /** The way of a request whose body the page is not to see yet. */
  const comingOf = (request: unknown): Way | undefined => {
    const way = ways.get(request);
    return way?.asks === true && way.state === "coming" && stateOf(request) >= LOADING ? way : undefined;
  };
  const madeOf = (request: unknown): Way["body"] => {
    const way = ways.get(request);
    return way?.state === "through" && way.body !== undefined && stateOf(request) === DONE
      ? way.body
      : undefined;
  };

  replaceGetter(prototype, "readyState", (target, self) =>
    comingOf(self) !== undefined ? LOADING : apply(target, self, []),
  );
  replaceGetter(prototype, "response", (target, self) => {
    const body: unknown = apply(target, self, []);
    if (comingOf(self) !== undefined) return typeof body === "string" ? "" : null;
    const made = madeOf(self);
    return made === undefined ? body : made.value;
  });
  replaceGetter(prototype, "responseText", (target, self) => {
    const body: unknown = apply(target, self, []);
    if (comingOf(self) !== undefined) return "";
    return madeOf(self)?.text ?? body;
  });
}

/** The bytes of a body in whichever form it was asked for; `null`: it cannot be told. */
async function bytesOf(type: string, body: unknown): Promise<Uint8Array<ArrayBuffer> | null> {
  switch (type) {
    case "":
    case "text":
      return utf8(body as string);
    case "arraybuffer":
      return new NativeBytes(body as ArrayBuffer);
    case "blob":
      return new NativeBytes(await apply(blobBytes, body, []));
    case "json":
      // Only the values are there, and only values are given back. A page may have a say in how values are written.
      return body === null || "toJSON" in objects ? null : utf8(stringify(body));
    default:
      return null;
  }
}

function inForm(type: string, came: unknown, bytes: Uint8Array<ArrayBuffer>): NonNullable<Way["body"]> {
  switch (type) {
    case "arraybuffer":
      return { value: bufferOf(bytes) };
    case "blob":
      return { value: blobOf(bytes, blobType(came)) };
    case "json":
      return { value: parse(textOf(bytes)) };
    default: {
      const text = textOf(bytes);
      return { value: text, text };
    }
  }
}
