import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { makeBackup, parseBackup, withChoices } from "../../extension/background/backup.ts";
import {
  countRules,
  headerOf,
  isFreeId,
  keepAuthorLine,
  packFiles,
} from "../../extension/background/packs.ts";
import { addedOrigins } from "../../extension/background/sites.ts";
import { parseStored } from "../../extension/shared/storage.ts";

const shipped = [
  { id: "calm", source: 'pack "Calm"\n' },
  { id: "no-ads", source: "" },
  { id: "chronological", source: "" },
];
const free = (id: string) => isFreeId(id, shipped);

describe("what is stored", () => {
  test("is read key by key: damage costs its key only", () => {
    const { stored, damage } = parseStored({
      paused: "x.com",
      rules: "hide if promoted",
      "pack.a": { source: 7 },
      "pack.b": { source: "" },
    });
    assert.equal(stored.rules, "hide if promoted");
    assert.deepEqual(stored.paused, []);
    assert.deepEqual(Object.keys(stored.imported), ["b"]);
    assert.deepEqual(
      damage.map(({ key, value }) => [key, value]),
      [
        ["pack.a", { source: 7 }],
        ["paused", "x.com"],
      ],
    );
    for (const { message } of damage) assert.match(message, /is not/);
  });

  test("and absent is at its defaults, without damage", () => {
    const { stored, damage } = parseStored({});
    assert.deepEqual(damage, []);
    assert.deepEqual(
      { ...stored, imported: { ...stored.imported }, models: { ...stored.models } },
      {
        paused: [],
        wireOff: [],
        feeds: {},
        packs: {},
        rules: "",
        shown: [],
        keepRecent: false,
        limits: "",
        generation: 0,
        token: "",
        imported: {},
        models: {},
        teaching: "",
        asking: 2,
        asked: { day: "", posts: [] },
      },
    );
  });
});

describe("packs", () => {
  test("Calm and No ads are on until the reader says otherwise, Chronological is not", () => {
    const on = (packs: Record<string, boolean>) =>
      packFiles(parseStored({ packs }).stored, shipped)
        .filter((file) => file.on)
        .map((file) => file.id);
    assert.deepEqual(on({}), ["mine", "calm", "no-ads"]);
    assert.deepEqual(on({ calm: false, chronological: true }), ["mine", "no-ads", "chronological"]);
  });

  test("tell their title in a header line", () => {
    assert.equal(headerOf('# words\npack "My pack"\nhide if promoted\n', "pack"), "My pack");
    assert.equal(headerOf("hide if promoted\n", "pack"), null);
  });

  test("count statements", () => {
    assert.equal(countRules('pack "A"\nhide if promoted\n\n# no\non x.com\ndim'), 2);
  });

  test("a line that spares an author cannot break out of its quotes", () => {
    assert.equal(keepAuthorLine('a"b\\c\nhide'), 'keep if author is "a\\"b\\\\c hide"');
  });
});

describe("a backup", () => {
  const { stored } = parseStored({
    paused: ["x.com"],
    shown: ["x 17"],
    feeds: { "x.com": { fold: "duplicates", newest: true } },
    rules: "hide if promoted\n",
    packs: { calm: false, friends: false },
    "pack.friends": { source: "dim if repost\n" },
    models: { toxic: { strictness: "certain" }, spam: { off: true }, mine: { card: "{}" } },
  });
  const backupOf = () => makeBackup(stored, filters);
  const filters = [{ name: "kettles", thumbs: [{ text: "A kettle", belongs: true }] }];

  test("holds everything of the reader's, and is read back the same", () => {
    assert.deepEqual(parseBackup(makeBackup(stored, filters), free), {
      format: "diffract-backup",
      version: 1,
      rules: "hide if promoted\n",
      packs: [{ id: "friends", source: "dim if repost\n", on: false }],
      on: { calm: false },
      pausedHosts: ["x.com"],
      shown: ["x 17"],
      feeds: { "x.com": { fold: "duplicates", newest: true } },
      filters,
      models: { toxic: { strictness: "certain" }, spam: { off: true } },
    });
  });

  test("leaves what a model is, and changes what was chosen of it", () => {
    const now = { mine: { card: "{}", off: true }, toxic: { strictness: "likely" } } as const;
    assert.deepEqual(withChoices(now, { spam: { off: true } }), {
      mine: { card: "{}" },
      toxic: {},
      spam: { off: true },
    });
  });

  test("holds what a packaged pack came with", () => {
    const whole = {
      source: 'let @a = list "a.txt"\n',
      title: "A",
      description: "About a.",
      lists: { "a.txt": "b\n" },
    };
    const { stored } = parseStored({ "pack.whole": whole });
    assert.deepEqual(parseBackup(makeBackup(stored, []), free).packs, [{ id: "whole", ...whole, on: true }]);
    const [, , , , file] = packFiles(stored, shipped);
    assert.deepEqual(file, { id: "whole", origin: "imported", on: true, ...whole });
  });

  test("whose list leads out of the pack is refused", () => {
    for (const name of ["../a.txt", "/a", "__proto__", ".a", "a/b"]) {
      const backup = JSON.parse(backupOf()) as { packs: object[] };
      backup.packs = [JSON.parse(`{"id":"x","source":"","on":true,"lists":{${JSON.stringify(name)}:"a"}}`)];
      assert.throws(() => parseBackup(JSON.stringify(backup), free), /Nothing was changed/, name);
    }
  });

  for (const [name, backup] of [
    ["no JSON", "{"],
    ["of another program", '{"format":"other"}'],
    ["of a later version", JSON.stringify({ ...JSON.parse(backupOf()), version: 2 })],
    ["with a pack that is none", JSON.stringify({ ...JSON.parse(backupOf()), packs: [{}] })],
    ["with a filter twice", JSON.stringify({ ...JSON.parse(backupOf()), filters: [...filters, ...filters] })],
    ["with a filter of no name", JSON.stringify({ ...JSON.parse(backupOf()), filters: [{ thumbs: [] }] })],
    [
      "with a model as strict as none",
      JSON.stringify({ ...JSON.parse(backupOf()), models: { a: { strictness: "x" } } }),
    ],
    [
      "with a pack under a name of ours",
      JSON.stringify({ ...JSON.parse(backupOf()), packs: [{ id: "calm", source: "", on: true }] }),
    ],
  ] as const) {
    test(`that is ${name} is refused with a word`, () => {
      assert.throws(() => parseBackup(backup, free), /Nothing was changed/);
    });
  }
});

test("sites the reader added are those beyond the manifest's", () => {
  assert.deepEqual(
    addedOrigins(
      ["*://*.x.com/*", "https://b.example/*", "https://a.example/*", "file:///*"],
      ["*://*.x.com/*"],
    ),
    ["https://a.example/*", "https://b.example/*"],
  );
});
