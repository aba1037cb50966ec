/** What stands in for the browser's functions, as functions: names, keys, descriptors, prototypes. */
import {
  attempt,
  type Callable,
  inOrder,
  ofSuspects,
  type Probe,
  reachable,
  says,
  words,
} from "./looking.ts";

export const functions: Record<string, Probe> = {
  "toString of every function that can be reached": () =>
    inOrder([...reachable()].map(([path, it]) => `${path}: ${says(it)}`)),
  "name and length of every function": () =>
    inOrder(
      [...reachable()].map(([path, it]) => `${path}: ${(it as Callable).name} ${(it as Callable).length}`),
    ),
  "own keys of every function, in order": () =>
    inOrder(
      [...reachable()].map(
        ([path, it]) =>
          `${path}: ${Reflect.ownKeys(it as object)
            .map(String)
            .join()}`,
      ),
    ),
  "descriptors of what could be replaced": () =>
    [
      XMLHttpRequest.prototype,
      Response.prototype,
      EventTarget.prototype,
      Event.prototype,
      MessageEvent.prototype,
      WebSocket,
      WebSocket.prototype,
      EventSource.prototype,
      HTMLIFrameElement.prototype,
      Function.prototype,
    ].map((owner) =>
      Reflect.ownKeys(owner).map((key) => {
        const own = Reflect.getOwnPropertyDescriptor(owner, key);
        return `${String(key)} ${own?.enumerable} ${own?.configurable} ${own?.writable} ${typeof own?.get} ${typeof own?.set} ${typeof own?.value}`;
      }),
    ),
  "own keys of the window, in order": () => inOrder(Reflect.ownKeys(window).map(String)),
  "own keys of the document and of an element": () => [
    Reflect.ownKeys(document).map(String),
    Reflect.ownKeys(document.documentElement).map(String),
  ],
  "descriptors of globals": () =>
    ["fetch", "XMLHttpRequest", "WebSocket", "EventSource", "Response", "open"].map((key) => {
      const own = Reflect.getOwnPropertyDescriptor(window, key);
      return `${key} ${own?.enumerable} ${own?.configurable} ${own?.writable}`;
    }),
  "which of them can be constructed": () =>
    ofSuspects((it) => {
      try {
        Reflect.construct(Object, [], it as unknown as new () => object);
        return "yes";
      } catch (error) {
        return (error as Error).message;
      }
    }),
  "a prototype of their own": () =>
    ofSuspects((it) => [Object.hasOwn(it, "prototype"), Object.getPrototypeOf(it) === Function.prototype]),
  "what stands under constructor": () => [
    XMLHttpRequest.prototype.constructor === XMLHttpRequest,
    new XMLHttpRequest().constructor === XMLHttpRequest,
    WebSocket.prototype.constructor === WebSocket,
    EventSource.prototype.constructor === EventSource,
    Response.prototype.constructor === Response,
    Object.getPrototypeOf(XMLHttpRequest) === XMLHttpRequestEventTarget,
  ],
  "toString of toString, by itself": () => [
    says(words),
    says(words.toString),
    words.name,
    words.length,
    says(words.call),
  ],
  "toString of what is no function": () =>
    [{}, null, undefined, 1, "a", Object.create(fetch), new Proxy({}, {})].map((it) => says(it)),
  "toString of a stranger's proxy": () => says(new Proxy(() => {}, {})),
  "called without new": () =>
    [XMLHttpRequest, WebSocket, EventSource].map((it) => attempt(() => (it as unknown as Callable)())),
  "a prototype that leads back to itself": () =>
    ofSuspects((it) => {
      const before = Object.getPrototypeOf(it) as object;
      const results = [
        attempt(() => Object.setPrototypeOf(it, Object.create(it) as object) === it),
        attempt(() => Reflect.setPrototypeOf(it, Object.create(it) as object)),
        attempt(() => {
          Reflect.getOwnPropertyDescriptor(Object.prototype, "__proto__")?.set?.call(it, it);
          return "set";
        }),
      ];
      Object.setPrototypeOf(it, before);
      return results;
    }),
  "a prototype from which it inherits": () =>
    ofSuspects((it) => attempt(() => (Object.create(it) as object).toString())),
  "properties that functions must not have": () =>
    ofSuspects((it) =>
      ["arguments", "caller"].map((key) =>
        attempt(() => typeof (it as unknown as Record<string, unknown>)[key]),
      ),
    ),
  "deep recursion": () => {
    const depth = (it: Callable, self: unknown): string => {
      const down = (): string => {
        try {
          it.call(self);
          return down();
        } catch (error) {
          return (error as Error).name;
        }
      };
      return down();
    };
    return [depth(words as Callable, fetch)];
  },
  "what Error knows": () => [
    Reflect.ownKeys(Error).map(String),
    says((Error as unknown as { captureStackTrace: unknown }).captureStackTrace),
  ],
  "structuredClone of what is replaced": () => [
    attempt(() => structuredClone(fetch)),
    attempt(() => structuredClone(XMLHttpRequest)),
    attempt(() => structuredClone(new Response(""))),
  ],
};
