/** Elements are found by what they must have as the browser finds them by searching. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { selectorKeys } from "../../extension/content/extract/contents.ts";
import { BROWSERS, bundled, compiledAdapters, launch, open } from "./harness.ts";

describe("what an element must have to match", () => {
  const cases: Array<[string, ReturnType<typeof selectorKeys>]> = [
    ["header > a[href^='/u/']", [{ tag: "a" }]],
    ["p , [data-x] .body:not(a > b) ,#one", [{ tag: "p" }, { attribute: "class" }, { attribute: "id" }]],
    [`div [title="a, b > c"]`, [{ attribute: "title" }]],
    ["a:has(> b, i) + [ lang |= en ]", [{ attribute: "lang" }]],
    [":not([hidden])[role=img]", [{ attribute: "role" }]],
    ["*:nth-child(2n + 1)", null],
    ["a, :is(b, i)", null],
    ["svg|a", null],
    [":scope > a", null],
    ["a\\:b", null],
    ["linearGradient", null],
  ];
  for (const [css, keys] of cases) {
    test(css, () => assert.deepEqual(selectorKeys(css), keys));
  }
});

for (const name of ["chrome", "firefox"] as const) {
  describe(`searches in items, in ${name}`, {
    skip: existsSync(BROWSERS[name]) ? false : "not installed",
  }, () => {
    /** In ways that no adapter of ours is written in. */
    const ODD = [
      "*",
      "div *",
      "svg, use, path",
      "linearGradient, lineargradient",
      "[viewBox], [viewbox]",
      "IMG[ALT]",
      "a , span>a,b",
      `[aria-label*=","], [title='>']`,
      ":is(a, p):not(:empty)",
      "a:not([href*='&'])",
      "[lang|=en]",
      "div:has(> a, > img) ~ *",
      ":nth-child(2 of a)",
      ".a.b, #c.d",
      "p > *, li + li",
      "/* nothing */ a",
    ];
    let session: Awaited<ReturnType<typeof launch>>;
    let bundle: string;
    before(async () => {
      session = await launch(name);
      bundle = await bundled("tests/extract/in-page.ts", "extracting");
    });
    after(() => session.close());

    const folder = join(import.meta.dirname, "dom");
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".html"))) {
      test(file.slice(0, -".html".length), async () => {
        const text = (name: string) => readFileSync(join(folder, name), "utf8");
        const { url } = JSON.parse(text(file.replace(".html", ".json"))) as { url: string };
        const page = await open(session.browser, url, text(file));
        try {
          await page.evaluate(bundle);
          const { asked, wrong } = (await page.evaluate(
            `extracting.compareSearches(${JSON.stringify(compiledAdapters())}, ${JSON.stringify(ODD)})`,
          )) as { asked: number; wrong: string[] };
          assert.deepEqual(wrong, []);
          assert.ok(asked > 300, `${asked} searches`);
        } finally {
          await page.close();
        }
      });
    }
  });
}
