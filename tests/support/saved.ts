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
