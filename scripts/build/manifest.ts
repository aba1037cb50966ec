/** The manifest of one build: the common one, the browser's overlay, and the sites that the adapters name. */
import { readFileSync } from "node:fs";

export type Browser = "chrome" | "firefox";

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type Manifest = { [key: string]: Json };

/** Match patterns for hosts and their subdomains, sorted. `*` (any host) needs the reader's leave and has none. */
export function matchesOf(hosts: readonly string[]): string[] {
  const named = [...new Set(hosts)].filter((host) => host !== "*");
  for (const host of named) {
    if (!/^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/.test(host))
      throw new Error(`an adapter names the host "${host}", which is none`);
  }
  // `*.x.com` stands for x.com as well; a subdomain beside its parent adds nothing.
  const widest = named.filter((host) => !named.some((other) => other !== host && host.endsWith(`.${other}`)));
  return widest.sort().map((host) => `*://*.${host}/*`);
}

/** Lays `over` on `base`: objects key by key, everything else replaced. */
export function overlay(base: Manifest, over: Manifest): Manifest {
  const result: Manifest = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const old = result[key];
    result[key] = isObject(old) && isObject(value) ? overlay(old, value) : value;
  }
  return result;
}

const isObject = (value: Json | undefined): value is Manifest =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The finished manifest as text. */
export function manifestText(browser: Browser, hosts: readonly string[], demo: boolean): string {
  const read = (name: string) => JSON.parse(readFileSync(`extension/${name}`, "utf8")) as Manifest;
  let manifest = overlay(read("manifest.json"), read(`manifest.${browser}.json`));
  if (demo) manifest = overlay(manifest, read("manifest.demo.json"));
  const matches = matchesOf(hosts);
  manifest.host_permissions = matches;
  const scripts = manifest.content_scripts;
  if (!Array.isArray(scripts)) throw new Error("extension/manifest.json has no content_scripts");
  for (const script of scripts) if (isObject(script)) script.matches = matches;
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
