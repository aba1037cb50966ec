/** Packs as `diffract package` makes them, taken over in the dashboard; and files that only look like one. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Zippable, zipSync } from "fflate";
import type { Page } from "puppeteer-core";
import { click, says, text } from "./acts.ts";
import { errorsOf, type Pages, startPages } from "./pages.ts";
import { needsWorkbench as skip } from "./paths.ts";

let pages: Pages;
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "diffract-packages-"));
  pages = await startPages();
});
after(async () => {
  await pages.close();
  await rm(folder, { recursive: true, force: true });
});

const MANIFEST = `id = "less-sport"
title = "Less sport"
description = "No scores, no transfers."
version = "1.2.0"
author = "Ann"
licence = "CC0-1.0"
`;
const RULES = 'let @clubs = list "clubs.txt"\nhide if text has word @clubs\n';
const SOUND: Zippable = {
  "pack.toml": Buffer.from(MANIFEST),
  "rules.rules": Buffer.from(RULES),
  "lists/clubs.txt": Buffer.from("United\nRovers\n"),
};

const sent = (page: Page) =>
  page.evaluate(() => window.fake.sent.filter((message) => message.type === "import-pack"));

async function choose(page: Page, file: string, content: Uint8Array): Promise<void> {
  const path = join(folder, file);
  await writeFile(path, content);
  const [chooser] = await Promise.all([page.waitForFileChooser(), click(page, "Add a pack from a file")]);
  await chooser.accept([path]);
}

async function packs(body: (page: Page) => Promise<void>): Promise<void> {
  const page = await pages.open("dashboard", { hash: "#packs" });
  await body(page);
  assert.deepEqual(errorsOf(page), []);
  await page.close();
}

const IMPORTED = {
  type: "import-pack",
  pack: "less-sport",
  source: RULES,
  title: "Less sport",
  description: "No scores, no transfers.",
  lists: { "clubs.txt": "United\nRovers\n" },
};

test("a package says what it is, and comes over with its lists", { skip }, () =>
  packs(async (page) => {
    await choose(page, "less-sport-1.2.0.zip", zipSync(SOUND));
    await says(page, "Add “Less sport”?");
    await says(page, "No scores, no transfers.");
    await says(page, "Version 1.2.0, by Ann, with 1 list.");
    assert.deepEqual(await sent(page), []);
    await click(page, "Add the pack");
    await page.waitForFunction(() => window.fake.state.packs.some((pack) => pack.id === "less-sport"));
    assert.deepEqual(await sent(page), [IMPORTED]);
  }),
);

test("a package can be dropped on the page, whatever its name", { skip }, () =>
  packs(async (page) => {
    await page.evaluate(
      (bytes) => {
        const dropped = new DataTransfer();
        dropped.items.add(new File([new Uint8Array(bytes)], "download"));
        document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: dropped, bubbles: true }));
      },
      [...zipSync(SOUND)],
    );
    await says(page, "Add “Less sport”?");
    await click(page, "Add the pack");
    await page.waitForFunction(() => window.fake.state.packs.some((pack) => pack.id === "less-sport"));
  }),
);

test("a package that calls itself like a shipped pack does not take its place", { skip }, () =>
  packs(async (page) => {
    const like = MANIFEST.replace("less-sport", "calm");
    await choose(page, "calm.zip", zipSync({ ...SOUND, "pack.toml": Buffer.from(like) }));
    await click(page, "Add the pack");
    await page.waitForFunction(() => window.fake.state.packs.some((pack) => pack.id === "calm-imported"));
  }),
);

const zeros = new Uint8Array(5 << 20);
const BAD: { name: string; bytes: () => Uint8Array; says: string }[] = [
  { name: "cut off", bytes: () => zipSync(SOUND).slice(0, -40), says: "no zip that can be read" },
  { name: "empty", bytes: () => new Uint8Array(), says: "no zip that can be read" },
  { name: "not one at all", bytes: () => Buffer.from("PK\u0003\u0004 no"), says: "no zip that can be read" },
  {
    name: "a bomb",
    bytes: () => zipSync({ ...SOUND, "lists/zeros.txt": [zeros, { level: 9 }] }),
    says: "is over 4 MB",
  },
  {
    name: "too many files",
    bytes: () => {
      const files = Array.from({ length: 1100 }, (_, n): [string, Uint8Array] => [
        `lists/${n}.txt`,
        zeros.slice(0, 1),
      ]);
      return zipSync({ ...SOUND, ...Object.fromEntries(files) });
    },
    says: "over 500 files",
  },
  {
    name: "a link",
    bytes: () =>
      zipSync({
        ...SOUND,
        "README.md": [Buffer.from("/etc/passwd"), { os: 3, attrs: (0o120777 << 16) >>> 0 }],
      }),
    says: "is a link",
  },
  {
    name: "a path out of it",
    bytes: () => zipSync({ ...SOUND, "../rules.rules": Buffer.from("hide if promoted") }),
    says: "no path within a pack",
  },
  {
    name: "an absolute path",
    bytes: () => zipSync({ ...SOUND, "/etc/rules.rules": Buffer.from("hide if promoted") }),
    says: "no path within a pack",
  },
  {
    name: "a file twice",
    bytes: () =>
      zipSync({ ...SOUND, "LISTS/clubs.txt": zeros.slice(0, 1), "lists/Clubs.txt": zeros.slice(0, 1) }),
    says: "is there twice",
  },
  {
    name: "no manifest",
    bytes: () => zipSync({ "rules.rules": Buffer.from(RULES) }),
    says: "no pack.toml in it",
  },
  {
    name: "a manifest that is none",
    bytes: () => zipSync({ ...SOUND, "pack.toml": Buffer.from("id = 7\n") }),
    says: "pack.toml:1: error",
  },
  {
    name: "rules that are no text",
    bytes: () => zipSync({ ...SOUND, "rules.rules": new Uint8Array([0xff, 0xfe, 0]) }),
    says: "this is not UTF-8",
  },
];

for (const { name, bytes, says: words } of BAD) {
  test(`refused in words: ${name}`, { skip }, () =>
    packs(async (page) => {
      await choose(page, "bad.zip", bytes());
      await says(page, "“bad.zip” is no pack that can be added");
      const said = await text(page);
      assert.ok(said.includes(words), said.match(/“bad\.zip”[^.]*\.[^.]*\./u)?.[0] ?? said);
      assert.ok(said.includes("Nothing was changed"));
      assert.deepEqual(await sent(page), []);
    }),
  );
}

test("nonsense in a sound package is shown as what it is before it is added", { skip }, () =>
  packs(async (page) => {
    const nonsense = "\0hide if\u202e promoted\r\nfoo bar\rbaz\n".repeat(5_000);
    await choose(page, "nonsense.zip", zipSync({ ...SOUND, "rules.rules": Buffer.from(nonsense) }));
    await says(page, "Add “Less sport”?");
    await says(page, "cannot be understood and would be left out");
    await click(page, "What was found");
    await says(page, "no action or statement is called");
    assert.deepEqual(await sent(page), []);
  }),
);
