/**
 * Agora's server: the page, its assets under class names of this build, pictures, and the timeline endpoint.
 * Node's own http, nothing else.
 */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { ACCOUNTS } from "./accounts.ts";
import { obfuscate } from "./client/names.ts";
import { drawAvatar, drawScene, isScene } from "./pictures.ts";
import { type Feed, filterFeed, makeFeed } from "./timeline.ts";
import type { Truth, WireTimeline } from "./types.ts";

/** What can be asked of the server. */
export interface AgoraOptions {
  /** 0 (the default) takes any free port. */
  port?: number;
  /** Seed of the posts. */
  seed?: number;
  /** How many posts, the late ones not counted. */
  posts?: number;
  /** Nothing moves by itself: no late advertisements, no edits. For measuring. */
  calm?: boolean;
}

/** A running Agora. */
export interface Agora {
  /** `http://agora.localhost:PORT/`. */
  url: string;
  port: number;
  truth: Truth[];
  close(): Promise<void>;
}

/** Posts an answer holds. */
const PAGE_SIZE = 25;
const HERE = fileURLToPath(new URL("./client/", import.meta.url));

/** Starts the platform on loopback. */
export async function startAgora(options: AgoraOptions = {}): Promise<Agora> {
  const now = Date.now();
  const feed = makeFeed(options.seed ?? 20_26, options.posts ?? 2_600, now, options.calm);
  const assets = loadAssets();
  const server = createServer((request, response) => answer(request, response, feed, assets, now));
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? new Error(
              `port ${options.port} is taken; choose another with --port, or leave it out to take any free one`,
            )
          : error,
      ),
    );
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://agora.localhost:${port}/`,
    port,
    truth: feed.truth,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

interface Assets {
  script: string;
  style: string;
}

function loadAssets(): Assets {
  const { outputFiles } = buildSync({
    entryPoints: [`${HERE}main.ts`],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
    minify: true,
  });
  const script = outputFiles[0]?.text;
  if (script === undefined) throw new Error("esbuild gave no output for Agora's client");
  return { script, style: readFileSync(`${HERE}style.css`, "utf8") };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  feed: Feed,
  assets: Assets,
  now: number,
): void {
  const url = new URL(request.url ?? "/", "http://agora.localhost");
  const send = (status: number, type: string, body: string, headers: Record<string, string> = {}) => {
    response.writeHead(status, { "content-type": type, "x-content-type-options": "nosniff", ...headers });
    response.end(body);
  };
  const build = buildOf(url);
  const media = /^\/media\/([a-z]+)-(\d{1,6})\.svg$/.exec(url.pathname);
  const avatar = /^\/avatar\/(\w+)\.svg$/.exec(url.pathname);
  if (url.pathname === "/api/timeline") {
    const timeline = page(feed, url.searchParams, now);
    if (timeline === null) send(400, "application/json", '{"error":"cursor is not one of ours"}');
    else send(200, "application/json", JSON.stringify(timeline), { "cache-control": "no-store" });
  } else if (url.pathname === "/api/truth")
    send(200, "application/json", JSON.stringify({ posts: feed.truth }));
  else if (url.pathname.startsWith("/assets/app-"))
    send(200, "text/javascript; charset=utf-8", assets.script);
  else if (url.pathname.startsWith("/assets/style-"))
    send(200, "text/css; charset=utf-8", disguise(assets.style, build));
  else if (media && isScene(media[1] ?? ""))
    send(
      200,
      "image/svg+xml",
      drawScene(media[1] as Parameters<typeof drawScene>[0], Number(media[2])),
      FOREVER,
    );
  else if (avatar) {
    const handle = avatar[1] ?? "";
    send(200, "image/svg+xml", drawAvatar(handle, ACCOUNTS.get(handle)?.name ?? handle), FOREVER);
  } else if (url.pathname === "/favicon.ico")
    send(200, "image/svg+xml", drawAvatar("agora", "Agora"), FOREVER);
  else if (url.pathname === "/out")
    send(200, "text/plain; charset=utf-8", "You followed an advertisement.\n");
  else if (/^\/(|following|explore|search|post\/\d+|u\/\w+)$/.test(url.pathname)) {
    const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
    send(200, "text/html; charset=utf-8", shell(build, nonce), { "content-security-policy": policy(nonce) });
  } else
    send(
      404,
      "text/plain; charset=utf-8",
      "Nothing here. Agora's pages: /, /following, /explore, /search?q=\n",
    );
}

const FOREVER = { "cache-control": "public, max-age=86400, immutable" };

const buildOf = (url: URL): number =>
  Number(url.searchParams.get("build") ?? /-(\d+)\.\w+$/.exec(url.pathname)?.[1] ?? 1) | 0;

/** As strict as the strictest of the real ones. */
const policy = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");

const shell = (build: number, nonce: string): string => `<!doctype html>
<html lang="en" data-build="${build}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Agora</title>
<link rel="stylesheet" href="/assets/style-${build}.css">
<link rel="icon" href="/favicon.ico">
</head>
<body>
<div id="root"></div>
<script nonce="${nonce}" src="/assets/app-${build}.js"></script>
</body>
</html>
`;

/** The style sheet with every class renamed for this build. */
const disguise = (style: string, build: number): string =>
  style.replace(/\.([a-z][\w-]*)(?![\w.]*["'])/g, (_, name: string) => `.${obfuscate(build, name)}`);

function page(feed: Feed, query: URLSearchParams, now: number): WireTimeline | null {
  const surface = query.get("surface") ?? "home";
  const entries = filterFeed(feed.entries, surface, query.get("q") ?? "");
  const start = query.has("cursor") ? readCursor(query.get("cursor") ?? "") : 0;
  if (start === null) return null;
  const slice = entries.slice(start, start + PAGE_SIZE);
  const ids = new Set(slice.map((entry) => entry.post.id));
  const end = start + slice.length;
  return {
    feed: {
      entries: slice,
      late:
        surface === "home" || surface === "explore" ? feed.late.filter((late) => ids.has(late.after)) : [],
      cursor: { next: end < entries.length ? Buffer.from(`agora:${end}`).toString("base64url") : null },
    },
    now: new Date(now).toISOString(),
  };
}

function readCursor(cursor: string): number | null {
  const match = /^agora:(\d{1,6})$/.exec(Buffer.from(cursor, "base64url").toString("latin1"));
  return match ? Number(match[1]) : null;
}
