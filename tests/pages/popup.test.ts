/** The popup, in a real browser, over a page and a background that are played. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "puppeteer-core";
import { button, click, says, text } from "./acts.ts";
import { errorsOf, type Pages, startPages } from "./pages.ts";

let pages: Pages;
before(async () => {
  pages = await startPages();
});
after(() => pages.close());

/** Runs `body` with an open popup; errors of the page fail the test. */
function popup(
  name: string,
  opening: Parameters<Pages["open"]>[1],
  body: (page: Page) => Promise<void>,
): ReturnType<typeof test> {
  return test(name, async () => {
    const page = await pages.open("popup", opening);
    await body(page);
    assert.deepEqual(errorsOf(page), []);
    await page.close();
  });
}

const sent = (page: Page, type: string) =>
  page.evaluate((wanted) => window.fake.sent.filter((message) => message.type === wanted), type);
const myRules = (page: Page) =>
  page.evaluate(() => window.fake.state.packs.find((pack) => pack.origin === "mine")?.source);

popup("says what happened here, in counts and in plain reasons", {}, async (page) => {
  const words = await text(page);
  for (const piece of [
    "Of 128 posts on this page",
    "9 hidden",
    "5 collapsed",
    "@MegaMattress",
    "Sleep like a mountain.",
    "No ads: the site marks it as an ad",
    "Calm: talks up a coin, and 1 other rule",
    "labelled “bait”",
  ]) {
    assert.ok(words.includes(piece), `“${piece}” in: ${words}`);
  }
  assert.ok(!words.includes("quiet_gardener"), "an untouched post is not listed");
});

popup("its details count what was handed on as it came, and what came twice", {}, async (page) => {
  await page.$eval("#health ~ details summary", (found) => (found as HTMLElement).click());
  const words = await page.$eval("#health ~ details", (found) => found.textContent ?? "");
  for (const piece of [
    "1 too large",
    "2 too late",
    "3 cut short",
    "4 of a form that is not known",
    "5 failed",
    "6 in a flood",
    "Sent more than once2 posts",
  ])
    assert.ok(words.includes(piece), `“${piece}” in: ${words}`);
});

popup("the newest comes first", {}, async (page) => {
  const authors = await page.$$eval(".author", (found) => found.map((one) => one.textContent));
  assert.equal(authors[0], "@MegaMattress");
  assert.equal(authors.at(-1), "@old_friend");
});

popup("a reason opens to the rule as written, with its pack and line", {}, async (page) => {
  await page.$eval(".judged:nth-child(4) summary", (found) => (found as HTMLElement).click());
  const words = await page.$eval(".judged:nth-child(4) details", (found) => found.textContent ?? "");
  assert.match(words, /collapse if text matches/);
  assert.match(words, /Calm, line 21/);
  assert.match(words, /My rules, line 4/);
  await page.$eval(".judged:nth-child(4) .reasons a", (found) => (found as HTMLElement).click());
  assert.deepEqual(await page.evaluate(() => window.fake.opened.map((url) => new URL(url).hash)), [
    "#packs/calm:21",
  ]);
});

popup("“Show it” asks the page, and turns into its opposite", {}, async (page) => {
  await click(page, "Show it: the post by @MegaMattress");
  await says(page, "shown at your wish");
  assert.deepEqual(await sent(page, "show"), [{ type: "show", id: "p6", shown: true }]);
  await click(page, "Hide it again: the post by @MegaMattress");
  await page.waitForFunction(() => !document.body.textContent.includes("shown at your wish"));
  assert.deepEqual((await sent(page, "show")).at(-1), { type: "show", id: "p6", shown: false });
});

popup(
  "“Never do this to this author” makes an exception, and Undo takes it back to the letter",
  {},
  async (page) => {
    const rules = await myRules(page);
    await click(page, "Never do this to this author: @MegaMattress");
    await says(page, "@MegaMattress is always shown from now on.");
    assert.deepEqual(await sent(page, "keep-author"), [{ type: "keep-author", author: "MegaMattress" }]);
    assert.notEqual(await myRules(page), rules);
    await click(page, "Undo the exception for @MegaMattress");
    await page.waitForFunction(() => !document.body.textContent.includes("is always shown from now on."));
    assert.equal(await myRules(page), rules);
  },
);

popup("Undo does not take away what was written elsewhere meanwhile", {}, async (page) => {
  await click(page, "Never do this to this author: @MegaMattress");
  await says(page, "is always shown from now on.");
  await page.evaluate(() => window.fake.saveElsewhere("hide if reply\n"));
  await click(page, "Undo the exception for @MegaMattress");
  await says(page, "changed in another window");
  assert.equal(await myRules(page), "hide if reply\n");
});

popup("a count narrows the list to its action, and a second press widens it", {}, async (page) => {
  await click(page, "2 blurred");
  assert.equal((await page.$$(".judged")).length, 1);
  await click(page, "2 blurred");
  assert.equal((await page.$$(".judged")).length, 5);
});

popup("the big switch pauses this site and no other", {}, async (page) => {
  await page.click("input[role=switch]");
  await says(page, "Off. This site shows as its makers made it.");
  assert.deepEqual(await sent(page, "set-site"), [{ type: "set-site", host: "x.com", on: false }]);
  await page.click("input[role=switch]");
  await says(page, "On. Your rules apply here.");
});

popup("everything in it can be done by keyboard alone", {}, async (page) => {
  for (const link of ["Reader", "Rules and settings"]) {
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), link);
  }
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await says(page, "Off. This site shows");
  await page.keyboard.press("Space");
  await says(page, "On. Your rules apply here.");
  const reached = new Set<string>();
  for (let step = 0; step < 40; step += 1) {
    await page.keyboard.press("Tab");
    const name = await page.evaluate(() => document.activeElement?.textContent ?? "");
    reached.add(name);
    if (name.startsWith("Show it: the post by @MegaMattress")) {
      await page.keyboard.press("Enter");
      await says(page, "shown at your wish");
    }
  }
  for (const name of ["9 hidden", "Never do this to this author: @MegaMattress", "Details"]) {
    assert.ok(
      [...reached].some((one) => one.startsWith(name)),
      `${name} in ${[...reached].join(" | ")}`,
    );
  }
});

popup(
  "on a site that is not covered it asks for that site only, from the click",
  { tab: "https://forum.example.org/latest", report: null, granted: false },
  async (page) => {
    await says(page, "Diffract is not used on this site yet.");
    await click(page, "Use Diffract on this site");
    await page.waitForFunction(() => window.fake.sent.some((message) => message.type === "set-site"));
    assert.deepEqual(await page.evaluate(() => window.fake.requested), [
      ["https://forum.example.org/*", "http://forum.example.org/*"],
    ]);
    assert.deepEqual(await sent(page, "set-site"), [
      { type: "set-site", host: "forum.example.org", on: true },
    ]);
    await says(page, "Reload it once");
    await click(page, "Reload the page");
    await says(page, "On. Your rules apply here.");
  },
);

popup(
  "a permission that is not given changes nothing, and it says so",
  { tab: "https://forum.example.org/latest", report: null, granted: false, grants: false },
  async (page) => {
    await click(page, "Use Diffract on this site");
    await says(page, "Nothing was changed.");
    assert.deepEqual(await sent(page, "set-site"), []);
  },
);

for (const tab of ["chrome://settings/", "about:addons", null]) {
  popup(
    `over ${tab ?? "a tab without an address"} it says kindly that there is nothing to do`,
    { tab, report: null },
    async (page) => {
      await says(page, "Nothing to do here");
      assert.equal(await page.$("input[role=switch]"), null);
    },
  );
}

popup(
  "a refusal is said in the background's words, and what was there stays",
  { refusal: "The disk is full." },
  async (page) => {
    await click(page, "Never do this to this author: @MegaMattress");
    await says(page, "The disk is full.");
    await button(page, "Never do this to this author: @MegaMattress");
  },
);

popup(
  "troubles of the background are said, with a way to them",
  { state: { troubles: ["The adapter for X is damaged."] } },
  async (page) => {
    await says(page, "The adapter for X is damaged.");
    await click(page, "See what to do");
    assert.deepEqual(await page.evaluate(() => window.fake.opened.map((url) => new URL(url).hash)), [
      "#health",
    ]);
  },
);

test("a page's words are shown as words, never as markup, and odd reports do no harm", async () => {
  const page = await pages.open("popup");
  await page.evaluate(() => {
    const { report } = window.fake;
    if (report === null) return;
    const reason = { pack: "nowhere", rule: "hide if <b>bold</b>", line: 1, effect: "hide", evidence: [] };
    const verdict = {
      id: "h",
      action: "hide" as const,
      labels: [],
      highlight: false,
      score: 0,
      reasons: [reason],
    };
    const hostile = {
      id: "h",
      author: "<img src=x onerror=alert(1)>",
      text: "<script>alert(2)</script>".repeat(999),
    };
    window.fake.report = {
      ...report,
      posts: [
        { post: hostile, verdict, shown: false, places: 1 },
        // Not a post at all.
        JSON.parse('{"post": 7, "verdict": null, "shown": "yes"}'),
      ],
    };
  });
  await says(page, "<img src=x onerror=alert(1)>");
  assert.equal(await page.$("main img"), null);
  assert.equal((await page.$$(".judged")).length, 1);
  assert.ok((await text(page)).length < 2000, "long words are cut");
  assert.deepEqual(errorsOf(page), []);
  await page.evaluate(() => {
    window.fake.report = JSON.parse('{"host": 7}');
  });
  await says(page, "The page's report makes no sense");
  await page.close();
});
