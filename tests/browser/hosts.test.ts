/**
 * The shipped manifest on the platforms' own host names: saved pages, served at their own addresses over TLS on
 * loopback, under a policy as strict as theirs; every post and every promoted post that was counted is found.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { JudgedPost } from "../../extension/shared/messages.ts";
import { EXPECTED_DIFFERENCES } from "../extract/differences.ts";
import { builtExtension, chosenBrowsers, launch, type Running } from "../support/browsers.ts";
import { type Extension, installExtension } from "../support/extension.ts";
import { judgePage, placesOf } from "../support/replay.ts";
import { addressOf, corpora, HOMES, type SavedServer, savedPages, serveSaved } from "../support/saved.ts";

/** Platforms whose hosts the shipped manifest names and of which pages were saved. */
const PLATFORMS = ["x", "youtube", "reddit", "hackernews", "linkedin"];
const pages = savedPages(PLATFORMS);

for (const name of chosenBrowsers()) {
  describe(`saved pages at their own addresses, in ${name}`, () => {
    if (pages.length === 0) {
      it(`the recordings (${corpora()}; DIFFRACT_CORPORA names another place)`, {
        skip: "there are none here",
      }, () => {});
      return;
    }
    let server: SavedServer;
    let running: Running;
    let extension: Extension;
    before(async () => {
      server = await serveSaved();
      running = await launch(name, { tlsPort: server.port, width: 1400, height: 1200 });
      extension = await installExtension(running, builtExtension(name, "shipped"));
      await extension.onlyMine();
      await extension.setRules("hide if promoted\n");
    });
    after(async () => {
      await running?.close();
      await server?.close();
    });

    for (const saved of pages) {
      const { items, promoted } = saved.meta;
      const expected = EXPECTED_DIFFERENCES[saved.name] ?? { items, places: items };
      it(`${saved.name}: ${expected.items} posts in ${expected.places} places, ${promoted} promoted`, async () => {
        server.show(saved.file);
        const address = new URL(
          addressOf(saved.meta.request_url ?? HOMES[saved.meta.platform] ?? "https://example.com/"),
        );
        const page = await running.newPage();
        try {
          const report = await judgePage(extension, page, address.href);
          const places = (posts: readonly JudgedPost[]) =>
            posts.reduce((sum, judged) => sum + placesOf(judged), 0);
          assert.equal(report.posts.length, expected.items, "posts");
          // The recordings count elements, and a page may show one post in two.
          assert.equal(places(report.posts), expected.places, "places");
          assert.equal(places(report.posts.filter(({ post }) => post.promoted)), promoted, "promoted");
          assert.ok(
            report.posts.every(
              ({ post, verdict }) => (verdict.action === "hide") === (post.promoted === true),
            ),
            "the rule hides what is promoted, and only that",
          );
        } finally {
          await page.close();
        }
      });
    }
  });
}
