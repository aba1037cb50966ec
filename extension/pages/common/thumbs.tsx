/** Thumbs: "less like this" and "more like this" on a post teach a filter. */
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import type { BackgroundState } from "../../shared/messages.ts";
import type { Readable } from "../../shared/reading.ts";
import { exampleOf } from "../../shared/taught.ts";
import { tell } from "./browser.ts";
import { announce } from "./parts.tsx";

/** What the first filter is called: the language knows it as `like @examples`, there or not. */
const FIRST = "examples";

/** How rules ask a filter. */
export const askedAs = (filter: string): string => (filter === FIRST ? `like @${FIRST}` : filter);

/** Thumbs that were given on this page, by filter and words. */
const given = signal<ReadonlyMap<string, boolean>>(new Map());
/** Which filter the reader chose to teach here; else the one that was taught last. */
const chosen = signal<string | undefined>(undefined);

type Known = Pick<BackgroundState, "models" | "teaching">;

/** Names of the filters there are. */
export const filtersOf = ({ models }: Known): string[] =>
  models.flatMap(({ name, taught }) => (taught ? [name] : []));

/** The filter that thumbs teach. */
export function targetOf(state: Known | undefined): string {
  const names = state === undefined ? [] : filtersOf(state);
  const wanted = [chosen.value, state?.teaching, names[0]];
  return wanted.find((name) => name !== undefined && names.includes(name)) ?? FIRST;
}

/** Teaches a filter. What went wrong, in words. */
export async function teach(filter: string, text: string, belongs: boolean): Promise<string | undefined> {
  const answer = await tell({ type: "teach", filter, thumbs: [{ text, belongs }] });
  if (!answer.ok) return answer.message;
  given.value = new Map(given.value).set(keyOf(filter, text), belongs);
  announce(belongs ? "Noted: less like this" : "Noted: more like this");
  return undefined;
}

/** Takes a thumb back. What went wrong, in words. */
export async function unteach(filter: string, text: string): Promise<string | undefined> {
  const answer = await tell({ type: "unteach", filter, text });
  if (!answer.ok) return answer.message;
  const left = new Map(given.value);
  left.delete(keyOf(filter, text));
  given.value = left;
  announce("The thumb is taken back");
  return undefined;
}

const keyOf = (filter: string, text: string): string => `${filter}\n${text}`;

interface ThumbsProps {
  post: Readable;
  filter: string;
  /** Which post it is, for those who listen. */
  about: string;
  /** What went wrong, for the top of the page; `undefined`: nothing. */
  onFailure: (words: string | undefined) => void;
}

/** The two buttons, and what was noted. Nothing for a post without words. */
export function Thumbs({ post, filter, about, onFailure }: ThumbsProps): JSX.Element | null {
  const text = exampleOf(post);
  if (text === "") return null;
  const thumb = given.value.get(keyOf(filter, text));
  return (
    <div class="thumbs">
      {([true, false] as const).map((belongs) => (
        <button
          key={String(belongs)}
          type="button"
          class="small"
          aria-pressed={thumb === belongs}
          onClick={async () =>
            onFailure(await (thumb === belongs ? unteach(filter, text) : teach(filter, text, belongs)))
          }
        >
          {belongs ? "Less like this" : "More like this"}
          <span class="unseen">: {about}</span>
        </button>
      ))}
    </div>
  );
}

/** Which filter thumbs teach, where there is a choice. */
export function Target({ state }: { state: Known | undefined }): JSX.Element | null {
  const id = useId();
  const names = state === undefined ? [] : filtersOf(state);
  if (names.length < 2) return null;
  return (
    <p class="target hint">
      <label for={id}>Thumbs teach</label>{" "}
      <select
        id={id}
        value={targetOf(state)}
        onChange={(event) => {
          chosen.value = event.currentTarget.value;
        }}
      >
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </p>
  );
}
