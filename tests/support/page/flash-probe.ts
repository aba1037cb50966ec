/**
 * Runs in Agora's own world and looks at every frame the browser makes, after style and layout and before paint:
 * which posts, by the page's own account, can be seen. Bundled and handed to the page as a string.
 *
 * A `ResizeObserver` is told after layout, in the same frame, with nothing but paint to follow; so that it is told
 * in every frame, an element of the probe's own changes its size in each.
 */
import type { Identified } from "../../agora/client/post.ts";

/** What was seen of one version of one post. */
export interface Sighting {
  id: string;
  /** 0, or 1 after an edit. */
  version: number;
  /** Frames in which its place was inside the window, seen or not. */
  present: number;
  /** Frames in which any of it could be seen. */
  painted: number;
  /** Number of the first frame in which it could be seen, from 1; 0 if none. */
  firstPainted: number;
}

/** What the probe has to say. */
export interface ProbeReport {
  frames: number;
  sightings: Sighting[];
}

declare global {
  var flashProbe: { report(): ProbeReport; stop(): void };
}

/** The parts of a post that a reader sees; each is asked for itself, for a child may show where its parent does not. */
const PARTS = "header a, header span, div[dir=auto] > *, figure, blockquote, footer, img, a[href]";

const sightings = new Map<string, Sighting>();
let frames = 0;

function canBeSeen(part: Element): boolean {
  const { top, bottom, left, right, width, height } = part.getBoundingClientRect();
  if (width < 1 || height < 1 || bottom <= 0 || top >= innerHeight || right <= 0 || left >= innerWidth)
    return false;
  return part.checkVisibility({
    opacityProperty: true,
    visibilityProperty: true,
    contentVisibilityAuto: true,
  });
}

function look(): void {
  frames++;
  for (const article of globalThis.agora.articles() as Identified[]) {
    const { agora } = article;
    const place = article.parentElement?.getBoundingClientRect();
    if (!agora || !place || place.bottom < 0 || place.top > innerHeight) continue;
    const key = `${agora.id} ${agora.version}`;
    let sighting = sightings.get(key);
    if (!sighting) {
      sighting = { id: agora.id, version: agora.version, present: 0, painted: 0, firstPainted: 0 };
      sightings.set(key, sighting);
    }
    sighting.present++;
    if (![...article.querySelectorAll(PARTS)].some(canBeSeen)) continue;
    sighting.painted++;
    sighting.firstPainted ||= frames;
  }
}

const pulse = document.createElement("div");
pulse.style.cssText = "position:fixed;top:0;left:0;height:1px;pointer-events:none";
document.documentElement.append(pulse);
let running = true;
const observer = new ResizeObserver(look);
observer.observe(pulse);
let wide = false;
const beat = () => {
  if (!running) return;
  wide = !wide;
  pulse.style.width = wide ? "1px" : "2px";
  requestAnimationFrame(beat);
};
requestAnimationFrame(beat);

globalThis.flashProbe = {
  report: () => ({ frames, sightings: [...sightings.values()] }),
  stop() {
    running = false;
    observer.disconnect();
    pulse.remove();
  },
};
