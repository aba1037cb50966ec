/** Events of a request and who listens to them. */
import { attempt, type Callable, type Probe, request } from "./looking.ts";

export const events: Record<string, Probe> = {
  "what a listener that throws does": () =>
    new Promise((resolve) => {
      const heard: unknown[] = [];
      const note = (event: ErrorEvent) => {
        heard.push([event.message, (event.error as Error).stack, event.filename, event.lineno]);
        event.preventDefault();
      };
      addEventListener("error", note);
      void request((made, done) => {
        made.onreadystatechange = () => {
          if (made.readyState === 4) throw new Error("thrown");
        };
        made.onloadend = () => setTimeout(() => done(null), 20);
      }).then(() => {
        removeEventListener("error", note);
        resolve(heard);
      });
    }),
  "events: order, states, trust, targets": () =>
    request((made, done) => {
      const log: unknown[] = [];
      for (const type of ["readystatechange", "load", "loadend"])
        made.addEventListener(type, function (this: unknown, event) {
          log.push([
            type,
            made.readyState,
            event.isTrusted,
            event.eventPhase,
            event.currentTarget === made,
            this === made,
            event.composedPath()[0] === made,
            event.constructor.name,
            // biome-ignore lint/complexity/noArguments: how many there are is what is asked.
            arguments.length,
          ]);
          if (type === "loadend") done(log);
        });
    }),
  "microtasks between listeners": () =>
    request((made, done) => {
      const log: string[] = [];
      for (const type of ["readystatechange", "load", "loadend"])
        for (const n of [1, 2])
          made.addEventListener(type, () => {
            if (made.readyState !== 4) return;
            log.push(`${type} ${n}`);
            queueMicrotask(() => log.push(`after ${type} ${n}`));
            void Promise.resolve().then(() => log.push(`then ${type} ${n}`));
            if (type === "loadend" && n === 2) setTimeout(() => done(log), 10);
          });
    }),
  "an event after it was delivered": () =>
    request((made, done) => {
      made.onload = (event) =>
        setTimeout(
          () =>
            done([
              event.currentTarget === null,
              event.eventPhase,
              event.composedPath().length,
              event.target === made,
            ]),
          10,
        );
    }),
  "listeners that listen once, are removed, stop others or are given up": () =>
    request((made, done) => {
      const log: string[] = [];
      const control = new AbortController();
      const gone = () => log.push("gone");
      made.addEventListener("load", gone);
      made.removeEventListener("load", gone);
      made.addEventListener("load", () => log.push("once"), { once: true });
      made.addEventListener("load", () => log.push("given up"), { signal: control.signal });
      made.addEventListener("load", () => control.abort());
      made.addEventListener("load", gone);
      made.addEventListener("load", gone);
      made.onloadend = () => {
        made.dispatchEvent(new Event("load"));
        done(log);
      };
    }),
  "options of a listener": () => {
    const log: string[] = [];
    const made = new XMLHttpRequest();
    made.addEventListener("load", () => {}, {
      get once() {
        log.push("once");
        return false;
      },
      get capture() {
        log.push("capture");
        return false;
      },
    });
    return log;
  },
  "wrong arguments for listeners": () => [
    attempt(() => (EventTarget.prototype.addEventListener as Callable).call(new EventTarget())),
    attempt(() => (EventTarget.prototype.addEventListener as Callable).call(new EventTarget(), "a", 1)),
    attempt(() =>
      (EventTarget.prototype.addEventListener as Callable).call(new XMLHttpRequest(), Symbol("a"), () => {}),
    ),
    new XMLHttpRequest().addEventListener("load", null as unknown as () => void),
  ],
};
