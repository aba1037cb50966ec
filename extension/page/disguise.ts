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
  defineProperty,
  getOwnPropertyDescriptor,
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
const { captureStackTrace } = Error as { captureStackTrace?: (error: object, below: AnyFunction) => void };

/** The error with the stack that it would have without us: that of whoever called `below`. */
function mended(error: unknown, below: AnyFunction): unknown {
  if (typeof error === "object" && error !== null && captureStackTrace !== undefined) {
    try {
      captureStackTrace(error, below);
    } catch {
      // It is frozen: it keeps its stack.
    }
  }
  return error;
}

/** The same for a promise that may be broken. Anything else is handed back. */
export function mendedPromise(promise: unknown, below: AnyFunction): unknown {
  if (captureStackTrace === undefined || !(promise instanceof NativePromise)) return promise;
  const frames: { name?: unknown; message?: unknown; stack?: unknown } = {};
  captureStackTrace(frames, below);
  const settled = async (): Promise<unknown> => {
    try {
      return await promise;
    } catch (error) {
      if (typeof error === "object" && error !== null && "stack" in error) {
        const { name, message } = error as Error;
        frames.name = name;
        frames.message = message;
        error.stack = frames.stack;
      }
      throw error;
    }
  };
  return settled();
}

/** A handler without a prototype: what a page gives all objects is no trap of ours. */
const traps = <T extends object>(handler: ProxyHandler<T>): ProxyHandler<T> =>
  assign(create(null) as object, handler);

/** A function that stands in for `native` when it is called. */
export function standIn<F extends AnyFunction>(native: F, instead: Instead): F {
  const called = (target: F, self: unknown, given: unknown[]): unknown => {
    try {
      return instead(target, self, given, called as AnyFunction);
    } catch (error) {
      throw mended(error, called as AnyFunction);
    }
  };
  const proxy = new NativeProxy(native, traps<F>({ apply: called }));
  behind.set(proxy, native);
  return proxy;
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
  const proxy = new NativeProxy(
    native,
    traps<C>({ construct: constructed as never, apply: called as never }),
  );
  behind.set(proxy, native as unknown as AnyFunction);
  return proxy;
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
  replaceMethod(prototype, "toString", (target, self) => apply(target, behind.get(self) ?? self, []));
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
  listen(
    globalThis,
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
