/** Agora's page: columns, navigation without reloads, one list at a time. */
import { TRENDS } from "../phrases.ts";
import type { WireTimeline } from "../types.ts";
import { css, el, type Icon, icon } from "./dom.ts";
import { FeedList } from "./list.ts";
import type { Identified } from "./post.ts";

/** Where the reader is: a surface, and what it is about. */
interface Place {
  surface: "home" | "following" | "explore" | "search" | "profile" | "thread";
  query: string;
  title: string;
}

function placeOf(url: URL): Place {
  const [, first = "", second = ""] = url.pathname.split("/");
  switch (first) {
    case "following":
      return { surface: "following", query: "", title: "Following" };
    case "explore":
      return { surface: "explore", query: "", title: "Explore" };
    case "search": {
      const query = url.searchParams.get("q") ?? "";
      return { surface: "search", query, title: query ? `Results for “${query}”` : "Search" };
    }
    case "u":
      return { surface: "profile", query: second, title: `@${second}` };
    case "post":
      return { surface: "thread", query: second, title: "Thread" };
    default:
      return { surface: "home", query: "", title: "Home" };
  }
}

async function timeline(place: Place, cursor: string | null): Promise<WireTimeline> {
  const query = new URLSearchParams({ surface: place.surface });
  if (place.query) query.set("q", place.query);
  if (cursor) query.set("cursor", cursor);
  const response = await fetch(`/api/timeline?${query}`);
  if (!response.ok) throw new Error(`timeline: ${response.status}`);
  return (await response.json()) as WireTimeline;
}

let list: FeedList | undefined;
const heading = el("h1", "heading");
const column = el("main", "column");
const links = new Map<string, HTMLAnchorElement>();

function show(): void {
  const place = placeOf(new URL(location.href));
  list?.stop();
  list = new FeedList((cursor) => timeline(place, cursor));
  heading.textContent = place.title;
  document.title = `${place.title} / Agora`;
  column.replaceChildren(el("div", "top", {}, heading), list.root);
  for (const [path, link] of links) {
    if (path === location.pathname) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  scrollTo(0, 0);
  list.start();
}

function go(to: string): void {
  history.pushState(null, "", to);
  show();
}

/** Links of ours change the page in place; the build, which asks for other class names, needs a new one. */
function follow(event: MouseEvent): void {
  const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
  if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin) {
    event.preventDefault();
    return;
  }
  if (url.pathname === "/out") return;
  event.preventDefault();
  go(url.pathname + url.search);
}

function navigation(): HTMLElement {
  const entries: [Icon, string, string][] = [
    ["home", "Home", "/"],
    ["following", "Following", "/following"],
    ["explore", "Explore", "/explore"],
    ["profile", "Profile", "/u/dawnchorus"],
  ];
  return el(
    "nav",
    "nav",
    { "aria-label": "Agora" },
    el(
      "a",
      "logo",
      { href: "/", "aria-label": "Agora" },
      el("span", "sign", {}, "a"),
      el("span", "wordmark", {}, "agora"),
    ),
    ...entries.map(([name, label, path]) => {
      const link = el("a", "entry", { href: path }, icon(name), el("span", "label", {}, label));
      links.set(path, link);
      return link;
    }),
    el("button", "compose", { type: "button" }, "Write"),
  );
}

function aside(): HTMLElement {
  const input = el("input", "input", {
    type: "search",
    placeholder: "Search Agora",
    "aria-label": "Search Agora",
  });
  const box = el("div", "searchbox", {}, icon("search"), input);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") go(`/search?q=${encodeURIComponent(input.value)}`);
  });
  const trends = TRENDS.map(([where, what, loud]) =>
    el(
      "a",
      "trend",
      { href: `/search?q=${encodeURIComponent(what)}` },
      el("span", "muted", {}, where),
      el("strong", "", {}, what),
      el("span", "muted", {}, loud),
    ),
  );
  return el(
    "aside",
    "aside",
    {},
    box,
    el("section", "panel", {}, el("h2", "", {}, "What people talk about"), ...trends),
    el("p", "small", {}, "Agora is a demonstration. Nobody here exists."),
  );
}

document.body.className = css("body");
document.getElementById("root")?.append(el("div", "page", {}, navigation(), column, aside()));
document.addEventListener("click", follow);
addEventListener("popstate", show);

declare global {
  /** For tests in the page's own world: what stands on the page, by the page's own account. */
  var agora: { articles(): Identified[]; go(to: string): void };
}
globalThis.agora = { articles: () => list?.articles() ?? [], go };

show();
