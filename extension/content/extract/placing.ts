/** The order in which a person meets what stands in a container: flex and grid order, floats, positions. */
import { EDGE } from "./letters.ts";
import { shiftOf } from "./paint.ts";

/** A child of a container with the text it shows. */
export interface Piece {
  node: Node;
  text: string;
}

/** How children's texts are put together. */
export type Flow = "inline" | "row" | "column";

/** Moved away from where its place in the source would put it. */
export function isDisplaced(element: Element, style: CSSStyleDeclaration, flow: Flow): boolean {
  const position = style.position;
  if (position === "absolute" || position === "fixed") return true;
  if (position === "relative" && (isOffset(style.left) || isOffset(style.top) || isOffset(style.right)))
    return true;
  if (style.cssFloat === "right") return true;
  const transform = shiftOf(element, style, "transform");
  if (transform.startsWith("matrix") && /, -?[1-9][\d.]*, -?[\d.]+\)$|, -?[1-9][\d.]*\)$/.test(transform))
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

export function byOrder(pieces: Piece[], orders: number[], style: CSSStyleDeclaration): Piece[] {
  const sorted = pieces.map((p, i) => ({ p, o: orders[i] ?? 0 })).sort((a, b) => a.o - b.o);
  if (style.flexDirection.endsWith("reverse")) sorted.reverse();
  return sorted.map((s) => s.p);
}

/** Letters in a row belong together; longer pieces in a row are words of their own. */
export function glue(pieces: Piece[], flow: Flow): string {
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
export function byPlace(
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
  if (node.nodeType === 1) {
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
