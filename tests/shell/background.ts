/** The extension's own background, bundled as it is built, in this process: a browser around it that can be made to fail. */
import { existsSync, readFileSync } from "node:fs";
import * as esbuild from "esbuild";
import type {
  Answer,
  BackgroundRequest,
  BackgroundState,
  EngineMessage,
  ShellMessage,
} from "../../extension/shared/messages.ts";
import type { Begin, Call, Reply } from "../../extension/worker/calls.ts";
import { virtual } from "../../scripts/build/bundle.ts";
import { engineModule, nearModule } from "../../scripts/build/sources.ts";

const ORIGIN = "chrome-extension://diffract/";

/** Why these tests cannot run, if they cannot. */
export const missing: string | false = existsSync(engineModule.wasm)
  ? false
  : `no engine at ${engineModule.wasm}; build it: node --import tsx scripts/build.ts`;

/** `storage.local`, and what goes wrong in it. */
export class Area {
  /** Every write, by its keys. */
  readonly writes: string[][] = [];
  refuses: (keys: string[]) => boolean = () => false;

  constructor(readonly values: Record<string, unknown>) {}

  async get(keys: string | string[] | null): Promise<Record<string, unknown>> {
    const wanted = Object.entries(this.values).filter(
      ([key]) => keys === null || [keys].flat().includes(key),
    );
    return structuredClone(Object.fromEntries(wanted));
  }

  async set(values: Record<string, unknown>): Promise<void> {
    const keys = Object.keys(values);
    if (this.refuses(keys)) throw new Error("QUOTA_BYTES quota exceeded");
    this.writes.push(keys);
    Object.assign(this.values, structuredClone(values));
  }

  async remove(keys: string | string[]): Promise<void> {
    for (const key of [keys].flat()) delete this.values[key];
  }
}

/** Just enough of IndexedDB for databases of one store; by name, what is in each. */
function fakeDatabase(databases: Record<string, Map<string, unknown>>) {
  const later = (result: unknown) => {
    const request: Record<string, unknown> = { result };
    queueMicrotask(() => (request.onsuccess as (() => void) | undefined)?.());
    return request;
  };
  const open = (name: string) => {
    databases[name] ??= new Map();
    const kept = databases[name];
    const store = {
      get: (key: string) => later(structuredClone(kept.get(key))),
      put: (value: unknown, key: string) => later(kept.set(key, structuredClone(value))),
      delete: (key: string) => later(kept.delete(key)),
      clear: () => later(kept.clear()),
    };
    return later({ transaction: () => ({ objectStore: () => store }), close: () => {} });
  };
  return { open };
}

/** What the scorer's worker says to a call; it throws what it refuses. */
export type Scorer = (call: Call) => unknown;

/** A worker that answers by a function, where a browser would start the scorer's. */
function fakeWorker(answer: Scorer, started: { terminate(): void }[]): unknown {
  return class {
    private port: MessagePort | undefined;

    constructor() {
      started.push(this);
    }

    postMessage({ type }: Begin, [port]: [MessagePort]): void {
      if (type !== "begin") return;
      this.port = port;
      port.onmessage = ({ data: call }: MessageEvent<Call>) => {
        let reply: Reply;
        try {
          reply = { seq: call.seq, ok: true, value: answer(call) };
        } catch (error) {
          reply = { seq: call.seq, ok: false, message: (error as Error).message, broken: false };
        }
        port.postMessage(reply);
      };
    }

    terminate(): void {
      this.port?.close();
    }
  };
}

type Listener = (...given: unknown[]) => unknown;

/** A running background. */
export interface Background {
  /** Ends its workers, which keep a test from ending. */
  stop(): void;
  area: Area;
  snapshots: Map<string, unknown>;
  /** What goes with the browser. */
  session: Area;
  /** Tabs that were opened. */
  opened: string[];
  /** What open pages of the extension were told. */
  told: unknown[];
  /** Content scripts for sites that the reader added. */
  registered: unknown[];
  /** The reader added `origins`, which are among those granted. */
  grant(origins: string[]): void;
  ask(request: BackgroundRequest | Record<string, unknown>): Promise<Answer<unknown>>;
  state(): Promise<BackgroundState>;
  /** Sends what a page would and no more. `incognito`: `null` where the browser does not say which tab it is. */
  tell(message: ShellMessage, incognito?: boolean | null): void;
  /** Sends a batch as a page would; answers as the page would hear it. */
  batch(posts: string, incognito?: boolean | null): Promise<Record<string, unknown>>;
  /** Opens a port as a page would; what it hears goes to `answered`. Returns what the page says. */
  connect(
    answered: (message: EngineMessage) => void,
    incognito?: boolean | null,
  ): (message: ShellMessage) => void;
  /** Asks for an engine as a page would; what it is sent, to the last part. */
  near(): Promise<EngineMessage[]>;
}

let code: Promise<string> | undefined;
function bundled(): Promise<string> {
  code ??= esbuild
    .build({
      entryPoints: ["extension/background/main.ts"],
      bundle: true,
      write: false,
      format: "iife",
      logLevel: "error",
      // Of a module there is none here; the engine is handed its own address anyway.
      define: { "import.meta.url": JSON.stringify(ORIGIN) },
      plugins: [virtual("chrome", "{}", ["x.toml:3: item[0].select: no selector"])],
    })
    .then(({ outputFiles }) => outputFiles[0]?.text ?? "");
  return code;
}

/** Starts a background over what is stored. */
export async function startBackground(
  stored: Record<string, unknown>,
  {
    snapshots = new Map<string, unknown>(),
    keptPosts = new Map<string, unknown>(),
    session = new Area({}),
    refuses = (_: string[]): boolean => false,
    granted = [] as string[],
    hasEngine = true,
    /** Databases of models and filters, by name. */
    databases = {} as Record<string, Map<string, unknown>>,
    scorer = undefined as Scorer | undefined,
  } = {},
): Promise<Background> {
  const area = new Area(stored);
  area.refuses = refuses;
  const heard: Record<string, Listener> = {};
  const registered: unknown[] = [];
  const workers: { terminate(): void }[] = [];
  const opened: string[] = [];
  const told: unknown[] = [];
  const event = (name: string) => ({ addListener: (listener: Listener) => (heard[name] = listener) });
  const chrome = {
    runtime: {
      id: "diffract",
      getURL: (path: string) => ORIGIN + path,
      getManifest: () => ({
        version: "0.1.0",
        host_permissions: ["*://*.x.com/*"],
        content_scripts: [{ matches: ["*://*.x.com/*"], js: ["content.js"] }],
      }),
      onConnect: event("connect"),
      onMessage: event("message"),
      onInstalled: event("installed"),
      sendMessage: async (message: unknown) => void told.push(message),
    },
    permissions: {
      onAdded: event("added"),
      onRemoved: event("removed"),
      getAll: async () => ({ origins: granted }),
    },
    storage: { local: area, session },
    action: {},
    tabs: { query: async () => [], create: async ({ url }: { url: string }) => void opened.push(url) },
    scripting: {
      getRegisteredContentScripts: async () => [],
      executeScript: async () => [],
      registerContentScripts: async (scripts: unknown[]) => void registered.push(...scripts),
    },
  };
  const wasm = async (address: string) =>
    new Response(
      hasEngine ? readFileSync((address.endsWith("/near.wasm") ? nearModule : engineModule).wasm) : "",
      {
        headers: { "content-type": "application/wasm" },
      },
    );
  new Function(
    "chrome",
    "browser",
    "indexedDB",
    "fetch",
    "globalThis",
    "Worker",
    "setTimeout",
    await bundled(),
  )(
    chrome,
    chrome,
    fakeDatabase(Object.assign(databases, { diffract: snapshots, "diffract-posts": keptPosts })),
    wasm,
    new Proxy(globalThis, {
      get: (target, key) => (key === "chrome" || key === "browser" ? chrome : Reflect.get(target, key)),
    }),
    scorer && fakeWorker(scorer, workers),
    // What is let go of after minutes keeps no test waiting.
    (job: () => void, milliseconds = 0) => {
      const timer = setTimeout(job, milliseconds);
      return milliseconds > 60_000 ? timer.unref() : timer;
    },
  );
  const sender = { id: "diffract", url: `${ORIGIN}dashboard.html` };
  const ask = (request: unknown) =>
    new Promise<Answer<unknown>>((respond) => void heard.message?.(request, sender, respond));
  let seq = 0;
  const connect = (answered: Listener, incognito: boolean | null = false): Listener => {
    let listen: Listener = () => {};
    heard.connect?.({
      name: "feed",
      sender: { id: "diffract", ...(incognito === null ? {} : { tab: { id: 1, incognito } }) },
      onDisconnect: { addListener: () => {} },
      onMessage: {
        addListener: (listener: Listener) => {
          listen = listener;
        },
      },
      postMessage: answered,
    });
    return listen;
  };
  return {
    stop: () => {
      for (const worker of workers.splice(0)) worker.terminate();
    },
    area,
    snapshots,
    session,
    opened,
    told,
    registered,
    grant: (origins) => void heard.added?.({ origins }),
    ask,
    state: async () => {
      const answer = await ask({ type: "state" });
      if (!answer.ok) throw new Error(answer.message);
      return answer.value as BackgroundState;
    },
    tell: (message, incognito) => void connect(() => {}, incognito)(message),
    connect: (answered, incognito) => connect((message) => answered(message as EngineMessage), incognito),
    near: () =>
      new Promise((answered) => {
        const heard: EngineMessage[] = [];
        connect((raw) => {
          const message = raw as EngineMessage;
          heard.push(message);
          const [first] = heard;
          const whole = first?.type === "near-begin" && heard.length > first.parts;
          if (whole || message.type === "near-none") answered(heard);
        })({ type: "near", seq: 1, build: "" });
      }),
    batch: (posts, incognito) =>
      new Promise((answered) => {
        connect(
          (message) => answered(message as Record<string, unknown>),
          incognito,
        )({
          type: "posts",
          seq: ++seq,
          host: "x.com",
          visit: "v",
          posts,
        });
      }),
  };
}
