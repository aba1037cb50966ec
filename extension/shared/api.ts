/**
 * The extension API under one name: Firefox's `browser`, else Chrome's `chrome`; both return promises in MV3. Outside an
 * extension (unit tests) there is none, and nothing that needs it may be called.
 */
const scope = globalThis as unknown as { browser?: typeof chrome; chrome?: typeof chrome };
export const api = (scope.browser ?? scope.chrome) as typeof chrome;

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
