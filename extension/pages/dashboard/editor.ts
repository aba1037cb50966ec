/** The rule editor: CodeMirror with Diffract's language, checked by the workbench while one types. */
import { completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, toggleComment } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import {
  forEachDiagnostic,
  linter,
  lintGutter,
  type Diagnostic as Mark,
  nextDiagnostic,
  previousDiagnostic,
} from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Annotation, EditorState, Transaction } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import type { Diagnostic } from "../../shared/messages.ts";
import { rulesLanguage, wordsAtCaret } from "./language/support.ts";

/** Milliseconds without a key before the rules are checked. */
const CHECK_DELAY = 250;

interface EditorOptions {
  parent: HTMLElement;
  source: string;
  /** After every change; `typed`: by the reader's own hand, not by {@link RuleEditor.replace}. */
  onChange: (source: string, typed: boolean) => void;
  /** The caret came to another line, from 1. */
  onLine: (line: number) => void;
  onSave: () => void;
  onFormat: () => void;
  /** Says something to those who listen. */
  announce: (words: string) => void;
  /** Checks the source as it stands. */
  check: (source: string) => Promise<readonly Diagnostic[]>;
}

const fromOutside = Annotation.define<boolean>();

/** An open editor. */
export class RuleEditor {
  readonly #view: EditorView;

  constructor({ parent, source, onChange, onLine, onSave, onFormat, announce, check }: EditorOptions) {
    this.#view = new EditorView({
      parent,
      state: EditorState.create({
        doc: source,
        extensions: [
          lineNumbers(),
          lintGutter(),
          history(),
          drawSelection({
            cursorBlinkRate: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 1200,
          }),
          highlightActiveLine(),
          bracketMatching(),
          highlightSelectionMatches(),
          search({ top: true }),
          EditorView.lineWrapping,
          rulesLanguage,
          linter(async (view) => marksOf(view.state, await check(view.state.doc.toString())), {
            delay: CHECK_DELAY,
          }),
          // No Tab key: it leads out of the editor, as everywhere on a page.
          keymap.of([
            {
              key: "Mod-s",
              preventDefault: true,
              run: () => {
                onSave();
                return true;
              },
            },
            { key: "Mod-/", run: toggleComment },
            {
              key: "Shift-Alt-f",
              run: () => {
                onFormat();
                return true;
              },
            },
            {
              key: "Mod-i",
              preventDefault: true,
              run: (view) => {
                void wordsAtCaret(view).then((words) => announce(words ?? "There is nothing to say of this"));
                return true;
              },
            },
            { key: "Mod-.", preventDefault: true, run: fixHere },
            // Not the library's list of problems: its options hold buttons, which screen readers do not reach. Ours is below.
            { key: "F8", run: nextDiagnostic },
            { key: "Shift-F8", run: previousDiagnostic },
            ...completionKeymap,
            ...searchKeymap,
            ...historyKeymap,
            ...defaultKeymap,
          ]),
          EditorView.contentAttributes.of({
            "aria-label": "My rules",
            "aria-describedby": "editor-help",
            spellcheck: "false",
          }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged || update.selectionSet)
              onLine(update.state.doc.lineAt(update.state.selection.main.head).number);
            if (!update.docChanged) return;
            const typed = !update.transactions.some((transaction) => transaction.annotation(fromOutside));
            onChange(update.state.doc.toString(), typed);
          }),
        ],
      }),
    });
  }

  /** What stands in the editor, lines ended by `\n`. */
  get source(): string {
    return this.#view.state.doc.toString();
  }

  /** Puts `source` in the place of what stands there, changing as little as possible; undone by one undo. */
  replace(source: string): void {
    const now = this.source;
    const next = normal(source);
    if (now === next) return;
    let start = 0;
    const shorter = Math.min(now.length, next.length);
    while (start < shorter && now[start] === next[start]) start += 1;
    let end = 0;
    while (end < shorter - start && now[now.length - 1 - end] === next[next.length - 1 - end]) end += 1;
    this.#view.dispatch({
      changes: { from: start, to: now.length - end, insert: next.slice(start, next.length - end) },
      annotations: [fromOutside.of(true), Transaction.userEvent.of("input.replace")],
    });
  }

  /** Applies a diagnostic's suggestion. */
  fix({ from, to, replacement }: NonNullable<Diagnostic["suggestion"]>): void {
    const end = this.#view.state.doc.length;
    this.#view.dispatch({
      changes: { from: Math.min(from, end), to: Math.min(to, end), insert: replacement },
      userEvent: "input.fix",
      scrollIntoView: true,
    });
  }

  /** Selects a piece of the source and takes the focus there. Offsets in UTF-16 code units. */
  select(from: number, to = from): void {
    const end = this.#view.state.doc.length;
    this.#view.dispatch({
      selection: { anchor: Math.min(from, end), head: Math.min(to, end) },
      effects: EditorView.scrollIntoView(Math.min(from, end), { y: "center" }),
    });
    this.#view.focus();
  }

  /** Selects a line, from 1. */
  selectLine(line: number): void {
    const { doc } = this.#view.state;
    const found = doc.line(Math.max(1, Math.min(line, doc.lines)));
    this.select(found.from, found.to);
  }

  /** Measures again, after the editor has been hidden. */
  shown(): void {
    this.#view.requestMeasure();
  }

  close(): void {
    this.#view.destroy();
  }
}

/** A source as the editor holds it: lines ended by `\n`. */
export function normal(source: string): string {
  return source.replace(/\r\n?/gu, "\n");
}

/** Applies the first suggestion on the caret's line. */
function fixHere(view: EditorView): boolean {
  const { head } = view.state.selection.main;
  const line = view.state.doc.lineAt(head);
  let found: { mark: Mark; from: number; to: number } | undefined;
  forEachDiagnostic(view.state, (mark, from, to) => {
    if (found === undefined && from <= line.to && to >= line.from && (mark.actions?.length ?? 0) > 0)
      found = { mark, from, to };
  });
  if (found === undefined) return false;
  found.mark.actions?.[0]?.apply(view, found.from, found.to);
  return true;
}

/** What was found in the source of `state`, as marks. */
function marksOf(state: EditorState, diagnostics: readonly Diagnostic[]): Mark[] {
  const end = state.doc.length;
  return diagnostics.map((diagnostic) => {
    const mark: Mark = {
      from: Math.min(diagnostic.from, end),
      to: Math.min(diagnostic.to, end),
      severity: diagnostic.severity === "hint" ? "info" : diagnostic.severity,
      message:
        diagnostic.help === undefined ? diagnostic.message : `${diagnostic.message}\n${diagnostic.help}`,
    };
    const { suggestion } = diagnostic;
    if (suggestion !== undefined) {
      mark.actions = [
        {
          name: "Fix",
          apply: (view) => {
            // Offsets hold only for the very source that was checked; the next check is on its way.
            if (!view.state.doc.eq(state.doc)) return;
            view.dispatch({
              changes: { from: suggestion.from, to: suggestion.to, insert: suggestion.replacement },
            });
          },
        },
      ];
    }
    return mark;
  });
}
