/**
 * The few things the shell puts into the page: the line in place of a folded post, and labels. Each lives in a closed
 * shadow root, so that the page's styles stay out and the page's scripts do not read it.
 */
import { disown } from "./extract/index.ts";
import type { Marks } from "./marks.ts";
import { constructed } from "./sheet.ts";

const STYLE = `
:host { all: initial; display: block; }
.row { font: 14px/1.4 system-ui, sans-serif; color: #444; display: flex; gap: 8px; align-items: center; margin: 4px 8px; }
.row.dark { color: #bbb; }
button { font: inherit; color: inherit; text-align: start; cursor: pointer; width: 100%; min-height: 32px;
  padding: 5px 10px; border: 1px solid #8888; border-radius: 8px; background: #8881; }
button:hover { background: #8883; }
button:focus-visible { outline: 2px solid #3b82f6; outline-offset: 1px; }
.verb { text-decoration: underline; text-underline-offset: 2px; }
.pill { padding: 1px 9px; border-radius: 99px; background: #8883; border: 1px solid #8886; font-size: 12px; }
`;

let style: CSSStyleSheet | null | undefined;
/** A root that was asked has taken the sheet: so do others, and to ask takes Chromium a tenth of a millisecond. */
let adopted = false;

function styleInto(root: ShadowRoot): void {
  style ??= constructed(STYLE);
  if (style) {
    try {
      root.adoptedStyleSheets.push(style);
      adopted ||= root.adoptedStyleSheets.includes(style);
      if (adopted) return;
    } catch {
      // Fall through.
    }
  }
  const element = document.createElement("style");
  element.textContent = STYLE;
  root.append(element);
}

/** What a line or label takes from the page around it. */
interface Surroundings {
  dark: boolean;
  /** The box lays its children out beside each other. */
  inRow: boolean;
}

/** What is known of the page around boxes until the batch is over; see {@link foresee}. */
let foreseen: Map<Element, Surroundings> | null = null;
/** By element, whether what stands on it stands on dark: boxes of one batch mostly have all but themselves around them in common. */
type Darkness = Map<Element, boolean>;

/**
 * Looks at the page around `boxes` before `write` puts lines and labels there: asked between two writes, the page's
 * styles would be computed anew for each.
 */
export function foresee(boxes: Iterable<Element>, write: () => void): void {
  foreseen = new Map();
  try {
    const darkness: Darkness = new Map();
    for (const box of boxes) foreseen.set(box, lookAround(box, darkness));
    write();
  } finally {
    foreseen = null;
  }
}

function lookAround(box: Element, darkness: Darkness = new Map()): Surroundings {
  const { display, flexDirection } = getComputedStyle(box);
  const inRow = (display.includes("flex") && !flexDirection.startsWith("column")) || display.includes("grid");
  return { dark: isDark(box, darkness), inRow };
}

const around = (box: Element): Surroundings => foreseen?.get(box) ?? lookAround(box);

/** Whether what stands on `from` stands on dark, by the first background around it that is not see-through. */
function isDark(from: Element, darkness: Darkness): boolean {
  const passed: Element[] = [];
  let dark: boolean | undefined;
  for (let node: Element | null = from; node && dark === undefined; node = node.parentElement) {
    dark = darkness.get(node) ?? ownDarkness(node);
    passed.push(node);
  }
  dark ??=
    matchMedia("(prefers-color-scheme: dark)").matches &&
    getComputedStyle(document.documentElement).colorScheme.includes("dark");
  for (const node of passed) darkness.set(node, dark);
  return dark;
}

/** Whether the element's own background is dark; `undefined` where it can be seen through. */
function ownDarkness(element: Element): boolean | undefined {
  const found = /^rgba?\((\d+)[, ]+(\d+)[, ]+(\d+)(?:[,/ ]+([\d.]+))?/.exec(
    getComputedStyle(element).backgroundColor,
  );
  if (!found || Number(found[4] ?? 1) < 0.5) return undefined;
  return Number(found[1]) * 0.3 + Number(found[2]) * 0.59 + Number(found[3]) * 0.11 < 128;
}

/** What a reader does with a line or label, which the page is not told of. */
const OURS_ALONE = [
  "click",
  "dblclick",
  "auxclick",
  "mousedown",
  "mouseup",
  "pointerdown",
  "pointerup",
  "keydown",
  "keyup",
  "keypress",
  "touchstart",
  "touchend",
];
const keep = (event: Event): void => event.stopPropagation();

/** A host element with its inner row. What happens in it is not told to the page. */
function frame(marks: Marks, box: Element): { host: HTMLElement; row: HTMLElement } {
  const host = document.createElement("div");
  host.setAttribute(marks.own, "");
  disown(host);
  for (const name of OURS_ALONE) host.addEventListener(name, keep);
  const root = host.attachShadow({ mode: "closed" });
  styleInto(root);
  const row = document.createElement("div");
  row.className = around(box).dark ? "row dark" : "row";
  root.append(row);
  return { host, row };
}

/** Whether children of `box` are laid out by a shadow tree of its own, where a stranger's child may not show. */
function hasShadow(box: Element): boolean {
  return box.shadowRoot !== null || box.localName.includes("-");
}

/** Puts `host` at the place of `box`: inside it, in the form its parent takes; before it where that cannot show. */
function place(host: HTMLElement, box: Element, marks: Marks, where: "first" | "last"): HTMLElement {
  if (hasShadow(box)) {
    box.before(host);
    return host;
  }
  let outer = host;
  if (box.localName === "tr") {
    outer = document.createElement("td");
    outer.setAttribute("colspan", "99");
    outer.setAttribute(marks.own, "");
    outer.append(host);
  }
  if (where === "first") box.prepend(outer);
  else box.append(outer);
  return outer;
}

/** The line in place of a post. */
export interface Bar {
  /** Whether it stands inside the box; if not, the box must be hidden as a whole. */
  inside: boolean;
  /** False where the page threw it out. */
  stands(): boolean;
  remove(): void;
}

/** Labels above a post. */
export type Labels = Omit<Bar, "inside">;

/**
 * Puts a line that says `words` in place of the post; its button opens and closes it.
 * @param toggled called with the new state.
 */
export function putBar(
  marks: Marks,
  box: Element,
  words: string,
  open: boolean,
  toggled: (open: boolean) => void,
): Bar {
  const { host, row } = frame(marks, box);
  const button = document.createElement("button");
  button.type = "button";
  const said = document.createElement("span");
  said.textContent = `${words} `;
  const verb = document.createElement("span");
  verb.className = "verb";
  button.append(said, verb);
  row.append(button);
  let isOpen = open;
  const show = () => {
    button.setAttribute("aria-expanded", String(isOpen));
    verb.textContent = isOpen ? "Fold again" : "Show";
  };
  show();
  button.addEventListener("click", () => {
    isOpen = !isOpen;
    show();
    toggled(isOpen);
  });
  const outer = place(host, box, marks, "last");
  return { inside: !hasShadow(box), stands: () => outer.isConnected, remove: () => outer.remove() };
}

/** Puts labels above the post. */
export function putLabels(marks: Marks, box: Element, labels: readonly string[]): Labels {
  const { host, row } = frame(marks, box);
  for (const label of labels.slice(0, 8)) {
    const pill = document.createElement("span");
    pill.className = "pill";
    pill.textContent = label.slice(0, 80);
    row.append(pill);
  }
  if (around(box).inRow && !hasShadow(box) && box instanceof HTMLElement) {
    // In a row it would squeeze the post: laid over the corner instead.
    host.style.setProperty("position", "absolute", "important");
    host.style.setProperty("inset", "0 0 auto auto", "important");
    host.style.setProperty("z-index", "1", "important");
  }
  const outer = place(host, box, marks, "first");
  return { stands: () => outer.isConnected, remove: () => outer.remove() };
}
