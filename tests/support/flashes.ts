/** Scrolling Agora and saying which posts were seen that should not have been. */
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import type { Page } from "puppeteer-core";
import type { Truth } from "../agora/types.ts";
import type { ProbeReport, Sighting } from "./page/flash-probe.ts";

/** The probe as one script without imports. */
function probeScript(): string {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL("./page/flash-probe.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
  });
  const script = outputFiles[0]?.text;
  if (script === undefined) throw new Error("esbuild gave no output for the flash probe");
  return script;
}

/** Begins to look at every frame of a page of Agora. */
export async function watchFrames(page: Page): Promise<void> {
  await page.evaluate(probeScript());
}

/** How to scroll. */
export interface ScrollPlan {
  /** Stop once so many posts came into the window. */
  posts: number;
  /** Pixels a frame. */
  step?: number;
}

/** Scrolls frame by frame until enough posts came by, and returns what the probe saw. */
export async function scrollFeed(page: Page, { posts, step = 140 }: ScrollPlan): Promise<ProbeReport> {
  // One call for a stretch of frames: a call a frame would let the driver's pace be the browser's.
  for (let stretch = 0; stretch < 600; stretch++) {
    const [seen, moved] = await page.evaluate(
      async (pixels, frames) => {
        const start = scrollY;
        for (let frame = 0; frame < frames; frame++) {
          scrollBy(0, pixels);
          await new Promise((resolve) => requestAnimationFrame(resolve));
        }
        const ids = new Set(globalThis.flashProbe.report().sightings.map((sighting) => sighting.id));
        return [ids.size, scrollY !== start] as const;
      },
      step,
      60,
    );
    if (seen >= posts) break;
    // At the end of what is loaded: give the next page of the feed time to come.
    if (!moved) await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return page.evaluate(() => globalThis.flashProbe.report());
}

/** A version of a post that was seen, and the words it had. */
export interface Flash extends Sighting {
  text: string;
}

/** What came of a scroll. */
export interface FlashCount {
  frames: number;
  /** Posts that came into the window, each once. */
  posts: number;
  /** Posts that were meant to be hidden, of those. */
  hidden: number;
  /** Versions that may be seen, and were. */
  shown: number;
  flashes: Flash[];
}

/** Holds what was seen against what may be: `hides` says whether a rule hides a post with these words. */
export function countFlashes(
  report: ProbeReport,
  truth: readonly Truth[],
  hides: (post: Truth, text: string) => boolean,
): FlashCount {
  const posts = new Map(truth.map((post) => [post.id, post]));
  const flashes: Flash[] = [];
  const hidden = new Set<string>();
  let shown = 0;
  for (const sighting of report.sightings) {
    const post = posts.get(sighting.id);
    if (!post) throw new Error(`the page shows a post ${sighting.id} that the server does not know`);
    const text = post.texts[sighting.version] ?? "";
    if (hides(post, text)) {
      hidden.add(post.id);
      if (sighting.painted > 0) flashes.push({ ...sighting, text });
    } else if (sighting.painted > 0) shown++;
  }
  return {
    frames: report.frames,
    posts: new Set(report.sightings.map((sighting) => sighting.id)).size,
    hidden: hidden.size,
    shown,
    flashes,
  };
}
