/** The replay pane: what the rules as typed would do to the posts of this visit, and rules made of a post. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Page } from "puppeteer-core";
import { button, chord, click, says, text } from "./acts.ts";
import { errorsOf, type Opening, type Pages, startPages } from "./pages.ts";
import { needsWorkbench as skip } from "./paths.ts";

let pages: Pages;
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "diffract-replay-"));
  pages = await startPages();
});
after(async () => {
  await pages.close();
  await rm(folder, { recursive: true, force: true });
});

function replay(name: string, opening: Opening, body: (page: Page) => Promise<void>): void {
  test(name, { skip }, async () => {
    const page = await pages.open("dashboard", { rules: "", ...opening });
    await page.waitForFunction(() => document.querySelector(".replay")?.textContent?.includes("As typed"));
    await body(page);
    assert.deepEqual(errorsOf(page), []);
    await page.close();
  });
}

const sent = (page: Page, type: string) =>
  page.evaluate((wanted) => window.fake.sent.filter((message) => message.type === wanted), type);

async function write(page: Page, words: string): Promise<void> {
  await page.focus(".cm-content");
  await chord(page, "Control", "End");
  await page.keyboard.type(words);
  await page.keyboard.press("Escape");
}

const sum = (page: Page, words: string) =>
  page.waitForFunction(
    (wanted) => document.querySelector(".sum")?.textContent?.includes(wanted),
    { timeout: 5000 },
    words,
  );

/** Each post that is listed: its words, with what happens to it. */
const listed = (page: Page) =>
  page.$$eval(".posts > li", (items) =>
    items.map(
      (item) =>
        `${item.querySelector(".words")?.textContent}: ${[...item.querySelectorAll(".badge")].map((badge) => badge.textContent).join(", ")}`,
    ),
  );

replay("says what the rules as typed would do, and applies nothing", {}, async (page) => {
  await sum(page, "As typed, your rules do what they do as saved.");
  await write(page, "hide if views < 10k");
  await sum(page, "As typed: hides 3 more, 2 of them from people you follow.");
  assert.deepEqual(await sent(page, "set-rules"), []);
  const posts = await listed(page);
  assert.ok(posts.includes("Is the sea actually a soup?: hidden, changes"), posts.join("\n"));
  assert.ok(posts.includes("Sleep like a mountain.: hidden"), "what a pack does is there, and no change");
});

replay(
  "compares with what is saved, from the moment it is saved",
  { rules: "hide if views < 10k\n" },
  async (page) => {
    await write(page, 'keep if author is "old_friend"');
    await sum(
      page,
      "As typed: keeps 1 more, from someone you follow; hides 1 fewer, from someone you follow.",
    );
    await chord(page, "Control", "s");
    await says(page, "Saved.");
    await sum(page, "As typed, your rules do what they do as saved.");
  },
);

replay(
  "what another window saved is what is compared with",
  { rules: "dim if views < 10k\n" },
  async (page) => {
    await page.evaluate(() => window.fake.saveElsewhere("hide if views < 10k\n"));
    await says(page, "Taken over from another window.");
    await sum(page, "As typed, your rules do what they do as saved.");
    assert.ok((await listed(page)).includes("Is the sea actually a soup?: hidden"));
  },
);

replay(
  "a pack brings the files of its lists along",
  {
    state: {
      packs: [
        { id: "mine", title: "My rules", description: "", origin: "mine", on: true, source: "", rules: 0 },
        {
          id: "listed",
          title: "Listed",
          description: "",
          origin: "imported",
          on: true,
          source: 'let @shills = list "shills.txt"\nhide if author in @shills\n',
          rules: 1,
          lists: { "shills.txt": "debate_daily\n" },
        },
      ],
    },
  },
  async (page) => {
    assert.deepEqual(
      await listed(page),
      ["Is the sea actually a soup?: collapsed"],
      "a pack from a file folds only",
    );
  },
);

replay("a rule that is half written, or broken, is no rule", {}, async (page) => {
  await write(page, "hide if tex");
  await sum(page, "As typed, your rules do what they do as saved.");
  await write(page, 't has "soup"');
  await sum(page, "hides 1 more");
  await write(page, " and");
  await sum(page, "As typed, your rules do what they do as saved.");
});

replay("the posts are filtered by what happens and by their words", {}, async (page) => {
  await write(page, 'dim if author is "old_friend"');
  await sum(page, "dims 1 more");
  assert.equal((await listed(page)).length, 2, "what is touched: by the rule and by a pack");
  await page.locator('::-p-aria([name="What changes"])').click();
  assert.deepEqual(await listed(page), ["Giveaway of seedlings at my gate.: dimmed, changes"]);
  await page.locator('::-p-aria([name="All posts"])').click();
  assert.equal((await listed(page)).length, 6);
  await page.type('[aria-label="Search the posts"]', "SOUP");
  assert.deepEqual(await listed(page), ["Is the sea actually a soup?: shown"]);
});

replay("a post says why, as a tree with the value of each condition", { rules: "" }, async (page) => {
  await write(page, 'hide if text has "soup" and (views < 400 or promoted) and not followed');
  await sum(page, "hides 1 more");
  await page.locator('::-p-aria([name="What changes"])').click();
  await click(page, "Why, of the post by @debate_daily");
  await page.waitForSelector(".posts .tree");
  const tree = (await page.$eval(".posts .tree", (one) => one.textContent ?? "")).replace(/\s+/gu, " ");
  assert.match(tree, /^true all of these/);
  assert.match(tree, /true text has "soup"/);
  assert.match(tree, /true any of these ?true views < 400 · here: 312 ?unknown promoted/);
  assert.match(tree, /true not ?false followed/);
});

replay("why a rule at the caret does not speak of a post", { rules: "" }, async (page) => {
  await write(page, 'hide if text has "nowhere"');
  await sum(page, "do what they do as saved");
  await page.locator('::-p-aria([name="All posts"])').click();
  await click(page, "Why, of the post by @debate_daily");
  await says(page, "My rules, line 1 · It does not speak");
  await says(page, 'false text has "nowhere"');
});

replay("a rule is made of a post, and what it would do is seen before it is saved", {}, async (page) => {
  await page.locator('::-p-aria([name="All posts"])').click();
  await click(page, "Make a rule of the post by @market_whisperer");
  await says(page, "A rule from this post");
  await click(page, 'Add the rule hide if author is "market_whisperer"');
  await sum(page, "As typed: hides 1 more.");
  assert.deepEqual(await sent(page, "set-rules"), []);
  assert.match(
    await page.$eval(".cm-content", (one) => one.textContent ?? ""),
    /hide if author is "market_whisperer"/,
  );
});

replay(
  "the address leads once to the post that a rule is made of",
  { hash: "#from/once", picked: { once: "x r5" } },
  async (page) => {
    await says(page, "A rule from this post");
    await says(page, 'hide if author is "debate_daily"');
    assert.equal(new URL(page.url()).hash, "#rules");
    assert.equal((await sent(page, "picked-post")).length, 1);
    await page.evaluate(() => {
      location.hash = "#from/once";
    });
    await says(page, "This post is not remembered any more");
  },
);

replay(
  "a post that is not remembered any more is said to be",
  { hash: "#from/once", picked: { once: "x gone" } },
  async (page) => {
    await says(page, "This post is not remembered any more");
    await click(page, "Close the proposals");
  },
);

replay("what is typed and saved while the posts are taken counts", {}, async (page) => {
  await page.evaluate(() => {
    window.fake.recent = [...window.fake.recent, { id: "r7", text: "A newer soup.", views: 1 }];
    window.fake.held = new Promise((resolve) => {
      window.addEventListener("go on", () => resolve(), { once: true });
    });
  });
  await click(page, "Refresh the posts");
  await write(page, "hide if views < 10k");
  await chord(page, "Control", "s");
  await says(page, "Saved.");
  await write(page, '\nhide if text has "tomatoes" or author is "MegaMattress" or name is "Someone"');
  await page.evaluate(() => window.dispatchEvent(new Event("go on")));
  await page.locator('::-p-aria([name="All posts"])').click();
  await says(page, "A newer soup.");
  await sum(page, "As typed: hides 1 more.");
  assert.ok((await listed(page)).includes("A newer soup.: hidden"));
});

replay("the posts are kept only if one says so, and deleted when one says so", {}, async (page) => {
  await says(page, "They are not encrypted");
  await page.locator('::-p-aria([name="Keep these posts"][role="switch"])').click();
  await page.waitForFunction(() => window.fake.kept);
  await click(page, "Delete them");
  await says(page, "Open a feed in another tab");
  assert.deepEqual(await sent(page, "forget-recent"), [{ type: "forget-recent" }]);
  assert.equal((await page.$$(".posts > li")).length, 0);
});

replay(
  "posts of an older version, or of none, cost themselves only",
  {
    recent: [
      7,
      null,
      { text: "no id" },
      { id: "ok", text: "soup", likes: "many", kind: "song" },
      { id: "", text: "x" },
    ],
  },
  async (page) => {
    await write(page, 'hide if text has "soup"');
    await sum(page, "hides 1 more");
    assert.deepEqual(await listed(page), ["soup: hidden, changes"]);
  },
);

test("without posts the pane says how to get some, and what is typed is checked all the same", {
  skip,
}, async () => {
  const page = await pages.open("dashboard", { rules: "", recent: [] });
  await says(page, "Open a feed in another tab");
  await write(page, "hide if sugested");
  await says(page, "1 thing to look at");
  await page.evaluate(() => {
    window.fake.recent = [{ id: "1", text: "soup", suggested: true }];
  });
  await click(page, "Refresh the posts");
  await sum(page, "do what they do as saved");
  assert.deepEqual(errorsOf(page), []);
  await page.close();
});

replay("4 MB that are pasted are refused with a word, and nothing is lost", {}, async (page) => {
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.setData("text/plain", 'hide if text has "soup" # filler\n'.repeat(140_000));
    document
      .querySelector(".cm-content")
      ?.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await sum(page, "larger than 4 MB");
  await chord(page, "Control", "s");
  await says(page, "They are not saved");
  assert.match(await text(page), /not saved/);
});

async function choose(page: Page, file: string, content: string): Promise<void> {
  const path = join(folder, file);
  await writeFile(path, content);
  const [chooser] = await Promise.all([page.waitForFileChooser(), click(page, "Choose a file")]);
  await chooser.accept([path]);
}

replay(
  "another tool's filters are shown with what could not be carried over, before they are taken",
  {},
  async (page) => {
    await choose(page, "words.txt", "soup\ngiveaway\n");
    await says(page, "2 of 2 entries became");
    assert.deepEqual(await sent(page, "import-pack"), []);
    await click(page, "Add to my rules");
    await sum(page, "more");
    assert.match(await page.$eval(".cm-content", (one) => one.textContent ?? ""), /soup/);
    await choose(page, "my-filters.txt", "! Title: mine\nx.com##article:has-text(soup)\n||ads.example^\n");
    await says(page, "“my-filters.txt”, list of cosmetic filters");
    await button(page, "Add as a pack of its own");
    await click(page, "Cancel");
  },
);

replay("a file of no known form is refused in words", {}, async (page) => {
  await choose(page, "broken.json", '{"a": [');
  await says(page, "could not be taken over");
});

replay("says where posts move, and lists them in their new order", {}, async (page) => {
  await write(page, "boost 2 if followed");
  await sum(page, "As typed: raises 2 more");
  const lifted = (await listed(page)).find((post) => post.startsWith("The first tomatoes"));
  assert.equal(lifted, "The first tomatoes are in.: shown, score +2, changes");
  assert.equal(await page.$(".arranged"), null, "a score alone moves nothing");
  await page.keyboard.press("Enter");
  await page.keyboard.type("order by score, likes");
  await page.keyboard.press("Enter");
  await page.keyboard.type('demote 1 if text has "tomatoes"');
  await page.keyboard.press("Escape");
  await sum(page, "moves 2 posts up or down");
  const order = async () => (await listed(page)).map((post) => post.split(":")[0]);
  assert.deepEqual((await order()).slice(0, 2), [
    "Giveaway of seedlings at my gate.",
    "The first tomatoes are in.",
  ]);
  const [first] = await listed(page);
  assert.match(first ?? "", /score \+2, moves up 1, from 2nd to 1st of its feed, changes$/u);
  await page.click(".arranged input");
  assert.deepEqual((await order()).slice(-2), [
    "Giveaway of seedlings at my gate.",
    "The first tomatoes are in.",
  ]);
  // Saved, it is no change any more.
  await chord(page, "Control", "s");
  await sum(page, "As typed, your rules do what they do as saved.");
  assert.equal((await listed(page)).filter((post) => post.includes("moves")).length, 0);
});

replay("says which posts a limit takes, and where the feed ends", {}, async (page) => {
  await write(page, 'limit 2 per day then "Enough."');
  await sum(page, "hides");
  const taken = (await listed(page)).filter((post) => post.includes("hidden by a limit"));
  assert.ok(taken.length >= 3, taken.join("\n"));
  await says(page, "The feed ends here: “Enough.”");
});
