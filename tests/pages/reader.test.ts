/** The reader and "before and after", in a real browser, over a background that is played. The core makes the feed. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "puppeteer-core";
import { click, says, text } from "./acts.ts";
import { errorsOf, type Opening, type Pages, startPages } from "./pages.ts";
import { needsWorkbench as skip } from "./paths.ts";

let pages: Pages;
before(async () => {
  pages = await startPages();
});
after(() => pages.close());

/** Runs `body` with the reader open; errors of the page fail the test. */
function reader(name: string, opening: Opening, body: (page: Page) => Promise<void>): void {
  test(name, { skip }, async () => {
    const page = await pages.open("reader", { height: 700, ...opening });
    await body(page);
    assert.deepEqual(errorsOf(page), []);
    await page.close();
  });
}

const post = (id: string, more: object = {}) => ({
  id,
  platform: "x",
  host: "x.com",
  text: `Words of ${id}.`,
  author: `author_of_${id}`,
  url: `https://x.com/post/${id}`,
  time: 1_700_000_000 + Number(id.replace(/\D/gu, "") || 0),
  ...more,
});

/** What stands in the feed near the window, by the posts' names. */
const names = (page: Page) =>
  page.$$eval(".feed article", (all) => all.map((one) => one.getAttribute("data-name")?.slice(2) ?? "note"));
const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute("data-name") ?? "");
/** Where a post stands in the window, in pixels. */
const place = (page: Page, name: string) =>
  page.evaluate(
    (wanted) =>
      [...document.querySelectorAll(`.feed article`)]
        .find((one) => one.getAttribute("data-name") === wanted)
        ?.getBoundingClientRect().top ?? null,
    name,
  );
/** Waits for two frames: what a scroll draws is drawn by then. */
const frames = (page: Page) =>
  page.evaluate(
    () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
  );

reader(
  "stands in the order of the rules, across sites, without what is hidden",
  {
    gathered: [
      post("p1"),
      post("p2", { promoted: true }),
      post("p3", { platform: "reddit", host: "www.reddit.com", title: "A headline" }),
      post("p4", { likes: 90 }),
    ],
    rules: "hide if promoted\nboost 3 if likes > 50\norder by score, oldest\n",
  },
  async (page) => {
    assert.deepEqual(await names(page), ["p4", "p1", "ddit p3"]);
    await says(page, "3 posts. The highest score first, then the oldest first.");
    await click(page, "Why here: author_of_p4".replace("author", "@author"));
    await says(page, "My rules, line 3, says “order by score, oldest”");
    await says(page, "Its score is +3.");
    await says(page, "boost 3 if likes > 50");
    await page.click(".summary input");
    await page.waitForFunction(() => document.querySelectorAll(".feed article").length === 4);
    assert.deepEqual(await names(page), ["p4", "p1", "p2", "ddit p3"]);
    await says(page, "Hidden: the site marks it as an ad");
  },
);

reader(
  "ends where a limit says so",
  {
    gathered: Array.from({ length: 9 }, (_, index) => post(`p${index + 1}`)),
    rules: 'limit 4 per visit then "Enough for today."\n',
  },
  async (page) => {
    assert.deepEqual(await names(page), ["p9", "p8", "p7", "p6"]);
    assert.equal(await page.$eval(".end h2", (found) => found.textContent), "Enough for today.");
    await says(page, "5 posts are left out.");
    // What comes later finds no place either.
    await page.evaluate(() => window.fake.gather([{ id: "p99", platform: "x", text: "later", time: 4e9 }]));
    await new Promise((resolve) => setTimeout(resolve, 2500));
    assert.doesNotMatch(await text(page), /1 new/);
  },
);

reader(
  "collapsed, blurred and replaced posts open where they stand, and close again",
  {
    gathered: [post("p1"), post("p2", { text: "A giveaway!" }), post("p3", { sensitive: true })],
    rules:
      'collapse if text has "giveaway" because "a giveaway"\nblur if sensitive\nreplace with "Later." if author is "author_of_p1"\n',
  },
  async (page) => {
    await says(page, "Collapsed: a giveaway");
    await says(page, "Later.");
    const words = () => page.$$eval(".content", (all) => all.map((one) => one.textContent));
    assert.deepEqual(await words(), ["Words of p3."], "only the blurred one has its words in the page");
    assert.equal(await page.$eval(".is-blur .content", (found) => (found as HTMLElement).inert), true);
    await click(page, "Show it: @author_of_p2");
    await says(page, "A giveaway!");
    await click(page, "Collapse it again: @author_of_p2");
    await page.waitForFunction(() => !document.body.textContent.includes("A giveaway!"));
    await click(page, "Show it: @author_of_p3");
    await page.waitForFunction(() => document.querySelector(".is-blur") === null);
  },
);

reader(
  "folds threads and what is the same, and says where else it stands",
  {
    gathered: [
      post("p1", { author: "alice" }),
      post("p2", { author: "bob", replying_to: "alice", reply: true, text: "An answer of weight." }),
      post("p3", { author: "carol", repost: true, reposted_by: "dan", url: "https://x.com/post/9" }),
      post("p9", { author: "carol", url: "https://x.com/post/9" }),
      post("p5", {
        platform: "reddit",
        host: "www.reddit.com",
        title: "Story",
        kind: "link",
        text: "",
        links: ["https://news.example/story"],
      }),
      post("p6", {
        platform: "hackernews",
        host: "news.ycombinator.com",
        title: "Story",
        kind: "link",
        text: "",
        links: ["https://news.example/story?utm_source=hn"],
      }),
    ],
    rules: "",
  },
  async (page) => {
    assert.deepEqual(await names(page), ["p9", "ckernews p6", "p1"]);
    await says(page, "Also: Reddit, @author_of_p5");
    assert.doesNotMatch(await text(page), /An answer of weight/);
    await click(page, "1 answer to @alice");
    await says(page, "An answer of weight.");
    await click(page, "Fold them: answers to @alice");
    await page.waitForFunction(() => !document.body.textContent.includes("An answer of weight."));
  },
);

reader("goes from post to post by keys, and a focused post stays", { gathered: 300 }, async (page) => {
  await page.waitForSelector(".post");
  await page.keyboard.press("j");
  const first = await focused(page);
  assert.notEqual(first, "");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  const articles = await page.$$eval(".feed article", (all) =>
    all.map((one) => [one.getAttribute("data-name"), one.getAttribute("aria-posinset")]),
  );
  assert.equal(articles.find(([name]) => name === first)?.[1], "1");
  const second = await focused(page);
  assert.equal(articles.find(([name]) => name === second)?.[1], "2");
  // However far the window goes, the focus is not lost.
  await page.evaluate(() => scrollBy(0, 20_000));
  await frames(page);
  await frames(page);
  assert.equal(await focused(page), second);
  await page.keyboard.press("End");
  await page.waitForFunction(
    () =>
      document.activeElement?.getAttribute("aria-posinset") ===
      document.activeElement?.getAttribute("aria-setsize"),
  );
  const end = await page.evaluate(() => document.activeElement?.getBoundingClientRect().toJSON());
  assert.ok(end.top >= 0 && end.top < 700, "the last post is in the window");
  await page.keyboard.press("Home");
  await page.waitForFunction(() => document.activeElement?.getAttribute("aria-posinset") === "1");
  assert.ok(((await place(page, first)) ?? -1) >= 40, "the header covers none of it");
});

reader("opens the original, says why, and covers by keys", { gathered: 12, rules: "" }, async (page) => {
  await page.waitForSelector(".post");
  await page.evaluate(() => {
    window.open = (url, target, features) => {
      window.fake.opened.push(`${url} ${target} ${features}`);
      return null;
    };
  });
  await page.keyboard.press("j");
  await page.keyboard.press("w");
  await says(page, "No rule of yours says “order by”");
  await page.keyboard.press("w");
  await page.keyboard.press("x");
  await page.waitForFunction(() => document.querySelector(".post.covered") !== null);
  await page.keyboard.press("x");
  await page.keyboard.press("o");
  await page.keyboard.press("Enter");
  const name = (await focused(page)).replace(/^\S+ m/u, "");
  const opened = await page.evaluate(() => window.fake.opened);
  assert.equal(opened.length, 2);
  assert.match(opened[0] ?? "", new RegExp(`^https://[\\w.]+/post/${name} _blank noopener,noreferrer$`));
  await page.keyboard.press("?");
  await page.waitForSelector("dialog[open]");
  const under = await focused(page);
  await page.keyboard.press("j");
  assert.equal(await focused(page), under, "keys are the list's own while it is open");
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.querySelector("dialog[open]") === null);
});

reader("what is new waits, and moves nothing that is being read", { gathered: 200 }, async (page) => {
  await page.waitForSelector(".post");
  await page.evaluate(() => scrollTo(0, 4000));
  await frames(page);
  await frames(page);
  const [name = ""] = await page.$$eval(".feed article", (all) =>
    all
      .filter((one) => one.getBoundingClientRect().top > 100)
      .map((one) => one.getAttribute("data-name") ?? ""),
  );
  const before = await place(page, name);
  const size = () =>
    page.$eval(".feed article", (found) => Number((found as HTMLElement).getAttribute("aria-setsize")));
  const first = await size();
  await page.evaluate(() =>
    window.fake.gather(
      Array.from({ length: 12 }, (_, index) => ({
        id: `new${index}`,
        platform: "x",
        author: `herald_${index}`,
        text: `News ${index}`,
        time: 4e9 + index,
      })),
    ),
  );
  await says(page, "12 new");
  assert.equal(await place(page, name), before);
  // Rules that change hold at once; what is read stays in its place, though posts above it go.
  await page.evaluate(() => window.fake.saveElsewhere('hide if author is "writer_1"\n'));
  await page.waitForFunction(
    (many) => Number(document.querySelector(".feed article")?.getAttribute("aria-setsize")) < many,
    {},
    first,
  );
  await frames(page);
  const now = await place(page, name);
  assert.ok(Math.abs((now ?? 1e9) - (before ?? 0)) <= 1, `${before} → ${now}`);
  // What is new waits on, by the rules of now.
  await says(page, "12 new");
  const second = await size();
  await page.evaluate(() =>
    window.fake.saveElsewhere(
      'hide if author is "writer_1" or author is "herald_0" or author is "herald_1"\n',
    ),
  );
  await says(page, "10 new");
  assert.equal(await size(), second);
  await page.evaluate(() =>
    window.fake.gather([{ id: "newest", platform: "x", author: "last", text: "Newest", time: 5e9 }]),
  );
  await says(page, "11 new");
  await page.keyboard.press("n");
  await page.waitForFunction(() => document.activeElement?.getAttribute("data-name") === "x newest");
  assert.equal(await page.$(".news"), null);
});

reader(
  "hostile posts are shown as words, and lead nowhere they should not",
  {
    height: 4000,
    gathered: [
      post("p1", {
        text: "<img src=x onerror=alert(1)> <b>bold</b>",
        author: "<script>",
        name: "\u202eevil",
      }),
      post("p2", {
        url: "javascript:alert(1)",
        links: ["javascript:alert(2)", "data:text/html,x", "https://good.example/a"],
      }),
      post("p3", { text: "huge ".repeat(100_000), title: "T".repeat(50_000) }),
      post("p4", { text: `zalgo${"\u0301\u0323".repeat(3000)}`, author: "x".repeat(5000) }),
      post("p5", { text: "\u0000\u0007bell", likes: "many", media: [1, "image"], time: "soon", age: -5 }),
      { id: "bare" },
      { id: "p6", platform: "x" },
      { id: "p6", platform: "x", text: "the same id again" },
      null,
      7,
      { text: "no id" },
      post("p8", { text: "שלום עולם, this is mixed", author: "مرحبا" }),
    ],
    rules: "",
  },
  async (page) => {
    await says(page, "<img src=x onerror=alert(1)>");
    assert.equal(await page.$(".feed img"), null);
    const links = await page.$$eval(".feed a", (all) => all.map((one) => [one.href, one.rel, one.target]));
    assert.ok(links.length > 5);
    for (const [href = "", rel, target] of links) {
      assert.match(href, /^https?:\/\//u);
      assert.ok(href.startsWith("http://127.0.0.1") || rel === "noopener noreferrer", `${href}: ${rel}`);
      assert.equal(target, "_blank");
    }
    await says(page, "good.example");
    const { innerWidth: width, scrollWidth } = await page.evaluate(() => ({
      innerWidth,
      scrollWidth: document.documentElement.scrollWidth,
    }));
    assert.ok(scrollWidth <= width, `${scrollWidth} px of content in ${width}`);
    assert.doesNotMatch(await text(page), /[\u202e\p{Cc}]/u);
    const heights = await page.$$eval(".feed article", (all) => all.map((one) => one.offsetHeight));
    assert.ok(
      heights.every((height) => height > 20 && height < 2000),
      heights.join(" "),
    );
  },
);

reader(
  "is refused in the background's words, and tries again",
  { refusal: "The disk is full." },
  async (page) => {
    await says(page, "The feed could not be made: The disk is full.");
    await page.evaluate(() => {
      if (window.scenario) delete window.scenario.refusal;
    });
    await click(page, "Try again");
    await says(page, "The newest first.");
  },
);

reader("a feed that cannot be made anew stays, and says so", { gathered: 30 }, async (page) => {
  await page.waitForSelector(".post");
  await page.evaluate(() => scrollTo(0, 1500));
  await frames(page);
  await frames(page);
  const before = await names(page);
  const [name = ""] = await page.$$eval(".feed article", (all) =>
    all
      .filter((one) => one.getBoundingClientRect().top > 100)
      .map((one) => one.getAttribute("data-name") ?? ""),
  );
  const top = await place(page, name);
  await page.evaluate(() => {
    if (window.scenario) window.scenario.refusal = "The disk is full.";
    window.fake.gather([{ id: "new", platform: "x", text: "News", time: 1_700_000_000 }]);
  });
  await says(page, "This is the feed as it was: a newer one could not be made. The disk is full.");
  assert.deepEqual([await names(page), await place(page, name)], [before, top]);
  const notice = await page.$eval(".stale", (found) => found.getBoundingClientRect().bottom);
  assert.ok(notice > 0 && notice <= 700, "it is in the window, wherever that is");
  await page.evaluate(() => {
    if (window.scenario) delete window.scenario.refusal;
  });
  await click(page, "Try again");
  await page.waitForFunction(() => document.querySelector(".stale") === null);
  await says(page, "1 new");
  assert.deepEqual(await names(page), before);
  // Rules that could not be taken then hold with the next feed, whatever brings it.
  await page.evaluate(() => {
    if (window.scenario) window.scenario.refusal = "The disk is full.";
    window.fake.saveElsewhere('hide if author is "writer_3" or author is "late"\n');
  });
  await says(page, "This is the feed as it was");
  await page.evaluate(() => {
    if (window.scenario) delete window.scenario.refusal;
    window.fake.gather([{ id: "hid", platform: "x", author: "late", text: "Late", time: 1_700_000_000 }]);
  });
  await page.waitForFunction(() => document.querySelector(".stale") === null);
  assert.ok(!(await page.evaluate(() => document.body.innerText)).includes("@writer_3 "));
  await says(page, "1 new");
});

reader(
  "a site that comes back from a pause brings its posts back, and none that is new",
  { gathered: [post("p1"), post("p2"), post("p3", { platform: "reddit" })], rules: "" },
  async (page) => {
    await says(page, "3 posts.");
    const all = await page.evaluate(() => window.fake.gathered);
    await page.evaluate(() => {
      window.fake.gathered = window.fake.gathered.slice(2);
      window.fake.saveElsewhere("# paused\n");
    });
    await says(page, "1 post.");
    await page.evaluate(
      (posts) => {
        window.fake.gathered = posts;
        window.fake.saveElsewhere("");
      },
      [...all, post("p4")],
    );
    await says(page, "3 posts.");
    await says(page, "1 new");
    assert.deepEqual(await names(page), ["ddit p3", "p2", "p1"]);
  },
);

reader(
  "an answer that the reader asked to see is not folded",
  {
    gathered: [
      post("p1", { author: "alice" }),
      post("p2", { author: "bob", replying_to: "alice", reply: true, text: "A giveaway!" }),
      post("p3", { author: "carol", replying_to: "alice", reply: true, text: "Another giveaway!" }),
    ],
    rules: 'collapse if text has "giveaway"\n',
    shown: ["p2"],
  },
  async (page) => {
    await click(page, "2 answers to @alice");
    const replies = await page.$$eval(".reply", (all) =>
      all.map((one) => [one.querySelector(".text")?.textContent, one.querySelector("details") !== null]),
    );
    assert.deepEqual(replies, [
      ["A giveaway!", false],
      ["Another giveaway!", true],
    ]);
  },
);

reader("without posts it says what to do", { gathered: 0 }, async (page) => {
  await says(page, "Nothing gathered yet");
  await says(page, "Not gathered, because Diffract is paused there: www.linkedin.com, old.reddit.com.");
  await page.evaluate(() =>
    window.fake.gather([{ id: "1", platform: "x", text: "The first of all", time: 1_700_000_000 }]),
  );
  await says(page, "The first of all");
});

reader(
  "two thousand posts are in the feed, and a few dozen in the page",
  { gathered: 2000 },
  async (page) => {
    await page.waitForSelector(".post");
    for (const share of [0, 0.3, 0.6, 1]) {
      await page.evaluate((to) => scrollTo(0, document.documentElement.scrollHeight * to), share);
      await frames(page);
      await frames(page);
      const drawn = await page.evaluate(() => {
        const articles = [...document.querySelectorAll<HTMLElement>(".feed article")];
        const tops = articles.map((one) => one.getBoundingClientRect()).sort((a, b) => a.top - b.top);
        const overlaps = tops.filter(
          (one, index) => index > 0 && one.top < (tops[index - 1]?.bottom ?? 0) - 1,
        );
        const covers = tops.some((one) => one.top <= innerHeight / 2 && one.bottom + 20 >= innerHeight / 2);
        return { count: articles.length, overlaps: overlaps.length, covers };
      });
      assert.ok(drawn.count > 5 && drawn.count < 80, `${drawn.count} posts at ${share}`);
      assert.equal(drawn.overlaps, 0, `posts lie over each other at ${share}`);
      if (share < 1) assert.ok(drawn.covers, `the window is empty at ${share}`);
    }
    const sizes = await page.$$eval(".feed article", (all) =>
      all.map((one) => one.getAttribute("aria-setsize")),
    );
    const said = /([\d,]+) posts\./u.exec(await text(page))?.[1]?.replace(",", "");
    assert.ok(Number(said) > 1800, `${said} posts`);
    assert.deepEqual([...new Set(sizes)], [said]);
  },
);

const judged = (id: string, position: number, verdict: object = {}, more: object = {}) => ({
  post: post(id, { position, ...more }),
  verdict: { id, action: "show", labels: [], highlight: false, score: 0, reasons: [], ...verdict },
  shown: false,
  places: 1,
});

test("before and after: both orders, what was taken out and why, and what moved", { skip }, async () => {
  const because = (rule: string) => [
    { pack: "mine", rule, line: 2, effect: "hide", because: "an advert", evidence: [] },
  ];
  const report = {
    host: "x.com",
    platform: "x",
    surface: "home",
    paused: false,
    seen: 5,
    actions: {},
    // As they were seen last, not as the page has them.
    posts: [
      judged("p3", 3, {}, { time: 300 }),
      judged("p1", 1, {}, { time: 400 }),
      judged("p2", 2, { action: "hide", reasons: because("hide if promoted") }),
      judged("p4", 4, { action: "collapse", reasons: because("collapse if reply") }, { time: 100 }),
      judged("p5", 5, {}, { time: 500 }),
    ],
    health: { adapter: "x", state: "good", locators: [] },
    troubles: [],
    undecided: 0,
    latencies: [],
    engine: "background",
    feed: { fold: "nothing", newest: null },
  } as never;
  const page = await pages.open("compare", { report, rules: "order by newest\n", hash: "#7", width: 1200 });
  await says(page, "x.com: 4 posts, 1 taken out, 1 moved.");
  const column = (side: string) =>
    page.$$eval(`.${side} .row`, (all) =>
      all.map((one) => (one as HTMLElement).innerText.replace(/\s+/gu, " ")),
    );
  assert.deepEqual(
    (await column("before")).map((words) => words.slice(0, 16)),
    ["1 @author_of_p1 ", "2 @author_of_p2 ", "3 @author_of_p3 ", "4 @author_of_p4 ", "5 @author_of_p5 "],
  );
  assert.match((await column("before"))[1] ?? "", /Taken out: an advert/);
  assert.match((await column("before"))[3] ?? "", /Collapsed: an advert/);
  assert.match((await column("before"))[4] ?? "", /now 1st/);
  assert.deepEqual(
    (await column("after")).map((words) => /p\d/u.exec(words)?.[0]),
    ["p5", "p1", "p3", "p4"],
  );
  assert.match((await column("after"))[0] ?? "", /was 5th/);
  assert.equal((await page.$$(".lines path")).length, 5);
  await page.click(".controls input");
  await page.waitForFunction(() => document.querySelectorAll(".before .row").length === 3);
  assert.deepEqual(errorsOf(page), []);
  await page.close();
});

test("before and after: a page that is gone, and the choice of another", { skip }, async () => {
  const page = await pages.open("compare", { report: null, hash: "#7" });
  await says(page, "The page does not answer");
  await page.close();
  const choice = await pages.open("compare", {});
  await click(choice, "x.com, 128 posts");
  await says(choice, "As your rules have it");
  assert.deepEqual(errorsOf(choice), []);
  await choice.close();
});
