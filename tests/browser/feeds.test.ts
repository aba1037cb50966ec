/** What the reader chooses for a site's own feeds: its newest-first timeline kept chosen, and posts shown once. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Page } from "puppeteer-core";
import { builtExtension, chosenBrowsers, launch, type Running } from "../support/browsers.ts";
import { type Extension, installExtension } from "../support/extension.ts";
import { until } from "../support/wait.ts";
import { type Platform, servePlatform } from "../support/wire.ts";

const TIMELINE = "/i/api/graphql/q/HomeTimeline";

/** X's two tabs, as its page has them: one is chosen by a click, and the page may choose for itself. */
const TABS = `<!doctype html><title>A feed</title><body><main role="main"><div data-testid="primaryColumn"><div role="tablist">
<div role="presentation"><div role="tab" aria-selected="true">For you</div></div>
<div role="presentation"><div role="tab" aria-selected="false">Following</div></div>
</div></div></main><script nonce="{nonce}">
const tabs = [...document.querySelectorAll("[role=tab]")];
window.clicks = 0;
window.choose = (wanted) => tabs.forEach((tab, at) => tab.setAttribute("aria-selected", String(at === wanted)));
tabs.forEach((tab, at) => tab.addEventListener("click", () => { window.clicks++; if (!window.stubborn) choose(at); }));
</script></body>`;

/** A page of a timeline of X with these posts, and the cursor of the next. */
const timeline = (ids: readonly string[]): string =>
  JSON.stringify({
    data: {
      home: {
        home_timeline_urt: {
          instructions: [
            {
              type: "TimelineAddEntries",
              entries: [
                ...ids.map((id, at) => ({
                  entryId: `tweet-${id}`,
                  sortIndex: String(9000 - at),
                  content: {
                    entryType: "TimelineTimelineItem",
                    itemContent: {
                      itemType: "TimelineTweet",
                      tweet_results: {
                        result: {
                          __typename: "Tweet",
                          rest_id: id,
                          core: {
                            user_results: {
                              result: { rest_id: "7", core: { screen_name: "ada", name: "Ada" } },
                            },
                          },
                          legacy: { full_text: `Post ${id}`, id_str: id },
                        },
                      },
                    },
                  },
                })),
                {
                  entryId: "cursor-bottom-1",
                  sortIndex: "1",
                  content: { entryType: "TimelineTimelineCursor", value: "next", cursorType: "Bottom" },
                },
              ],
            },
          ],
        },
      },
    },
  });

for (const name of chosenBrowsers()) {
  describe(`a site's own feeds, in ${name}`, () => {
    let platform: Platform;
    let running: Running;
    let extension: Extension;
    before(async () => {
      platform = await servePlatform();
      running = await launch(name, { tlsPort: platform.port });
      extension = await installExtension(running, builtExtension(name, "shipped"));
      await extension.onlyMine();
      await extension.setRules("");
    });
    after(async () => {
      await running?.close();
      await platform?.close();
    });

    const open = async (address: string): Promise<Page> => {
      const page = await running.newPage();
      await page.goto(address, { waitUntil: "domcontentloaded" });
      return page;
    };
    const chosen = (page: Page) =>
      page.evaluate(() => document.querySelector("[aria-selected=true]")?.textContent);

    it("leaves the site's choice alone until the reader says otherwise", async () => {
      platform.page = TABS;
      const page = await open("https://x.com/home");
      const { feed } = await extension.report("x.com", 0);
      assert.deepEqual(feed, { fold: "nothing", newest: false });
      assert.equal(await chosen(page), "For you");
      assert.equal(await page.evaluate("clicks"), 0);
      await page.close();
    });

    it("chooses the tab that is newest first, and keeps it chosen", async () => {
      const page = await open("https://x.com/home");
      await extension.report("x.com", 0);
      await extension.request({ type: "set-feed", host: "x.com", newest: true });
      await until("the tab to be chosen", async () => (await chosen(page)) === "Following");
      await page.reload({ waitUntil: "domcontentloaded" });
      await until("it to be chosen on the next page too", async () => (await chosen(page)) === "Following");
      await page.evaluate("choose(0)");
      await until("it to be chosen again", async () => (await chosen(page)) === "Following");
      assert.deepEqual((await extension.report("x.com", 0)).feed, { fold: "nothing", newest: true });
      await page.close();
    });

    it("gives up on a page that insists, and says so", async () => {
      const page = await open("https://x.com/home");
      await page.evaluate("stubborn = true; choose(0); clicks = 0");
      const { troubles } = await until("it to be said", async () => {
        const report = await extension.report("x.com", 0);
        return report.troubles.some((words) => words.includes("its own order")) ? report : null;
      });
      assert.equal(troubles.length, 1);
      assert.ok(Number(await page.evaluate("clicks")) <= 3);
      assert.equal(await chosen(page), "For you");
      await page.close();
    });

    it("goes to the address of the newest, and leaves no way back into the other", async () => {
      await extension.request({ type: "set-feed", host: "www.youtube.com", newest: true });
      platform.page = "<!doctype html><title>Videos</title><body></body>";
      const page = await open("https://www.youtube.com/feed/history");
      await page.goto("https://www.youtube.com/", { waitUntil: "domcontentloaded" }).catch(() => undefined);
      await until("it to go", async () => page.url() === "https://www.youtube.com/feed/subscriptions");
      await page.goBack({ waitUntil: "domcontentloaded" });
      assert.equal(page.url(), "https://www.youtube.com/feed/history");
      await page.close();
    });

    it("does not go round in circles with a site that leads back", async () => {
      platform.lay("/feed/subscriptions", (response) => {
        response.writeHead(302, { location: "https://www.youtube.com/", "cache-control": "no-store" });
        response.end();
      });
      const page = await open("https://www.youtube.com/").catch(() => undefined);
      const { troubles } = await until("it to be said", async () => {
        const report = await extension.report("www.youtube.com", 0);
        return report.troubles.length > 0 ? report : null;
      });
      assert.match(troubles[0] ?? "", /its own order/);
      await page?.close();
    });

    it("shows a post once in a feed, where the reader wants that", async () => {
      await extension.request({ type: "set-feed", host: "x.com", newest: false });
      platform.page = "<!doctype html><title>A feed</title><body><main></main></body>";
      platform.lay(TIMELINE, (response, request) => {
        const isNext = (request.url ?? "").includes("cursor");
        const body = timeline(isNext ? ["2", "3"] : ["1", "2"]);
        response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
        response.end(body);
      });
      const pages = async (): Promise<string[][]> => {
        const page = await open("https://x.com/home");
        await extension.report("x.com", 0);
        const answers: string[][] = [];
        for (const variables of [{ count: 20 }, { count: 20, cursor: "next" }]) {
          const text = await page.evaluate(
            async (address) => (await fetch(address)).text(),
            `${TIMELINE}?variables=${encodeURIComponent(JSON.stringify(variables))}`,
          );
          assert.match(text, /cursor-bottom-1/);
          answers.push([...text.matchAll(/"entryId":"tweet-(\d+)"/g)].map(([, id]) => id ?? ""));
        }
        // What was taken out is told once the page has had its answer.
        if (answers[1]?.length === 1)
          await until("the post that was taken out", async () => {
            const { posts } = await extension.report("x.com");
            return posts.map(({ verdict }) => verdict.action).join() === "hide";
          });
        await page.close();
        return answers;
      };
      assert.deepEqual(await pages(), [
        ["1", "2"],
        ["2", "3"],
      ]);
      await extension.request({ type: "set-feed", host: "x.com", fold: "duplicates" });
      assert.deepEqual(await pages(), [["1", "2"], ["3"]]);
      await extension.request({ type: "set-feed", host: "x.com", fold: "nothing" });
    });
  });
}
