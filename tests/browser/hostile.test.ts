/**
 * Pages that work against the shell, knowingly or not: ids given twice, marks and sheets taken away, bars thrown out,
 * broken text. Tiny pages on the host name of a shipped adapter.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Page } from "puppeteer-core";
import { builtExtension, chosenBrowsers, launch, type Running } from "../support/browsers.ts";
import { type Extension, installExtension } from "../support/extension.ts";
import { serveTls, type TlsServer } from "../support/tls.ts";
import { until } from "../support/wait.ts";

const HOST = "old.reddit.com";
/** Its adapter selects more than it veils: the style sheet alone does not cover every item. */
const NARROW = "www.youtube.com";
const RULES =
  'hide if text has "zap"\nhide if author is "bad"\ncollapse if text has "fold"\nlabel "seen" if text has "mark"\n';

/** A post as this site's markup has it. */
const post = (id: string, words: string, more = ""): string =>
  `<div class="thing link" data-fullname="t3_${id}" data-author="x" data-type="link" ${more}>` +
  `<p><a class="title" href="/r/a/comments/${id}">${words}</a></p></div>`;
const feed = (posts: string, script = ""): string =>
  `<!doctype html><meta charset="utf-8"><body class="listing-page"><style>#loud { display: block !important }</style>` +
  `<div id="siteTable">${posts}</div><p>tail</p><script>${script}</script></body>`;

/** Throws out whatever is put into the page that is none of its own; counts how often. */
const THROW_OUT = `window.thrown = 0;
new MutationObserver((records) => {
  for (const { addedNodes } of records) for (const node of addedNodes)
    if (node.nodeType === 1 && node.getAttributeNames().some((name) => /^data-[a-z]{9}$/.test(name))) {
      window.thrown++;
      node.remove();
    }
}).observe(document, { childList: true, subtree: true });`;
/** Makes another post of one whenever anything marks it, for ever. */
const ANSWER_BACK = `window.answers = 0;
const one = document.querySelector(".thing");
new MutationObserver((records) => {
  if (!records.some(({ attributeName }) => /^data-[a-z]{8}$/.test(attributeName) && attributeName !== "data-fullname"))
    return;
  window.answers++;
  one.dataset.fullname = one.dataset.fullname === "t3_c1" ? "t3_c2" : "t3_c1";
}).observe(one, { attributes: true });`;

const PAGES: Record<string, string> = {
  twice: feed(
    post("a1", "zap one", 'data-score="1"') +
      post("a1", "zap one", 'data-score="2"') +
      post("a1", "other words") +
      post("a2", "fine"),
  ),
  throws: feed(post("b1", "fold one") + post("b2", "mark two") + post("b3", "fine"), THROW_OUT),
  answers: feed(post("c1", "zap one") + post("c3", "fine"), ANSWER_BACK),
  plain: feed(post("d1", "zap one") + post("d2", "fine") + post("d3", "zap three", 'id="loud"')),
  broken: feed(
    post("e1", "zap alone") + post("e2", `half \u00bb<i></i>`) + post("e3", "zap two") + post("e4", "fine"),
    // A half of a character cannot be sent over a network; a script can make one.
    `document.querySelectorAll("a.title")[1].firstChild.data = "half \\ud83d";
     document.querySelectorAll(".thing")[1].dataset.author = "\\ude00x";`,
  ),
  empty: feed(""),
  recycled: feed(post("h1", "fine") + post("h2", "good")),
};

/** By id and place, whether each post can be seen. */
const SEEN = `[...document.querySelectorAll(".thing")].map((e) => {
  const { display, opacity } = getComputedStyle(e);
  return (e.dataset.fullname ?? "").slice(3) + (display !== "none" && Number(opacity) > 0 ? " shows" : " is hidden");
})`;

for (const name of chosenBrowsers()) {
  describe(`pages that work against the shell, in ${name}`, () => {
    let server: TlsServer;
    let running: Running;
    let extension: Extension;
    before(async () => {
      server = await serveTls([HOST, NARROW], (request, response) => {
        const html = PAGES[new URL(request.url ?? "", "https://x").pathname.slice(1)];
        response.writeHead(html === undefined ? 404 : 200, { "content-type": "text/html; charset=utf-8" });
        response.end(html);
      });
      running = await launch(name, { tlsPort: server.port });
      extension = await installExtension(running, builtExtension(name, "shipped"));
      await extension.onlyMine();
      await extension.setRules(RULES);
    });
    after(async () => {
      await running?.close();
      await server?.close();
    });

    const open = async (path: string): Promise<Page> => {
      const page = await running.newPage();
      await page.goto(`https://${HOST}/${path}`, { waitUntil: "domcontentloaded" });
      await page.bringToFront();
      return page;
    };
    const expectSeen = async (page: Page, wanted: string[]): Promise<void> => {
      let seen: unknown;
      await until(`${wanted.join(", ")}`, async () => {
        seen = await page.evaluate(SEEN);
        return JSON.stringify(seen) === JSON.stringify(wanted);
      }).catch((error: Error) => assert.deepEqual(seen, wanted, error.message));
    };

    it("judges every element that holds an id, whatever else holds it", async () => {
      const page = await open("twice");
      await expectSeen(page, ["a1 is hidden", "a1 is hidden", "a1 shows", "a2 shows"]);
      const { posts } = await extension.report(HOST);
      assert.deepEqual(Object.fromEntries(posts.map(({ post, places }) => [post.id, places])), {
        t3_a1: 3,
        t3_a2: 1,
      });
      await page.close();
    });

    it("leaves a page alive that throws its lines and labels out, and the post stays gone", async () => {
      const page = await open("throws");
      await expectSeen(page, ["b1 is hidden", "b2 shows", "b3 shows"]);
      const thrown = await page.evaluate("window.thrown");
      assert.ok(typeof thrown === "number" && thrown > 1 && thrown < 40, `thrown out ${thrown} times`);
      await page.close();
    });

    it("leaves a page alive that answers every mark with another post", async () => {
      const page = await open("answers");
      await until("the page to answer", () => page.evaluate("window.answers > 3"));
      assert.equal(await page.evaluate("1 + 1"), 2);
      await page.close();
    });

    it("is not undone by a page that takes marks and sheets away, in the frame in which it does so", async () => {
      const page = await open("plain");
      const wanted = ["d1 is hidden", "d2 shows", "d3 is hidden"];
      await expectSeen(page, wanted);
      const stripped = await page.evaluate(`(async () => {
        for (const e of document.querySelectorAll(".thing"))
          for (const n of e.getAttributeNames()) if (/^data-[a-z]{8}$/.test(n) && n !== "data-fullname") e.removeAttribute(n);
        await null;
        await new Promise(requestAnimationFrame);
        return ${SEEN};
      })()`);
      assert.deepEqual(stripped, wanted);
      await page.evaluate(`document.adoptedStyleSheets = [];
        for (const style of document.querySelectorAll("html > style")) style.disabled = true;`);
      await expectSeen(page, wanted);
      await page.evaluate(`for (const sheet of document.adoptedStyleSheets) sheet.replaceSync("");`);
      await expectSeen(page, wanted);
      await page.close();
    });

    it("sees an edit of who wrote a post before it is painted", async () => {
      const page = await open("plain");
      await expectSeen(page, ["d1 is hidden", "d2 shows", "d3 is hidden"]);
      const frames = await page.evaluate(`(async () => {
        const e = document.querySelectorAll(".thing")[1];
        e.dataset.author = "bad";
        const looks = [];
        for (let i = 0; i < 5; i++) {
          await new Promise(requestAnimationFrame);
          looks.push(getComputedStyle(e).display !== "none" && Number(getComputedStyle(e).opacity) > 0);
        }
        return looks;
      })()`);
      assert.deepEqual(frames, [false, false, false, false, false]);
      await page.close();
    });

    it("never paints an item that the style sheet does not cover by itself", async () => {
      const page = await running.newPage();
      await page.goto(`https://${NARROW}/empty`, { waitUntil: "domcontentloaded" });
      await page.bringToFront();
      await extension.report(NARROW, 0);
      const frames = await page.evaluate(`(async () => {
        await new Promise(requestAnimationFrame);
        const e = document.createElement("ytd-playlist-video-renderer");
        e.style.display = "block";
        e.innerHTML = '<a id="video-title" href="/watch?v=aaaaaaaaaaa" title="zap">zap</a>';
        document.body.append(e);
        const looks = [];
        for (let i = 0; i < 30 && looks.at(-1) !== "gone"; i++) {
          await new Promise(requestAnimationFrame);
          const { display, opacity } = getComputedStyle(e);
          looks.push(display === "none" ? "gone" : Number(opacity) > 0 ? "seen" : "covered");
        }
        return looks;
      })()`);
      assert.ok(Array.isArray(frames) && !frames.includes("seen"), String(frames));
      await until("it to be hidden", () =>
        page.evaluate(
          `getComputedStyle(document.querySelector("ytd-playlist-video-renderer")).display === "none"`,
        ),
      );
      await page.close();
    });

    it("reads text that holds half a character, and judges its neighbours", async () => {
      const page = await open("broken");
      await expectSeen(page, ["e1 is hidden", "e2 shows", "e3 is hidden", "e4 shows"]);
      assert.deepEqual((await extension.report(HOST, 0)).troubles, []);
      await page.close();
    });

    it("finds posts in a shadow root that a plain element is given later", async () => {
      const page = await open("empty");
      await page.evaluate(`(() => {
        const add = (host) => { host.attachShadow({ mode: "open" }).innerHTML = ${JSON.stringify(post("f1", "zap shadow"))}; };
        const empty = document.body.appendChild(document.createElement("div"));
        const full = document.body.appendChild(document.createElement("section"));
        full.append("words of its own");
        window.hosts = [empty, full];
        setTimeout(() => window.hosts.forEach(add), 300);
      })()`);
      await until("the posts in them to be hidden", () =>
        page.evaluate(`window.hosts.every(({ shadowRoot }) => {
          const e = shadowRoot?.querySelector(".thing");
          return e && getComputedStyle(e).display === "none";
        })`),
      );
      await page.close();
    });

    it("veils posts in shadow roots of plain elements with content before they are painted", async () => {
      const page = await open("empty");
      const looks = await page.evaluate(`(async () => {
        const hosts = ["section", "p", "nav", "header", "h1"].map((name) => {
          const host = document.createElement(name);
          host.append("\\n");
          host.attachShadow({ mode: "open" }).innerHTML = ${JSON.stringify(post("g1", "zap shadow"))};
          return host;
        });
        const around = document.createElement("div");
        around.append(...hosts);
        document.body.append(around);
        for (let i = 0; i < 5; i++) await null;
        // Covered, or decided already: either way no frame shows it.
        const shows = (thing) => thing.checkVisibility({ opacityProperty: true });
        return hosts.map(({ shadowRoot }) => shows(shadowRoot.querySelector(".thing")));
      })()`);
      assert.deepEqual(looks, [false, false, false, false, false]);
      await page.close();
    });

    it("veils a post that comes after many others in the same place at once", async () => {
      const page = await open("recycled");
      await expectSeen(page, ["h1 shows", "h2 shows"]);
      const look = await page.evaluate(`(async () => {
        const one = document.querySelector(".thing");
        const hold = async (id, words) => {
          one.dataset.fullname = "t3_" + id;
          one.querySelector("a").textContent = words;
          for (let i = 0; i < 5; i++) await null;
        };
        for (let i = 0; i < 10; i++) await hold(i % 2 ? "h1" : "h2", i % 2 ? "fine" : "good");
        await hold("h3", "zap three");
        return one.checkVisibility({ opacityProperty: true });
      })()`);
      assert.equal(look, false);
      await expectSeen(page, ["h3 is hidden", "h2 shows"]);
      await page.close();
    });

    it("remembers over a pause what the reader asked to see", async () => {
      const page = await open("plain");
      await expectSeen(page, ["d1 is hidden", "d2 shows", "d3 is hidden"]);
      const shown = ["d1 shows", "d2 shows", "d3 is hidden"];
      await extension.ask(HOST, { type: "show", id: "t3_d1", shown: true });
      await expectSeen(page, shown);
      await extension.request({ type: "set-site", host: HOST, on: false });
      await expectSeen(page, ["d1 shows", "d2 shows", "d3 shows"]);
      await extension.request({ type: "set-site", host: HOST, on: true });
      await expectSeen(page, shown);
      await extension.ask(HOST, { type: "show", id: "t3_d1", shown: false });
      await page.close();
    });
  });
}
