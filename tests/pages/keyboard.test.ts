/** The dashboard by keyboard alone: a rule is written, a completion taken, a mistake mended, saved, undone. No mouse. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Page } from "puppeteer-core";
import { chord, says } from "./acts.ts";
import { errorsOf, type Pages, startPages } from "./pages.ts";
import { needsWorkbench as skip } from "./paths.ts";

let pages: Pages;
before(async () => {
  pages = await startPages();
});
after(() => pages.close());

const focused = (page: Page) =>
  page.evaluate(() => {
    const at = document.activeElement;
    return `${at?.tagName.toLowerCase()}: ${at?.getAttribute("aria-label") ?? at?.textContent ?? ""}`;
  });

/** Presses Tab until the focus is on something whose name begins so. */
async function tabTo(page: Page, name: string, most = 60): Promise<void> {
  for (let step = 0; step < most; step += 1) {
    if ((await focused(page)).startsWith(name)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`The Tab key never reached ${name}; it is at ${await focused(page)}`);
}

const edited = (page: Page) =>
  page.$$eval(".cm-line", (lines) => lines.map((line) => line.textContent ?? "").join("\n"));
const stored = (page: Page) =>
  page.evaluate(() => window.fake.state.packs.find((pack) => pack.origin === "mine")?.source ?? "");

/** Waits until a completion is offered as the chosen one, and a little: Enter that comes at once is a new line still. */
async function offered(page: Page, label: string): Promise<void> {
  await page.waitForFunction(
    (wanted) =>
      document.querySelector(".cm-tooltip-autocomplete li[aria-selected] .cm-completionLabel")
        ?.textContent === wanted,
    { timeout: 5000 },
    label,
  );
  await new Promise((resolve) => setTimeout(resolve, 150));
}

test("a rule from nothing to saved and back, by keys only", { skip }, async () => {
  const page = await pages.open("dashboard", { rules: "" });
  await says(page, "As typed");
  await tabTo(page, "div: My rules");
  // A completion of each sort, taken by Enter.
  await page.keyboard.type("hi");
  await offered(page, "hide");
  await page.keyboard.press("Enter");
  assert.equal(await edited(page), "hide");
  await page.keyboard.type(" if ki");
  await offered(page, "kind");
  await page.keyboard.press("Enter");
  await page.keyboard.type(" is sh");
  await offered(page, "short");
  await page.keyboard.press("Enter");
  assert.equal(await edited(page), "hide if kind is short");
  // Asked for by Ctrl+Space, on nothing typed yet: only what fits.
  await page.keyboard.type(" ");
  await chord(page, "Control", "Space");
  await offered(page, "and");
  const labels = await page.$$eval(".cm-tooltip-autocomplete .cm-completionLabel", (all) =>
    all.map((one) => one.textContent),
  );
  assert.deepEqual(labels, ["and", "or", "because", "while"]);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Backspace");
  // A mistake, gone to and mended by its own suggestion.
  await page.keyboard.press("Enter");
  await page.keyboard.type("collapse if sugested");
  await page.keyboard.press("Escape");
  await says(page, "1 thing to look at");
  await page.keyboard.press("Escape");
  await page.waitForSelector(".cm-lintRange-error");
  await page.keyboard.press("F8");
  assert.equal(await page.evaluate(() => getSelection()?.toString()), "sugested");
  await chord(page, "Control", ".");
  await says(page, "No problems found");
  assert.match(await edited(page), /collapse if suggested$/);
  // Save; undo; save again.
  await chord(page, "Control", "s");
  await says(page, "Saved.");
  assert.equal(await stored(page), "hide if kind is short\ncollapse if suggested\n");
  await chord(page, "Control", "z");
  await chord(page, "Control", "z");
  assert.match(await edited(page), /sugested$/);
  assert.equal(await stored(page), "hide if kind is short\ncollapse if suggested\n", "undo applies nothing");
  await chord(page, "Control", "y");
  await chord(page, "Control", "s");
  assert.deepEqual(errorsOf(page), []);
  await page.close();
});

test("a rule from a post, searching, and what a word means, by keys only", { skip }, async () => {
  const page = await pages.open("dashboard", { rules: "dim if views < 10k\nhide if promoted\n" });
  await says(page, "As typed");
  await tabTo(page, "div: My rules");
  await chord(page, "Control", "f");
  await page.waitForFunction(() => document.activeElement?.getAttribute("name") === "search");
  await page.keyboard.type("promoted");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.activeElement?.className.includes("cm-content"));
  assert.equal(await page.evaluate(() => getSelection()?.toString()), "promoted");
  await chord(page, "Control", "i");
  await page.waitForFunction(() =>
    document.querySelector('[role="status"]')?.textContent?.includes("Paid for."),
  );
  await tabTo(page, "button: Make a rule of the post by");
  await page.keyboard.press("Enter");
  await says(page, "A rule from this post");
  await tabTo(page, "button: Add the rule hide if author", 90);
  await page.keyboard.press("Enter");
  assert.match(await edited(page), /hide if author is "/);
  await says(page, "As typed: hides");
  assert.deepEqual(errorsOf(page), []);
  await page.close();
});

test("a mend that comes before the next check spoils nothing", { skip }, async () => {
  const page = await pages.open("dashboard", { rules: "hide if sugested\n" });
  await says(page, "1 thing to look at");
  await page.waitForSelector(".cm-lintRange-error");
  await page.focus(".cm-content");
  await chord(page, "Control", "Home");
  await page.keyboard.press("Enter");
  await chord(page, "Control", ".");
  // Either nothing yet, or, where the check was faster, the mend at its place.
  assert.match(await edited(page), /^\nhide if sugg?ested\n?$/);
  assert.deepEqual(errorsOf(page), []);
  await page.close();
});

test("filters of another tool are taken over by keys only", { skip }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "diffract-keyboard-"));
  try {
    const path = join(folder, "words.txt");
    await writeFile(path, "soup\ngiveaway\n");
    const page = await pages.open("dashboard", { rules: "" });
    await says(page, "As typed");
    await tabTo(page, "button: Choose a file", 90);
    const waiting = page.waitForFileChooser();
    // The browser hears that it is not to open a dialog of its own before the key comes.
    await new Promise((resolve) => setTimeout(resolve, 500));
    await page.keyboard.press("Enter");
    const chooser = await waiting;
    await chooser.accept([path]);
    await says(page, "2 of 2 entries became");
    await tabTo(page, "summary: The rules", 20);
    await page.keyboard.press("Enter");
    await tabTo(page, "section: The rules from words.txt", 5);
    await tabTo(page, "button: Add to my rules", 5);
    await page.keyboard.press("Enter");
    await says(page, "As typed: ");
    assert.match(await edited(page), /soup/);
    assert.deepEqual(errorsOf(page), []);
    await page.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
