/** The extension API under one name: Firefox's `browser`, else Chrome's `chrome`; both return promises in MV3. */
declare const browser: typeof chrome | undefined;

export const api: typeof chrome = typeof browser === "undefined" ? chrome : browser;

/** Whether this script still belongs to a running extension: false once it was updated, disabled or removed. */
export function alive(): boolean {
  try {
    return typeof api.runtime?.id === "string";
  } catch {
    return false;
  }
}

/** The words of whatever was thrown. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
