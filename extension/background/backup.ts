/** Everything of the reader's as one JSON text, and back. Pure; nothing is stored here. */

import { STRICTNESS, type Strictness } from "../shared/card.ts";
import { MAX_RULES, PACK_SHAPE, packId } from "../shared/guards.ts";
import { flag, integer, list, object, oneOf, optional, type Read, record, text } from "../shared/shape.ts";
import {
  type FeedChoice,
  host,
  MAX_IMPORTED,
  MAX_MODELS,
  MAX_SHOWN,
  modelName,
  packOf,
  readFeeds,
  type Stored,
  type StoredPack,
  shownEntry,
} from "../shared/storage.ts";
import { filterName, MAX_FILTERS, readThumbs, type SharedFilter } from "../shared/taught.ts";

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
  /** Filters that the reader taught, with their thumbs; absent: those of now stay. */
  filters?: SharedFilter[];
  /** Models that are off, or as strict as the reader chose; absent: as it is now. Models that the reader added are files of their own. */
  models?: Record<string, ModelChoice>;
}

/** What the reader chose of a model. */
interface ModelChoice {
  off?: boolean;
  strictness?: Strictness;
}

const STRICTNESSES = Object.keys(STRICTNESS) as Strictness[];

const read: Read<Backup> = object({
  format: oneOf("diffract-backup"),
  version: integer(1, 1) as Read<1>,
  rules: text(MAX_RULES),
  packs: list(object({ id: packId, ...PACK_SHAPE, on: flag }), MAX_IMPORTED),
  on: record(flag, MAX_IMPORTED, packId),
  pausedHosts: list(host, 10_000),
  feeds: optional(readFeeds),
  shown: optional(list(shownEntry, MAX_SHOWN)),
  filters: optional(list(object({ name: filterName, thumbs: readThumbs }), MAX_FILTERS)),
  models: optional(
    record(
      object({ off: optional(flag), strictness: optional(oneOf(...STRICTNESSES)) }),
      MAX_MODELS,
      modelName,
    ),
  ),
});

export function makeBackup(stored: Stored, filters: SharedFilter[]): string {
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
    filters,
    models: Object.fromEntries(
      Object.entries(stored.models).flatMap(([name, { off, strictness }]) =>
        off || strictness ? [[name, { ...(off && { off }), ...(strictness && { strictness }) }]] : [],
      ),
    ),
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
  const names = new Set<string>();
  for (const { name } of backup.filters ?? []) {
    if (names.has(name)) throw new Error(`This backup has the filter "${name}" twice. Nothing was changed.`);
    names.add(name);
  }
  return backup;
}

/** The models of now as a backup says: what is there stays, and is on and as strict as it was then. */
export function withChoices(
  models: Stored["models"],
  choices: Record<string, ModelChoice>,
): Stored["models"] {
  const names = new Set([...Object.keys(models), ...Object.keys(choices)]);
  return Object.fromEntries(
    [...names].map((name) => {
      const { off: _off, strictness: _strictness, ...kept } = models[name] ?? {};
      return [name, { ...kept, ...choices[name] }];
    }),
  );
}
