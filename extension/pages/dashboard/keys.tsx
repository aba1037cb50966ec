/** What the keys of the editor do. */
import type { JSX } from "preact";

const isMac = /mac/iu.test(navigator.platform);
const MOD = isMac ? "⌘" : "Ctrl";

const KEYS: readonly (readonly [keys: readonly string[], does: string])[] = [
  [[MOD, "S"], "saves"],
  [["Ctrl", "Space"], "offers what fits at the caret; Enter takes it"],
  [[MOD, "I"], "says what the word at the caret means"],
  [["F8"], "goes to the next problem, with Shift to the one before"],
  [[MOD, "."], "mends the line, where there is a suggestion"],
  [[MOD, "Z"], "undoes; with Shift, or Ctrl+Y, it does again"],
  [[MOD, "F"], "searches and replaces; F3 goes on"],
  [[MOD, "/"], "makes a comment of the line, or a line of the comment"],
  [["Shift", "Alt", "F"], "formats"],
  [["Alt", "↑ ↓"], "moves the line"],
  [["Tab"], "leaves the editor"],
];

/** The list, folded. */
export function Keys(): JSX.Element {
  return (
    <details class="keys">
      <summary>Keys of the editor</summary>
      <dl>
        {KEYS.map(([keys, does]) => (
          <div key={does}>
            <dt>
              {keys.map((key, index) => (
                <span key={key}>
                  {index === 0 ? "" : "+"}
                  <kbd>{key}</kbd>
                </span>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
