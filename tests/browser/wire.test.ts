/**
 * Answers rewritten before the page sees them: the installed extension at the platforms' own addresses. What a page can see of a
 * request is compared with what it sees of the same request on a host where Diffract does not run.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import type { Page } from "puppeteer-core";
import type { WireReport } from "../../extension/shared/wire.ts";
import { builtExtension, chosenBrowsers, launch, type Running } from "../support/browsers.ts";
import { type Extension, installExtension } from "../support/extension.ts";
import { pause, until } from "../support/wait.ts";
import { type Platform, servePlatform } from "../support/wire.ts";

const TIMELINE = "/i/api/graphql/q/UserTweets";
/** Our own words, with one promoted post (3001). */
const payload = readFileSync("crate/adapters/tests/payloads/x-profile.json", "utf8").replace(/^\ufeff/, "");
const HOST = "x.com";
/** Diffract does not run there. */
const CONTROL = "example.com";

/** Everything that a page can see of one request made by `fetch`, read in several ways. */
async function byFetch(path: string): Promise<Record<string, unknown>> {
  const seen: Record<string, unknown> = {};
  const response = await fetch(path);
  seen.head = [response.status, response.statusText, response.ok, response.type, response.redirected];
  seen.url = response.url.replace(location.host, "");
  seen.headers = [...response.headers].filter(([name]) => name !== "date");
  seen.used = response.bodyUsed;
  const clone = response.clone();
  const other = response.clone();
  const streamed = response.clone();
  const buffer = response.clone();
  const piped = response.clone();
  seen.text = await response.text();
  seen.usedThen = response.bodyUsed;
  seen.again = await response.text().catch((error: Error) => `${error.name}: ${error.message}`);
  try {
    response.clone();
  } catch (error) {
    seen.cloned = `${(error as Error).name}: ${(error as Error).message}`;
  }
  seen.json = await clone.json().catch((error: Error) => error.name);
  const blob = await other.blob();
  seen.blob = [blob.type, blob.size, await blob.text()];
  const bytes = new Uint8Array(await buffer.arrayBuffer());
  seen.buffer = new TextDecoder().decode(bytes);
  const { body } = streamed;
  seen.body = [body === streamed.body, body?.locked, Object.prototype.toString.call(body)];
  const [one, two] = (body as ReadableStream<Uint8Array>).tee();
  const read = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    let text = "";
    const reader = stream.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      text += decoder.decode(value, { stream: true });
    }
  };
  const teed = await Promise.all([read(one), read(two)]);
  seen.teed = teed;
  seen.usedByStream = streamed.bodyUsed;
  seen.piped = await new Response(piped.body?.pipeThrough(new TransformStream())).text();
  return seen;
}

/** The same by `XMLHttpRequest`, in every form. */
async function byRequest(path: string): Promise<Record<string, unknown>> {
  const seen: Record<string, unknown> = {};
  for (const type of ["", "text", "json", "arraybuffer", "blob", "document"] as const) {
    const log: unknown[] = [];
    const request = new XMLHttpRequest();
    const body = await new Promise<unknown>((resolve) => {
      const note = (event: Event) =>
        log.push([
          event.type,
          request.readyState,
          event.isTrusted,
          event.target === request,
          event.currentTarget === request,
          event.eventPhase,
          event.composedPath().length,
        ]);
      request.onreadystatechange = note;
      for (const type of ["loadstart", "load", "error", "abort", "timeout"])
        request.addEventListener(type, note);
      request.addEventListener("load", { handleEvent: note }, { once: true });
      const removed = () => log.push("removed");
      request.addEventListener("load", removed);
      request.removeEventListener("load", removed);
      request.onloadend = (event) => {
        note(event);
        resolve(request.response);
      };
      request.open("GET", path);
      request.responseType = type;
      request.send();
    });
    const said =
      body instanceof ArrayBuffer
        ? new TextDecoder().decode(body)
        : body instanceof Blob
          ? [body.type, await body.text()]
          : body instanceof Document
            ? "a document"
            : body;
    let text: unknown;
    try {
      text = request.responseText;
    } catch (error) {
      text = (error as Error).name;
    }
    seen[type] = {
      log,
      said,
      text,
      same: body === request.response,
      status: [request.status, request.statusText],
      url: request.responseURL.replace(location.host, ""),
      header: [request.getResponseHeader("x-of-the-host"), request.getResponseHeader("content-length")],
    };
  }
  const sync = new XMLHttpRequest();
  sync.open("GET", path, false);
  sync.send();
  seen.sync = [sync.readyState, sync.status];
  return seen;
}

/** Runs a function in a page; the compiler's helper for names is none of the page's. */
const inPage = <T>(page: Page, job: (path: string) => T | Promise<T>, path: string): Promise<T> =>
  page.evaluate(
    `(() => { const __name = (it) => it; return (${job})(${JSON.stringify(path)}); })()`,
  ) as Promise<T>;

for (const name of chosenBrowsers()) {
  describe(`answers before the page sees them, in ${name}`, () => {
    let platform: Platform;
    let running: Running;
    let extension: Extension;
    let page: Page;
    let control: Page;

    const open = async (host: string, path = "/home"): Promise<Page> => {
      const opened = await running.newPage();
      await opened.goto(`https://${host}${path}`);
      return opened;
    };
    const told = async (host = HOST): Promise<WireReport> => {
      const { wire } = await extension.report(host);
      if (wire === undefined) throw new Error("the page says nothing of it");
      return wire;
    };
    /** Opens the platform's page anew and waits until it is known whether answers are rewritten there. */
    const reopen = async (host = HOST): Promise<void> => {
      await page?.close();
      page = await open(host);
      await extension.report(host);
    };
    const text = (path: string): Promise<string> =>
      page.evaluate(async (address) => (await fetch(address)).text(), path);

    before(async () => {
      platform = await servePlatform();
      platform.lay(TIMELINE, { body: payload });
      running = await launch(name, { tlsPort: platform.port });
      extension = await installExtension(running, builtExtension(name, "shipped"));
      await extension.onlyMine();
      control = await open(CONTROL);
    });
    after(async () => {
      await running?.close();
      await platform?.close();
    });

    it("leaves a request as it is in everything that can be seen of it", async () => {
      await extension.setRules("");
      await reopen();
      for (const look of [byFetch, byRequest])
        assert.deepEqual(await inPage(page, look, TIMELINE), await inPage(control, look, TIMELINE));
      assert.ok((await told()).answers > 0, "answers were looked at");
    });

    it("takes out what a rule hides, and nothing else can be told from it", async () => {
      await extension.setRules("hide if promoted\n");
      await reopen();
      const short = await text(TIMELINE);
      assert.ok(!short.includes("promoted-tweet-3001") && short.length < payload.length);
      const replaced = JSON.stringify(payload).slice(1, -1);
      const instead = JSON.stringify(short).slice(1, -1);
      for (const look of [byFetch, byRequest]) {
        const rewritten = JSON.stringify(await inPage(page, look, TIMELINE));
        const plain = JSON.stringify(await inPage(control, look, TIMELINE));
        assert.ok(
          plain.includes(replaced) || plain.includes(payload.length.toString()),
          "the control shows it all",
        );
        const at = rewritten.indexOf("promoted-tweet-3001");
        assert.equal(
          at,
          -1,
          `no way of reading shows what was taken out: ${rewritten.slice(Math.max(0, at - 2000), at)}`,
        );
        assert.ok(rewritten.includes(instead), "every way of reading shows the same");
      }
      const report = await extension.report(HOST);
      assert.ok((report.wire?.taken ?? 0) > 0);
      assert.deepEqual(
        report.posts
          .filter(({ places }) => places === 0)
          .map(({ post, verdict }) => [post.id, verdict.action]),
        [["3001", "hide"]],
      );
    });

    it("reads a long answer alike in every form, characters of several bytes and all", async () => {
      // Wherever such a text is cut into slices, some cut falls into a character.
      const words = ["é", "€", "😀", "a"].map((one) => one.repeat(100_003)).join("");
      const long = payload.replace("{", `{"words":${JSON.stringify(words)},`);
      platform.lay("/i/api/graphql/q/Likes", { body: `\ufeff${long}` });
      const expected = long.length - (payload.length - (await text(TIMELINE)).length);
      const read = await inPage(
        page,
        async (path) => {
          const answer = async () => fetch(path);
          const request = (type: XMLHttpRequestResponseType): Promise<unknown> =>
            new Promise((resolve) => {
              const made = new XMLHttpRequest();
              made.open("GET", path);
              made.responseType = type;
              made.onload = () => resolve(made.response);
              made.send();
            });
          const plain = (body: unknown) => new TextDecoder().decode(body as ArrayBuffer);
          const all = [
            await (await answer()).text(),
            plain(await (await answer()).arrayBuffer()),
            plain(await (await (await answer()).blob()).arrayBuffer()),
            await new Response((await answer()).body).text(),
            await request("text"),
            plain(await request("arraybuffer")),
            plain(await (request("blob") as Promise<Blob>).then((blob) => blob.arrayBuffer())),
          ];
          const values = [await (await answer()).json(), await request("json"), JSON.parse(all[0] as string)];
          return {
            texts: all.map((one) => one === all[0]),
            values: values.map((one) => JSON.stringify(one) === JSON.stringify(values[2])),
            length: (all[0] as string).length,
            words: (values[2] as { words: string }).words.length,
            promoted: (all[0] as string).includes("promoted-tweet-3001"),
            broken: (all[0] as string).includes("\ufffd"),
          };
        },
        "/i/api/graphql/q/Likes",
      );
      assert.deepEqual(read, {
        texts: Array(7).fill(true),
        values: [true, true, true],
        length: expected,
        words: words.length,
        promoted: false,
        broken: false,
      });
    });

    it("shows a post that the reader wants to see all the same", async () => {
      await extension.ask(HOST, { type: "show", id: "3001", shown: true });
      await until("the post to come through", async () => (await text(TIMELINE)) === payload);
      await extension.ask(HOST, { type: "show", id: "3001", shown: false });
      await until("the rule to be obeyed again", async () => (await text(TIMELINE)) !== payload);
    });

    it("does nothing where it is switched off or paused, and begins again when it is switched on", async () => {
      for (const type of ["set-wire", "set-site"] as const) {
        await extension.request({ type, host: HOST, on: false });
        await until("the open page to be left alone", async () => (await text(TIMELINE)) === payload);
        await reopen();
        assert.equal(await text(TIMELINE), payload);
        await extension.request({ type, host: HOST, on: true });
        await reopen();
        await until("it to work again", async () => (await text(TIMELINE)) !== payload);
      }
    });

    for (const [what, body, headers, why] of [
      ["truncated JSON", payload.slice(0, 3000), {}, "unreadable"],
      ["a page where JSON was expected", "<!doctype html><p>Sorry", {}, "unreadable"],
      ["bytes that are no text", Buffer.from([0xff, 0xfe, 0x00, 0x7b, 0x80]), {}, "unreadable"],
    ] as const) {
      it(`hands on ${what} as it came, and counts it`, async () => {
        platform.lay("/i/api/graphql/q/Likes", { body, headers });
        const before = (await told()).passed[why] ?? 0;
        const read = (where: Page) =>
          where.evaluate(
            async (path) => [...new Uint8Array(await (await fetch(path)).arrayBuffer())],
            "/i/api/graphql/q/Likes",
          );
        assert.deepEqual(await read(page), [...Buffer.from(body)]);
        await until("it to be counted", async () => ((await told()).passed[why] ?? 0) > before);
      });
    }

    it("hands on what is over 20 MB as it came, and counts it", async () => {
      const size = 21 << 20;
      const big = Buffer.alloc(size, 32);
      big.write(payload, 0);
      platform.lay("/i/api/graphql/q/UserMedia", (response) => {
        // Without a length beforehand.
        response.writeHead(200, { "content-type": "application/json" });
        response.end(big);
      });
      const found = await page.evaluate(async (path) => {
        const bytes = new Uint8Array(await (await fetch(path)).arrayBuffer());
        const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
        return [bytes.length, [...digest].join()];
      }, "/i/api/graphql/q/UserMedia");
      const { createHash } = await import("node:crypto");
      assert.deepEqual(found, [size, [...createHash("sha256").update(big).digest()].join()]);
      await until("it to be counted", async () => ((await told()).passed.large ?? 0) > 0);
    });

    for (const [what, before] of [
      ["a byte-order mark", "\ufeff"],
      ["for (;;);", "for (;;);"],
    ] as const) {
      it(`reads past ${what}, and keeps it`, async () => {
        const body = before + payload;
        platform.lay("/i/api/graphql/q/Likes", { body });
        const read = await page.evaluate(
          async (path) => [...new Uint8Array(await (await fetch(path)).arrayBuffer())],
          "/i/api/graphql/q/Likes",
        );
        const now = Buffer.from(read).toString();
        assert.ok(now.startsWith(before) && !now.includes("promoted-tweet-3001"));
      });
    }

    it("reads compressed answers; of one that is cut short the page gets the host's own error", async () => {
      const whole = gzipSync(payload);
      platform.lay("/i/api/graphql/q/Likes", { body: whole, headers: { "content-encoding": "gzip" } });
      assert.ok(!(await text("/i/api/graphql/q/Likes")).includes("promoted-tweet-3001"));
      platform.lay("/i/api/graphql/q/Likes", (response) => {
        response.writeHead(200, {
          "content-type": "application/json",
          "content-encoding": "gzip",
          "content-length": whole.length,
        });
        response.write(whole.subarray(0, 400));
        setTimeout(() => response.destroy(), 50);
      });
      const fails = (where: Page) =>
        inPage(
          where,
          async (path) => {
            const words = (error: Error) => `${error.name}: ${error.message}`;
            const read = async (by: (response: Response) => Promise<unknown>) => {
              try {
                return await by(await fetch(path)).then(() => "read", words);
              } catch (error) {
                return words(error as Error);
              }
            };
            const log: unknown[] = [];
            await new Promise<void>((resolve) => {
              const request = new XMLHttpRequest();
              for (const type of ["readystatechange", "load", "error", "loadend"])
                request.addEventListener(type, () =>
                  log.push([type, request.readyState, request.status, request.responseText.length]),
                );
              request.addEventListener("loadend", () => resolve());
              request.open("GET", path);
              request.send();
            });
            return [
              await read((response) => response.text()),
              await read((response) => response.json()),
              await read((response) => new Response(response.body).text()),
              log.filter((one) => (one as [string, number])[1] === 4),
            ];
          },
          "/i/api/graphql/q/Likes",
        );
      // Firefox's filter says nothing of a body that ends too soon: to it that is one that cannot be read.
      const counted = async () => {
        const { cut = 0, unreadable = 0 } = (await told()).passed;
        return cut + unreadable;
      };
      const before = await counted();
      assert.deepEqual(await fails(page), await fails(control));
      await until("each to be counted", async () => (await counted()) >= before + 4);
    });

    it("hands on an answer that holds a post twice as it came, and counts it; a rule takes out both", async () => {
      const root = JSON.parse(payload) as unknown;
      const find = (node: unknown): unknown[] | undefined => {
        if (typeof node !== "object" || node === null) return undefined;
        if ("entries" in node && Array.isArray(node.entries)) return node.entries;
        for (const value of Object.values(node)) {
          const found = find(value);
          if (found !== undefined) return found;
        }
        return undefined;
      };
      const entries = find(root) ?? [];
      const ad = entries.find((entry) => JSON.stringify(entry).includes("promoted-tweet-3001"));
      entries.push(ad);
      const body = JSON.stringify(root);
      platform.lay("/i/api/graphql/q/Likes", { body });
      const { repeated } = await told();
      await extension.setRules("");
      assert.equal(await text("/i/api/graphql/q/Likes"), body);
      await until("it to be counted", async () => (await told()).repeated > repeated);
      await extension.setRules("hide if promoted\n");
      assert.ok(!(await text("/i/api/graphql/q/Likes")).includes("promoted-tweet-3001"));
    });

    it("lets a page give up on a request", async () => {
      platform.lay("/i/api/graphql/q/Likes", (response) => {
        response.writeHead(200, { "content-type": "application/json" });
        response.write(payload.slice(0, 1000));
      });
      const aborted = (where: Page) =>
        where.evaluate(async (path) => {
          const control = new AbortController();
          const response = await fetch(path, { signal: control.signal });
          setTimeout(() => control.abort(), 50);
          const byFetch = await response.text().catch((error: Error) => error.name);
          const log: Array<[string, number]> = [];
          await new Promise<void>((resolve) => {
            const request = new XMLHttpRequest();
            for (const type of ["readystatechange", "load", "abort", "loadend"])
              request.addEventListener(type, () => log.push([type, request.readyState]));
            request.open("GET", path);
            request.onreadystatechange = () => {
              if (request.readyState === 2) setTimeout(() => request.abort(), 50);
            };
            request.onloadend = () => setTimeout(resolve, 100);
            request.send();
          });
          return [byFetch, log.filter(([, state]) => state !== 3)];
        }, "/i/api/graphql/q/Likes");
      assert.deepEqual(await aborted(page), await aborted(control));
    });

    it("withholds messages of a socket that a rule hides, keeps the others in line, and passes a flood on", async () => {
      await extension.setRules('hide if text has "kettle"\n');
      const status = (id: number, text: string) =>
        JSON.stringify({
          id: String(id),
          created_at: "2026-03-01T08:00:00.000Z",
          url: `https://mastodon.social/@ada/${id}`,
          content: `<p>${text}</p>`,
          account: { id: "1", acct: "ada", username: "ada", display_name: "Ada" },
          media_attachments: [],
        });
      const message = (id: number, text: string) =>
        JSON.stringify({ stream: ["user"], event: "update", payload: status(id, text) });
      const few = ["tea", "a kettle", "pots", "another kettle", "cups"].map((text, id) =>
        message(id + 1, text),
      );
      const flood = Array.from({ length: 1000 }, (_, id) => message(id + 1, "tea"));
      platform.onSocket = (send, path) => {
        for (const one of path.endsWith("/public") ? flood : [...few, "no JSON", ""]) send(one);
      };
      await reopen("mastodon.social");
      const listen = (where: Page, path: string, count: number) =>
        where.evaluate(
          (address, expected) =>
            new Promise<unknown[]>((resolve) => {
              const heard: unknown[] = [];
              const socket = new WebSocket(`wss://${location.host}${address}`);
              socket.onmessage = (event) => heard.push(event.data);
              socket.addEventListener("message", (event) => {
                heard[heard.length - 1] = [
                  event.data,
                  event.isTrusted,
                  event.currentTarget === socket,
                  event.origin,
                ];
                if (heard.length === expected) setTimeout(() => resolve(heard), 200);
              });
            }),
          path,
          count,
        );
      const all = [...few, "no JSON", ""];
      const left = all.filter((one) => !one.includes("kettle"));
      assert.deepEqual(
        await listen(page, "/api/v1/streaming", left.length),
        left.map((one) => [one, true, true, "wss://mastodon.social"]),
      );
      const { wire, posts } = await extension.report("mastodon.social");
      assert.equal(wire?.taken, 2);
      assert.deepEqual(posts.map(({ post }) => post.id).sort(), ["2", "4"]);
      const all1000 = await listen(page, "/api/v1/streaming/public", flood.length);
      assert.deepEqual(
        all1000.map((heard) => (heard as unknown[])[0]),
        flood,
        "every message as it was sent, in its place",
      );
      await until(
        "the flood to be counted",
        async () => ((await told("mastodon.social")).passed.flood ?? 0) > 0,
      );
    });

    it("reads streams of events, and hands on what is none of its business", async () => {
      await reopen("mastodon.social");
      platform.lay("/api/v1/streaming/user", (response) => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        const status = (id: number, text: string) =>
          JSON.stringify({
            id: String(id),
            created_at: "2026-03-01T08:00:00.000Z",
            url: `https://mastodon.social/@ada/${id}`,
            content: `<p>${text}</p>`,
            account: { id: "1", acct: "ada", username: "ada", display_name: "Ada" },
            media_attachments: [],
          });
        response.write(
          `event: update\ndata: ${status(7, "tea")}\n\nevent: update\ndata: ${status(8, "a kettle")}\n\n`,
        );
        response.write(`event: delete\ndata: 7\n\nevent: update\ndata: ${status(9, "cups")}\n\n`);
      });
      const heard = await page.evaluate(
        () =>
          new Promise<unknown[]>((resolve) => {
            const log: unknown[] = [];
            const source = new EventSource("/api/v1/streaming/user");
            for (const type of ["update", "delete"])
              source.addEventListener(type, (event) => {
                log.push([
                  event.type,
                  (JSON.parse(event.data) as { id?: string }).id ?? event.data,
                  event.isTrusted,
                ]);
                if (log.length === 3) {
                  source.close();
                  setTimeout(() => resolve(log), 100);
                }
              });
          }),
      );
      assert.deepEqual(heard, [
        ["update", "7", true],
        ["delete", "7", true],
        ["update", "9", true],
      ]);
    });

    it("says of a post in the answer what it says of the same post in the page", async () => {
      const rules = [
        "hide if promoted",
        'hide if text has "tea"',
        'hide if author is "ada_tea"',
        "hide if kind is post and not promoted",
      ];
      // A page that draws what it is sent, as the platform's own does, from the same answer.
      platform.page =
        '<!doctype html><title>A feed</title><body><main role="main"><div data-testid="primaryColumn"></div></main></body>';
      const draw = (where: Page) =>
        inPage(
          where,
          async (path) => {
            const find = (node: unknown): Array<Record<string, never>> => {
              if (typeof node !== "object" || node === null) return [];
              const own = node as Record<string, never>;
              return "tweet_results" in own ? [own] : Object.values(own).flatMap(find);
            };
            const column = document.querySelector("[data-testid=primaryColumn]") as HTMLElement;
            const add = (
              to: HTMLElement,
              tag: string,
              attributes: Record<string, string>,
              text = "",
            ): HTMLElement => {
              const made = document.createElement(tag);
              for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
              made.textContent = text;
              to.append(made);
              return made;
            };
            for (const item of find(await (await fetch(path)).json())) {
              const found = item as unknown as {
                promotedMetadata?: unknown;
                tweet_results: {
                  result: {
                    rest_id: string;
                    core: { user_results: { result: { core: { name: string; screen_name: string } } } };
                    legacy: { full_text: string };
                  };
                };
              };
              const { rest_id, core, legacy } = found.tweet_results.result;
              const { name, screen_name } = core.user_results.result.core;
              const cell = add(column, "div", { "data-testid": "cellInnerDiv" });
              const outer = found.promotedMetadata
                ? add(cell, "div", { "data-testid": "placementTracking" })
                : cell;
              const article = add(outer, "article", { "data-testid": "tweet", role: "article" });
              const user = add(article, "div", { "data-testid": "User-Name" });
              add(user, "a", { href: `/${screen_name}`, role: "link" }, name);
              add(user, "a", { href: `/${screen_name}`, role: "link" }, `@${screen_name}`);
              const link = add(user, "a", { href: `/${screen_name}/status/${rest_id}`, role: "link" });
              if (!found.promotedMetadata)
                add(link, "time", { datetime: "2026-08-06T21:12:23.000Z" }, "Aug 6");
              add(article, "div", { "data-testid": "tweetText" }, legacy.full_text);
              if (found.promotedMetadata) add(article, "span", {}, "Ad");
            }
          },
          TIMELINE,
        );
      for (const rule of rules) {
        await extension.setRules(`${rule}\n`);
        const verdicts: Array<Record<string, string>> = [];
        for (const on of [true, false]) {
          await extension.request({ type: "set-wire", host: HOST, on });
          await reopen();
          await draw(page);
          const expected = [...payload.matchAll(/"tweet_results"/g)].length;
          const report = await until("every post to be judged", async () => {
            const told = await extension.report(HOST);
            return told.posts.length >= expected ? told : null;
          });
          verdicts.push(
            Object.fromEntries(report.posts.map(({ post, verdict }) => [post.id, verdict.action]).sort()),
          );
        }
        assert.deepEqual(verdicts[0], verdicts[1], rule);
      }
    });
  });
}

// In Chromium the page itself speaks to the background about each answer, and wakes it.
if (chosenBrowsers().includes("firefox"))
  it("in Firefox a page hears of what was taken out by a background that had slept", async () => {
    const platform = await servePlatform();
    platform.lay(TIMELINE, { body: payload });
    const running = await launch("firefox", {
      tlsPort: platform.port,
      preferences: { "extensions.background.idle.timeout": 2000 },
    });
    try {
      const extension = await installExtension(running, builtExtension("firefox", "shipped"));
      await extension.onlyMine();
      await extension.setRules("hide if promoted\n");
      const page = await running.newPage();
      await page.goto(`https://${HOST}/home`);
      await extension.report(HOST);
      const taken = async () => (await extension.report(HOST, 0)).wire?.taken ?? 0;
      const read = () => page.evaluate(async (address) => (await fetch(address)).text(), TIMELINE);
      await read();
      await until("it to be told", async () => (await taken()) === 1);
      await pause(6000);
      assert.ok(!(await read()).includes("promoted-tweet-3001"));
      await until("it to be told again", async () => (await taken()) === 2);
    } finally {
      await running.close();
      await platform.close();
    }
  });
