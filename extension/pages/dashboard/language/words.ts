/** The words of the language for its grammar, whatever their case. tests/pages/language.test.ts holds them against the core's. */
import * as terms from "./terms.ts";

const EXTENDED: Readonly<Record<string, number>> = byWord([
  [terms.Act, "hide collapse dim highlight keep"],
  [terms.Blur, "blur"],
  [terms.Label, "label"],
  [terms.Boost, "boost demote"],
  [terms.Limit, "limit"],
  [terms.Order, "order"],
  [terms.Replace, "replace"],
  [terms.Let, "let"],
  [terms.On, "on"],
  [terms.At, "at"],
  [terms.Header, "pack version author licence license homepage description"],
  [terms.ListFile, "list"],
  [terms.By, "by"],
  [terms.With, "with"],
  [terms.Per, "per"],
  [terms.Then, "then"],
  [terms.All, "all"],
  [terms.Media, "media"],
  [terms.Any, "any"],
  [terms.WordWord, "word words"],
  [terms.Is, "is"],
  [terms.In, "in"],
  [terms.Has, "has"],
  [terms.Edge, "starts ends"],
  [terms.Matches, "matches"],
  [terms.To, "to"],
  [terms.Over, "over under"],
  [terms.Least, "least most"],
  [terms.Known, "known unknown"],
  [terms.About, "about"],
  [terms.Like, "like"],
  [terms.Unsure, "unsure"],
  [terms.Shows, "veil nothing show"],
  [terms.For, "for"],
]);

const RESERVED: Readonly<Record<string, number>> = byWord([
  [terms.If, "if"],
  [terms.And, "and"],
  [terms.Or, "or"],
  [terms.Not, "not"],
  [terms.Because, "because"],
  [terms.While, "while"],
]);

/** Every word that the grammar knows by name. */
export const KNOWN_WORDS: readonly string[] = [...Object.keys(EXTENDED), ...Object.keys(RESERVED)];

function byWord(entries: readonly (readonly [number, string])[]): Record<string, number> {
  const table: Record<string, number> = Object.create(null);
  for (const [term, words] of entries) for (const word of words.split(" ")) table[word] = term;
  return table;
}

/** The term that a word may stand for beside a name; -1: none. */
export function word(text: string, _stack?: unknown): number {
  return EXTENDED[text.toLowerCase()] ?? -1;
}

/** The term of a word that never stands for a name; -1: none. */
export function reserved(text: string, _stack?: unknown): number {
  return RESERVED[text.toLowerCase()] ?? -1;
}
