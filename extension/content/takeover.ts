/**
 * How a new content script relieves one that an update left behind. The old one may still run (Chrome) or be gone with
 * its marks left in the page (Firefox). The two agree on an event whose name is the installation's secret: the page
 * cannot listen for a name it does not know.
 */
import { unmark } from "./dress.ts";
import { marksNamed, signedName } from "./marks.ts";
import type { Root } from "./sheet.ts";

const eventName = (token: string): string => `r${token}`;

/** Asks whoever came before to take everything back and stop. */
export function relieve(token: string): void {
  if (token !== "") document.dispatchEvent(new Event(eventName(token)));
}

/** Calls `retire` once when a later instance asks for it. */
export function onRelieved(token: string, retire: () => void): () => void {
  if (token === "") return () => {};
  const heard = () => retire();
  document.addEventListener(eventName(token), heard, { once: true });
  return () => document.removeEventListener(eventName(token), heard);
}

/** Removes what an instance that no longer runs left in these roots: sheets, marks, lines and labels. */
export function sweep(token: string, roots: readonly Root[], except: string): void {
  if (token === "") return;
  for (const root of roots) {
    for (const sheet of adoptedBy(root)) {
      const name = nameOf(sheet, token);
      if (name === null || name === except) continue;
      try {
        root.adoptedStyleSheets = [...root.adoptedStyleSheets].filter((one) => one !== sheet);
      } catch {
        sheet.disabled = true;
      }
      clear(root, name);
    }
    for (const element of root.querySelectorAll("style")) {
      const name = element.sheet ? nameOf(element.sheet, token) : null;
      if (name === null || name === except) continue;
      element.remove();
      clear(root, name);
    }
  }
}

function adoptedBy(root: Root): CSSStyleSheet[] {
  try {
    return [...root.adoptedStyleSheets];
  } catch {
    return [];
  }
}

function nameOf(sheet: CSSStyleSheet, token: string): string | null {
  try {
    return signedName(sheet.cssRules[0]?.cssText ?? "", token);
  } catch {
    return null;
  }
}

function clear(root: Root, name: string): void {
  const marks = marksNamed(name);
  for (const element of root.querySelectorAll(`[${name}],[${marks.inner}]`)) unmark(marks, element);
  for (const element of root.querySelectorAll(`[${marks.own}]`)) element.remove();
}
