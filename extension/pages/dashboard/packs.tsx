/** Packs: ready-made rules to switch on and off, and a stranger's from a file. */
import { signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Diagnostic, PackState } from "../../shared/messages.ts";
import { announce, Diagnostics, Notice, Switch } from "../common/parts.tsx";
import { idFrom, MAX_RULES_BYTES, readFile, titleOf } from "../common/rules-text.ts";
import { count } from "../common/words.ts";
import { checkRules } from "../common/workbench.ts";
import { FileButton } from "./file-button.tsx";
import { failure, packs, place, request } from "./model.ts";

/** A pack file that was chosen and waits for the reader's word. */
interface Candidate {
  id: string;
  title: string;
  source: string;
  /** `undefined` when it could not be checked. */
  diagnostics: readonly Diagnostic[] | undefined;
  replaces: boolean;
}

const candidate = signal<Candidate | undefined>(undefined);

async function choose(file: File): Promise<void> {
  candidate.value = undefined;
  failure.value = undefined;
  const read = await readFile(file, MAX_RULES_BYTES);
  if (!read.ok) {
    failure.value = read.message;
    return;
  }
  const title = titleOf(read.text) ?? file.name.replace(/\.[a-z]+$/iu, "");
  let id = idFrom(title);
  // A stranger's file never takes the place of a shipped pack.
  if (id === "mine" || packs.value.some((pack) => pack.id === id && pack.origin === "shipped"))
    id = `${id}-imported`;
  let diagnostics: readonly Diagnostic[] | undefined;
  try {
    diagnostics = await checkRules(read.text);
  } catch {
    diagnostics = undefined;
  }
  const replaces = packs.value.some((pack) => pack.id === id);
  candidate.value = { id, title, source: read.text, diagnostics, replaces };
}

async function add({ id, title, source }: Candidate): Promise<void> {
  if (!(await request({ type: "import-pack", pack: id, source }))) return;
  candidate.value = undefined;
  announce(`The pack ${title} was added`);
}

async function remove(pack: PackState): Promise<void> {
  if (await request({ type: "remove-pack", pack: pack.id })) announce(`The pack ${pack.title} was removed`);
}

/** The section. */
export function Packs(): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  return (
    <>
      <div class="heading">
        <div>
          <h1 id="packs-title" tabIndex={-1} ref={heading}>
            Packs
          </h1>
          <p class="lead">Ready-made rules. Switch on what you like; a “keep” of your own beats them.</p>
        </div>
        <FileButton accept=".rules,.txt,text/plain" onFile={(file) => void choose(file)}>
          Add a pack from a file
        </FileButton>
      </div>
      {candidate.value === undefined ? null : <Confirm candidate={candidate.value} />}
      <ul class="packs">
        {packs.value.map((pack) => (
          <Pack
            key={pack.id}
            pack={pack}
            onRemove={() => {
              heading.current?.focus();
              void remove(pack);
            }}
          />
        ))}
      </ul>
    </>
  );
}

function Confirm({
  candidate: { title, source, diagnostics, replaces },
  candidate: whole,
}: {
  candidate: Candidate;
}): JSX.Element {
  const errors = diagnostics?.filter((diagnostic) => diagnostic.severity === "error").length ?? 0;
  return (
    <Notice tone={errors > 0 ? "warn" : "plain"} urgent>
      <h2>Add “{title}”?</h2>
      <p>
        {replaces ? "It takes the place of the pack of that name you added before. " : ""}A pack is a list of
        rules and cannot run anything. Since it comes from a file, what it would hide becomes one line that
        you can open.
      </p>
      {diagnostics === undefined ? <p>It could not be checked here; it will be when it is added.</p> : null}
      {errors > 0 ? <p>{count(errors, "line")} of it cannot be understood and would be left out.</p> : null}
      {diagnostics === undefined || diagnostics.length === 0 ? null : (
        <details>
          <summary>What was found</summary>
          <Diagnostics diagnostics={diagnostics} label={`Problems in ${title}`} />
        </details>
      )}
      <Source title={title} source={source} />
      <div class="buttons">
        <button type="button" class="primary" onClick={() => void add(whole)}>
          Add the pack
        </button>
        <button type="button" onClick={() => (candidate.value = undefined)}>
          Cancel
        </button>
      </div>
    </Notice>
  );
}

function Pack({ pack, onRemove }: { pack: PackState; onRemove: () => void }): JSX.Element {
  const here = place.value;
  const wanted = here.section === "packs" && here.pack === pack.id ? (here.line ?? 1) : undefined;
  return (
    <li class="card pack">
      <Switch
        label={pack.title}
        hint={pack.description === "" ? undefined : pack.description}
        on={pack.on}
        onSwitch={(on) => void request({ type: "set-pack", pack: pack.id, on })}
      />
      <p class="hint facts">
        {count(pack.rules, "rule")}
        {pack.origin === "imported"
          ? " · from a file, trusted less: what it would hide becomes one line"
          : " · comes with Diffract"}
      </p>
      <Problems pack={pack} />
      <Source title={pack.title} source={pack.source} {...(wanted === undefined ? {} : { line: wanted })} />
      {pack.origin === "imported" ? (
        <div class="buttons">
          <button type="button" class="small danger" onClick={onRemove}>
            Remove<span class="unseen"> the pack {pack.title}</span>
          </button>
        </div>
      ) : null}
    </li>
  );
}

/** What is wrong with a pack, once it is checked; nothing where it cannot be. */
function Problems({ pack }: { pack: PackState }): JSX.Element | null {
  const found = useSignal<readonly Diagnostic[]>([]);
  useEffect(() => {
    let stale = false;
    void checkRules(pack.source, pack.lists)
      .catch(() => [])
      .then((diagnostics) => {
        if (!stale) found.value = diagnostics;
      });
    return () => {
      stale = true;
    };
  }, [pack.source, pack.lists, found]);
  if (found.value.length === 0) return null;
  return (
    <details>
      <summary>{count(found.value.length, "thing to look at", "things to look at")}</summary>
      <Diagnostics diagnostics={found.value} label={`Problems in ${pack.title}`} />
    </details>
  );
}

interface SourceProps {
  title: string;
  source: string;
  /** The line to open at, from 1. */
  line?: number;
}

/** Most lines drawn; a pack with more is looked at in its file. */
const DRAWN = 2000;

/** A rule file to look at. Drawn only once it is opened. */
function Source(props: SourceProps): JSX.Element {
  const { title, line } = props;
  const opened = useSignal(line !== undefined);
  useEffect(() => {
    if (line !== undefined) opened.value = true;
  }, [line, opened]);
  return (
    <details open={opened.value} onToggle={(event) => (opened.value = event.currentTarget.open)}>
      <summary>
        Read its rules<span class="unseen">: {title}</span>
      </summary>
      {opened.value ? <Listing {...props} /> : null}
    </details>
  );
}

/** The lines of a rule file with their numbers. */
function Listing({ title, source, line }: SourceProps): JSX.Element {
  const wanted = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (line !== undefined) wanted.current?.scrollIntoView({ block: "center" });
  }, [line]);
  const lines = source.replace(/\n$/u, "").split(/\r?\n/u);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section class="listing" tabIndex={0} aria-label={`The rules of ${title}`}>
      <ol>
        {lines.slice(0, DRAWN).map((words, index) => (
          <li key={index} class={index + 1 === line ? "wanted" : ""} ref={index + 1 === line ? wanted : null}>
            <code>{words === "" ? " " : words}</code>
          </li>
        ))}
      </ol>
      {lines.length > DRAWN ? (
        <p class="hint">And {count(lines.length - DRAWN, "more line", "more lines")}.</p>
      ) : null}
    </section>
  );
}
