/**
 * A plain feed in the page's own world: posts are appended, so many at a time, and stay. No recycling, no decoys, no
 * shadow roots; the parts of a post are those of any platform. The page's own clock says how long posts took from being
 * put on the page to being shown; it neither knows nor asks whether an extension is there.
 */
import type { WireEntry } from "../../agora/types.ts";

/** All in milliseconds from the moment at which the posts were put on the page (and measured, if that was asked for). */
export interface Arrival {
  /** Until the page had rendered the first frame in which each of them showed or was out of sight. */
  shown: number;
  /** Which of the frames that began after the arrival that was, from 1. */
  frames: number;
  /** Until something last set an attribute on one of them: a verdict. Null where nothing did. */
  decided: number | null;
  /** How much of `decided` the page spent in frames of its own: callbacks, styles, layout, painting. */
  inFrames: number;
}

/** How a page was kept from drawing, in milliseconds. */
export interface Gaps {
  /** The longest time between two frames. */
  longest: number;
  /** By how much all times between frames were longer than {@link FRAME}. */
  lost: number;
}

declare global {
  var cards: {
    /** Watches frames until told to stop. */
    watchFrames(): () => Gaps;
    /**
     * Appends `count` fresh posts to the quiet page, `phase` milliseconds after a frame was drawn, and waits until each of
     * them shows or is taken out of sight; `null` when that never came. `measured`: the page itself asks for their sizes as
     * soon as they are there, as virtual lists do; its clock starts after that.
     */
    arrive(count: number, phase: number, measured: boolean): Promise<Arrival | null>;
  };
}

/** Milliseconds between two frames, and some to spare. */
const FRAME = 1000 / 60 + 2;
/** Frames that an arrival is waited for, at most. */
const MOST_FRAMES = 1200;
/** Frames before an arrival, and after it, in which nothing happens. */
const QUIET_FRAMES = 8;

function el(
  tag: string,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function card({ post, promotion, reposted_by }: WireEntry): HTMLElement {
  const { id, author, text, counts, attachments, quoted, created_at } = post;
  const handle = `/u/${author.handle}`;
  const when = promotion
    ? el("span", {}, "Sponsored")
    : el("span", {}, el("a", { href: `/post/${id}` }, el("time", { datetime: created_at }, "2h")));
  const counter = (count: number, noun: string) =>
    el("button", { type: "button", "aria-label": `${count} ${noun}` }, el("span", {}, String(count)));
  const extras: Node[] = attachments.map((attachment) => {
    if (attachment.type === "card")
      return el("a", { href: attachment.url, rel: "noopener" }, el("strong", {}, attachment.title));
    if (attachment.type === "poll")
      return el(
        "ul",
        { "aria-label": "Poll" },
        ...attachment.options.map((option) => el("li", {}, option.text)),
      );
    const picture = el("img", { alt: attachment.picture.alt, width: "320", height: "180" });
    return attachment.type === "video"
      ? el("figure", { "data-format": attachment.format }, picture)
      : el("figure", {}, picture);
  });
  if (quoted)
    extras.push(
      el(
        "blockquote",
        { cite: `/post/${quoted.id}` },
        el("strong", {}, quoted.author.name),
        el("p", {}, quoted.text),
      ),
    );
  if (promotion)
    extras.push(
      el("a", { href: `/out?c=${promotion.campaign}`, rel: "nofollow" }, el("span", {}, promotion.call)),
    );
  return el(
    "article",
    { tabindex: "0" },
    el(
      "div",
      {},
      ...(reposted_by ? [el("a", { href: `/u/${reposted_by.handle}` }, reposted_by.name), " reposted"] : []),
    ),
    el(
      "div",
      { class: "row" },
      el("a", { href: handle, tabindex: "-1" }, el("img", { alt: "", width: "44", height: "44" })),
      el(
        "div",
        {},
        el("header", {}, el("a", { href: handle }, author.name), el("span", {}, `@${author.handle}`), when),
        el("div", { dir: "auto" }, ...text.split(/\n+/).map((paragraph) => el("p", {}, paragraph))),
        ...extras,
        el(
          "footer",
          {},
          counter(counts.replies, "replies"),
          counter(counts.reposts, "reposts"),
          counter(counts.likes, "likes"),
          counter(counts.views, "views"),
        ),
      ),
    ),
  );
}

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
const idle = () => new Promise((resolve) => requestIdleCallback(resolve, { timeout: 2000 }));
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Asked for in a frame callback: when that frame's styles, layout and painting are done. */
function rendered(): Promise<number> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      resolve(performance.now());
      port1.close();
    };
    port2.postMessage(null);
  });
}

/** Whether a person sees the post, or will not see it at all. */
function isDecided(post: Element): boolean {
  const { display, opacity } = getComputedStyle(post);
  return display === "none" || opacity !== "0";
}

const feed = document.querySelector("[role=feed]");
const entries: WireEntry[] = JSON.parse(
  document.querySelector("script[type='application/json']")?.textContent ?? "[]",
);

globalThis.cards = {
  watchFrames() {
    let last = performance.now();
    const gaps: Gaps = { longest: 0, lost: 0 };
    let on = true;
    const look = () => {
      const now = performance.now();
      gaps.longest = Math.max(gaps.longest, now - last);
      gaps.lost += Math.max(0, now - last - FRAME);
      last = now;
      if (on) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    return () => {
      on = false;
      return gaps;
    };
  },
  async arrive(count, phase, measured) {
    if (!feed) throw new Error("the page has no feed");
    const fresh = entries.splice(0, count).map(card);
    if (fresh.length < count) throw new Error("the page has no more posts");
    scrollTo(0, document.documentElement.scrollHeight);
    for (let frames = 0; frames < QUIET_FRAMES; frames++) await frame();
    await idle();
    let start = Number.POSITIVE_INFINITY;
    let decided: number | null = null;
    // Whatever its name: a verdict is carried out by an attribute on the post.
    const observer = new MutationObserver(() => {
      decided = performance.now();
    });
    for (const post of fresh) observer.observe(post, { attributes: true });
    const frames: Array<{ from: number; to: number }> = [];
    // Frames are drawn all the while, as when a reader scrolls.
    let begun = 0;
    let shownIn = 0;
    const shown = new Promise<number | null>((resolve) => {
      const look = () => {
        const from = performance.now();
        if (start < from) begun++;
        const done = start < from && fresh.every(isDecided);
        const whole = rendered().then((to) => {
          frames.push({ from, to });
          return to;
        });
        if (done) {
          shownIn = begun;
          resolve(whole);
        } else if (frames.length > MOST_FRAMES) resolve(null);
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
    await frame();
    await rendered();
    await pause(phase);
    start = performance.now();
    feed.append(...fresh);
    if (measured) {
      for (const post of fresh) post.getBoundingClientRect();
      start = performance.now();
    }
    const at = await shown;
    for (let frames = 0; frames < QUIET_FRAMES; frames++) await frame();
    observer.disconnect();
    if (at === null) return null;
    const end = decided ?? start;
    // For whoever traces the page; measured afterwards, so that it takes no part of it.
    performance.measure("arrival", { start, end });
    const inFrames = frames.reduce(
      // A frame that began before had been drawn by then: only its message was still to come.
      (sum, { from, to }) => sum + (from < start ? 0 : Math.max(0, Math.min(to, end) - from)),
      0,
    );
    return {
      shown: at - start,
      frames: shownIn,
      decided: decided === null ? null : decided - start,
      inFrames,
    };
  },
};
