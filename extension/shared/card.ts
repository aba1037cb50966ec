/** Model cards as the extension reads them: what rules and people need to know. `docs/models.md` says what each key means. */
import {
  anything,
  flag,
  integer,
  list,
  Misfit,
  number,
  object,
  oneOf,
  optional,
  type Read,
  record,
  text,
} from "./shape.ts";

/** Strictness as rules name it, and the share of ordinary posts that a card's threshold of that name flags at most. */
export const STRICTNESS = { certain: "0.5%", likely: "1%", possible: "2%" } as const;
export type Strictness = keyof typeof STRICTNESS;

const words = text(2000);
const share = number(0, 1);
const count = integer(0, 1e12);
const language = text(16, 1);

/** A measured value with its 95 % interval. */
export type Figure = [value: number, low: number, high: number];

const figure: Read<Figure> = (value, at) => {
  const [middle, low, high] = list(number(-1e9, 1e9), 3)(value, at);
  if (middle === undefined || low === undefined || high === undefined) throw new Misfit(`${at} is no figure`);
  return [middle, low, high];
};

const readCard = object({
  format: integer(1, 1),
  name: (value: unknown, at: string) => {
    const name = text(40, 1)(value, at);
    if (!/^[a-z0-9][a-z0-9-]*$/.test(name))
      throw new Misfit(`${at} has other characters than a-z, 0-9 and -`);
    return name;
  },
  task: oneOf("classify", "choose", "embed"),
  about: words,
  finds: words,
  labels: list(text(64, 1), 1000),
  positive: optional(list(text(64, 1), 1000)),
  languages: list(language, 500),
  licence: text(200),
  experimental: flag,
  missed: list(words, 50),
  failures: list(words, 50),
  file: object({ name: text(120, 1), sha256: text(64, 64), bytes: integer(1, 1 << 30) }),
  input: object({
    kind: oneOf("text", "image"),
    size: optional(integer(1, 4096)),
    reads: optional(oneOf("post", "headline")),
  }),
  thresholds: anything,
  again: optional(object({ model: text(40, 1), from: share, to: share })),
  nearness: optional(object({ slope: number(0, 1000), offset: number(-1000, 1000) })),
  data: optional(
    list(
      object({
        set: words,
        title: words,
        licence: words,
        origin: words,
        positive: optional(count),
        negative: optional(count),
        posts: optional(count),
      }),
      100,
    ),
  ),
  test: optional(list(record(anything, 100), 200)),
});

/** How often a model errs on one test set, at one threshold. */
export interface Measured {
  set: string;
  use: string;
  posts: number;
  /** What does not hang on a threshold. */
  all: Record<string, Figure>;
  /** By threshold, then by what was measured. */
  at: Record<string, Record<string, Figure>>;
}

/** A model's card. */
export interface Card {
  name: string;
  task: "classify" | "choose" | "embed";
  about: string;
  finds: string;
  labels: string[];
  languages: string[];
  licence: string;
  experimental: boolean;
  missed: string[];
  failures: string[];
  sha256: string;
  bytes: number;
  kind: "text" | "image";
  /** Which words of a post it reads: its headline or link card where it has one, or all. */
  reads: "post" | "headline";
  /** By name. */
  thresholds: Record<string, number>;
  /** The name of the shipped threshold. */
  usual: string;
  /** Where the score lies between these, another model looks again, if a rule still needs to know. */
  again?: { model: string; from: number; to: number };
  /** How a cosine becomes a share, of a model that embeds. */
  nearness?: { slope: number; offset: number };
  data: { set: string; title: string; licence: string; origin: string; posts: number }[];
  tests: Measured[];
}

/** Reads a card that crossed between parts of the extension. */
export const readCrossedCard: Read<Card> = object({
  name: text(40, 1),
  task: oneOf("classify", "choose", "embed"),
  about: words,
  finds: words,
  labels: list(text(64, 1), 1000),
  languages: list(language, 500),
  licence: text(200),
  experimental: flag,
  missed: list(words, 50),
  failures: list(words, 50),
  sha256: text(64, 64),
  bytes: count,
  kind: oneOf("text", "image"),
  reads: oneOf("post", "headline"),
  thresholds: record(share, 50),
  usual: text(40),
  again: optional(object({ model: text(40, 1), from: share, to: share })),
  nearness: optional(object({ slope: number(0, 1000), offset: number(-1000, 1000) })),
  data: list(object({ set: words, title: words, licence: words, origin: words, posts: count }), 100),
  tests: list(
    object({
      set: words,
      use: words,
      posts: count,
      all: record(figure, 100),
      at: record(record(figure, 100), 100),
    }),
    200,
  ),
});

/** Reads a card from the JSON form of its TOML. Throws {@link Misfit} where it is none. */
export function readModelCard(value: unknown, at = "the card"): Card {
  const card = readCard(value, at);
  const raw = record(anything, 50)(card.thresholds ?? {}, `${at}.thresholds`);
  const thresholds: Record<string, number> = {};
  for (const [name, value] of Object.entries(raw))
    if (name !== "default") thresholds[name] = share(value, `${at}.thresholds.${name}`);
  const usual = raw.default === undefined ? "" : text(40)(raw.default, `${at}.thresholds.default`);
  if (usual !== "" && thresholds[usual] === undefined)
    throw new Misfit(`${at}.thresholds.default names "${usual}", which is not among the thresholds`);
  return {
    name: card.name,
    task: card.task,
    about: card.about,
    finds: card.finds,
    labels: card.labels,
    languages: card.languages,
    licence: card.licence,
    experimental: card.experimental,
    missed: card.missed,
    failures: card.failures,
    sha256: card.file.sha256,
    bytes: card.file.bytes,
    kind: card.input.kind,
    reads: card.input.reads ?? (card.name === "clickbait" ? "headline" : "post"),
    thresholds,
    usual,
    ...(card.again && { again: card.again }),
    ...(card.nearness && { nearness: card.nearness }),
    data: (card.data ?? []).map(({ set, title, licence, origin, positive, negative, posts }) => ({
      set,
      title,
      licence,
      origin,
      posts: posts ?? (positive ?? 0) + (negative ?? 0),
    })),
    tests: (card.test ?? []).flatMap((test) => measured(test)),
  };
}

/** What does not read of a test costs that alone: it is shown to people, and decides nothing. */
function measured(test: Record<string, unknown>): Measured[] {
  const at: Measured["at"] = {};
  for (const [key, value] of Object.entries(test))
    if (typeof value === "object" && value !== null && !Array.isArray(value)) at[key] = figures(value);
  const { set, use, posts } = test;
  if (typeof set !== "string") return [];
  return [
    {
      set,
      use: typeof use === "string" ? use : "",
      posts: typeof posts === "number" ? posts : 0,
      all: figures(test),
      at,
    },
  ];
}

/** What reads as a figure. */
function figures(values: object): Record<string, Figure> {
  const found: Record<string, Figure> = {};
  for (const [what, one] of Object.entries(values)) {
    if (!Array.isArray(one)) continue;
    try {
      found[what] = figure(one, what);
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
    }
  }
  return found;
}

/** A card's name as rules write it. */
export const ruleName = (name: string): string => name.replaceAll("-", "_");

/** The threshold that stands for a strictness, if the card names one: by its share of false alarms, or where none was measured by itself. */
export function thresholdOf(card: Card, strictness: Strictness): number | undefined {
  return (
    card.thresholds[STRICTNESS[strictness]] ??
    card.thresholds[strictness] ??
    (strictness === "likely" ? card.thresholds[card.usual] : undefined)
  );
}

/** The shares of ordinary posts flagged by mistake, with their intervals, as `[threshold, figure]`. */
export function alarmsOf(card: Card): [threshold: number, share: Figure][] {
  const ordinary = card.tests.find(({ set }) => set === "ordinary");
  return Object.entries(ordinary?.at ?? {}).flatMap(([name, { false_alarms }]): [number, Figure][] => {
    const threshold = card.thresholds[name];
    return threshold === undefined || false_alarms === undefined ? [] : [[threshold, false_alarms]];
  });
}
