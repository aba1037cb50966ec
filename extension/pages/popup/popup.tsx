/** The popup's view. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import type { PageReport } from "../../shared/messages.ts";
import type { WireReport } from "../../shared/wire.ts";
import { openPage } from "../common/browser.ts";
import { Announcer, Logo, Notice, Switch } from "../common/parts.tsx";
import { count, figure, healthWords, p95, passedWords, tallies } from "../common/words.ts";
import {
  background,
  blind,
  deaf,
  failure,
  type Page,
  page,
  pick,
  readBeside,
  reload,
  setSite,
  setWire,
  startOn,
} from "./model.ts";
import { Timeline } from "./timeline.tsx";
import { Verdicts } from "./verdicts.tsx";

/** The whole popup. */
export function Popup(): JSX.Element {
  return (
    <>
      <header class="top">
        <Logo />
        <nav class="ways" aria-label="Diffract">
          <PageLink href="reader.html">Reader</PageLink>
          <PageLink href="dashboard.html">Rules and settings</PageLink>
        </nav>
      </header>
      <main>
        <h1 class="unseen">Diffract on this page</h1>
        {[failure.value, blind.value, deaf.value].map((message) =>
          message === undefined ? null : (
            <Notice key={message} tone="bad" urgent>
              <p>{message}</p>
            </Notice>
          ),
        )}
        <Here page={page.value} />
        <BackgroundTroubles />
      </main>
      <Announcer />
    </>
  );
}

interface PageLinkProps {
  href: string;
  children: ComponentChildren;
}

/** A link to a page of the extension: in a tab of its own, since a popup cannot be one. */
export function PageLink({ href, children }: PageLinkProps): JSX.Element {
  return (
    <a
      href={href}
      target="_blank"
      rel="noreferrer"
      onClick={(event) => {
        event.preventDefault();
        void openPage(href).then(() => window.close());
      }}
    >
      {children}
    </a>
  );
}

function Here({ page: here }: { page: Page }): JSX.Element {
  switch (here.is) {
    case "unknown":
      return <p class="plain hint">Looking at the page…</p>;
    case "closed":
      return (
        <section class="card still">
          <h2>Nothing to do here</h2>
          <p>
            This is one of the browser's own pages, which no extension may touch. Go to a site with a feed and
            open Diffract there.
          </p>
        </section>
      );
    case "uncovered":
      return (
        <section class="card still">
          <h2 class="host">{here.host}</h2>
          <p>
            Diffract is not used on this site yet. It will look for a feed here and judge its posts by your
            rules, all on this machine.
          </p>
          <button type="button" class="primary" onClick={() => void startOn(here.host)}>
            Use Diffract on this site
          </button>
          <p class="hint">Your browser asks for your permission first.</p>
        </section>
      );
    case "silent":
      return (
        <section class="card still">
          <h2 class="host">{here.host}</h2>
          <p>This page was open before Diffract was. Reload it once, and your rules apply.</p>
          <button type="button" class="primary" onClick={() => void reload(here.tab)}>
            Reload the page
          </button>
        </section>
      );
    case "read":
      return <Report tab={here.tab} report={here.report} />;
  }
}

function Report({ tab, report }: { tab: number; report: PageReport }): JSX.Element {
  const only = useSignal<string | undefined>(undefined);
  const found = tallies(report.actions);
  // What is wrong with this very page comes before what was done to it.
  const broken = report.health.state === "broken" || report.troubles.length > 0;
  // A filter whose last post went away must not leave an empty list behind.
  const filter = found.some((tally) => tally.action === only.value) ? only.value : undefined;
  return (
    <>
      <section class="card site" aria-label="This site">
        <Switch
          large
          label={<span class="host">{report.host}</span>}
          hint={report.paused ? "Off. This site shows as its makers made it." : "On. Your rules apply here."}
          on={!report.paused}
          onSwitch={(on) => void setSite(report.host, on)}
        />
      </section>
      {report.wire === undefined || report.paused ? null : (
        <Rewriting host={report.host} wire={report.wire} />
      )}
      {report.paused ? null : <Timeline report={report} />}
      {broken ? <Health report={report} /> : null}
      {report.paused ? null : (
        <>
          <section aria-labelledby="counts">
            <h2 id="counts">What happened here</h2>
            <Counts report={report} only={filter} onOnly={(action) => (only.value = action)} />
          </section>
          {report.seen === 0 ? null : (
            <section class="buttons" aria-label="Other ways to see this feed">
              <button
                type="button"
                class="small"
                onClick={() => void openPage(`compare.html#${tab}`).then(() => window.close())}
              >
                What did the host show?
              </button>
              <button type="button" class="small" onClick={() => void readBeside(tab)}>
                Read beside the page
              </button>
            </section>
          )}
          <Verdicts report={report} only={filter} />
          {report.seen === 0 ? null : (
            <section aria-labelledby="picking">
              <h2 id="picking">A rule from a post</h2>
              <p class="hint">
                Pick one on the page; you get rules to start from, and see what they would do.
              </p>
              <button type="button" onClick={() => void pick()}>
                Pick a post
              </button>
            </section>
          )}
        </>
      )}
      {broken ? null : <Health report={report} />}
    </>
  );
}

/** What is done before the page draws, and the switch for it. */
function Rewriting({ host, wire }: { host: string; wire: WireReport }): JSX.Element {
  return (
    <section class="card site" aria-label="Before the page draws">
      <Switch
        label="Rewrite before the page draws"
        hint={rewritingHint(wire)}
        on={wire.on}
        onSwitch={(on) => void setWire(host, on)}
      />
    </section>
  );
}

function rewritingHint({ on, here, taken }: WireReport): string {
  if (!on) return "Off. Posts that your rules hide are hidden in the page.";
  if (!here) return "On from the next time this page is loaded.";
  if (taken === 0) return "On. What your rules hide is taken out of what the site sends.";
  return `${count(taken, "post")} taken out before the page drew ${taken === 1 ? "it" : "them"}.`;
}

interface CountsProps {
  report: PageReport;
  only: string | undefined;
  onOnly: (action: string | undefined) => void;
}

function Counts({ report, only, onOnly }: CountsProps): JSX.Element {
  const found = tallies(report.actions);
  if (report.seen === 0) return <p class="hint">No posts have been seen on this page yet.</p>;
  if (found.length === 0) return <p>{count(report.seen, "post")} read. Your rules had nothing to say.</p>;
  return (
    <>
      <p class="hint">Of {count(report.seen, "post")} on this page:</p>
      <ul class="counts" aria-label="Counts by action">
        {found.map((tally) => (
          <li key={tally.action}>
            <button
              type="button"
              class={`count ${tally.action}`}
              aria-pressed={only === tally.action}
              onClick={() => onOnly(only === tally.action ? undefined : tally.action)}
            >
              <span class="figure">{figure(tally.count)}</span> <span class="word">{tally.word}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function Health({ report }: { report: PageReport }): JSX.Element {
  const { headline, meaning } = healthWords(report.health);
  const slow = p95(report.latencies);
  const missing = report.health.locators.filter((locator) => locator.asked > 0 && locator.rank < 0);
  const fallbacks = report.health.locators.filter((locator) => locator.rank > 0);
  const passed = Object.entries(report.wire?.passed ?? {});
  const repeated = report.wire?.repeated ?? 0;
  const quick = p95(report.wire?.asked ?? []);
  return (
    <section class={`health ${report.health.state}`} aria-labelledby="health">
      <h2 id="health" class="unseen">
        How Diffract is doing here
      </h2>
      <p class="state">{headline}</p>
      {meaning === "" ? null : <p class="hint">{meaning}</p>}
      {report.troubles.length === 0 ? null : (
        <Notice tone="warn">
          <ul>
            {report.troubles.slice(-5).map((trouble) => (
              <li key={trouble}>{trouble}</li>
            ))}
          </ul>
        </Notice>
      )}
      {slow === undefined &&
      quick === undefined &&
      missing.length + fallbacks.length + passed.length + repeated === 0 ? null : (
        <details>
          <summary>Details</summary>
          <dl class="facts">
            <dt>Adapter</dt>
            <dd>{report.health.adapter}</dd>
            {slow === undefined ? null : (
              <>
                <dt>Time to decide</dt>
                <dd>{slow < 1 ? "under 1" : figure(Math.round(slow))} ms for 95 of 100 batches</dd>
              </>
            )}
            {quick === undefined ? null : (
              <>
                <dt>Time to rewrite</dt>
                <dd>{quick < 1 ? "under 1" : figure(Math.round(quick))} ms for 95 of 100 answers</dd>
              </>
            )}
            {passed.length === 0 ? null : (
              <>
                <dt>Handed on as they came</dt>
                <dd>{passed.map(([why, times]) => `${figure(times)} ${passedWords(why)}`).join(", ")}</dd>
              </>
            )}
            {repeated === 0 ? null : (
              <>
                <dt>Sent more than once</dt>
                <dd>{count(repeated, "post")}</dd>
              </>
            )}
            {fallbacks.length === 0 ? null : (
              <>
                <dt>Found by second choices</dt>
                <dd>{fallbacks.map((locator) => locator.name).join(", ")}</dd>
              </>
            )}
            {missing.length === 0 ? null : (
              <>
                <dt>Not found here</dt>
                <dd>{missing.map((locator) => locator.name).join(", ")}</dd>
              </>
            )}
          </dl>
        </details>
      )}
    </section>
  );
}

function BackgroundTroubles(): JSX.Element | null {
  const troubles = background.value?.troubles ?? [];
  if (troubles.length === 0) return null;
  return (
    <Notice tone="warn">
      <p>{troubles[0]}</p>
      {troubles.length > 1 ? <p class="hint">And {count(troubles.length - 1, "other trouble")}.</p> : null}
      <p>
        <PageLink href="dashboard.html#health">See what to do</PageLink>
      </p>
    </Notice>
  );
}
