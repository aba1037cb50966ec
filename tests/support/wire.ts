/**
 * A platform's page and its API at the platform's own addresses, over TLS on loopback: a page whose policy is as strict as theirs, and
 * answers that a test lays out beforehand.
 */
import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { serveTls, type TlsServer } from "./tls.ts";

/** What an address answers. */
export interface Laid {
  body: string | Uint8Array;
  status?: number;
  headers?: Record<string, string>;
  /** Takes the answering into its own hands. */
  answer?: (request: IncomingMessage, response: ServerResponse) => void;
}

/** A running platform. */
export interface Platform extends TlsServer {
  /** From now on `path` (whatever its query) answers so. */
  lay(path: string, laid: Laid | ((response: ServerResponse, request: IncomingMessage) => void)): void;
  /** What documents hold; `{nonce}` in it becomes the policy's. */
  page: string;
  /** Called with each socket that is opened; `send` sends a text message. */
  onSocket: (send: (text: string) => void, path: string) => void;
}

const HOSTS = [
  "x.com",
  "www.youtube.com",
  "mastodon.social",
  "www.reddit.com",
  "bsky.app",
  "plain.example",
  "example.com",
];

/** As strict as theirs: only scripts with a nonce, requests to itself, Trusted Types. */
const policy = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    "frame-src 'self'",
    "worker-src 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");

/** Starts one. */
export async function servePlatform(): Promise<Platform> {
  const laid = new Map<string, Parameters<Platform["lay"]>[1]>();
  const server = await serveTls(HOSTS, (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "https://x.com");
    const found = laid.get(pathname);
    if (found !== undefined) {
      if (typeof found === "function") {
        found(response, request);
        return;
      }
      const body = typeof found.body === "string" ? Buffer.from(found.body) : found.body;
      response.writeHead(found.status ?? 200, {
        "content-type": "application/json; charset=utf-8",
        "content-length": body.length,
        "cache-control": "no-store",
        "x-of-the-host": "kept",
        ...found.headers,
      });
      response.end(body);
      return;
    }
    const nonce = randomBytes(12).toString("base64");
    if (request.headers["sec-fetch-dest"] === "document" || request.headers["sec-fetch-dest"] === "iframe") {
      response.writeHead(200, {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": policy(nonce),
        "cache-control": "no-store",
      });
      response.end(platform.page.replaceAll("{nonce}", nonce));
      return;
    }
    response.writeHead(404).end();
  });
  server.onUpgrade((request, socket) => {
    accept(request, socket);
    platform.onSocket(
      (text) => socket.write(frame(text)),
      new URL(request.url ?? "/", "https://x.com").pathname,
    );
  });
  const platform: Platform = {
    ...server,
    page: "<!doctype html><title>A feed</title><body><main></main></body>",
    onSocket: () => {},
    lay: (path, what) => void laid.set(path, what),
  };
  return platform;
}

/** Answers the handshake of a WebSocket. */
function accept(request: IncomingMessage, socket: Duplex): void {
  const key = createHash("sha1")
    .update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest("base64");
  socket.on("error", () => {});
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`,
  );
}

/** A text message of a WebSocket, in one frame. */
function frame(text: string): Buffer {
  const body = Buffer.from(text);
  const head =
    body.length < 126
      ? Buffer.from([0x81, body.length])
      : body.length < 65_536
        ? Buffer.from([0x81, 126, body.length >> 8, body.length & 255])
        : Buffer.from([0x81, 127, 0, 0, 0, 0, ...[24, 16, 8, 0].map((by) => (body.length >> by) & 255)]);
  return Buffer.concat([head, body]);
}
