/**
 * Ways in which a script of a page may try to notice that requests are intercepted. The page runs them before anything else; each says
 * what it saw. The same page on a host where Diffract does not run must say the same. What a probe throws is what it saw.
 */

/** An address whose answer is looked at by Diffract, and one whose answer is long. */
const FEED = "/i/api/graphql/q/UserTweets";
const LONG_FEED = "/i/api/graphql/q/UserTweetsAndReplies";

type Probe = () => unknown;
type Callable = (...given: unknown[]) => unknown;

const words = Function.prototype.toString;
const says = (it: unknown, by: Callable = words): string => {
  try {
    return String(by.call(it));
  } catch (error) {
    return told(error);
  }
};
const told = (error: unknown): string => {
  const { name, message, stack } = error as Error;
  return `${name}: ${message}\n${stack}`;
};
const attempt = (job: () => unknown): unknown => {
  try {
    return job();
  } catch (error) {
    return told(error);
  }
};

/** Firefox makes globals when they are first named, by whomever: their order tells that a content script is there, whichever it is. */
const isFirefox = "mozInnerScreenX" in globalThis;
const inOrder = (lines: string[]): string[] => (isFirefox ? lines.sort() : lines);

/** Everything of the browser's that could have been replaced, by its path. */
function reachable(): Map<string, unknown> {
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

const SUSPECTS: Record<string, () => unknown> = {
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
const ofSuspects = (ask: (it: Callable, name: string) => unknown): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(SUSPECTS).map(([name, get]) => [name, attempt(() => ask(get() as Callable, name))]),
  );

/** What another realm says of this one's functions. */
const byRealm = (realm: typeof globalThis | null | undefined): unknown =>
  realm ? ofSuspects((it) => says(it, realm.Function.prototype.toString as Callable)) : "no realm";

const frame = (prepare: (frame: HTMLIFrameElement) => void = () => {}): HTMLIFrameElement => {
  const made = document.createElement("iframe");
  prepare(made);
  document.documentElement.append(made);
  return made;
};
const realmOf = (made: HTMLIFrameElement) => made.contentWindow as unknown as typeof globalThis;
const loaded = (made: HTMLIFrameElement): Promise<void> =>
  new Promise((resolve) => {
    made.onload = () => resolve();
  });

const request = (
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
const frames = (): string[] => {
  const lines = (new Error("here").stack ?? "").split("\n").map((line) => line.trim());
  const asked = lines.findIndex((line) => /^[\w.]*\*/.test(line));
  return lines.slice(0, asked < 0 ? undefined : asked).filter((line) => line !== "");
};

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

export const PROBES: Record<string, Probe> = {
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
  "toString by a frame without an address": () => byRealm(realmOf(frame())),
  "toString by a frame that markup made": () => {
    const place = document.createElement("div");
    document.documentElement.append(place);
    place.append(
      document.createRange().createContextualFragment === undefined ? "" : document.createElement("iframe"),
    );
    return byRealm((window as unknown as Record<number, typeof globalThis>)[window.length - 1]);
  },
  "toString by a frame with markup of its own, at once": () =>
    byRealm(realmOf(frame((it) => it.setAttribute("sandbox", "allow-same-origin allow-scripts")))),
  "toString by a frame with an address, at once": () =>
    byRealm(realmOf(frame((it) => it.setAttribute("src", "/inner")))),
  "toString by a frame with an address, later": async () => {
    const made = frame((it) => it.setAttribute("src", "/inner"));
    await loaded(made);
    return byRealm(realmOf(made));
  },
  "toString by contentDocument": () =>
    byRealm(frame().contentDocument?.defaultView as unknown as typeof globalThis),
  "toString by a frame's own toString of toString": () => {
    const realm = realmOf(frame());
    const theirs = realm.Function.prototype.toString as Callable;
    return [says(theirs, theirs), says(theirs), says(words, theirs), theirs === (words as Callable)];
  },
  "a frame's classes, and instances across frames": () => {
    const realm = realmOf(frame());
    const theirs = new realm.XMLHttpRequest();
    return [
      theirs instanceof XMLHttpRequest,
      theirs instanceof realm.XMLHttpRequest,
      new XMLHttpRequest() instanceof realm.XMLHttpRequest,
      attempt(() =>
        Reflect.getOwnPropertyDescriptor(XMLHttpRequest.prototype, "readyState")?.get?.call(theirs),
      ),
      says(realm.XMLHttpRequest),
      says(realm.Response.prototype.text, realm.Function.prototype.toString as Callable),
    ];
  },
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
  "a subclass of XMLHttpRequest": () => {
    class Mine extends XMLHttpRequest {
      mine = 1;
    }
    const made = new Mine();
    return [
      made instanceof Mine,
      made instanceof XMLHttpRequest,
      Object.getPrototypeOf(Mine) === XMLHttpRequest,
      made.mine,
      made.readyState,
      Object.prototype.toString.call(made),
    ];
  },
  "a subclass of WebSocket": () => {
    class Mine extends WebSocket {}
    return [
      Object.getPrototypeOf(Mine) === WebSocket,
      Mine.OPEN,
      attempt(() => new Mine("no address at all:")),
    ];
  },
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
  "what Error knows": () => [
    Reflect.ownKeys(Error).map(String),
    says((Error as unknown as { captureStackTrace: unknown }).captureStackTrace),
  ],
  "structuredClone of what is replaced": () => [
    attempt(() => structuredClone(fetch)),
    attempt(() => structuredClone(XMLHttpRequest)),
    attempt(() => structuredClone(new Response(""))),
  ],
  "what is used and locked, before, while and after an answer is read": async () => {
    const log: unknown[] = [];
    for (const key of ["text", "json", "arrayBuffer", "blob", "clone", "stream"]) {
      const response = await fetch(FEED);
      const states = () => [response.bodyUsed, response.body?.locked];
      log.push(key, response.bodyUsed);
      if (key === "clone") {
        const clone = response.clone();
        log.push(
          states(),
          clone.bodyUsed,
          (await clone.text()).length,
          states(),
          (await response.text()).length,
        );
      } else if (key === "stream") {
        const stream = response.body;
        const reader = stream?.getReader();
        log.push(
          states(),
          attempt(() => response.clone()),
        );
        log.push(await response.text().catch(told));
        const { value } = (await reader?.read()) ?? {};
        log.push(Object.prototype.toString.call(value), states());
        await reader?.cancel("enough");
        log.push(states());
      } else {
        const reading = (response as unknown as Record<string, () => Promise<unknown>>)[key]?.();
        log.push(response.bodyUsed);
        await reading;
        log.push(
          states(),
          attempt(() => response.body?.getReader()),
        );
      }
    }
    return log;
  },
  "a stream of an answer, piped, gone through, transferred": async () => {
    const log: unknown[] = [];
    let size = 0;
    await (await fetch(FEED)).body?.pipeTo(
      new WritableStream<Uint8Array>({
        write(part) {
          size += part.byteLength;
        },
      }),
    );
    log.push(size);
    const parts: Uint8Array[] = [];
    for await (const part of (await fetch(FEED)).body as unknown as AsyncIterable<Uint8Array>)
      parts.push(part);
    log.push(parts.reduce((sum, part) => sum + part.byteLength, 0));
    const { body } = await fetch(FEED);
    log.push(
      attempt(() => {
        const moved = structuredClone(body, { transfer: [body as unknown as Transferable] });
        return [Object.prototype.toString.call(moved), body?.locked];
      }),
    );
    return log;
  },
  "an answer that was given up": async () => {
    const log: unknown[] = [];
    const name = (error: unknown) => [(error as Error).name, (error as Error).message];
    for (const when of ["before", "between", "while"]) {
      const control = new AbortController();
      if (when === "before") control.abort();
      try {
        const response = await fetch(FEED, { signal: control.signal });
        if (when === "between") control.abort();
        const reading = response.text();
        if (when === "while") control.abort();
        log.push(await reading.then(() => "read", name));
      } catch (error) {
        log.push(name(error));
      }
    }
    const control = new AbortController();
    const reason = { any: "thing" };
    const response = await fetch(FEED, { signal: control.signal });
    control.abort(reason);
    log.push(await response.text().catch((error: unknown) => error === reason));
    return log;
  },
  "an answer by way of another address": async () => {
    const response = await fetch("/moved");
    const direct = await fetch(new Request(FEED, { cache: "no-store" }));
    return [
      response.redirected,
      new URL(response.url).pathname,
      response.type,
      (await response.text()).length,
      direct.redirected,
      direct.type,
      (await direct.text()).length,
      (await fetch("/moved", { redirect: "manual" })).type,
      await fetch("/moved", { redirect: "error" }).then(
        () => "came",
        (error: Error) => error.name,
      ),
    ];
  },
  "requests that outlive the page": async () => [
    navigator.sendBeacon(FEED, "words"),
    (await (await fetch(FEED, { keepalive: true })).text()).length,
    (await (await fetch(FEED, { method: "POST", body: "words" })).text()).length,
  ],
  "everything an XMLHttpRequest tells at its end": () =>
    request((made, done) => {
      const log: unknown[] = [];
      // Not the stacks: in Firefox those in a listener name who added it.
      const refusal = (job: () => unknown) => String(attempt(job)).split("\n")[0];
      for (const type of ["loadstart", "progress", "load", "loadend"])
        made.addEventListener(type, (event) => {
          const { loaded, total, lengthComputable } = event as ProgressEvent;
          // In which state the last part comes is the network's to say, and whether there are others.
          if (type === "progress" && loaded < total) return;
          const state = type === "progress" || made.readyState;
          log.push([type, loaded, total, lengthComputable, state, event.constructor.name]);
        });
      made.addEventListener("loadend", () => {
        log.push(
          made
            .getAllResponseHeaders()
            .split("\r\n")
            .filter((line) => !line.startsWith("date")),
          made.getResponseHeader("content-type"),
          made.getResponseHeader("nothing"),
          made.status,
          made.statusText,
          made.response === made.responseText,
          made.responseText.length,
          Reflect.ownKeys(made).map(String),
          refusal(() => {
            made.responseType = "json";
            return "set";
          }),
          refusal(() => made.overrideMimeType("text/plain")),
          refusal(() => made.setRequestHeader("a", "b")),
          refusal(() => made.send()),
        );
        made.abort();
        log.push([made.readyState, made.status, made.responseText, made.response]);
        done(log);
      });
    }),
  "an XMLHttpRequest that is opened again when it is through": () =>
    request((made, done) => {
      const log: unknown[] = [];
      made.onreadystatechange = () => log.push(made.readyState);
      made.onload = () => {
        made.onload = () => done([...new Set(log), made.responseText.length]);
        made.open("GET", FEED);
        log.push("again", made.readyState, made.responseText);
        made.send();
      };
    }),
  "every form of an XMLHttpRequest's answer": async () => {
    const log: unknown[] = [];
    for (const type of ["", "text", "json", "arraybuffer", "blob", "document"] as const)
      log.push(
        await request((made, done) => {
          made.responseType = type;
          const empty = [made.response, attempt(() => made.responseText), attempt(() => made.responseXML)];
          made.onload = () => {
            const { response } = made as { response: { size?: number; byteLength?: number } | null };
            done([
              type,
              empty,
              Object.prototype.toString.call(response),
              response?.size ?? response?.byteLength ?? JSON.stringify(response).length,
              response === made.response,
              attempt(() => made.responseText.length),
              attempt(() => made.responseXML),
            ]);
          };
        }),
      );
    return log;
  },
  "a proxy around what is replaced": () =>
    ["readyState", "response", "responseText", "status"].map((key) => {
      const proxy = new Proxy(new XMLHttpRequest(), {});
      return [
        attempt(() => (proxy as unknown as Record<string, unknown>)[key]),
        attempt(() => Reflect.get(XMLHttpRequest.prototype, key, {})),
      ];
    }),
  "a subclass of Response": async () => {
    class Mine extends Response {}
    const made = new Mine("words");
    return [
      made instanceof Mine,
      Object.getPrototypeOf(Mine) === Response,
      await made.clone().text(),
      made.clone().constructor === Response,
      await Response.json({ a: 1 }).text(),
      Response.error().type,
    ];
  },
  "sizes and times of an answer": async () => {
    performance.clearResourceTimings();
    await (await fetch(FEED)).text();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const [entry] = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
    return [
      entry?.transferSize,
      entry?.encodedBodySize,
      entry?.decodedBodySize,
      entry?.nextHopProtocol,
      entry?.workerStart,
      (entry as unknown as { responseStatus?: number })?.responseStatus,
      (entry?.responseEnd ?? 0) >= (entry?.responseStart ?? 1),
    ];
  },
  "workers of the site": async () => [
    typeof navigator.serviceWorker,
    (await navigator.serviceWorker?.getRegistrations())?.length,
    navigator.serviceWorker?.controller,
  ],
  "a response of the page's own": async () => {
    const made = new Response("words", { headers: { a: "b" } });
    return [made.url, made.type, await made.clone().text(), made.bodyUsed, await made.text(), made.bodyUsed];
  },
  "brand of an answer": async () => {
    const response = await fetch(FEED);
    const get = Reflect.getOwnPropertyDescriptor(Response.prototype, "url")?.get as Callable;
    const stream = response.body as ReadableStream;
    return [
      Object.prototype.toString.call(response),
      response instanceof Response,
      Reflect.ownKeys(response).map(String),
      String(get.call(response)).replace(/https:\/\/[^/]+/, ""),
      attempt(() => (response.headers as Headers).append("a", "b")),
      Object.prototype.toString.call(stream),
      stream instanceof ReadableStream,
      stream === response.body,
      attempt(() => stream.getReader({ mode: "byob" }).constructor.name),
      stream.locked,
      response.bodyUsed,
    ];
  },
  "promises of an answer": async () => {
    const response = await fetch(FEED);
    const promise = response.text();
    return [
      Object.getPrototypeOf(promise) === Promise.prototype,
      promise.constructor === Promise,
      Reflect.ownKeys(promise),
      response.bodyUsed,
      typeof (await promise),
    ];
  },
  "reading twice": async () => {
    const response = await fetch(FEED);
    await response.json();
    const own = new Response("words");
    await own.text();
    return [await response.json().catch(told), await own.text().catch(told)];
  },
  "performance entries": async () => {
    performance.clearResourceTimings();
    const response = await fetch(FEED);
    await response.text();
    await new Promise((resolve) => setTimeout(resolve, 100));
    return performance
      .getEntriesByType("resource")
      .map(
        (entry) => `${new URL(entry.name).pathname} ${(entry as PerformanceResourceTiming).initiatorType}`,
      );
  },
  "marks and measures": () => [
    performance.getEntriesByType("mark").length,
    performance.getEntriesByType("measure").length,
  ],
  "scripts and the current one": () => [
    document.scripts.length,
    document.currentScript === null,
    [...document.querySelectorAll("*")].map((it) => it.localName),
  ],
  "messages that are none of the page's": () =>
    new Promise((resolve) => {
      const heard: string[] = [];
      const note = (event: Event) => heard.push(event.type);
      for (const type of ["message", "a1", "a2"]) addEventListener(type, note, true);
      void fetch(FEED)
        .then((response) => response.text())
        .then(() => setTimeout(() => resolve(heard), 50));
    }),
  "a port for whoever asks": () => {
    const heard: unknown[] = [];
    for (const name of ["a1", "a2"])
      document.addEventListener(name, (event) => heard.push((event as MessageEvent).ports?.length));
    for (const name of ["a1", "a2"]) document.dispatchEvent(new Event(name));
    return heard;
  },
  "policy violations": () =>
    new Promise((resolve) => {
      const heard: string[] = [];
      document.addEventListener("securitypolicyviolation", (event) => heard.push(event.blockedURI));
      void fetch(FEED)
        .then((response) => response.blob())
        .then(() => setTimeout(() => resolve(heard), 50));
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
  "responseText where there is none": () =>
    request((made, done) => {
      made.responseType = "arraybuffer";
      made.onload = () => done(attempt(() => made.responseText));
    }),
  responseXML: () =>
    request((made, done) => {
      made.onload = () => done(made.responseXML);
    }),
  sockets: () => [
    WebSocket.CONNECTING,
    WebSocket.CLOSED,
    attempt(() => new WebSocket("x y")),
    attempt(() => new (WebSocket as unknown as new () => WebSocket)()),
  ],
};

/** Runs all of them, one after the other, and leaves what they said where it can be read. */
export async function probe(): Promise<Record<string, unknown>> {
  const said: Record<string, unknown> = {};
  for (const [name, run] of Object.entries(PROBES)) {
    try {
      said[name] = await run();
    } catch (error) {
      said[name] = told(error);
    }
  }
  return JSON.parse(
    JSON.stringify(said, (_, value: unknown) => (value === undefined ? "undefined" : value)),
  ) as Record<string, unknown>;
}
