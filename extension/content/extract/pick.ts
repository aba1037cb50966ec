/** Which adapter reads a page, and which surface the page is. */
import type { CompiledAdapters, DomAdapter, Words } from "../../shared/adapter.ts";
import type { Surface } from "../../shared/post.ts";

/** What of a `Location` or `URL` is looked at. */
export interface Address {
  hostname: string;
  pathname: string;
  search: string;
}

/** An adapter with the words it needs; what an `Extractor` is made of. */
export interface CompiledAdapter extends DomAdapter {
  words: Words;
}

/** `host` is `site` or a subdomain of it. */
export function isHostOf(host: string, site: string): boolean {
  return host === site || (host.endsWith(site) && host.at(-site.length - 1) === ".");
}

/** `adapter` reads a form of `other`'s site, which the page shows by its markup: it names a host within a host of `other`. */
export function isFormOf(
  adapter: { hosts: readonly string[]; detect?: readonly string[] },
  other: { hosts: readonly string[] },
): boolean {
  return (
    (adapter.detect?.length ?? 0) > 0 &&
    adapter.hosts.some((site) => other.hosts.some((wider) => site !== wider && isHostOf(site, wider)))
  );
}

/**
 * The adapter for a page: the one that names its host most exactly, unless another one of the same site recognises its
 * own form of the page (`detect`); else, when a document is given, one that recognises it; else the one for any host.
 *
 * `undefined`: nobody, or not yet: which form of a site it is shows only when the page's body has begun. Ask again on
 * every change of the document until it has been parsed.
 */
export function pickAdapter(
  compiled: CompiledAdapters,
  address: Address,
  doc?: Document,
): CompiledAdapter | undefined {
  const host = address.hostname.toLowerCase();
  let best: DomAdapter | undefined;
  let length = 0;
  for (const a of compiled.adapters) {
    for (const site of a.hosts) {
      if (site.length > length && isHostOf(host, site)) {
        best = a;
        length = site.length;
      }
    }
  }
  const named = best;
  const rivals = compiled.adapters.filter((a) => named === undefined || (a !== named && isFormOf(a, named)));
  const seen = doc && rivals.find((a) => a.detect.some((css) => matchesSomething(doc, css)));
  if (seen) best = seen;
  else if (named && rivals.length > 0 && !(doc && hasBegun(doc, named))) return undefined;
  best ??= compiled.adapters.find((a) => a.hosts.includes("*"));
  return best && { ...best, words: compiled.words };
}

/** Enough of the page is there to tell which form of its site it is: posts, or the second part of its body. */
function hasBegun(doc: Document, adapter: DomAdapter): boolean {
  return (
    doc.readyState !== "loading" ||
    (doc.body?.childElementCount ?? 0) > 1 ||
    adapter.items.some((item) => item.select.some((css) => matchesSomething(doc, css)))
  );
}

function matchesSomething(doc: Document, css: string): boolean {
  try {
    return doc.querySelector(css) !== null;
  } catch {
    return false;
  }
}

/** The first surface rule that fits; null: no feed is known there. `doc` decides rules that look into the page. */
export function surfaceOf(adapter: DomAdapter, address: Address, doc?: Document): Surface | null {
  return surfaceRule(adapter, address, doc)?.is ?? null;
}

/** Whether posts are expected on this page. */
export function expectsFeed(adapter: DomAdapter, address: Address, doc?: Document): boolean {
  return surfaceRule(adapter, address, doc)?.feed ?? false;
}

function surfaceRule(adapter: DomAdapter, address: Address, doc?: Document) {
  const host = address.hostname.toLowerCase();
  return adapter.surfaces.find(
    (s) =>
      (s.host === undefined || isHostOf(host, s.host)) &&
      (s.path === undefined || new RegExp(s.path, "iu").test(address.pathname)) &&
      (s.query === undefined || new RegExp(s.query, "iu").test(address.search.slice(1))) &&
      (s.css === undefined || (doc !== undefined && matchesSomething(doc, s.css))),
  );
}
