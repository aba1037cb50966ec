/** A backup file, as far as a preview needs to understand it. The background has the last word on what it takes. */
import { MAX_RULES } from "../../shared/guards.ts";
import type { BackgroundState, PackState } from "../../shared/messages.ts";
import { flag, integer, list, Misfit, object, oneOf, optional, record, text } from "../../shared/shape.ts";
import { filterName, MAX_FILTERS, readThumbs, thumbsHash } from "../../shared/taught.ts";
import { titleOf } from "../common/rules-text.ts";
import { count } from "../common/words.ts";

const readBackup = object({
  format: oneOf("diffract-backup"),
  version: integer(1, 1_000_000),
  rules: text(MAX_RULES),
  packs: optional(list(object({ id: text(64, 1), source: text(MAX_RULES), on: optional(flag) }), 1000)),
  on: optional(record(flag, 1000)),
  pausedHosts: optional(list(text(253, 1), 10_000)),
  filters: optional(list(object({ name: filterName, thumbs: readThumbs }), MAX_FILTERS)),
  models: optional(record(object({ off: optional(flag), strictness: optional(text(20)) }), 1000)),
});

/** What a backup holds. */
export type BackupFile = ReturnType<typeof readBackup>;

/** Reads a backup's text, or says in the reader's words why it is none. */
export function parseBackup(
  source: string,
): { ok: true; backup: BackupFile } | { ok: false; message: string } {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    return {
      ok: false,
      message: "This is no backup of Diffract: it is not JSON. Choose a file that “Save a backup” made.",
    };
  }
  try {
    return { ok: true, backup: readBackup(value, "the backup") };
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    return {
      ok: false,
      message: `This is no backup that Diffract can read: ${error.message}. Nothing was changed.`,
    };
  }
}

/** One thing an import would change. */
export interface Change {
  what: string;
  /** Something of the reader's that is there now would be gone or replaced. */
  loses: boolean;
}

/** The filters of a backup by what they learn from, as the background names it for those of now. */
export async function hashesOf(backup: BackupFile, now: BackgroundState): Promise<Map<string, string>> {
  const encoder = now.models.find(({ name }) => name === "encoder")?.card.sha256 ?? "";
  const found = new Map<string, string>();
  for (const { name, thumbs } of backup.filters ?? []) found.set(name, await thumbsHash(encoder, thumbs));
  return found;
}

/** What taking in `backup` would change of `now`, in the reader's words. Empty: nothing. `hashes`: see {@link hashesOf}. */
export function changesOf(
  backup: BackupFile,
  now: BackgroundState,
  hashes: ReadonlyMap<string, string> = new Map(),
): Change[] {
  const changes: Change[] = [];
  const mine = now.packs.find((pack) => pack.origin === "mine")?.source ?? "";
  if (backup.rules !== mine) {
    changes.push({
      what:
        mine.trim() === ""
          ? `Your rules: ${count(lines(backup.rules), "line")} would be added where you have none.`
          : `Your rules: ${count(lines(mine), "line")} would be replaced by ${count(lines(backup.rules), "line")}.`,
      loses: mine.trim() !== "",
    });
  }
  const imported = new Map(
    now.packs.filter((pack) => pack.origin === "imported").map((pack) => [pack.id, pack]),
  );
  for (const pack of backup.packs ?? []) {
    const old = imported.get(pack.id);
    imported.delete(pack.id);
    const title = titleOf(pack.source) ?? pack.id;
    if (old === undefined) changes.push({ what: `The pack “${title}” would be added.`, loses: false });
    else if (old.source !== pack.source)
      changes.push({ what: `The pack “${old.title}” would be replaced.`, loses: true });
    if (old !== undefined && pack.on !== undefined && pack.on !== old.on)
      changes.push(switched(old, pack.on));
  }
  for (const pack of imported.values()) {
    changes.push({
      what: `The pack “${pack.title}” is not in the backup and would be removed.`,
      loses: true,
    });
  }
  for (const pack of now.packs.filter((one) => one.origin !== "imported")) {
    const on = backup.on !== undefined && Object.hasOwn(backup.on, pack.id) ? backup.on[pack.id] : undefined;
    if (on !== undefined && on !== pack.on) changes.push(switched(pack, on));
  }
  changes.push(...filterChanges(backup, now, hashes), ...modelChanges(backup, now));
  const before = new Set(now.pausedHosts);
  const after = new Set(backup.pausedHosts ?? []);
  for (const host of after) {
    if (!before.has(host)) changes.push({ what: `Diffract would be paused on ${host}.`, loses: false });
  }
  for (const host of before) {
    if (!after.has(host)) changes.push({ what: `Diffract would be on again on ${host}.`, loses: false });
  }
  return changes;
}

function filterChanges(
  { filters }: BackupFile,
  { models }: BackgroundState,
  hashes: ReadonlyMap<string, string>,
): Change[] {
  if (filters === undefined) return [];
  const old = new Map(models.flatMap((model) => (model.taught ? [[model.name, model] as const] : [])));
  const examples = (counts = { belong: 0, others: 0 }): string =>
    count(counts.belong + counts.others, "example");
  const changes: Change[] = [];
  for (const { name, thumbs } of filters) {
    const now = old.get(name);
    old.delete(name);
    const then = count(thumbs.length, "example");
    if (now === undefined)
      changes.push({ what: `The filter “${name}” would be added, with ${then}.`, loses: false });
    else if (now.card.sha256 !== hashes.get(name))
      changes.push({
        what: `The filter “${name}” would have the ${then} of the backup in place of its ${examples(now.taught)}.`,
        loses: true,
      });
  }
  for (const { name, taught } of old.values())
    changes.push({
      what: `The filter “${name}” is not in the backup and would be forgotten, with ${examples(taught)}.`,
      loses: true,
    });
  return changes;
}

function modelChanges({ models: choices }: BackupFile, { models }: BackgroundState): Change[] {
  if (choices === undefined) return [];
  return models.flatMap(({ name, on, strictness }): Change[] => {
    const { off = false, strictness: then } = (Object.hasOwn(choices, name) && choices[name]) || {};
    return [
      ...(off === on
        ? [{ what: `The model “${name}” would be switched ${off ? "off" : "on"}.`, loses: false }]
        : []),
      ...(then === strictness
        ? []
        : [{ what: `The model “${name}” would be as strict as it was in the backup.`, loses: false }]),
    ];
  });
}

function switched(pack: PackState, on: boolean): Change {
  const what = pack.origin === "mine" ? "Your own rules" : `The pack “${pack.title}”`;
  return { what: `${what} would be switched ${on ? "on" : "off"}.`, loses: false };
}

function lines(source: string): number {
  return source.trim() === "" ? 0 : source.trim().split("\n").length;
}
