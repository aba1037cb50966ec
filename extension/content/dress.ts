/** Carries a verdict out on the boxes of one post, and takes it back. */
import type { Verdict } from "../shared/post.ts";
import { innerTokens, type Marks, TOKEN, type Token } from "./marks.ts";
import { type Bar, type Labels, putBar, putLabels } from "./widgets.ts";

/** Milliseconds over which it is counted how often the page throws out what was put beside a post. */
const THROWN_OVER = 1000;
/** So often it is put back; then the post does without. */
const MAX_THROWN = 4;

/** How a post is shown. */
export interface Dress {
  tokens: Token[];
  /** The line in its place. */
  bar: string | null;
  labels: string[];
}

export const BARE: Dress = { tokens: [TOKEN.clear], bar: null, labels: [] };

/**
 * What a verdict means for the page. Pure.
 * @param waiting whether the deadline of an unsure verdict is still running.
 * @param ends whether this post is the one that carries the message of the limit that ended the feed.
 */
export function dressOf(verdict: Verdict, shown: boolean, waiting: boolean, ends: boolean): Dress {
  if (shown) return BARE;
  const tokens: Token[] = [TOKEN.clear];
  const dress: Dress = { tokens, bar: null, labels: verdict.labels };
  if (verdict.highlight) tokens.push(TOKEN.highlight);
  switch (verdict.action) {
    case "hide":
      if (verdict.note !== undefined && ends) {
        tokens.push(TOKEN.fold);
        dress.bar = verdict.note;
      } else tokens.push(TOKEN.hide);
      dress.labels = [];
      return dress;
    case "collapse":
      tokens.push(TOKEN.fold);
      dress.bar = foldedWords(verdict);
      return dress;
    case "replace":
      tokens.push(TOKEN.fold);
      dress.bar = verdict.note ?? foldedWords(verdict);
      return dress;
    case "blur":
      tokens.push(verdict.blur === "all" ? TOKEN.blurAll : TOKEN.blurMedia);
      break;
    case "dim":
      tokens.push(TOKEN.dim);
      break;
    case "show":
    case "keep":
      break;
  }
  if (waiting && verdict.unsure?.show === "veil") return { tokens: [TOKEN.wait], bar: null, labels: [] };
  if (waiting && verdict.unsure?.show === "blur" && verdict.action !== "blur") tokens.push(TOKEN.blurAll);
  return dress;
}

/** Whether a post with this verdict is laid out no more, so that it cannot be read as a person would. */
export const takesAway = ({ action }: Verdict): boolean =>
  action === "hide" || action === "collapse" || action === "replace";

/** Why a post is folded, in one line. */
export function foldedWords(verdict: Verdict): string {
  const reason = verdict.reasons.find((r) => r.effect === verdict.action) ?? verdict.reasons[0];
  const why = reason?.because ?? reason?.evidence[0] ?? reason?.rule;
  return why ? `Folded: ${why.slice(0, 160)}.` : "Folded by your rules.";
}

/** What the shell has put on one post's boxes. */
export class Dressed {
  private bar: Bar | null = null;
  private barWords: string | null = null;
  private labels: Labels | null = null;
  private labelWords = "";
  /** What each box is to say. */
  private readonly wanted = new WeakMap<Element, string>();
  /** Something was ever said of any box. */
  private isMarked = false;
  private thrown = 0;
  private thrownSince = 0;
  /** It waits for its verdict under the veil. */
  veiled = false;

  constructor(private readonly marks: Marks) {}

  /** Puts `dress` on; what is already so is left alone. `open` says that the reader opened the folded post. */
  put(
    item: Element,
    boxes: readonly Element[],
    dress: Dress,
    open: boolean,
    toggled: (open: boolean) => void,
  ): void {
    const first = boxes[0];
    if (first === undefined) return;
    this.veiled = false;
    let { tokens } = dress;
    if (this.bar?.stands() === false || this.labels?.stands() === false) this.countThrown();
    const refused = this.thrown > MAX_THROWN;
    const line = refused ? null : dress.bar;
    if (line === null) this.dropBar();
    else if (this.barWords !== line || !this.bar?.stands()) {
      this.dropBar();
      this.bar = putBar(this.marks, first, line, open, toggled);
      this.barWords = line;
    }
    if (dress.bar !== null && open) tokens = tokens.filter((token) => token !== TOKEN.fold);
    const words = refused ? "" : dress.labels.join("\n");
    if (words !== this.labelWords || this.labels?.stands() === false) {
      this.labels?.remove();
      this.labels = words === "" ? null : putLabels(this.marks, first, dress.labels);
      this.labelWords = words;
    }
    for (const [index, box] of boxes.entries()) {
      // Only the first box carries the line; the others go, and so does a box whose line stands before it or nowhere.
      const whole = tokens.includes(TOKEN.fold) && (index > 0 || this.bar === null || !this.bar.inside);
      this.mark(box, (whole ? [TOKEN.clear, TOKEN.hide] : tokens).join(" "));
    }
    // The veil covers items by themselves, whatever their box.
    if (!boxes.includes(item)) this.mark(item, tokens.includes(TOKEN.wait) ? TOKEN.wait : TOKEN.clear);
  }

  /** The box beside which `dress` would put something that is not there yet; `null` where it would put nothing. */
  site(boxes: readonly Element[], dress: Dress): Element | null {
    const bare = dress.bar === null && dress.labels.length === 0;
    const stands = this.barWords === dress.bar && this.labelWords === dress.labels.join("\n");
    return bare || stands ? null : (boxes[0] ?? null);
  }

  /** Whether the element says what it was last told to, or never was told anything. */
  holds(box: Element): boolean {
    const wanted = this.wanted.get(box);
    if (wanted === undefined) return true;
    const { name, inner } = this.marks;
    return box.getAttribute(name) === wanted && (box.getAttribute(inner) ?? "") === innerTokens(wanted);
  }

  /** Marks an element again whose mark the page took away or changed. */
  restore(box: Element): void {
    const wanted = this.wanted.get(box);
    if (wanted !== undefined) this.mark(box, wanted);
  }

  /** Covers the boxes again, with an animation that starts anew. */
  veil(item: Element, boxes: readonly Element[]): void {
    this.undress();
    this.veiled = true;
    for (const box of new Set([item, ...boxes])) {
      this.mark(box, box.getAttribute(this.marks.name) === TOKEN.veilA ? TOKEN.veilB : TOKEN.veilA);
    }
  }

  /**
   * Lays the boxes out as the page made them, so that they can be read; the function returned puts back what was. Nothing
   * is painted between the two. `null` when nothing is in the way.
   */
  expose(boxes: readonly Element[]): (() => void) | null {
    if (!this.isMarked) return null;
    const { name } = this.marks;
    const covered = boxes.flatMap((box) => {
      const value = box.getAttribute(name);
      return value !== null && /[ch]/.test(value) ? [{ box, value }] : [];
    });
    if (covered.length === 0) return null;
    for (const { box } of covered) setMark(this.marks, box, TOKEN.clear);
    return () => {
      for (const { box, value } of covered) setMark(this.marks, box, value);
    };
  }

  /** Takes away what was put beside the post; the marks stay. */
  undress(): void {
    this.dropBar();
    this.labels?.remove();
    this.labels = null;
    this.labelWords = "";
    this.thrown = 0;
  }

  private countThrown(): void {
    const now = performance.now();
    if (this.thrown <= MAX_THROWN && now - this.thrownSince > THROWN_OVER) {
      this.thrownSince = now;
      this.thrown = 0;
    }
    this.thrown++;
  }

  private dropBar(): void {
    this.bar?.remove();
    this.bar = null;
    this.barWords = null;
  }

  private mark(box: Element, value: string): void {
    this.isMarked = true;
    this.wanted.set(box, value);
    setMark(this.marks, box, value);
  }
}

/** Writes what is to be said, and only where it is not said already. */
function setMark({ name, inner }: Marks, box: Element, value: string): void {
  if (box.getAttribute(name) !== value) box.setAttribute(name, value);
  const within = innerTokens(value);
  if ((box.getAttribute(inner) ?? "") === within) return;
  if (within === "") box.removeAttribute(inner);
  else box.setAttribute(inner, within);
}

/** Leaves no mark on the element. */
export function unmark({ name, inner }: Marks, box: Element): void {
  box.removeAttribute(name);
  box.removeAttribute(inner);
}
