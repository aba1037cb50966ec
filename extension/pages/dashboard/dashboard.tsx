/** The frame of the dashboard: the way between its sections, and what is wrong at the top of each. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Announcer, Logo, Notice } from "../common/parts.tsx";
import { filtersOf } from "../common/thumbs.tsx";
import { count } from "../common/words.ts";
import { Backup } from "./backup.tsx";
import { Health } from "./health.tsx";
import { failure, packs, place, state } from "./model.ts";
import { Models } from "./models/section.tsx";
import { Packs } from "./packs.tsx";
import { SECTIONS, type Section } from "./place.ts";
import { diagnosed, dirty, Rules } from "./rules.tsx";

const TITLES: Record<Section, string> = {
  rules: "My rules",
  packs: "Packs",
  models: "Models",
  backup: "Backup",
  health: "Health",
};
const VIEWS: Record<Section, () => JSX.Element> = {
  rules: Rules,
  packs: Packs,
  models: Models,
  backup: Backup,
  health: Health,
};

/** The whole page. */
export function Dashboard(): JSX.Element {
  const here = place.value.section;
  const headings = useRef<HTMLElement>(null);
  const moved = useRef(false);
  useEffect(() => {
    document.title = `${TITLES[here]} · Diffract`;
    // Not on the first showing: a page that was just opened starts at its top.
    if (moved.current) headings.current?.querySelector<HTMLElement>(`#${here}-section h1`)?.focus();
    moved.current = true;
  }, [here]);
  return (
    <div class={here === "rules" ? "frame wide" : "frame"}>
      <a
        class="skip"
        href={`#${here}-title`}
        onClick={(event) => {
          event.preventDefault();
          headings.current?.querySelector<HTMLElement>(`#${here}-section h1`)?.focus();
        }}
      >
        Skip to {TITLES[here]}
      </a>
      <header class="side">
        <Logo />
        <nav aria-label="Sections">
          <ul>
            {SECTIONS.map((section) => (
              <li key={section}>
                <a href={`#${section}`} aria-current={section === here ? "page" : undefined}>
                  <span>{TITLES[section]}</span> <Mark section={section} />
                </a>
              </li>
            ))}
            <li>
              <a href="reader.html" target="_blank" rel="noreferrer">
                <span>Reader</span> <span class="mark">opens a tab</span>
              </a>
            </li>
          </ul>
        </nav>
        <p class="hint version">{state.value === undefined ? "" : `Version ${state.value.version}`}</p>
      </header>
      <main ref={headings}>
        {failure.value === undefined ? null : (
          <Notice tone="bad" urgent>
            <p>{failure.value}</p>
            <button type="button" class="small" onClick={() => (failure.value = undefined)}>
              Close this message
            </button>
          </Notice>
        )}
        {SECTIONS.map((section) => {
          const View = VIEWS[section];
          // Hidden, not taken away: what is half written in one section is still there on the way back.
          return (
            <section
              key={section}
              id={`${section}-section`}
              hidden={section !== here}
              aria-labelledby={`${section}-title`}
            >
              <View />
            </section>
          );
        })}
      </main>
      <Announcer />
    </div>
  );
}

/** What there is to know about a section without going there. */
function Mark({ section }: { section: Section }): JSX.Element | null {
  if (section === "rules") {
    if (dirty.value) return <span class="mark">not saved</span>;
    const broken = diagnosed.value.filter((diagnostic) => diagnostic.severity === "error").length;
    return broken === 0 ? null : <span class="mark bad">{count(broken, "error")}</span>;
  }
  if (section === "packs") return <span class="mark">{packs.value.filter((pack) => pack.on).length} on</span>;
  if (section === "models") {
    const taught = filtersOf(state.value ?? { models: [], teaching: "" }).length;
    return taught === 0 ? null : <span class="mark">{taught} taught</span>;
  }
  const troubles = state.value?.troubles.length ?? 0;
  return section === "health" && troubles > 0 ? (
    <span class="mark bad">{count(troubles, "trouble")}</span>
  ) : null;
}
