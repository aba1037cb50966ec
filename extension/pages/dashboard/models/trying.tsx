/** A model tried out: on words that one types, and on the posts of this visit. */
import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { thresholdOf } from "../../../shared/card.ts";
import type { ModelAnswer, ModelState, ModelTrial } from "../../../shared/messages.ts";
import { askModel, askTrial } from "../../common/browser.ts";
import { Notice } from "../../common/parts.tsx";
import { Plot } from "./plot.tsx";
import { thresholdName } from "./words.ts";

const LANGUAGES = new Intl.DisplayNames("en", { type: "language" });

/** From which score on a rule takes a post that names the model alone. */
export function thresholdInForce({ card, strictness }: ModelState): number | undefined {
  return strictness === undefined ? card.thresholds[card.usual] : thresholdOf(card, strictness);
}

/** See the head of this file. */
export function Trying({ model }: { model: ModelState }): JSX.Element | null {
  if (model.card.kind !== "text" || !model.on) return null;
  return (
    <>
      <details>
        <summary>
          Try it on your own words<span class="unseen">: {model.name}</span>
        </summary>
        <Words model={model} />
      </details>
      {model.card.task === "choose" ? null : (
        <details>
          <summary>
            Try it on the posts of this visit<span class="unseen">: {model.name}</span>
          </summary>
          <Posts model={model} />
        </details>
      )}
    </>
  );
}

function Words({ model }: { model: ModelState }): JSX.Element {
  const text = useSignal("");
  const topic = useSignal("");
  const busy = useSignal(false);
  const answer = useSignal<ModelAnswer | undefined>(undefined);
  const failure = useSignal<string | undefined>(undefined);
  const id = useId();
  const isAbout = model.card.task === "embed";
  const ask = async (): Promise<void> => {
    busy.value = true;
    const given = await askModel(model.name, text.value.slice(0, 4000), isAbout ? topic.value : undefined);
    busy.value = false;
    answer.value = given.ok ? given.value : undefined;
    failure.value = given.ok ? undefined : given.message;
  };
  return (
    <form
      class="trying"
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
    >
      {isAbout ? <Topic topic={topic} /> : null}
      <label for={`${id}-text`}>A post</label>
      <textarea
        id={`${id}-text`}
        rows={3}
        maxLength={4000}
        required
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
      />
      <button type="submit" class="small" disabled={busy.value}>
        {busy.value ? "Reading…" : "What does it say?"}
      </button>
      <div role="status">
        {answer.value === undefined ? null : <Said model={model} answer={answer.value} />}
      </div>
      {failure.value === undefined ? null : (
        <Notice tone="bad" urgent>
          <p>{failure.value}</p>
        </Notice>
      )}
    </form>
  );
}

/** What a model of meaning is to look for. */
function Topic({ topic }: { topic: Signal<string> }): JSX.Element {
  const id = useId();
  return (
    <>
      <label for={id}>What it is to look for</label>
      <input
        id={id}
        type="text"
        maxLength={300}
        required
        value={topic.value}
        onInput={(event) => (topic.value = event.currentTarget.value)}
      />
    </>
  );
}

function Said({ model, answer }: { model: ModelState; answer: ModelAnswer }): JSX.Element {
  if (model.card.task === "choose") {
    const { label } = answer;
    return <p>{label === null ? "It is not sure." : `It says: ${labelWords(model.name, label)}.`}</p>;
  }
  if (answer.score === null) return <p>It has nothing to say of this.</p>;
  const threshold = thresholdInForce(model);
  return (
    <>
      <p>
        Score <strong>{answer.score.toFixed(2)}</strong>
        {threshold === undefined
          ? "."
          : answer.score >= threshold
            ? `: a rule that names it would take this post (from ${threshold.toFixed(2)} on).`
            : `: a rule that names it would leave this post alone (it takes from ${threshold.toFixed(2)} on).`}
      </p>
      {answer.near.length === 0 ? null : (
        <>
          <p class="hint">Your nearest examples:</p>
          <ul class="near">
            {answer.near.map(({ text, belongs }, index) => (
              <li key={index}>
                <span class="sort">{belongs ? "less" : "more"}</span> <bdi>{text.slice(0, 200)}</bdi>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function labelWords(name: string, label: string): string {
  if (name !== "language") return label;
  try {
    return LANGUAGES.of(label) ?? label;
  } catch {
    return label;
  }
}

function Posts({ model }: { model: ModelState }): JSX.Element {
  const trial = useSignal<ModelTrial | undefined>(undefined);
  const busy = useSignal(false);
  const topic = useSignal("");
  const failure = useSignal<string | undefined>(undefined);
  const isAbout = model.card.task === "embed";
  const ask = async (): Promise<void> => {
    busy.value = true;
    const given = await askTrial(model.name, isAbout ? topic.value : undefined);
    busy.value = false;
    trial.value = given.ok ? given.value : undefined;
    failure.value = given.ok ? undefined : given.message;
  };
  return (
    <form
      class="trying"
      aria-busy={busy.value}
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
    >
      {isAbout ? <Topic topic={topic} /> : null}
      <button type="submit" class="small" disabled={busy.value}>
        {busy.value ? "Reading…" : trial.value === undefined ? "Score the posts" : "Score them again"}
        <span class="unseen"> with {model.name}</span>
      </button>
      {trial.value === undefined ? null : (
        <Plot posts={trial.value.posts} threshold={thresholdInForce(model)} />
      )}
      {failure.value === undefined ? null : (
        <Notice tone="bad" urgent>
          <p>{failure.value}</p>
        </Notice>
      )}
    </form>
  );
}

/** The name of the threshold in force, for figures. */
export const nameInForce = ({ card, strictness }: ModelState): string => thresholdName(card, strictness);
