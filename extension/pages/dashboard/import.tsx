/** Filters of other tools as rules: what a file would become, and what of it could not be carried over, before it is taken. */
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { announce, Notice } from "../common/parts.tsx";
import { idFrom } from "../common/rules-text.ts";
import { count } from "../common/words.ts";
import { type Imported, importFilters } from "../common/workbench.ts";
import { FileButton } from "./file-button.tsx";
import { failure, packs, request } from "./model.ts";

/** Largest file of another tool that is read, in bytes. */
const MAX_FILE = 32 << 20;
/** Notes drawn; the report counts the rest. */
const DRAWN = 200;

const chosen = signal<{ file: string; imported: Imported } | undefined>(undefined);

async function choose(file: File): Promise<void> {
  chosen.value = undefined;
  failure.value = undefined;
  if (file.size > MAX_FILE) {
    failure.value = `“${file.name}” is larger than 32 MB, the most Diffract reads. Nothing was changed.`;
    return;
  }
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    chosen.value = { file: file.name, imported: await importFilters(bytes, file.name) };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    failure.value = `“${file.name}” could not be taken over: ${words}. Nothing was changed.`;
  }
}

async function addAsPack(title: string, { rules }: Imported): Promise<void> {
  const taken = new Set(packs.peek().map((pack) => pack.id));
  const stem = idFrom(title);
  let id = stem;
  for (let number = 2; taken.has(id); number += 1) id = `${stem}-${number}`;
  const source = `pack "${title.replace(/[\\"\p{Cc}]/gu, " ")}"\n${rules}`;
  if (!(await request({ type: "import-pack", pack: id, source }))) return;
  chosen.value = undefined;
  announce(`The pack ${title} was added`);
}

interface ImportProps {
  /** Puts rules at the end of the reader's own, not saved. */
  onRules: (rules: string) => void;
}

/** The section's part. */
export function Import({ onRules }: ImportProps): JSX.Element {
  return (
    <section class="card block" aria-labelledby="import-title">
      <h2 id="import-title">Bring filters from another tool</h2>
      <p class="hint">
        Muted words of X, Mastodon or Bluesky; filters of uBlock Origin, Reddit Enhancement Suite, Control
        Panel for Twitter or Bouncer; or a plain list of words. You see what becomes of them before anything
        is taken.
      </p>
      <FileButton
        accept=".json,.csv,.txt,.js,.resbackup,text/plain,application/json,text/csv"
        onFile={(file) => void choose(file)}
      >
        Choose a file
      </FileButton>
      {chosen.value === undefined ? null : <Preview {...chosen.value} onRules={onRules} />}
    </section>
  );
}

const KINDS = { left_out: "Left out", changed: "Not quite the same", ended: "Ended" } as const;

function Preview({
  file,
  imported,
  onRules,
}: { file: string; imported: Imported } & ImportProps): JSX.Element {
  const { title, rules, report } = imported;
  const name = `${title}: ${file.replace(/\.[a-z]+$/iu, "")}`;
  return (
    <Notice tone={report.carried < report.entries ? "warn" : "plain"} urgent>
      <h3>
        “{file}”, {title}
      </h3>
      <p>
        {report.carried} of {count(report.entries, "entry", "entries")} became {count(report.rules, "rule")}.
      </p>
      {report.notes.length === 0 ? null : (
        <details>
          <summary>
            {count(report.notes.length + report.more_notes, "entry needs a look", "entries need a look")}
          </summary>
          <ul class="notes">
            {report.notes.slice(0, DRAWN).map((note, index) => (
              <li key={index}>
                <p>
                  <strong>{KINDS[note.kind]}</strong> <code>{note.what}</code>
                </p>
                <p class="hint">
                  {placeWords(note.place)}
                  {note.why}
                </p>
              </li>
            ))}
          </ul>
          {report.notes.length + report.more_notes > DRAWN ? (
            <p class="hint">And {report.notes.length + report.more_notes - DRAWN} more.</p>
          ) : null}
        </details>
      )}
      <details>
        <summary>The rules</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
        <section class="listing" tabIndex={0} aria-label={`The rules from ${file}`}>
          <pre>{rules}</pre>
        </section>
      </details>
      <div class="buttons">
        {report.rules === 0 ? null : (
          <>
            <button
              type="button"
              class="primary"
              onClick={() => {
                onRules(rules.trimEnd());
                chosen.value = undefined;
                announce("Added at the end of your rules, not saved yet");
              }}
            >
              Add to my rules
            </button>
            <button type="button" onClick={() => void addAsPack(name, imported)}>
              Add as a pack of its own
            </button>
          </>
        )}
        <button type="button" onClick={() => (chosen.value = undefined)}>
          Cancel
        </button>
      </div>
      <p class="hint">
        A pack can be switched off as a whole; coming from a file, what it would hide becomes one line that
        you can open.
      </p>
    </Notice>
  );
}

function placeWords(place: Imported["report"]["notes"][number]["place"]): string {
  if (place === "file") return "";
  if (place.line !== undefined) return `Line ${place.line}: `;
  return place.entry === undefined ? "" : `${place.entry}: `;
}
