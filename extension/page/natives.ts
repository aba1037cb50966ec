/**
 * The browser's own functions, taken before any script of the page could change them. What runs beside the page calls nothing
 * by a name that the page can give another meaning: no methods of arrays, strings, promises or maps, and no `for … of`.
 */

export const { apply, construct, defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;

/** Whether the browser says by this that what it was to read is gone, and not that a script gave it up. */
const { prototype: gone } = TypeError;
export const isGone = (error: unknown): boolean =>
  typeof error === "object" && error !== null && getPrototypeOf(error) === gone;
export const { assign, create } = Object;
export const objects: object = Object.prototype;

type Method = (...given: never[]) => unknown;

/** The function behind an accessor, if there is one. */
export function getterOf<T>(owner: object | undefined, key: string): ((self: unknown) => T) | undefined {
  const get = owner && getOwnPropertyDescriptor(owner, key)?.get;
  return get && ((self) => apply(get, self, []) as T);
}

/** The function behind an accessor of every browser that we run in. */
function reads<T>(owner: object, key: string): (self: unknown) => T {
  const get = getterOf<T>(owner, key);
  if (get === undefined) throw new Error(`no ${key} to read`);
  return get;
}

/** A method as a function of its object. */
function method<A extends unknown[], T>(owner: object, key: string): (self: unknown, ...given: A) => T {
  const own = getOwnPropertyDescriptor(owner, key)?.value as Method;
  return (self, ...given) => apply(own, self, given) as T;
}

export const NativeProxy = Proxy;
export const NativePromise = Promise;
export const NativeResponse = Response;
export const NativeStream = ReadableStream;
export const NativeBytes = Uint8Array;

export const now = method<[], number>(Performance.prototype, "now").bind(null, performance);
const timer = setTimeout;
const clear = clearTimeout;
export const later = (job: () => void, milliseconds: number): number =>
  apply(timer, globalThis, [job, milliseconds]) as unknown as number;
export const never = (id: number): void => void apply(clear, globalThis, [id]);
const microtask = queueMicrotask;
export const soon = (job: () => void): void => void apply(microtask, globalThis, [job]);
const { bind } = Function.prototype;
/** A listener with all it is given, so that nothing of ours is on the stack when the browser calls it. */
export const bound = (listener: unknown, self: unknown, given: unknown): (() => void) =>
  apply(bind, listener as () => void, [self, given]) as () => void;

export const eventType = reads<string>(Event.prototype, "type");
export const stopEvent = method<[], void>(Event.prototype, "stopImmediatePropagation");
export const listen = method<[string, unknown, unknown?], void>(EventTarget.prototype, "addEventListener");
export const unlisten = method<[string, unknown, unknown?], void>(
  EventTarget.prototype,
  "removeEventListener",
);
export const dispatch = method<[Event], boolean>(EventTarget.prototype, "dispatchEvent");
export const dataOf = reads<unknown>(MessageEvent.prototype, "data");
export const post = method<[unknown, Transferable[]], void>(MessagePort.prototype, "postMessage");
export const startPort = method<[], void>(MessagePort.prototype, "start");
export const abortedOf = reads<boolean>(AbortSignal.prototype, "aborted");

/** A part of a text. */
export const cut = method<[number, number?], string>(String.prototype, "slice");
const codeAt = method<[number], number>(String.prototype, "charCodeAt");

const encoder = new TextEncoder();
const encode = method<[string], Uint8Array<ArrayBuffer>>(TextEncoder.prototype, "encode");
const TypedArray = Reflect.getPrototypeOf(NativeBytes.prototype) as object;
export const lengthOf = reads<number>(TypedArray, "byteLength");
export const bufferOf = reads<ArrayBuffer>(TypedArray, "buffer");
export const setBytes = method<[Uint8Array, number], void>(TypedArray, "set");
const offsetOf = reads<number>(TypedArray, "byteOffset");
/** A range of bytes, in place. The browser's own `subarray` asks the page for a constructor. */
export const rangeOf = (bytes: Uint8Array<ArrayBuffer>, from: number, to: number): Uint8Array<ArrayBuffer> =>
  new NativeBytes(bufferOf(bytes), offsetOf(bytes) + from, to - from);
const decode = method<[Uint8Array, object], string>(TextDecoder.prototype, "decode");
/** Bytes and characters that are decoded and encoded at once: a long text in which a single character is no byte takes Chromium three times as long in one piece. */
const SLICE = 64 << 10;
const encodeInto = method<[string, Uint8Array<ArrayBuffer>], TextEncoderEncodeIntoResult>(
  TextEncoder.prototype,
  "encodeInto",
);
/** A text in UTF-8. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  const { length } = text;
  if (length <= SLICE) return encode(encoder, text);
  // Three bytes for each is the most that there can be; what is not written to takes no memory.
  const room = new NativeBytes(length * 3);
  let size = 0;
  for (let at = 0; at < length; ) {
    let end = at + SLICE;
    // Both halves of a character go together.
    if (end < length && (codeAt(text, end) & 0xfc00) === 0xdc00) end -= 1;
    size += encodeInto(encoder, cut(text, at, end), rangeOf(room, size, length * 3)).written;
    at = end;
  }
  return rangeOf(room, 0, size);
}
/** What these bytes say in UTF-8. `keepsMark`: a byte-order mark is part of it. */
function decoding(keepsMark: boolean): (bytes: Uint8Array<ArrayBuffer>) => string {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: keepsMark });
  const more = assign(create(null) as object, { stream: true });
  const last = assign(create(null) as object, { stream: false });
  return (bytes) => {
    const length = lengthOf(bytes);
    let text = "";
    let at = 0;
    for (; length - at > SLICE; at += SLICE) text += decode(decoder, rangeOf(bytes, at, at + SLICE), more);
    return text + decode(decoder, rangeOf(bytes, at, length), last);
  };
}
/** The text of bytes, a byte-order mark and all. */
export const textOf = decoding(true);
/** What a browser reads as text: without a byte-order mark. */
export const plainTextOf = decoding(false);
/** A range of bytes as bytes of its own, that can be handed over. */
export function copyOf(bytes: Uint8Array<ArrayBuffer>, from: number, to: number): Uint8Array<ArrayBuffer> {
  const copy = new NativeBytes(to - from);
  setBytes(copy, rangeOf(bytes, from, to), 0);
  return copy;
}

const NativeBlob = Blob;
const { iterator } = Symbol;
/** Bytes as a blob. What lists do when they are gone through is the page's to say; what this one does is not. */
export function blobOf(bytes: Uint8Array<ArrayBuffer>, type = ""): Blob {
  const parts = create(null) as { [iterator](): Iterator<Uint8Array<ArrayBuffer>> };
  parts[iterator] = () => {
    let given = false;
    return assign(create(null) as object, {
      next: () => {
        const step = { done: given, value: bytes };
        given = true;
        return step as IteratorResult<Uint8Array<ArrayBuffer>>;
      },
    });
  };
  return new NativeBlob(parts as never, assign(create(null) as object, { type }));
}

const { exec } = RegExp.prototype;
/** What a pattern finds. Patterns are ours: without `g` and `y`. */
export const found = (pattern: RegExp, text: string): RegExpExecArray | null =>
  apply(exec, pattern, [text]) as RegExpExecArray | null;

const Weak = WeakMap;
const weak = {
  get: method<[unknown], unknown>(Weak.prototype, "get"),
  set: method<[unknown, unknown], unknown>(Weak.prototype, "set"),
  has: method<[unknown], boolean>(Weak.prototype, "has"),
};
/** What is known of objects, for as long as they live. */
export interface Notes<K extends object, V> {
  get(key: unknown): V | undefined;
  set(key: K, value: V): void;
  has(key: unknown): boolean;
}
export function notes<K extends object, V>(): Notes<K, V> {
  const map = new Weak<K, V>();
  return {
    get: (key) => weak.get(map, key) as V | undefined,
    set: (key, value) => void weak.set(map, key, value),
    has: (key) => weak.has(map, key),
  };
}
