/** The reader by keys. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** What the keys do, for {@link listen}. */
export interface KeyActions {
  /** `1` for the next post, `-1` for the one before. */
  step: (by: 1 | -1) => void;
  /** To the first post, or the last. */
  jump: (to: "first" | "last") => void;
  openOriginal: () => void;
  turn: () => void;
  why: () => void;
  /** Takes what is new. */
  take: () => void;
  help: () => void;
}

const KEYS: [keys: string, what: string][] = [
  ["j, Page Down", "next post"],
  ["k, Page Up", "previous post"],
  ["Home, End", "first and last post"],
  ["o, Enter", "open the original in a new tab"],
  ["x", "show or cover the post"],
  ["w", "why it stands here"],
  ["n", "show what is new"],
  ["?", "this list"],
  ["Esc", "close this list"],
];

/** Carries out what keys ask for, wherever the focus is but where one writes or chooses. Returns how to stop. */
export function listen(actions: KeyActions): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const { target } = event;
    if (document.querySelector("dialog[open]") !== null) return;
    if (target instanceof HTMLElement && target.closest("input:not([type=checkbox]), select, textarea"))
      return;
    const onPost = target instanceof HTMLElement && target.matches("article");
    const done = carryOut(event.key, onPost, actions);
    if (done) event.preventDefault();
  };
  addEventListener("keydown", onKey);
  return () => removeEventListener("keydown", onKey);
}

function carryOut(key: string, onPost: boolean, actions: KeyActions): boolean {
  switch (key) {
    case "j":
      actions.step(1);
      return true;
    case "k":
      actions.step(-1);
      return true;
    // In a feed these keys go from post to post; elsewhere on the page they scroll, as everywhere.
    case "PageDown":
    case "PageUp":
      if (!onPost) return false;
      actions.step(key === "PageDown" ? 1 : -1);
      return true;
    case "Home":
    case "End":
      actions.jump(key === "Home" ? "first" : "last");
      return true;
    case "Enter":
      if (!onPost) return false;
      actions.openOriginal();
      return true;
    case "o":
      actions.openOriginal();
      return true;
    case "x":
      actions.turn();
      return true;
    case "w":
      actions.why();
      return true;
    case "n":
      actions.take();
      return true;
    case "?":
      actions.help();
      return true;
    default:
      return false;
  }
}

/** The list of keys, over the page. */
export function KeyHelp({ open, onClose }: { open: boolean; onClose: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const { current } = dialog;
    if (current === null) return;
    if (open && !current.open) current.showModal();
    if (!open && current.open) current.close();
  }, [open]);
  return (
    <dialog ref={dialog} class="key-help card" aria-labelledby="keys-title" onClose={onClose}>
      <h2 id="keys-title">Keys</h2>
      <dl>
        {KEYS.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              {keys.split(", ").map((key, index) => (
                <span key={key}>
                  {index === 0 ? "" : " "}
                  <kbd>{key}</kbd>
                </span>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={onClose}>
        Close
      </button>
    </dialog>
  );
}
