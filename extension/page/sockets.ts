/**
 * Messages of `WebSocket` and `EventSource`, where each may be a post. A message is held until it is known whether it is to be
 * delivered, and whatever comes after it waits behind it.
 */
import type { Line } from "./asking.ts";
import { replaceClass, replaceGetter } from "./disguise.ts";
import { type Gate, gateFor, type Verdict } from "./gate.ts";
import { apply, dataOf, eventType, getterOf, notes, soon, textOf, utf8 } from "./natives.ts";
import { sendsPosts } from "./platform.ts";

/** Most messages that wait; beyond these a socket is not looked at until all are delivered. */
const MOST_WAITING = 200;
/** Longest message that is looked at, in characters. */
const MOST_CHARACTERS = 1 << 20;

interface Held {
  event: Event;
  /** Not to be delivered. `undefined`: not known yet. */
  withheld: boolean | undefined;
}

interface Socket {
  url: (self: unknown) => string;
  /** What else has its place behind the messages. */
  ends: readonly string[];
}

export function standInForSockets(line: Line): void {
  const changed = notes<object, string>();
  for (const [name, ends] of [
    ["WebSocket", ["close", "error"]],
    ["EventSource", ["error"]],
  ] as const) {
    const url = getterOf<string>(globalThis[name]?.prototype, "url");
    if (url === undefined) continue;
    replaceClass(name, (socket) => follow(socket, { url, ends }));
  }
  replaceGetter(
    MessageEvent.prototype,
    "data",
    (target, self) => changed.get(self) ?? apply(target, self, []),
  );

  function follow(socket: object, { url, ends }: Socket): void {
    const address = url(socket);
    if (!sendsPosts(address)) return;
    let waiting: Held[] = [];
    let releasing = false;
    let flooded = false;
    const gate: Gate = gateFor(socket, (event) => decide(event));
    gate.watch("message");
    for (let i = 0; i < ends.length; i++) gate.watch(ends[i] as string);

    function decide(event: Event): Verdict {
      const type = eventType(event);
      let isEnd = type === "open";
      for (let i = 0; i < ends.length; i++) if (ends[i] === type) isEnd = true;
      const busy = waiting.length > 0 || releasing;
      if (isEnd) {
        if (!busy) return "pass";
        waiting[waiting.length] = { event, withheld: false };
        return "hold";
      }
      const data: unknown = dataOf(event);
      const looks =
        line.on && !flooded && typeof data === "string" && data.length <= MOST_CHARACTERS && data !== "";
      if (looks && waiting.length >= MOST_WAITING) {
        flooded = true;
        line.passed("flood");
        for (let i = 0; i < waiting.length; i++) (waiting[i] as Held).withheld ??= false;
        soon(release);
      }
      if (!looks || flooded) {
        if (!busy) return "pass";
        waiting[waiting.length] = { event, withheld: false };
        return "hold";
      }
      const held: Held = { event, withheld: undefined };
      waiting[waiting.length] = held;
      void see(held, data as string);
      return "hold";
    }

    async function see(held: Held, data: string): Promise<void> {
      try {
        const answer = await line.ask("message", address, utf8(data));
        // Delivered already, in a flood.
        if (held.withheld !== undefined) return;
        held.withheld = answer?.outcome === "withheld";
        if (answer?.outcome === "changed" && answer.bytes !== undefined)
          changed.set(held.event, textOf(answer.bytes));
      } catch {
        line.passed("failed");
        held.withheld ??= false;
      }
      release();
    }

    function release(): void {
      if (releasing) return;
      const head = waiting[0];
      if (head === undefined) {
        flooded = false;
        return;
      }
      if (head.withheld === undefined) return;
      const rest: Held[] = [];
      for (let i = 1; i < waiting.length; i++) rest[i - 1] = waiting[i] as Held;
      waiting = rest;
      if (head.withheld) {
        release();
        return;
      }
      releasing = true;
      gate.release(head.event, () => {
        releasing = false;
        release();
      });
    }
  }
}
