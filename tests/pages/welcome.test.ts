/** The welcome page. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { click, says, text } from "./acts.ts";
import { errorsOf, type Pages, startPages } from "./pages.ts";

let pages: Pages;
before(async () => {
  pages = await startPages();
});
after(() => pages.close());

test("it offers the three packs in order, and switches them", async () => {
  const page = await pages.open("welcome");
  await page.waitForSelector("input[role=switch]");
  assert.deepEqual(await page.$$eval(".switch-row label", (found) => found.map((one) => one.textContent)), [
    "Calm",
    "No ads",
    "Chronological",
  ]);
  await page.locator('::-p-aria([name="Chronological"][role="switch"])').click();
  await page.waitForFunction(() => window.fake.state.packs.find((pack) => pack.id === "chronological")?.on);
  assert.match(await text(page), /Nothing leaves this machine/);
  assert.deepEqual(errorsOf(page), []);
  await page.close();
});

test("a first rule is written by keyboard, shown as it will stand, and added to what is there", async () => {
  const page = await pages.open("welcome", { rules: "dim if reply\n" });
  await page.focus("#word");
  await page.keyboard.type('say "hi"');
  const rule = 'collapse if text has word "say \\"hi\\"" or title has word "say \\"hi\\""';
  await says(page, rule);
  await page.keyboard.press("Enter");
  await says(page, "Added.");
  const stored = await page.evaluate(
    () => window.fake.state.packs.find((pack) => pack.origin === "mine")?.source,
  );
  assert.equal(stored, `dim if reply\n${rule}\n`);
  assert.deepEqual(errorsOf(page), []);
  await page.close();
});

test("an empty word adds nothing", async () => {
  const page = await pages.open("welcome", { rules: "dim if reply\n" });
  await click(page, "Add this rule");
  await says(page, "Write a word first.");
  assert.equal(
    await page.evaluate(() => window.fake.sent.some((message) => message.type === "set-rules")),
    false,
  );
  await page.close();
});
