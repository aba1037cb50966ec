/** The rule language for the editor: its grammar, its colours, what can stand at the caret, and what a word means. */
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from "@codemirror/autocomplete";
import { HighlightStyle, LanguageSupport, LRLanguage, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { type EditorView, hoverTooltip, type Tooltip } from "@codemirror/view";
import { styleTags, tags } from "@lezer/highlight";
import { completionsAt, type Description, descriptionAt } from "../../common/workbench.ts";
import { parser } from "./parser.ts";

const language = LRLanguage.define({
  name: "rules",
  parser: parser.configure({
    props: [
      styleTags({
        "Act Blur Label Boost Limit Order Replace By Rule/With Per Then": tags.keyword,
        "Header Let ListFile On At": tags.definitionKeyword,
        "Is In Has Edge Matches To Over Least Known Any All WordWord Compare Predicate/With":
          tags.operatorKeyword,
        "If And Or Not Because While Unsure Shows For": tags.controlKeyword,
        "About Like": tags.propertyName,
        "Field/Word": tags.propertyName,
        "Value/Word Place/Word Place/Number Key/Word Period/Word When/Word Media": tags.atom,
        "Number Percent Unit/Word When/Number": tags.number,
        Text: tags.string,
        Regex: tags.regexp,
        ListName: tags.variableName,
        Comment: tags.lineComment,
      }),
    ],
  }),
  languageData: { commentTokens: { line: "#" } },
});

const colours = HighlightStyle.define([
  { tag: tags.keyword, class: "t-action" },
  { tag: tags.definitionKeyword, class: "t-statement" },
  { tag: [tags.operatorKeyword, tags.controlKeyword], class: "t-joint" },
  { tag: tags.propertyName, class: "t-field" },
  { tag: [tags.string, tags.regexp], class: "t-string" },
  { tag: [tags.number, tags.atom], class: "t-number" },
  { tag: tags.variableName, class: "t-list" },
  { tag: tags.lineComment, class: "t-comment" },
]);

/** How sorts of words are shown in the list of completions. */
const SORTS: Record<string, string> = {
  action: "keyword",
  field: "property",
  model: "function",
  operator: "operator",
  value: "constant",
  list: "variable",
  word: "text",
};

/** Asks what can stand at the caret. Nothing that does not fit is offered; the workbench sees to that. */
async function complete(context: CompletionContext): Promise<CompletionResult | null> {
  const source = context.state.doc.toString();
  let found: Awaited<ReturnType<typeof completionsAt>>;
  try {
    found = await completionsAt(source, context.pos);
  } catch {
    // Said already where rules are checked.
    return null;
  }
  // Unasked, only once something is typed: an empty line is not in need of help.
  if (context.aborted || found.options.length === 0) return null;
  if (!context.explicit && found.from === context.pos && !/[\s,]$/u.test(source.slice(0, context.pos)))
    return null;
  const line = context.state.doc.lineAt(context.pos);
  if (!context.explicit && found.from === context.pos && line.text.trim() === "") return null;
  return {
    from: found.from,
    options: found.options.map((option, index): Completion => {
      const completion: Completion = {
        label: option.label,
        type: SORTS[option.kind] ?? "text",
        // As they are listed: the likely ones first.
        boost: -index / 10,
      };
      if (option.detail !== undefined) completion.detail = option.detail;
      if (option.meaning !== undefined) completion.info = option.meaning;
      return completion;
    }),
    validFor: /^[@\p{L}\p{N}_.-]*$/u,
  };
}

function describe(description: Description): HTMLElement {
  const box = document.createElement("div");
  box.className = "description";
  const form = document.createElement("code");
  form.textContent = description.form;
  const sort = document.createElement("span");
  sort.className = "hint";
  sort.textContent = description.sort;
  const meaning = document.createElement("p");
  meaning.textContent = description.meaning;
  box.append(form, " ", sort, meaning);
  return box;
}

async function describeAt(view: EditorView, at: number): Promise<Tooltip | null> {
  try {
    const found = await descriptionAt(view.state.doc.toString(), at);
    if (found === null) return null;
    const end = view.state.doc.length;
    return {
      pos: Math.min(found.from, end),
      end: Math.min(found.to, end),
      above: true,
      create: () => ({ dom: describe(found) }),
    };
  } catch {
    return null;
  }
}

/** What the word at the caret means, for those who do not point. */
export async function wordsAtCaret(view: EditorView): Promise<string | undefined> {
  const { head } = view.state.selection.main;
  const source = view.state.doc.toString();
  try {
    // At the end of a word, the word before the caret is meant.
    const found =
      (await descriptionAt(source, head)) ?? (head > 0 ? await descriptionAt(source, head - 1) : null);
    return found === null ? undefined : `${found.form}, ${found.sort}: ${found.meaning}`;
  } catch {
    return undefined;
  }
}

/** The language with its colours, completion and hover help. */
export const rulesLanguage: Extension = [
  new LanguageSupport(language),
  syntaxHighlighting(colours),
  autocompletion({ override: [complete], icons: false, activateOnTypingDelay: 60, maxRenderedOptions: 60 }),
  hoverTooltip(describeAt, { hoverTime: 300 }),
];
