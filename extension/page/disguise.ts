/**
 * Functions that stand in for the browser's own. A stand-in is a proxy: name, length, prototype, keys, whether `new` works,
 * are those of what it stands for, because they are asked of it. Two things are not, and are mended here: what `toString` says,
 * in every realm that the page can reach, and which frames a stack shows.
 */
import {
  apply,
  assign,
  construct,
  create,
  cut,
  defineProperty,
  found,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  getterOf,
  listen,
  NativePromise,
  NativeProxy,
  notes,
} from "./natives.ts";

type AnyFunction = (...given: never[]) => unknown;
/** What is done in place of a call. Throws and returns what the page is to see. `below`: the lowest frame of ours. */
export type Instead = (target: AnyFunction, self: unknown, given: unknown[], below: AnyFunction) => unknown;

/** What each stand-in stands for. */
const behind = notes<object, AnyFunction>();
const NativeError = Error;
const { captureStackTrace } = Error as { captureStackTrace?: (error: object, below: AnyFunction) => void };

/** The first frame below an error's words. */
const FIRST_FRAME = /\n {4}at [^\n]*/;
/** A frame of the browser's own that a script sees. Ours calls by `Reflect.apply`, which is no part of it. */
const BUILT_IN = /^\n {4}at (?!Reflect\.apply)[^\n]*\(<anonymous>\)$/;
defineProperty(FIRST_FRAME, "exec", { value: RegExp.prototype.exec });
defineProperty(BUILT_IN, "exec", { value: RegExp.prototype.exec });

/** Whether the page has a say in how stacks are written: then none is read that it might see. */
const isWatched = (): boolean => getOwnPropertyDescriptor(NativeError, "prepareStackTrace") !== undefined;

/** The error with the stack that it would have without us: that of whoever called `below`. */
function mended(error: unknown, below: AnyFunction): unknown {
  if (typeof error !== "object" || error === null || captureStackTrace === undefined) return error;
  try {
    const before: unknown = isWatched() ? "" : (error as Error).stack;
    captureStackTrace(error, below);
    if (typeof before !== "string") return error;
    const frame = found(FIRST_FRAME, before)?.[0];
    const after: unknown =
      frame !== undefined && found(BUILT_IN, frame) !== null ? (error as Error).stack : undefined;
    if (typeof after === "string" && frame !== undefined) (error as Error).stack = withFrame(after, frame);
  } catch {
    // It is frozen: it keeps its stack.
  }
  return error;
}

/** The stack with one frame more, and no more frames than a stack may have. */
function withFrame(stack: string, frame: string): string {
  const limit: unknown = getOwnPropertyDescriptor(NativeError, "stackTraceLimit")?.value;
  const from = found(FIRST_FRAME, stack)?.index ?? stack.length;
  const head = cut(stack, 0, from);
  let rest = cut(stack, from);
  let kept = frame;
  let count = 1;
  for (let match = found(FIRST_FRAME, rest); match !== null; match = found(FIRST_FRAME, rest)) {
    if (typeof limit === "number" && count >= limit) break;
    kept += match[0];
    count += 1;
    rest = cut(rest, match.index + match[0].length);
  }
  return head + kept;
}

/** The same for a promise that may be broken. Anything else is handed back. */
export function mendedPromise(promise: unknown, below: AnyFunction): unknown {
  if (captureStackTrace === undefined || !(promise instanceof NativePromise)) return promise;
  const frames: { stack?: unknown } = {};
  captureStackTrace(frames, below);
  const settled = async (): Promise<unknown> => {
    try {
      return await promise;
    } catch (error) {
      const here = isWatched() ? undefined : frames.stack;
      const there: unknown = here === undefined ? undefined : (error as Error).stack;
      if (typeof here === "string" && typeof there === "string") {
        const from = found(FIRST_FRAME, here)?.index ?? here.length;
        const to = found(FIRST_FRAME, there)?.index ?? there.length;
        (error as Error).stack = cut(there, 0, to) + cut(here, from);
      }
      throw error;
    }
  };
  return settled();
}

/** A handler without a prototype: what a page gives all objects is no trap of ours. */
const traps = <T extends object>(handler: ProxyHandler<T>): ProxyHandler<T> =>
  assign(create(null) as object, handler);

/** A proxy of `native` that cannot be told from it by what proxies do otherwise than functions. */
function standing<F extends object>(native: F, handler: ProxyHandler<F>): F {
  const setPrototypeOf = (target: F, to: object | null): boolean => {
    for (let one = to; one !== null; one = getPrototypeOf(one)) {
      if (one !== proxy) continue;
      // A chain that leads back to itself: `Reflect` says that it is none, all others throw.
      if (calledBy(REFLECT, setPrototypeOf as AnyFunction)) return false;
      try {
        setPrototype(target, target);
      } catch (error) {
        captureStackTrace?.(error as object, setPrototypeOf as AnyFunction);
        throw error;
      }
    }
    return trySetPrototype(target, to);
  };
  const get = (target: F, key: PropertyKey, receiver: unknown): unknown => {
    try {
      return getProperty(target, key, receiver === proxy ? target : receiver);
    } catch (error) {
      throw mended(error, get as AnyFunction);
    }
  };
  const proxy: F = new NativeProxy(native, traps<F>({ ...handler, setPrototypeOf, get }));
  behind.set(proxy, native as AnyFunction);
  return proxy;
}
const { setPrototypeOf: setPrototype } = Object;
const { setPrototypeOf: trySetPrototype, get: getProperty } = Reflect;
const REFLECT = /^\n {4}at Reflect\./;
defineProperty(REFLECT, "exec", { value: RegExp.prototype.exec });

/** Whether the frame right above a function of ours is such a one. */
function calledBy(pattern: RegExp, below: AnyFunction): boolean {
  if (captureStackTrace === undefined || isWatched()) return false;
  const here: { stack?: string } = {};
  captureStackTrace(here, below);
  return found(pattern, found(FIRST_FRAME, here.stack ?? "")?.[0] ?? "") !== null;
}

/** A function that stands in for `native` when it is called. */
export function standIn<F extends AnyFunction>(native: F, instead: Instead): F {
  const called = (target: F, self: unknown, given: unknown[]): unknown => {
    try {
      return instead(target, self, given, called as AnyFunction);
    } catch (error) {
      throw mended(error, called as AnyFunction);
    }
  };
  return standing(native, { apply: called });
}

/** A class that stands in for `native` when it is constructed: `made` hears of each instance. */
export function classStandIn<C extends abstract new (...given: never[]) => object>(
  native: C,
  made: (instance: object) => void,
): C {
  const constructed = (target: C, given: unknown[], newTarget: AnyFunction): object => {
    let instance: object;
    try {
      instance = construct(target as unknown as AnyFunction, given, newTarget);
    } catch (error) {
      throw mended(error, constructed as unknown as AnyFunction);
    }
    made(instance);
    return instance;
  };
  const called = (target: C, self: unknown, given: unknown[]): unknown => {
    try {
      return apply(target as unknown as AnyFunction, self, given);
    } catch (error) {
      throw mended(error, called as unknown as AnyFunction);
    }
  };
  return standing(native, { construct: constructed as never, apply: called as never });
}
const changed = (own: PropertyDescriptor, by: PropertyDescriptor): PropertyDescriptor =>
  assign(create(null) as object, own, by);

/** Puts a stand-in where a method is. */
export function replaceMethod(owner: object, key: string, instead: Instead): void {
  const own = getOwnPropertyDescriptor(owner, key);
  if (typeof own?.value !== "function") return;
  defineProperty(owner, key, changed(own, { value: standIn(own.value as AnyFunction, instead) }));
}

/** Puts a stand-in where an accessor reads. */
export function replaceGetter(owner: object, key: string, instead: Instead): void {
  const own = getOwnPropertyDescriptor(owner, key);
  if (own?.get === undefined) return;
  defineProperty(owner, key, changed(own, { get: standIn(own.get, instead) }));
}

/** Puts a stand-in where a class is, and where its instances find it. */
export function replaceClass(name: string, made: (instance: object) => void): void {
  const own = getOwnPropertyDescriptor(globalThis, name);
  const native = own?.value as (abstract new () => object) | undefined;
  if (own === undefined || native === undefined) return;
  const stand = classStandIn(native, made);
  defineProperty(globalThis, name, changed(own, { value: stand }));
  const named = getOwnPropertyDescriptor(native.prototype, "constructor");
  if (named) defineProperty(native.prototype, "constructor", changed(named, { value: stand }));
}

/** Realms whose `toString` knows our stand-ins. */
const known = notes<object, true>();

/** Makes a realm's `toString` say of a stand-in what it says of what is behind it. */
function teach(realm: typeof globalThis): void {
  const { prototype } = realm.Function;
  if (known.has(prototype)) return;
  known.set(prototype, true);
  replaceMethod(prototype, "toString", (target, self) => {
    const native = behind.get(self);
    if (native !== undefined || typeof self !== "object" || self === null)
      return apply(target, native ?? self, []);
    // Of an object that only inherits from a function the browser complains by the name of that function's class.
    const inherited = behind.get(getPrototypeOf(self));
    return apply(target, inherited === undefined ? self : create(inherited), []);
  });
}

/** Teaches the realm of a window that the page came by, if it may be looked into. */
function adopt(window: unknown): void {
  if (typeof window !== "object" || window === null) return;
  try {
    teach(window as typeof globalThis);
  } catch {
    // Of another origin: the page cannot look into it either.
  }
}

/**
 * To be called once, first of all. Frames are taught when the page can first reach them: one without an address loads while
 * it is put into the document; others through the accessors that lead into them.
 */
export function beginDisguise(): void {
  teach(globalThis);
  for (const name of ["HTMLIFrameElement", "HTMLFrameElement", "HTMLObjectElement"] as const) {
    const { prototype } = globalThis[name];
    const windowOf = getterOf<unknown>(prototype, "contentWindow");
    if (windowOf === undefined) continue;
    replaceGetter(prototype, "contentWindow", (target, self) => {
      const window = apply(target, self, []);
      adopt(window);
      return window;
    });
    replaceGetter(prototype, "contentDocument", (target, self) => {
      const document = apply(target, self, []);
      if (document !== null) adopt(windowOf(self));
      return document;
    });
  }
  replaceMethod(globalThis, "open", (target, self, given) => {
    const window = apply(target, self, given as never[]);
    adopt(window);
    return window;
  });
  const windowOfFrame = getterOf<unknown>(HTMLIFrameElement.prototype, "contentWindow");
  const targetOf = getterOf<unknown>(Event.prototype, "target");
  // Of what loads inside of a document, the document hears and the window does not.
  listen(
    document,
    "load",
    (event: Event) => {
      try {
        adopt(windowOfFrame?.(targetOf?.(event)));
      } catch {
        // Not a frame.
      }
    },
    true,
  );
}
