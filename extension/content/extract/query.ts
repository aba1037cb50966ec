/** Selectors that may fail and that may reach into shadow roots. */
import type { Contents } from "./contents.ts";
import { shadowRootOf } from "./visible-text.ts";

/** Separates what stands outside a shadow root from what stands in it. */
const INTO_SHADOW = " >>> ";
/** So many matches of one selector are looked at. */
export const MAX_MATCHES = 60;

/** Whether the browser takes a selector. */
export function isSelector(css: string): boolean {
  try {
    const nothing = document.createDocumentFragment();
    for (const part of css.split(INTO_SHADOW)) nothing.querySelector(part);
    return true;
  } catch {
    return false;
  }
}

/** What matches `css` in `root`, `root` itself first if it does. */
export function query(root: Element | Document, css: string): Element[] {
  const [first = css, ...inner] = css.split(INTO_SHADOW);
  const found: Element[] = [];
  if (root.nodeType === 1 && (root as Element).matches(first)) found.push(root as Element);
  const below = root.querySelectorAll(first);
  for (let i = 0; i < below.length && found.length < MAX_MATCHES; i += 1) found.push(below[i] as Element);
  return intoShadows(found, inner);
}

/** The same of an item whose elements are known. */
export function queryIn(contents: Contents, css: string): Element[] {
  if (!css.includes(INTO_SHADOW)) {
    const found = contents.select(css);
    return found.length > MAX_MATCHES ? found.slice(0, MAX_MATCHES) : found;
  }
  const [first = css, ...inner] = css.split(INTO_SHADOW);
  return intoShadows(contents.select(first).slice(0, MAX_MATCHES), inner);
}

function intoShadows(hosts: Element[], inner: readonly string[]): Element[] {
  let found = hosts;
  for (const part of inner) {
    const next: Element[] = [];
    for (const host of found) {
      const shadow = shadowRootOf(host);
      if (shadow) next.push(...[...shadow.querySelectorAll(part)].slice(0, MAX_MATCHES));
    }
    found = next;
  }
  return found;
}

/** The closest ancestor (or `element` itself) that matches, out of shadow roots too. */
export function closestAcross(element: Element, css: string): Element | null {
  let e: Element | null = element;
  while (e) {
    const hit: Element | null = e.closest(css);
    if (hit) return hit;
    const root: Node = e.getRootNode();
    e = root.nodeType === 11 ? ((root as ShadowRoot).host ?? null) : null;
  }
  return null;
}

/** Every shadow root in `root`, nested ones too, that this script can see. */
export function shadowRootsIn(root: Element | ShadowRoot | Document): ShadowRoot[] {
  const found: ShadowRoot[] = [];
  const look = (e: Element) => {
    const shadow = shadowRootOf(e);
    if (!shadow) return;
    found.push(shadow);
    for (const inner of shadow.querySelectorAll("*")) look(inner);
  };
  if (root.nodeType === 1) look(root as Element);
  for (const e of root.querySelectorAll("*")) look(e);
  return found;
}
