/**
 * What a style keeps from being painted. A property counts only where CSS applies it: a line of text is an inline box,
 * which no transform scales, no `clip` cuts and no `text-indent` moves.
 */

/** Less than this share of a letter's colour is not seen. */
const FAINT = 0.05;
/** Letters smaller than this are not read, in CSS pixels. */
const TINY = 2;

/** Whether `style` makes a box that transforms, sizes and containment apply to. */
export function isBox(style: CSSStyleDeclaration): boolean {
  const display = style.display;
  return display !== "inline" && display !== "contents" && !display.startsWith("ruby");
}

/**
 * What of `light` (the share of colour that came down from above, from 0 to 1) the element leaves to what is in it; 0:
 * nothing of it is painted, whatever its place. `visibility`, which children may lift again, is not looked at.
 */
export function lightIn(element: Element, style: CSSStyleDeclaration, light: number): number {
  const display = style.display;
  if (display === "none") return 0;
  if (display === "contents") return light;
  const opacity = Number.parseFloat(style.opacity);
  const rest = opacity < 1 ? light * opacity : light;
  if (rest < FAINT) return 0;
  const clipPath = style.clipPath;
  if (clipPath !== "none" && clipPath !== "" && isEmptyShape(clipPath, element)) return 0;
  const filter = style.filter;
  if (filter !== "none" && /opacity\(0(?:\.0\d*)?\)/.test(filter)) return 0;
  if (isMaskedOut(style)) return 0;
  if (style.clip !== "auto" && style.clip !== "" && isOutOfFlow(style) && isEmptyClip(style.clip)) return 0;
  if (!isBox(style)) return rest;
  if (style.getPropertyValue("content-visibility") === "hidden") return 0;
  const transform = shiftOf(element, style, "transform");
  if (transform !== "none" && transform !== "" && isFlattened(transform)) return 0;
  const scale = style.scale;
  if (scale !== "none" && scale !== "" && scale !== undefined && isScaledAway(scale)) return 0;
  return rest;
}

/**
 * The computed `transform` or `translate`. Chromium lays the whole page out to resolve one; that there is none, as almost
 * everywhere, it tells without.
 */
export function shiftOf(
  element: Element,
  style: CSSStyleDeclaration,
  property: "transform" | "translate",
): string {
  if (typeof element.computedStyleMap === "function") {
    if (element.computedStyleMap().get(property)?.toString() === "none") return "none";
  }
  return style[property];
}

export function isOutOfFlow(style: CSSStyleDeclaration): boolean {
  return style.position === "absolute" || style.position === "fixed";
}

/** The element's own letters are not painted, its children's may be. `light`: see {@link lightIn}. */
export function textIsHidden(element: Element, style: CSSStyleDeclaration, light = 1): boolean {
  if (Number.parseFloat(style.fontSize) < TINY && letterHeight(element) < TINY) return true;
  const indent = style.textIndent;
  if (indent !== "0px" && style.overflowX !== "visible" && isBox(style) && isIndentedAway(element, indent))
    return true;
  const fill = style.webkitTextFillColor || style.color;
  return (
    alphaOf(fill) * light < FAINT &&
    style.textShadow === "none" &&
    !/text/.test(style.backgroundClip) &&
    !(Number.parseFloat(style.webkitTextStrokeWidth) > 0 && alphaOf(style.webkitTextStrokeColor) >= FAINT)
  );
}

/** The alpha of a computed colour, from 0 to 1. */
export function alphaOf(color: string): number {
  if (color.startsWith("rgb(")) return 1;
  if (color === "transparent") return 0;
  const alpha = /(?:\/\s*|^rgba\([^,]*,[^,]*,[^,]*,\s*)([\d.e-]+)(%?)\s*\)$/.exec(color);
  if (!alpha) return 1;
  return Number(alpha[1]) / (alpha[2] === "%" ? 100 : 1);
}

/** What zooms and transforms make of a small font, in CSS pixels; 0 where nothing is laid out. */
function letterHeight(element: Element): number {
  const range = element.ownerDocument.createRange();
  for (const node of element.childNodes) {
    if (node.nodeType !== 3 || (node as Text).data.trim() === "") continue;
    range.selectNodeContents(node);
    return range.getClientRects()[0]?.height ?? 0;
  }
  return 0;
}

/** `text-indent` that moves a line out of the box that clips it. */
function isIndentedAway(element: Element, indent: string): boolean {
  const amount = Number.parseFloat(indent);
  const far = indent.endsWith("%") ? Math.abs(amount) >= 100 : Math.abs(amount) >= 50;
  if (!far) return false;
  const box = element.getBoundingClientRect();
  const range = element.ownerDocument.createRange();
  range.selectNodeContents(element);
  const lines = range.getClientRects();
  if (lines.length === 0) return amount <= -100;
  for (const line of lines)
    if (line.right > box.left && line.left < box.right && line.width > 0) return false;
  return true;
}

/** `rect(top, right, bottom, left)` that shows nothing. */
function isEmptyClip(clip: string): boolean {
  const sides = [...clip.matchAll(/-?[\d.]+(?=px)|\bauto\b/g)].map((m) => Number.parseFloat(m[0]));
  if (sides.length !== 4 || sides.some(Number.isNaN)) return false;
  const [top = 0, right = 0, bottom = 0, left = 0] = sides;
  return right - left <= 1 || bottom - top <= 1;
}

/** A `clip-path` of no area. */
function isEmptyShape(path: string, element: Element): boolean {
  if (/^(?:circle|ellipse)\((?:0(?:px|%)?\b|[^)]*\s0(?:px|%)?\s+at\b)/.test(path)) return true;
  const inset = /^inset\(([^)]*)\)/.exec(path);
  if (inset) {
    const sides = (inset[1] ?? "")
      .replace(/\bround\b.*/, "")
      .trim()
      .split(/\s+/);
    const [top = "", right = top, bottom = top, left = right] = sides;
    const height = (length: string) => sideOf(length, () => element.getBoundingClientRect().height);
    const width = (length: string) => sideOf(length, () => element.getBoundingClientRect().width);
    return height(top) + height(bottom) >= 0.99 || width(left) + width(right) >= 0.99;
  }
  const polygon = /^polygon\((?:\w+,)?(.*)\)/.exec(path);
  if (polygon) {
    const points = (polygon[1] ?? "").split(",").map((p) => p.trim().split(/\s+/));
    const [x, y] = points[0] ?? [];
    return points.every((p) => p[0] === x) || points.every((p) => p[1] === y);
  }
  return false;
}

/** An inset as a share of the side that it takes from. */
function sideOf(length: string, side: () => number): number {
  const n = Number.parseFloat(length);
  if (Number.isNaN(n) || n === 0) return 0;
  if (length.endsWith("%")) return n / 100;
  const whole = side();
  return whole > 0 && length.endsWith("px") ? n / whole : 0;
}

/** A transform that leaves hardly anything of an area, by size or by turning it on edge. */
function isFlattened(transform: string): boolean {
  const numbers = transform.match(/-?[\d.]+(?:e-?\d+)?/g)?.map(Number) ?? [];
  // `matrix3d` has a 3 in its name.
  const three = transform.startsWith("matrix3d");
  const [a, b, c, d] = three
    ? [numbers[1], numbers[2], numbers[5], numbers[6]]
    : [numbers[0], numbers[1], numbers[2], numbers[3]];
  if (a === undefined || b === undefined || c === undefined || d === undefined) return false;
  return Math.abs(a * d - b * c) < 0.01;
}

function isScaledAway(scale: string): boolean {
  const [x = 1, y = x] = scale.split(/\s+/).map(Number);
  return Math.abs(x * y) < 0.01;
}

/** A mask that is a gradient of nothing but transparent colours. */
function isMaskedOut(style: CSSStyleDeclaration): boolean {
  const mask = style.maskImage;
  if (mask === "none" || mask === "" || mask === undefined || !/^[\w-]*gradient\(/.test(mask)) return false;
  const colors = mask.match(/(?:rgba?|color|oklch|lab)\([^)]*\)|\btransparent\b/g) ?? [];
  return colors.length > 0 && colors.every((color) => alphaOf(color) === 0);
}
