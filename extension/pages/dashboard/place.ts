/** Where in the dashboard the reader is, as the hash of its address says it. */

/** The sections, in their order. */
export const SECTIONS = ["rules", "packs", "models", "backup", "health"] as const;

/** One section of the dashboard. */
export type Section = (typeof SECTIONS)[number];

/** Where the reader is: a section, and in it perhaps a pack and a line. */
export interface Place {
  section: Section;
  pack?: string;
  line?: number;
  /** A token, good for once, for the post that a rule is to be made of. */
  from?: string;
}

/** Reads `#packs/calm:12` and `#from/…`. Anything else leads to the rules. */
export function readPlace(hash: string): Place {
  const [, section = "", pack, line] = /^#?([a-z]+)(?:\/([^:]+))?(?::(\d{1,7}))?$/u.exec(hash) ?? [];
  if (section === "from" && pack !== undefined) return { section: "rules", from: decode(pack) };
  const known = SECTIONS.find((one) => one === section);
  if (known === undefined) return { section: "rules" };
  const found: Place = { section: known };
  if (pack !== undefined) found.pack = decode(pack);
  if (line !== undefined) found.line = Number(line);
  return found;
}

function decode(words: string): string {
  try {
    return decodeURIComponent(words);
  } catch {
    return words;
  }
}
