/**
 * Holds events of an object back, and lets them go later as if they came only then. A listener of ours stands before any other
 * and stops what is to be held. The same trusted events are then handed to the page's listeners by the browser's own queue, so
 * that no frame of ours is on the stack; while a listener runs, the event says that it is being delivered.
 */
import { replaceGetter, replaceMethod } from "./disguise.ts";
import {
  abortedOf,
  apply,
  bound,
  create,
  eventType,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  listen,
  notes,
  soon,
  stopEvent,
  unlisten,
} from "./natives.ts";

/** `Event.AT_TARGET`. */
const AT_TARGET = 2;
/** Turns that a listener's own microtasks get before the next listener, which the browser would wait for entirely. */
const TURNS = 12;

interface Entry {
  type: string;
  listener: object;
  capture: boolean;
  once: boolean;
  signal: unknown;
}

/** What an owner of a gate decides of an event. */
export type Verdict = "pass" | "hold";

export class Gate {
  private readonly entries: Entry[] = [];
  private readonly types: Record<string, true | undefined> = create(null) as Record<string, undefined>;
  /** Listeners came in a way that is not followed: nothing is held any more. */
  open = false;

  constructor(
    readonly target: object,
    private readonly decide: (event: Event) => Verdict,
  ) {}

  /** Stands before whoever listens for `type` from now on. */
  watch(type: string): void {
    if (this.types[type] === true) return;
    this.types[type] = true;
    listen(this.target, type, (event: Event) => this.heard(event));
  }

  private heard(event: Event): void {
    // What the page itself dispatches is delivered at once.
    if (!this.open && event.isTrusted && this.decide(event) === "hold") {
      stopEvent(event);
      return;
    }
    // It is delivered now: those who listen once have heard it.
    const type = eventType(event);
    for (let i = 0; i < this.entries.length; i++) {
      const entry = this.entries[i] as Entry;
      if (entry.type === type && entry.once) this.drop(i--);
    }
  }

  added(entry: Entry): void {
    for (let i = 0; i < this.entries.length; i++) if (same(this.entries[i] as Entry, entry)) return;
    this.entries[this.entries.length] = entry;
  }

  removed(entry: Entry): void {
    for (let i = 0; i < this.entries.length; i++) if (same(this.entries[i] as Entry, entry)) this.drop(i--);
  }

  private drop(at: number): void {
    for (let i = at + 1; i < this.entries.length; i++) this.entries[i - 1] = this.entries[i] as Entry;
    this.entries.length -= 1;
  }

  /** Hands an event that was held to whoever listens now, then does what is next. */
  release(event: Event, next: () => void): void {
    const type = eventType(event);
    const handler = handlerOf(this.target, type);
    const waiting: Entry[] = [];
    for (let i = 0; i < this.entries.length; i++) {
      const entry = this.entries[i] as Entry;
      if (entry.type === type) waiting[waiting.length] = entry;
    }
    let at = -1;
    const step = (): void => {
      if (at >= waiting.length) {
        next();
        return;
      }
      const entry = at < 0 ? undefined : (waiting[at] as Entry);
      at += 1;
      const listener = entry === undefined ? handler : entry.listener;
      if (listener === null || (entry !== undefined && !this.takes(entry))) {
        step();
        return;
      }
      const call = callOf(listener, this.target, event);
      if (call === null) {
        step();
        return;
      }
      soon(() => playing.set(event, this.target));
      soon(call);
      soon(() => {
        playing.set(event, null);
        turns(TURNS, step);
      });
    };
    step();
  }

  /** Whether an entry still listens; one that listens once does no longer. */
  private takes(entry: Entry): boolean {
    let here = -1;
    for (let i = 0; i < this.entries.length; i++) if (this.entries[i] === entry) here = i;
    if (here < 0 || (entry.signal !== undefined && abortedOf(entry.signal))) return false;
    if (entry.once) {
      unlisten(this.target, entry.type, entry.listener, entry.capture);
      this.drop(here);
    }
    return true;
  }
}

const same = (one: Entry, other: Entry): boolean =>
  one.type === other.type && one.listener === other.listener && one.capture === other.capture;

function turns(left: number, job: () => void): void {
  if (left === 0) job();
  else soon(() => turns(left - 1, job));
}

/** The listener as a call that the browser can make by itself. */
function callOf(listener: object, self: object, event: Event): (() => void) | null {
  if (typeof listener === "function") return bound(listener, self, event);
  const { handleEvent } = listener as { handleEvent?: unknown };
  return typeof handleEvent === "function" ? bound(handleEvent, listener, event) : null;
}

/** What the page set as `on…`. */
function handlerOf(target: object, type: string): object | null {
  for (let owner: object | null = target; owner !== null; owner = getPrototypeOf(owner)) {
    const get = getOwnPropertyDescriptor(owner, `on${type}`)?.get;
    if (get === undefined) continue;
    try {
      const handler: unknown = apply(get, target, []);
      return typeof handler === "function" || (typeof handler === "object" && handler !== null)
        ? handler
        : null;
    } catch {
      return null;
    }
  }
  return null;
}

/** Objects with a gate. */
const gates = notes<object, Gate>();
/** Events that are being released, and to whom; `null`: the listener is through. */
const playing = notes<object, object | null>();

export function gateFor(target: object, decide: (event: Event) => Verdict): Gate {
  const gate = new Gate(target, decide);
  gates.set(target, gate);
  return gate;
}

const NOT_PLAIN = "not plain";

/** An option that can be read without running a script of the page. */
function plain(options: object, key: string): unknown {
  for (let owner: object | null = options; owner !== null; owner = getPrototypeOf(owner)) {
    const own = getOwnPropertyDescriptor(owner, key);
    if (own === undefined) continue;
    if (!("value" in own)) throw NOT_PLAIN;
    return own.value;
  }
  return undefined;
}

/** The listener that was added, as far as it can be told without disturbing it. */
function entryOf(given: readonly unknown[]): Entry | null {
  const type = given[0];
  const listener = given[1];
  const options = given[2];
  if (typeof type !== "string") throw NOT_PLAIN;
  if ((typeof listener !== "object" && typeof listener !== "function") || listener === null) return null;
  if (typeof options !== "object" || options === null)
    return { type, listener, capture: !!options, once: false, signal: undefined };
  return {
    type,
    listener,
    capture: !!plain(options, "capture"),
    once: !!plain(options, "once"),
    signal: plain(options, "signal") ?? undefined,
  };
}

/** To be called once, if any gate is to be. */
export function beginGates(): void {
  const { prototype } = EventTarget;
  replaceMethod(prototype, "addEventListener", (target, self, given) => {
    const gate = gates.get(self);
    if (gate === undefined) return apply(target, self, given as never[]);
    let entry: Entry | null = null;
    try {
      entry = entryOf(given);
      if (entry !== null) gate.watch(entry.type);
    } catch {
      gate.open = true;
    }
    apply(target, self, given as never[]);
    if (entry !== null) gate.added(entry);
    return undefined;
  });
  replaceMethod(prototype, "removeEventListener", (target, self, given) => {
    apply(target, self, given as never[]);
    try {
      const entry = gates.has(self) ? entryOf(given) : null;
      if (entry !== null) gates.get(self)?.removed(entry);
    } catch {
      const gate = gates.get(self);
      if (gate !== undefined) gate.open = true;
    }
    return undefined;
  });
  replaceGetter(
    Event.prototype,
    "currentTarget",
    (target, self) => playing.get(self) ?? apply(target, self, []),
  );
  replaceGetter(Event.prototype, "eventPhase", (target, self) =>
    playing.get(self) ? AT_TARGET : apply(target, self, []),
  );
  replaceMethod(Event.prototype, "composedPath", (target, self, given) => {
    const to = playing.get(self);
    return to ? [to] : apply(target, self, given as never[]);
  });
}
