/** What is left in the document, in `performance` and elsewhere; messages and sockets. */
import { attempt, FEED, type Probe } from "./looking.ts";

export const traces: Record<string, Probe> = {
  "a subclass of WebSocket": () => {
    class Mine extends WebSocket {}
    return [
      Object.getPrototypeOf(Mine) === WebSocket,
      Mine.OPEN,
      attempt(() => new Mine("no address at all:")),
    ];
  },
  "sizes and times of an answer": async () => {
    performance.clearResourceTimings();
    await (await fetch(FEED)).text();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const [entry] = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
    return [
      entry?.transferSize,
      entry?.encodedBodySize,
      entry?.decodedBodySize,
      entry?.nextHopProtocol,
      entry?.workerStart,
      (entry as unknown as { responseStatus?: number })?.responseStatus,
      (entry?.responseEnd ?? 0) >= (entry?.responseStart ?? 1),
    ];
  },
  "workers of the site": async () => [
    typeof navigator.serviceWorker,
    (await navigator.serviceWorker?.getRegistrations())?.length,
    navigator.serviceWorker?.controller,
  ],
  "performance entries": async () => {
    performance.clearResourceTimings();
    const response = await fetch(FEED);
    await response.text();
    await new Promise((resolve) => setTimeout(resolve, 100));
    return performance
      .getEntriesByType("resource")
      .map(
        (entry) => `${new URL(entry.name).pathname} ${(entry as PerformanceResourceTiming).initiatorType}`,
      );
  },
  "marks and measures": () => [
    performance.getEntriesByType("mark").length,
    performance.getEntriesByType("measure").length,
  ],
  "scripts and the current one": () => [
    document.scripts.length,
    document.currentScript === null,
    [...document.querySelectorAll("*")].map((it) => it.localName),
  ],
  "messages that are none of the page's": () =>
    new Promise((resolve) => {
      const heard: string[] = [];
      const note = (event: Event) => heard.push(event.type);
      for (const type of ["message", "a1", "a2"]) addEventListener(type, note, true);
      void fetch(FEED)
        .then((response) => response.text())
        .then(() => setTimeout(() => resolve(heard), 50));
    }),
  "a port for whoever asks": () => {
    const heard: unknown[] = [];
    for (const name of ["a1", "a2"])
      document.addEventListener(name, (event) => heard.push((event as MessageEvent).ports?.length));
    for (const name of ["a1", "a2"]) document.dispatchEvent(new Event(name));
    return heard;
  },
  "policy violations": () =>
    new Promise((resolve) => {
      const heard: string[] = [];
      document.addEventListener("securitypolicyviolation", (event) => heard.push(event.blockedURI));
      void fetch(FEED)
        .then((response) => response.blob())
        .then(() => setTimeout(() => resolve(heard), 50));
    }),
  sockets: () => [
    WebSocket.CONNECTING,
    WebSocket.CLOSED,
    attempt(() => new WebSocket("x y")),
    attempt(() => new (WebSocket as unknown as new () => WebSocket)()),
  ],
};
