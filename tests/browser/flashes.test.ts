/**
 * The promise that no frame shows a post that a decided rule hides: two thousand posts of Agora, every frame looked at
 * after layout and before paint; and the same check without the extension, which must fail, or it would show nothing.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Truth } from "../agora/types.ts";
import { chosenBrowsers } from "../support/browsers.ts";
import { countFlashes, type FlashCount, scrollFeed, watchFrames } from "../support/flashes.ts";
import { countMarkedFrames } from "../support/screencast.ts";
import { AGORA, openSession } from "./session.ts";

const RULES = `hide if promoted
hide if text has any "giveaway", "presale"
hide if author is "debatemegreg"
`;

/** What those rules hide, said again in other words. */
const hides = (post: Truth, text: string): boolean =>
  post.promoted || /giveaway|presale/i.test(text) || post.author === "debatemegreg";

const describeFlashes = ({ flashes }: FlashCount): string =>
  flashes
    .slice(0, 12)
    .map(
      (flash) =>
        `  ${flash.id} v${flash.version}, ${flash.painted} of ${flash.present} frames, first in frame ${flash.firstPainted}: ${flash.text.slice(0, 70)}`,
    )
    .join("\n");

for (const name of chosenBrowsers()) {
  describe(`flashes, in ${name}`, () => {
    it("2,000 posts scroll by, and no frame shows one that a rule hides", async (test) => {
      const session = await openSession(name, { rules: RULES });
      try {
        const page = await session.open();
        await session.extension.report(AGORA, 0);
        await watchFrames(page);
        const count = countFlashes(await scrollFeed(page, { posts: 2000 }), session.agora.truth, hides);
        test.diagnostic(
          `${count.posts} posts in ${count.frames} frames; ${count.hidden} to be hidden; ${count.shown} shown; ${count.flashes.length} flashes`,
        );
        assert.ok(count.posts >= 2000, `${count.posts} posts came by`);
        assert.ok(count.hidden >= 200, `${count.hidden} of them are for hiding`);
        // A page that shows nothing has no flashes either.
        assert.ok(count.shown >= 0.9 * (count.posts - count.hidden), `${count.shown} posts were shown`);
        assert.equal(count.flashes.length, 0, `flashes:\n${describeFlashes(count)}`);
        const { troubles } = await session.extension.report(AGORA, 0);
        assert.deepEqual(troubles, []);
      } finally {
        await session.close();
      }
    });

    it("the same check finds flashes where the site is paused", async (test) => {
      const session = await openSession(name, { rules: RULES });
      try {
        await session.extension.request({ type: "set-site", host: AGORA, on: false });
        const page = await session.open();
        await watchFrames(page);
        const count = countFlashes(await scrollFeed(page, { posts: 150 }), session.agora.truth, hides);
        test.diagnostic(`${count.flashes.length} flashes among ${count.hidden} posts to be hidden`);
        assert.ok(count.flashes.length >= 0.9 * count.hidden && count.hidden >= 10);
      } finally {
        await session.close();
      }
    });

    // Chromium hands out the very pixels it showed; Firefox does not.
    it("no pixel of an advertisement is ever shown", {
      skip: name === "chrome" ? false : "no screencast here",
    }, async (test) => {
      const session = await openSession(name, { rules: "hide if promoted\n", width: 800, height: 700 });
      try {
        const marked = async (posts: number): Promise<{ frames: number; marked: number }> => {
          const page = await session.open("?marker");
          await watchFrames(page);
          const found = await countMarkedFrames(session.running, page, async () => {
            await scrollFeed(page, { posts });
          });
          await page.close();
          return found;
        };
        const filtered = await marked(250);
        await session.extension.request({ type: "set-site", host: AGORA, on: false });
        const bare = await marked(60);
        test.diagnostic(
          `${filtered.marked} of ${filtered.frames} pictures hold the colour; without rules ${bare.marked} of ${bare.frames}`,
        );
        assert.ok(filtered.frames >= 50, `${filtered.frames} pictures were taken`);
        assert.equal(filtered.marked, 0);
        assert.ok(bare.marked > 0, "the same look finds the colour where the site is paused");
      } finally {
        await session.close();
      }
    });
  });
}
