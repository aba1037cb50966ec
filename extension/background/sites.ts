/** Where the content script runs: the manifest's sites, and those the reader added; and open tabs after an update. */
import { api } from "../shared/api.ts";

const SCRIPT = "added-sites";

interface Declared {
  matches: string[];
  js: string[];
}

function declared(): Declared {
  const script = api.runtime.getManifest().content_scripts?.[0];
  return { matches: script?.matches ?? [], js: script?.js ?? [] };
}

/** Origins the reader granted beyond the manifest's own. Pure. */
export function addedOrigins(granted: readonly string[], matches: readonly string[]): string[] {
  const known = new Set(matches);
  return granted.filter((origin) => !known.has(origin) && /^(?:\*|https?):\/\//.test(origin)).sort();
}

let last: Promise<unknown> = Promise.resolve();

/** Registers the content script for every site the reader added, and takes it from those withdrawn. One at a time. */
export function syncAddedSites(): Promise<string[]> {
  const next = last.then(sync);
  last = next.catch(() => {});
  return next;
}

async function sync(): Promise<string[]> {
  const { matches, js } = declared();
  const { origins = [] } = await api.permissions.getAll();
  const wanted = addedOrigins(origins, [...matches, ...(api.runtime.getManifest().host_permissions ?? [])]);
  const registered = await api.scripting.getRegisteredContentScripts({ ids: [SCRIPT] });
  if (wanted.length === 0) {
    if (registered.length > 0) await api.scripting.unregisterContentScripts({ ids: [SCRIPT] });
    return wanted;
  }
  const script = {
    id: SCRIPT,
    matches: wanted,
    // Leave for every site includes those of the manifest, where the script is already.
    excludeMatches: matches,
    js,
    runAt: "document_start" as const,
    allFrames: false,
    persistAcrossSessions: true,
  };
  if (registered.length > 0) await api.scripting.updateContentScripts([script]);
  else await api.scripting.registerContentScripts([script]);
  return wanted;
}

/** Brings the content script into open tabs of `matches`: after an update, or when the reader adds a site. */
export async function injectInto(matches: readonly string[]): Promise<void> {
  if (matches.length === 0) return;
  const { js } = declared();
  const tabs = await api.tabs.query({ url: [...matches] });
  await Promise.allSettled(
    tabs.flatMap(({ id, discarded }) =>
      id === undefined || discarded
        ? []
        : [api.scripting.executeScript({ target: { tabId: id }, files: js })],
    ),
  );
}

/** Every place where the content script should be. */
export async function everywhere(): Promise<string[]> {
  return [...declared().matches, ...(await syncAddedSites())];
}
