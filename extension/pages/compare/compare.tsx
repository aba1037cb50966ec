/** Both orders of one page side by side, with lines from one to the other. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { PageReport } from "../../shared/messages.ts";
import type { Comparison } from "../common/feed.ts";
import { Announcer, Logo, Notice } from "../common/parts.tsx";
import { line, plain, webAddress } from "../common/plain.ts";
import { authorName, count, firstWords } from "../common/words.ts";
import { choose, look, onlyChanges, packTitle, phase, pointed } from "./model.ts";
import { fateWords, isChanged, ordinal, path, type Row, rowsOf, summary } from "./rows.ts";

/** Posts drawn at first, and by each "Show more". */
const DRAWN = 200;

/** The whole page. */
export function Compare(): JSX.Element {
  return (
    <>
      <header class="bar">
        <Logo />
        <nav aria-label="Diffract">
          <a href="reader.html">Reader</a>
          <a href="dashboard.html">Rules</a>
        </nav>
      </header>
      <main>
        <h1>What did the host show?</h1>
        <Body />
      </main>
      <Announcer />
    </>
  );
}

function Body(): JSX.Element {
  const now = phase.value;
  switch (now.is) {
    case "waiting":
      return <p class="hint">Asking the page…</p>;
    case "failed":
      return (
        <Notice tone="warn" urgent>
          <p>{plain(now.why, 500)}</p>
          <p class="buttons">
            <button type="button" onClick={() => void look()}>
              Try again
            </button>
            <a href="compare.html">Choose another page</a>
          </p>
        </Notice>
      );
    case "choosing":
      return (
        <section aria-labelledby="choose">
          <h2 id="choose">Which page?</h2>
          {now.feeds.length === 0 ? (
            <p class="hint">
              No open page shows a feed that Diffract reads. Open one in another tab, scroll a little, then
              come back.
            </p>
          ) : null}
          <ul class="feeds">
            {now.feeds.map(({ tab, report }) => (
              <li key={tab}>
                <button type="button" onClick={() => choose(tab)}>
                  {report.host}, {count(report.seen, "post")}
                </button>
              </li>
            ))}
          </ul>
          <button type="button" class="small" onClick={() => void look()}>
            Look again
          </button>
        </section>
      );
    case "ready":
      return <Both report={now.report} comparison={now.comparison} />;
  }
}

function Both({ report, comparison }: { report: PageReport; comparison: Comparison }): JSX.Element {
  const limit = useSignal(DRAWN);
  const heading = useRef<HTMLDivElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const all = rowsOf(comparison);
  const rows = onlyChanges.value ? all.filter(isChanged) : all;
  const before = rows.slice(0, limit.value);
  const after = before
    .filter((row) => row.after !== undefined)
    .sort((one, other) => (one.after ?? 0) - (other.after ?? 0));
  return (
    <>
      <div class="summary" ref={heading} tabIndex={-1}>
        <p>
          {line(report.host, 100)}: {summary(all)}.{" "}
          {report.paused ? "Diffract is paused there, so it shows as its makers made it." : null}
        </p>
        <div class="controls">
          <label class="choice">
            <input
              type="checkbox"
              checked={onlyChanges.value}
              onChange={(event) => (onlyChanges.value = event.currentTarget.checked)}
            />
            <span>Only what changed</span>
          </label>
          <button type="button" class="small" onClick={() => void look()}>
            Look again
          </button>
        </div>
      </div>
      {report.undecided > 0 ? (
        <Notice tone="warn">
          <p>
            {count(report.undecided, "post")} of this page {report.undecided === 1 ? "has" : "have"} not been
            decided by your rules yet. Look again in a moment.
          </p>
        </Notice>
      ) : null}
      {report.troubles.map((trouble) => (
        <Notice key={trouble} tone="warn">
          <p>{plain(trouble, 500)}</p>
        </Notice>
      ))}
      {rows.length === 0 ? <p class="hint">Nothing changed here.</p> : null}
      <div class="both">
        <List title={`As ${line(report.host, 60)} has it`} rows={before} side="before" />
        <Lines before={before} after={after} />
        <List title="As your rules have it" rows={after} side="after" />
      </div>
      {rows.length > limit.value ? (
        <button type="button" onClick={() => (limit.value += DRAWN)}>
          Show more: {count(rows.length - limit.value, "post")} left
        </button>
      ) : null}
    </>
  );
}

type Side = "before" | "after";

function List({ title, rows, side }: { title: string; rows: readonly Row[]; side: Side }): JSX.Element {
  const id = `${side}-title`;
  return (
    <section class={side} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <ol>
        {rows.map((row) => (
          <Card key={row.before} row={row} side={side} />
        ))}
      </ol>
    </section>
  );
}

const point = (row: Row | undefined) => (): void => {
  pointed.value = row?.before;
};

function Card({ row, side }: { row: Row; side: Side }): JSX.Element {
  const { post, verdict } = row.judged;
  const isOut = row.after === undefined;
  const names = ["row"];
  if (isOut) names.push("out");
  else if (row.moved) names.push("moved");
  if (pointed.value === row.before) names.push("pointed");
  const fate = fateWords(row);
  const words = line(firstWords(post, 90), 120);
  const address = webAddress(post.url);
  const [first] = verdict.reasons;
  return (
    <li class={names.join(" ")} onMouseEnter={point(row)} onMouseLeave={point(undefined)}>
      <span class="place" aria-hidden="true">
        {side === "before" ? row.before : row.after}
      </span>
      <div class="of-post">
        <p class="who">
          <span class="author">
            <bdi>{line(authorName(post), 60) || "No author shown"}</bdi>
          </span>{" "}
          <Moved row={row} side={side} />
        </p>
        <p class="words">
          {address === undefined ? (
            <bdi>{words}</bdi>
          ) : (
            <a href={address} target="_blank" rel="noopener noreferrer">
              <bdi>{words}</bdi>
            </a>
          )}
        </p>
        {fate === "" || side === "after" ? null : (
          <p
            class="fate"
            title={
              first === undefined
                ? undefined
                : `${packTitle(first.pack)}, line ${first.line}: ${line(first.rule, 300)}`
            }
          >
            {fate}
          </p>
        )}
      </div>
    </li>
  );
}

function Moved({ row, side }: { row: Row; side: Side }): JSX.Element | null {
  if (row.after === undefined) return null;
  if (side === "after")
    return (
      <span class="to">
        {row.moved ? `was ${ordinal(row.before)}` : <span class="unseen">was {ordinal(row.before)}</span>}
      </span>
    );
  return (
    <span class="to">
      {row.moved ? `now ${ordinal(row.after)}` : <span class="unseen">now {ordinal(row.after)}</span>}
    </span>
  );
}

/** A picture of what the two lists say. */
function Lines({ before, after }: { before: readonly Row[]; after: readonly Row[] }): JSX.Element {
  const place = new Map(after.map((row, index) => [row.before, index]));
  const height = Math.max(before.length, 1);
  return (
    <svg
      class="lines"
      viewBox={`0 0 100 ${height}`}
      preserveAspectRatio="none"
      style={{ height: `calc(${height} * var(--row))` }}
      aria-hidden="true"
      focusable="false"
    >
      {before.map((row, index) => {
        const to = place.get(row.before);
        const names = [to === undefined ? "out" : row.moved ? "moved" : "stays"];
        if (pointed.value === row.before) names.push("pointed");
        return (
          <path
            key={row.before}
            class={names.join(" ")}
            d={to === undefined ? `M0 ${index + 0.5}H22M22 ${index + 0.36}V${index + 0.64}` : path(index, to)}
            vector-effect="non-scaling-stroke"
          />
        );
      })}
    </svg>
  );
}
