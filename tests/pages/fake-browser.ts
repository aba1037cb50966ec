/**
 * A browser for the pages to run in: the few `chrome` APIs they call, a background and a content script behind
 * them, all in the page's own memory. Bundled into one script that runs before the page's. The page's test
 * steers it through `window.fake`.
 *
 * The posts and packs are written for these tests.
 */

import { readModelCard, ruleName } from "../../extension/shared/card.ts";
import type {
  BackgroundRequest,
  BackgroundState,
  JudgedPost,
  ModelState,
  PackState,
  PageReport,
  PageRequest,
  Thumb,
} from "../../extension/shared/messages.ts";
import type { Post } from "../../extension/shared/post.ts";
import { countsOf, taughtCard, withExample } from "../../extension/shared/taught.ts";

/** What a test may ask for before the page starts; see {@link FakeBrowser}. */
export interface Scenario {
  /** Address of the active tab; `null`: the browser does not say. */
  tab?: string | null;
  /** The tab is of a private window. */
  incognito?: boolean;
  /** The tab's report; `null`: no content script answers. */
  report?: PageReport | null;
  /** Whether the reader grants and has granted the host. */
  granted?: boolean;
  grants?: boolean;
  state?: Partial<BackgroundState>;
  rules?: string;
  /** The posts of this visit. */
  recent?: unknown[];
  /** The posts of every page, as the reader gets them; a number: so many, made up. */
  gathered?: unknown[] | number;
  /** Ids of those that the reader asked to see whatever the rules say. */
  shown?: string[];
  /** Names of posts that were picked, by token. */
  picked?: Record<string, string>;
  /** Filters that the reader taught, by name. */
  filters?: Record<string, Thumb[]>;
  /** Models do not run: whatever asks them is refused with these words. */
  dumb?: string;
  /** Every request is refused with these words. */
  refusal?: string;
}

/** How a test steers the page. */
export interface FakeBrowser {
  state: BackgroundState;
  report: PageReport | null;
  /** Every message, oldest first. */
  sent: (BackgroundRequest | PageRequest)[];
  opened: string[];
  reloaded: number[];
  requested: string[][];
  /** The posts of this visit. */
  recent: unknown[];
  kept: boolean;
  /** The posts of every page, newest last. */
  gathered: unknown[];
  /** What limits have counted, in the engine's own words. */
  limits: string;
  /** As if pages had shown these. */
  gather: (posts: unknown[]) => void;
  /** Posts are told of only after this. */
  held?: Promise<void>;
  /** As if another window had saved these rules. */
  saveElsewhere: (source: string) => void;
  filters: Map<string, Thumb[]>;
}

declare global {
  interface Window {
    scenario?: Scenario;
    fake: FakeBrowser;
  }
}

function pack(id: string, title: string, description: string, on: boolean, rules: string[]): PackState {
  return {
    id,
    title,
    description,
    origin: "shipped",
    on,
    source: `pack "${title}"\n\n${rules.join("\n")}\n`,
    rules: rules.length,
  };
}

function judged(
  id: string,
  author: string | undefined,
  text: string,
  verdict: Partial<JudgedPost["verdict"]>,
): JudgedPost {
  return {
    post: { id, text, ...(author === undefined ? {} : { author }) },
    verdict: { id, action: "show", labels: [], highlight: false, score: 0, reasons: [], ...verdict },
    shown: false,
    places: 1,
  };
}

function reportOf(): PageReport {
  return {
    host: "x.com",
    platform: "x",
    surface: "home",
    paused: false,
    seen: 128,
    actions: { show: 110, hide: 9, collapse: 5, blur: 2, label: 1, keep: 1 },
    posts: [
      judged("p1", "quiet_gardener", "The first tomatoes are in. Nobody told me about the slugs.", {}),
      judged("p2", "old_friend", "Giveaway of seedlings at my gate, no strings, just come by.", {
        action: "keep",
        reasons: [
          {
            pack: "mine",
            rule: 'keep if author is "old_friend"',
            line: 2,
            effect: "keep",
            evidence: ['author is "old_friend"'],
          },
        ],
      }),
      judged(
        "p3",
        "market_whisperer",
        "This 1000x gem is about to leave the station and you are still asleep. Presale ends tonight, link below, thank me later, your grandchildren will name ships after you.",
        {
          action: "collapse",
          reasons: [
            {
              pack: "calm",
              rule: 'collapse if text matches /\\b1000x gem\\b/i because "talks up a coin"',
              line: 21,
              effect: "collapse",
              because: "talks up a coin",
              evidence: ["text matches /\\b1000x gem\\b/i"],
            },
            {
              pack: "mine",
              rule: "dim if views < 1000",
              line: 4,
              effect: "dim",
              evidence: ["views 312 < 1000"],
            },
          ],
        },
      ),
      judged("p4", undefined, "", {
        action: "blur",
        blur: "media",
        reasons: [
          { pack: "calm", rule: "blur if sensitive", line: 30, effect: "blur", evidence: ["sensitive"] },
        ],
      }),
      judged("p5", "debate_daily", "Is the sea actually a soup? We asked nine chefs and one captain.", {
        labels: ["bait"],
        reasons: [
          {
            pack: "mine",
            rule: 'label "bait" if text ends with "?"',
            line: 6,
            effect: "label",
            evidence: ['text ends with "?"'],
          },
        ],
      }),
      judged(
        "p6",
        "MegaMattress",
        "Sleep like a mountain. Sixty nights free, and the seventh pillow is on us.",
        {
          action: "hide",
          reasons: [
            { pack: "no-ads", rule: "hide if promoted", line: 3, effect: "hide", evidence: ["promoted"] },
          ],
        },
      ),
    ],
    health: {
      adapter: "x",
      state: "worn",
      locators: [
        { name: "feed", found: 1, asked: 3, rank: 0 },
        { name: "item.post.author", found: 126, asked: 128, rank: 1 },
        { name: "item.post.views", found: 0, asked: 128, rank: -1 },
      ],
    },
    troubles: [],
    undecided: 0,
    latencies: [1.2, 2.4, 1.9, 3.1, 4.2],
    wire: {
      on: true,
      here: true,
      answers: 40,
      taken: 0,
      moved: 0,
      repeated: 2,
      passed: { large: 1, late: 2, cut: 3, unreadable: 4, failed: 5, flood: 6 },
      asked: [7, 8, 9],
      engine: [1, 2, 3],
    },
    engine: "near",
    feed: { fold: "nothing", newest: false },
  };
}

/** Posts to try rules out on, newest last. */
function recentPosts(): Partial<Post>[] {
  const shown = { platform: "x", host: "x.com", surface: "home", kind: "post" } as const;
  return [
    { id: "r1", author: "quiet_gardener", followed: true, views: 5000, text: "The first tomatoes are in." },
    { id: "r2", author: "old_friend", followed: true, views: 900, text: "Giveaway of seedlings at my gate." },
    {
      id: "r3",
      author: "market_whisperer",
      followed: false,
      views: 80_000,
      text: "Airdrop tonight, presale closes.",
    },
    { id: "r4", author: "MegaMattress", promoted: true, text: "Sleep like a mountain." },
    { id: "r5", author: "debate_daily", followed: false, views: 312, text: "Is the sea actually a soup?" },
    { id: "r6", name: "Someone", text: "" },
  ].map((post) => ({ ...shown, ...post }));
}

const RULES = `# What I want of my feed
keep if author is "old_friend"
hide if text has any "giveaway", "airdrop"  because "not my kind of luck"
dim if views < 1000

on x.com home
label "bait" if text ends with "?"
order by newest
`;

function stateOf(scenario: Scenario): BackgroundState {
  const mine: PackState = {
    id: "mine",
    title: "My rules",
    description: "",
    origin: "mine",
    on: true,
    source: scenario.rules ?? RULES,
    rules: 5,
  };
  const imported = pack("birdwatch", "Fewer birds", "For those who have seen enough of them.", true, [
    'hide if text has word "heron"',
    "hide if sugested",
  ]);
  return {
    version: "0.1.0",
    packs: [
      mine,
      pack(
        "calm",
        "Calm",
        "Folds away bait and hype. Nothing is hidden: every fold opens with a click.",
        true,
        ['collapse if text has any "you won\'t believe"  because "bait for a click"', "blur if sensitive"],
      ),
      pack("no-ads", "No ads", "Takes out paid posts.", true, ["hide if promoted"]),
      pack("chronological", "Chronological", "Latest first, as far as the page allows.", false, [
        "order by newest",
      ]),
      { ...imported, origin: "imported" },
    ],
    models: [],
    teaching: "",
    asking: 2,
    answers: 0,
    pausedHosts: ["www.linkedin.com", "old.reddit.com"],
    troubles: [],
    rules: 11,
    start: { from: "snapshot", milliseconds: 12.4 },
    ...scenario.state,
  };
}

/** Posts of three platforms, newest last: so many, of every length, all alike from one run to the next. */
function manyPosts(count: number): Partial<Post>[] {
  const words =
    "the garden after rain a kettle that sings before it boils seven boats came home and nobody counted the eighth".split(
      " ",
    );
  const now = Date.now() / 1000;
  return Array.from({ length: count }, (_, index) => {
    const platform = (["x", "reddit", "mastodon"] as const)[index % 3] ?? "x";
    const host = { x: "x.com", reddit: "www.reddit.com", mastodon: "mastodon.social" }[platform];
    const length = 6 + ((index * 37) % 90);
    const text = Array.from({ length }, (_, at) => words[(index * 7 + at * 3) % words.length]).join(" ");
    return {
      id: `m${index}`,
      platform,
      host,
      surface: "home",
      kind: "post",
      url: `https://${host}/post/${index}`,
      author: `writer_${index % 40}`,
      name: `Writer ${index % 40}`,
      ...(platform === "reddit" && { title: `Number ${index}: ${text.slice(0, 40)}`, community: "gardens" }),
      text: `${index}. ${text}.`,
      time: now - (count - index) * 60,
      likes: (index * 13) % 500,
      replies: index % 9,
      promoted: index % 11 === 3,
      ...(index % 5 === 0 && { media: ["image"], alt: "A heron on a roof" }),
    };
  });
}

const scenario: Scenario = window.scenario ?? {};
const heard = new Set<(message: unknown, sender: { id: string }) => void>();
const stored = new Set<() => void>();
const fake: FakeBrowser = {
  state: stateOf(scenario),
  report: scenario.report === undefined ? reportOf() : scenario.report,
  sent: [],
  opened: [],
  reloaded: [],
  requested: [],
  recent: scenario.recent ?? recentPosts(),
  kept: false,
  gathered: Array.isArray(scenario.gathered) ? scenario.gathered : manyPosts(scenario.gathered ?? 40),
  limits: "",
  gather(posts) {
    fake.gathered = [...fake.gathered, ...posts];
    for (const listener of heard) listener({ type: "gathered" }, { id: "fake" });
  },
  saveElsewhere(source) {
    setRules(source);
  },
  filters: new Map(Object.entries(scenario.filters ?? {})),
};
window.fake = fake;
if (fake.filters.size > 0) refilter();
let granted = scenario.granted ?? true;

function changed(): void {
  for (const listener of stored) listener();
}

function setRules(source: string): void {
  fake.state = {
    ...fake.state,
    packs: fake.state.packs.map((one) => (one.origin === "mine" ? { ...one, source } : one)),
  };
  changed();
}

/** What the background would tell of the filters now. */
function refilter(teaching = [...fake.filters.keys()][0] ?? ""): void {
  const filters = [...fake.filters].map(([name, thumbs]): ModelState => {
    const taught = countsOf(thumbs);
    const before = fake.state.models.find((model) => model.name === name);
    const card = taughtCard(name, { ...taught, sha256: "f".repeat(64) }, 12e6);
    return { name, own: false, taught, on: before?.on ?? true, card };
  });
  const others = fake.state.models.filter(({ taught }) => taught === undefined);
  fake.state = { ...fake.state, teaching, models: [...others, ...filters] };
}

/** A score by a few words. */
const scoreOf = (text: string): number =>
  /giveaway|airdrop|presale/iu.test(text) ? 0.93 : 0.05 + (text.length % 40) / 100;

/** Requests about models and filters; `undefined`: it is none. */
function answerAboutModels(request: BackgroundRequest): unknown {
  const done = { ok: true, value: null };
  const texts = (fake.recent as (Partial<Post> | null)[]).flatMap((post) => post?.text || []);
  if (scenario.dumb !== undefined && ["try-model", "ask-model", "questions"].includes(request.type))
    return { ok: false, message: scenario.dumb };
  switch (request.type) {
    case "set-model":
      fake.state = {
        ...fake.state,
        models: fake.state.models.map((model) =>
          model.name === request.model
            ? { ...model, on: request.on, ...(request.strictness && { strictness: request.strictness }) }
            : model,
        ),
      };
      break;
    case "add-model": {
      const card = readModelCard(JSON.parse(request.card));
      if (fake.state.models.some((model) => model.name === ruleName(card.name) && !model.own))
        return { ok: false, message: `"${card.name}" is a model of Diffract's own.` };
      const added = { name: ruleName(card.name), own: true, on: true, card };
      fake.state = { ...fake.state, models: [...fake.state.models, added] };
      break;
    }
    case "remove-model":
      fake.filters.delete(request.model);
      fake.state = {
        ...fake.state,
        models: fake.state.models.filter(({ name }) => name !== request.model),
      };
      break;
    case "try-model":
      return { ok: true, value: { posts: texts.map((text) => ({ text, score: scoreOf(text) })) } };
    case "ask-model": {
      const isLanguage = request.model === "language";
      const near = (fake.filters.get(request.model) ?? []).slice(0, 2);
      return {
        ok: true,
        value: {
          score: isLanguage ? null : scoreOf(request.text),
          label: isLanguage ? "de" : null,
          near: near.map((thumb) => ({ ...thumb, nearness: 0.8 })),
        },
      };
    }
    case "teach": {
      const examples = request.thumbs.reduce(withExample, fake.filters.get(request.filter) ?? []);
      fake.filters.set(request.filter, examples);
      refilter(request.filter);
      break;
    }
    case "unteach": {
      const left = (fake.filters.get(request.filter) ?? []).filter(({ text }) => text !== request.text);
      fake.filters.set(request.filter, left);
      refilter(request.filter);
      break;
    }
    case "filter": {
      const examples = [...(fake.filters.get(request.filter) ?? [])].reverse();
      const { belong, others } = countsOf(examples);
      const learned = {
        right: 0.9,
        for_it: [
          { word: "kettle", weight: 0.41 },
          { word: "boil", weight: 0.2 },
        ],
        against_it: [{ word: "river", weight: -0.3 }],
        doubts: texts.slice(0, 1),
      };
      const isTaught = belong > 0 && others > 0 && scenario.dumb === undefined;
      return {
        ok: true,
        value: {
          name: request.filter,
          examples,
          learned: isTaught ? learned : null,
          trouble: scenario.dumb ?? null,
        },
      };
    }
    case "rename-filter": {
      const thumbs = fake.filters.get(request.filter) ?? [];
      fake.filters.delete(request.filter);
      fake.filters.set(request.to, thumbs);
      refilter(request.to);
      break;
    }
    case "merge-filters": {
      const into = fake.filters.get(request.into) ?? [];
      fake.filters.set(request.into, (fake.filters.get(request.from) ?? []).reduce(withExample, into));
      fake.filters.delete(request.from);
      refilter(request.into);
      break;
    }
    case "questions": {
      const [filter] = [...fake.filters.keys()];
      const asked = texts.slice(0, fake.state.asking);
      return {
        ok: true,
        value: filter === undefined ? [] : asked.map((text) => ({ filter, text, score: 0.5 })),
      };
    }
    case "set-asking":
      fake.state = { ...fake.state, asking: request.most };
      break;
    default:
      return undefined;
  }
  changed();
  return done;
}

function mine(): string {
  return fake.state.packs.find((one) => one.origin === "mine")?.source ?? "";
}

function backup(): string {
  return JSON.stringify({
    format: "diffract-backup",
    version: 1,
    rules: mine(),
    packs: fake.state.packs
      .filter((one) => one.origin === "imported")
      .map(({ id, source, on }) => ({ id, source, on })),
    on: Object.fromEntries(
      fake.state.packs.filter((one) => one.origin === "shipped").map((one) => [one.id, one.on]),
    ),
    pausedHosts: fake.state.pausedHosts,
  });
}

function answer(request: BackgroundRequest): unknown {
  const done = { ok: true, value: null };
  if (scenario.refusal !== undefined && request.type !== "state")
    return { ok: false, message: scenario.refusal };
  const aboutModels = answerAboutModels(request);
  if (aboutModels !== undefined) return aboutModels;
  switch (request.type) {
    case "state":
      return { ok: true, value: fake.state };
    case "export":
      return { ok: true, value: backup() };
    case "picked-post": {
      const { [request.token]: name = null, ...others } = scenario.picked ?? {};
      scenario.picked = others;
      return { ok: true, value: name };
    }
    case "set-rules":
      if (request.base !== undefined && request.base !== mine()) {
        return { ok: false, message: "Your rules were changed in another window." };
      }
      setRules(request.source);
      return done;
    case "keep-author":
      setRules(`${mine()}keep if author is "${request.author}"\n`);
      return done;
    case "set-pack":
      fake.state = {
        ...fake.state,
        packs: fake.state.packs.map((one) => (one.id === request.pack ? { ...one, on: request.on } : one)),
      };
      changed();
      return done;
    case "set-site": {
      const others = fake.state.pausedHosts.filter((host) => host !== request.host);
      fake.state = { ...fake.state, pausedHosts: request.on ? others : [...others, request.host] };
      if (fake.report?.host === request.host) fake.report = { ...fake.report, paused: !request.on };
      changed();
      return done;
    }
    case "import-pack": {
      const title = request.title ?? /^pack "(.*)"/mu.exec(request.source)?.[1] ?? request.pack;
      const added = {
        ...pack(request.pack, title, request.description ?? "", true, []),
        ...(request.lists && { lists: request.lists }),
        origin: "imported" as const,
        source: request.source,
      };
      fake.state = {
        ...fake.state,
        packs: [...fake.state.packs.filter((one) => one.id !== request.pack), added],
      };
      changed();
      return done;
    }
    case "remove-pack":
      fake.state = { ...fake.state, packs: fake.state.packs.filter((one) => one.id !== request.pack) };
      changed();
      return done;
    case "recent":
      return { ok: true, value: { posts: JSON.stringify(fake.recent), kept: fake.kept } };
    case "gathered": {
      const now = Math.round(Date.now() / 1000);
      const sources = fake.gathered.map((post) => ({
        visit: "v",
        seen: now - 60,
        shown: scenario.shown?.includes((post as { id?: string } | null)?.id ?? "") ?? false,
      }));
      return {
        ok: true,
        value: {
          posts: JSON.stringify(fake.gathered),
          sources: JSON.stringify(sources),
          limits: fake.limits,
        },
      };
    }
    case "keep-recent":
      fake.kept = request.on;
      return done;
    case "forget-recent":
      fake.recent = [];
      return done;
    case "import": {
      const file = JSON.parse(request.backup) as { rules: string; pausedHosts: string[] };
      setRules(file.rules);
      fake.state = { ...fake.state, pausedHosts: file.pausedHosts };
      changed();
      return done;
    }
  }
}

function page(request: PageRequest): unknown {
  const { report } = fake;
  if (report === null) throw new Error("Could not establish connection. Receiving end does not exist.");
  if (request.type === "show") {
    fake.report = {
      ...report,
      posts: report.posts.map((one) => (one.post.id === request.id ? { ...one, shown: request.shown } : one)),
    };
  }
  return { ok: true, value: fake.report };
}

/** Everything crosses as JSON, as in Chrome. */
const wire = (value: unknown): unknown =>
  value === undefined ? undefined : JSON.parse(JSON.stringify(value));

const address = scenario.tab === undefined ? "https://x.com/home" : scenario.tab;

const chromeApi = {
  runtime: {
    id: "fake",
    getURL: (path: string) => new URL(path, location.origin).href,
    onMessage: {
      addListener: (listener: (message: unknown, sender: { id: string }) => void) => heard.add(listener),
      removeListener: (listener: (message: unknown, sender: { id: string }) => void) =>
        heard.delete(listener),
    },
    sendMessage: async (request: BackgroundRequest) => {
      fake.sent.push(request);
      const answered = wire(answer(request));
      if (request.type === "recent") await fake.held;
      return answered;
    },
  },
  tabs: {
    query: async () => [
      { id: 7, incognito: scenario.incognito === true, ...(address === null ? {} : { url: address }) },
    ],
    sendMessage: async (_tab: number, request: PageRequest) => {
      fake.sent.push(request);
      return wire(page(request));
    },
    create: async ({ url }: { url: string }) => {
      fake.opened.push(url);
    },
    reload: async (tab: number) => {
      fake.reloaded.push(tab);
      fake.report = { ...reportOf(), host: address === null ? "" : new URL(address).hostname };
    },
  },
  permissions: {
    contains: async () => granted,
    request: async ({ origins }: { origins: string[] }) => {
      fake.requested.push(origins);
      granted = scenario.grants ?? true;
      return granted;
    },
  },
  storage: {
    onChanged: {
      addListener: (listener: () => void) => stored.add(listener),
      removeListener: (listener: () => void) => stored.delete(listener),
    },
  },
};
Object.assign(globalThis, { chrome: chromeApi });
