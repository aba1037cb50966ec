/** Miniature pages of every platform, in our own words, each with the posts that must be read from it beside it. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Post } from "../../extension/shared/post.ts";
import { launch, open, read } from "./harness.ts";

interface Expected {
  url: string;
  adapter: string;
  surface?: string;
  /** In document order; only the fields named are compared. */
  posts: Array<Partial<Post>>;
}

const FOLDER = join(import.meta.dirname, "dom");
const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".html"))
  .map((file) => file.slice(0, -".html".length));

describe("miniature pages", () => {
  let session: Awaited<ReturnType<typeof launch>>;
  before(async () => {
    session = await launch();
  });
  after(() => session.close());

  for (const name of names) {
    test(name, async () => {
      const expected = JSON.parse(readFileSync(join(FOLDER, `${name}.json`), "utf8")) as Expected;
      const page = await open(
        session.browser,
        expected.url,
        readFileSync(join(FOLDER, `${name}.html`), "utf8"),
      );
      const reading = await read(page);
      await page.close();
      assert.equal(reading.adapter, expected.adapter);
      if (expected.surface !== undefined) assert.equal(reading.surface, expected.surface);
      assert.deepEqual(reading.troubles, []);
      const read_ = reading.posts.map((post, i) => {
        const fields = Object.keys(expected.posts[i] ?? { id: "" }) as Array<keyof Post>;
        return Object.fromEntries(fields.map((field) => [field, post[field]]));
      });
      assert.deepEqual(read_, expected.posts);
      assert.ok(!reading.consistent.includes(false), "from every part of an item back to it");
      assert.deepEqual(reading.divided, [], "read in two parts");
    });
  }
});
