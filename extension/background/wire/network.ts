/**
 * Firefox lets an extension rewrite what comes from the network, before the page has any of it: answers of every kind, and the
 * documents that carry posts in themselves. Nothing in the page is touched for it.
 */
import platforms, { network } from "virtual:wire";
import {
  isBelow,
  joined,
  MAX_BODY,
  MAX_URL,
  pieced,
  type Spent,
  type Told,
  type WirePlatform,
} from "../../shared/wire.ts";
import { TabAddresses } from "./addresses.ts";
import type { Answers, Made } from "./answers.ts";
import { platformOf, type WirePorts } from "./ports.ts";
import { RequestBodies, type RequestBody } from "./request-bodies.ts";

/** Milliseconds that an answer is held for at most, from its end on. */
const DEADLINE = 1500;
/** Milliseconds after its first bytes within which a body must be complete to be rewritten. */
const COMPLETE_WITHIN = 4000;

/** What `@types/chrome` does not know of Firefox. */
interface StreamFilter {
  onstart: (() => void) | null;
  ondata: ((event: { data: ArrayBuffer }) => void) | null;
  onstop: (() => void) | null;
  onerror: (() => void) | null;
  readonly error: string;
  write(bytes: ArrayBuffer | Uint8Array): void;
  disconnect(): void;
  close(): void;
}
interface Details {
  requestId: string;
  url: string;
  type: string;
  frameId: number;
  tabId: number;
  statusCode: number;
  documentUrl?: string;
  originUrl?: string;
  incognito?: boolean;
  requestBody?: RequestBody | null;
  responseHeaders?: Array<{ name: string; value?: string }>;
}
interface WebRequest {
  filterResponseData(requestId: string): StreamFilter;
  onBeforeRequest: {
    addListener(
      listener: (details: Details) => void,
      filter: { urls: string[]; types: string[] },
      extra: string[],
    ): void;
  };
  onHeadersReceived: {
    addListener(
      listener: (details: Details) => Promise<Record<string, never>>,
      filter: { urls: string[]; types: string[] },
      extra: string[],
    ): void;
  };
}

const patterns = new Map<string, RegExp>();
function answersPosts({ name, answers }: WirePlatform, path: string): boolean {
  let pattern = patterns.get(name);
  if (pattern === undefined) {
    pattern = new RegExp(answers.map((one) => `(?:${one})`).join("|") || "$^");
    patterns.set(name, pattern);
  }
  return pattern.test(path);
}

/** The host whose page asked, and the platform that it is of; `undefined`: it is none. */
function askerOf({ url, type, documentUrl, originUrl }: Details) {
  const asker = type === "main_frame" ? url : (documentUrl ?? originUrl ?? "");
  const host = URL.canParse(asker) ? new URL(asker).hostname : "";
  const platform = platformOf(host);
  return platform?.recorded ? { platform, host } : undefined;
}

/** The address at which a request's page is by now. */
function documentOf(
  { type, url, documentUrl, frameId, tabId }: Details,
  addresses: TabAddresses,
): string | undefined | Promise<string | undefined> {
  if (type === "main_frame") return url;
  if (frameId !== 0 || tabId < 0) return documentUrl;
  const known = addresses.of(tabId);
  return typeof known === "string" ? known : known.then((url) => url ?? documentUrl);
}

const header = ({ responseHeaders }: Details, name: string): string =>
  responseHeaders?.find((one) => one.name.toLowerCase() === name)?.value ?? "";

/** The platform whose page asked, if the answer may hold posts. Pure. */
export function concerned(details: Details): { platform: WirePlatform; host: string } | null {
  const { url, type, statusCode } = details;
  if (statusCode !== 200 || url.length > MAX_URL || !URL.canParse(url)) return null;
  const { pathname, hostname } = new URL(url);
  const isDocument = type === "main_frame";
  const asker = askerOf(details);
  if (asker === undefined) return null;
  const { platform } = asker;
  if (+header(details, "content-length") > MAX_BODY) return null;
  const kind = header(details, "content-type").toLowerCase();
  // A stream of events never ends; where its messages are posts, the interceptor sees to them.
  if (kind.includes("text/event-stream")) return null;
  if (/charset=/.test(kind) && !/charset="?utf-?8/.test(kind)) return null;
  if (isDocument)
    return platform.documents && kind.includes("html") && isBelow(hostname, platform.hosts) ? asker : null;
  return answersPosts(platform, pathname) ? asker : null;
}

/** To be called as soon as the background runs: listeners of later do not wake it. */
export function followNetwork(
  answers: Answers,
  ports: WirePorts,
  /** Whether the reader wants it on this host. */
  wanted: (host: string) => Promise<boolean>,
): void {
  const webRequest = (globalThis as unknown as { browser?: { webRequest?: WebRequest } }).browser?.webRequest;
  if (!network || webRequest === undefined) return;
  const urls = [...new Set(platforms.flatMap(({ hosts }) => hosts))].map((host) => `*://*.${host}/*`);
  const bodies = new RequestBodies();
  const addresses = new TabAddresses(urls);
  webRequest.onBeforeRequest.addListener(
    (details) => {
      const { url, requestId, requestBody } = details;
      if (!requestBody || url.length > MAX_URL || !URL.canParse(url)) return;
      const asker = askerOf(details);
      if (asker && answersPosts(asker.platform, new URL(url).pathname)) bodies.note(requestId, requestBody);
    },
    { urls, types: ["xmlhttprequest"] },
    ["requestBody"],
  );
  webRequest.onHeadersReceived.addListener(
    async (details) => {
      const request = bodies.take(details.requestId);
      const found = concerned(details);
      if (details.type === "main_frame") ports.left(details.tabId);
      if (found !== null && (await wanted(found.host))) {
        try {
          follow(
            webRequest.filterResponseData(details.requestId),
            details,
            request,
            found,
            answers,
            ports,
            documentOf(details, addresses),
          );
        } catch {
          // It came out of a cache that cannot be filtered, or is gone: it stays as it is.
        }
      }
      return {};
    },
    { urls, types: ["main_frame", "xmlhttprequest"] },
    ["blocking", "responseHeaders"],
  );
}

function follow(
  filter: StreamFilter,
  details: Details,
  request: string | undefined,
  { platform, host }: { platform: WirePlatform; host: string },
  answers: Answers,
  ports: WirePorts,
  document: string | undefined | Promise<string | undefined>,
): void {
  const parts: Uint8Array[] = [];
  let size = 0;
  /** Passed on as it comes, from here on. */
  let given = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const isOfPage = details.type !== "main_frame" && details.tabId >= 0;
  const visit = isOfPage ? ports.visitOf(details.tabId) : undefined;
  const tell = (told: Told, spent?: Spent) => details.tabId >= 0 && ports.tell(details.tabId, told, spent);
  const giveUp = (passed: Told["passed"]) => {
    if (given) return;
    given = true;
    clearTimeout(timer);
    for (const part of parts) filter.write(part);
    filter.disconnect();
    tell({ posts: 0, taken: [], moved: 0, repeated: 0, ...(passed && { passed }) });
  };
  filter.ondata = ({ data }) => {
    if (given) return;
    parts.push(new Uint8Array(data));
    size += data.byteLength;
    timer ??= setTimeout(() => giveUp("cut"), COMPLETE_WITHIN);
    if (size > MAX_BODY) giveUp("large");
  };
  filter.onerror = () => clearTimeout(timer);
  filter.onstop = () => {
    if (given) return;
    clearTimeout(timer);
    timer = setTimeout(() => giveUp("late"), DEADLINE);
    const began = performance.now();
    const body = joined(parts);
    const isPrivate = details.incognito !== false;
    let spent: Spent | undefined;
    const hand = ({ outcome, pieces, engine }: Made) => {
      if (given) return;
      given = true;
      clearTimeout(timer);
      filter.write(outcome === "changed" && pieces ? pieced(body, pieces) : body);
      filter.close();
      spent = { background: performance.now() - began, engine };
    };
    void Promise.all([document, visit])
      .then(([document, visit = `request-${details.requestId}`]) =>
        answers.rewrite(
          { platform: platform.name, host, url: details.url, visit, document, request, body, isPrivate },
          hand,
        ),
      )
      // What was late is told already.
      .then((told) => spent && tell(told, spent));
  };
}
