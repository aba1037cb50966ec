/** Health: what is wrong, how the engine came up, which pages are open, and where Diffract is paused. */
import { effect, signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { PageReport } from "../../shared/messages.ts";
import { openReports } from "../common/browser.ts";
import { announce, Notice } from "../common/parts.tsx";
import { count, figure, healthWords, tallies } from "../common/words.ts";
import { place, request, state } from "./model.ts";

const open = signal<readonly PageReport[]>([]);

async function resume(host: string): Promise<void> {
  if (await request({ type: "set-site", host, on: true })) announce(`Diffract is on again on ${host}`);
}

/** The section. */
export function Health(): JSX.Element {
  useEffect(
    () =>
      effect(() => {
        if (place.value.section === "health") void openReports().then((reports) => (open.value = reports));
      }),
    [],
  );
  const now = state.value;
  return (
    <>
      <div class="heading">
        <div>
          <h1 id="health-title" tabIndex={-1}>
            Health
          </h1>
          <p class="lead">
            {now === undefined
              ? "Asking…"
              : now.troubles.length === 0
                ? "All is well."
                : "Something needs a look."}
          </p>
        </div>
      </div>
      {now === undefined ? null : (
        <>
          {now.troubles.map((trouble) => (
            <Notice key={trouble} tone="warn">
              <p>{trouble}</p>
            </Notice>
          ))}
          <dl class="figures card">
            <div>
              <dt>Rules in force</dt>
              <dd>{figure(now.rules)}</dd>
            </div>
            <div>
              <dt>Last start took</dt>
              <dd>{figure(Math.round(now.start.milliseconds))} ms</dd>
            </div>
            <div>
              <dt>Started from</dt>
              <dd>{now.start.from === "snapshot" ? "its memory" : "the rule files"}</dd>
            </div>
          </dl>
          <Paused hosts={now.pausedHosts} />
          <OpenPages />
        </>
      )}
    </>
  );
}

function Paused({ hosts }: { hosts: readonly string[] }): JSX.Element {
  return (
    <section class="card block" aria-labelledby="paused-title">
      <h2 id="paused-title">Paused sites</h2>
      {hosts.length === 0 ? (
        <p class="hint">None. Pause a site with the switch in the toolbar popup.</p>
      ) : null}
      <ul class="rows">
        {hosts.map((host) => (
          <li key={host}>
            <span>{host}</span>
            <button type="button" class="small" onClick={() => void resume(host)}>
              Resume<span class="unseen"> on {host}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function OpenPages(): JSX.Element {
  return (
    <section class="card block" aria-labelledby="open-title">
      <h2 id="open-title">Open pages</h2>
      {open.value.length === 0 ? (
        <p class="hint">No open page is being read.</p>
      ) : (
        <ul class="rows">
          {open.value.map((report, index) => (
            <li key={index}>
              <div>
                <p>{report.host}</p>
                <p class="hint">
                  {report.paused ? "Paused" : healthWords(report.health).headline}
                  {" · "}
                  {count(report.seen, "post")} read
                  {tallies(report.actions).map((tally) => `, ${figure(tally.count)} ${tally.word}`)}
                </p>
                {report.troubles.map((trouble) => (
                  <p key={trouble} class="hint">
                    {trouble}
                  </p>
                ))}
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
