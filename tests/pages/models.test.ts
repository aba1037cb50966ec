/** Models in the dashboard: what each says of itself, how strict it is, a reader's own, and filters that are taught. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { strToU8, type Zippable, zipSync } from "fflate";
import type { Page } from "puppeteer-core";
import type { Thumb } from "../../extension/shared/messages.ts";
import { click, says, text } from "./acts.ts";
import { noCards, ownCard, shippedModels } from "./models.ts";
import { errorsOf, type Opening, type Pages, startPages } from "./pages.ts";
import { needsWorkbench } from "./paths.ts";

let pages: Pages;
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "diffract-models-"));
  pages = await startPages();
});
after(async () => {
  await pages.close();
  await rm(folder, { recursive: true, force: true });
});

const KETTLES: Thumb[] = [
  ...["A kettle for tea", "The kettle boils", "Kettle sale"].map((text) => ({ text, belongs: true })),
  ...["A walk by the river", "Rain again", "The hill at dawn"].map((text) => ({ text, belongs: false })),
];

async function dashboard(opening: Opening, body: (page: Page) => Promise<void>): Promise<void> {
  const page = await pages.open("dashboard", {
    hash: "#models",
    state: { models: shippedModels() },
    ...opening,
  });
  await body(page);
  assert.deepEqual(errorsOf(page), []);
  await page.close();
}

const sent = (page: Page, type: string) =>
  page.evaluate((wanted) => window.fake.sent.filter((message) => message.type === wanted), type);

async function choose(page: Page, files: Record<string, string | Uint8Array>): Promise<void> {
  const paths = await Promise.all(
    Object.entries(files).map(async ([name, content]) => {
      const path = join(folder, name);
      await writeFile(path, content);
      return path;
    }),
  );
  const [chooser] = await Promise.all([page.waitForFileChooser(), click(page, "Add a model from files")]);
  await chooser.accept(paths);
}

/** Opens a `details` of one card by its summary. */
async function open(page: Page, model: string, summary: string): Promise<void> {
  await page.evaluate(
    (id, words) => {
      const card = document.getElementById(`model-${id}`);
      const found = [...(card?.querySelectorAll("summary") ?? [])].find((one) =>
        one.textContent.startsWith(words),
      );
      if (found === undefined) throw new Error(`no “${words}” in ${id}`);
      found.click();
    },
    model,
    summary,
  );
}

const cardOf = (page: Page, model: string) =>
  page.$eval(`#model-${model}`, (element) => (element.textContent ?? "").replace(/\s+/gu, " "));

describe("a model that comes with Diffract", { skip: noCards }, () => {
  test("says what it is for and how often it errs, in the figures of its card", () =>
    dashboard({}, async (page) => {
      const toxic = await cardOf(page, "toxic");
      assert.match(toxic, /Insults, threats and slurs/);
      assert.match(toxic, /experimental/);
      assert.match(toxic, /about 1 in 110 ordinary posts: 0\.92 % \(0\.79 % to 1\.1 %\)/);
      assert.match(toxic, /it finds \d+ % \(\d+ % to \d+ %\)/);
      for (const words of ["2.1 MB", "MPL-2.0", "0380a09c5f2c0077", "Known failures", "English"])
        assert.ok(toxic.includes(words), words);
    }));

  test("is as strict as the slider says, which says what that means", () =>
    dashboard({}, async (page) => {
      const slider = "#model-toxic input[type=range]";
      await page.focus(slider);
      assert.match(
        (await page.$eval(slider, (element) => element.getAttribute("aria-valuetext"))) ?? "",
        /About 1 in 110 ordinary posts/,
      );
      await page.keyboard.press("ArrowRight");
      await page.waitForFunction(() =>
        window.fake.state.models.some(({ name, strictness }) => name === "toxic" && strictness === "certain"),
      );
      assert.deepEqual(await sent(page, "set-model"), [
        { type: "set-model", model: "toxic", on: true, strictness: "certain" },
      ]);
      assert.match(await cardOf(page, "toxic"), /about 1 in 150 ordinary posts/);
    }));

  test("can be switched off, and is not offered for trying then", () =>
    dashboard({}, async (page) => {
      await page.click("#model-toxic input[role=switch]");
      await page.waitForFunction(
        () => !document.getElementById("model-toxic")?.textContent.includes("Try it on your own words"),
      );
    }));

  test("scores the words that one types, and the posts of this visit, with the threshold drawn", () =>
    dashboard({}, async (page) => {
      await open(page, "clickbait", "Try it on your own words");
      await page.type("#model-clickbait textarea", "A giveaway you won't believe");
      await click(page, "What does it say?");
      await says(page, "Score 0.93: a rule that names it would take this post");
      await open(page, "clickbait", "Try it on the posts of this visit");
      await click(page, "Score the posts with clickbait");
      await says(page, "Of 5 posts of this visit it would take 2");
      const line = await page.$eval("#model-clickbait .threshold", (path) => path.getAttribute("d"));
      assert.match(line ?? "", /^M\d/);
      await open(page, "language", "Try it on your own words");
      await page.type("#model-language textarea", "Der Tee ist fertig");
      await page.click("#model-language .trying button");
      await says(page, "It says: German.");
    }));

  test("that does not run says why, and nothing else is lost", () =>
    dashboard({ dumb: "this build has no scorer" }, async (page) => {
      await open(page, "spam", "Try it on the posts of this visit");
      await click(page, "Score the posts with spam");
      await says(page, "this build has no scorer");
    }));
});

describe("a reader's own model", () => {
  const own = ownCard("kettle-talk");
  const onnx = new Uint8Array([8, 7, 6, 5, 4, 3]);

  test("is checked, tried on the posts of this visit, and kept at the reader's word", () =>
    dashboard({}, async (page) => {
      await choose(page, { "card.toml": own.toml, "model.onnx": onnx });
      await says(page, "Keep “kettle-talk”?");
      await says(page, "Of 5 posts of this visit it would take 2");
      assert.deepEqual(await sent(page, "add-model"), [], "nothing before the reader's word");
      await click(page, "Keep the model");
      await page.waitForSelector("#model-kettle_talk");
      assert.match(await cardOf(page, "kettle_talk"), /yours/);
      // Its files wait where the background takes them from.
      const stored = await page.evaluate(async () => {
        const database = await new Promise<IDBDatabase>((resolve) => {
          const request = indexedDB.open("diffract-models", 1);
          request.onsuccess = () => resolve(request.result);
        });
        return new Promise<number>((resolve) => {
          const request = database.transaction("models").objectStore("models").get("?");
          request.onsuccess = () => resolve(request.result.onnx.byteLength);
        });
      });
      assert.equal(stored, 6);
      await click(page, "Remove the model kettle_talk");
      await page.waitForFunction(() => document.querySelector("#model-kettle_talk") === null);
    }));

  test("comes as a zip as well, folders in it and all", () =>
    dashboard({}, async (page) => {
      const files: Zippable = { "k/card.toml": strToU8(own.toml), "k/model.onnx": onnx, "k/notes.md": onnx };
      await choose(page, { "k.zip": zipSync(files) });
      await says(page, "Keep “kettle-talk”?");
      await click(page, "Cancel");
      await page.waitForFunction(() => !document.body.textContent.includes("Keep “kettle-talk”?"));
    }));

  test("can be dropped on the page", () =>
    dashboard({}, async (page) => {
      await page.evaluate(
        (card, bytes) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([card], "card.toml"));
          transfer.items.add(new File([new Uint8Array(bytes)], "model.onnx"));
          dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, cancelable: true }));
        },
        own.toml,
        [...onnx],
      );
      await says(page, "Keep “kettle-talk”?");
    }));

  const refusals: [what: string, files: Record<string, string | Uint8Array>, words: RegExp][] = [
    ["one file alone", { "model.onnx": onnx }, /There is no `card.toml` among them/],
    ["a card alone", { "card.toml": own.toml }, /There is no `.onnx` file among them/],
    ["something else", { "cat.png": onnx }, /A model is two files/],
    ["two models", { "a.onnx": onnx, "b.onnx": onnx, "card.toml": own.toml }, /There are 2 ONNX files/],
    ["an empty file", { "model.onnx": "", "card.toml": own.toml }, /The ONNX file is empty/],
    [
      "a card that is too long",
      { "model.onnx": onnx, "card.toml": "#".repeat(300 << 10) },
      /at most 256 KB are read/,
    ],
    [
      "a card that is no text",
      { "model.onnx": onnx, "card.toml": new Uint8Array([0xff, 0xfe, 1]) },
      /no text in UTF-8/,
    ],
    ["a card of something else", { "model.onnx": onnx, "card.toml": "a = 1\n" }, /`format` is missing/],
    [
      "a file that the scorer refuses",
      { "model.onnx": new Uint8Array([0, 1, 2, 3, 4, 5]), "card.toml": own.toml },
      /The model is refused: the graph has the operator `Loop`/,
    ],
    ["a broken zip", { "x.zip": strToU8("PK\u0003\u0004 not really") }, /is no zip that can be read/],
    ["examples that are none", { "x.json": "[1" }, /holds no examples of a filter/],
    [
      "examples of another form",
      { "x.json": '{"format":"diffract-filter","version":9}' },
      /holds no examples of a filter: the file.version/,
    ],
  ];
  for (const [what, files, words] of refusals) {
    test(`${what} is refused in words, and nothing is kept`, () =>
      dashboard({ refusal: "" }, async (page) => {
        await choose(page, files);
        await page.waitForSelector(".notice.bad");
        assert.match(await text(page), words);
        assert.match(await text(page), /Nothing was changed/);
        assert.deepEqual(await sent(page, "add-model"), []);
      }));
  }

  test("a zip that says it is small and is not gets no more room than it says", () =>
    dashboard({}, async (page) => {
      const zip = zipSync({ "card.toml": strToU8(own.toml), "model.onnx": new Uint8Array(1 << 20) });
      // The length before packing of the second entry, in its own head and in the directory.
      const view = new DataView(zip.buffer, zip.byteOffset);
      for (let at = 0; at + 4 < zip.length; at += 1)
        if (view.getUint32(at, true) === 1 << 20) view.setUint32(at, 6, true);
      await choose(page, { "lies.zip": zip });
      await page.waitForFunction(
        () => document.querySelector(".notice.bad") ?? document.body.textContent.includes("Keep “"),
      );
      assert.deepEqual(await sent(page, "add-model"), []);
    }));

  test("that the background refuses leaves nothing behind", { skip: noCards }, () =>
    dashboard({}, async (page) => {
      const clash = ownCard("toxic");
      await choose(page, { "card.toml": clash.toml, "model.onnx": onnx });
      await says(page, "Keep “toxic”?");
      await click(page, "Keep the model");
      await says(page, "is a model of Diffract's own");
      const left = await page.evaluate(async () => {
        const database = await new Promise<IDBDatabase>((resolve) => {
          const request = indexedDB.open("diffract-models", 1);
          request.onsuccess = () => resolve(request.result);
        });
        return new Promise<unknown>((resolve) => {
          const request = database.transaction("models").objectStore("models").getAllKeys();
          request.onsuccess = () => resolve(request.result);
        });
      });
      assert.deepEqual(left, []);
    }),
  );
});

describe("a filter that is taught", () => {
  test("begins with a thumb on a post of this visit, under the name that the reader gives it", () =>
    dashboard({}, async (page) => {
      await click(page, "Teach with the posts of this visit");
      const name = await page.waitForSelector(".teaching input");
      await name?.evaluate((input) => (input as HTMLInputElement).select());
      await page.keyboard.type("No Luck");
      await says(page, "small letters, digits and _");
      await name?.evaluate((input) => (input as HTMLInputElement).select());
      await page.keyboard.type("no_luck");
      await click(page, "Less like this: Airdrop tonight");
      await click(page, "More like this: The first tomatoes");
      await page.waitForSelector("#model-no_luck");
      assert.match(await cardOf(page, "no_luck"), /1 post to see less of, 1 to see more of/);
      assert.match(await cardOf(page, "no_luck"), /It needs 2 more that you want less of, and 2 more/);
      // Pressed again, a thumb is taken back.
      await click(page, "More like this: The first tomatoes");
      await page.waitForFunction(() => window.fake.filters.get("no_luck")?.length === 1);
    }));

  test("says what it has learned, and each example can be taken back", () =>
    dashboard({ filters: { kettles: KETTLES } }, async (page) => {
      await open(page, "kettles", "What it has learned");
      await says(page, "It tells 90 % of its own examples rightly");
      for (const words of ["kettle", "river", "A walk by the river", "Of your posts, it doubts these most"])
        await says(page, words);
      await click(page, "Take back the thumb for: Rain again");
      await page.waitForFunction(() => window.fake.filters.get("kettles")?.length === 5);
      await page.waitForFunction(() => !document.body.textContent.includes("Rain again"));
    }));

  test("becomes a rule at one press", () =>
    dashboard({ filters: { kettles: KETTLES }, rules: "hide if promoted" }, async (page) => {
      await click(page, "Collapse what it finds");
      await says(page, "Your rules ask it.");
      assert.deepEqual(await sent(page, "set-rules"), [
        {
          type: "set-rules",
          source: 'hide if promoted\ncollapse if kettles  because "less like this"\n',
          base: "hide if promoted",
        },
      ]);
    }));

  test("asks about what it doubts, as often as the reader allows", () =>
    dashboard({ filters: { kettles: KETTLES } }, async (page) => {
      await says(page, "It is not sure of these");
      await click(page, "Less like this: The first tomatoes");
      await page.waitForFunction(() => window.fake.filters.get("kettles")?.length === 7);
      await page.select(".asking select", "0");
      await page.waitForFunction(() => window.fake.state.asking === 0);
    }));

  test("is renamed, merged and forgotten, the last at the second press only", () =>
    dashboard({ filters: { kettles: KETTLES, more: KETTLES.slice(0, 1) } }, async (page) => {
      await open(page, "kettles", "Rename, share");
      await page.$eval("#model-kettles .handling input", (input) => (input as HTMLInputElement).select());
      await page.keyboard.type("pots");
      await page.keyboard.press("Enter");
      await page.waitForSelector("#model-pots");
      await open(page, "pots", "Rename, share");
      await page.select("#model-pots .handling select", "more");
      await click(page, "Merge");
      await page.waitForFunction(() => document.querySelector("#model-pots") === null);
      assert.match(await cardOf(page, "more"), /3 posts to see less of, 3 to see more of/);
      await open(page, "more", "Rename, share");
      await click(page, "Forget it…");
      assert.deepEqual(await sent(page, "remove-model"), []);
      await click(page, "Forget it and all its examples");
      await page.waitForFunction(() => document.querySelector("#model-more") === null);
    }));

  test("is saved as a model and as examples; these teach a filter again", () =>
    dashboard({ filters: { kettles: KETTLES } }, async (page) => {
      const client = await page.createCDPSession();
      await client.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder });
      await open(page, "kettles", "Rename, share");
      await click(page, "Save its examples");
      await click(page, "Save it as a model");
      await says(page, "kettles.zip was saved");
      const file = join(folder, "kettles.diffract-filter.json");
      await until(async () => (await readFile(file, "utf8").catch(() => "")).endsWith("}\n"));
      const { name, thumbs } = JSON.parse(await readFile(file, "utf8"));
      assert.equal(name, "kettles");
      assert.deepEqual(thumbs, KETTLES);
      await choose(page, { "shared.json": await readFile(file, "utf8") });
      await says(page, "The file holds 6 examples, 3 of them of what the filter is to find.");
      await click(page, "Teach the filter");
      await page.waitForFunction(() => window.fake.sent.some(({ type }) => type === "teach"));
    }));
});

test("thumbs in the popup teach the filter of last time; in a private window there are none", async () => {
  const opening: Opening = { filters: { kettles: KETTLES, more: KETTLES } };
  const page = await pages.open("popup", opening);
  await says(page, "Thumbs teach");
  await page.select(".target select", "more");
  await click(page, "Less like this: the post by @MegaMattress");
  await page.waitForFunction(() => window.fake.filters.get("more")?.length === 7);
  assert.equal(
    await page.$$eval("[aria-pressed=true]", (pressed) => pressed.map((one) => one.textContent).join()),
    "Less like this: the post by @MegaMattress: Sleep like a mountain. Sixty nights…",
  );
  await page.close();
  const hidden = await pages.open("popup", { ...opening, incognito: true });
  await says(hidden, "Never do this to this author");
  assert.ok(!(await text(hidden)).includes("Less like this"));
  await hidden.close();
});

test("thumbs for a post that was picked on a page", { skip: needsWorkbench }, async () => {
  const page = await pages.open("dashboard", { hash: "#from/once", picked: { once: "x r3" } });
  await says(page, "Or teach a filter by it");
  await click(page, "Less like this: Airdrop tonight");
  await page.waitForFunction(() => window.fake.filters.get("examples")?.[0]?.text.startsWith("Airdrop"));
  await page.close();
});

test("thumbs in the reader", { skip: needsWorkbench }, async () => {
  const page = await pages.open("reader", { gathered: 20 });
  await page.waitForSelector(".post");
  await click(page, "Less or more like this");
  await click(page, "Less like this");
  await page.waitForFunction(() => window.fake.filters.get("examples")?.length === 1);
  await page.evaluate(() => {
    if (window.scenario) window.scenario.refusal = "There is no room.";
  });
  await click(page, "More like this");
  await says(page, "The thumb was not taken: There is no room.");
  assert.deepEqual(errorsOf(page), []);
  await page.close();
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.fail("waited in vain");
}
