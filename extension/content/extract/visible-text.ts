/**
 * What a person reads in an element.
 *
 * Platforms break words so that blockers cannot match them: decoy letters that are not painted, letters in another
 * order than they are shown in, letters in style sheets. This walks the flattened tree (shadow roots, slots) and asks
 * the computed style of every element on the way.
 *
 * Everything is judged relative to `root`: what hides `root` itself (our veil, a platform's own hidden tab) does not
 * count. A veil of `opacity` is told apart from decoys perfectly; under an inherited `visibility: hidden` only inline
 * styles can still tell which letters are hidden of themselves.
 *
 * It only reads. Called for many posts in a row without writes between, the page is laid out at most once.
 */

export interface VisibleTextOptions {
  /** Generated content and re-ordering are looked for even where nothing hints at them. */
  robust?: boolean;
  /** Parts to leave out. */
  skip?: readonly Element[];
}

/** Elements whose style is asked per call; what lies beyond is read as plain markup. */
const STYLE_BUDGET = 400;
/** Longest text returned, in UTF-16 code units. */
export const MAX_TEXT = 20_000;
/** Longest `alt` that stands for a picture among letters (emoji, custom emoji), in UTF-16 code units. */
const MAX_EMOJI_ALT = 32;
const MAX_DEPTH = 120;

const UNREAD = new Set([
  "script",
  "style",
  "template",
  "noscript",
  "svg",
  "head",
  "iframe",
  "object",
  "video",
  "audio",
  "canvas",
  "textarea",
  "select",
  "input",
  "meter",
  "progress",
  "math",
  "dialog",
]);
const BLOCKS = new Set([
  "address",
  "article",
  "aside",
  "blockquote",
  "dd",
  "details",
  "div",
  "dl",
  "dt",
  "fieldset",
  "figcaption",
  "figure",
  "footer",
  "form",
  "h1",
  "h2",
  "h3",
  "h4",
  "h5",
  "h6",
  "header",
  "hr",
  "li",
  "main",
  "nav",
  "ol",
  "p",
  "pre",
  "section",
  "summary",
  "table",
  "tr",
  "ul",
]);

/** Stands for the edge of a block until the end: several in a row are one line break. */
const EDGE = "\ue001";
const ELEMENT = 1;
const TEXT = 3;

interface Context {
  view: Window & typeof globalThis;
  robust: boolean;
  skip: readonly Element[];
  budget: number;
  /** `visibility` is inherited as hidden from above `root`. */
  veiled: boolean;
  root: Element;
  /** Whether `root` has boxes at all; asked once, when first needed. */
  laidOut: boolean | undefined;
}

/** A child of a container with the text it shows. */
interface Piece {
  node: Node;
  text: string;
}

/** How children's texts are put together. */
type Flow = "inline" | "row" | "column";

/** Chrome's and Firefox's doors to closed shadow roots, which only content scripts have. */
interface ShadowDoors {
  openOrClosedShadowRoot?: ShadowRoot | null;
}
interface ChromeDom {
  dom?: { openOrClosedShadowRoot?: (element: HTMLElement) => ShadowRoot | null };
}

/** What the shell itself put into the page. */
const OURS = new WeakSet<Element>();

/** From now on nobody reads `element`: it is the shell's own, a label or the line of a folded post. */
export function disown(element: Element): void {
  OURS.add(element);
}

/** The shadow root of an element, open or, where the browser lets a content script see it, closed. */
export function shadowRootOf(element: Element): ShadowRoot | null {
  if (element.shadowRoot) return element.shadowRoot;
  const firefox = (element as Element & ShadowDoors).openOrClosedShadowRoot;
  if (firefox) return firefox;
  const chromium = (globalThis as { chrome?: ChromeDom }).chrome?.dom?.openOrClosedShadowRoot;
  if (!chromium) return null;
  try {
    return chromium(element as HTMLElement);
  } catch {
    // Not an HTML element: it has none.
    return null;
  }
}

/** What a person reads in `root`: blocks on lines of their own, blanks collapsed, at most {@link MAX_TEXT} long. */
export function visibleText(root: Element, options: VisibleTextOptions = {}): string {
  const view = root.ownerDocument.defaultView;
  const only = root.firstChild;
  if (
    !options.robust &&
    root.childElementCount === 0 &&
    !root.localName.includes("-") &&
    root.localName !== "slot"
  ) {
    // Nothing inside could be a decoy.
    return only === null ? "" : tidy(clean(root.textContent.slice(0, MAX_TEXT), keepsLines(root, view)));
  }
  if (!view) return tidy(clean(root.textContent.slice(0, MAX_TEXT), false));
  const context = contextOf(root, view, { ...options, robust: options.robust === true || looksBroken(root) });
  return tidy(children(root, view.getComputedStyle(root), context, null, 0)).slice(0, MAX_TEXT);
}

/** Whether nothing between `element` and `within` (which does not count) keeps `element` from being painted. */
export function isSeen(element: Element, within: Element): boolean {
  const view = element.ownerDocument.defaultView;
  if (!view) return true;
  const c = contextOf(within, view, {});
  for (
    let e: Element | null = element;
    e && e !== within;
    e = e.assignedSlot ?? e.parentElement ?? hostOf(e)
  ) {
    const style = view.getComputedStyle(e);
    if (style.display === "") return true;
    if (isUnpainted(e, style, c)) return false;
    // What an ancestor hides by these, a descendant may show again.
    if (e === element && !c.veiled && style.visibility !== "visible") return false;
    if (e === element && textIsHidden(style) && e.childElementCount === 0) return false;
    const clips = style.overflowX !== "visible" || style.overflowY !== "visible";
    const moved = style.position !== "static" || style.transform !== "none";
    if ((clips || moved) && style.display !== "inline" && style.display !== "contents" && isLaidOut(c)) {
      const rect = e.getBoundingClientRect();
      if (clips && (rect.width <= 1 || rect.height <= 1)) return false;
      if (moved && isOutOfSight(rect, null, style, c)) return false;
    }
  }
  return true;
}

function hostOf(element: Element): Element | null {
  const root = element.getRootNode();
  return root.nodeType === 11 ? (root as ShadowRoot).host : null;
}

function contextOf(root: Element, view: Window & typeof globalThis, options: VisibleTextOptions): Context {
  return {
    view,
    robust: options.robust === true,
    skip: options.skip ?? [],
    budget: STYLE_BUDGET,
    veiled: view.getComputedStyle(root).visibility !== "visible",
    root,
    laidOut: undefined,
  };
}

function keepsLines(element: Element, view: Window | null): boolean {
  return (
    element.textContent.includes("\n") &&
    view !== null &&
    /^(pre|break)/.test(view.getComputedStyle(element).whiteSpace)
  );
}

/** Many tiny or empty elements: letters may be shuffled or generated. */
function looksBroken(root: Element): boolean {
  let tiny = 0;
  let seen = 0;
  for (const e of root.getElementsByTagName("*")) {
    if (++seen > STYLE_BUDGET) break;
    if (e.firstElementChild) continue;
    const length = e.textContent.trim().length;
    if (length === 0 ? e.localName === "span" || e.localName === "i" || e.localName === "b" : length <= 2) {
      if (++tiny >= 3) return true;
    }
  }
  return false;
}

function children(
  element: Element,
  style: CSSStyleDeclaration,
  c: Context,
  clip: DOMRect | null,
  depth: number,
): string {
  if (depth > MAX_DEPTH) return "";
  const shadow = shadowRootOf(element);
  let nodes: Iterable<Node> = shadow ? shadow.childNodes : element.childNodes;
  if (element.localName === "slot") {
    const assigned = (element as HTMLSlotElement).assignedNodes?.() ?? [];
    if (assigned.length > 0) nodes = assigned;
  }
  const flow = flowOf(style);
  const ownTextHidden = textIsHidden(style) || (!c.veiled && style.visibility !== "visible");
  const pre = /^(pre|break)/.test(style.whiteSpace);
  const pieces: Piece[] = [];
  const orders: number[] = [];
  let displaced = false;
  let ordered = style.flexDirection?.endsWith("reverse") === true && flow !== "inline";
  for (const node of nodes) {
    if (node.nodeType === TEXT) {
      if (ownTextHidden) continue;
      const data = (node as Text).data;
      if (flow !== "inline" && data.trim() === "") continue;
      pieces.push({ node, text: clean(data, pre) });
      orders.push(0);
    } else if (node.nodeType === ELEMENT) {
      const child = node as Element;
      if (UNREAD.has(child.localName) || OURS.has(child) || c.skip.includes(child)) continue;
      const childStyle = c.budget > 0 ? c.view.getComputedStyle(child) : null;
      c.budget -= 1;
      const text = elementText(child, childStyle, flow, c, clip, depth + 1);
      if (text === "") continue;
      pieces.push({ node, text });
      const order = childStyle && flow !== "inline" ? Number.parseInt(childStyle.order, 10) || 0 : 0;
      orders.push(order);
      if (order !== 0) ordered = true;
      if (childStyle && isDisplaced(childStyle, flow)) displaced = true;
    }
  }
  let text: string;
  if (pieces.length > 1 && (displaced || ordered || flow === "row") && isLaidOut(c)) {
    text = byPlace(pieces, displaced, ordered ? orders : null, style, flow, c.view);
  } else {
    const sorted = ordered ? byOrder(pieces, orders, style) : pieces;
    text = sorted.map((p) => p.text).join(glue(sorted, flow));
  }
  if (c.robust) text = generated(element, "::before", c) + text + generated(element, "::after", c);
  if (style.direction === "rtl" && style.unicodeBidi.includes("override"))
    text = [...text].reverse().join("");
  return text;
}

function elementText(
  element: Element,
  style: CSSStyleDeclaration | null,
  parentFlow: Flow,
  c: Context,
  clip: DOMRect | null,
  depth: number,
): string {
  const tag = element.localName;
  if (tag === "br") return "\n";
  if (tag === "wbr") return "";
  if (style === null || style.display === "") {
    const plain = tag === "img" ? emoji(element) : element.textContent;
    return BLOCKS.has(tag) ? EDGE + plain + EDGE : clean(plain, false);
  }
  if (isUnpainted(element, style, c)) return "";
  let inner = clip;
  const clips = style.overflowX !== "visible" || style.overflowY !== "visible";
  const moved = style.position !== "static" || style.transform !== "none";
  if ((clips || moved) && style.display !== "inline" && style.display !== "contents" && isLaidOut(c)) {
    const rect = element.getBoundingClientRect();
    if (clips && (rect.width <= 1 || rect.height <= 1)) return "";
    if (moved && isOutOfSight(rect, clip, style, c)) return "";
    if (clips) inner = rect;
  }
  if (tag === "img") return emoji(element);
  const text = children(element, style, c, inner, depth);
  if (text === "" || parentFlow !== "inline" || isBlockified(style)) return text;
  const display = style.display;
  if (display === "table-cell") return `${text} `;
  return display.startsWith("inline") || display === "contents" || display.startsWith("ruby")
    ? text
    : EDGE + text + EDGE;
}

function emoji(image: Element): string {
  const alt = image.getAttribute("alt") ?? "";
  return alt.length <= MAX_EMOJI_ALT ? alt : "";
}

/** Taken out of the line, so that `display: block` says nothing about line breaks. */
function isBlockified(style: CSSStyleDeclaration): boolean {
  return style.position === "absolute" || style.position === "fixed" || style.cssFloat !== "none";
}

function flowOf(style: CSSStyleDeclaration): Flow {
  const display = style.display;
  if (display.endsWith("flex")) return style.flexDirection.startsWith("column") ? "column" : "row";
  return display.endsWith("grid") ? "row" : "inline";
}

/** Nothing of the element and what is in it is painted, whatever its place. */
function isUnpainted(element: Element, style: CSSStyleDeclaration, c: Context): boolean {
  if (style.display === "none" || style.getPropertyValue("content-visibility") === "hidden") return true;
  if (style.visibility !== "visible") {
    if (!c.veiled) {
      // A hidden parent may hold visible children, which say so themselves.
      return !element.firstElementChild || style.visibility === "collapse";
    }
    const own = (element as HTMLElement).style?.visibility;
    if (own === "hidden" || own === "collapse") return true;
  }
  if (Number.parseFloat(style.opacity) < 0.05) return true;
  const clipPath = style.clipPath;
  if (
    clipPath !== "none" &&
    clipPath !== "" &&
    /inset\((?:[5-9]\d|100)(?:\.\d+)?%|(?:circle|ellipse)\(0(?:px|%)?\b/.test(clipPath)
  )
    return true;
  if (style.clip !== "auto" && style.clip !== "" && isEmptyClip(style.clip)) return true;
  if (/opacity\(0(?:\.0\d*)?\)/.test(style.filter)) return true;
  if (/^matrix\(0, 0, 0, /.test(style.transform) || style.scale === "0") return true;
  return false;
}

/** `rect(top, right, bottom, left)` that shows nothing. */
function isEmptyClip(clip: string): boolean {
  const sides = [...clip.matchAll(/-?[\d.]+(?=px)|\bauto\b/g)].map((m) => Number.parseFloat(m[0]));
  if (sides.length !== 4 || sides.some(Number.isNaN)) return false;
  const [top = 0, right = 0, bottom = 0, left = 0] = sides;
  return right - left <= 1 || bottom - top <= 1;
}

/** The element's own letters are not painted, its children's may be. */
function textIsHidden(style: CSSStyleDeclaration): boolean {
  if (Number.parseFloat(style.fontSize) < 2) return true;
  const indent = Number.parseFloat(style.textIndent);
  if (indent <= -100 && style.overflowX !== "visible") return true;
  return isTransparent(style.color) && style.textShadow === "none" && !/text/.test(style.backgroundClip);
}

function isTransparent(color: string): boolean {
  return /^rgba\(.*, 0\)$/.test(color) || /\/ 0\)$/.test(color) || color === "transparent";
}

function isOutOfSight(rect: DOMRect, clip: DOMRect | null, style: CSSStyleDeclaration, c: Context): boolean {
  if (rect.width === 0 && rect.height === 0) return style.overflowX !== "visible";
  if (
    clip &&
    (rect.right <= clip.left || rect.left >= clip.right || rect.bottom <= clip.top || rect.top >= clip.bottom)
  ) {
    return true;
  }
  const view = c.view;
  const home = c.root.getBoundingClientRect();
  const outside = (r: DOMRect) =>
    r.right + view.scrollX <= 0 ||
    r.bottom + view.scrollY <= 0 ||
    r.left > Math.max(view.innerWidth, home.right) + 2000;
  return outside(rect) && !outside(home);
}

/** Moved away from where its place in the source would put it. */
function isDisplaced(style: CSSStyleDeclaration, flow: Flow): boolean {
  const position = style.position;
  if (position === "absolute" || position === "fixed") return true;
  if (position === "relative" && (isOffset(style.left) || isOffset(style.top) || isOffset(style.right)))
    return true;
  if (style.cssFloat === "right") return true;
  if (
    style.transform.startsWith("matrix") &&
    /, -?[1-9][\d.]*, -?[\d.]+\)$|, -?[1-9][\d.]*\)$/.test(style.transform)
  )
    return true;
  if (flow === "row") {
    return (
      (style.gridColumnStart !== "auto" && style.gridColumnStart !== "") ||
      (style.gridRowStart !== "auto" && style.gridRowStart !== "")
    );
  }
  return false;
}

function isOffset(length: string): boolean {
  return Math.abs(Number.parseFloat(length)) >= 1;
}

function isLaidOut(c: Context): boolean {
  if (c.laidOut === undefined) {
    const range = c.root.ownerDocument.createRange();
    range.selectNodeContents(c.root);
    c.laidOut = range.getClientRects().length > 0 || c.root.getClientRects().length > 0;
  }
  return c.laidOut;
}

function byOrder(pieces: Piece[], orders: number[], style: CSSStyleDeclaration): Piece[] {
  const sorted = pieces.map((p, i) => ({ p, o: orders[i] ?? 0 })).sort((a, b) => a.o - b.o);
  if (style.flexDirection.endsWith("reverse")) sorted.reverse();
  return sorted.map((s) => s.p);
}

/** Letters in a row belong together; longer pieces in a row are words of their own. */
function glue(pieces: Piece[], flow: Flow): string {
  if (flow === "inline") return "";
  if (flow === "column") return EDGE;
  return areLetters(pieces) && pieces.length > 2 ? "" : " ";
}

function areLetters(pieces: Piece[]): boolean {
  return pieces.filter((p) => p.text.trim().length <= 2).length * 2 > pieces.length;
}

interface Placed extends Piece {
  rect: DOMRect;
}

/** Pieces as the eye meets them: line by line, in the direction of reading, with a blank where there is a gap. */
function byPlace(
  pieces: Piece[],
  displaced: boolean,
  orders: number[] | null,
  style: CSSStyleDeclaration,
  flow: Flow,
  view: Window & typeof globalThis,
): string {
  const rightToLeft = style.direction === "rtl" && /[\u0590-\u08FF]/.test(pieces.map((p) => p.text).join(""));
  const placed = (orders ? byOrder(pieces, orders, style) : pieces).map(
    (p): Placed => ({ ...p, rect: rectOf(p.node, view) }),
  );
  if (displaced) {
    placed.sort((a, b) => {
      if (sameLine(a.rect, b.rect))
        return rightToLeft ? b.rect.right - a.rect.right : a.rect.left - b.rect.left;
      return a.rect.top - b.rect.top;
    });
  }
  // Letters placed one by one stand further apart than letters of a word do, and yet are one.
  const blank = areLetters(placed) ? 0.75 : 0.15;
  let text = "";
  let last: DOMRect | null = null;
  for (const p of placed) {
    if (last && !text.endsWith("\n")) {
      if (!sameLine(last, p.rect)) text += flow === "inline" && !displaced ? "" : EDGE;
      else {
        const gap = rightToLeft ? last.left - p.rect.right : p.rect.left - last.right;
        if (gap > blank * Math.min(last.height, p.rect.height)) text += " ";
      }
    }
    text += displaced || flow !== "inline" ? p.text.trim() : p.text;
    last = p.rect;
  }
  return text;
}

function rectOf(node: Node, view: Window & typeof globalThis): DOMRect {
  if (node.nodeType === ELEMENT) {
    const element = node as Element;
    if (view.getComputedStyle(element).display !== "contents") return element.getBoundingClientRect();
  }
  const range = (node.ownerDocument as Document).createRange();
  range.selectNodeContents(node);
  return range.getBoundingClientRect();
}

function sameLine(a: DOMRect, b: DOMRect): boolean {
  const overlap = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return overlap > 0.5 * Math.min(a.height, b.height);
}

/** The letters a style sheet puts before or after an element's own. */
function generated(element: Element, which: "::before" | "::after", c: Context): string {
  if (c.budget <= 0) return "";
  const style = c.view.getComputedStyle(element, which);
  const content = style.content;
  if (content === "" || content === "none" || content === "normal") return "";
  if (style.display === "none" || Number.parseFloat(style.opacity) < 0.05 || textIsHidden(style)) return "";
  if (!c.veiled && style.visibility !== "visible") return "";
  let text = "";
  // Firefox says `attr(name)` where Chromium says what the attribute holds.
  for (const m of content.matchAll(/"((?:[^"\\]|\\.)*)"|\battr\(([\w-]+)/g)) {
    if (m[2] !== undefined) text += element.getAttribute(m[2]) ?? "";
    text += (m[1] ?? "").replace(
      /\\(?:([0-9a-f]{1,6})\s?|(.))/gi,
      (_, hex: string | undefined, char: string | undefined) =>
        hex ? String.fromCodePoint(Math.min(Number.parseInt(hex, 16), 0x10ffff)) : (char ?? ""),
    );
  }
  return text;
}

/** A text node's letters: those that show nothing dropped, blanks collapsed (line breaks kept where `pre`). */
function clean(data: string, pre: boolean): string {
  let s = data;
  if (/[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ue000-\uf8ff]/.test(s)) {
    s = s
      .replace(/[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ue000-\uf8ff]/g, "")
      // Joiners mean something in Arabic, Indic and emoji, nothing between these letters.
      .replace(MEANINGLESS_JOINERS, "");
  }
  return pre ? s.replace(/[^\S\n]+/g, " ") : s.replace(/\s+/g, " ");
}

const MEANINGLESS_JOINERS =
  /(?<=[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}])[\u200c\u200d]+(?=[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}])/gu;

/** Edges of blocks become single line breaks; at most one empty line stays. */
function tidy(text: string): string {
  if (!/[\n\ue001]| {2}|^ | $/.test(text)) return text;
  return text
    .replace(/ {2,}/g, " ")
    .replace(/ ?([\n\ue001]) ?/g, "$1")
    .replace(/\ue001*\n\ue001*/g, "\n")
    .replace(/\ue001+/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
