/** The background's side of the worker, against a thread that really never comes back: only its end ends it. */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { type Transferable, Worker } from "node:worker_threads";
import { type Host, ScorerWorker, WorkerFailed } from "../../extension/background/scorer.ts";
import type { ModelPlace } from "../../extension/worker/calls.ts";

/** Answers each text with its length; over the word "loop" it loops for ever, over "panic" its module breaks. */
const THREAD = `
require("node:worker_threads").parentPort.once("message", ({ port }) => {
  port.on("message", ({ seq, args: [, texts] }) => {
    if (texts.includes("loop")) for (;;);
    if (texts.includes("panic")) port.postMessage({ seq, ok: false, message: "unreachable", broken: true });
    else port.postMessage({ seq, ok: true, value: texts.map((text) => text.length / 10) });
  });
});`;

class Threads implements Host {
  started = 0;
  private readonly ended: Promise<number>[] = [];
  private worker: Worker | undefined;

  async start(port: MessagePort): Promise<void> {
    this.stop();
    this.started++;
    this.worker = new Worker(THREAD, { eval: true });
    this.worker.postMessage({ port }, [port as unknown as Transferable]);
  }

  stop(): void {
    if (this.worker) this.ended.push(this.worker.terminate());
    this.worker = undefined;
  }

  /** Waits until every thread that was stopped has ended. */
  async quiet(): Promise<number> {
    return (await Promise.all(this.ended)).length;
  }
}

const PLACE: ModelPlace = { name: "made-up", from: "own" };
const LIMITS = {
  score: 400,
  choose: 400,
  near: 400,
  picture: 400,
  check: 400,
  load: 400,
  drop: 400,
  learn: 400,
  export: 400,
  look: 400,
};

const workers: ScorerWorker[] = [];
afterEach(() => {
  for (const worker of workers.splice(0)) worker.stop("the test is over");
});

function threads() {
  const host = new Threads();
  const troubles: string[] = [];
  // The first call of a thread waits for Node to start it.
  const worker = new ScorerWorker(host, (words) => void troubles.push(words), LIMITS, [0, 0, 0], 30_000);
  workers.push(worker);
  return { host, troubles, worker };
}

const failed = (message: RegExp) => (error: unknown) =>
  error instanceof WorkerFailed && message.test(error.message);

test("a thread that never comes back is ended at the deadline, and the next one answers", async () => {
  const { host, troubles, worker } = threads();
  assert.deepEqual(await worker.call("score", PLACE, ["four"]), [0.4]);
  // Who asked meanwhile is told as well, and may ask again.
  const asked = [
    worker.call("score", PLACE, ["loop"]),
    worker.call("score", PLACE, ["waits behind it"]),
  ] as const;
  await assert.rejects(asked[0], failed(/did not answer within/));
  await assert.rejects(asked[1], failed(/did not answer within/));
  assert.equal(await host.quiet(), 1, "the thread is gone, not merely forgotten");
  assert.match(troubles.join(), /did not answer within 0 s, and was stopped/);
  assert.deepEqual(await worker.call("score", PLACE, ["again"]), [0.5]);
  assert.equal(host.started, 2);
});

test("a module that broke is replaced", async () => {
  const { host, troubles, worker } = threads();
  await assert.rejects(worker.call("score", PLACE, ["panic"]), failed(/unreachable/));
  assert.deepEqual(await worker.call("score", PLACE, ["four"]), [0.4]);
  assert.equal(host.started, 2);
  assert.match(troubles.join(), /a model broke its worker/);
});
