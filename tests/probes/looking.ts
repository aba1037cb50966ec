/** What the probes look with. */
/** An address whose answer is looked at by Diffract, and one whose answer is long. */
export const FEED = "/i/api/graphql/q/UserTweets";
export const LONG_FEED = "/i/api/graphql/q/UserTweetsAndReplies";

export type Probe = () => unknown;
export type Callable = (...given: unknown[]) => unknown;

export const words = Function.prototype.toString;
export const says = (it: unknown, by: Callable = words): string => {
  try {
    return String(by.call(it));
  } catch (error) {
    return told(error);
  }
};
export const told = (error: unknown): string => {
  const { name, message, stack } = error as Error;
  return `${name}: ${message}\n${stack}`;
};
export const attempt = (job: () => unknown): unknown => {
  try {
    return job();
  } catch (error) {
    return told(error);
  }
};

/** Firefox makes globals when they are first named, by whomever: their order tells that a content script is there, whichever it is. */
export const isFirefox = "mozInnerScreenX" in globalThis;
export const inOrder = (lines: string[]): string[] => (isFirefox ? lines.sort() : lines);

/** Everything of the browser's that could have been replaced, by its path. */
export function reachable(): Map<string, unknown> {
  const found = new Map<string, unknown>();
  const seen = new Set<unknown>();
  const walk = (owner: object, path: string, depth: number) => {
    const keys = Reflect.ownKeys(owner);
    // Else it would depend on their order by which of its names a thing is found.
    if (owner === window && isFirefox) keys.sort((one, other) => (String(one) < String(other) ? -1 : 1));
    for (const key of keys) {
      const own = Reflect.getOwnPropertyDescriptor(owner, key);
      if (own === undefined) continue;
      for (const part of ["value", "get", "set"] as const) {
        const it: unknown = own[part];
        if ((typeof it !== "function" && typeof it !== "object") || it === null || seen.has(it)) continue;
        seen.add(it);
        const at = `${path}.${String(key)}${part === "value" ? "" : ` ${part}`}`;
        if (typeof it === "function") found.set(at, it);
        if (depth < 3 && (typeof it === "function" || key === "prototype")) walk(it, at, depth + 1);
      }
    }
  };
  walk(window, "window", 0);
  return found;
}

export const SUSPECTS: Record<string, () => unknown> = {
  fetch: () => fetch,
  XMLHttpRequest: () => XMLHttpRequest,
  open: () => XMLHttpRequest.prototype.open,
  send: () => XMLHttpRequest.prototype.send,
  responseText: () => Reflect.getOwnPropertyDescriptor(XMLHttpRequest.prototype, "responseText")?.get,
  response: () => Reflect.getOwnPropertyDescriptor(XMLHttpRequest.prototype, "response")?.get,
  readyState: () => Reflect.getOwnPropertyDescriptor(XMLHttpRequest.prototype, "readyState")?.get,
  text: () => Response.prototype.text,
  json: () => Response.prototype.json,
  clone: () => Response.prototype.clone,
  body: () => Reflect.getOwnPropertyDescriptor(Response.prototype, "body")?.get,
  WebSocket: () => WebSocket,
  EventSource: () => EventSource,
  addEventListener: () => EventTarget.prototype.addEventListener,
  removeEventListener: () => EventTarget.prototype.removeEventListener,
  currentTarget: () => Reflect.getOwnPropertyDescriptor(Event.prototype, "currentTarget")?.get,
  toString: () => Function.prototype.toString,
  contentWindow: () => Reflect.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, "contentWindow")?.get,
  data: () => Reflect.getOwnPropertyDescriptor(MessageEvent.prototype, "data")?.get,
  parse: () => JSON.parse,
};
export const ofSuspects = (ask: (it: Callable, name: string) => unknown): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(SUSPECTS).map(([name, get]) => [name, attempt(() => ask(get() as Callable, name))]),
  );

/** What another realm says of this one's functions. */
export const byRealm = (realm: typeof globalThis | null | undefined): unknown =>
  realm ? ofSuspects((it) => says(it, realm.Function.prototype.toString as Callable)) : "no realm";

export const frame = (prepare: (frame: HTMLIFrameElement) => void = () => {}): HTMLIFrameElement => {
  const made = document.createElement("iframe");
  prepare(made);
  document.documentElement.append(made);
  return made;
};
export const realmOf = (made: HTMLIFrameElement) => made.contentWindow as unknown as typeof globalThis;
export const loaded = (made: HTMLIFrameElement): Promise<void> =>
  new Promise((resolve) => {
    made.onload = () => resolve();
  });

export const request = (
  prepare: (request: XMLHttpRequest, done: (value: unknown) => void) => void,
  path = FEED,
): Promise<unknown> =>
  new Promise((resolve) => {
    const made = new XMLHttpRequest();
    made.open("GET", path);
    prepare(made, resolve);
    made.send();
  });
/** The frames above. Firefox also says who asked for what is called now (`Async*…`), but not always, not even twice on one page. */
export const frames = (): string[] => {
  const lines = (new Error("here").stack ?? "").split("\n").map((line) => line.trim());
  const asked = lines.findIndex((line) => /^[\w.]*\*/.test(line));
  return lines.slice(0, asked < 0 ? undefined : asked).filter((line) => line !== "");
};
