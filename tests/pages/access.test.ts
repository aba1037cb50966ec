/** Everyone can use the pages: axe finds nothing, in light and dark, narrow and wide, and nothing scrolls sideways. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { AxeResults } from "axe-core";
import { strToU8, zipSync } from "fflate";
import type { Page } from "puppeteer-core";
import { chord, click, says } from "./acts.ts";
import { ownCard, shippedModels } from "./models.ts";
import { type Name, type Opening, type Pages, startPages } from "./pages.ts";
import { needsWorkbench } from "./paths.ts";

const READER_RULES = [
  "hide if promoted",
  'collapse if text has "kettle" because "too much tea"',
  'blur all if author is "writer_4"',
  'label "boats" if text has word "boats"',
  'highlight if author is "writer_7"',
  "dim if likes > 400",
  'boost 2 if author is "writer_9"',
  'limit 50 per day then "Enough for today."',
  "order by score, newest",
].join("\n");

let pages: Pages;
let axe: string;
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "diffract-access-"));
  axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  pages = await startPages();
});
after(async () => {
  await pages.close();
  await rm(folder, { recursive: true, force: true });
});

async function choose(page: Page, name: string, file: string, content: string | Uint8Array): Promise<void> {
  const path = join(folder, file);
  await writeFile(path, content);
  const [chooser] = await Promise.all([page.waitForFileChooser(), click(page, name)]);
  await chooser.accept([path]);
}

async function openAll(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
}

const VIEWS: {
  name: string;
  page: Name;
  opening?: Opening;
  act?: (page: Page) => Promise<void>;
  /** It shows what only the workbench can say. */
  workbench?: true;
}[] = [
  {
    name: "popup",
    page: "popup",
    act: async (page) => {
      await click(page, "9 hidden");
      await click(page, "Never do this to this author: @MegaMattress");
      await says(page, "is always shown from now on.");
      await openAll(page);
    },
  },
  {
    name: "popup on a site that is not covered",
    page: "popup",
    opening: { report: null, granted: false, tab: "https://forum.example.org/" },
  },
  { name: "popup over a page of the browser", page: "popup", opening: { report: null, tab: null } },
  { name: "popup with troubles", page: "popup", opening: { state: { troubles: ["One.", "Two."] } } },
  { name: "my rules", page: "dashboard", opening: { hash: "#rules:4" } },
  {
    name: "my rules in conflict",
    page: "dashboard",
    act: async (page) => {
      await page.focus(".cm-content");
      await page.keyboard.type("hide if sugested ");
      await page.evaluate(() => window.fake.saveElsewhere("theirs\n"));
      await says(page, "changed in another window");
      await openAll(page);
    },
  },
  {
    name: "my rules with completions, search and what a rule would do",
    page: "dashboard",
    workbench: true,
    opening: { rules: "hide if sugested\n" },
    act: async (page) => {
      await says(page, "As typed");
      await page.focus(".cm-content");
      await chord(page, "Control", "End");
      await chord(page, "Control", "f");
      await page.waitForSelector(".cm-search");
      await page.focus(".cm-content");
      await page.keyboard.type('hide if text has "soup" and follow');
      await page.waitForSelector(".cm-tooltip-autocomplete li");
    },
  },
  {
    name: "my rules with a problem pointed at, and a rule made of a post",
    page: "dashboard",
    workbench: true,
    opening: {
      rules: "hide if sugested\nhide if views < 10k\n",
      hash: "#from/once",
      picked: { once: "x r3" },
    },
    act: async (page) => {
      await says(page, "A rule from this post");
      await page.waitForSelector(".cm-lint-marker");
      await page.hover(".cm-lint-marker");
      await page.waitForSelector(".cm-tooltip-lint");
      await openAll(page);
      await page.waitForSelector(".posts .tree");
    },
  },
  {
    name: "my rules with filters of another tool, before they are taken",
    page: "dashboard",
    workbench: true,
    opening: { rules: "" },
    act: async (page) => {
      await says(page, "As typed");
      await choose(
        page,
        "Choose a file",
        "filters.txt",
        "! Title: mine\nx.com##article:has-text(soup)\n||ads.example^\n",
      );
      await says(page, "“filters.txt”");
      await openAll(page);
    },
  },
  {
    name: "my rules that order posts",
    page: "dashboard",
    workbench: true,
    opening: { rules: "" },
    act: async (page) => {
      await says(page, "As typed");
      await page.focus(".cm-content");
      await page.keyboard.type("boost 2 if followed");
      await page.keyboard.press("Enter");
      await page.keyboard.type('limit 3 per day then "Enough."');
      await page.keyboard.press("Enter");
      await page.keyboard.type("order by likes, oldest, score");
      await page.keyboard.press("Escape");
      await says(page, "In the order that your rules give");
    },
  },
  {
    name: "packs with a package, before it is added",
    page: "dashboard",
    workbench: true,
    opening: { hash: "#packs" },
    act: async (page) => {
      const bytes = zipSync({
        "pack.toml": strToU8(
          'id = "less"\ntitle = "Less"\ndescription = "Less of it."\nversion = "1.0.0"\nauthor = "Ann"\nlicence = "CC0-1.0"\n',
        ),
        "rules.rules": strToU8("hide if sugested\nhide if promoted\n"),
        "lists/unused.txt": strToU8("word\n"),
      });
      await choose(page, "Add a pack from a file", "less.zip", bytes);
      await says(page, "Add “Less”?");
      await openAll(page);
    },
  },
  { name: "my rules without posts", page: "dashboard", opening: { recent: [] } },
  {
    name: "packs",
    page: "dashboard",
    opening: { hash: "#packs/calm:3" },
    act: openAll,
  },
  {
    name: "models",
    page: "dashboard",
    opening: {
      hash: "#models",
      state: { models: shippedModels() },
      filters: {
        kettles: ["A kettle", "Tea", "Kettle sale", "A river", "Rain", "A hill"].map((text, index) => ({
          text,
          belongs: index < 3,
        })),
        walks: [{ text: "A hill", belongs: true }],
      },
    },
    act: async (page) => {
      await openAll(page);
      await says(page, "It tells 90 % of its own examples rightly");
      await page.type(".trying textarea", "A giveaway");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await says(page, "Score 0.93");
    },
  },
  {
    name: "models with one that is brought, before it is kept",
    page: "dashboard",
    opening: { hash: "#models" },
    act: async (page) => {
      const own = ownCard("kettle-talk");
      const zip = zipSync({ "card.toml": strToU8(own.toml), "model.onnx": new Uint8Array(6).fill(7) });
      await choose(page, "Add a model from files", "kettles.zip", zip);
      await says(page, "Keep “kettle-talk”?");
      await openAll(page);
    },
  },
  { name: "backup", page: "dashboard", opening: { hash: "#backup" } },
  {
    name: "health",
    page: "dashboard",
    opening: { hash: "#health", state: { troubles: ["The pack “Calm” was damaged."] } },
  },
  { name: "welcome", page: "welcome" },
  {
    name: "reader",
    page: "reader",
    workbench: true,
    opening: { gathered: 60, rules: READER_RULES },
    act: async (page) => {
      await page.waitForSelector(".post");
      for (const name of ["Why here", "Show it"]) await click(page, name);
      await page.evaluate(() => window.fake.gather([{ id: "new", platform: "x", text: "new", time: 4e9 }]));
      await says(page, "1 new");
    },
  },
  {
    name: "reader in the middle of the feed, with what is hidden",
    page: "reader",
    workbench: true,
    opening: { gathered: 60, rules: READER_RULES },
    act: async (page) => {
      await page.waitForSelector(".post");
      await page.click(".summary input");
      await page.keyboard.press("j");
      for (let step = 0; step < 8; step += 1) await page.keyboard.press("j");
      await page.keyboard.press("w");
      await says(page, "Its score is");
    },
  },
  {
    name: "reader with a feed that could not be made anew",
    page: "reader",
    workbench: true,
    opening: { gathered: 60, rules: READER_RULES },
    act: async (page) => {
      await page.waitForSelector(".post");
      await page.evaluate(() => {
        if (window.scenario) window.scenario.refusal = "The disk is full.";
        window.fake.saveElsewhere("");
      });
      await says(page, "a newer one could not be made");
    },
  },
  { name: "reader without posts", page: "reader", workbench: true, opening: { gathered: 0 } },
  {
    name: "reader with its keys",
    page: "reader",
    workbench: true,
    act: async (page) => {
      await page.waitForSelector(".post");
      await page.keyboard.press("?");
      await page.waitForSelector("dialog[open]");
    },
  },
  { name: "before and after", page: "compare", workbench: true, opening: { hash: "#7" } },
  { name: "before and after: which page", page: "compare" },
];

for (const { name, page: which, opening = {}, act, workbench } of VIEWS) {
  for (const dark of [false, true]) {
    for (const width of [320, which === "popup" ? 360 : 1280]) {
      const skip = workbench ? needsWorkbench : false;
      test(`${name}, ${dark ? "dark" : "light"}, ${width} px`, { skip }, async () => {
        const page = await pages.open(which, { ...opening, dark, width });
        await act?.(page);
        await page.evaluate(axe);
        const results = (await page.evaluate(
          "axe.run(document, { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } })",
        )) as AxeResults;
        const found = results.violations.map(
          ({ id, nodes }) =>
            `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join("\n")}`,
        );
        assert.deepEqual(found, []);
        const [content, window] = await page.evaluate(() => [
          document.documentElement.scrollWidth,
          innerWidth,
        ]);
        assert.ok((content ?? 0) <= (window ?? 0), `${content} px of content in ${window}`);
        await page.close();
      });
    }
  }
}

for (const which of ["popup", "dashboard", "welcome", "reader", "compare"] as const) {
  test(`${which}: whatever the Tab key reaches can be seen to be reached`, async () => {
    const page = await pages.open(which);
    const seen: string[] = [];
    const bare: string[] = [];
    for (let step = 0; step < 60; step += 1) {
      await page.keyboard.press("Tab");
      const { name, ring } = await page.evaluate(() => {
        const at = document.activeElement;
        // The editor's ring is drawn around the whole of it.
        const ringed = at?.closest(".editor") ?? at;
        const style = ringed === null ? null : getComputedStyle(ringed);
        return {
          name: `${at?.tagName} ${at?.id} ${at?.className} ${at?.textContent?.slice(0, 30)}`,
          ring:
            style !== null && style.outlineStyle === "solid" && Number.parseFloat(style.outlineWidth) >= 2,
        };
      });
      if (name.startsWith("BODY")) break;
      seen.push(name);
      if (!ring) bare.push(name);
    }
    assert.ok(seen.length > 3, seen.join(", "));
    assert.deepEqual(bare, []);
    await page.close();
  });
}

test("nothing moves for a reader who asked for stillness", async () => {
  const page = await pages.open("popup");
  const duration = () =>
    page.$eval("input[role=switch]", (element) => getComputedStyle(element).transitionDuration);
  assert.notEqual(await duration(), "0s");
  await page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }]);
  assert.equal(await duration(), "0s");
  await page.close();
});

test("popup: no wider than its window where the machine's font is", async () => {
  for (const width of [320, 360]) {
    const page = await pages.open("popup", { width });
    // As wide as fonts are.
    await page.addStyleTag({ content: "* { font-family: monospace !important; letter-spacing: 0.06em }" });
    const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.deepEqual([content, window], [width, width]);
    await page.close();
  }
});
