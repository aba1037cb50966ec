/** What a card says, in plain words. Pure functions, tested in tests/pages/model-words.test.ts. */
import {
  type Card,
  type Figure,
  type Measured,
  STRICTNESS,
  type Strictness,
  thresholdOf,
} from "../../../shared/card.ts";

/** From the loosest to the strictest, as the slider goes. */
export const STEPS: readonly Strictness[] = ["possible", "likely", "certain"];

/** `0.92 %`, `12 %`; below a tenth of a percent what is left of it is chance. */
export function percent(share: number): string {
  const percents = share * 100;
  const digits = percents >= 10 ? 0 : percents >= 1 ? 1 : 2;
  return `${Number(percents.toFixed(digits))} %`;
}

/** `0.92 % (0.79 % to 1.1 %)`: the page says what stands in the brackets. */
export const figureWords = ([share, low, high]: Figure): string =>
  low === high ? percent(share) : `${percent(share)} (${percent(low)} to ${percent(high)})`;

/** `about 1 in 110`; two places count, more is chance. */
export function oneIn(share: number): string {
  if (share <= 0) return "almost none";
  const each = Number((1 / share).toPrecision(share > 0.1 ? 1 : 2));
  return each >= 10_000 ? "fewer than 1 in 10,000" : `about 1 in ${new Intl.NumberFormat("en").format(each)}`;
}

/** `12 MB`, `984 KB`, as file managers count. */
export function sizeWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const [size, unit] = bytes < 1e6 ? [bytes / 1e3, "KB"] : [bytes / 1e6, "MB"];
  return `${Number(size.toPrecision(size < 100 ? 2 : 3))} ${unit}`;
}

const LANGUAGES = new Intl.DisplayNames("en", { type: "language" });

/** `English and German`; of many, how many there are. */
export function languageWords(codes: readonly string[]): string {
  if (codes.length === 0) return "any: it does not read words";
  if (codes.length > 6) return `${codes.length} languages`;
  const names = codes.map((code) => {
    try {
      return LANGUAGES.of(code) ?? code;
    } catch {
      return code;
    }
  });
  return new Intl.ListFormat("en").format(names);
}

const TASKS: Record<Card["task"], string> = {
  classify: "Gives every post a score",
  choose: "Chooses one of its labels for every post",
  embed: "Says what a text is about, for about “…” and like @…",
};

export const taskWords = (card: Card): string =>
  `${TASKS[card.task]}${card.kind === "image" ? ", by its pictures" : ""}`;

/** What it measured on ordinary posts at a threshold of this name, if it did. */
export function ordinaryAt(card: Card, threshold: string): Figure | undefined {
  return card.tests.find(({ set }) => set === "ordinary")?.at[threshold]?.false_alarms;
}

/** A test with posts that are to be found, at a threshold. The largest first: it says most. */
export function recallsAt(card: Card, threshold: string): { test: Measured; recall: Figure }[] {
  return card.tests
    .flatMap((test) => {
      const recall = test.at[threshold]?.recall;
      return recall === undefined ? [] : [{ test, recall }];
    })
    .sort((one, other) => other.test.posts - one.test.posts);
}

/** The name of the threshold in force. */
export function thresholdName(card: Card, strictness: Strictness | undefined): string {
  if (strictness === undefined) return card.usual;
  const measured = STRICTNESS[strictness];
  if (card.thresholds[measured] !== undefined) return measured;
  return card.thresholds[strictness] === undefined ? card.usual : strictness;
}

/** Which of {@link STEPS} is in force: the reader's choice, or the one that comes with the card. */
export function strictnessOf(card: Card, chosen: Strictness | undefined): Strictness {
  if (chosen !== undefined) return chosen;
  return STEPS.find((one) => thresholdOf(card, one) === card.thresholds[card.usual]) ?? "likely";
}

/** Whether there is a choice of strictness. */
export const isAdjustable = (card: Card): boolean =>
  new Set(STEPS.map((one) => thresholdOf(card, one)).filter((one) => one !== undefined)).size > 1;

/** What a strictness means to a reader. */
export function strictnessWords(card: Card, strictness: Strictness): string {
  const name = thresholdName(card, strictness);
  const ordinary = ordinaryAt(card, name);
  if (ordinary !== undefined) return `${capital(oneIn(ordinary[0]))} ordinary posts taken by mistake`;
  const score = card.thresholds[name];
  return score === undefined ? "" : `Takes posts with a score of ${score.toFixed(2)} or more`;
}

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** What a set of posts is called: as the card titles it where it learned from it, too. */
export function setWords(card: Card, set: string): string {
  if (set === "ordinary") return "Ordinary posts";
  if (set === "olid") return "OLID, tweets";
  return card.data.find((data) => data.set === set)?.title ?? capital(set);
}

/** What was measured, by the key in the card. */
const MEASURED: Record<string, string> = {
  accuracy: "told rightly",
  accuracy_when_answered: "told rightly where it answers",
  answered: "answered at all",
  auroc: "area under the curve",
  average_precision: "average precision",
  pair_correlation: "correlation of likeness with the published encoder",
  nearest_ten_shared: "of the ten nearest, shared with the published encoder",
  cosine_with_published: "likeness to the published encoder",
  found_at_one_percent: "found at 1 % false alarms",
};

export const measuredWords = (key: string): string => MEASURED[key] ?? key.replaceAll("_", " ");
