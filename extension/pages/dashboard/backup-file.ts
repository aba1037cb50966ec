/** A backup file, as far as a preview needs to understand it. The background has the last word on what it takes. */
import { MAX_RULES } from "../../shared/guards.ts";
import type { BackgroundState, PackState } from "../../shared/messages.ts";
import { flag, integer, list, Misfit, object, oneOf, optional, record, text } from "../../shared/shape.ts";
import { titleOf } from "../common/rules-text.ts";
import { count } from "../common/words.ts";

const readBackup = object({
  format: oneOf("diffract-backup"),
  version: integer(1, 1_000_000),
  rules: text(MAX_RULES),
  packs: optional(list(object({ id: text(64, 1), source: text(MAX_RULES), on: optional(flag) }), 1000)),
  on: optional(record(flag, 1000)),
  pausedHosts: optional(list(text(253, 1), 10_000)),
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

/** What taking in `backup` would change of `now`, in the reader's words. Empty: nothing. */
export function changesOf(backup: BackupFile, now: BackgroundState): Change[] {
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

function switched(pack: PackState, on: boolean): Change {
  const what = pack.origin === "mine" ? "Your own rules" : `The pack “${pack.title}”`;
  return { what: `${what} would be switched ${on ? "on" : "off"}.`, loses: false };
}

function lines(source: string): number {
  return source.trim() === "" ? 0 : source.trim().split("\n").length;
}
