/** The rule files: the reader's own, those that come with Diffract, those the reader imported. */
import type { PackState } from "../shared/messages.ts";
import type { Stored, StoredPack } from "../shared/storage.ts";

/** The id of the reader's own rules. */
export const MINE = "mine";
/** Shipped packs that are on until the reader says otherwise. */
const ON_BY_DEFAULT: ReadonlySet<string> = new Set(["calm", "no-ads"]);

/** A pack that comes with Diffract. */
export interface ShippedPack extends StoredPack {
  id: string;
}

export interface PackFile extends StoredPack {
  id: string;
  origin: PackState["origin"];
  on: boolean;
}

/** Every rule file with its state, the reader's own first. Pure. */
export function packFiles(stored: Stored, shipped: readonly ShippedPack[]): PackFile[] {
  const isOn = (id: string, otherwise: boolean) =>
    Object.hasOwn(stored.packs, id) ? stored.packs[id] === true : otherwise;
  return [
    { id: MINE, origin: "mine" as const, on: isOn(MINE, true), source: stored.rules },
    ...shipped.map((pack) => ({
      ...pack,
      origin: "shipped" as const,
      on: isOn(pack.id, ON_BY_DEFAULT.has(pack.id)),
    })),
    ...Object.entries(stored.imported).map(([id, pack]) => ({
      ...pack,
      id,
      origin: "imported" as const,
      on: isOn(id, true),
    })),
  ];
}

/** The reader's own rules with `line` at their end, in force everywhere whatever scope the last lines are under. Pure. */
export function withLine(source: string, line: string): string {
  const head = source === "" || source.endsWith("\n") ? source : `${source}\n`;
  const scope = head.split("\n").findLast((one) => /^\s*on\s/.test(one));
  const everywhere = scope === undefined || /^\s*on\s+everywhere\s*(?:#.*)?$/.test(scope);
  return `${head}${everywhere ? "" : "on everywhere\n"}${line}\n`;
}

/** Whether an id may be given to an imported pack. */
export function isFreeId(id: string, shipped: readonly ShippedPack[]): boolean {
  return id !== MINE && !shipped.some((pack) => pack.id === id);
}

/** A value of the header lines of a rule file: `title` of `pack "Calm"`. */
export function headerOf(source: string, keyword: string): string | null {
  for (const line of source.slice(0, 4096).split("\n")) {
    const found = /^\s*([a-z]+)\s+"([^"]*)"\s*(?:#.*)?$/.exec(line.trimEnd());
    if (found?.[1] === keyword) return found[2] ?? null;
  }
  return null;
}

/** A line of rules that spares an author. */
export function keepAuthorLine(author: string): string {
  const quoted = author
    .replace(/\p{Cc}/gu, " ")
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"');
  return `keep if author is "${quoted}"`;
}

const NO_RULE = /^\s*(?:#|$|on\s|let\s|pack\s|version\s|author\s|licen[cs]e\s|homepage\s|description\s)/;

/** Rules of a file that is not in force, for display: its statements, the broken ones too. */
export function countRules(source: string): number {
  return source.split("\n").filter((line) => !NO_RULE.test(line)).length;
}
