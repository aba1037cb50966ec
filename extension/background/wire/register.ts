/**
 * Where the interceptor runs: a script of the page's own world, so the browser is told beforehand, and where it is not wanted
 * nothing of it is ever in a page.
 */
import platforms, { network } from "virtual:wire";
import { api } from "../../shared/api.ts";

const SCRIPT = "interceptor";

/** Match patterns of hosts and all below them. */
const patterns = (hosts: readonly string[]): string[] => hosts.map((host) => `*://*.${host}/*`);

/** Hosts on whose pages it has something to do. Pure. */
export function interceptedHosts(all: typeof platforms, byNetwork: boolean): string[] {
  return all
    .filter(({ recorded, messages }) => recorded && (!byNetwork || messages.length > 0))
    .flatMap(({ hosts }) => hosts)
    .sort();
}

let last: Promise<unknown> = Promise.resolve();

/** Tells the browser where it is to run: everywhere but on the hosts in `off`. One at a time. */
export function syncInterceptor(off: readonly string[]): Promise<void> {
  const next = last.then(() => sync(off));
  last = next.catch(() => {});
  return next;
}

async function sync(off: readonly string[]): Promise<void> {
  const matches = patterns(interceptedHosts(platforms, network));
  const registered = await api.scripting.getRegisteredContentScripts({ ids: [SCRIPT] });
  if (matches.length === 0) {
    if (registered.length > 0) await api.scripting.unregisterContentScripts({ ids: [SCRIPT] });
    return;
  }
  const script = {
    id: SCRIPT,
    matches,
    // The very host: its subdomains have switches of their own.
    excludeMatches: off.filter((host) => /^[a-z0-9.-]+$/.test(host)).map((host) => `*://${host}/*`),
    js: ["page.js"],
    runAt: "document_start" as const,
    world: "MAIN" as const,
    allFrames: false,
    persistAcrossSessions: true,
  };
  if (registered.length > 0) await api.scripting.updateContentScripts([script]);
  else await api.scripting.registerContentScripts([script]);
}
