/** Making elements without markup: Trusted Types forbid it here. */
import { obfuscate } from "./names.ts";

const build = Number(document.documentElement.dataset.build ?? 1);

/** This build's class names for a list of ours, separated by blanks. */
export function css(names: string): string {
  return names
    .split(" ")
    .map((name) => obfuscate(build, name))
    .join(" ");
}

/** Makes an element with classes, attributes and children. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  names = "",
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (names) made.className = css(names);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  home: "M3 11 12 3l9 8v10h-6v-6H9v6H3z",
  following:
    "M8 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm-6 9c0-4 3-6 6-6s6 2 6 6M16 4a4 4 0 0 1 0 7m2 4c2 .6 4 2.3 4 5",
  explore: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm4 6-2.5 5.500L8 16l2.5-5.500z",
  search: "M10.5 3a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM16 16l5 5",
  profile: "M12 12a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zm-8 9c0-4.5 4-6 8-6s8 1.5 8 6",
  reply: "M4 5h16v11H11l-5 4v-4H4z",
  repost: "M6 8h10a3 3 0 0 1 3 3v2M18 16H8a3 3 0 0 1-3-3v-2M8 5 5 8l3 3m8 2 3 3-3 3",
  like: "M12 20S4 15 4 9.500A4.3 4.3 0 0 1 12 7a4.3 4.3 0 0 1 8 2.500C20 15 12 20 12 20z",
  views: "M5 20v-7m7 7V5m7 15v-9",
  verified:
    "M12 2l2.6 2 3.2-.1 1 3.1 2.6 1.9-1 3.1 1 3.1-2.6 1.9-1 3.1-3.2-.1L12 22l-2.6-2-3.2.1-1-3.100L2.6 15.100l1-3.1-1-3.1 2.6-1.9 1-3.1 3.2.1zM8 12l3 3 5-6",
  play: "M8 5v14l11-7z",
  star: "M12 3l2.7 5.8 6.3.7-4.7 4.3 1.3 6.2-5.6-3.2-5.6 3.2 1.3-6.200L3 9.500l6.3-.7z",
} as const;

export type Icon = keyof typeof PATHS;

/** A line drawing, hidden from assistive technology. */
export function icon(name: Icon, names = "icon"): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", css(names));
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** 12431 as `12.4K`. */
export function brief(count: number): string {
  if (count < 10_000) return count.toLocaleString("en");
  const [amount, unit] = count < 1_000_000 ? [count / 1000, "K"] : [count / 1_000_000, "M"];
  return `${amount.toFixed(1).replace(/\.0$/, "")}${unit}`;
}

/** Seconds as `2:05`. */
export function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** How long ago, as `3h`. */
export function since(then: string, now: string): string {
  const minutes = Math.max(1, Math.round((Date.parse(now) - Date.parse(then)) / 60_000));
  if (minutes < 60) return `${minutes}m`;
  if (minutes < 1440) return `${Math.round(minutes / 60)}h`;
  return `${Math.round(minutes / 1440)}d`;
}
