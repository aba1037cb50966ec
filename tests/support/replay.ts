/** What the extension makes of a saved page, in the shape of `diffract replay`. */
import type { Page } from "puppeteer-core";
import type { JudgedPost, PageReport } from "../../extension/shared/messages.ts";
import type { Reason, Surface } from "../../extension/shared/post.ts";
import type { Extension } from "./extension.ts";
import { pause, until } from "./wait.ts";

/** One line of `diffract replay` and of `npm run replay:page`. */
export interface ReplayLine {
  id: string;
  author: string | null;
  text: string | null;
  /** RFC 3339. */
  time: string | null;
  promoted: boolean;
  surface: Surface | null;
  verdict: {
    action: string;
    labels: string[];
    score: number;
    reasons: Pick<Reason, "pack" | "rule" | "line" | "evidence">[];
  };
}

/** A post with its verdict as a line. What the platform does not say is `null`; not known to be paid for is `false`. */
export function replayLine({ post, verdict }: JudgedPost): ReplayLine {
  return {
    id: post.id,
    author: post.author ?? post.name ?? null,
    text: post.text ?? post.title ?? null,
    time: post.time === undefined ? null : rfc3339(post.time),
    promoted: post.promoted ?? false,
    surface: post.surface ?? null,
    verdict: {
      action: verdict.action,
      labels: verdict.labels,
      score: verdict.score,
      reasons: verdict.reasons.map(({ pack, rule, line, evidence }) => ({ pack, rule, line, evidence })),
    },
  };
}

/**
 * Every judged post as often as it stands in the page (`places`), in the page's order where it is known: a saved page may
 * show a post twice, and whoever counts its elements counts both.
 */
export function inPlaces(posts: readonly JudgedPost[]): JudgedPost[] {
  const last = Number.POSITIVE_INFINITY;
  return posts
    .toSorted((one, other) => {
      const [a, b] = [one.post.position ?? last, other.post.position ?? last];
      return a === b ? 0 : a - b;
    })
    .flatMap((judged) => Array.from({ length: placesOf(judged) }, () => judged));
}

/** Elements of the page that hold the post; one that was there and is no more counts once. */
export const placesOf = ({ places }: JudgedPost): number => Math.max(1, places ?? 1);

/** Whole seconds are written without a fraction, as Rust writes them. */
function rfc3339(seconds: number): string | null {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString().replace(/\.000Z$/, "Z");
}

/** Opens `address` in `page` and waits until the content script has found and judged all there is. */
export async function judgePage(extension: Extension, page: Page, address: string): Promise<PageReport> {
  await page.goto(address, { waitUntil: "domcontentloaded" });
  await page.bringToFront();
  const { hostname } = new URL(page.url());
  let before = "";
  let quiet = 0;
  return until(
    `${address} to settle`,
    async () => {
      const loaded = await page.evaluate(() => document.readyState === "complete");
      const found = (await extension.reports()).find(({ report }) => report.host === hostname)?.report;
      if (!found) return false;
      const now = `${found.seen} ${found.posts.length} ${found.health.state} ${loaded}`;
      quiet = now === before ? quiet + 1 : 0;
      before = now;
      await pause(250);
      // Without a post there is nothing to wait for but for the page to say that it is finished.
      return loaded && quiet >= (found.seen > 0 ? 6 : 16) ? found : false;
    },
    60_000,
  );
}
