/** A rule made of a post that is picked on the page, in the installed extension. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { chosenBrowsers } from "../support/browsers.ts";
import { until } from "../support/wait.ts";
import { AGORA, look, openSession, type Session } from "./session.ts";

for (const name of chosenBrowsers()) {
  describe(`a rule from a post, in ${name}`, () => {
    let session: Session;
    before(async () => {
      session = await openSession(name, { rules: "dim if reply\n" });
    });
    after(() => session?.close());

    /** What stands in the dashboard's tab that was opened for a post, if there is one; it is closed. */
    const opened = () =>
      session.extension.page.evaluate(() => {
        const view = chrome.extension
          .getViews({ type: "tab" })
          .find(({ document }) => document.querySelector(".proposals") !== null);
        const words = view?.document.querySelector(".proposals")?.textContent ?? undefined;
        if (words !== undefined) view?.close();
        return words;
      });
    const pick = async () => {
      const answer = await session.extension.ask(AGORA, { type: "pick" });
      assert.equal(answer.ok, true);
    };

    it("a click takes the post, the page hears nothing of it, and the dashboard proposes rules", async () => {
      const page = await session.open();
      await page.evaluate(() => {
        Object.assign(globalThis, { heard: 0 });
        document.addEventListener("click", () => Object.assign(globalThis, { heard: 1 }));
      });
      const address = page.url();
      await pick();
      const [first] = await look(page);
      const author = session.truth.get(first?.id ?? "")?.author ?? "";
      const box = await page.evaluate((id) => {
        const article = globalThis.agora.articles().find((one) => one.agora?.id === id);
        const { left, top, width, height } = article?.getBoundingClientRect() ?? new DOMRect();
        return { x: left + width / 2, y: top + height / 2 };
      }, first?.id);
      await page.mouse.click(box.x, box.y);
      const words = await until("the dashboard to propose rules", opened);
      assert.match(words, new RegExp(`hide if author is "${author}"`));
      assert.equal(page.url(), address);
      assert.equal(await page.evaluate(() => (globalThis as unknown as { heard: number }).heard), 0);
      assert.deepEqual((await session.extension.state()).troubles, []);
      await page.close();
    });

    it("by keys: the arrows go from post to post, Enter takes, Esc leaves", async () => {
      const page = await session.open();
      await pick();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      assert.match(await until("the dashboard to propose rules", opened), /A rule from this post/);
      await page.bringToFront();
      const before = await page.evaluate(() => document.documentElement.childElementCount);
      await pick();
      assert.equal(await page.evaluate(() => document.documentElement.childElementCount), before + 1);
      await page.keyboard.press("Escape");
      assert.equal(await page.evaluate(() => document.documentElement.childElementCount), before);
      await page.keyboard.press("Enter");
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.equal(await opened(), undefined, "after Esc nothing is picked");
      await page.close();
    });

    it("the page's own clicks pick nothing", async () => {
      const page = await session.open();
      await pick();
      await page.evaluate(() => {
        for (const article of globalThis.agora.articles())
          article.dispatchEvent(new MouseEvent("click", { bubbles: true, composed: true }));
      });
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.equal(await opened(), undefined);
      await page.keyboard.press("Escape");
      await page.close();
    });

    it("the posts that were seen are those that rules are tried out on", async () => {
      const answer = await session.extension.request<{ posts: string; kept: boolean }>({ type: "recent" });
      assert.ok(answer.ok);
      const posts = JSON.parse(answer.value.posts) as { id: string; host: string }[];
      assert.ok(posts.length > 3 && posts.length <= 500, `${posts.length} posts`);
      assert.ok(posts.every(({ id }) => session.truth.has(id)));
      assert.equal(answer.value.kept, false);
    });
  });
}
