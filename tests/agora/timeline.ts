/** The feed of Agora: some thousands of posts, the same for the same seed, with the truth about each. */
import { BRANDS, CLICKERS, GIVERS, type Inhabitant, PEOPLE, SCOLDS } from "./accounts.ts";
import { OPENING } from "./opening.ts";
import {
  CLICKBAIT,
  fill,
  GIVEAWAYS,
  LINKS,
  LIVES,
  PILE_ONS,
  POLLS,
  PUMPS,
  QUOTE_REMARKS,
  REPLIES,
  SHORTS,
  SUGGESTIONS,
  TOPICS,
  VIDEOS,
} from "./phrases.ts";
import { type Random, seeded } from "./random.ts";
import type { Account, Attachment, Truth, WireEntry, WirePost } from "./types.ts";

/** A feed, in the host's order. */
export interface Feed {
  entries: WireEntry[];
  /** What is slotted in a moment after its neighbour was shown. */
  late: { after: string; delay: number; entry: WireEntry }[];
  truth: Truth[];
}

/** What the generator is told of one post; the rest it makes up. */
export interface Sketch {
  flavour: string;
  author: Account;
  text: string;
  attachments?: Attachment[];
  quoted?: WirePost["quoted"];
  replyingTo?: string;
  repostedBy?: Account;
  promotion?: WireEntry["promotion"];
  suggestion?: string;
  sensitive?: true;
  edit?: WireEntry["edit"];
  body?: WireEntry["body"];
  /** Minutes before now. */
  age?: number;
  likes?: number;
}

/** Makes `count` posts. `now` (milliseconds) is what ages count back from; `calm` leaves out edits and late posts. */
export function makeFeed(seed: number, count: number, now: number, calm = false): Feed {
  const random = seeded(seed);
  const feed: Feed = { entries: [], late: [], truth: [] };
  let sinceAd = 0;
  for (let index = 0; index < count; index++) {
    const opening = OPENING[index];
    const wantsAd = sinceAd >= 5 && random.chance(0.22);
    const sketch = opening ?? (wantsAd ? advertisement(random) : organic(random, feed.entries));
    sinceAd = sketch.promotion ? 0 : sinceAd + 1;
    const entry = develop(sketch, index, random, now);
    if (calm) delete entry.edit;
    // Every seventeenth place, an advertisement that arrives late, below a post the reader already sees.
    const late = opening === undefined && index % 17 === 9 && !sketch.promotion;
    const previous = feed.entries.at(-1);
    feed.entries.push(entry);
    feed.truth.push(truthOf(entry, sketch.flavour, false));
    if (late && previous && !calm) {
      const ad = advertisement(random);
      const lateEntry = develop(ad, count + index, random, now);
      feed.late.push({ after: entry.post.id, delay: random.between(80, 900), entry: lateEntry });
      feed.truth.push(truthOf(lateEntry, ad.flavour, true));
    }
  }
  return feed;
}

function organic(random: Random, before: WireEntry[]): Sketch {
  const roll = random.next();
  if (roll < 0.06)
    return {
      flavour: "clickbait",
      author: random.pick(CLICKERS),
      text: fill(random.pick(CLICKBAIT), random),
    };
  if (roll < 0.1) return giveaway(random);
  if (roll < 0.12)
    return { flavour: "pump", author: random.pick(GIVERS), text: fill(random.pick(PUMPS), random) };
  if (roll < 0.16)
    return {
      flavour: "pile-on",
      author: random.pick(SCOLDS),
      text: fill(random.pick(PILE_ONS), random),
      ...quoting(random, before),
    };
  if (roll < 0.2) return poll(random);
  if (roll < 0.25) return film(random, "tall", SHORTS);
  if (roll < 0.29) return film(random, "wide", VIDEOS);
  if (roll < 0.305) return film(random, "live", LIVES);
  if (roll < 0.35) return link(random);
  if (roll < 0.4)
    return {
      flavour: "reply",
      author: random.pick(PEOPLE),
      text: fill(random.pick(REPLIES), random),
      replyingTo: random.pick(PEOPLE).handle,
    };
  if (roll < 0.45 && before.length > 0)
    return {
      flavour: "quote",
      author: random.pick(PEOPLE),
      text: fill(random.pick(QUOTE_REMARKS), random),
      ...quoting(random, before),
    };
  const sketch = topical(random, random.pick(PEOPLE));
  if (random.chance(0.08)) sketch.repostedBy = random.pick(PEOPLE);
  else if (random.chance(0.06)) sketch.suggestion = random.pick(SUGGESTIONS);
  // Now and then an innocent post turns into bait once it has been seen.
  if (random.chance(0.05))
    sketch.edit = { after: random.between(120, 1500), text: fill(random.pick(GIVEAWAYS), random) };
  return sketch;
}

function topical(random: Random, author: Inhabitant): Sketch {
  const topic = TOPICS[author.topic];
  const lines = [fill(random.pick(topic.lines), random)];
  if (random.chance(0.3)) lines.push(fill(random.pick(topic.lines), random));
  if (random.chance(0.35)) lines.push(random.pick(topic.tags));
  const sketch: Sketch = { flavour: "topic", author, text: lines.join("\n\n") };
  if (random.chance(0.32))
    sketch.attachments = [
      {
        type: "picture",
        picture: { scene: topic.scene, seed: random.between(1, 400), alt: random.pick(topic.alts) },
      },
    ];
  if (random.chance(0.02)) sketch.sensitive = true;
  return sketch;
}

function giveaway(random: Random): Sketch {
  return {
    flavour: "giveaway",
    author: random.pick(GIVERS),
    text: fill(random.pick(GIVEAWAYS), random),
    ...(random.chance(0.4) && {
      attachments: [
        {
          type: "picture",
          picture: { scene: "product", seed: random.between(1, 400), alt: "A pile of wrapped boxes" },
        },
      ],
    }),
  };
}

function quoting(
  random: Random,
  before: WireEntry[],
): { quoted: NonNullable<WirePost["quoted"]> } | undefined {
  const candidates = before
    .slice(-60)
    .filter((entry) => !entry.promotion && !entry.post.quoted && !entry.edit);
  if (candidates.length === 0) return undefined;
  const { id, author, text } = random.pick(candidates).post;
  return { quoted: { id, author, text } };
}

function poll(random: Random): Sketch {
  const { question, options } = random.pick(POLLS);
  const weights = options.map(() => random.between(5, 60));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    flavour: "poll",
    author: random.pick(PEOPLE),
    text: fill(question, random),
    attachments: [
      {
        type: "poll",
        options: options.map((text, index) => ({ text, share: (weights[index] ?? 0) / total })),
      },
    ],
  };
}

function film(random: Random, format: "wide" | "tall" | "live", bank: readonly string[]): Sketch {
  const author = random.pick(PEOPLE);
  const seconds =
    format === "live" ? 0 : format === "tall" ? random.between(9, 59) : random.between(95, 2900);
  const { scene, alts } = TOPICS[author.topic];
  return {
    flavour: format === "tall" ? "short" : format === "live" ? "live" : "video",
    author,
    text: fill(random.pick(bank), random),
    attachments: [
      {
        type: "video",
        format,
        seconds,
        picture: { scene, seed: random.between(1, 400), alt: random.pick(alts) },
      },
    ],
  };
}

function link(random: Random): Sketch {
  const { domain, title, scene } = random.pick(LINKS);
  const path = title.toLowerCase().replace(/[^a-z]+/g, "-");
  return {
    flavour: "link",
    author: random.pick(PEOPLE),
    text: fill(random.pick(QUOTE_REMARKS), random),
    attachments: [
      {
        type: "card",
        url: `https://${domain}/${path}`,
        domain,
        title,
        picture: { scene, seed: random.between(1, 400), alt: "" },
      },
    ],
  };
}

function advertisement(random: Random): Sketch {
  const brand = random.pick(BRANDS);
  return {
    flavour: "ad",
    author: brand,
    text: random.pick(brand.offer),
    promotion: { campaign: "", call: brand.call, url: `https://${brand.domain}/offer` },
    ...(random.chance(0.6) && {
      attachments: [
        { type: "picture", picture: { scene: "product", seed: random.between(1, 400), alt: brand.alt } },
      ],
    }),
  };
}

/** Multiplying by an odd number keeps ids distinct and leaves no counter to read off them. */
const idOf = (index: number): string =>
  (184_467_000_000_000n + ((BigInt(index + 1) * 2_654_435_761n) % 1_000_000_007n)).toString();

function develop(sketch: Sketch, index: number, random: Random, now: number): WireEntry {
  const id = idOf(index);
  const minutes = sketch.age ?? 3 + index * 2 + random.between(0, 90);
  const reach = Math.max(1, Math.sqrt(sketch.author.followers));
  const likes = sketch.likes ?? Math.floor(reach * (0.2 + random.next() * 4));
  const bodies = ["plain", "open", "open", "closed"] as const;
  const { handle, name, verified, followed, followers } = sketch.author;
  const post: WirePost = {
    id,
    author: { handle, name, verified, followed, followers },
    text: sketch.text,
    created_at: new Date(now - minutes * 60_000).toISOString(),
    counts: {
      likes,
      reposts: Math.floor(likes * (0.05 + random.next() * 0.3)),
      replies: Math.floor(likes * (0.03 + random.next() * 0.2)),
      views: likes * random.between(18, 90) + random.between(20, 400),
    },
    attachments: sketch.attachments ?? [],
    ...(sketch.replyingTo !== undefined && { replying_to: sketch.replyingTo }),
    ...(sketch.quoted !== undefined && { quoted: sketch.quoted }),
    ...(sketch.sensitive && { sensitive: true as const }),
  };
  return {
    entry_id: `${sketch.promotion ? "promotion" : "post"}-${id}`,
    post,
    body: sketch.body ?? random.pick(bodies),
    ...(sketch.repostedBy && { reposted_by: sketch.repostedBy }),
    ...(sketch.promotion && { promotion: { ...sketch.promotion, campaign: id } }),
    ...(sketch.suggestion !== undefined && { suggestion: { because: sketch.suggestion } }),
    ...(sketch.edit && { edit: sketch.edit }),
  };
}

function truthOf(entry: WireEntry, flavour: string, late: boolean): Truth {
  const { post } = entry;
  return {
    id: post.id,
    kind: kindOf(post),
    promoted: entry.promotion !== undefined,
    suggested: entry.suggestion !== undefined,
    repost: entry.reposted_by !== undefined,
    reply: post.replying_to !== undefined,
    quote: post.quoted !== undefined,
    author: post.author.handle,
    name: post.author.name,
    texts: entry.edit ? [post.text, entry.edit.text] : [post.text],
    flavour,
    late,
    body: entry.body,
  };
}

function kindOf(post: WirePost): Truth["kind"] {
  const [first] = post.attachments;
  switch (first?.type) {
    case "video":
      return first.format === "tall" ? "short" : first.format === "live" ? "live" : "video";
    case "picture":
      return "image";
    case "card":
      return "link";
    case "poll":
      return "poll";
    case undefined:
      return "post";
  }
}

/** The entries of a surface other than home. */
export function filterFeed(entries: WireEntry[], surface: string, query: string): WireEntry[] {
  const needle = query.toLowerCase();
  switch (surface) {
    case "following":
      return entries.filter((entry) => entry.promotion || (entry.post.author.followed && !entry.suggestion));
    case "search":
      return entries.filter(
        ({ post }) =>
          post.text.toLowerCase().includes(needle) || post.author.name.toLowerCase().includes(needle),
      );
    case "profile":
      return entries.filter((entry) => entry.post.author.handle === query && !entry.promotion);
    case "thread": {
      const index = entries.findIndex((entry) => entry.post.id === query);
      const [root] = entries.slice(index, index + 1);
      if (index < 0 || root === undefined) return [];
      const replies = entries.filter((entry) => entry.post.replying_to !== undefined);
      const start = index % Math.max(1, replies.length - 12);
      return [root, ...replies.slice(start, start + 12).filter((entry) => entry !== root)];
    }
    default:
      return entries;
  }
}
