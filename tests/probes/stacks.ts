/** Who stands on the stack when something is thrown, or when a script of the page is asked. */
import { attempt, type Callable, FEED, frames, ofSuspects, type Probe, request, told } from "./looking.ts";

export const stacks: Record<string, Probe> = {
  "stack of errors thrown by wrong receivers": () => ofSuspects((it) => attempt(() => it.call({}, 1, 2))),
  "stack of errors thrown by no receiver": () =>
    ofSuspects((it, name) =>
      name === "toString"
        ? attempt(() => it.call(undefined))
        : attempt(() => Reflect.apply(it, undefined, [])),
    ),
  "stack of broken promises": async () => {
    const { prototype } = Response;
    const results: unknown[] = [];
    for (const key of ["text", "json", "arrayBuffer", "blob"] as const) {
      const promise = (prototype[key] as Callable).call({}) as Promise<unknown>;
      results.push(await promise.catch((error: unknown) => told(error)));
    }
    return results;
  },
  "stack that an argument sees": () => {
    let stack: string[] = [];
    attempt(() =>
      new XMLHttpRequest().open("GET", {
        toString() {
          stack = frames();
          return "/x";
        },
      } as unknown as string),
    );
    return stack;
  },
  "stack that an argument of fetch sees": async () => {
    let stack: string[] = [];
    await fetch({
      toString() {
        stack = frames();
        return "/nothing";
      },
    } as unknown as string);
    return stack;
  },
  "stack in a listener": () =>
    request((made, done) => {
      made.onload = () => done(frames());
    }),
  "stack in a listener that was added": () =>
    request((made, done) => made.addEventListener("loadend", () => done(frames()))),
  "Error.prepareStackTrace": async () => {
    const seen: string[] = [];
    const own = Error as unknown as { prepareStackTrace?: unknown };
    own.prepareStackTrace = (
      _: unknown,
      sites: Array<{ getFileName?(): string | null; getFunctionName?(): string | null }>,
    ) => {
      for (const site of sites) seen.push(`${site.getFileName?.()} ${site.getFunctionName?.()}`);
      return "prepared";
    };
    try {
      attempt(() => (XMLHttpRequest.prototype.open as Callable).call({}, "GET", "/"));
      const response = await fetch(FEED);
      await response.text();
      seen.push(String(new Error("x").stack));
    } finally {
      delete own.prepareStackTrace;
    }
    return seen.map((one) => one.replace(/https:\/\/[^/]+/, ""));
  },
};
