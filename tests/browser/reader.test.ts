/** The reader and "before and after" in the installed extension, over two platforms at their own addresses in two tabs. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import type { Page } from "puppeteer-core";
import { builtExtension, chosenBrowsers, launch, type Running } from "../support/browsers.ts";
import { type Extension, installExtension, openOwnPage } from "../support/extension.ts";
import { serveTls, type TlsServer } from "../support/tls.ts";
import { until } from "../support/wait.ts";

/** Miniature pages in our own words, by host. */
const SITES: Record<string, string> = {
  "x.com": "tests/extract/dom/x.html",
  "old.reddit.com": "tests/extract/dom/old-reddit.html",
};

/** One pixel, which every browser draws. */
const PICTURE = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

for (const name of chosenBrowsers()) {
  describe(`the reader, in ${name}`, () => {
    let server: TlsServer;
    let running: Running;
    let extension: Extension;
    let reader: Page;
    const tabs: Page[] = [];
    /** Addresses of pictures that the server was asked for. */
    const pictures: string[] = [];
    before(async () => {
      server = await serveTls(Object.keys(SITES), (request, response) => {
        if (request.url?.startsWith("/picture")) {
          pictures.push(request.url);
          response.writeHead(200, { "content-type": "image/gif", "cache-control": "no-store" });
          response.end(PICTURE);
          return;
        }
        const file = SITES[(request.headers.host ?? "").replace(/:\d+$/u, "")];
        const isPage = file !== undefined && request.headers["sec-fetch-dest"] === "document";
        response.writeHead(isPage ? 200 : 404, { "content-type": "text/html; charset=utf-8" });
        response.end(isPage ? readFileSync(file) : "");
      });
      running = await launch(name, { tlsPort: server.port });
      extension = await installExtension(running, builtExtension(name, "demo"));
      await extension.onlyMine();
      await extension.setRules("hide if promoted\norder by likes\n");
      for (const address of ["https://x.com/home", "https://old.reddit.com/"]) {
        const page = await running.newPage();
        await page.goto(address, { waitUntil: "domcontentloaded" });
        await page.bringToFront();
        const { host } = new URL(address);
        await until(`posts of ${host}`, async () => (await extension.report(host, 0)).seen >= 3);
        tabs.push(page);
      }
      reader = await openOwnPage(running, extension.installed, "reader.html");
      await reader.bringToFront();
    });
    after(async () => {
      await running?.close();
      await server?.close();
    });

    /** What stands in the feed, by the posts' names. */
    const feed = () =>
      reader.evaluate(() =>
        [...document.querySelectorAll(".feed article")].map(
          (one) => one.getAttribute("data-name") ?? one.textContent,
        ),
      );
    const says = (page: Page, words: string) =>
      until(`the page to say “${words}”`, () =>
        page.evaluate((wanted) => document.body.innerText.replace(/\s+/gu, " ").includes(wanted), words),
      );
    const FIRST = ["x 1000000000000000001", "old-reddit t3_o1", "old-reddit t3_o3"];

    it("has the posts of both tabs in the reader's order, without what is hidden, answers folded", async () => {
      await until("six posts to be gathered", async () => (await feed()).length === 3);
      assert.deepEqual(await feed(), FIRST);
      await says(reader, "3 posts. The most liked first, then the newest first.");
      await says(reader, "Show 3 hidden posts");
      await says(reader, "1 answer");
      assert.doesNotMatch(await reader.evaluate(() => document.body.innerText), /Fast ink/u);
    });

    it("asks nobody for anything", async () => {
      const asked = await reader.evaluate(() =>
        performance.getEntriesByType("resource").map(({ name: address }) => new URL(address).protocol),
      );
      assert.ok(
        asked.every((protocol) => /^(?:chrome|moz)-extension:$/u.test(protocol)),
        asked.join(),
      );
      const load = (page: Page, address: string) =>
        page.evaluate(async (wanted) => {
          const image = new Image();
          const settled = new Promise<string>((resolve) => {
            image.onload = () => resolve("loaded");
            image.onerror = () => resolve("refused");
          });
          image.src = wanted;
          document.body.append(image);
          const outcome = await settled;
          image.remove();
          return outcome;
        }, address);
      // The picture is there for whoever may ask: the page may, the reader may not.
      assert.equal(await load(tabs[0] as Page, "https://x.com/picture?page"), "loaded");
      assert.equal(await load(reader, "https://x.com/picture?reader"), "refused");
      assert.deepEqual(pictures, ["/picture?page"]);
    });

    it("obeys rules that change, at once", async () => {
      await extension.setRules("hide if promoted\norder by oldest\n");
      await says(reader, "The oldest first.");
      await extension.setRules('hide if promoted or author is "quill"\norder by likes\n');
      await until("what is hidden now to go", async () => !(await feed()).includes(FIRST[0] ?? ""));
      // What answered it stands for itself.
      assert.ok((await feed()).includes("x 1000000000000000003"));
      await extension.setRules("hide if promoted\norder by likes\n");
      await until("the first order again", async () => (await feed()).join() === FIRST.join());
    });

    it("says that something is new, and shows it when asked", async () => {
      await tabs[0]?.bringToFront();
      await tabs[0]?.evaluate(() => {
        const articles = [...document.querySelectorAll("article")];
        const copy = articles[0]?.cloneNode(true) as HTMLElement;
        for (const link of copy.querySelectorAll("a"))
          link.setAttribute(
            "href",
            (link.getAttribute("href") ?? "").replace(/\d{15,}/u, "1000000000000000077"),
          );
        articles.at(-1)?.after(copy);
      });
      await until("the page to see it", async () => (await extension.report("x.com", 0)).seen >= 5);
      await reader.bringToFront();
      const before = await feed();
      await until("news", () => reader.evaluate(() => document.querySelector(".news") !== null));
      assert.deepEqual(await feed(), before, "nothing moves before it is asked for");
      await reader.evaluate(() => document.querySelector<HTMLElement>(".news")?.click());
      await until("the new post", async () => (await feed()).includes("x 1000000000000000077"));
    });

    it("ends where a limit says so, with what was read today", async () => {
      await extension.setRules('hide if promoted\nlimit 1 per day then "Enough for today."\n');
      await says(reader, "Enough for today.");
      await until("all but one to go", async () => (await feed()).length === 1);
      await extension.setRules("hide if promoted\norder by likes\n");
      await until("them to come back", async () => (await feed()).length >= 3);
    });

    it("leaves out a site that is paused", async () => {
      await extension.request({ type: "set-site", host: "old.reddit.com", on: false });
      await until(
        "its posts to go",
        async () => !(await feed()).some((one) => one?.startsWith("old-reddit")),
      );
      await extension.request({ type: "set-site", host: "old.reddit.com", on: true });
      await until("its posts to come back", async () => (await feed()).includes("old-reddit t3_o1"));
    });

    it("before and after: the host's order beside the rules', what went and why", async () => {
      // The page lies in the background, where everything takes its time: what rules of before said is not what it says.
      await extension.setRules("hide if kind is post\n");
      await until("the page to obey", async () => (await extension.report("x.com")).actions.hide === 5);
      await extension.setRules("hide if promoted\norder by likes\n");
      const tab = (await extension.reports(0)).find(({ report }) => report.host === "x.com")?.tab;
      const page = await openOwnPage(running, extension.installed, `compare.html#${tab}`);
      await page.bringToFront();
      await says(page, "taken out");
      const rows = await page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>(".before .row")].map((row) =>
          row.innerText.replace(/\s+/gu, " "),
        ),
      );
      assert.match(rows[0] ?? "", /quill|Quill/u);
      assert.equal(rows.filter((row) => /Taken out: the site marks it as an ad/u.test(row)).length, 2);
      const lines = await page.evaluate(() =>
        [...document.querySelectorAll(".lines path")].map((one) => one.getAttribute("class")),
      );
      assert.equal(lines.length, rows.length);
      assert.equal(lines.filter((one) => one === "out").length, 2);
      await page.close();
      assert.deepEqual((await extension.state()).troubles, []);
    });
  });
}
