/** One filter that the reader teaches: what it knows, what it doubts, and what can be done with it. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useId } from "preact/hooks";
import type { FilterState, Learned, ModelState } from "../../../shared/messages.ts";
import { unaskable } from "../../../shared/rule-words.ts";
import { ENOUGH, filterName } from "../../../shared/taught.ts";
import { askFilter } from "../../common/browser.ts";
import { download } from "../../common/download.ts";
import { announce, Notice, Switch } from "../../common/parts.tsx";
import { askedAs, Thumbs, unteach } from "../../common/thumbs.tsx";
import { count } from "../../common/words.ts";
import { failure, mine, refresh, request } from "../model.ts";
import { examplesFile, modelFile } from "./files.ts";
import { neededWords } from "./needs.ts";
import { onBench } from "./own.tsx";
import { Trying } from "./trying.tsx";
import { percent } from "./words.ts";

/** Examples listed before "Show all". */
const LISTED = 10;

/** Says what went wrong with a thumb, or looks anew at what it changed. */
export const report = (words: string | undefined): void => {
  failure.value = words;
  if (words === undefined) void refresh();
};

/** Why a filter cannot have this name, in words; nothing where it can. */
export const nameProblem = (name: string): string | undefined => {
  try {
    filterName(name, "A filter’s name");
    const problem = unaskable(name);
    return problem && `${problem}.`;
  } catch (error) {
    return `${error instanceof Error ? error.message : error}.`;
  }
};

/** Whether a rule of the reader's own names it. */
const isUsed = (source: string, name: string): boolean =>
  source.split("\n").some((line) => new RegExp(`^[^#]*\\b${name}\\b`, "u").test(line));

/** A filter of the reader's. */
export function Filter({ model, others }: { model: ModelState; others: readonly ModelState[] }): JSX.Element {
  const { name, on, trouble, taught = { belong: 0, others: 0 } } = model;
  const source = mine.value?.source ?? "";
  const isReady = Math.min(taught.belong, taught.others) >= ENOUGH;
  const use = async (): Promise<void> => {
    const rule = `collapse if ${askedAs(name)}  because "less like this"`;
    const text = `${source}${source === "" || source.endsWith("\n") ? "" : "\n"}${rule}\n`;
    if (await request({ type: "set-rules", source: text, base: source }))
      announce(`Added to your rules: ${rule}`);
  };
  return (
    <li class="card model" id={`model-${name}`}>
      <Switch
        label={<span class="name">{name}</span>}
        hint={`${count(taught.belong, "post")} to see less of, ${taught.others} to see more of. ${neededWords(taught) ?? ""}`}
        on={on}
        onSwitch={(on) => void request({ type: "set-model", model: name, on })}
      />
      {trouble === undefined ? null : (
        <Notice tone="warn">
          <p>It is not asked: {trouble}</p>
        </Notice>
      )}
      {!isReady ? null : isUsed(source, name) ? (
        <p class="hint">Your rules ask it.</p>
      ) : (
        <p>
          <button type="button" onClick={() => void use()}>
            Collapse what it finds
          </button>{" "}
          <span class="hint">
            adds <code>collapse if {askedAs(name)}</code> to your rules
          </span>
        </p>
      )}
      <Knowledge model={model} />
      {isReady ? <Trying model={model} /> : null}
      <Handling model={model} others={others} />
    </li>
  );
}

/** What it has learned; asked for once it is opened, as the encoder may have to read first. */
function Knowledge({ model }: { model: ModelState }): JSX.Element {
  const filter = useSignal<FilterState | undefined>(undefined);
  const opened = useSignal(false);
  const all = useSignal(false);
  const { name, taught } = model;
  const version = `${name} ${taught?.belong} ${taught?.others}`;
  const isOpen = opened.value;
  useEffect(() => {
    if (!isOpen) return;
    let stale = false;
    void askFilter(name).then((answer) => {
      if (stale) return;
      if (answer.ok) filter.value = answer.value;
      else failure.value = answer.message;
    });
    return () => {
      stale = true;
    };
  }, [isOpen, name, version, filter]);
  const now = filter.value;
  const examples = now?.examples ?? [];
  return (
    <details onToggle={(event) => (opened.value = event.currentTarget.open)}>
      <summary>
        What it has learned<span class="unseen">: {name}</span>
      </summary>
      {now === undefined ? (
        <p class="hint" role="status">
          Reading…
        </p>
      ) : (
        <div class="facts">
          {now.trouble === null ? null : (
            <Notice tone="warn">
              <p>It could not learn: {now.trouble}</p>
            </Notice>
          )}
          {now.learned === null ? null : <LearnedFrom name={name} learned={now.learned} />}
          <h3>Its examples</h3>
          <ul class="near">
            {examples.slice(0, all.value ? examples.length : LISTED).map(({ text, belongs }) => (
              <li key={text}>
                <span class="sort">{belongs ? "less" : "more"}</span> <bdi>{text.slice(0, 200)}</bdi>{" "}
                <button type="button" class="link" onClick={() => void unteach(name, text).then(report)}>
                  Take back<span class="unseen"> the thumb for: {text.slice(0, 60)}</span>
                </button>
              </li>
            ))}
          </ul>
          {examples.length > LISTED && !all.value ? (
            <button type="button" class="small" onClick={() => (all.value = true)}>
              Show all {examples.length}
            </button>
          ) : null}
        </div>
      )}
    </details>
  );
}

function LearnedFrom({ name, learned }: { name: string; learned: Learned }): JSX.Element {
  return (
    <>
      <p>
        It tells {percent(learned.right)} of its own examples rightly when it has not seen them. How often it
        errs on ordinary posts was not measured.
      </p>
      <div class="pair">
        <Words title="Speaks for “less”" words={learned.for_it} />
        <Words title="Speaks for “more”" words={learned.against_it} />
      </div>
      {learned.doubts.length === 0 ? null : (
        <>
          <h3>Of your posts, it doubts these most</h3>
          <ul class="questions">
            {learned.doubts.map((text) => (
              <li key={text}>
                <p>
                  <bdi>{text.slice(0, 280)}</bdi>
                </p>
                <Thumbs post={{ text }} filter={name} about={text.slice(0, 60)} onFailure={report} />
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function Words({ title, words }: { title: string; words: Learned["for_it"] }): JSX.Element {
  const most = Math.max(...words.map(({ weight }) => Math.abs(weight)), 1e-9);
  return (
    <div>
      <h3>{title}</h3>
      {words.length === 0 ? <p class="hint">No word by itself.</p> : null}
      <ol class="strong-words">
        {words.map(({ word, weight }) => (
          <li key={word}>
            <bdi>{word}</bdi>
            <span class="weight" style={{ width: `${(Math.abs(weight) / most) * 100}%` }} />
          </li>
        ))}
      </ol>
    </div>
  );
}

/** Renaming, sharing, merging, forgetting. */
function Handling({ model, others }: { model: ModelState; others: readonly ModelState[] }): JSX.Element {
  const { name } = model;
  const to = useSignal(name);
  const into = useSignal("");
  const isSure = useSignal(false);
  const busy = useSignal(false);
  const id = useId();
  const problem = nameProblem(to.value);
  const shareExamples = async (): Promise<void> => {
    const answer = await askFilter(name);
    if (!answer.ok) failure.value = answer.message;
    else
      download(
        `${name}.diffract-filter.json`,
        examplesFile(name, [...answer.value.examples].reverse()),
        "application/json",
      );
  };
  const shareModel = async (): Promise<void> => {
    busy.value = true;
    failure.value = undefined;
    try {
      const answer = await askFilter(name);
      if (!answer.ok) throw new Error(answer.message);
      const examples = [...answer.value.examples].reverse();
      const { card, onnx } = await onBench((worker) =>
        worker.call("export", name.replaceAll("_", "-"), examples),
      );
      download(`${name}.zip`, modelFile(card, onnx), "application/zip");
      announce(`${name}.zip was saved`);
    } catch (error) {
      failure.value = `The filter could not be written as a model: ${error instanceof Error ? error.message : error}`;
    } finally {
      busy.value = false;
    }
  };
  return (
    <details>
      <summary>
        Rename, share, merge or forget it<span class="unseen">: {name}</span>
      </summary>
      <div class="handling">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (problem === undefined && to.value !== name)
              void request({ type: "rename-filter", filter: name, to: to.value });
          }}
        >
          <label for={`${id}-to`}>Its name</label>
          <input
            id={`${id}-to`}
            type="text"
            maxLength={40}
            value={to.value}
            aria-invalid={problem !== undefined}
            aria-describedby={`${id}-problem`}
            onInput={(event) => (to.value = event.currentTarget.value.trim())}
          />
          <button type="submit" class="small" disabled={problem !== undefined || to.value === name}>
            Rename
          </button>
          <p id={`${id}-problem`} class="hint">
            {problem ??
              (isUsed(mine.value?.source ?? "", name) ? "Your rules name it; change them, too." : "")}
          </p>
        </form>
        {others.length === 0 ? null : (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (into.value !== "") void request({ type: "merge-filters", from: name, into: into.value });
            }}
          >
            <label for={`${id}-into`}>Merge it into</label>
            <select
              id={`${id}-into`}
              value={into.value}
              onChange={(event) => (into.value = event.currentTarget.value)}
            >
              <option value="">…</option>
              {others.map((other) => (
                <option key={other.name} value={other.name}>
                  {other.name}
                </option>
              ))}
            </select>
            <button type="submit" class="small" disabled={into.value === ""}>
              Merge
            </button>
          </form>
        )}
        <div class="buttons">
          <button type="button" class="small" disabled={busy.value} onClick={() => void shareModel()}>
            {busy.value ? "Writing…" : "Save it as a model"}
          </button>
          <button type="button" class="small" onClick={() => void shareExamples()}>
            Save its examples
          </button>
          <button
            type="button"
            class="small danger"
            onClick={() => {
              if (isSure.value) void request({ type: "remove-model", model: name });
              isSure.value = !isSure.value;
            }}
          >
            {isSure.value ? "Forget it and all its examples" : "Forget it…"}
            <span class="unseen"> ({name})</span>
          </button>
        </div>
        <p class="hint">
          A model (ONNX with its card, 12 MB) can be given to others: no post’s words are in it, but its
          weights can betray that a word was among them. The examples are the posts’ words themselves; dropped
          on this page they teach a filter, here or elsewhere.
        </p>
      </div>
    </details>
  );
}
