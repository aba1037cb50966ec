/** Packs: ready-made rules to switch on and off, and a stranger's from a file. */
import { signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Diagnostic, PackState } from "../../shared/messages.ts";
import { announce, Diagnostics, Notice, Switch } from "../common/parts.tsx";
import { idFrom, MAX_RULES_BYTES, readFile, titleOf } from "../common/rules-text.ts";
import { count } from "../common/words.ts";
import { checkRules, type Packaged, readPackage } from "../common/workbench.ts";
import { FileButton } from "./file-button.tsx";
import { failure, packs, place, request } from "./model.ts";

/** A pack file that was chosen and waits for the reader's word. */
interface Candidate {
  id: string;
  title: string;
  source: string;
  /** Of a packaged pack only. */
  packaged?: Packaged;
  /** `undefined` when it could not be checked. */
  diagnostics: readonly Diagnostic[] | undefined;
  replaces: boolean;
}

const candidate = signal<Candidate | undefined>(undefined);
/** The file that is being looked into: a large one takes seconds. */
const opening = signal<string | undefined>(undefined);

/** Largest package that is read, in bytes: what the workbench reads. */
const MAX_PACKAGE = 33 << 20;

/** What a chosen file holds; `undefined`, and the reader is told, where it is nothing that can be added. */
async function open(file: File): Promise<Pick<Candidate, "title" | "source" | "packaged"> | undefined> {
  const isZip = (await file.slice(0, 4).text()).startsWith("PK") || /\.zip$/iu.test(file.name);
  if (!isZip) {
    const read = await readFile(file, MAX_RULES_BYTES);
    if (read.ok)
      return { title: titleOf(read.text) ?? file.name.replace(/\.[a-z]+$/iu, ""), source: read.text };
    failure.value = read.message;
    return undefined;
  }
  try {
    if (file.size > MAX_PACKAGE) throw new Error("it is larger than 33 MB, and no pack is");
    const packaged = await readPackage(new Uint8Array(await file.arrayBuffer()));
    return { title: packaged.title, source: packaged.source, packaged };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    failure.value = `“${file.name}” is no pack that can be added: ${words}. Nothing was changed.`;
    return undefined;
  }
}

async function choose(file: File): Promise<void> {
  candidate.value = undefined;
  failure.value = undefined;
  opening.value = file.name;
  try {
    await look(file);
  } finally {
    opening.value = undefined;
  }
}

async function look(file: File): Promise<void> {
  const opened = await open(file).catch((error: unknown) => {
    failure.value = `“${file.name}” cannot be read (${error instanceof Error ? error.message : error}). Nothing was changed.`;
    return undefined;
  });
  if (opened === undefined) return;
  let id = opened.packaged?.id ?? idFrom(opened.title);
  // A stranger's file never takes the place of a shipped pack.
  if (id === "mine" || packs.value.some((pack) => pack.id === id && pack.origin === "shipped"))
    id = `${id}-imported`;
  let diagnostics: readonly Diagnostic[] | undefined;
  try {
    diagnostics = await checkRules(opened.source, opened.packaged?.lists);
  } catch {
    diagnostics = undefined;
  }
  const replaces = packs.value.some((pack) => pack.id === id);
  candidate.value = { id, ...opened, diagnostics, replaces };
}

async function add({ id, title, source, packaged }: Candidate): Promise<void> {
  const more = packaged && { title, description: packaged.description, lists: packaged.lists };
  if (!(await request({ type: "import-pack", pack: id, source, ...more }))) return;
  candidate.value = undefined;
  announce(`The pack ${title} was added`);
}

async function remove(pack: PackState): Promise<void> {
  if (await request({ type: "remove-pack", pack: pack.id })) announce(`The pack ${pack.title} was removed`);
}

/** A file that is dropped on the page while the section shows. The button beside the title does the same. */
function useDrop(): void {
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      const file = event.dataTransfer?.files[0];
      if (file === undefined || place.peek().section !== "packs") return;
      event.preventDefault();
      void choose(file);
    };
    addEventListener("dragover", over);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("drop", drop);
    };
  }, []);
}

/** The section. */
export function Packs(): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useDrop();
  return (
    <>
      <div class="heading">
        <div>
          <h1 id="packs-title" tabIndex={-1} ref={heading}>
            Packs
          </h1>
          <p class="lead">
            Ready-made rules. Switch on what you like; a “keep” of your own beats them. A pack from somebody
            else is a file that you add here, or drop on this page.
          </p>
        </div>
        <FileButton accept=".zip,.rules,.txt,application/zip,text/plain" onFile={(file) => void choose(file)}>
          Add a pack from a file
        </FileButton>
      </div>
      {opening.value === undefined ? null : (
        <p class="hint" role="status">
          Looking into “{opening.value}”…
        </p>
      )}
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
  candidate: { title, source, packaged, diagnostics, replaces },
  candidate: whole,
}: {
  candidate: Candidate;
}): JSX.Element {
  const errors = diagnostics?.filter((diagnostic) => diagnostic.severity === "error").length ?? 0;
  return (
    <Notice tone={errors > 0 ? "warn" : "plain"} urgent>
      <h2>Add “{title}”?</h2>
      {packaged === undefined ? null : <About packaged={packaged} />}
      <p>
        {replaces ? "It takes the place of the pack of that name you added before. " : ""}A pack is a list of
        rules and cannot run anything. Since it comes from a file, what it would hide becomes one line that
        you can open.
      </p>
      {diagnostics === undefined ? <p>It could not be checked here; it will be when it is added.</p> : null}
      {packaged === undefined || packaged.notes.length === 0 ? null : (
        <details>
          <summary>
            {count(packaged.notes.length, "thing is odd about it", "things are odd about it")}
          </summary>
          <ul class="notes">
            {packaged.notes.map((note, index) => (
              <li key={index}>{note}</li>
            ))}
          </ul>
        </details>
      )}
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

/** What a packaged pack says of itself. */
function About({ packaged }: { packaged: Packaged }): JSX.Element {
  const lists = Object.keys(packaged.lists).length;
  const facts = [
    `Version ${packaged.version}`,
    ...(packaged.author === "" ? [] : [`by ${packaged.author}`]),
    ...(lists === 0 ? [] : [`with ${count(lists, "list")}`]),
    ...(packaged.cases === 0 ? [] : [`with ${count(packaged.cases, "test")} of its own`]),
  ];
  return (
    <>
      <p>{packaged.description}</p>
      <p class="hint">{facts.join(", ")}.</p>
    </>
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
