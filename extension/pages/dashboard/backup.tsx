/** Backup: everything as one file, and back, with a look at what would change and a way to undo it. */
import { computed, signal } from "@preact/signals";
import type { JSX } from "preact";
import { MAX_BACKUP } from "../../shared/guards.ts";
import { askExport } from "../common/browser.ts";
import { download } from "../common/download.ts";
import { announce, Notice } from "../common/parts.tsx";
import { readFile } from "../common/rules-text.ts";
import { type BackupFile, changesOf, hashesOf, parseBackup } from "./backup-file.ts";
import { FileButton } from "./file-button.tsx";
import { failure, refresh, request, state } from "./model.ts";
import { dirty } from "./rules.tsx";

/** A backup that was chosen and waits for the reader's word. */
const chosen = signal<
  { file: string; source: string; backup: BackupFile; hashes: Map<string, string> } | undefined
>(undefined);
/** Everything as it was before the last import of this page, for undo. */
const before = signal<string | undefined>(undefined);
const said = signal("");

const changes = computed(() =>
  chosen.value === undefined || state.value === undefined
    ? []
    : changesOf(chosen.value.backup, state.value, chosen.value.hashes),
);

async function save(): Promise<void> {
  failure.value = undefined;
  said.value = "";
  const answer = await askExport();
  if (!answer.ok) {
    failure.value = answer.message;
    return;
  }
  download(`diffract-${new Date().toISOString().slice(0, 10)}.json`, answer.value, "application/json");
  said.value = "The backup is among your downloads.";
  announce(said.value);
}

async function choose(file: File): Promise<void> {
  chosen.value = undefined;
  failure.value = undefined;
  said.value = "";
  const read = await readFile(file, MAX_BACKUP);
  if (!read.ok) {
    failure.value = read.message;
    return;
  }
  const parsed = parseBackup(read.text);
  if (!parsed.ok) {
    failure.value = parsed.message;
    return;
  }
  await refresh();
  const hashes = state.value ? await hashesOf(parsed.backup, state.value) : new Map<string, string>();
  chosen.value = { file: file.name, source: read.text, backup: parsed.backup, hashes };
}

async function takeIn(): Promise<void> {
  if (chosen.value === undefined) return;
  // What is there now is held on to before anything is replaced; without that, nothing is.
  const now = await askExport();
  if (!now.ok) {
    failure.value = `Nothing was changed: what you have now could not be set aside for undo. ${now.message}`;
    return;
  }
  if (!(await request({ type: "import", backup: chosen.value.source }))) return;
  before.value = now.value;
  chosen.value = undefined;
  said.value = "Done. Everything is as the backup says.";
  announce(said.value);
}

async function undo(): Promise<void> {
  if (before.value === undefined) return;
  if (!(await request({ type: "import", backup: before.value }))) return;
  before.value = undefined;
  said.value = "Undone. Everything is as it was.";
  announce(said.value);
}

/** The section. */
export function Backup(): JSX.Element {
  return (
    <>
      <div class="heading">
        <div>
          <h1 id="backup-title" tabIndex={-1}>
            Backup
          </h1>
          <p class="lead">
            Your rules, packs, filters and switches in one file, to keep or to take to another browser.
          </p>
        </div>
      </div>
      <div class="pair">
        <div class="card block">
          <h2>Save a backup</h2>
          <p class="hint">
            A text file on this machine. Of what you read it holds only the posts that taught your filters.
            Models that you added are files already, and stay out of it.
          </p>
          <button type="button" class="primary" onClick={() => void save()}>
            Save a backup
          </button>
        </div>
        <div class="card block">
          <h2>Bring one back</h2>
          <p class="hint">You see what would change before anything does.</p>
          <FileButton accept=".json,application/json" onFile={(file) => void choose(file)}>
            Choose a backup
          </FileButton>
        </div>
      </div>
      {chosen.value === undefined ? null : <Preview file={chosen.value.file} />}
      {said.value === "" ? null : (
        <Notice tone="good">
          <p>{said.value}</p>
          {before.value === undefined ? null : (
            <button type="button" class="small" onClick={() => void undo()}>
              Undo the import
            </button>
          )}
        </Notice>
      )}
    </>
  );
}

function Preview({ file }: { file: string }): JSX.Element {
  const loses = changes.value.some((change) => change.loses);
  return (
    <Notice tone={loses ? "warn" : "plain"} urgent>
      <h2>What “{file}” would change</h2>
      {changes.value.length === 0 ? (
        <p>Nothing: everything in it is already so.</p>
      ) : (
        <ul class="changes">
          {changes.value.map((change) => (
            <li key={change.what}>{change.what}</li>
          ))}
        </ul>
      )}
      {dirty.value ? <p>The changes you have not saved under My rules stay in the editor.</p> : null}
      <div class="buttons">
        {changes.value.length === 0 ? null : (
          <button type="button" class="primary" onClick={() => void takeIn()}>
            Make these changes
          </button>
        )}
        <button type="button" onClick={() => (chosen.value = undefined)}>
          {changes.value.length === 0 ? "Close" : "Cancel"}
        </button>
      </div>
    </Notice>
  );
}
