/** The scorer as tests and benchmarks use it, in Node and in pages alike: nothing here asks where it runs. */

/** A module that runs. */
interface Started {
  memory: WebAssembly.Memory;
  __wasm_call_ctors(): void;
}

/** What `dist/scorer/diffract_scorer.js` exports, as far as it is used. */
export interface ScorerModule {
  initSync(options: { module: Uint8Array }): Started;
  default(options: { module_or_path: URL }): Promise<Started>;
  Scorer: new () => Scorer;
  Taught: new (name: string, texts: string[], belongs: Uint8Array, meanings: Float32Array) => Taught;
}

/** A filter that has learned: see `crate/scorer`. */
export interface Taught {
  score(texts: string[], meanings: Float32Array): Float32Array;
  told(texts: string[], meanings: Float32Array): string;
  look(text: string, meaning: Float32Array): string;
  export(name: string, encoder: Uint8Array): { card: string; onnx: Uint8Array };
  free(): void;
}

/** A tensor as another runtime is fed. */
export interface Fed {
  name: string;
  dims: number[];
  data: BigInt64Array | Float32Array;
}

/** See `crate/scorer`. */
export interface Scorer {
  add(card: string, onnx: Uint8Array): string;
  check(card: string, onnx: Uint8Array): string;
  names(): string[];
  info(name: string): string;
  drop(name: string): boolean;
  cost(name: string): number;
  score(name: string, texts: string[]): Float32Array;
  scores(name: string, texts: string[]): Float32Array;
  choose(name: string, texts: string[]): (string | undefined)[];
  embed(name: string, texts: string[]): Float32Array;
  tensors(name: string, texts: string[]): Fed[];
  picture(name: string, rgba: Uint8Array, width: number, height: number): number;
  picture_scores(name: string, rgba: Uint8Array, width: number, height: number): Float32Array;
  free(): void;
}

/** Reads a file of the repository. */
export type Read = (path: string) => Promise<Uint8Array>;

export const CLASSIFIERS = ["clickbait", "spam", "toxic", "ragebait"] as const;
/** Texts of one call. */
const CALL = 250;
/** How far a number may be from the golden one. */
const CLOSE = 1e-4;

const json = async (read: Read, path: string): Promise<Record<string, unknown>> =>
  JSON.parse(new TextDecoder().decode(await read(path)));

/** Adds a shipped model; says what it is. */
export async function addShipped(scorer: Scorer, read: Read, name: string): Promise<Record<string, unknown>> {
  const card = new TextDecoder().decode(await read(`models/${name}/card.toml`));
  return JSON.parse(scorer.add(card, await read(`models/${name}/model.onnx`)));
}

export async function goldenTexts(read: Read): Promise<string[]> {
  return (await json(read, "models/golden/texts.json")).texts as string[];
}

function inCalls(texts: readonly string[], ask: (texts: string[]) => Float32Array): number[] {
  const all: number[] = [];
  for (let at = 0; at < texts.length; at += CALL) all.push(...ask(texts.slice(at, at + CALL)));
  return all;
}

/**
 * Holds every shipped text model to its golden file, and says in words what differs by more than 1e-4: nothing, if all is well. Golden
 * files hold logits; the scorer gives chances, so the card's calibration is applied to them here.
 */
export async function compareGolden(
  scorer: Scorer,
  read: Read,
): Promise<{ compared: number; differences: string[] }> {
  const texts = await goldenTexts(read);
  const differences: string[] = [];
  let compared = 0;
  const hold = (what: string, found: number | undefined, expected: number): void => {
    compared += 1;
    if (found === undefined || !(Math.abs(found - expected) <= CLOSE))
      differences.push(`${what}: ${found}, and in the golden file ${expected}`);
  };
  for (const name of CLASSIFIERS) {
    const { card } = await addShipped(scorer, read, name);
    const { slope, offset } = (card as { calibration: { slope: number; offset: number } }).calibration;
    const { logits } = (await json(read, `models/golden/${name}.json`)) as { logits: number[] };
    const scores = inCalls(texts.slice(0, logits.length), (some) => scorer.score(name, some));
    logits.forEach((logit, at) => {
      hold(`${name}, text ${at}`, scores[at], 1 / (1 + Math.exp(-(slope * logit + offset))));
    });
    scorer.drop(name);
  }
  {
    const { card } = await addShipped(scorer, read, "language");
    const { labels, calibration } = card as { labels: string[]; calibration: { slope: number } };
    const { logits } = (await json(read, "models/golden/language.json")) as { logits: [string, number][] };
    const scores = inCalls(texts.slice(0, logits.length), (some) => scorer.scores("language", some));
    logits.forEach(([label], at) => {
      const row = scores.slice(at * labels.length, (at + 1) * labels.length);
      const best = row.indexOf(Math.max(...row));
      hold(
        `language, text ${at} is ${labels[best]}, and in the golden file ${label}`,
        labels[best] === label ? 0 : 1,
        0,
      );
      hold(
        `language, text ${at}: all chances together`,
        row.reduce((sum, one) => sum + one, 0),
        1,
      );
    });
    if (!(calibration.slope > 0)) differences.push("the card of language has no slope");
    scorer.drop("language");
  }
  {
    await addShipped(scorer, read, "encoder");
    const { embedding } = (await json(read, "models/golden/encoder.json")) as { embedding: number[][] };
    const width = embedding[0]?.length ?? 0;
    const found = scorer.embed("encoder", texts.slice(0, embedding.length));
    embedding.forEach((row, at) => {
      row.forEach((expected, column) => {
        hold(`encoder, text ${at}, number ${column}`, found[at * width + column], expected);
      });
    });
    scorer.drop("encoder");
  }
  return { compared, differences };
}
