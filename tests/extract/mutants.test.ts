/**
 * Every miniature page, changed as platforms change theirs, one thing at a time: an attribute or a class that is gone, a wrapper
 * around a kind of element, hashed classes made anew. Posts are found all the same, or the adapter's health says that it is worn or
 * broken; an advertisement stays one, and nothing becomes one.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { bundled, compiledAdapters, launch, open } from "./harness.ts";
import type { Mutant } from "./mutating.ts";

/** Health says something of a field once it was looked for so often. */
const ROUNDS = 10;
const FOLDER = join(import.meta.dirname, "dom");

interface Sample {
  name: string;
  url: string;
  html: string;
}

const miniatures = (): Sample[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith(".html"))
    .map((file) => {
      const name = file.slice(0, -".html".length);
      const { url } = JSON.parse(readFileSync(join(FOLDER, `${name}.json`), "utf8")) as { url: string };
      return { name, url, html: readFileSync(join(FOLDER, file), "utf8") };
    });

/** By the page and the change: what is lost without a word, and why nothing can be done about it. */
const KNOWN: Record<string, Record<string, string>> = {
  "facebook-2022": { "-aria-label=Commandité": "it is all that tells this advertisement from a post" },
  "generic-aria": {
    "classes renamed": "no other mark says who wrote it",
    "-class=byline": "no other mark says who wrote it",
  },
  "generic-microdata": { "-itemprop=author": "no other mark says who wrote it" },
  "old-reddit": { "-data-author=": "no other mark says who wrote it" },
  "reddit-search": {
    "-data-testid=search-post-unit": "it is the only mark of a result",
    "-data-testid=sdui-post-unit": "it is the only mark of a result",
  },
  "tiktok-explore": {
    "-data-e2e=explore-card-desc": "the card's words stand beside it, and nothing says that they are its own",
    "+div[data-e2e=explore-card-desc]":
      "the card's words stand beside it, and nothing says that they are its own",
  },
  x: { "-data-testid=tweetText": "these words are not even said to be of a language" },
  "youtube-2026": {
    "-id=": "all identifiers at once are what this page is read by",
    "+div": "a row of a card is known by its place",
  },
};

describe("pages, changed", () => {
  let session: Awaited<ReturnType<typeof launch>>;
  let bundle: string;
  before(async () => {
    session = await launch();
    bundle = await bundled("tests/extract/mutating.ts", "mutating");
  });
  after(() => session.close());

  for (const { name, url, html } of miniatures()) {
    test(name, async (t) => {
      const page = await open(session.browser, url, html);
      await page.evaluate(bundle);
      const { mutants, posts, health } = JSON.parse(
        (await page.evaluate(`mutating.mutate(${JSON.stringify(compiledAdapters())}, ${ROUNDS})`)) as string,
      ) as { mutants: Mutant[]; posts: number; health: string };
      await page.close();
      const known = KNOWN[name] ?? {};
      const wrong = mutants.filter((m) => {
        const silent = m.health === health;
        // Other words make it another post to this test: what is lost and gained at once is reworded.
        const lost = silent && m.lost !== m.gained;
        return m.accused > 0 || lost || m.hidden > 0 || (silent && m.anonymous + m.wordless > 0);
      });
      t.diagnostic(`${mutants.length} changes of a page of ${posts} posts, which is ${health}`);
      assert.ok(mutants.length > 0);
      assert.deepEqual(
        wrong.filter((m) => !(m.change in known)),
        [],
        "lost, taken for an advertisement or for none, and nothing says so",
      );
      const explained = Object.keys(known).filter((change) => !wrong.some((m) => m.change === change));
      assert.deepEqual(explained, [], "explained, but not so");
    });
  }
});
