/**
 * The scorer's worker from the background's side: started when first asked, ended when it is slow or broken, started again
 * after a while that grows, and let go of when nobody asks.
 */
import { api, wordsOf } from "../shared/api.ts";
import type { Answers, Call, CallName, Calls, HostMessage, Reply } from "../worker/calls.ts";
import { scorerWorker } from "../worker/start.ts";

/** Milliseconds that a call may take. */
const LIMITS: Record<CallName, number> = {
  score: 10_000,
  choose: 10_000,
  near: 15_000,
  picture: 20_000,
  check: 60_000,
  load: 30_000,
  learn: 60_000,
  look: 15_000,
  export: 60_000,
  drop: 10_000,
};
/** Milliseconds added for the first call of a worker about each model: it also loads the module, and the model. */
const START = 15_000;
/** Milliseconds from a failure to the next start, by how many there were in a row. */
const BACK_OFF = [0, 1000, 5000, 30_000, 120_000];
/** Milliseconds without a call until the worker is let go of, and its memory with it. */
const IDLE = 10 * 60_000;

/** Where the worker lives. */
export interface Host {
  /** Starts a worker, ending any before it; it answers over the port. */
  start(port: MessagePort): Promise<void>;
  stop(): void;
}

/** The worker failed, not the call: it may be asked again. */
export class WorkerFailed extends Error {}

interface Waiting {
  resolve: (value: never) => void;
  reject: (error: Error) => void;
  timer: ReturnType<typeof setTimeout>;
}

export class ScorerWorker {
  private port: Promise<MessagePort> | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private seq = 0;
  private failures = 0;
  private notBefore = 0;
  private idle: ReturnType<typeof setTimeout> | undefined;
  /** Models that this worker was asked about. */
  private readonly met = new Set<string>();

  constructor(
    private readonly host: Host,
    /** The worker failed, in words for the reader; `resting`: milliseconds until it is tried again. */
    private readonly failed: (words: string, resting: number) => void,
    private readonly limits: Readonly<Record<CallName, number>> = LIMITS,
    private readonly backOff: readonly number[] = BACK_OFF,
    /** Milliseconds that the first call about a model may take beyond its limit. */
    private readonly startLimit = START,
  ) {}

  /** Milliseconds until the worker may be started again; 0 when it may be asked now. */
  resting(): number {
    return Math.max(0, this.notBefore - Date.now());
  }

  /**
   * Asks. Rejects with {@link WorkerFailed} when the worker did not live to answer, with another error when it refused.
   */
  async call<Name extends CallName>(name: Name, ...args: Calls[Name]): Promise<Answers[Name]> {
    clearTimeout(this.idle);
    if (this.resting() > 0) throw new WorkerFailed("the models' worker is being started again");
    this.port ??= this.start();
    let port: MessagePort;
    try {
      port = await this.port;
    } catch (error) {
      this.fail(`the models' worker does not start (${wordsOf(error)})`);
      throw new WorkerFailed(wordsOf(error));
    }
    const seq = ++this.seq;
    const [place] = args as readonly unknown[];
    const model = typeof place === "object" ? String((place as { name?: unknown } | null)?.name) : "";
    const limit = this.limits[name] + (this.met.has(model) ? 0 : this.startLimit);
    this.met.add(model);
    return new Promise<Answers[Name]>((resolve, reject) => {
      const timer = setTimeout(
        () => this.fail(`a model did not answer within ${Math.round(limit / 1000)} s, and was stopped`),
        limit,
      );
      this.waiting.set(seq, { resolve: resolve as (value: never) => void, reject, timer });
      port.postMessage({ seq, name, args } satisfies Call);
    });
  }

  /** Ends the worker. Whoever waits is told that it failed. */
  stop(why: string): void {
    clearTimeout(this.idle);
    const port = this.port;
    this.port = undefined;
    this.met.clear();
    port?.then((port) => port.close()).catch(() => {});
    this.host.stop();
    for (const { reject, timer } of this.waiting.values()) {
      clearTimeout(timer);
      reject(new WorkerFailed(why));
    }
    this.waiting.clear();
  }

  private async start(): Promise<MessagePort> {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<Reply>) => this.hear(data);
    try {
      await this.host.start(port2);
    } catch (error) {
      // An open port is kept for good.
      port1.close();
      throw error;
    }
    return port1;
  }

  private hear(reply: Reply): void {
    const waiting = this.waiting.get(reply.seq);
    this.waiting.delete(reply.seq);
    clearTimeout(waiting?.timer);
    if (reply.ok) {
      this.failures = 0;
      waiting?.resolve(reply.value as never);
    } else if (reply.broken) {
      waiting?.reject(new WorkerFailed(reply.message));
      this.fail(`a model broke its worker (${reply.message.slice(0, 200)})`);
    } else waiting?.reject(new Error(reply.message));
    if (this.waiting.size === 0) this.idle = setTimeout(() => this.stop("nobody asked"), IDLE);
  }

  private fail(words: string): void {
    this.failures++;
    const rest = this.backOff[Math.min(this.failures, this.backOff.length - 1)] ?? 0;
    this.notBefore = Date.now() + rest;
    this.stop(words);
    this.failed(words, rest);
  }
}

/** The worker's place in this browser: under the event page, or in a document of its own where there can be no other. */
export function browserHost(): Host {
  if (typeof Worker === "function") {
    let worker: Worker | undefined;
    return {
      async start(port) {
        worker?.terminate();
        worker = scorerWorker(port);
      },
      stop() {
        worker?.terminate();
        worker = undefined;
      },
    };
  }
  const send = async (message: HostMessage, ports: MessagePort[]) => {
    const document = await offscreenDocument(message.type === "start-scorer");
    document?.postMessage(message, ports);
  };
  return {
    start: (port) => send({ type: "start-scorer" }, [port]),
    stop: () => void send({ type: "stop-scorer" }, []).catch(() => {}),
  };
}

interface Client {
  url: string;
  postMessage(message: unknown, ports: MessagePort[]): void;
}
interface Clients {
  matchAll(options: { includeUncontrolled: boolean }): Promise<Client[]>;
}

const PAGE = "offscreen.html";
let making: Promise<void> | undefined;

async function offscreenDocument(make: boolean): Promise<Client | undefined> {
  const { clients } = globalThis as unknown as { clients?: Clients };
  if (clients === undefined || api.offscreen === undefined)
    throw new Error("this browser has no place for a worker of the background");
  const url = api.runtime.getURL(PAGE);
  const find = async () =>
    (await clients.matchAll({ includeUncontrolled: true })).find((client) => client.url === url);
  const found = await find();
  if (found || !make) return found;
  making ??= api.offscreen
    .createDocument({
      url: PAGE,
      reasons: ["WORKERS" as chrome.offscreen.Reason],
      justification: "Runs the small models that your rules ask, on this machine.",
    })
    .finally(() => {
      making = undefined;
    });
  await making.catch(async (error: unknown) => {
    // Another life of this background may have made it meanwhile.
    if ((await find()) === undefined) throw error;
  });
  return find();
}
