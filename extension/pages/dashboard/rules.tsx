/** My rules: the editor, what is wrong with the rules, and saving them without treading on another window. */
import { computed, effect, signal, untracked } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Diagnostic } from "../../shared/messages.ts";
import { askState, tell } from "../common/browser.ts";
import { announce, Diagnostics, Notice } from "../common/parts.tsx";
import { appendRule, MAX_RULES_BYTES } from "../common/rules-text.ts";
import { count } from "../common/words.ts";
import { checkRules, formatRules } from "../common/workbench.ts";
import { normal, RuleEditor } from "./editor.ts";
import { Import } from "./import.tsx";
import { Keys } from "./keys.tsx";
import { failure, mine, packs, place, refresh, request } from "./model.ts";
import { Replay } from "./replay.tsx";
import { caretLine, compareWith, openPosts, phase, startFromPicked, tryOut } from "./replay-model.ts";

/** What was stored when the editor last agreed with it; `undefined` until the state is there. */
const base = signal<string | undefined>(undefined);
/** What stands in the editor. */
const text = signal("");
/** What another window stored meanwhile, when that is not what this one started from. */
const theirs = signal<string | undefined>(undefined);
/** The last check: of which source, and what it found. */
const checked = signal<{ source: string; diagnostics: readonly Diagnostic[] }>({
  source: "",
  diagnostics: [],
});
/** Why rules are not checked while one types. */
const unchecked = signal<string | undefined>(undefined);
/** What was done last, beside the buttons. */
const status = signal("");

/** The rules as saved, as the editor holds them. */
const asSaved = computed(() => (base.value === undefined ? undefined : normal(base.value)));
/** Whether the editor holds something that is not stored. */
export const dirty = computed(() => asSaved.value !== undefined && text.value !== asSaved.value);
const ready = computed(() => base.value !== undefined);
/** What is wrong with the rules as they stand in the editor. */
export const diagnosed = computed(() => checked.value.diagnostics);
/** The rules have changed since they were checked. */
const stale = computed(() => checked.value.source !== text.value);

let editor: RuleEditor | undefined;
/** The packs under which rules were tried out last. */
let replayed: string | undefined;

/** Where this browser remembers that rules are not to be formatted when they are saved. */
const UNTIDY = "save-as-typed";
/** Whether rules are formatted when they are saved. */
const tidies = signal(localStorage.getItem(UNTIDY) === null);

function setTidies(on: boolean): void {
  tidies.value = on;
  if (on) localStorage.removeItem(UNTIDY);
  else localStorage.setItem(UNTIDY, "1");
}

async function check(source: string): Promise<readonly Diagnostic[]> {
  let diagnostics: readonly Diagnostic[] = [];
  try {
    diagnostics = await checkRules(source);
    unchecked.value = undefined;
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    unchecked.value = `Rules cannot be checked while you type (${cause}). They can be saved all the same.`;
  }
  checked.value = { source, diagnostics };
  return diagnostics;
}

/** Takes in what is stored, unless the reader is in the middle of something else. */
function meet(stored: string): void {
  if (stored === base.value) {
    theirs.value = undefined;
    return;
  }
  if (normal(stored) === text.value) {
    // Saved from here a moment ago, or the same in both windows.
    base.value = stored;
    theirs.value = undefined;
    return;
  }
  if (base.value === undefined || !dirty.value) {
    const first = base.value === undefined;
    base.value = stored;
    theirs.value = undefined;
    editor?.replace(stored);
    text.value = normal(stored);
    if (!first) status.value = "Taken over from another window.";
    return;
  }
  theirs.value = stored;
}

async function save(): Promise<void> {
  if (base.value === undefined || editor === undefined) return;
  status.value = "";
  failure.value = undefined;
  if (!dirty.value) {
    status.value = "Nothing to save.";
    return;
  }
  if (tidies.value) await tidy();
  const source = editor.source;
  if (new Blob([source]).size > MAX_RULES_BYTES) {
    failure.value =
      "Your rules are larger than 4 MB, the most Diffract reads. They are not saved; take something out first.";
    return;
  }
  // Another window may have saved since: its work is not overwritten unseen.
  const before = await askState();
  if (!before.ok) {
    failure.value = before.message;
    return;
  }
  const stored = before.value.packs.find((pack) => pack.origin === "mine")?.source ?? "";
  if (stored !== base.value && stored !== source) {
    theirs.value = stored;
    announce("Not saved: your rules were changed in another window");
    return;
  }
  const answer = await tell({ type: "set-rules", source, base: stored });
  if (!answer.ok) failure.value = `Not saved. ${answer.message}`;
  else {
    base.value = source;
    theirs.value = undefined;
  }
  const after = await refresh();
  if (answer.ok) {
    const left = diagnosed.value.filter((diagnostic) => diagnostic.severity === "error").length;
    const rules = after?.packs.find((pack) => pack.origin === "mine")?.rules;
    status.value = `Saved. ${rules === undefined ? "" : `${count(rules, "rule")} in force.`}${
      left === 0 ? "" : ` ${count(left, "line")} left out until mended.`
    }`;
  }
}

async function format(): Promise<void> {
  try {
    const changed = await tidy(true);
    status.value = changed ? "Formatted. Not saved yet." : "Already in good form.";
  } catch (error) {
    failure.value = `The rules could not be formatted: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Puts the rules into their standard form; whether that changed anything. What cannot be is left as it is, unless `strict`. */
async function tidy(strict = false): Promise<boolean> {
  if (editor === undefined) return false;
  const source = editor.source;
  let formatted: string;
  try {
    formatted = await formatRules(source);
  } catch (error) {
    if (strict) throw error;
    return false;
  }
  // Typed on meanwhile: what is there now was not formatted.
  if (editor.source !== source || formatted === source) return false;
  editor.replace(formatted);
  return true;
}

/** Puts a rule at the end of the rules, not saved. */
function addRule(rule: string): void {
  if (editor === undefined) return;
  editor.replace(appendRule(editor.source, rule));
  editor.select(editor.source.length);
}

/** Takes the posts of this visit anew. */
async function replay(): Promise<void> {
  await openPosts(normal(base.peek() ?? ""), text.peek());
}

/** Makes a rule of the post that was picked on a page. The address forgets its token, which is good for once. */
function startFrom(token: string): void {
  if (place.peek().from !== token) return;
  history.replaceState(null, "", "#rules");
  place.value = { section: "rules" };
  void startFromPicked(token);
}

function revert(): void {
  if (base.value === undefined) return;
  editor?.replace(base.value);
  status.value = "Back to what is saved. Undo brings your changes back.";
}

function takeTheirs(): void {
  if (theirs.value === undefined) return;
  base.value = theirs.value;
  editor?.replace(theirs.value);
  theirs.value = undefined;
  status.value = "Taken over from the other window. Undo brings yours back.";
}

function keepMine(): void {
  if (theirs.value === undefined) return;
  base.value = theirs.value;
  theirs.value = undefined;
  void save();
}

function fix(diagnostic: Diagnostic): void {
  // Offsets hold only for the very source that was checked.
  if (editor === undefined || diagnostic.suggestion === undefined || editor.source !== checked.value.source)
    return;
  editor.fix(diagnostic.suggestion);
  announce(`Fixed line ${diagnostic.line}`);
}

/** The section. */
export function Rules(): JSX.Element {
  const holder = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (holder.current === null) return;
    const opened = new RuleEditor({
      parent: holder.current,
      source: base.value ?? "",
      onChange: (source, typed) => {
        text.value = source;
        tryOut(source);
        if (typed) status.value = "";
      },
      onLine: (line) => (caretLine.value = line),
      onSave: () => void save(),
      onFormat: () => void format(),
      announce,
      check,
    });
    editor = opened;
    const stops = [
      effect(() => {
        const stored = mine.value?.source;
        if (stored !== undefined) untracked(() => meet(stored));
      }),
      effect(() => {
        const here = place.value;
        if (here.section !== "rules" || !ready.value) return;
        opened.shown();
        const { line } = here;
        if (line !== undefined) untracked(() => opened.selectLine(line));
      }),
      effect(() => {
        if (status.value !== "") announce(status.value);
      }),
      effect(() => {
        const stored = base.value;
        if (stored !== undefined) untracked(() => compareWith(normal(stored)));
      }),
      // Once there is something to try out, and whenever the packs in force are others.
      effect(() => {
        const inForce = packs.value.filter((pack) => pack.on);
        const signature = JSON.stringify(inForce.map(({ id, source, lists }) => [id, source, lists]));
        if (!ready.value || signature === replayed) return;
        replayed = signature;
        const { from } = place.peek();
        untracked(() => void replay().then(() => (from === undefined ? undefined : startFrom(from))));
      }),
      effect(() => {
        const { from } = place.value;
        if (from !== undefined && untracked(() => phase.value.is === "ready"))
          untracked(() => startFrom(from));
      }),
    ];
    const guard = (event: BeforeUnloadEvent): void => {
      if (dirty.peek()) event.preventDefault();
    };
    const key = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key === "s" && place.peek().section === "rules") {
        if (!event.defaultPrevented) void save();
        event.preventDefault();
      }
    };
    addEventListener("beforeunload", guard);
    addEventListener("keydown", key);
    return () => {
      for (const stop of stops) stop();
      removeEventListener("beforeunload", guard);
      removeEventListener("keydown", key);
      opened.close();
      editor = undefined;
    };
  }, []);
  return (
    <>
      <div class="heading">
        <div>
          <h1 id="rules-title" tabIndex={-1}>
            My rules
          </h1>
          <p class="lead">One rule a line, in plain words. A “keep” beats everything else.</p>
        </div>
        <div class="buttons">
          <label class="tidies">
            <input
              type="checkbox"
              checked={tidies.value}
              onChange={(event) => setTidies(event.currentTarget.checked)}
            />
            Format when saving
          </label>
          <button type="button" aria-keyshortcuts="Shift+Alt+F" onClick={() => void format()}>
            Format
          </button>
          <button type="button" disabled={!dirty.value} onClick={revert}>
            Revert
          </button>
          <button type="button" class="primary" aria-keyshortcuts="Control+S" onClick={() => void save()}>
            Save
          </button>
        </div>
      </div>
      <Conflict />
      {mine.value?.on === false ? (
        <Notice tone="warn">
          <p>Your own rules are switched off as a whole; only packs are in force.</p>
          <button
            type="button"
            class="small"
            onClick={() => void request({ type: "set-pack", pack: mine.value?.id ?? "mine", on: true })}
          >
            Switch them on
          </button>
        </Notice>
      ) : null}
      <div class="bench">
        <div class="writing">
          <div class="editor card" ref={holder} />
          <p class="hint status" id="editor-help">
            <span class={dirty.value ? "unsaved" : ""}>
              {status.value !== "" ? status.value : dirty.value ? "Not saved yet." : "Everything is saved."}
            </span>{" "}
            Ctrl+S saves, Ctrl+Space completes, Tab leaves the editor.
          </p>
          <Keys />
          {unchecked.value === undefined ? null : (
            <Notice tone="warn">
              <p>{unchecked.value}</p>
            </Notice>
          )}
          <Problems />
        </div>
        <Replay onRefresh={() => void replay()} onRule={addRule} />
      </div>
      <Import onRules={addRule} />
      <Examples />
    </>
  );
}

function Conflict(): JSX.Element | null {
  if (theirs.value === undefined) return null;
  return (
    <Notice tone="warn" urgent>
      <p>
        <strong>Your rules were changed in another window.</strong> Nothing has been overwritten. Which
        version should stay?
      </p>
      <details>
        <summary>See the other version</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
        <section class="listing" tabIndex={0} aria-label="The other version">
          <pre>{theirs.value}</pre>
        </section>
      </details>
      <div class="buttons">
        <button type="button" onClick={keepMine}>
          Keep the one in this window
        </button>
        <button type="button" onClick={takeTheirs}>
          Take the other
        </button>
      </div>
    </Notice>
  );
}

function Problems(): JSX.Element | null {
  const found = diagnosed.value;
  if (found.length === 0 && unchecked.value !== undefined) return null;
  return (
    <section class="problems" aria-labelledby="problems-title">
      <h2 id="problems-title">
        {found.length === 0
          ? "No problems found"
          : count(found.length, "thing to look at", "things to look at")}
      </h2>
      {found.length === 0 ? null : (
        <>
          <p class="hint">A line with an error is left out; all others are in force.</p>
          <Diagnostics
            diagnostics={found}
            label="Problems in my rules"
            onGo={(diagnostic) => editor?.select(diagnostic.from, diagnostic.to)}
            {...(stale.value ? {} : { onFix: fix })}
          />
        </>
      )}
    </section>
  );
}

const EXAMPLES: readonly { rule: string; does: string }[] = [
  { rule: "hide if promoted", does: "Ads are gone." },
  {
    rule: 'collapse if text has any "giveaway", "airdrop"',
    does: "Posts with these words become one line you can open.",
  },
  { rule: 'keep if author is "alice"', does: "Alice is always shown, whatever other rules say." },
  { rule: "hide if kind is short", does: "No short vertical videos." },
  { rule: "blur if sensitive", does: "Pictures marked as sensitive are blurred until you point at them." },
  { rule: "dim if age > 3 days", does: "Old posts turn pale." },
  { rule: "order by newest", does: "Latest first, where the site allows it." },
  { rule: 'limit 40 per day then "Enough for today."', does: "The feed ends after forty posts." },
];

function Examples(): JSX.Element {
  return (
    <section class="examples" aria-labelledby="examples-title">
      <h2 id="examples-title">Rules to start from</h2>
      <ul>
        {EXAMPLES.map(({ rule, does }) => (
          <li key={rule}>
            <div>
              <code>{rule}</code>
              <p class="hint">{does}</p>
            </div>
            <button
              type="button"
              class="small"
              onClick={() => {
                addRule(rule);
                announce("Added at the end of your rules");
              }}
            >
              Add<span class="unseen"> the rule {rule}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
