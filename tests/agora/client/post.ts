/** One place of the list: an element that shows one post now and another one later. */
import type { Attachment, WireEntry } from "../types.ts";
import { type Body, makeBody } from "./body.ts";
import { brief, clock, css, el, icon, since } from "./dom.ts";
import { ageLine, scrambled } from "./sponsor.ts";

/** A post of this session: what the server sent, and what has changed since. */
export interface Model {
  entry: WireEntry;
  /** 0, then 1 after its author's edit. */
  version: number;
  /** The like counter as shown; it ticks. */
  likes: number;
  height: number;
}

/** The words a model shows now. */
export const wordsOf = (model: Model): string =>
  model.version > 0 && model.entry.edit ? model.entry.edit.text : model.entry.post.text;

/** `?marker`: advertisements have a ground of a colour that nothing else has, for tests that look at pixels. */
const MARKED = new URLSearchParams(location.search).has("marker");

/** What the page itself knows of an element; no other world can read it. */
export interface Identified extends HTMLElement {
  agora?: { id: string; version: number };
}

/** An element of the pool with the parts that are filled in. */
export interface Place {
  cell: HTMLElement;
  article: Identified;
  show(model: Model, now: string): void;
  tick(model: Model): void;
}

/** Makes an empty place. */
export function makePlace(): Place {
  const context = el("div", "context");
  const avatar = el("img", "avatar", { alt: "", width: "44", height: "44" });
  const portrait = el("a", "portrait", { "aria-hidden": "true", tabindex: "-1" }, avatar);
  const name = el("a", "name");
  const mark = el(
    "span",
    "mark",
    { role: "img", "aria-label": "Verified account" },
    icon("verified", "icon filled"),
  );
  const handle = el("span", "handle");
  const when = el("span", "slot");
  const header = el("header", "header", {}, name, mark, handle, when);
  const replying = el("div", "replying");
  const body: Body = makeBody();
  const extras = el("div", "extras");
  const counters = makeCounters();
  const main = el("div", "main", {}, header, replying, body.root, extras, counters.root);
  const article: Identified = el(
    "article",
    "post",
    { tabindex: "0" },
    context,
    el("div", "row", {}, portrait, main),
  );
  const cell = el("div", "cell", {}, article);

  return {
    cell,
    article,
    show(model, now) {
      const { post, promotion, suggestion, reposted_by } = model.entry;
      article.agora = { id: post.id, version: model.version };
      article.className = css(promotion && MARKED ? "post marked" : "post");
      context.replaceChildren(...contextOf(suggestion?.because, reposted_by));
      avatar.src = `/avatar/${post.author.handle}.svg`;
      portrait.href = name.href = `/u/${post.author.handle}`;
      if (name.firstChild instanceof Text) name.firstChild.data = post.author.name;
      else name.textContent = post.author.name;
      mark.hidden = !post.author.verified;
      handle.textContent = `@${post.author.handle}`;
      when.replaceChildren(
        promotion
          ? scrambled("Sponsored", post.id)
          : ageLine(since(post.created_at, now), `/post/${post.id}`, post.created_at, post.id),
      );
      replying.replaceChildren(
        ...(post.replying_to
          ? ["Replying to ", el("a", "link", { href: `/u/${post.replying_to}` }, `@${post.replying_to}`)]
          : []),
      );
      body.show(wordsOf(model), model.entry.body);
      extras.replaceChildren(...extrasOf(model.entry));
      counters.show(post.counts.replies, post.counts.reposts, model.likes, post.counts.views);
    },
    tick(model) {
      counters.like(model.likes);
    },
  };
}

function contextOf(because: string | undefined, reposter: WireEntry["reposted_by"]): (Node | string)[] {
  if (reposter)
    return [icon("repost"), el("a", "link", { href: `/u/${reposter.handle}` }, reposter.name), " reposted"];
  return because ? [icon("star"), because] : [];
}

function extrasOf({ post, promotion }: WireEntry): Node[] {
  const extras = post.attachments.map((attachment) => attachmentOf(attachment, post.sensitive ?? false));
  if (post.quoted) {
    const { author, text, id } = post.quoted;
    extras.push(
      el(
        "blockquote",
        "quote",
        { cite: `/post/${id}` },
        el(
          "div",
          "quoted",
          {},
          el("img", "tiny", { src: `/avatar/${author.handle}.svg`, alt: "" }),
          el("strong", "", {}, author.name),
          ` @${author.handle}`,
        ),
        el("p", "", {}, text),
      ),
    );
  }
  if (promotion)
    extras.push(
      el(
        "a",
        "call",
        { href: `/out?c=${promotion.campaign}&to=${encodeURIComponent(promotion.url)}`, rel: "nofollow" },
        el("span", "domain", {}, new URL(promotion.url).hostname),
        el("span", "button", {}, promotion.call),
      ),
    );
  return extras;
}

function attachmentOf(attachment: Attachment, sensitive: boolean): Node {
  switch (attachment.type) {
    case "picture": {
      const figure = el("figure", "figure", {}, pictureOf(attachment.picture));
      if (sensitive) figure.prepend(el("span", "badge", {}, "Sensitive"));
      return figure;
    }
    case "video": {
      const { format, seconds, picture } = attachment;
      const length =
        format === "live" ? el("span", "badge live", {}, "LIVE") : el("span", "badge", {}, clock(seconds));
      const label = format === "tall" ? "Short" : format === "live" ? "Live" : "Video";
      return el(
        "figure",
        format === "tall" ? "figure tall" : "figure",
        { "data-format": format, "aria-label": label },
        pictureOf(picture),
        el("span", "play", {}, icon("play", "icon filled")),
        length,
      );
    }
    case "card":
      return el(
        "a",
        "card",
        { href: attachment.url, rel: "noopener" },
        pictureOf(attachment.picture),
        el(
          "span",
          "about",
          {},
          el("span", "domain", {}, attachment.domain),
          el("strong", "title", {}, attachment.title),
        ),
      );
    case "poll":
      return el(
        "ul",
        "poll",
        { "aria-label": "Poll" },
        ...attachment.options.map(({ text, share }) => {
          const bar = el("span", "bar");
          bar.style.width = `${Math.round(share * 100)}%`;
          return el(
            "li",
            "option",
            {},
            bar,
            el("span", "", {}, text),
            el("span", "share", {}, `${Math.round(share * 100)}%`),
          );
        }),
      );
  }
}

const pictureOf = ({ scene, seed, alt }: { scene: string; seed: number; alt: string }) =>
  el("img", "picture", { src: `/media/${scene}-${seed}.svg`, alt, width: "640", height: "360" });

function makeCounters() {
  const counter = (what: "reply" | "repost" | "like" | "views") => {
    const words = document.createTextNode("");
    const button = el("button", "counter", { type: "button" }, icon(what), el("span", "", {}, words));
    return { button, words, what };
  };
  const all = {
    reply: counter("reply"),
    repost: counter("repost"),
    like: counter("like"),
    views: counter("views"),
  };
  const noun = { reply: "replies", repost: "reposts", like: "likes", views: "views" };
  const set = ({ button, words, what }: ReturnType<typeof counter>, count: number) => {
    words.data = brief(count);
    button.setAttribute("aria-label", `${count} ${noun[what]}`);
  };
  return {
    root: el("footer", "counters", {}, ...Object.values(all).map(({ button }) => button)),
    show(replies: number, reposts: number, likes: number, views: number) {
      set(all.reply, replies);
      set(all.repost, reposts);
      set(all.like, likes);
      set(all.views, views);
    },
    like: (likes: number) => set(all.like, likes),
  };
}
