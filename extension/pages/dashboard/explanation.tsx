/** Why a post gets its verdict: each rule as the tree of its conditions, with what each came to. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Verdict } from "../../shared/post.ts";
import { why } from "../common/words.ts";
import { type ExplainedRule, explain, type Part, type Truth } from "../common/workbench.ts";
import { packTitle } from "./model.ts";
import { caretLine } from "./replay-model.ts";

interface WhyProps {
  index: number;
  verdict: Verdict;
  /** Whose post it is, for those who listen. */
  author: string;
}

/** Folded; asks only once it is opened. */
export function Why({ index, verdict, author }: WhyProps): JSX.Element {
  const open = useSignal(false);
  return (
    <details onToggle={(event) => (open.value = event.currentTarget.open)}>
      <summary>
        Why<span class="unseen">, of the post by {author}</span>
      </summary>
      {open.value ? <Explained index={index} verdict={verdict} /> : null}
    </details>
  );
}

function Explained({ index, verdict }: { index: number; verdict: Verdict }): JSX.Element {
  const found = useSignal<readonly ExplainedRule[] | string | undefined>(undefined);
  const line = caretLine.value;
  useEffect(() => {
    let stale = false;
    const set = (value: readonly ExplainedRule[] | string): void => {
      if (!stale) found.value = value;
    };
    explain(index, line).then(set, (error: unknown) =>
      set(error instanceof Error ? error.message : String(error)),
    );
    return () => {
      stale = true;
    };
    // Another verdict has other reasons.
  }, [index, line, verdict, found]);
  const rules = found.value;
  if (rules === undefined) return <p class="hint">Asking…</p>;
  if (typeof rules === "string") return <p class="hint">It cannot be said: {rules}</p>;
  if (rules.length === 0)
    return <p class="hint">No rule speaks of it. Put the caret on a rule to see why that one does not.</p>;
  return (
    <ul class="reasons">
      {rules.map((rule) => (
        <Rule key={`${rule.pack}:${rule.line}`} rule={rule} />
      ))}
    </ul>
  );
}

const SPOKE: Record<Truth, string> = {
  true: "It speaks",
  false: "It does not speak",
  unknown: "It does not speak: something it asks is not known",
};

function Rule({ rule }: { rule: ExplainedRule }): JSX.Element {
  const { place, hours } = rule;
  return (
    <li>
      <code>{rule.rule}</code>
      <p class="hint">
        {packTitle(rule.pack)}, line {rule.line} · {SPOKE[rule.value]}
        {rule.value !== "true" ? "" : `: ${why(rule)}`}
        {rule.value === "true" && !rule.decides ? ", but a stronger rule decides" : ""}
        {place.holds ? "" : ` · not here: ${place.on}`}
        {hours === undefined || hours.holds ? "" : ` · not now: ${hours.at}, and it is ${hours.now}`}
      </p>
      {rule.condition.kind === "always" ? null : (
        <ul class="tree">
          <Branch part={rule.condition} />
        </ul>
      )}
    </li>
  );
}

const JOINED: Partial<Record<Part["kind"], string>> = {
  all: "all of these",
  any: "any of these",
  not: "not",
};

function Branch({ part }: { part: Part }): JSX.Element {
  return (
    <li>
      <span class={`truth ${part.value}`}>{part.value}</span>{" "}
      {part.text === undefined ? JOINED[part.kind] : <code>{part.text}</code>}
      {part.shown === undefined || part.shown === "" ? null : <span class="hint"> · here: {part.shown}</span>}
      {part.parts.length === 0 ? null : (
        <ul>
          {part.parts.map((inner, index) => (
            <Branch key={index} part={inner} />
          ))}
        </ul>
      )}
    </li>
  );
}
