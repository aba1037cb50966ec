/**
 * When an answer passed which hop on its way, in milliseconds since 1970: by the page's clock, the server's and, in Firefox, the
 * background's. Nothing in the extension is made for it: its own page reaches into the event page and stands beside what is called there.
 */
import type { Page } from "puppeteer-core";
import type { Extension } from "../../support/extension.ts";

/** By the hop's name. */
export type Hops = Record<string, number>;

export type Way = "fetch" | "XMLHttpRequest";

/**
 * Asks and reads. `asked`, `text`: the page's own; between them what the browser notes of the request, and `headers`, when
 * `fetch` had its response.
 */
export const ask = (page: Page, way: Way, path: string, method: string): Promise<Hops> =>
  page.evaluate(
    (path, byFetch, method) =>
      // No function has a name here: the compiler's helper for names is none of the page's.
      new Promise<Hops>((resolve) => {
        performance.clearResourceTimings();
        const channel = new MessageChannel();
        const hops: Hops = {};
        // What the browser notes of a request is there a turn later.
        channel.port1.onmessage = () => {
          const noted = performance.getEntriesByType("resource").at(-1) as
            | PerformanceResourceTiming
            | undefined;
          if (noted !== undefined)
            for (const hop of ["requestStart", "responseStart", "responseEnd"] as const)
              hops[hop] = performance.timeOrigin + noted[hop];
          resolve(hops);
        };
        hops.asked = performance.timeOrigin + performance.now();
        if (byFetch) {
          void fetch(path, { method })
            .then((response) => {
              hops.headers = performance.timeOrigin + performance.now();
              return response.text();
            })
            .then(() => {
              hops.text = performance.timeOrigin + performance.now();
              channel.port2.postMessage("");
            });
          return;
        }
        const request = new XMLHttpRequest();
        request.onload = () => {
          void request.responseText;
          hops.text = performance.timeOrigin + performance.now();
          channel.port2.postMessage("");
        };
        request.open(method, path);
        request.send();
      }),
    path,
    way === "fetch",
    method,
  );

/** Has Firefox's background note what it hears of each answer that it rewrites. To be called once. */
export async function noteInBackground(extension: Extension): Promise<void> {
  await extension.page.evaluate(async () => {
    type Filter = EventTarget & { write(bytes: unknown): void };
    type Listener = (details: { requestId: string }) => object;
    interface Scope {
      performance: Performance;
      browser: {
        webRequest: {
          filterResponseData(id: string): Filter;
          onHeadersReceived: { addListener(listener: Listener, filter: object, extra: string[]): void };
        };
      };
    }
    const scope = (await chrome.runtime.getBackgroundPage()) as unknown as Scope;
    const noted = new Map<string, Hops>();
    Object.assign(globalThis, { noted });
    const { webRequest } = scope.browser;
    const { performance } = scope;
    // No function has a name here, as in a page.
    webRequest.onHeadersReceived.addListener(
      ({ requestId }) => {
        const hops = noted.get(requestId) ?? {};
        hops["background: headers"] = performance.timeOrigin + performance.now();
        noted.set(requestId, hops);
        return {};
      },
      { urls: ["<all_urls>"], types: ["xmlhttprequest"] },
      ["blocking"],
    );
    const filterOf = webRequest.filterResponseData;
    webRequest.filterResponseData = (id) => {
      const filter = filterOf.call(webRequest, id);
      const hops = noted.get(id) ?? {};
      noted.set(id, hops);
      hops["background: filter"] = performance.timeOrigin + performance.now();
      for (const type of ["start", "stop"])
        filter.addEventListener(type, () => {
          hops[`background: ${type}`] = performance.timeOrigin + performance.now();
        });
      const write = filter.write.bind(filter);
      filter.write = (bytes) => {
        hops["background: handed on"] = performance.timeOrigin + performance.now();
        write(bytes);
      };
      return filter;
    };
  });
}

/** What the background noted since it was asked last. */
export const notedInBackground = (extension: Extension): Promise<Hops[]> =>
  extension.page.evaluate(() => {
    const { noted } = globalThis as unknown as { noted: Map<string, Hops> };
    const all = [...noted.values()];
    noted.clear();
    return all;
  });

/** Adds to each answer what the background noted while it was under way. */
export function join(answers: readonly Hops[], noted: readonly Hops[]): void {
  for (const hops of answers) {
    const { asked = Number.NaN, text = Number.NaN } = hops;
    const own = noted.find(({ "background: filter": at = Number.NaN }) => at >= asked && at <= text);
    Object.assign(hops, own);
  }
}

/** Milliseconds from asking until the text was there. */
export const took = ({ asked = Number.NaN, text = Number.NaN }: Hops): number => text - asked;

/** An answer's way in one line, each hop with its milliseconds since it was asked for. */
export const told = (hops: Hops): string =>
  Object.entries(hops)
    .filter(([name]) => name !== "asked")
    .map(([name, at]) => ({ name, after: at - (hops.asked ?? Number.NaN) }))
    .sort((one, other) => one.after - other.after)
    .map(({ name, after }) => `${name} ${after.toFixed(1)}`)
    .join(" · ");
