/**
 * The editor's own view of the language against the core's: the grammar is compiled from its source, it knows the same
 * words, and whatever the core reads without an error it parses without one.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parser } from "../../extension/pages/dashboard/language/parser.ts";
import { KNOWN_WORDS } from "../../extension/pages/dashboard/language/words.ts";
import type { Diagnostic } from "../../extension/shared/messages.ts";
import { unaskable } from "../../extension/shared/rule-words.ts";
import { loadWorkbench } from "../../scripts/build/workbench.ts";
import { compileGrammar } from "../../scripts/grammar.ts";
import { needsWorkbench, ROOT } from "./paths.ts";

const LANGUAGE = join(ROOT, "extension/pages/dashboard/language");

test("the compiled grammar is that of its source (else: node --import tsx scripts/grammar.ts)", () => {
  for (const [name, text] of Object.entries(compileGrammar()))
    assert.equal(readFileSync(join(LANGUAGE, name), "utf8"), text, name);
});

test("the grammar knows the words of the core's tables", { skip: needsWorkbench }, async () => {
  const words = JSON.parse((await loadWorkbench()).vocabulary()) as Record<string, string[]>;
  const keywords = ["actions", "headers", "statements", "operators", "questions", "clauses", "reserved"];
  const missing = keywords
    .flatMap((sort) => words[sort] ?? [])
    .flatMap((word) => word.split(" "))
    // A field, in the operator `links to`.
    .filter((word) => /^[a-z]+$/u.test(word) && word !== "links" && !KNOWN_WORDS.includes(word));
  assert.deepEqual(missing, []);
});

test("a model may have every name but those that rules cannot ask by", { skip: needsWorkbench }, async () => {
  const { vocabulary, knowModels, check } = await loadWorkbench();
  const words = Object.values(JSON.parse(vocabulary()) as Record<string, string[]>).flat();
  const names = new Set(
    words.flatMap((word) => word.split(/[ .]/u)).filter((word) => /^[a-z0-9_]+$/u.test(word)),
  );
  for (const more of ["any", "all", "then", "by", "kettles", "a7", "7up", "50"]) names.add(more);
  try {
    for (const name of names) {
      knowModels([name]);
      const found = JSON.parse(check(`hide if ${name} is likely\n`, undefined)) as Diagnostic[];
      const asked = found.every(({ severity }) => severity !== "error");
      assert.equal(unaskable(name) === undefined, asked, name);
    }
  } finally {
    knowModels([]);
  }
});

/** Every file that has rules in it, and what of it are rules. */
function sources(): { place: string; source: string }[] {
  const found: { place: string; source: string }[] = [];
  const walk = (folder: string): string[] =>
    readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? walk(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`],
    );
  for (const place of ["tests/rules", "tests/agora", "docs", "extension/packs", "README.md"].flatMap((one) =>
    one.includes(".") ? [one] : walk(one),
  )) {
    const text = () => readFileSync(join(ROOT, place), "utf8");
    if (place.endsWith(".rules")) found.push({ place, source: text() });
    if (place.endsWith(".md")) {
      for (const [, source = ""] of text().matchAll(/^```(?:diffract)?\n(.*?)^```/gmsu))
        found.push({ place, source });
    }
    if (place.endsWith(".toml")) {
      const key =
        /^\s*(?:rules|source|bad|line|good|text)\s*=\s*(?:'''\n?(.*?)'''|"""\n?(.*?)"""|'([^'\n]*)'|("(?:[^"\\\n]|\\.)*"))/gmsu;
      for (const [, literal, basic, single, string] of text().matchAll(key)) {
        const source = literal ?? basic ?? single ?? (string === undefined ? "" : (toml(string) ?? ""));
        found.push({ place, source });
      }
    }
  }
  return found;
}

/** What a basic string of TOML says, where JSON says the same. */
function toml(string: string): string | undefined {
  try {
    return JSON.parse(string) as string;
  } catch {
    return undefined;
  }
}

/** Lines, from 1, in which the grammar finds something that it does not know. */
function unknownLines(source: string): Set<number> {
  const unknown = new Set<number>();
  parser.parse(source).iterate({
    enter: (node) => {
      if (!node.type.isError) return;
      unknown.add(source.slice(0, node.from).split(/\r\n?|\n/u).length);
    },
  });
  return unknown;
}

test("what the core reads without an error, the grammar does too", { skip: needsWorkbench }, async () => {
  const { check } = await loadWorkbench();
  const differing: string[] = [];
  let lines = 0;
  for (const { place, source } of sources()) {
    const diagnostics = JSON.parse(check(source, undefined)) as { severity: string; line: number }[];
    const bad = new Set(diagnostics.filter(({ severity }) => severity === "error").map(({ line }) => line));
    const unknown = unknownLines(source);
    for (const [index, line] of source.split(/\r\n?|\n/u).entries()) {
      if (line.trim() === "" || bad.has(index + 1)) continue;
      lines += 1;
      if (unknown.has(index + 1)) differing.push(`${place}: ${line}`);
    }
  }
  assert.deepEqual(differing, []);
  assert.ok(lines > 600, `only ${lines} lines were found`);
});

test("a text ends where the core ends it, and what cannot be seen is a blank", () => {
  const texts = (source: string): string[] => {
    const found: string[] = [];
    parser.parse(source).iterate({
      enter: ({ name, type, from, to }) => {
        assert.ok(!type.isError, JSON.stringify(source));
        if (name === "Text") found.push(source.slice(from, to));
      },
    });
    return found;
  };
  assert.deepEqual(texts("hide if text has `sale`"), ["`sale`"]);
  assert.deepEqual(texts('hide if text has “sale"'), ['“sale"']);
  assert.deepEqual(texts("hide if text has any „don't“, 'x', «y\""), ["„don't“", "'x'", '«y"']);
  assert.deepEqual(texts("hide if\u2066 promoted\u061c\u200b\u202e"), []);
});

test("a mistake in one line leaves the colours of the next", () => {
  const source = 'hide if text has "never closed\nhide hide ) ( @ % /x\nhide if promoted\n';
  const words: string[] = [];
  parser.parse(source).iterate({
    enter: ({ name, from, to }) => {
      if (from >= source.indexOf("hide if promoted") && ["Act", "If", "Field"].includes(name))
        words.push(`${name}:${source.slice(from, to)}`);
    },
  });
  assert.deepEqual(words, ["Act:hide", "If:if", "Field:promoted"]);
});
