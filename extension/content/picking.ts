/**
 * Picking a post on the page, to make a rule of it: what is pointed at is framed, a click takes it, Esc leaves. By keys:
 * the arrows go from post to post, Enter takes. While it lasts, clicks do nothing on the page,
 * nor do keys but Tab, and it hears of them only by listeners that it put on the window before.
 */
import { disown } from "./extract/index.ts";
import type { Known } from "./known.ts";
import type { Marks } from "./marks.ts";
import { constructed } from "./sheet.ts";
import type { Slot, Slots } from "./slots.ts";

const STYLE = `
:host { all: initial; }
.frame { position: fixed; z-index: 2147483646; pointer-events: none; border: 3px solid #1b7a74; border-radius: 8px;
  background: #1b7a7422; box-sizing: border-box; }
.bar { position: fixed; z-index: 2147483647; inset: 12px 12px auto; margin: 0 auto; width: fit-content;
  max-width: calc(100vw - 24px); box-sizing: border-box; display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: center;
  padding: 10px 14px; border-radius: 10px; font: 14px/1.4 system-ui, sans-serif; color: #fff; background: #14302e;
  box-shadow: 0 4px 24px #0006; }
button { font: inherit; color: inherit; background: #ffffff22; border: 1px solid #ffffff88; border-radius: 8px;
  min-height: 32px; padding: 4px 12px; cursor: pointer; }
button:focus-visible { outline: 2px solid #fff; outline-offset: 2px; }
.post { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`;

/** What the page is not to hear. */
const HELD = [
  "pointerdown",
  "pointerup",
  "mousedown",
  "mouseup",
  "click",
  "auxclick",
  "dblclick",
  "touchstart",
  "touchend",
];
const KEYS = ["keydown", "keypress", "keyup"];

/** One round of picking. */
export class Picking {
  private readonly host = document.createElement("div");
  private readonly frame = document.createElement("div");
  private readonly said = document.createElement("span");
  private readonly leave = document.createElement("button");
  private readonly before = document.activeElement;
  private current: Slot | undefined;
  private frameTimer: ReturnType<typeof setInterval> | undefined;

  constructor(
    marks: Marks,
    private readonly slots: Slots,
    /** The reader took this one. Picking is over. */
    private readonly picked: (known: Known) => void,
  ) {
    this.host.setAttribute(marks.own, "");
    disown(this.host);
    const root = this.host.attachShadow({ mode: "closed" });
    const sheet = constructed(STYLE);
    if (sheet) root.adoptedStyleSheets.push(sheet);
    const bar = document.createElement("div");
    bar.className = "bar";
    bar.setAttribute("role", "dialog");
    bar.setAttribute("aria-label", "Pick a post");
    const words = document.createElement("span");
    words.textContent = "Click a post to make a rule of it. Arrow keys and Enter work too; Esc leaves.";
    this.leave.type = "button";
    this.leave.textContent = "Leave";
    this.said.className = "post";
    this.said.setAttribute("aria-live", "polite");
    this.frame.className = "frame";
    this.frame.hidden = true;
    bar.append(words, this.leave, this.said);
    root.append(this.frame, bar);
    document.documentElement.append(this.host);
    for (const name of HELD) addEventListener(name, this.onPointer, { capture: true, passive: false });
    for (const name of KEYS) addEventListener(name, this.onKey, true);
    addEventListener("pointermove", this.onMove, true);
    // The page scrolls and moves under the frame.
    this.frameTimer = setInterval(() => this.place(), 100);
    this.leave.focus();
  }

  /** Leaves without a post. */
  stop(): void {
    for (const name of HELD) removeEventListener(name, this.onPointer, { capture: true });
    for (const name of KEYS) removeEventListener(name, this.onKey, true);
    removeEventListener("pointermove", this.onMove, true);
    clearInterval(this.frameTimer);
    this.host.remove();
    if (this.before instanceof HTMLElement) this.before.focus({ preventScroll: true });
  }

  /** The posts that can be seen, in the order they stand. */
  private visible(): Slot[] {
    return this.slots
      .all()
      .filter((slot) => slot.known !== null && slot.item.isConnected && boxOf(slot) !== null)
      .sort((a, b) => (boxOf(a)?.top ?? 0) - (boxOf(b)?.top ?? 0));
  }

  private at(event: Event): Slot | undefined {
    for (const node of event.composedPath()) {
      const slot = node instanceof Node ? this.slots.owner(node) : undefined;
      if (slot?.known) return slot;
    }
    return undefined;
  }

  private choose(slot: Slot | undefined): void {
    if (slot === this.current) return;
    this.current = slot;
    const post = slot?.known?.post;
    this.said.textContent =
      post === undefined
        ? ""
        : `${post.author ?? post.name ?? ""}: ${(post.title ?? post.text ?? "").slice(0, 80)}`;
    this.place();
  }

  private place(): void {
    const box = this.current?.item.isConnected ? boxOf(this.current) : null;
    this.frame.hidden = box === null;
    if (box === null) return;
    const { style } = this.frame;
    style.left = `${box.left}px`;
    style.top = `${box.top}px`;
    style.width = `${box.width}px`;
    style.height = `${box.height}px`;
  }

  private take(slot: Slot | undefined): void {
    const known = slot?.known;
    if (!known) return;
    this.stop();
    this.picked(known);
  }

  private readonly onMove = (event: PointerEvent): void => {
    if (event.isTrusted) this.choose(this.at(event));
  };

  private readonly onPointer = (event: Event): void => {
    const own = event.composedPath().includes(this.host);
    event.stopImmediatePropagation();
    event.preventDefault();
    // Only the reader's own hand: a page that clicks on itself picks nothing.
    if (event.type !== "click" || !event.isTrusted) return;
    if (own) this.stop();
    else this.take(this.at(event));
  };

  private readonly onKey = (event: Event): void => {
    if (!(event instanceof KeyboardEvent)) return;
    event.stopImmediatePropagation();
    if (!event.isTrusted || event.type !== "keydown" || event.key === "Tab") return;
    event.preventDefault();
    if (event.key === "Escape") this.stop();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp")
      this.step(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter" || event.key === " ") {
      if (this.current === undefined) this.stop();
      else this.take(this.current);
    }
  };

  private step(by: number): void {
    const posts = this.visible();
    const at = this.current === undefined ? -1 : posts.indexOf(this.current);
    const next = posts[at < 0 ? 0 : Math.max(0, Math.min(posts.length - 1, at + by))];
    next?.item.scrollIntoView({ block: "nearest" });
    this.choose(next);
  }
}

/** Where a post's boxes lie in the window; `null` where none can be seen. */
function boxOf(slot: Slot): DOMRect | null {
  let whole: DOMRect | null = null;
  for (const box of slot.boxes) {
    const { left, top, right, bottom, width, height } = box.getBoundingClientRect();
    if (width < 2 || height < 2) continue;
    if (whole === null) whole = new DOMRect(left, top, width, height);
    else {
      const x = Math.min(whole.left, left);
      const y = Math.min(whole.top, top);
      whole = new DOMRect(x, y, Math.max(whole.right, right) - x, Math.max(whole.bottom, bottom) - y);
    }
  }
  return whole;
}
