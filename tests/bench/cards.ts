/**
 * Serves the plain feed that `bench:page` measures on, under two names: Agora's host, where the demo build's adapter reads
 * it, and one where no extension runs.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { makeFeed } from "../agora/timeline.ts";

const STYLE = `
/* What arrives comes into view: below the last post there is room, as where a feed says that it is loading. */
body { font: 15px/1.4 sans-serif; margin: 0 auto; max-width: 600px; padding-bottom: 80vh }
article { border-bottom: 1px solid #ddd; padding: 12px }
.row { display: flex; gap: 12px }
header, footer { display: flex; gap: 8px }
img { background: #eee }
p { margin: 4px 0 }`;

/** As strict as those of the platforms: no wasm of the page's own, and in Chromium none of a content script either. */
const NONCE = "bench";
const POLICY = `default-src 'none'; script-src 'nonce-${NONCE}'; style-src 'unsafe-inline'; img-src data:`;

/** A page of which `count` posts are to come, the same on every run. */
export async function startCards(
  count: number,
): Promise<{ url: string; plainUrl: string; close(): Promise<void> }> {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL("./client/cards.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
  });
  const script = outputFiles[0]?.text;
  if (script === undefined) throw new Error("esbuild gave no output for the page to measure on");
  const entries = JSON.stringify(makeFeed(25, count, Date.now(), true).entries).replaceAll("<", "\\u003c");
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Cards</title><style>${STYLE}</style>
<main><div role="feed"></div></main><script type="application/json">${entries}</script><script nonce="${NONCE}">${script}</script></html>`;
  const server = createServer(({ url }, response) => {
    if (url === "/")
      response
        .writeHead(200, { "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY })
        .end(html);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://agora.localhost:${port}/`,
    plainUrl: `http://plain.localhost:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
