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

import { clean, cut, EDGE, MAX_TEXT, plainText, tidy, UNREAD } from "./letters.ts";
import { isBox, isOutOfFlow, lightIn, shiftOf, textIsHidden } from "./paint.ts";
import { byOrder, byPlace, type Flow, glue, isDisplaced, type Piece } from "./placing.ts";

export interface VisibleTextOptions {
  /** Generated content and re-ordering are looked for even where nothing hints at them. */
  robust?: boolean;
  /** Parts to leave out. */
  skip?: readonly Element[];
}

/** Elements whose style is asked per call; what lies beyond is read as plain markup. */
const STYLE_BUDGET = 3000;
/** Elements that are looked at for hints of broken words. */
const HINT_BUDGET = 1000;
/** Longest `alt` that stands for a picture among letters (emoji, custom emoji), in UTF-16 code units. */
const MAX_EMOJI_ALT = 32;
const MAX_DEPTH = 120;

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

const ELEMENT = 1;
const TEXT = 3;

interface Context {
  view: Window & typeof globalThis;
  robust: boolean;
  skip: readonly Element[];
  budget: number;
  /** Letters that may still be collected. */
  room: number;
  /** `visibility` is inherited as hidden from above `root`. */
  veiled: boolean;
  root: Element;
  /** Whether `root` has boxes at all; asked once, when first needed. */
  laidOut: boolean | undefined;
}

/** What comes down to an element from those around it, `root` not included. */
interface Sight {
  /** The box that clips it. */
  clip: DOMRect | null;
  /** Share of its colour that is left, from 0 to 1. */
  light: number;
  /** The element around it stands out of sight; its children may have been moved back. */
  outside: boolean;
}

const PLAIN_SIGHT: Sight = { clip: null, light: 1, outside: false };

/** Chrome's and Firefox's doors to closed shadow roots, which only content scripts have. */
interface ShadowDoors {
  openOrClosedShadowRoot?: ShadowRoot | null;
}
interface ChromeDom {
  dom?: { openOrClosedShadowRoot?: (element: HTMLElement) => ShadowRoot | null };
}

/** What the shell itself put into the page. */
const OURS = new WeakSet<Element>();

/** From now on nobody reads `element`, or looks into it: it is the shell's own, a label or the line of a folded post. */
export function disown(element: Element): void {
  OURS.add(element);
}

/** Elements beside custom ones that may hold a shadow root, by the DOM standard. */
const MAY_HOST = new Set([
  "article",
  "aside",
  "blockquote",
  "body",
  "div",
  "footer",
  "h1",
  "h2",
  "h3",
  "h4",
  "h5",
  "h6",
  "header",
  "main",
  "nav",
  "p",
  "section",
  "span",
]);

/** A selector of them. */
export const PLAIN_HOSTS = [...MAY_HOST].join(",");

/** Whether an element can have a shadow root. */
export function mayHost({ localName }: Element): boolean {
  return MAY_HOST.has(localName) || localName.includes("-");
}

/** The way into closed shadow roots, looked up once: in Chromium each way through the extension's API takes long. */
let door: ((element: Element) => ShadowRoot | null) | undefined;

function doorOfThisBrowser(): (element: Element) => ShadowRoot | null {
  if ("openOrClosedShadowRoot" in Element.prototype)
    return (element) => (element as Element & ShadowDoors).openOrClosedShadowRoot ?? null;
  const chromium = (globalThis as { chrome?: ChromeDom }).chrome?.dom?.openOrClosedShadowRoot;
  if (!chromium) return () => null;
  return (element) => {
    try {
      return chromium(element as HTMLElement);
    } catch {
      // Not an HTML element: it has none.
      return null;
    }
  };
}

/** The shadow root of an element, open or, where the browser lets a content script see it, closed. */
export function shadowRootOf(element: Element): ShadowRoot | null {
  // The browser's own answer takes long, and most elements are links, pictures and buttons.
  if (!mayHost(element) || OURS.has(element)) return null;
  door ??= doorOfThisBrowser();
  return element.shadowRoot ?? door(element);
}

/** What a person reads in `root`: blocks on lines of their own, blanks collapsed, at most {@link MAX_TEXT} long. */
export function visibleText(root: Element, options: VisibleTextOptions = {}): string {
  if (!options.robust && root.childElementCount === 0) {
    const tag = root.localName;
    if (!tag.includes("-") && tag !== "slot") {
      // Nothing inside could be a decoy.
      const text = root.textContent;
      return text === "" ? "" : cut(tidy(clean(text, keepsLines(root, text))), MAX_TEXT);
    }
  }
  const view = root.ownerDocument.defaultView;
  if (!view) return cut(tidy(plainText(root)), MAX_TEXT);
  const context = contextOf(root, view, { ...options, robust: options.robust === true || looksBroken(root) });
  return cut(tidy(children(root, view.getComputedStyle(root), context, PLAIN_SIGHT, 0)), MAX_TEXT);
}

/** Whether nothing between `element` and `within` (which does not count) keeps `element` from being painted. */
export function isSeen(element: Element, within: Element): boolean {
  const view = element.ownerDocument.defaultView;
  if (!view) return true;
  const c = contextOf(within, view, {});
  let light = 1;
  let inner: Element | null = null;
  for (
    let e: Element | null = element;
    e && e !== within;
    inner = e, e = e.assignedSlot ?? e.parentElement ?? hostOf(e)
  ) {
    const style = view.getComputedStyle(e);
    if (style.display === "") return true;
    if (inner && isFoldedAway(inner, e)) return false;
    light = isInvisible(e, style, c) ? 0 : lightIn(e, style, light);
    if (light === 0) return false;
    // What an ancestor hides by these, a descendant may show again.
    if (e === element && !c.veiled && style.visibility !== "visible") return false;
    if (e === element && e.childElementCount === 0 && textIsHidden(e, style)) return false;
    if (style.display !== "contents" && needsPlace(e, style) && isLaidOut(c)) {
      const rect = e.getBoundingClientRect();
      if (isBox(style) && clips(style) && (rect.width <= 1 || rect.height <= 1)) return false;
      if ((e === element || isBox(style)) && isOutOfSight(rect, null, style, c)) return false;
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
    room: MAX_TEXT,
    veiled: view.getComputedStyle(root).visibility !== "visible",
    root,
    laidOut: undefined,
  };
}

function keepsLines(element: Element, text: string): boolean {
  const view = text.includes("\n") ? element.ownerDocument.defaultView : null;
  return view !== null && /^(pre|break)/.test(view.getComputedStyle(element).whiteSpace);
}

/** Many tiny or empty elements: letters may be shuffled or generated. */
function looksBroken(root: Element): boolean {
  let tiny = 0;
  let seen = 0;
  for (const e of root.getElementsByTagName("*")) {
    if (++seen > HINT_BUDGET) break;
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
  sight: Sight,
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
  let ownTextHidden: boolean | undefined;
  const pre = /^(pre|break)/.test(style.whiteSpace);
  const pieces: Piece[] = [];
  const orders: number[] = [];
  let displaced = false;
  let ordered = style.flexDirection?.endsWith("reverse") === true && flow !== "inline";
  for (const node of nodes) {
    if (c.room <= 0) break;
    if (node.nodeType === TEXT) {
      const data = (node as Text).data;
      if (data === "" || (flow !== "inline" && data.trim() === "")) continue;
      ownTextHidden ??=
        sight.outside ||
        (!c.veiled && style.visibility !== "visible") ||
        (element.localName === "details" && !element.hasAttribute("open")) ||
        textIsHidden(element, style, sight.light);
      if (ownTextHidden) continue;
      const text = clean(data, pre, c.room);
      c.room -= text.length;
      pieces.push({ node, text });
      orders.push(0);
    } else if (node.nodeType === ELEMENT) {
      const child = node as Element;
      if (UNREAD.has(child.localName) || OURS.has(child) || c.skip.includes(child)) continue;
      if (isFoldedAway(child, element)) continue;
      const childStyle = c.budget > 0 ? c.view.getComputedStyle(child) : null;
      c.budget -= 1;
      const text = elementText(child, childStyle, flow, c, sight, depth + 1);
      if (text === "") continue;
      pieces.push({ node, text });
      const order = childStyle && flow !== "inline" ? Number.parseInt(childStyle.order, 10) || 0 : 0;
      orders.push(order);
      if (order !== 0) ordered = true;
      if (childStyle && isDisplaced(child, childStyle, flow)) displaced = true;
    }
  }
  let text: string;
  if (pieces.length > 1 && (displaced || ordered || flow === "row") && isLaidOut(c)) {
    text = byPlace(pieces, displaced, ordered ? orders : null, style, flow, c.view);
  } else {
    const sorted = ordered ? byOrder(pieces, orders, style) : pieces;
    text = sorted.map((p) => p.text).join(glue(sorted, flow));
  }
  if ((c.robust || mayBeCompleted(element)) && !sight.outside)
    text = generated(element, "::before", c) + text + generated(element, "::after", c);
  if (style.direction === "rtl" && style.unicodeBidi.includes("override"))
    text = [...text].reverse().join("");
  return text;
}

/** A part of a word so small that a style sheet may hold the rest of it. */
function mayBeCompleted(element: Element): boolean {
  const only = element.firstChild;
  if (only === null) return /^(?:span|i|b|em|strong|u|s|small|font|bdi)$/.test(element.localName);
  return (
    only.nodeType === TEXT && only.nextSibling === null && /^\s*\p{L}{1,2}\s*$/u.test((only as Text).data)
  );
}

/** A closed `<details>` shows its first `<summary>` only. */
function isFoldedAway(child: Element, parent: Element): boolean {
  if (parent.localName !== "details" || parent.hasAttribute("open")) return false;
  return child !== parent.querySelector(":scope > summary");
}

function elementText(
  element: Element,
  style: CSSStyleDeclaration | null,
  parentFlow: Flow,
  c: Context,
  sight: Sight,
  depth: number,
): string {
  const tag = element.localName;
  if (tag === "br") return sight.outside ? "" : "\n";
  if (tag === "wbr") return "";
  if (style === null || style.display === "") {
    const plain = tag === "img" ? emoji(element) : plainText(element, c.room);
    c.room -= plain.length;
    return BLOCKS.has(tag) ? EDGE + plain + EDGE : plain;
  }
  if (isInvisible(element, style, c)) return "";
  const light = lightIn(element, style, sight.light);
  if (light === 0) return "";
  let { clip, outside } = sight;
  if (style.display !== "contents" && (outside || needsPlace(element, style)) && isLaidOut(c)) {
    const rect = element.getBoundingClientRect();
    const clipped = isBox(style) && clips(style);
    if (clipped && (rect.width <= 1 || rect.height <= 1)) return "";
    outside = isOutOfSight(rect, clip, style, c);
    if (outside && (clipped || element.firstElementChild === null)) return "";
    if (clipped) clip = rect;
  }
  if (tag === "img") return outside ? "" : emoji(element);
  const inner =
    clip === sight.clip && light === sight.light && outside === sight.outside
      ? sight
      : { clip, light, outside };
  const text = children(element, style, c, inner, depth);
  if (text === "" || parentFlow !== "inline" || isBlockified(style)) return text;
  const display = style.display;
  if (display === "table-cell") return `${text} `;
  return display.startsWith("inline") || display === "contents" || display.startsWith("ruby")
    ? text
    : EDGE + text + EDGE;
}

function clips(style: CSSStyleDeclaration): boolean {
  return style.overflowX !== "visible" || style.overflowY !== "visible";
}

/** Whether only its place can tell if an element is seen. */
function needsPlace(element: Element, style: CSSStyleDeclaration): boolean {
  if (style.position !== "static" || isFar(style.marginLeft) || isFar(style.marginTop)) return true;
  if (!isBox(style)) return false;
  if (clips(style) || shiftOf(element, style, "transform") !== "none") return true;
  const translate = shiftOf(element, style, "translate");
  return translate !== "none" && translate !== "";
}

/** A margin that takes an element further away than any design needs. */
function isFar(margin: string): boolean {
  return margin.startsWith("-") && Number.parseFloat(margin) < -200;
}

function emoji(image: Element): string {
  const alt = image.getAttribute("alt") ?? "";
  return alt.length <= MAX_EMOJI_ALT ? alt : "";
}

/** Taken out of the line, so that `display: block` says nothing about line breaks. */
function isBlockified(style: CSSStyleDeclaration): boolean {
  return isOutOfFlow(style) || style.cssFloat !== "none";
}

function flowOf(style: CSSStyleDeclaration): Flow {
  const display = style.display;
  if (display.endsWith("flex")) return style.flexDirection.startsWith("column") ? "column" : "row";
  return display.endsWith("grid") ? "row" : "inline";
}

/** `visibility` hides the element and what is in it. */
function isInvisible(element: Element, style: CSSStyleDeclaration, c: Context): boolean {
  if (style.visibility === "visible") return false;
  if (!c.veiled) {
    // A hidden parent may hold visible children, which say so themselves.
    return (
      (!element.firstElementChild && element.localName !== "slot" && !shadowRootOf(element)) ||
      style.visibility === "collapse"
    );
  }
  const own = (element as HTMLElement).style?.visibility;
  return own === "hidden" || own === "collapse";
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

function isLaidOut(c: Context): boolean {
  if (c.laidOut === undefined) {
    const range = c.root.ownerDocument.createRange();
    range.selectNodeContents(c.root);
    c.laidOut = range.getClientRects().length > 0 || c.root.getClientRects().length > 0;
  }
  return c.laidOut;
}

/** The letters a style sheet puts before or after an element's own. */
function generated(element: Element, which: "::before" | "::after", c: Context): string {
  if (c.budget <= 0) return "";
  const style = c.view.getComputedStyle(element, which);
  const content = style.content;
  if (content === "" || content === "none" || content === "normal") return "";
  if (style.display === "none" || Number.parseFloat(style.opacity) < 0.05 || textIsHidden(element, style))
    return "";
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
  text = clean(text, false, c.room);
  c.room -= text.length;
  return text;
}
