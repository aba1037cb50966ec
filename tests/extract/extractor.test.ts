/** What the shell relies on besides finding and reading: identities, ways back to an item, health, and a guard. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Page } from "puppeteer-core";
import { readCompiledAdapters } from "../../extension/shared/adapter.ts";
import { bundled, compiledAdapters, launch, open } from "./harness.ts";

describe("the extractor in a page", () => {
  let session: Awaited<ReturnType<typeof launch>>;
  let bundle: string;
  before(async () => {
    session = await launch();
    bundle = await bundled("tests/extract/in-page.ts", "extracting");
  });
  after(() => session.close());

  /** Runs `body` in a page; `make()` there gives a fresh extractor. */
  async function inPage<T>(url: string, html: string, body: string): Promise<T> {
    const page: Page = await open(session.browser, url, html);
    try {
      await page.evaluate(bundle);
      return (await page.evaluate(
        `(() => { const make = () => extracting.extractorFor(${JSON.stringify(compiledAdapters())}); ${body} })()`,
      )) as T;
    } finally {
      await page.close();
    }
  }

  const hackerNews = (rows: string) =>
    `<table id="hnmain"><tr id="bigbox"><td><table>${rows}</table></td></tr></table>`;
  const story = (id: number, title: string) =>
    `<tr class="athing submission" id="${id}"><td class="title"><span class="titleline"><a href="https://n.example/${id}">${title}</a></span></td></tr>
     <tr><td class="subtext"><span class="subline"><span class="score" id="score_${id}">${id} points</span> by <a class="hnuser">amy</a> <span class="age" title="2026-03-01T08:00:00 1772352000"><a href="item?id=${id}">3 days ago</a></span> | <a href="item?id=${id}">9&nbsp;comments</a></span></td></tr>
     <tr class="spacer"></tr>`;

  test("an item's further rows belong to it, and lead back to it", async () => {
    const seen = await inPage<unknown>(
      "https://news.ycombinator.com/",
      hackerNews(story(1, "One") + story(2, "Two")),
      `const x = make(); const [one, two] = x.find(document);
       const score = document.querySelector("#score_2");
       return [one.extras.length, two.extras.map((e) => e.className), x.closestItem(score)?.item.id,
         x.closestItem(score.firstChild)?.item.id, x.closestItem(document.body), x.read(two).likes, x.read(two).replies];`,
    );
    assert.deepEqual(seen, [2, ["", "spacer"], "2", "2", null, 2, 9]);
  });

  test("the identity changes when the element holds another post, and only then", async () => {
    const seen = await inPage<boolean[]>(
      "https://x.com/home",
      `<main><div data-testid="cellInnerDiv"><article data-testid="tweet"><div data-testid="User-Name"><a href="/a">A</a><a href="/a/status/11"><time datetime="2026-03-01T08:00:00Z">1h</time></a></div><div data-testid="tweetText">one</div></article></div></main>`,
      `const x = make(); const [f] = x.find(document); const first = x.identity(f);
       document.querySelector("[data-testid=tweetText]").textContent = "one, edited";
       const edited = x.identity(f);
       document.querySelector("a[href*=status]").href = "/b/status/22";
       return [first === "11", edited === first, x.identity(f) === "22", x.read(f).id === "22"];`,
    );
    assert.deepEqual(seen, [true, true, true, true]);
  });

  test("without an identifier in the page, the words tell posts apart", async () => {
    const seen = await inPage<boolean[]>(
      "https://anything.example/",
      `<div role="feed"><div role="article"><p>one of them</p></div><div role="article"><p>the other</p></div><div role="article"></div></div>`,
      `const x = make(); const [a, b, empty] = x.find(document);
       const ids = [x.read(a).id, x.read(b).id];
       const before = x.identity(a); a.item.textContent = "something else";
       return [ids[0] !== ids[1], before !== x.identity(a), x.identity(empty) === null, x.read(empty) === null];`,
    );
    assert.deepEqual(seen, [true, true, true, true]);
  });

  test("items in shadow roots are found, and a change there leads to them", async () => {
    const seen = await inPage<unknown>(
      "https://anything.example/",
      `<div id="host"><template shadowrootmode="open"><div role="feed"><div role="article" data-id="s1"><my-card><template shadowrootmode="open"><p id="deep">words</p></template></my-card></div></div></template></div>`,
      `const x = make(); const roots = x.shadowHosts(document);
       const deep = roots[1].querySelector("#deep");
       return [roots.length, x.find(document).length, x.findAll().map((f) => x.read(f).text), x.closestItem(deep)?.item.dataset.id];`,
    );
    assert.deepEqual(seen, [2, 0, ["words"], "s1"]);
  });

  test("a hidden label is no label, a label in pieces is one", async () => {
    const html = (label: string) =>
      `<style>.gone{display:none}.veil{opacity:0}</style><div role="feed"><div class="veil"><div role="article" data-id="a"><span>${label}</span><p>words</p></div></div></div>`;
    for (const [label, promoted] of [
      ["<b>Sponsored</b>", true],
      ['<b class="gone">Sponsored</b>', false],
      ['<i class="gone"><b>Sponsored</b></i>', false],
      ['<b style="position:absolute;left:-9999px">Sponsored</b>', false],
      ["<b>Spon</b><i class='gone'>der</i><b>sored</b>", true],
      ["<b>S</b><b>p</b><b>o</b><b>n</b><b>s</b><b>o</b><b>r</b><b>e</b><b>d</b>", true],
      ["<b>Gespons</b><b>ert</b>", true],
      ["<b>広告</b>", true],
      ["<b>Реклама</b>", true],
      ["<b>Sponsored links are bad</b>", false],
    ] as const) {
      const read = await inPage<boolean>(
        "https://anything.example/",
        html(label),
        "const x = make(); return x.read(x.find(document)[0]).promoted;",
      );
      assert.equal(read, promoted, label);
    }
  });

  test("a fallback is in force until the first choice matches, and health says so", async () => {
    const seen = await inPage<unknown>(
      "https://x.com/home",
      `<main><div data-testid="cellInnerDiv"><article role="article"><div data-testid="User-Name"><a href="/a">A</a></div><a href="/a/status/1">x</a></article></div></main>`,
      `const x = make(); const worn = [x.find(document).length, x.health().state];
       document.querySelector("article").dataset.testid = "tweet"; x.reset();
       const good = [x.find(document).length, x.health().state];
       document.querySelector("article").remove(); x.reset(); x.find(document);
       return [worn, good, x.health(false).state, x.health(true).state];`,
    );
    assert.deepEqual(seen, [[1, "worn"], [1, "good"], "quiet", "broken"]);
    const quiet = await inPage<string>(
      "https://x.com/settings/account",
      "<main></main>",
      "const x = make(); x.find(document); return x.health().state;",
    );
    assert.equal(quiet, "quiet");
  });

  test("a label among many decoys, and with marks that show nothing", async () => {
    const many = [..."Sponsored"].map((c) => `<b>${c}</b>${'<i class="gone">z</i>'.repeat(16)}`).join("");
    for (const label of [
      many,
      `${many}<style>.x{color:${"red ".repeat(200)}}</style>`,
      "Spon\u200bsor\ufe0fed",
      "\u202ederosnopS",
    ]) {
      const read = await inPage<boolean>(
        "https://anything.example/",
        `<style>.gone{display:none}</style><div role="feed"><div role="article" data-id="a"><span>${label}</span><p>words</p></div></div>`,
        "const x = make(); return x.read(x.find(document)[0]).promoted;",
      );
      assert.equal(read, true, label.slice(0, 80));
    }
  });

  test("no half character, no endless address leaves the page", async () => {
    const seen = await inPage<[boolean, number, number]>(
      "https://old.reddit.com/",
      `<div id="siteTable"><div class="thing link" data-fullname="t3_a" data-type="link"><a class="title">t</a><div class="expando"><div class="md"></div></div></div></div>`,
      `const md = document.querySelector(".md");
       md.innerHTML = "x" + "🙂".repeat(30000) + Array.from({ length: 100 }, (_, i) => '<a href="https://e.example/' + i + "/" + "y".repeat(9000) + '">l</a>').join("");
       const x = make(); const post = x.read(x.find(document)[0]);
       const json = JSON.stringify(post);
       return [json.isWellFormed() && !json.includes("\\\\ud83d"), Math.max(...post.links.map((l) => l.length)), new TextEncoder().encode(json).length];`,
    );
    assert.equal(seen[0], true);
    assert.ok(seen[1] <= 2000 && seen[2] <= 65536, String(seen));
  });

  test("a short on a shelf is nobody's, rather than the page's", async () => {
    const seen = await inPage<unknown>(
      "https://www.youtube.com/",
      `<ytd-browse page-subtype="home"><div id="page-header"><h1>All Music Live</h1></div><ytd-rich-item-renderer><ytm-shorts-lockup-view-model><a href="/shorts/xxxxxxxxxx2"></a><h3>On a shelf</h3></ytm-shorts-lockup-view-model></ytd-rich-item-renderer></ytd-browse>`,
      "const x = make(); return x.read(x.find(document)[0]).author ?? null;",
    );
    assert.equal(seen, null);
  });

  test("two generations on one page are both found, once, and health tells which one prevails", async () => {
    const seen = await inPage<unknown>(
      "https://www.youtube.com/watch?v=z",
      `<ytd-comment-view-model><ytd-comment-renderer id="no"></ytd-comment-renderer><a href="?lc=a">a</a></ytd-comment-view-model><ytd-comment-renderer id="one"><a id="in" href="?lc=b">b</a></ytd-comment-renderer><ytd-comment-renderer><a href="?lc=c">c</a></ytd-comment-renderer>`,
      `const x = make(); const found = x.find(document);
       return [found.map((f) => x.read(f).id), x.closestItem(document.querySelector("#no")).item.localName, x.closestItem(document.querySelector("#in")).item.id,
         x.find(document.querySelector("#no")).length, x.health().locators.find((l) => l.name === "item.comment").rank];`,
    );
    assert.deepEqual(seen, [["a", "b", "c"], "ytd-comment-view-model", "one", 0, 1]);
  });

  test("the veil covers every item of YouTube, and nothing that is none", async () => {
    const seen = await inPage<unknown>(
      "https://www.youtube.com/",
      `${["ytd-playlist-video-renderer", "ytd-channel-renderer", "ytd-grid-channel-renderer", "ytd-movie-renderer", "ytd-backstage-post-renderer", "ytm-shorts-lockup-view-model"].map((tag) => `<${tag} class="item"></${tag}>`).join("")}<ytd-rich-item-renderer class="item"><yt-lockup-view-model></yt-lockup-view-model></ytd-rich-item-renderer>`,
      `const x = make(); const veiled = [...document.querySelectorAll(x.veilSelectors().join(","))];
       return [veiled.length, veiled.every((e) => e.className === "item"), x.find(document).length];`,
    );
    assert.deepEqual(seen, [7, true, 7]);
  });

  test("hosts, sub-hosts and other hosts find their adapter", async () => {
    const pick = (url: string, html = "<p>") => inPage<string>(url, html, "return make().adapter.name;");
    assert.equal(await pick("https://old.reddit.com/"), "old-reddit");
    assert.equal(await pick("https://sh.reddit.com/"), "reddit");
    assert.equal(await pick("https://notreddit.com/"), "generic");
    assert.equal(await pick("https://m.youtube.com/"), "youtube");
    assert.equal(
      await pick(
        "https://tiny.pond.example/",
        '<body class="app-body"><div id="mastodon" data-props="{}"></div>',
      ),
      "mastodon",
    );
  });
});

describe("the guard of compiled adapters", () => {
  const good = {
    version: 1,
    words: { promoted: ["Ad"], suggested: [], units: [["h", 3600]], magnitudes: [], ages: [], none: [] },
    problems: [],
    adapters: [
      {
        name: "a",
        title: "A",
        hosts: ["a.example"],
        surfaces: [{ is: "home", path: "^/$" }],
        items: [
          { name: "post", select: ["article"], identity: [{ attr: "id" }], fields: { text: [{ css: "p" }] } },
        ],
      },
    ],
  };
  const changed = (change: (copy: typeof good) => void): unknown => {
    const copy = structuredClone(good);
    change(copy);
    return copy;
  };

  test("the shipped adapters pass whole", () => {
    const compiled = readCompiledAdapters(JSON.parse(compiledAdapters()));
    assert.deepEqual(compiled.problems, []);
    assert.ok(compiled.adapters.length >= 9);
    assert.ok(compiled.words.promoted.length >= 100);
  });

  test("a good one passes", () => {
    assert.deepEqual(readCompiledAdapters(good).problems, []);
    assert.equal(readCompiledAdapters(good).adapters.length, 1);
  });

  for (const [name, value, key] of [
    ["no object", null, "adapters"],
    ["another version", { ...good, version: 2 }, "version"],
    [
      "a surface that is none",
      changed((c) => Object.assign(c.adapters[0]?.surfaces[0] ?? {}, { is: "hoem" })),
      "adapters[0].surfaces[0].is",
    ],
    [
      "a pattern that is none",
      changed((c) => Object.assign(c.adapters[0]?.surfaces[0] ?? {}, { path: "(" })),
      "adapters[0].surfaces[0].path",
    ],
    [
      "a field that is none",
      changed((c) => Object.assign(c.adapters[0]?.items[0]?.fields ?? {}, { auhtor: [] })),
      "adapters[0].items[0].fields.auhtor",
    ],
    [
      "a scope that is none",
      changed((c) => Object.assign(c.adapters[0]?.items[0]?.identity[0] ?? {}, { in: "there" })),
      "adapters[0].items[0].identity[0].in",
    ],
    [
      "a selector too long",
      changed((c) => c.adapters[0]?.items[0]?.select.push("a".repeat(1001))),
      "adapters[0].items[0].select[1]",
    ],
  ] as const) {
    test(`${name} is refused with its key, the rest stays`, () => {
      const read = readCompiledAdapters(value);
      assert.equal(read.adapters.length, 0);
      assert.deepEqual(
        read.problems.map((p) => p.key),
        [key],
      );
    });
  }
});
