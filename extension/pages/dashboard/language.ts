/**
 * Colours for the rule language, word by word. It knows the language's words, not its grammar: that is the
 * engine's, which also finds the errors.
 */
import { HighlightStyle, StreamLanguage, type StringStream, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { tags } from "@lezer/highlight";

const ACTIONS = words("hide collapse blur dim label highlight boost demote keep order limit replace");
const STATEMENTS = words("pack version author licence license homepage description let list on at");
const JOINTS = words(
  "if and or not is in has any all word words starts ends with matches links to known because while unsure then per by about like everywhere",
);

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(" "));
}

interface LineState {
  /** The word before was `matches`, so that `/` begins a pattern. */
  pattern: boolean;
  /** Nothing has stood on this line yet. */
  first: boolean;
}

function token(stream: StringStream, state: LineState): string | null {
  if (stream.sol()) {
    state.first = true;
    state.pattern = false;
  }
  if (stream.eatSpace()) return null;
  const first = state.first;
  state.first = false;
  if (stream.match(/^#.*/u)) return "comment";
  if (stream.match(/^"(?:[^"\\]|\\.)*"?/u)) return "string";
  if (state.pattern && stream.match(/^\/(?:[^/\\]|\\.)*\/?[a-z]*/u)) {
    state.pattern = false;
    return "regexp";
  }
  if (stream.match(/^@[\p{L}\p{N}_.-]+/u)) return "variableName";
  if (stream.match(/^\d[\d,.:]*(?:%|[a-z]+\b)?/u)) return "number";
  const found = stream.match(/^[\p{L}_][\p{L}\p{N}_.-]*/u);
  if (found === null || typeof found === "boolean") {
    stream.next();
    // After a schedule (`at 22:00-07:00:`) the action still comes.
    if (stream.string[stream.pos - 1] === ":") state.first = true;
    return null;
  }
  const word = found[0] ?? "";
  state.pattern = word === "matches";
  if (first && STATEMENTS.has(word)) return "definitionKeyword";
  if (first && ACTIONS.has(word)) return "keyword";
  return JOINTS.has(word) ? "operatorKeyword" : "name";
}

const language = StreamLanguage.define<LineState>({
  name: "rules",
  startState: () => ({ pattern: false, first: true }),
  copyState: (state) => ({ ...state }),
  token,
  languageData: { commentTokens: { line: "#" } },
});

const colours = HighlightStyle.define([
  { tag: tags.keyword, class: "t-action" },
  { tag: tags.definitionKeyword, class: "t-statement" },
  { tag: tags.operatorKeyword, class: "t-joint" },
  { tag: tags.string, class: "t-string" },
  { tag: tags.regexp, class: "t-string" },
  { tag: tags.number, class: "t-number" },
  { tag: tags.variableName, class: "t-list" },
  { tag: tags.comment, class: "t-comment" },
]);

/** The language with its colours. */
export const rulesLanguage: Extension = [language, syntaxHighlighting(colours)];
