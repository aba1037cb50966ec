/**
 * Saved pages of real platforms, served at the platforms' own addresses over TLS on loopback. The pages hold
 * strangers' words: they lie outside the repository, and tests that need them skip where they are not.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { serveTls, type TlsServer } from "./tls.ts";

/** What is known of a recording. From the `.meta.json` beside it. */
export interface Meta {
  platform: string;
  /** `dom` for a saved page, `wire` for an answer of an API. */
  surface: string;
  kind?: string;
  request_url?: string;
  items: number;
  promoted: number;
  how_counted?: string;
}

/** A saved page with what is known of it. */
export interface SavedPage {
  /** `x/home-2024-12-3ads.html`. */
  name: string;
  file: string;
  meta: Meta;
}

/** Where the recordings are: `DIFFRACT_CORPORA`, or beside the repository. */
export const corpora = (): string => resolve(process.env.DIFFRACT_CORPORA ?? "../shared/corpora");

/** Every saved page of the given platforms; empty where there are no recordings. */
export function savedPages(platforms: readonly string[]): SavedPage[] {
  const root = join(corpora(), "dev");
  if (!existsSync(root)) return [];
  return platforms
    .filter((platform) => existsSync(join(root, platform)))
    .flatMap((platform) =>
      readdirSync(join(root, platform))
        .filter((name) => name.endsWith(".html"))
        .sort()
        .flatMap((name) => {
          const file = join(root, platform, name);
          const meta = readMeta(file);
          return meta ? [{ name: `${platform}/${name}`, file, meta }] : [];
        }),
    );
}

/** The `.meta.json` beside a saved page, if there is one that can be read. */
export function readMeta(page: string): Meta | undefined {
  const file = join(dirname(page), `${basename(page, ".html")}.meta.json`);
  if (!existsSync(file)) return undefined;
  const meta: unknown = JSON.parse(readFileSync(file, "utf8"));
  return meta as Meta;
}

/** A platform's front page: where a saved page is served that does not say where it is from. */
export const HOMES: Record<string, string> = {
  x: "https://x.com/home",
  youtube: "https://www.youtube.com/",
  reddit: "https://www.reddit.com/",
  "old-reddit": "https://old.reddit.com/",
  hackernews: "https://news.ycombinator.com/",
  mastodon: "https://mastodon.social/home",
  bluesky: "https://bsky.app/",
  linkedin: "https://www.linkedin.com/feed/",
};

/** The hosts the certificate names. Browsers under test trust it for any. */
const HOSTS = [...new Set([...Object.values(HOMES).map((home) => new URL(home).hostname), "twitter.com"])];

/** As strict as theirs: no scripts at all, styles and pictures of their own, Trusted Types. */
const POLICY = [
  "default-src 'none'",
  "script-src 'none'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

/** A server at which any host shows the saved page of the day. */
export interface SavedServer extends TlsServer {
  /** From now on, `url` (and every other page address) shows this file. */
  show(file: string): void;
}

/** Starts it. Only documents are answered; what a page asks for besides is not there. */
export async function serveSaved(): Promise<SavedServer> {
  let html = Buffer.from("");
  const server = await serveTls(HOSTS, (request, response) => {
    if (request.headers["sec-fetch-dest"] !== "document") {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": POLICY,
      "cache-control": "no-store",
      "content-length": html.length,
    });
    response.end(html);
  });
  return {
    ...server,
    show(file) {
      html = readFileSync(file);
    },
  };
}

/** A recorded address as a browser can ask for it: what was left out of it (`…`) is made up. */
export function addressOf(url: string): string {
  return url.replaceAll("…", "1");
}

/** Hosts of each adapter that the build holds, by its name; `null` where nothing was built. */
export function adapterHosts(): ReadonlyMap<string, readonly string[]> | null {
  const file = resolve(process.env.DIFFRACT_DIST ?? "dist", "adapters.json");
  if (!existsSync(file)) return null;
  const { adapters } = JSON.parse(readFileSync(file, "utf8")) as {
    adapters: { name: string; hosts: string[] }[];
  };
  return new Map(adapters.map(({ name, hosts }) => [name, hosts]));
}

/** Whether an adapter for these hosts reads pages at `url`: they cover their subdomains. */
export const covers = (hosts: readonly string[], url: string): boolean =>
  URL.canParse(url) &&
  hosts.some((host) => new URL(url).hostname === host || new URL(url).hostname.endsWith(`.${host}`));

/**
 * Where a page recorded at `recorded` is served so that the platform's adapter reads it. The platform decides the host:
 * an address elsewhere (an archive's, a mirror's, a file's) gives way to the address inside it, if it holds one of the
 * platform's, else to the platform's home. Of a platform with many servers the path is kept: it says which surface it is.
 */
export function servedAt(recorded: string | undefined, home: string, hosts: readonly string[]): string {
  const address = addressOf(recorded ?? "");
  if (covers(hosts, address)) return address;
  // `https://web.archive.org/web/2022…/https://www.youtube.com/watch?v=…`
  const inside = /.(https?:\/\/.+)$/.exec(address)?.[1] ?? "";
  if (covers(hosts, inside)) return inside;
  if (hosts.length > 10 && /^https?:/.test(address) && URL.canParse(address)) {
    const { pathname, search } = new URL(address);
    return new URL(pathname + search, home).href;
  }
  return home;
}
