/** Pieces that every page is made of. */
import { signal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";
import type { Diagnostic } from "../../shared/messages.ts";

/** The mark: one ray in, three out. */
export function Logo(): JSX.Element {
  return (
    <span class="logo">
      <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" focusable="false">
        <path class="ray" d="M1 12h9" />
        <path class="ray ray-1" d="M13 11 23 4" />
        <path class="ray ray-2" d="M13 12h10" />
        <path class="ray ray-3" d="m13 13 10 7" />
        <path class="ray slit" d="M11.5 4v16" />
      </svg>
      Diffract
    </span>
  );
}

interface SwitchProps {
  label: ComponentChildren;
  /** More about it, below the label. */
  hint?: ComponentChildren;
  on: boolean;
  disabled?: boolean;
  large?: boolean;
  onSwitch: (on: boolean) => void;
}

/** An on/off switch with its label; the whole row is the label. */
export function Switch({
  label,
  hint,
  on,
  disabled = false,
  large = false,
  onSwitch,
}: SwitchProps): JSX.Element {
  const id = useId();
  return (
    <div class={large ? "switch-row large" : "switch-row"}>
      <div class="switch-words">
        <label for={id}>{label}</label>
        {hint === undefined ? null : (
          <p class="hint" id={`${id}-hint`}>
            {hint}
          </p>
        )}
      </div>
      <input
        id={id}
        class="switch"
        type="checkbox"
        role="switch"
        checked={on}
        aria-checked={on}
        disabled={disabled}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => onSwitch(event.currentTarget.checked)}
      />
    </div>
  );
}

interface NoticeProps {
  tone: "plain" | "good" | "warn" | "bad";
  /** Read out at once: for what the reader must know now. */
  urgent?: boolean;
  children: ComponentChildren;
}

/** A box of words that is set off from the rest. */
export function Notice({ tone, urgent = false, children }: NoticeProps): JSX.Element {
  return (
    <div class={`notice ${tone}`} role={urgent ? "alert" : undefined}>
      {children}
    </div>
  );
}

const spoken = signal("");

/** Says something to those who listen instead of look. */
export function announce(words: string): void {
  // The same words twice are two announcements.
  spoken.value = spoken.peek() === words ? `${words}\u00a0` : words;
}

/** Where {@link announce} is heard; once on every page. */
export function Announcer(): JSX.Element {
  return (
    <div class="unseen" role="status" aria-live="polite">
      {spoken.value}
    </div>
  );
}

const SEVERITY: Record<Diagnostic["severity"], string> = { error: "Error", warning: "Warning", hint: "Hint" };

/** Words in which the engine sets pieces of rules between backticks. */
function Ticked({ words }: { words: string }): JSX.Element {
  return (
    <>
      {words.split("`").map((piece, index) => (index % 2 === 1 ? <code key={index}>{piece}</code> : piece))}
    </>
  );
}

interface DiagnosticsProps {
  diagnostics: readonly Diagnostic[];
  /** What the list is called: "Problems in my rules". */
  label: string;
  onGo?: (diagnostic: Diagnostic) => void;
  onFix?: (diagnostic: Diagnostic) => void;
}

/** Most diagnostics drawn at once; a file with more has them mended in turns. */
const SHOWN = 200;

/** Messages about a rule file, in order of place. */
export function Diagnostics({ diagnostics, label, onGo, onFix }: DiagnosticsProps): JSX.Element {
  return (
    <>
      <ul class="diagnostics" aria-label={label}>
        {diagnostics.slice(0, SHOWN).map((diagnostic) => {
          const place = `Line ${diagnostic.line}, column ${diagnostic.column}`;
          return (
            <li
              key={`${diagnostic.from}:${diagnostic.code}:${diagnostic.message}`}
              class={diagnostic.severity}
            >
              <p class="diagnostic-head">
                <span class="severity">{SEVERITY[diagnostic.severity]}</span>
                {onGo === undefined ? (
                  <span class="place">{place}</span>
                ) : (
                  <button type="button" class="link place" onClick={() => onGo(diagnostic)}>
                    {place}
                  </button>
                )}
              </p>
              <p>
                <Ticked words={diagnostic.message} />
              </p>
              {diagnostic.help === undefined ? null : (
                <p class="hint">
                  <Ticked words={diagnostic.help} />
                </p>
              )}
              {diagnostic.suggestion === undefined || onFix === undefined ? null : (
                <button type="button" class="small" onClick={() => onFix(diagnostic)}>
                  Fix:{" "}
                  {diagnostic.suggestion.replacement === "" ? (
                    "take it out"
                  ) : (
                    <>
                      write <code>{diagnostic.suggestion.replacement}</code>
                    </>
                  )}
                </button>
              )}
            </li>
          );
        })}
      </ul>
      {diagnostics.length > SHOWN ? <p class="hint">And {diagnostics.length - SHOWN} more.</p> : null}
    </>
  );
}
