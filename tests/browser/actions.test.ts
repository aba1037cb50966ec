/** What rules say is what the page shows: every action, on a page that does its worst. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { chosenBrowsers } from "../support/browsers.ts";
import { settled } from "../support/page.ts";
import { until } from "../support/wait.ts";
import { AGORA, expectPosts, gone, look, openSession, type Session, scroll, scrollUntil } from "./session.ts";

for (const name of chosenBrowsers()) {
  describe(`rules on the page, in ${name}`, () => {
    let session: Session;
    before(async () => {
      session = await openSession(name);
    });
    after(() => session?.close());

    it("hides what is promoted, though only eyes can read the word", async () => {
      await session.extension.setRules("hide if promoted\n");
      const page = await session.open("?build=3");
      const expected = gone((post) => post.promoted);
      for (let stretch = 0; stretch < 6; stretch++) {
        await expectPosts(session, page, expected);
        await scroll(page, 1400);
      }
      const { actions, health } = await session.extension.report(AGORA);
      assert.ok((actions.hide ?? 0) >= 3, `hidden: ${JSON.stringify(actions)}`);
      assert.equal(health.state, "good");
      await page.close();
    });

    it("reads words in plain nodes, in open and in closed shadow roots", async () => {
      await session.extension.setRules('hide if text has word "giveaway"\n');
      const page = await session.open();
      const bodies = new Set<string>();
      for (let stretch = 0; stretch < 30 && bodies.size < 3; stretch++) {
        const looks = await expectPosts(
          session,
          page,
          gone((_, text) => /\bgiveaway\b/i.test(text)),
        );
        for (const { id, version } of looks) {
          const post = session.truth.get(id);
          if (/\bgiveaway\b/i.test(post?.texts[version] ?? "")) bodies.add(post?.body ?? "");
        }
        await scroll(page, 1600);
      }
      assert.deepEqual([...bodies].sort(), ["closed", "open", "plain"]);
      await page.close();
    });

    it("collapses, blurs, dims, highlights and labels", async () => {
      await session.extension.setRules(
        [
          'collapse if text has word "giveaway"',
          'blur all if text starts with "Imagine defending"',
          'dim if text has "presale"',
          'highlight if author is "plot_twelve"',
          'label "clickbait" if text has "you won\'t believe"',
        ].join("\n"),
      );
      const page = await session.open();
      const bare = (await look(page)).length;
      assert.ok(bare > 3);
      await expectPosts(session, page, (post, text, { seen, blurred, opacity, outlined, strangers }) => {
        const collapsed = /\bgiveaway\b/i.test(text);
        if (collapsed)
          return seen ? "should be collapsed" : strangers === 0 ? "has no line in its place" : undefined;
        if (!seen) return "should show";
        if (text.startsWith("Imagine defending") !== blurred)
          return blurred ? "is blurred" : "should be blurred";
        if (text.includes("presale") !== opacity < 0.9) return `has opacity ${opacity}`;
        if ((post.author === "plot_twelve") !== outlined)
          return outlined ? "is highlighted" : "should be highlighted";
        if (text.includes("You won't believe") !== strangers > 0) return `has ${strangers} labels`;
        return undefined;
      });
      const { actions } = await session.extension.report(AGORA);
      assert.ok((actions.collapse ?? 0) >= 1 && (actions.blur ?? 0) >= 1, JSON.stringify(actions));
      await page.close();
    });

    it("reads an element anew when another post moves into it", async () => {
      await session.extension.setRules("hide if promoted\n");
      const page = await session.open();
      // Down and back: each element of the pool has held many posts by then.
      await scroll(page, 9000);
      await expectPosts(
        session,
        page,
        gone((post) => post.promoted),
      );
      await page.evaluate(() => scrollTo(0, 0));
      await settled(page);
      await expectPosts(
        session,
        page,
        gone((post) => post.promoted),
      );
      await page.close();
    });

    it("reads a post anew when its author edits it", async () => {
      await session.extension.setRules('hide if text has word "giveaway"\n');
      const page = await session.open();
      let edited = 0;
      await until("a post to be edited while it is on the page", async () => {
        await settled(page);
        const looks = await expectPosts(
          session,
          page,
          gone((_, text) => /\bgiveaway\b/i.test(text)),
        );
        edited += looks.filter(
          ({ version, id }) => version === 1 && /giveaway/i.test(session.truth.get(id)?.texts[1] ?? ""),
        ).length;
        await scroll(page, 1500);
        return edited >= 1;
      });
      await page.close();
    });

    it("hides an advertisement that is slotted in late", async () => {
      await session.extension.setRules("hide if promoted\n");
      const page = await session.open();
      await scrollUntil(session, page, (post) => post.late);
      await expectPosts(
        session,
        page,
        gone((post) => post.promoted),
      );
      await page.close();
    });

    it("follows the page through its own navigation, and knows the surface", async () => {
      await session.extension.setRules(`on ${AGORA} search\nhide if promoted\n`);
      const page = await session.open();
      await expectPosts(
        session,
        page,
        gone(() => false),
      );
      assert.equal((await session.extension.report(AGORA)).surface, "home");
      await page.evaluate(() => globalThis.agora.go("/search?q=the"));
      await settled(page);
      assert.equal((await session.extension.report(AGORA)).surface, "search");
      await expectPosts(
        session,
        page,
        gone((post) => post.promoted),
      );
      await page.evaluate(() => globalThis.agora.go("/"));
      await settled(page);
      await expectPosts(
        session,
        page,
        gone(() => false),
      );
      await page.close();
    });

    it("leaves a page alone while the site is paused, and takes it up again, without a reload", async () => {
      await session.extension.setRules("hide if promoted\n");
      const page = await session.open();
      await expectPosts(
        session,
        page,
        gone((post) => post.promoted),
      );
      await session.extension.request({ type: "set-site", host: AGORA, on: false });
      await expectPosts(
        session,
        page,
        gone(() => false),
      );
      assert.equal((await session.extension.report(AGORA)).paused, true);
      await session.extension.request({ type: "set-site", host: AGORA, on: true });
      await expectPosts(
        session,
        page,
        gone((post) => post.promoted),
      );
      await page.close();
    });

    it("opens a collapsed post from the keyboard", async () => {
      await session.extension.setRules('collapse if text has word "giveaway"\n');
      const page = await session.open();
      const collapsed = await scrollUntil(session, page, (post) => /\bgiveaway\b/i.test(post.texts[0] ?? ""));
      await expectPosts(
        session,
        page,
        gone((_, text) => /\bgiveaway\b/i.test(text)),
      );
      await page.evaluate((id) => {
        const article = globalThis.agora.articles().find((one) => one.agora?.id === id);
        article?.scrollIntoView({ block: "center" });
        article?.focus({ preventScroll: true });
      }, collapsed);
      await page.keyboard.press("Tab");
      const inside = await page.evaluate(
        (id) =>
          globalThis.agora
            .articles()
            .find((one) => one.agora?.id === id)
            ?.contains(document.activeElement) ?? false,
        collapsed,
      );
      assert.ok(inside, "Tab from the collapsed post goes to the line in its place");
      await page.keyboard.press("Enter");
      await expectPosts(session, page, (post, text, { seen }) =>
        post.id === collapsed
          ? seen
            ? undefined
            : "should be open"
          : gone((_, words) => /\bgiveaway\b/i.test(words))(post, text, { seen } as never),
      );
      await page.close();
    });
  });
}
