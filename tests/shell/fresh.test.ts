import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { without } from "../../extension/background/assemble.ts";
import { withLine } from "../../extension/background/packs.ts";
import { isFresh, mark, unmark } from "../../scripts/build/fresh.ts";

describe("what was built", () => {
  const product = { name: "thing", inputs: ["source", "lock"], outputs: ["dist/thing"] };
  const home = process.cwd();
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "diffract-fresh-"));
    process.chdir(folder);
  });
  after(() => {
    process.chdir(home);
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    for (const path of ["source", "dist"]) rmSync(path, { recursive: true, force: true });
    mkdirSync("source/tests", { recursive: true });
    mkdirSync("dist/thing", { recursive: true });
    writeFileSync("source/a", "a");
    writeFileSync("source/b", "b");
    writeFileSync("dist/thing/out", "built");
    mark(product);
  });

  test("is fresh while its sources are what they were, whatever their times say", () => {
    utimesSync("source/a", new Date(), new Date(Date.now() + 1e6));
    writeFileSync("source/tests/new", "no input");
    assert.equal(isFresh(product), true);
  });

  for (const [name, change] of [
    [
      "a source changed, though its time is old",
      () => {
        writeFileSync("source/a", "b");
        utimesSync("source/a", 0, 0);
      },
    ],
    ["a source was added", () => writeFileSync("source/c", "")],
    ["a source was removed", () => rmSync("source/b")],
    ["a source that was not there is", () => writeFileSync("lock", "")],
    ["somebody changed the product", () => writeFileSync("dist/thing/out", "by hand")],
    ["the product is gone", () => rmSync("dist/thing", { recursive: true })],
    ["a build of it began and did not end", () => unmark(product)],
  ] as Array<[string, () => void]>) {
    test(`is not fresh when ${name}`, () => {
      change();
      assert.equal(isFresh(product), false);
      rmSync("lock", { force: true });
    });
  }

  test("cannot be marked when there is nothing of it", () => {
    rmSync("dist/thing", { recursive: true });
    assert.throws(() => mark(product), /nothing of it/);
  });
});

describe("packs of which one breaks the engine", () => {
  const make = (packs: string[]) => {
    if (packs.includes("bad")) throw new Error("unreachable");
    return packs.join(" ");
  };
  test("cost that one", () => {
    assert.deepEqual(without(["a", "b"], make), { made: "a b", left: [] });
    const { made, left } = without(["a", "bad", "b"], make);
    assert.equal(made, "a b");
    assert.deepEqual(
      left.map(({ source }) => source),
      ["bad"],
    );
  });
  test("are not to blame for an engine that cannot be made of nothing", () => {
    const broken = () => {
      throw new Error("no engine");
    };
    assert.throws(() => without(["a"], broken), /no engine/);
  });
});

test("a line that is to hold everywhere does not fall under the last scope", () => {
  assert.equal(withLine("", "keep"), "keep\n");
  assert.equal(withLine("hide", "keep"), "hide\nkeep\n");
  assert.equal(withLine("on x.com\nhide\n", "keep"), "on x.com\nhide\non everywhere\nkeep\n");
  assert.equal(withLine("on everywhere # all\nhide\n", "keep"), "on everywhere # all\nhide\nkeep\n");
  const back = "on x.com\nhide\non everywhere\ndim\non y.com\nhide\n";
  assert.equal(withLine(back, "keep"), `${back}on everywhere\nkeep\n`);
});
