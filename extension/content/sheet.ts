/** The shell's style sheet in every root of the page that holds posts: adopted where that works, else an element. */
import { type Marks, sheetText } from "./marks.ts";

export type Root = Document | ShadowRoot;

export class PageSheet {
  private readonly adopted: CSSStyleSheet | null;
  private readonly elements = new Map<Root, HTMLStyleElement>();
  private readonly roots = new Set<Root>();
  private text: string;
  /** How many rules the browser took of it. */
  private rules: number;

  constructor(
    private readonly marks: Marks,
    private readonly veil: readonly string[],
  ) {
    this.text = sheetText(marks, veil, "");
    this.adopted = constructed(this.text);
    this.rules = this.adopted?.cssRules.length ?? 0;
  }

  /** Signs the sheet, once the installation's secret is known. */
  sign(signature: string, veiled: boolean): void {
    this.text = sheetText(this.marks, veiled ? this.veil : [], signature);
    this.fill();
    for (const element of this.elements.values()) element.textContent = this.text;
  }

  /** Puts the sheet into `root`, or back into it where the page took it out. Cheap when it is there. */
  ensure(root: Root): void {
    this.roots.add(root);
    if (this.adopted && this.adopt(root, this.adopted)) return;
    let element = this.elements.get(root);
    if (element === undefined) {
      element = document.createElement("style");
      element.setAttribute(this.marks.own, "");
      element.textContent = this.text;
      this.elements.set(root, element);
    }
    if (!element.isConnected) (root instanceof Document ? root.documentElement : root)?.append(element);
  }

  /** Puts the sheet back wherever the page took it out, and as it was. */
  ensureAll(): void {
    this.mend();
    for (const root of this.roots) {
      if (root instanceof Document || root.host.isConnected) this.ensure(root);
      else this.roots.delete(root);
    }
  }

  /** The page reaches every sheet that it can see: it may switch ours off, or empty it. */
  private mend(): void {
    for (const element of this.elements.values()) {
      if (element.sheet?.disabled) element.sheet.disabled = false;
      if (element.textContent !== this.text) element.textContent = this.text;
    }
    if (this.adopted === null) return;
    try {
      if (this.adopted.disabled) this.adopted.disabled = false;
      if (this.adopted.cssRules.length !== this.rules) this.fill();
    } catch {
      // Adopting does not work here; the elements carry the sheet.
    }
  }

  private fill(): void {
    this.adopted?.replaceSync(this.text);
    this.rules = this.adopted?.cssRules.length ?? 0;
  }

  /** Takes the sheet out everywhere. */
  remove(): void {
    for (const root of this.roots) {
      try {
        if (this.adopted && root.adoptedStyleSheets.includes(this.adopted)) {
          root.adoptedStyleSheets = [...root.adoptedStyleSheets].filter((sheet) => sheet !== this.adopted);
        }
      } catch {
        // Not adopted there.
      }
    }
    for (const element of this.elements.values()) element.remove();
    this.elements.clear();
    this.roots.clear();
  }

  private adopt(root: Root, sheet: CSSStyleSheet): boolean {
    try {
      // Asked with every change of the page, and to ask takes long in Chromium.
      if (root.adoptedStyleSheets.includes(sheet)) return true;
      root.adoptedStyleSheets.push(sheet);
      return root.adoptedStyleSheets.includes(sheet);
    } catch {
      return false;
    }
  }
}

/** A constructed sheet, or `null` where the browser keeps content scripts from them. */
export function constructed(text: string): CSSStyleSheet | null {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  } catch {
    return null;
  }
}
