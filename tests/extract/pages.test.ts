/**
 * Recorded pages: as many posts and promoted posts as were counted by hand, and every post with its identifier,
 * author and words wherever the page shows them. The pages are strangers' words and no part of this repository; without
 * them nothing is tested here.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { EXPECTED_DIFFERENCES } from "./differences.ts";
import { CORPORA, launch, open, type Reading, read } from "./harness.ts";

const PLATFORMS = [
  "x",
  "youtube",
  "reddit",
  "hackernews",
  "linkedin",
  "facebook",
  "instagram",
  "tiktok",
  "news",
];

interface Meta {
  items: number;
  promoted: number;
  request_url: string;
}

interface Expectation {
  /**
   * Items that `items` of the recording does not count, by a selector that is counted apart in the page, and why they
   * are posts all the same.
   */
  more?: Array<{ css: string; why: string }>;
  /** Elements that `items` of the recording counts and that are no posts of their own, and why. */
  less?: Array<{ css: string; why: string }>;
  /** Elements of items that show no author, and why. */
  anonymous?: Array<{ css: string; why: string }>;
  /** Items that show no words at all. */
  wordless?: Array<{ css: string; why: string }>;
}

const SHORTS = {
  css: "ytd-rich-item-renderer:has(ytd-rich-grid-slim-media, ytm-shorts-lockup-view-model)",
  why: "a short on a shelf is shown without its channel",
};
const YOUTUBE: Expectation = {
  more: [
    {
      css: "ytd-grid-video-renderer, ytd-radio-renderer, ytd-compact-radio-renderer, ytd-compact-playlist-renderer, ytd-grid-channel-renderer",
      why: "videos of a channel's page, mixes, playlists and channels are items too; the recording counts three elements only",
    },
    {
      css: ":is(ytd-display-ad-renderer, ytd-search-pyv-renderer, ytd-promoted-sparkles-web-renderer, ytd-ad-slot-renderer):not(ytd-rich-item-renderer *)",
      why: "an advertisement outside of the grid stands for itself and must be found to be hidden; it is counted as promoted only",
    },
  ],
};

const EXPECTED: Record<string, Expectation> = {
  "youtube/*": { ...YOUTUBE, anonymous: [SHORTS] },
  "reddit/*": {
    more: [{ css: ".Comment", why: "comments are posts; the recording counts submissions" }],
    anonymous: [
      {
        css: "[data-testid=post-container].promotedlink:not(:has(a[href*='/user/']))",
        why: "an advertisement's slot that was never filled",
      },
      {
        css: ".Comment:not(:has(a[href*='/user/'], [data-testid=post-comment-header] span))",
        why: "deleted",
      },
    ],
    wordless: [
      {
        css: "[data-testid=post-container].promotedlink:not(:has(h1, h3))",
        why: "an advertisement's slot that was never filled",
      },
      { css: ".Comment:not(:has([data-testid=comment]))", why: "deleted" },
    ],
  },
  "hackernews/*": {
    anonymous: [
      { css: "tr.athing:not(:has(.hnuser)):not(:has(+ tr .hnuser))", why: "a job, or a deleted comment" },
    ],
  },
  "news/*": {
    less: [{ css: ".story-wrapper .story-wrapper", why: "the words of a story beside its picture" }],
    anonymous: [{ css: ".story-wrapper:not(.story-wrapper *)", why: "a front names hardly any authors" }],
  },
  "linkedin/*": {
    anonymous: [
      {
        css: "[role=listitem]:not(:has(button[aria-label*=' post by ']))",
        why: "a recommended course is by nobody",
      },
    ],
  },
};

const pages = existsSync(join(CORPORA, "dev"))
  ? PLATFORMS.filter((platform) => existsSync(join(CORPORA, "dev", platform))).flatMap((platform) =>
      readdirSync(join(CORPORA, "dev", platform))
        .filter((file) => file.endsWith(".html"))
        .map((file) => `${platform}/${file.slice(0, -".html".length)}`),
    )
  : [];

describe("recorded pages", { skip: pages.length === 0 ? `no recordings in ${CORPORA}` : false }, () => {
  let session: Awaited<ReturnType<typeof launch>>;
  before(async () => {
    session = await launch();
  });
  after(() => session.close());

  for (const name of pages) {
    test(name, async (t) => {
      const file = join(CORPORA, "dev", name);
      const meta = JSON.parse(readFileSync(`${file}.meta.json`, "utf8")) as Meta;
      const page = await open(
        session.browser,
        meta.request_url.replaceAll("…", "1"),
        readFileSync(`${file}.html`, "utf8"),
      );
      const reading = await read(page);
      const expected = EXPECTED[`${name.split("/")[0]}/*`] ?? {};
      const count = (list: Array<{ css: string }> | undefined) =>
        page.evaluate(
          (css) => (css === "" ? 0 : document.querySelectorAll(css).length),
          (list ?? []).map((e) => e.css).join(","),
        );
      const more = await count(expected.more);
      const less = await count(expected.less);
      const anonymous = await count(expected.anonymous);
      const wordless = await count(expected.wordless);
      await page.close();

      const { posts } = reading;
      t.diagnostic(
        `${posts.length} posts, ${posts.filter((p) => p.promoted).length} promoted (recording: ${meta.items} and ${meta.promoted}, ${more} more and ${less} less explained); ${without(reading, "author")} without author (${anonymous} explained), ${without(reading, "text")} without words (${wordless} explained)`,
      );
      assert.deepEqual(reading.problems, []);
      assert.deepEqual(reading.troubles, []);
      assert.equal(posts.length, reading.found, "every item found is read");
      assert.equal(posts.length, meta.items + more - less, "posts");
      assert.equal(posts.filter((p) => p.promoted).length, meta.promoted, "promoted posts");
      const distinct = new Set(posts.map((p) => p.id)).size;
      assert.equal(distinct, EXPECTED_DIFFERENCES[`${name}.html`]?.items ?? meta.items, "distinct posts");
      assert.ok(
        posts.every((p) => p.promoted !== undefined),
        "whether it is promoted is known of every post",
      );
      assert.ok(
        posts.every((p) => p.id.length > 0),
        "every post has an identifier",
      );
      assert.equal(without(reading, "author"), anonymous, "posts without an author");
      assert.equal(without(reading, "text"), wordless, "posts without words");
      assert.ok(!reading.consistent.includes(false), "from every part of an item back to it");
      assert.deepEqual(reading.divided, [], "read in two parts");
      assert.equal(reading.health.state, "good", JSON.stringify(reading.health.locators));
      assert.ok(reading.surface !== null, "the surface is known");
    });
  }
});

function without(reading: Reading, field: "author" | "text"): number {
  return reading.posts.filter((p) => p[field] === undefined).length;
}
