/** Built-ins that the page may give another meaning. */
import { type Callable, FEED, LONG_FEED, type Probe, request, says } from "./looking.ts";

/** What of the built-ins that a page may replace is called while answers are read. */
async function replacedBuiltIns(path: string): Promise<unknown> {
  const heard: string[] = [];
  const undo: Array<() => void> = [];
  const spy = (owner: object, key: PropertyKey, name: string) => {
    const own = Reflect.getOwnPropertyDescriptor(owner, key);
    if (typeof own?.value !== "function") return;
    const native = own.value as Callable;
    Reflect.defineProperty(owner, key, {
      ...own,
      value(this: unknown, ...given: unknown[]) {
        // Not by `push`, which is among them.
        heard[heard.length] = name;
        return Reflect.apply(native, this, given);
      },
    });
    undo[undo.length] = () => void Reflect.defineProperty(owner, key, own);
  };
  for (const [name, owner] of Object.entries({
    Array,
    String,
    RegExp,
    Promise,
    WeakMap,
    Map,
    Set,
    Uint8Array,
    MessagePort,
    TextEncoder,
    TextDecoder,
    Blob,
    Response,
    Headers,
    ReadableStream,
  }))
    for (const key of Reflect.ownKeys((owner as Callable).prototype as object))
      if (key !== "constructor") spy((owner as Callable).prototype as object, key, `${name}.${String(key)}`);
  for (const key of ["parse", "stringify"]) spy(JSON, key, `JSON.${key}`);
  for (const key of ["setTimeout", "queueMicrotask", "postMessage"]) spy(window, key, key);
  let length: unknown;
  let other: unknown;
  try {
    const response = await fetch(path);
    length = await response.text();
    const again = await fetch(path);
    other = again.body !== null;
    await again.arrayBuffer();
    await request((made, done) => {
      made.onload = () => done(made.response);
    }, path);
  } finally {
    for (let i = 0; i < undo.length; i++) undo[i]?.();
  }
  return [heard, typeof length, other];
}

export const builtIns: Record<string, Probe> = {
  "call and apply that the page replaced": async () => {
    const { call, apply } = Function.prototype;
    const heard: string[] = [];
    const spy = (name: string, own: Callable) =>
      function (this: Callable, ...given: unknown[]): unknown {
        heard.push(`${name} ${this.name}`);
        return Reflect.apply(own, this, given);
      };
    Function.prototype.call = spy("call", call as Callable) as typeof call;
    Function.prototype.apply = spy("apply", apply as Callable) as typeof apply;
    try {
      const response = await fetch(FEED);
      await response.text();
      await request((made, done) => {
        made.onload = () => done(made.responseText.length);
      });
    } finally {
      Function.prototype.call = call;
      Function.prototype.apply = apply;
    }
    return heard;
  },
  "built-ins that the page replaced": () => replacedBuiltIns(FEED),
  "built-ins that the page replaced, and a long answer": () => replacedBuiltIns(LONG_FEED),
  "traps that every object inherits": async () => {
    const heard: string[] = [];
    const names = ["get", "set", "apply", "construct", "value", "type", "pull", "headers", "then", "toJSON"];
    for (const name of names)
      Reflect.defineProperty(Object.prototype, name, {
        configurable: true,
        get() {
          heard.push(name);
          return undefined;
        },
        set(this: object, value: unknown) {
          Reflect.defineProperty(this, name, { value, configurable: true, enumerable: true, writable: true });
        },
      });
    try {
      const made = new XMLHttpRequest();
      made.addEventListener("load", () => {});
      says(XMLHttpRequest);
    } finally {
      for (const name of names) Reflect.deleteProperty(Object.prototype, name);
    }
    return heard;
  },
};
