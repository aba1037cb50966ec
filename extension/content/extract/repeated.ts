/**
 * Posts where nothing names them: children of one parent that look alike and hold text. After the record-boundary
 * heuristics of web data extraction (Embley et al. 1999; Liu et al. 2003, "Mining data records in web pages"):
 * records are generalised siblings under one parent.
 */
import type { Repeated } from "../../shared/adapter.ts";

/** So many parents are looked at. */
const MAX_PARENTS = 3000;
/** So many items are found. */
const MAX_ITEMS = 500;

/** The groups of repeated siblings in `root`, each item once, outermost group first. */
export function repeatedItems(root: Element | ShadowRoot | Document, rule: Repeated): Element[] {
  const except = rule.except.join(",");
  const items: Element[] = [];
  const taken = new Set<Element>();
  let parents = 0;
  for (const parent of root.querySelectorAll("*")) {
    if (parent.childElementCount < rule.min_items) continue;
    if (++parents > MAX_PARENTS || items.length >= MAX_ITEMS) break;
    if ((except && parent.closest(except)) || isInside(parent, taken)) continue;
    const group = alike(parent, rule);
    if (group.length < rule.min_items) continue;
    for (const e of group) {
      taken.add(e);
      items.push(e);
    }
  }
  return items;
}

/** Whether `element` could be one of its parent's repeated items; for single changes. */
export function isRepeatedItem(element: Element, rule: Repeated): boolean {
  const parent = element.parentElement;
  if (!parent || parent.childElementCount < rule.min_items) return false;
  if (rule.except.length > 0 && parent.closest(rule.except.join(","))) return false;
  return alike(parent, rule).includes(element);
}

function isInside(element: Element, items: Set<Element>): boolean {
  for (let e: Element | null = element; e; e = e.parentElement) if (items.has(e)) return true;
  return false;
}

function alike(parent: Element, rule: Repeated): Element[] {
  const shapes = new Map<string, Element[]>();
  let counted = 0;
  for (const child of parent.children) {
    if (/^(?:script|style|template|link|hr|br|option|col)$/.test(child.localName)) continue;
    counted += 1;
    const shape = shapeOf(child);
    const same = shapes.get(shape);
    if (same) same.push(child);
    else shapes.set(shape, [child]);
  }
  let group: Element[] = [];
  for (const same of shapes.values()) if (same.length > group.length) group = same;
  if (group.length < rule.min_items || group.length < counted * rule.same_shape) return [];
  let letters = 0;
  let rich = 0;
  for (const e of group) {
    letters += e.textContent.trim().length;
    // A post links somewhere or holds a picture; a list of words does neither.
    if (e.querySelector("a[href], img, video, time, button")) rich += 1;
  }
  return letters / group.length >= rule.min_text && rich * 2 >= group.length ? group : [];
}

/** What of an element stays the same from post to post: its tag, its role, and the tags of what it holds first. */
function shapeOf(element: Element): string {
  let shape = element.localName;
  const role = element.getAttribute("role");
  if (role) shape += `[${role}]`;
  for (const name of element.classList) {
    // Letters only: numbers in class names are often the item's own.
    if (/^[a-z][a-z-]*$/i.test(name)) {
      shape += `.${name}`;
      break;
    }
  }
  return shape;
}
