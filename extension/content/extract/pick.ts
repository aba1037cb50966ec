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

/**
 * The adapter for a page: the one that names its host most exactly; else, when a document is given, one that
 * recognises it (`detect`); else the one for any host. At `document_start` there is nothing to recognise yet: ask again
 * when the page has been parsed.
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
  if (!best && doc) best = compiled.adapters.find((a) => a.detect.some((css) => matchesSomething(doc, css)));
  best ??= compiled.adapters.find((a) => a.hosts.includes("*"));
  return best && { ...best, words: compiled.words };
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
