/** A model that the reader brings: its files are looked at, checked, tried on the posts of this visit, and then kept or not. */
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { OWN_MODELS, withStore } from "../../../background/database.ts";
import { browserHost, ScorerWorker } from "../../../background/scorer.ts";
import { type Card, readModelCard, ruleName } from "../../../shared/card.ts";
import { type ModelTrial, PENDING_MODEL, type Thumb } from "../../../shared/messages.ts";
import type { Post } from "../../../shared/post.ts";
import { wordsFor } from "../../../shared/reading.ts";
import { unaskable } from "../../../shared/rule-words.ts";
import { anything, flag, Misfit, object, text } from "../../../shared/shape.ts";
import { askRecent } from "../../common/browser.ts";
import { announce, Notice } from "../../common/parts.tsx";
import { count } from "../../common/words.ts";
import { failure, place, request, state } from "../model.ts";
import { CardFacts } from "./card.tsx";
import { droppedFiles, readBrought, Unfit } from "./files.ts";
import { Plot } from "./plot.tsx";

/** Posts that a model is tried on before it is kept. */
const MAX_TRIED = 100;

/** What was brought and waits for the reader's word. */
type Candidate =
  | {
      is: "model";
      card: Card;
      text: string;
      json: string;
      onnx: Uint8Array;
      /** Absent where it gives texts no score. */
      tried?: ModelTrial["posts"];
    }
  | { is: "examples"; name: string; thumbs: Thumb[] };

const candidate = signal<Candidate | undefined>(undefined);
/** What is being done with it, in words. */
const busy = signal<string | undefined>(undefined);

/** A worker of this page's own: what a stranger's file does to it, no feed notices. Ended after each use. */
const bench = new ScorerWorker(browserHost(), () => {});

/** Asks the page's own worker for one thing. */
export async function onBench<T>(ask: (worker: ScorerWorker) => Promise<T>): Promise<T> {
  try {
    return await ask(bench);
  } finally {
    bench.stop("done");
  }
}

const readInfo = object({ card: anything, reads: text(20), score: flag });

/** Looks at files that were chosen or dropped. */
export async function bring(files: readonly File[]): Promise<void> {
  candidate.value = undefined;
  failure.value = undefined;
  try {
    busy.value = "Looking at the files…";
    const brought = await readBrought(files);
    if (brought.is === "examples") {
      candidate.value = brought;
      return;
    }
    busy.value = "Checking the model…";
    const recent = await askRecent();
    const posts = recent.ok ? (JSON.parse(recent.value.posts) as Post[]).slice(-MAX_TRIED) : [];
    const texts = [...new Set(posts.map((post) => wordsFor(post, "post")).filter((text) => text !== ""))];
    const { info, scores } = await onBench((worker) =>
      worker.call("check", brought.card, brought.onnx, texts),
    );
    const { card: raw, reads, score } = readInfo(JSON.parse(info), "what the model is");
    const card = readModelCard(raw);
    const problem = unaskable(ruleName(card.name));
    if (problem !== undefined) throw new Unfit(`The model cannot be kept: ${problem} in its card.`);
    candidate.value = {
      is: "model",
      card,
      text: brought.card,
      json: JSON.stringify(raw),
      onnx: brought.onnx,
      ...(reads === "text" &&
        score && { tried: scores.map((score, index) => ({ text: texts[index] ?? "", score })) }),
    };
  } catch (error) {
    failure.value = refusalOf(error);
  } finally {
    busy.value = undefined;
  }
}

function refusalOf(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  if (error instanceof Unfit) return `${words} Nothing was changed.`;
  if (error instanceof Misfit) return `The card cannot be read: ${words}. Nothing was changed.`;
  return `The model is refused: ${words.replace(/\.$/u, "")}. Nothing was changed.`;
}

/** Keeps the model: first its files, then the word that they are there. */
async function keep(chosen: Candidate): Promise<void> {
  if (chosen.is === "examples") {
    const { name, thumbs } = chosen;
    if (!(await request({ type: "teach", filter: name, thumbs }))) return;
    candidate.value = undefined;
    announce(`The filter ${name} has learned from them`);
    return;
  }
  const { card, text, json, onnx } = chosen;
  failure.value = undefined;
  busy.value = "Keeping it…";
  try {
    await withStore(OWN_MODELS, "readwrite", (models, done) =>
      done(models.put({ card: text, onnx }, PENDING_MODEL)),
    );
    if (!(await request({ type: "add-model", card: json }))) {
      await withStore(OWN_MODELS, "readwrite", (models, done) => done(models.delete(PENDING_MODEL)));
      return;
    }
    candidate.value = undefined;
    announce(`The model ${card.name} was added`);
  } catch (error) {
    failure.value = `The browser did not keep the model (${error instanceof Error ? error.message : error}). Nothing was changed.`;
  } finally {
    busy.value = undefined;
  }
}

/** Files that are dropped on the page while the section shows. The button beside the title does the same. */
export function useDrop(): void {
  useEffect(() => {
    const isHere = (): boolean => place.peek().section === "models";
    const over = (event: DragEvent): void => {
      if (isHere() && event.dataTransfer?.types.includes("Files")) event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      const { dataTransfer } = event;
      if (!isHere() || dataTransfer === null || dataTransfer.files.length === 0) return;
      event.preventDefault();
      void droppedFiles(dataTransfer).then(bring, () => {
        failure.value = "What was dropped cannot be read. Nothing was changed.";
      });
    };
    addEventListener("dragover", over);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("drop", drop);
    };
  }, []);
}

/** What was brought, for the reader to decide upon. */
export function Brought(): JSX.Element | null {
  if (busy.value !== undefined)
    return (
      <p class="hint" role="status">
        {busy.value}
      </p>
    );
  const chosen = candidate.value;
  if (chosen === undefined) return null;
  return (
    <Notice tone="plain" urgent>
      {chosen.is === "model" ? <NewModel {...chosen} /> : <NewExamples {...chosen} />}
      <div class="buttons">
        <button type="button" class="primary" onClick={() => void keep(chosen)}>
          {chosen.is === "model" ? "Keep the model" : "Teach the filter"}
        </button>
        <button type="button" onClick={() => (candidate.value = undefined)}>
          Cancel
        </button>
      </div>
    </Notice>
  );
}

function NewModel({ card, tried }: Candidate & { is: "model" }): JSX.Element {
  const name = ruleName(card.name);
  const replaces = state.value?.models.some((model) => model.own && model.name === name) === true;
  const asked = card.task === "embed" ? `about "…"` : name;
  return (
    <>
      <h2>Keep “{card.name}”?</h2>
      <p>{card.about}</p>
      <p>
        {replaces ? "It takes the place of the model of that name you added before. " : ""}
        It runs in a worker of its own with limits on time and memory, and cannot reach anything. What its
        card says is its maker’s word; only the file was checked. Rules ask it by its name:{" "}
        <code>collapse if {asked}</code>.
      </p>
      {tried === undefined ? null : <Plot posts={tried} threshold={card.thresholds[card.usual]} />}
      <details>
        <summary>What its card says</summary>
        <CardFacts card={card} threshold={card.usual} />
      </details>
    </>
  );
}

function NewExamples({ name, thumbs }: Candidate & { is: "examples" }): JSX.Element {
  const model = state.value?.models.find((one) => one.name === name);
  return (
    <>
      <h2>Teach “{name}”?</h2>
      <p>
        The file holds {count(thumbs.length, "example")}, {thumbs.filter(({ belongs }) => belongs).length} of
        them of what the filter is to find.{" "}
        {model?.taught === undefined
          ? "You have no filter of that name; it begins with them."
          : "They are added to your filter of that name; where both know the same post, the file’s thumb counts."}
      </p>
    </>
  );
}
