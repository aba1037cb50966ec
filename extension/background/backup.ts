/** Everything of the reader's as one JSON text, and back. Pure; nothing is stored here. */
import { MAX_RULES, PACK_SHAPE, packId } from "../shared/guards.ts";
import { flag, integer, list, object, oneOf, optional, type Read, record, text } from "../shared/shape.ts";
import {
  type FeedChoice,
  host,
  MAX_IMPORTED,
  MAX_SHOWN,
  packOf,
  readFeeds,
  type Stored,
  type StoredPack,
  shownEntry,
} from "../shared/storage.ts";

export interface Backup {
  format: "diffract-backup";
  version: 1;
  /** The reader's own rules. */
  rules: string;
  /** Imported packs. */
  packs: Array<StoredPack & { id: string; on: boolean }>;
  /** Shipped packs and the reader's own rules, turned on or off. */
  on: Record<string, boolean>;
  pausedHosts: string[];
  /** What the reader chose for the feeds of hosts; absent: as it is now. */
  feeds?: Record<string, FeedChoice>;
  /** Posts to show whatever the rules say; absent: those chosen now stay. What `limit` has counted is of its day and left out. */
  shown?: string[];
}

const read: Read<Backup> = object({
  format: oneOf("diffract-backup"),
  version: integer(1, 1) as Read<1>,
  rules: text(MAX_RULES),
  packs: list(object({ id: packId, ...PACK_SHAPE, on: flag }), MAX_IMPORTED),
  on: record(flag, MAX_IMPORTED, packId),
  pausedHosts: list(host, 10_000),
  feeds: optional(readFeeds),
  shown: optional(list(shownEntry, MAX_SHOWN)),
});

export function makeBackup(stored: Stored): string {
  const on = Object.fromEntries(
    Object.entries(stored.packs).filter(([id]) => !Object.hasOwn(stored.imported, id)),
  );
  const backup: Backup = {
    format: "diffract-backup",
    version: 1,
    rules: stored.rules,
    packs: Object.entries(stored.imported).map(([id, pack]) => ({
      id,
      ...packOf(pack),
      on: Object.hasOwn(stored.packs, id) ? stored.packs[id] === true : true,
    })),
    on,
    pausedHosts: stored.paused,
    feeds: stored.feeds,
    shown: stored.shown,
  };
  return `${JSON.stringify(backup, null, 2)}\n`;
}

/** Reads a backup; throws with words for the reader. `isFree`: whether an imported pack may have that id. */
export function parseBackup(source: string, isFree: (id: string) => boolean): Backup {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    throw new Error("This file is no backup of Diffract: it is not JSON. Nothing was changed.");
  }
  let backup: Backup;
  try {
    backup = read(value, "the backup");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`This backup cannot be read: ${why}. Nothing was changed.`);
  }
  const ids = new Set<string>();
  for (const { id } of backup.packs) {
    if (ids.has(id)) throw new Error(`This backup has the pack "${id}" twice. Nothing was changed.`);
    ids.add(id);
    if (!isFree(id))
      throw new Error(
        `This backup has an imported pack "${id}", a name of Diffract's own. Nothing was changed.`,
      );
  }
  return backup;
}
