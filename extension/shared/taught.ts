/**
 * Filters that the reader teaches: a name, and posts that belong to what it is to find or do not. They lie in a database of
 * their own, where the background writes and the scorer's worker reads them.
 */
import type { Card } from "./card.ts";
import { type Readable, wordsFor } from "./reading.ts";
import { flag, integer, list, Misfit, object, optional, type Read, text } from "./shape.ts";

/** Where they lie, by name. */
export const TAUGHT = { database: "diffract-taught", store: "filters" };

/** Most filters. */
export const MAX_FILTERS = 20;
/** Most examples of one; the oldest goes first. Mirrors `MAX_EXAMPLES` of `crate/personal`. */
export const MAX_EXAMPLES = 300;
/** Most characters that are kept of an example. */
export const MAX_EXAMPLE = 1000;
/** Examples of either sort from which a filter is asked by rules. */
export const ENOUGH = 3;
/** Most posts a day that the reader may be asked about. */
export const MAX_ASKING = 20;

/** The number of this form. */
const FORM = 1;
/** Most numbers of a direction. */
const MAX_WIDTH = 4096;

/** A post that got a thumb. */
export interface Example {
  text: string;
  /** It belongs to what the filter is to find. */
  belongs: boolean;
  /** The direction of its meaning, once the encoder has told. */
  meaning?: Float32Array;
}

/** A filter as it is stored. */
export interface TaughtRecord {
  form: typeof FORM;
  /** The encoder that told the directions, as the hash of its file. */
  encoder: string;
  /** Oldest first. */
  examples: Example[];
}

/** A filter as files carry it: its thumbs, oldest first. */
export interface SharedFilter {
  name: string;
  thumbs: Example[];
}

/** How many examples there are of each sort. */
export interface Counts {
  belong: number;
  others: number;
}

const meaning: Read<Float32Array> = (value, at) => {
  // Of another world perhaps, so not by its class.
  if (Object.prototype.toString.call(value) !== "[object Float32Array]")
    throw new Misfit(`${at} is no direction`);
  const row = value as Float32Array;
  if (row.length > MAX_WIDTH || !row.every(Number.isFinite)) throw new Misfit(`${at} is no direction`);
  return row;
};

/** A name that rules can write. */
export const filterName: Read<string> = (value, at) => {
  const name = text(40, 1)(value, at);
  if (!/^[a-z][a-z0-9_]*$/.test(name))
    throw new Misfit(`${at} may have small letters, digits and _, and begins with a letter`);
  return name;
};

/** Thumbs of a file, without directions. */
export const readThumbs: Read<Example[]> = list(
  object({ text: text(2 * MAX_EXAMPLE, 1), belongs: flag }),
  MAX_EXAMPLES,
);

/** Reads what is stored. */
export const readTaught: Read<TaughtRecord> = object({
  form: integer(FORM, FORM) as Read<typeof FORM>,
  encoder: text(64),
  examples: list(
    object({ text: text(2 * MAX_EXAMPLE, 1), belongs: flag, meaning: optional(meaning) }),
    MAX_EXAMPLES,
  ),
});

/** The words of a post by which a filter knows it; empty: there is nothing to learn from. */
export const exampleOf = (post: Readable): string => cut(wordsFor(post, "post"));

/** A filter without examples. */
export const untaught = (encoder: string): TaughtRecord => ({ form: FORM, encoder, examples: [] });

/** The examples with one more; the same words got a thumb once, the last. */
export function withExample(examples: readonly Example[], example: Example): Example[] {
  const kept = cut(example.text);
  return [...examples.filter(({ text }) => text !== kept), { ...example, text: kept }].slice(-MAX_EXAMPLES);
}

const cut = (words: string): string => [...words].slice(0, MAX_EXAMPLE).join("");

export const countsOf = (examples: readonly Example[]): Counts => {
  const belong = examples.filter(({ belongs }) => belongs).length;
  return { belong, others: examples.length - belong };
};

/** Names what a filter learned from: its thumbs, and the encoder, as the hash of its file. */
export const thumbsHash = (encoder: string, thumbs: readonly Example[]): Promise<string> =>
  hashOf(JSON.stringify([encoder, thumbs.map(({ text, belongs }) => [text, belongs])]));

/** SHA-256 of some words. */
export async function hashOf(words: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(words)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether rules may ask it. */
export const isTaught = ({ belong, others }: Counts): boolean => Math.min(belong, others) >= ENOUGH;

/** A filter's card: what rules and pages need of it. `sha256` names what it learned from. */
export const taughtCard = (
  name: string,
  { belong, others, sha256 }: Counts & { sha256: string },
  bytes: number,
): Card => ({
  name,
  task: "classify",
  about: `What you gave a thumb: ${belong} that belong, ${others} that do not.`,
  finds: "posts",
  labels: [name],
  languages: [],
  licence: "",
  experimental: true,
  missed: [],
  failures: [],
  sha256,
  bytes,
  kind: "text",
  reads: "post",
  // Mirrors the card that `crate/personal` writes.
  thresholds: { certain: 0.9, likely: 0.8, possible: 0.65 },
  usual: "likely",
  data: [],
  tests: [],
});
