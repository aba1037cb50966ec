/**
 * The background's memory stays where it is, whatever comes: every kind of bad answer, over and over, through the installed extension.
 * What is asked is the memory of the wasm modules themselves, and in Chromium the whole heap of the background as well.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import type { Page } from "puppeteer-core";
import {
  type BrowserName,
  builtExtension,
  chosenBrowsers,
  launch,
  type Running,
} from "../support/browsers.ts";
import { type Extension, installExtension } from "../support/extension.ts";
import { servePlatform } from "../support/wire.ts";

const payload = readFileSync("crate/adapters/tests/payloads/x-profile.json", "utf8").replace(/^\ufeff/, "");
const PATH = "/i/api/graphql/q/UserTweets";
const MB = 1 << 20;

/** Rounds until everything is as large as it gets, and rounds in which it is to stay so. */
const WARM_UP = 3;
const ROUNDS = 6;
/** Most that one answer of 20 MB may take of a module: the text, its values, the copy that is written. */
const MOST = 256 * MB;
/** By how much the heap may differ when the same was done again: code that was compiled, reports that are kept. */
const SWAY = 6 * MB;

/** Bytes: of each wasm memory that was made since it was asked to follow them, and of the heap (Chromium only). */
interface Memory {
  modules: number[];
  heap?: number;
}

/** Follows the memories that the background's modules make from now on. */
function follow(scope: typeof globalThis & { memories?: WebAssembly.Memory[] }): void {
  scope.memories = [];
  const { memories } = scope;
  const wasm = scope.WebAssembly;
  for (const key of ["instantiateStreaming", "instantiate"] as const) {
    const made = wasm[key] as (...given: unknown[]) => Promise<WebAssembly.WebAssemblyInstantiatedSource>;
    Object.defineProperty(wasm, key, {
      value: async (...given: unknown[]) => {
        const result = await made.apply(wasm, given);
        memories.push(result.instance.exports.memory as WebAssembly.Memory);
        return result;
      },
    });
  }
}

/** A function as text; the compiler's helper for names is none of the background's. */
const source = (job: (scope: never) => void): string =>
  `((...given) => { const __name = (it) => it; return (${job})(...given); })`;

/** How to look into the background. */
async function lookInto(
  name: BrowserName,
  running: Running,
  extension: Extension,
): Promise<() => Promise<Memory>> {
  if (name === "firefox") {
    await extension.page.evaluate(
      `chrome.runtime.getBackgroundPage().then((scope) => (${source(follow)})(scope))`,
    );
    return () =>
      extension.page.evaluate(async () => {
        const scope = (await chrome.runtime.getBackgroundPage()) as unknown as {
          memories: WebAssembly.Memory[];
        };
        return { modules: scope.memories.map(({ buffer }) => buffer.byteLength) };
      });
  }
  const target = await running.browser.waitForTarget(
    (one) => one.type() === "service_worker" && one.url().startsWith(extension.installed.origin),
  );
  const worker = await target.worker();
  if (worker === null) throw new Error("the background is no worker");
  await worker.evaluate(`(${source(follow)})(globalThis)`);
  return async () => {
    await worker.client.send("HeapProfiler.collectGarbage");
    const { usedSize, backingStorageSize } = (await worker.client.send("Runtime.getHeapUsage")) as {
      usedSize: number;
      backingStorageSize: number;
    };
    const modules = await worker.evaluate(() =>
      (globalThis as unknown as { memories: WebAssembly.Memory[] }).memories.map(
        ({ buffer }) => buffer.byteLength,
      ),
    );
    return { modules, heap: usedSize + backingStorageSize };
  };
}

/** Asks for an answer and reads it, or what stands in for it. */
const read = (page: Page): Promise<number> =>
  page.evaluate(async (path) => {
    try {
      return (await (await fetch(path, { cache: "no-store" })).arrayBuffer()).byteLength;
    } catch {
      return -1;
    }
  }, PATH);

const timeline = JSON.parse(payload) as unknown;
const whole = gzipSync(payload);
/** A timeline with so many bytes beside its posts: one long text, or many short values. */
const besides = (bytes: number, value: string): string => {
  const text = JSON.stringify(timeline);
  return text.replace(
    "{",
    `{"beside":[${Array(Math.floor(bytes / (value.length + 1)))
      .fill(value)
      .join()}],`,
  );
};

const ANSWERS: Array<[what: string, body: string | Buffer, headers?: Record<string, string>]> = [
  ["a good answer", payload],
  ["truncated JSON", payload.slice(0, -300)],
  ["a byte-order mark", `\ufeff${payload}`],
  ["for (;;);", `for (;;);${payload}`],
  ["bytes that are no text", Buffer.from([0xff, 0xfe, 0x00, 0x7b, 0x80])],
  ["almost 20 MB of one text", besides(20 * MB - payload.length - 1000, `"${"a".repeat(18 * MB)}"`)],
  ["almost 8 MB of numbers", besides(8 * MB, "7")],
  ["over 20 MB", Buffer.concat([Buffer.from(payload), Buffer.alloc(20 * MB, 32)])],
  ["nested without end", `{"data":${"[".repeat(MB)}`],
  ["a compressed stream cut short", whole.subarray(0, whole.length / 2), { "content-encoding": "gzip" }],
  ["posts that come twice", payload.replaceAll(/"(rest_id|id_str)":"\d+"/g, '"$1":"7"')],
];

const socketStatus = (id: number): string =>
  JSON.stringify({
    stream: ["user"],
    event: "update",
    payload: JSON.stringify({
      id: String(id),
      created_at: "2026-03-01T08:00:00.000Z",
      url: `https://mastodon.social/@ada/${id}`,
      content: `<p>${"tea ".repeat(200)}</p>`,
      account: { id: "1", acct: "ada", username: "ada", display_name: "Ada" },
      media_attachments: [],
    }),
  });

for (const name of chosenBrowsers()) {
  describe(`memory in ${name}`, () => {
    it("stays where it is, whatever answers and sockets bring", async () => {
      const platform = await servePlatform();
      const running = await launch(name, { tlsPort: platform.port, unobserved: true });
      try {
        const extension = await installExtension(running, builtExtension(name, "shipped"));
        await extension.onlyMine();
        await extension.setRules('hide if promoted\nhide if text has "kettle"\n');
        const memory = await lookInto(name, running, extension);
        const page = await running.newPage();
        await page.goto("https://x.com/home");
        await extension.report("x.com", 0);
        const round = async (body: string | Buffer, headers: Record<string, string>) => {
          platform.lay(PATH, { body, headers });
          return read(page);
        };
        for (const [what, body, headers = {}] of ANSWERS) {
          for (let time = 0; time < WARM_UP; time++) await round(body, headers);
          const before = await memory();
          for (let time = 0; time < ROUNDS; time++) await round(body, headers);
          const after = await memory();
          assert.deepEqual(after.modules, before.modules, `${what}: bytes of the modules`);
          for (const bytes of after.modules) assert.ok(bytes <= MOST, `${what}: ${bytes} bytes`);
          if (before.heap !== undefined && after.heap !== undefined)
            assert.ok(
              after.heap <= before.heap + SWAY,
              `${what}: ${before.heap} to ${after.heap} bytes of heap`,
            );
        }
        assert.ok((await memory()).modules.length > 0, "the rewriter was followed");

        const flood = Array.from({ length: 600 }, (_, id) => socketStatus(id + 1));
        platform.onSocket = (send) => flood.forEach(send);
        const social = await running.newPage();
        await social.goto("https://mastodon.social/home");
        await extension.report("mastodon.social", 0);
        const listen = () =>
          social.evaluate(
            (expected) =>
              new Promise<number>((resolve) => {
                let heard = 0;
                const socket = new WebSocket(`wss://${location.host}/api/v1/streaming`);
                socket.onmessage = () => {
                  heard += 1;
                  if (heard < expected) return;
                  socket.close();
                  resolve(heard);
                };
              }),
            flood.length,
          );
        for (let time = 0; time < WARM_UP; time++) await listen();
        const before = await memory();
        for (let time = 0; time < ROUNDS; time++) assert.equal(await listen(), flood.length);
        const after = await memory();
        assert.deepEqual(after.modules, before.modules, "a flood: bytes of the modules");
        if (before.heap !== undefined && after.heap !== undefined)
          assert.ok(
            after.heap <= before.heap + SWAY,
            `a flood: ${before.heap} to ${after.heap} bytes of heap`,
          );
      } finally {
        await running.close();
        await platform.close();
      }
    });
  });
}
