/** What the pages do with text: rules that are added, ids of packs, backups that are looked into. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { appendRule, idFrom, quote, readFile, titleOf } from "../../extension/pages/common/rules-text.ts";
import { changesOf, hashesOf, parseBackup } from "../../extension/pages/dashboard/backup-file.ts";
import { readPlace } from "../../extension/pages/dashboard/place.ts";
import type { BackgroundState, PackState } from "../../extension/shared/messages.ts";
import { taughtCard, thumbsHash } from "../../extension/shared/taught.ts";

test("a rule is added at the end, and holds everywhere whatever scope the file ends in", () => {
  assert.equal(appendRule("", "hide if promoted"), "hide if promoted\n");
  assert.equal(appendRule("dim if reply", "hide if promoted"), "dim if reply\nhide if promoted\n");
  assert.equal(
    appendRule("on x.com\ndim if reply\n\n", "hide if promoted"),
    "on x.com\ndim if reply\n\non everywhere\nhide if promoted\n",
  );
  assert.equal(
    appendRule("on x.com\ndim if reply\non everywhere\n", "hide if promoted"),
    "on x.com\ndim if reply\non everywhere\nhide if promoted\n",
  );
});

test("words become one string of the language, whatever is in them", () => {
  assert.equal(quote('say "hi"'), '"say \\"hi\\""');
  assert.equal(quote("back\\slash"), '"back\\\\slash"');
  assert.equal(quote(" two\n lines\t"), '"two lines"');
});

test("a pack's title and id come from its header, and an id is always safe", () => {
  assert.equal(titleOf('# hello\npack "Fewer Birds"\nhide if reply'), "Fewer Birds");
  assert.equal(titleOf("hide if reply"), undefined);
  assert.equal(idFrom("Fewer Birds!"), "fewer-birds");
  assert.equal(idFrom("Über-Ruhe"), "u-ber-ruhe");
  assert.equal(idFrom("../../etc"), "etc");
  assert.equal(idFrom("日本"), "pack");
  assert.ok(idFrom("a ".repeat(100)).length <= 40);
});

test("a file that is too large or no text is refused with a message", async () => {
  const large = await readFile(new File(["x".repeat(100)], "large.rules"), 50);
  assert.ok(!large.ok && /larger than/.test(large.message) && /Nothing was changed/.test(large.message));
  const bytes = await readFile(new File([new Uint8Array([0xff, 0xfe, 0x00])], "picture.png"), 50);
  assert.ok(!bytes.ok && /UTF-8/.test(bytes.message));
  const fine = await readFile(new File(["hide if promoted"], "mine.rules"), 50);
  assert.deepEqual(fine, { ok: true, text: "hide if promoted" });
});

test("a backup that is none says what is wrong with it", () => {
  const table: [string, RegExp][] = [
    ["", /not JSON/],
    ["{", /not JSON/],
    ["[]", /not an object/],
    ['{"format":"other"}', /format/],
    ['{"format":"diffract-backup","version":1}', /rules is not text/],
    ['{"format":"diffract-backup","version":1,"rules":"","packs":[{"id":7}]}', /packs\[0\]\.id/],
  ];
  for (const [source, message] of table) {
    const parsed = parseBackup(source);
    assert.ok(!parsed.ok, source);
    assert.match(parsed.message, message);
  }
});

function pack(id: string, origin: PackState["origin"], on: boolean, source: string): PackState {
  return { id, title: id, description: "", origin, on, source, rules: 1 };
}

const now: BackgroundState = {
  version: "0.1.0",
  packs: [
    pack("mine", "mine", true, "hide if reply\n"),
    pack("calm", "shipped", true, "dim if reply\n"),
    pack("birds", "imported", true, "hide if quote\n"),
  ],
  pausedHosts: ["a.example"],
  troubles: [],
  rules: 3,
  models: [],
  teaching: "",
  asking: 2,
  answers: 0,
  start: { from: "sources", milliseconds: 1 },
};

function previewed(backup: object): string[] {
  const parsed = parseBackup(JSON.stringify({ format: "diffract-backup", version: 1, rules: "", ...backup }));
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.message);
  return changesOf(parsed.backup, now).map((change) => `${change.loses ? "! " : ""}${change.what}`);
}

test("a preview of filters and models says what would be forgotten", async () => {
  const card = taughtCard("pots", { belong: 1, others: 0, sha256: "" }, 0);
  const thumbs = [{ text: "A kettle", belongs: true }];
  const model = (name: string, more: object): BackgroundState["models"][number] => ({
    name,
    own: false,
    on: true,
    card,
    ...more,
  });
  const taught: BackgroundState = {
    ...now,
    models: [
      model("toxic", { strictness: "certain" }),
      model("pots", {
        taught: { belong: 1, others: 0 },
        card: { ...card, sha256: await thumbsHash("", thumbs) },
      }),
      model("gone", { taught: { belong: 2, others: 1 } }),
    ],
  };
  const previewed = async (filters: object[], models: object) => {
    const source = { format: "diffract-backup", version: 1, rules: "hide if reply\n", filters, models };
    const parsed = parseBackup(JSON.stringify(source));
    assert.ok(parsed.ok, parsed.ok ? "" : parsed.message);
    const changes = changesOf(parsed.backup, taught, await hashesOf(parsed.backup, taught));
    return changes
      .map((change) => `${change.loses ? "! " : ""}${change.what}`)
      .filter((what) => /filter|model/.test(what));
  };
  const gone = "! The filter “gone” is not in the backup and would be forgotten, with 3 examples.";
  assert.deepEqual(await previewed([{ name: "pots", thumbs }], { toxic: { strictness: "certain" } }), [gone]);
  assert.deepEqual(
    await previewed(
      [
        { name: "pots", thumbs: [...thumbs, { text: "Rain", belongs: false }] },
        { name: "new", thumbs },
      ],
      {
        toxic: { off: true },
      },
    ),
    [
      "! The filter “pots” would have the 2 examples of the backup in place of its 1 example.",
      "The filter “new” would be added, with 1 example.",
      gone,
      "The model “toxic” would be switched off.",
      "The model “toxic” would be as strict as it was in the backup.",
    ],
  );
});

test("a preview says what an import would change, and what would be lost", () => {
  assert.deepEqual(
    previewed({
      rules: "hide if reply\n",
      packs: [{ id: "birds", source: "hide if quote\n", on: true }],
      on: { calm: true },
      pausedHosts: ["a.example"],
    }),
    [],
  );
  assert.deepEqual(
    previewed({
      rules: "one\ntwo\n",
      packs: [{ id: "fish", source: 'pack "Fish"\n', on: true }],
      on: { calm: false, mine: false },
      pausedHosts: ["b.example"],
    }),
    [
      "! Your rules: 1 line would be replaced by 2 lines.",
      "The pack “Fish” would be added.",
      "! The pack “birds” is not in the backup and would be removed.",
      "Your own rules would be switched off.",
      "The pack “calm” would be switched off.",
      "Diffract would be paused on b.example.",
      "Diffract would be on again on a.example.",
    ],
  );
});

test("an address leads to a section, a pack and a line, and a broken one to the rules", () => {
  assert.deepEqual(readPlace("#packs/calm:12"), { section: "packs", pack: "calm", line: 12 });
  assert.deepEqual(readPlace("#rules:3"), { section: "rules", line: 3 });
  assert.deepEqual(readPlace("#health"), { section: "health" });
  assert.deepEqual(readPlace("#packs/%E0%A4%A"), { section: "packs", pack: "%E0%A4%A" });
  assert.deepEqual(readPlace(""), { section: "rules" });
  assert.deepEqual(readPlace("#nonsense/../x"), { section: "rules" });
});
