/** What the engine and the shell report, in words for a reader. Pure functions, tested in tests/pages/words.test.ts. */
import type { AdapterHealth, JudgedPost, PageReport } from "../../shared/messages.ts";
import type { Reason } from "../../shared/post.ts";

const NUMBER = new Intl.NumberFormat("en");
const ORDINAL = new Intl.PluralRules("en", { type: "ordinal" });

/** `1,234`. */
export function figure(n: number): string {
  return NUMBER.format(n);
}

/** `1 post`, `2 posts`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${figure(n)} ${n === 1 ? one : many}`;
}

/** What was done to a post, or undone, in one word each. Keys are the actions of a verdict, and its two extras. */
const DONE: Record<string, string> = {
  hide: "hidden",
  collapse: "collapsed",
  replace: "replaced",
  blur: "blurred",
  dim: "dimmed",
  label: "labelled",
  highlight: "highlighted",
  keep: "kept",
};

const AGAIN: Record<string, string> = {
  hide: "Hide it again",
  collapse: "Collapse it again",
  replace: "Replace it again",
  blur: "Blur it again",
  dim: "Dim it again",
};

/** `hide` → `hidden`. A word we do not know is handed back as it is. */
export function done(action: string): string {
  return DONE[action] ?? action;
}

/** What a verdict does, as the beginning of a sentence: `hides 14 more`. Keys are the workbench's. */
const DOES: Record<string, string> = {
  hide: "hides",
  collapse: "collapses",
  replace: "replaces",
  blur: "blurs",
  dim: "dims",
  keep: "keeps",
  label: "labels",
  highlight: "highlights",
  boost: "raises",
  demote: "lowers",
  pending: "waits for a model about",
};

/** One part of a difference: `hides 14 more, 2 of them from people you follow`. */
export function effectWords(
  { effect, posts, followed }: { effect: string; posts: number; followed: number },
  isMore: boolean,
): string {
  const verb = DOES[effect] ?? effect;
  const head = `${verb} ${figure(posts)} ${isMore ? "more" : "fewer"}`;
  if (followed === 0) return head;
  if (followed === posts) return `${head}, ${posts === 1 ? "from someone" : "all from people"} you follow`;
  return `${head}, ${figure(followed)} of them from people you follow`;
}

/** `moves up 3` */
export function moveWords({ was, is }: { was: number; is: number }): string {
  const by = Math.abs(was - is);
  return `moves ${is < was ? "up" : "down"} ${figure(by)}`;
}

/** `3rd` */
export function ordinal(n: number): string {
  const ending = { one: "st", two: "nd", few: "rd", other: "th" } as Record<string, string>;
  return `${figure(n)}${ending[ORDINAL.select(n)] ?? "th"}`;
}

/** What was added to a post's score, with its sign: `+2`. */
export function scoreWords(score: number): string {
  return `score ${score > 0 ? "+" : "−"}${figure(Math.abs(score))}`;
}

/** The button that obeys the rule again after "Show it". */
export function again(action: string): string {
  return AGAIN[action] ?? "Obey the rule again";
}

/** Whether "Show it" would change anything. */
export function isCovering(action: string): boolean {
  return action in AGAIN;
}

/** One thing that happened on a page, and how often. */
export interface Tally {
  action: string;
  word: string;
  count: number;
}

/** The counts of a report, strongest action first; zeros and untouched posts left out. */
export function tallies(actions: PageReport["actions"]): Tally[] {
  const found = new Map<string, number>();
  for (const [key, n] of Object.entries(actions)) {
    const action = key === "labels" || key === "labelled" ? "label" : key;
    if (action !== "show" && n > 0) found.set(action, (found.get(action) ?? 0) + n);
  }
  const order = Object.keys(DONE);
  const place = (action: string): number => (order.includes(action) ? order.indexOf(action) : order.length);
  return [...found]
    .map(([action, n]) => ({ action, word: done(action), count: n }))
    .sort((a, b) => place(a.action) - place(b.action));
}

/** What happened to one post: its action first, then labels and highlight. Empty: nothing did. */
export function happened(judged: JudgedPost): string[] {
  const { verdict } = judged;
  const actions: string[] = verdict.action === "show" ? [] : [verdict.action];
  if (verdict.labels.length > 0) actions.push("label");
  if (verdict.highlight) actions.push("highlight");
  return actions;
}

/** How an author is written: `@name` for a handle, the bare words for anything with blanks in it. */
export function authorName(post: JudgedPost["post"]): string | undefined {
  const author = post.author?.trim();
  if (author === undefined || author === "") return post.name?.trim() || undefined;
  return /\s/u.test(author) || author.startsWith("@") ? author : `@${author}`;
}

/** The first words of a post, whole words, at most `limit` characters. */
export function firstWords(post: JudgedPost["post"], limit = 110): string {
  const words = [post.title, post.text].find((field) => field !== undefined && field.trim() !== "");
  if (words === undefined) return "No words, only pictures or video";
  const flat = words.replace(/\s+/gu, " ").trim();
  const characters = [...flat];
  if (characters.length <= limit) return flat;
  const cut = characters.slice(0, limit).join("");
  const blank = cut.lastIndexOf(" ");
  return `${(blank > limit / 2 ? cut.slice(0, blank) : cut).replace(/[\s,;:.–-]+$/u, "")}…`;
}

const FLAGS: Record<string, [yes: string, no: string]> = {
  promoted: ["the site marks it as an ad", "it is not an ad"],
  suggested: ["the site suggested it", "the site did not suggest it"],
  repost: ["it is a repost", "it is not a repost"],
  reply: ["it is a reply", "it is not a reply"],
  quote: ["it quotes another post", "it quotes no other post"],
  followed: ["you follow its author", "you do not follow its author"],
  verified: ["its author is verified", "its author is not verified"],
  sensitive: ["it is marked as sensitive", "it is not marked as sensitive"],
  pinned: ["it is pinned", "it is not pinned"],
};

const KINDS: Record<string, string> = {
  post: "an ordinary post",
  link: "a link",
  article: "an article",
  video: "a video",
  short: "a short video",
  live: "a live broadcast",
  image: "a picture",
  poll: "a poll",
  comment: "a comment",
  playlist: "a playlist",
  channel: "a channel",
  ad: "an ad",
};

const PLACES: Record<string, string> = {
  text: "its text",
  title: "its title",
  author: "its author",
  name: "its author's name",
  reposted_by: "who reposted it",
  replying_to: "who it answers",
  "quote.text": "the post it quotes",
  "card.title": "the title of its link",
  alt: "the description of its picture",
  community: "its community",
  links: "one of its links",
  hashtags: "one of its hashtags",
  mentions: "one of its mentions",
  labels: "one of its labels",
};

const THAN: Record<string, string> = {
  "<": "under",
  "<=": "at most",
  ">": "over",
  ">=": "at least",
  is: "exactly",
  "is not": "other than",
};

const MEDIA: Record<string, string> = {
  image: "a picture",
  video: "a video",
  gif: "an animation",
  audio: "sound",
  poll: "a poll",
  card: "a link preview",
};

/** What a condition says of text, when it is so and when it is not. */
const SAYS: Record<string, [yes: string, no: string]> = {
  "has word": ["has the word", "does not have the word"],
  has: ["has", "does not have"],
  "starts with": ["starts with", "does not start with"],
  "ends with": ["ends with", "does not end with"],
  is: ["is", "is not"],
};

const quoted = (words: string): string => words.replace(/"((?:[^"\\]|\\.)*)"/gu, "“$1”");
const either = (words: string, names: Record<string, string>): string =>
  words
    .split(/(?: (?:or|and) |, )/u)
    .map((word) => names[word] ?? word)
    .join(" or ");

/**
 * One entry of a reason's evidence (`promoted`, `text has "giveaway"`, `views 312 < 1000`; the engine's
 * `matching/evidence.rs` writes them) in plain words. What has no plainer words is handed back as it stands: the
 * engine's own are readable too.
 */
export function plainEvidence(evidence: string): string {
  const words = evidence.trim();
  const not = words.startsWith("not ");
  return plainly(not ? words.slice(4) : words, not) ?? quoted(words);
}

function plainly(words: string, not: boolean): string | undefined {
  const flag = FLAGS[words];
  if (flag !== undefined) return not ? flag[1] : flag[0];
  const [, subject = "", rest = ""] =
    /^(kind is|media has|links to|surface is|lang is) (.+)$/u.exec(words) ?? [];
  switch (subject) {
    case "kind is":
      return `it is ${not ? "not " : ""}${either(rest, KINDS)}`;
    case "media has":
      return `it ${not ? "does not come" : "comes"} with ${either(rest, MEDIA)}`;
    case "links to":
      return `it ${not ? "does not link" : "links"} to ${rest}`;
    case "surface is":
      return `it is ${not ? "not " : ""}on the page “${rest}”`;
    case "lang is":
      return `its language is ${not ? "not " : ""}${rest}`;
  }
  const [, shown] = /^([a-z_.]+) is known$/u.exec(words) ?? [];
  if (shown !== undefined) {
    const whether = FLAGS[shown];
    if (whether !== undefined) return `it ${not ? "cannot" : "can"} be told whether ${whether[0]}`;
    return `the site ${not ? "does not show" : "shows"} ${PLACES[shown] ?? `its ${shown}`}`;
  }
  const compared =
    /^(about ".*"|like @\S+|[a-z_.]+) ([^\s,]+(?: [a-z]+)?)(, not)? (<=|>=|<|>|is not|is) (\d.*)$/u.exec(
      words,
    );
  if (compared !== null) {
    const [, field = "", value = "", missed, sign = "", limit = ""] = compared;
    const than = `${missed === undefined ? "" : "not "}${THAN[sign] ?? sign} ${amount(limit)}`;
    return `${quoted(field.replaceAll("_", " "))}: ${amount(value)}, ${than}`;
  }
  const listed = /^([a-z_.]+) (.*?) (not in|in) (@\S+)$/u.exec(words);
  if (listed !== null) {
    const [, field = "", value = "", how = "", list = ""] = listed;
    return `${PLACES[field] ?? field}, ${value}, is ${how === "in" ? "" : "not "}in your list ${list}`;
  }
  const matched = /^([a-z_.]+) matches (\/.*\/[a-z]*)(?:: "(.*)")?$/su.exec(words);
  if (matched !== null) {
    const [, field = "", pattern = "", found] = matched;
    const place = PLACES[field] ?? field;
    if (found !== undefined && !not) return `${place} has “${found}”`;
    return `${place} ${not ? "does not fit" : "fits"} the pattern ${pattern}`;
  }
  const said = /^([a-z_.]+) (has word|has|starts with|ends with|is) (.+)$/su.exec(words);
  if (said !== null) {
    const [, field = "", how = "", what = ""] = said;
    const verb = SAYS[how];
    if (verb !== undefined) return `${PLACES[field] ?? field} ${not ? verb[1] : verb[0]} ${quoted(what)}`;
  }
  return undefined;
}

function amount(words: string): string {
  return /^\d{4,}$/u.test(words) ? figure(Number(words)) : words;
}

/** Why a rule spoke, as the end of a sentence: its author's own words, or else what was found in the post. */
export function why(reason: Reason): string {
  if (reason.because !== undefined && reason.because.trim() !== "") return reason.because.trim();
  if (reason.evidence.length === 0) return "the rule holds for every post here";
  return reason.evidence.map(plainEvidence).join(", and ");
}

/** The adapter's health, for a reader: a headline, and what it means to them. */
export function healthWords(health: AdapterHealth): { headline: string; meaning: string } {
  switch (health.state) {
    case "good":
      return health.adapter === "generic"
        ? {
            headline: "Reading this site in a general way",
            meaning: "Diffract has no special knowledge of it, but finds its posts.",
          }
        : { headline: "Reading this page as expected", meaning: "" };
    case "worn":
      return {
        headline: "The site has moved some things",
        meaning: "Diffract still finds its posts by other marks, but may miss something.",
      };
    case "broken":
      return {
        headline: "Diffract no longer recognises this page",
        meaning: "Its posts are left as they are. An update of Diffract usually mends this.",
      };
    case "quiet":
      return { headline: "No feed on this page", meaning: "Diffract waits until there is one." };
  }
}

/** The 95th percentile of some milliseconds, or `undefined` of none. */
export function p95(milliseconds: readonly number[]): number | undefined {
  if (milliseconds.length === 0) return undefined;
  const sorted = [...milliseconds].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * 0.95) - 1)];
}

const PASSED_WORDS: Readonly<Record<string, string>> = {
  large: "too large",
  late: "too late",
  cut: "cut short",
  unreadable: "of a form that is not known",
  failed: "failed",
  flood: "in a flood",
};

/** Why an answer was handed on as it came. */
export const passedWords = (why: string): string => PASSED_WORDS[why] ?? why;
