/** Serves the built scorer, the models and a page that puts a worker to work. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Models</title><script>
const work = (task = {}) => new Promise((resolve, reject) => {
  const worker = new Worker("worker.js", { type: "module" });
  worker.onmessage = ({ data }) => { worker.terminate(); "error" in data ? reject(new Error(data.error)) : resolve(data.done); };
  worker.onerror = (event) => reject(new Error(event.message));
  worker.postMessage(task);
});
</script></html>`;

const TYPES: Record<string, string> = {
  js: "text/javascript",
  mjs: "text/javascript",
  wasm: "application/wasm",
};
/** What may be asked for: nothing else of this machine. */
const SERVED = /^(dist\/scorer|models\/[a-z]+|node_modules\/onnxruntime-web\/dist)\/[a-zA-Z0-9_.-]+$/;

/** The worker is `client/NAME.ts`, bundled. `work(task)` on the page gives what it answers. */
export async function startModels(client: string): Promise<{ url: string; close(): Promise<void> }> {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL(`./client/${client}.ts`, import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
  });
  const worker = outputFiles[0]?.text;
  if (worker === undefined) throw new Error("esbuild gave no output for the worker");
  const server = createServer(({ url = "/" }, response) => {
    const path = url.slice(1);
    const answer = (type: string, body: string | Uint8Array) =>
      response.writeHead(200, { "content-type": type }).end(body);
    if (path === "") answer("text/html; charset=utf-8", PAGE);
    else if (path === "worker.js") answer("text/javascript", worker);
    else if (SERVED.test(path) && !path.includes("..")) {
      readFile(path).then(
        (body) => answer(TYPES[path.split(".").at(-1) ?? ""] ?? "application/octet-stream", body),
        () => response.writeHead(404).end(),
      );
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
