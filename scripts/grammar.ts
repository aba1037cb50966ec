/**
 * Compiles the editor's grammar of the rule language into `parser.ts` and `terms.ts` beside it. Both are kept in the
 * repository, so that building takes no step more; `tests/pages/language.test.ts` fails where they are out of date.
 *
 *   node --import tsx scripts/grammar.ts
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildParserFile } from "@lezer/generator";

const FOLDER = new URL("../extension/pages/dashboard/language/", import.meta.url);
const NOTE = "// Made from rules.grammar by scripts/grammar.ts; change that.\n";

/** The two files as they should be. */
export function compileGrammar(): { "parser.ts": string; "terms.ts": string } {
  const source = readFileSync(new URL("rules.grammar", FOLDER), "utf8");
  const { parser, terms } = buildParserFile(source, {
    fileName: "rules.grammar",
    typeScript: true,
    moduleStyle: "es",
    warn: (message) => {
      throw new Error(message);
    },
  });
  const imports = parser.replace(/from "\.\/([a-z]+)"/gu, 'from "./$1.ts"').replace(/^\/\/.*\n/u, "");
  return { "parser.ts": NOTE + imports, "terms.ts": NOTE + terms.replace(/^\/\/.*\n/u, "") };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of Object.entries(compileGrammar())) {
    writeFileSync(new URL(name, FOLDER), text);
    console.log(`wrote ${name}, ${text.length} characters`);
  }
}
