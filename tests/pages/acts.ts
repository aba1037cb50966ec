/** What a person does on a page, for the tests. */
import type { KeyInput, Page } from "puppeteer-core";

/** The page's words, runs of blanks as one. */
export async function text(page: Page): Promise<string> {
  return (await page.evaluate(() => document.body.textContent)).replace(/\s+/gu, " ");
}

/** Waits until the page says `words`. */
export async function says(page: Page, words: string): Promise<void> {
  try {
    await page.waitForFunction(
      (wanted) => document.body.textContent.replace(/\s+/gu, " ").includes(wanted),
      { timeout: 5000 },
      words,
    );
  } catch {
    throw new Error(`The page never said “${words}”. It says: ${await text(page)}`);
  }
}

/** Waits for a visible button or link whose words begin with `name`. */
export async function button(page: Page, name: string) {
  const handle = await page.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll<HTMLElement>("button, a, summary")].find(
        (one) =>
          (one.textContent ?? "").replace(/\s+/gu, " ").trim().startsWith(wanted) && one.checkVisibility(),
      ),
    { timeout: 5000 },
    name,
  );
  const element = handle.asElement();
  if (element === null) throw new Error(`There is no button “${name}”.`);
  return element;
}

/** Clicks the button or link whose words begin with `name`. */
export async function click(page: Page, name: string): Promise<void> {
  const element = await button(page, name);
  // As a locator it waits until the button stands still.
  await (element as Awaited<ReturnType<Page["$"]>>)?.asLocator().click();
}

/** Presses keys together, the last one while the others are held. */
export async function chord(page: Page, ...keys: KeyInput[]): Promise<void> {
  const last = keys.pop();
  for (const key of keys) await page.keyboard.down(key);
  if (last !== undefined) await page.keyboard.press(last);
  for (const key of keys.reverse()) await page.keyboard.up(key);
}
