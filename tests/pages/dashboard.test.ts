/** The dashboard, in a real browser, over a background that is played. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Page } from "puppeteer-core";
import { button, click, says, text } from "./acts.ts";
import { errorsOf, type Pages, startPages } from "./pages.ts";
import { hasWorkbench, needsWorkbench } from "./paths.ts";

let pages: Pages;
let folder: string;
before(async () => {
  pages = await startPages();
  folder = await mkdtemp(join(tmpdir(), "diffract-files-"));
});
after(async () => {
  await pages.close();
  await rm(folder, { recursive: true, force: true });
});

function dashboard(
  name: string,
  opening: Parameters<Pages["open"]>[1],
  body: (page: Page) => Promise<void>,
  skip: string | false = false,
): void {
  test(name, { skip }, async () => {
    const page = await pages.open("dashboard", opening);
    await body(page);
    assert.deepEqual(errorsOf(page), []);
    await page.close();
  });
}

const sent = (page: Page, type: string) =>
  page.evaluate((wanted) => window.fake.sent.filter((message) => message.type === wanted), type);
const stored = (page: Page) =>
  page.evaluate(() => window.fake.state.packs.find((pack) => pack.origin === "mine")?.source ?? "");
const edited = (page: Page) =>
  page.$$eval(".cm-line", (lines) => lines.map((line) => line.textContent ?? "").join("\n"));

/** Writes at the very end of the rules. */
async function write(page: Page, words: string): Promise<void> {
  await page.focus(".cm-content");
  await page.keyboard.down("Control");
  await page.keyboard.press("End");
  await page.keyboard.up("Control");
  await page.keyboard.type(words);
}

async function chord(page: Page, key: "s" | "z"): Promise<void> {
  await page.keyboard.down("Control");
  await page.keyboard.press(key);
  await page.keyboard.up("Control");
}

async function choose(page: Page, name: string, file: string, content: string | Uint8Array): Promise<void> {
  const path = join(folder, file);
  await writeFile(path, content);
  const [chooser] = await Promise.all([page.waitForFileChooser(), click(page, name)]);
  await chooser.accept([path]);
}

dashboard(
  "what is typed is not saved until Ctrl+S, and then to the letter where one wants it so",
  { rules: "dim if reply\n" },
  async (page) => {
    await page.locator('::-p-aria([name="Format when saving"])').click();
    await write(page, "hide if promoted");
    await says(page, "Not saved yet.");
    assert.equal(await stored(page), "dim if reply\n");
    await chord(page, "s");
    await says(page, "Saved.");
    assert.equal(await stored(page), "dim if reply\nhide if promoted");
    assert.deepEqual(await sent(page, "set-rules"), [
      { type: "set-rules", source: "dim if reply\nhide if promoted", base: "dim if reply\n" },
    ]);
  },
);

dashboard(
  "saving formats, and one undo brings back what was typed",
  { rules: "dim if reply\n" },
  async (page) => {
    await write(page, "hide   if  promoted # ads");
    await chord(page, "s");
    await says(page, "Saved.");
    assert.equal(await stored(page), "dim if reply\nhide if promoted  # ads\n");
    assert.equal(await edited(page), "dim if reply\nhide if promoted  # ads\n");
    await page.focus(".cm-content");
    await chord(page, "z");
    assert.equal(await edited(page), "dim if reply\nhide   if  promoted # ads");
  },
  needsWorkbench,
);

dashboard(
  "Revert brings back what is saved, and undo brings back what was typed",
  { rules: "dim if reply\n" },
  async (page) => {
    await write(page, "hide");
    await click(page, "Revert");
    assert.equal(await edited(page), "dim if reply\n");
    await page.focus(".cm-content");
    await chord(page, "z");
    assert.equal(await edited(page), "dim if reply\nhide");
  },
);

dashboard("leaving with something unsaved asks first", { rules: "" }, async (page) => {
  const asked = new Promise<string>((resolve) => {
    page.on("dialog", (dialog) => {
      resolve(dialog.type());
      void dialog.accept();
    });
  });
  await write(page, "hide if promoted");
  await page.reload();
  assert.equal(await asked, "beforeunload");
});

dashboard("half-written rules survive a look at another section", { rules: "" }, async (page) => {
  await write(page, "hide if pro");
  await click(page, "Packs");
  await says(page, "not saved");
  await click(page, "My rules");
  assert.equal(await edited(page), "hide if pro");
});

dashboard(
  "what another window saves is taken over when nothing is being written here",
  { rules: "one\n" },
  async (page) => {
    await page.evaluate(() => window.fake.saveElsewhere("two\n"));
    await says(page, "Taken over from another window.");
    assert.equal(await edited(page), "two\n");
  },
);

dashboard("two windows never overwrite each other unseen: keep mine", { rules: "one\n" }, async (page) => {
  await write(page, "mine");
  await page.evaluate(() => window.fake.saveElsewhere("theirs\n"));
  await says(page, "Your rules were changed in another window.");
  await chord(page, "s");
  assert.equal(await stored(page), "theirs\n", "Save does not overwrite while the question is open");
  await click(page, "Keep the one in this window");
  await says(page, "Saved.");
  assert.equal(await stored(page), hasWorkbench ? "one\nmine\n" : "one\nmine");
});

dashboard(
  "two windows never overwrite each other unseen: take the other",
  { rules: "one\n" },
  async (page) => {
    await write(page, "mine");
    await page.evaluate(() => window.fake.saveElsewhere("theirs\n"));
    await click(page, "Take the other");
    assert.equal(await edited(page), "theirs\n");
    await says(page, "Taken over from the other window.");
    await page.focus(".cm-content");
    await chord(page, "z");
    assert.equal(await edited(page), "one\nmine", "undo brings this window's back");
  },
);

dashboard(
  "a refused save says why and loses nothing",
  { rules: "one\n", refusal: "The disk is full." },
  async (page) => {
    await write(page, "two");
    await chord(page, "s");
    await says(page, "Not saved. The disk is full.");
    assert.equal((await edited(page)).trimEnd(), "one\ntwo");
    await says(page, "not saved");
  },
);

dashboard(
  "an example is added below, in force everywhere",
  { rules: "on x.com\ndim if reply\n" },
  async (page) => {
    await click(page, "Add the rule hide if promoted");
    assert.equal(await edited(page), "on x.com\ndim if reply\n\non everywhere\nhide if promoted\n");
  },
);

dashboard("the address leads to a line of the rules", { hash: "#rules:4" }, async (page) => {
  await page.waitForFunction(
    () => document.querySelector(".cm-activeLine")?.textContent === "dim if views < 1000",
  );
});

dashboard("Tab leads into the editor and out of it again", { rules: "one\n" }, async (page) => {
  await page.focus(".cm-content");
  await page.keyboard.press("Tab");
  assert.notEqual(await page.evaluate(() => document.activeElement?.className), "cm-content");
  assert.equal(await edited(page), "one\n");
});

dashboard("sections are reached by keyboard, and the focus goes along", {}, async (page) => {
  await page.keyboard.press("Tab");
  assert.match((await page.evaluate(() => document.activeElement?.textContent)) ?? "", /^Skip to/);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.textContent === "Packs");
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), "H1");
});

dashboard("a pack is switched by its switch", { hash: "#packs" }, async (page) => {
  await page.locator('::-p-aria([name="Chronological"][role="switch"])').click();
  await page.waitForFunction(() => window.fake.state.packs.every((pack) => pack.on));
  assert.deepEqual(await sent(page, "set-pack"), [{ type: "set-pack", pack: "chronological", on: true }]);
});

dashboard("the address leads to a line of a pack", { hash: "#packs/calm:3" }, async (page) => {
  await page.waitForSelector(".pack:first-child details[open] .wanted");
  const words = await page.$eval(".wanted", (line) => line.textContent);
  assert.match(words ?? "", /you won't believe/);
});

dashboard("a pack from a file is shown before it is added", { hash: "#packs" }, async (page) => {
  const source = 'pack "Less Sport!"\nhide if text has word "offside"\n';
  await choose(page, "Add a pack from a file", "sport.rules", source);
  await says(page, "Add “Less Sport!”?");
  assert.deepEqual(await sent(page, "import-pack"), []);
  await click(page, "Add the pack");
  await page.waitForFunction(() => window.fake.state.packs.some((pack) => pack.id === "less-sport"));
  assert.deepEqual(await sent(page, "import-pack"), [{ type: "import-pack", pack: "less-sport", source }]);
});

dashboard(
  "a file that calls itself like a shipped pack does not take its place",
  { hash: "#packs" },
  async (page) => {
    await choose(page, "Add a pack from a file", "calm.rules", 'pack "Calm"\nhide if reply\n');
    await click(page, "Add the pack");
    await page.waitForFunction(() => window.fake.state.packs.some((pack) => pack.id === "calm-imported"));
  },
);

dashboard("a file that is no text is refused, and nothing is sent", { hash: "#packs" }, async (page) => {
  await choose(page, "Add a pack from a file", "picture.rules", new Uint8Array([0xff, 0xd8, 0xff, 0x00]));
  await says(page, "is not a text file in UTF-8");
  assert.deepEqual(await sent(page, "import-pack"), []);
});

dashboard("only packs from files can be removed", { hash: "#packs" }, async (page) => {
  assert.equal((await page.$$(".pack .danger")).length, 1);
  await click(page, "Remove the pack Fewer birds");
  await page.waitForFunction(() => window.fake.state.packs.every((pack) => pack.id !== "birdwatch"));
  assert.equal(await page.evaluate(() => document.activeElement?.id), "packs-title");
});

dashboard("a backup is a file with everything in it", { hash: "#backup" }, async (page) => {
  const session = await page.createCDPSession();
  await session.send("Browser.setDownloadBehavior", {
    behavior: "allow",
    downloadPath: folder,
    eventsEnabled: true,
  });
  const done = new Promise<string>((resolve) => {
    let name = "";
    session.on("Browser.downloadWillBegin", (event) => {
      name = event.suggestedFilename;
    });
    session.on("Browser.downloadProgress", (event) => {
      if (event.state === "completed") resolve(name);
    });
  });
  // The first is the heading's button among the cards.
  await click(page, "Save a backup");
  const name = await done;
  assert.match(name, /^diffract-\d{4}-\d\d-\d\d\.json$/);
  const backup = JSON.parse(await readFile(join(folder, name), "utf8")) as { rules: string; format: string };
  assert.equal(backup.format, "diffract-backup");
  assert.equal(backup.rules, await stored(page));
});

const BACKUP = JSON.stringify({
  format: "diffract-backup",
  version: 1,
  rules: "hide if promoted\n",
  packs: [],
  on: {},
  pausedHosts: [],
});

dashboard(
  "an import says what it would change before anything does, and can be undone",
  { hash: "#backup" },
  async (page) => {
    const before = await stored(page);
    await choose(page, "Choose a backup", "backup.json", BACKUP);
    await says(page, "Your rules: 8 lines would be replaced by 1 line.");
    await says(page, "The pack “Fewer birds” is not in the backup and would be removed.");
    await says(page, "Diffract would be on again on www.linkedin.com.");
    assert.equal(await stored(page), before);
    await click(page, "Cancel");
    assert.deepEqual(await sent(page, "import"), []);
    await choose(page, "Choose a backup", "backup.json", BACKUP);
    await click(page, "Make these changes");
    await says(page, "Done. Everything is as the backup says.");
    assert.equal(await stored(page), "hide if promoted\n");
    await click(page, "Undo the import");
    await says(page, "Undone. Everything is as it was.");
    assert.equal(await stored(page), before);
  },
);

dashboard("a file that is no backup is refused, and nothing is sent", { hash: "#backup" }, async (page) => {
  for (const content of ["hide if promoted", "[]", '{"format":"diffract-backup"}']) {
    await choose(page, "Choose a backup", "other.json", content);
    await says(page, "This is no backup");
    await click(page, "Close this message");
  }
  assert.deepEqual(await sent(page, "import"), []);
});

dashboard("a paused site is resumed from here", { hash: "#health" }, async (page) => {
  await says(page, "All is well.");
  await click(page, "Resume on old.reddit.com");
  await page.waitForFunction(() => !window.fake.state.pausedHosts.includes("old.reddit.com"));
  assert.deepEqual(await sent(page, "set-site"), [{ type: "set-site", host: "old.reddit.com", on: true }]);
});

dashboard(
  "troubles and open pages are on the health page",
  { hash: "#health", state: { troubles: ["The pack “Calm” was damaged."] } },
  async (page) => {
    await says(page, "Something needs a look.");
    await says(page, "The pack “Calm” was damaged.");
    await says(page, "The site has moved some things · 128 posts read, 9 hidden");
  },
);

dashboard("rules of one's own that are switched off are said to be, and switched on", {}, async (page) => {
  await page.evaluate(() => {
    const { state, saveElsewhere } = window.fake;
    window.fake.state = {
      ...state,
      packs: state.packs.map((pack) => (pack.origin === "mine" ? { ...pack, on: false } : pack)),
    };
    saveElsewhere("hide if reply\n");
  });
  await says(page, "Your own rules are switched off as a whole");
  await click(page, "Switch them on");
  await page.waitForFunction(() =>
    window.fake.state.packs.every((pack) => pack.origin !== "mine" || pack.on),
  );
  await page.waitForFunction(() => !document.body.textContent.includes("switched off as a whole"));
});

dashboard(
  "rules are checked while one types, and a suggestion is one click",
  { rules: "hide if promoted\n" },
  async (page) => {
    await says(page, "No problems found");
    await write(page, "collapse if sugested");
    await page.waitForSelector("#rules-section .diagnostics");
    const words = await page.$eval("#rules-section .diagnostics", (list) => list.textContent ?? "");
    assert.match(words, /Line 2, column \d+/);
    assert.match(words, /sugested/);
    await click(page, "Fix: write suggested");
    await says(page, "No problems found");
    assert.equal(await edited(page), "hide if promoted\ncollapse if suggested");
  },
  needsWorkbench,
);

dashboard(
  "a place in the list of problems leads to that place in the rules",
  { rules: "hide if promoted\nhide if sugested\n" },
  async (page) => {
    await click(page, "Line 2, column");
    await page.waitForFunction(() => document.activeElement?.className.includes("cm-content"));
    assert.equal(await page.evaluate(() => getSelection()?.toString()), "sugested");
  },
  needsWorkbench,
);

dashboard(
  "Format tidies the rules and keeps the comments; undo takes it back",
  { rules: "#  note\nhide   if   promoted\n" },
  async (page) => {
    await click(page, "Format");
    await says(page, "Formatted. Not saved yet.");
    const formatted = await edited(page);
    assert.match(formatted, /note/);
    assert.match(formatted, /hide if promoted/);
    await page.focus(".cm-content");
    await chord(page, "z");
    assert.equal(await edited(page), "#  note\nhide   if   promoted\n");
  },
  needsWorkbench,
);

dashboard(
  "without the workbench the page says so and still saves",
  { rules: "" },
  async (page) => {
    await says(page, "Rules cannot be checked while you type");
    await write(page, "hide if promoted");
    await chord(page, "s");
    await says(page, "Saved.");
    assert.equal(await stored(page), "hide if promoted");
  },
  hasWorkbench ? "the workbench is built" : false,
);

dashboard("a background that is not understood is said, and nothing is drawn from it", {}, async (page) => {
  await button(page, "Save");
  await page.evaluate(() => {
    window.fake.state = JSON.parse('{"packs": 7}');
    window.fake.saveElsewhere = () => undefined;
  });
  await write(page, "x");
  await chord(page, "s");
  await says(page, "do not understand each other");
  assert.match(await text(page), /not saved/);
});
