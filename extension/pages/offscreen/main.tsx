/** Chrome's service worker can have no workers; this page, which nobody sees, holds the scorer's for it. */

import type { HostMessage } from "../../worker/calls.ts";
import { scorerWorker } from "../../worker/start.ts";

let worker: Worker | undefined;

navigator.serviceWorker.addEventListener("message", ({ data, ports: [port] }: MessageEvent<HostMessage>) => {
  worker?.terminate();
  worker = data?.type === "start-scorer" && port !== undefined ? scorerWorker(port) : undefined;
});
navigator.serviceWorker.startMessages();
