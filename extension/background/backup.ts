/** Everything of the reader's as one JSON text, and back. Pure; nothing is stored here. */
import { MAX_RULES, packId } from "../shared/guards.ts";
import { flag, integer, list, object, oneOf, type Read, record, text } from "../shared/shape.ts";
import { host, type Stored } from "../shared/storage.ts";

export interface Backup {
  format: "diffract-backup";
  version: 1;
  /** The reader's own rules. */
  rules: string;
  /** Imported packs. */
  packs: Array<{ id: string; source: string; on: boolean }>;
  /** Shipped packs and the reader's own rules, turned on or off. */
  on: Record<string, boolean>;
  pausedHosts: string[];
}

const read: Read<Backup> = object({
  format: oneOf("diffract-backup"),
  version: integer(1, 1) as Read<1>,
  rules: text(MAX_RULES),
  packs: list(object({ id: packId, source: text(MAX_RULES), on: flag }), 1000),
  on: record(flag, 1000),
  pausedHosts: list(host, 10_000),
});

export function makeBackup(stored: Stored): string {
  const on = Object.fromEntries(
    Object.entries(stored.packs).filter(([id]) => !Object.hasOwn(stored.imported, id)),
  );
  const backup: Backup = {
    format: "diffract-backup",
    version: 1,
    rules: stored.rules,
    packs: Object.entries(stored.imported).map(([id, { source }]) => ({
      id,
      source,
      on: stored.packs[id] ?? true,
    })),
    on,
    pausedHosts: stored.paused,
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
  for (const { id } of backup.packs) {
    if (!isFree(id))
      throw new Error(
        `This backup has an imported pack "${id}", a name of Diffract's own. Nothing was changed.`,
      );
  }
  return backup;
}
