/** Filters that the reader teaches: teaching them, and what they ask. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useId } from "preact/hooks";
import type { Question } from "../../../shared/messages.ts";
import type { Post } from "../../../shared/post.ts";
import { exampleOf, MAX_ASKING } from "../../../shared/taught.ts";
import { askQuestions, askRecent } from "../../common/browser.ts";
import { Notice } from "../../common/parts.tsx";
import { filtersOf, Thumbs, targetOf, teach } from "../../common/thumbs.tsx";
import { failure, place, request, state } from "../model.ts";
import { Filter, nameProblem, report } from "./filter.tsx";

/** Posts of this visit that are offered to teach with. */
const OFFERED = 12;

/** What the reader taught, and how to teach more. */
export function Filters(): JSX.Element {
  const filters = state.value?.models.filter(({ taught }) => taught !== undefined) ?? [];
  return (
    <section class="taught" aria-labelledby="taught-title">
      <h2 id="taught-title">Taught by you</h2>
      <p class="lead">
        Press “Less like this” or “More like this” on a post, here, in the popup or in the reader, and a
        filter learns what you do not want. Ten posts are enough to begin with. Their words stay on this
        machine, until you forget the filter.
      </p>
      <Questions />
      <Teaching />
      <ul class="models">
        {filters.map((model) => (
          <Filter key={model.name} model={model} others={filters.filter((other) => other !== model)} />
        ))}
      </ul>
      {filters.length === 0 ? null : <Asking />}
    </section>
  );
}

/** How many questions a day. */
function Asking(): JSX.Element {
  const id = useId();
  const most = state.value?.asking ?? 0;
  return (
    <p class="asking">
      <label for={id}>Ask me about posts it is not sure of</label>{" "}
      <select
        id={id}
        value={String(most)}
        onChange={(event) => void request({ type: "set-asking", most: Number(event.currentTarget.value) })}
      >
        {[...new Set([0, 1, 2, 5, 10, MAX_ASKING, most])]
          .sort((one, other) => one - other)
          .map((times) => (
            <option key={times} value={times}>
              {times === 0 ? "never" : `about ${times} a day at most`}
            </option>
          ))}
      </select>
    </p>
  );
}

/** Posts that a thumb would help with, as many as the reader allows. */
function Questions(): JSX.Element | null {
  const questions = useSignal<readonly Question[]>([]);
  const known = filtersOf(state.value ?? { models: [], teaching: "" }).join(" ");
  const isHere = place.value.section === "models";
  useEffect(() => {
    if (!isHere || known === "") return;
    void askQuestions().then((answer) => {
      // Where no model runs nothing is asked; what is wrong is said beside the filter.
      if (answer.ok) questions.value = answer.value;
    });
  }, [isHere, known, questions]);
  if (questions.value.length === 0) return null;
  const answer = async ({ filter, text }: Question, belongs: boolean): Promise<void> => {
    report(await teach(filter, text, belongs));
    questions.value = questions.value.filter((one) => one.text !== text || one.filter !== filter);
  };
  return (
    <Notice tone="plain">
      <h3>It is not sure of these</h3>
      <ul class="questions">
        {questions.value.map((question) => (
          <li key={`${question.filter} ${question.text}`}>
            <p>
              <bdi>{question.text.slice(0, 280)}</bdi>
            </p>
            <div class="buttons">
              <button type="button" class="small" onClick={() => void answer(question, true)}>
                Less like this<span class="unseen">: {question.text.slice(0, 60)}</span>
              </button>
              <button type="button" class="small" onClick={() => void answer(question, false)}>
                More like this<span class="unseen">: {question.text.slice(0, 60)}</span>
              </button>
              <span class="hint">for {question.filter}</span>
            </div>
          </li>
        ))}
      </ul>
    </Notice>
  );
}

/** The posts of this visit, each with its thumbs. */
function Teaching(): JSX.Element {
  const posts = useSignal<readonly Post[] | undefined>(undefined);
  const name = useSignal<string | undefined>(undefined);
  const shown = useSignal(OFFERED);
  const id = useId();
  const filter = name.value ?? targetOf(state.value);
  const problem = nameProblem(filter);
  const load = async (): Promise<void> => {
    const recent = await askRecent();
    if (!recent.ok) failure.value = recent.message;
    else {
      const all = JSON.parse(recent.value.posts) as Post[];
      posts.value = all.reverse().filter((post) => exampleOf(post) !== "");
    }
  };
  return (
    <details
      class="card teaching"
      onToggle={(event) => {
        if (event.currentTarget.open) void load();
      }}
    >
      <summary>Teach with the posts of this visit</summary>
      <p class="target">
        <label for={id}>Filter</label>{" "}
        <input
          id={id}
          type="text"
          maxLength={40}
          list={`${id}-names`}
          value={filter}
          aria-invalid={problem !== undefined}
          aria-describedby={`${id}-problem`}
          onInput={(event) => (name.value = event.currentTarget.value.trim())}
        />
        <datalist id={`${id}-names`}>
          {filtersOf(state.value ?? { models: [], teaching: "" }).map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>{" "}
        <span id={`${id}-problem`} class="hint">
          {problem ?? "A new name begins a new filter."}
        </span>
      </p>
      {posts.value === undefined ? (
        <p class="hint">Looking for posts…</p>
      ) : posts.value.length === 0 ? (
        <p class="hint">Open a feed in another tab and scroll a little: its posts appear here.</p>
      ) : problem === undefined ? (
        <>
          <ul class="questions">
            {posts.value.slice(0, shown.value).map((post, index) => (
              <li key={`${post.platform ?? ""} ${post.id} ${index}`}>
                <p>
                  <bdi>{exampleOf(post).slice(0, 280)}</bdi>
                </p>
                <Thumbs post={post} filter={filter} about={exampleOf(post).slice(0, 60)} onFailure={report} />
              </li>
            ))}
          </ul>
          {posts.value.length > shown.value ? (
            <button type="button" class="small" onClick={() => (shown.value += OFFERED)}>
              Show more posts
            </button>
          ) : null}
        </>
      ) : null}
    </details>
  );
}
