/** What the background asks of the scorer's worker, and what comes back, over a port between the two. */

import type { Example } from "../shared/taught.ts";

/** A model, and where its file lies. */
export interface ModelPlace {
  /** The card's name. */
  name: string;
  /**
   * `shipped`: beside the extension's pages. `own`: in the reader's database, under the same name. `taught`: a filter of
   * the reader's, of which only examples are stored.
   */
  from: "shipped" | "own" | "taught";
}

/** A picture as the page sent it: a data address of an image file. */
export type Picture = string;

/** By name: what is handed over. */
export interface Calls {
  /** The score of each text; `null` where the model has nothing to say. */
  score: [model: ModelPlace, texts: string[]];
  /** The label of each text; `null` where the model is not sure enough. */
  choose: [model: ModelPlace, texts: string[]];
  /** How near each text is to each topic: a row of cosines a text. */
  near: [model: ModelPlace, topics: string[], texts: string[]];
  /** The score of each picture; `null` for what is no picture. */
  picture: [model: ModelPlace, pictures: Picture[]];
  /** Checks a model that a reader brought, and tries it on some texts. Rejects with words for a person. */
  check: [card: string, onnx: Uint8Array, texts: string[]];
  /** Loads a model, so that the first score does not wait for it; bytes that its weights take. */
  load: [model: ModelPlace];
  /** Learns from examples, and tells what; `posts` are those that the reader may be asked about. */
  learn: [name: string, examples: Example[], posts: string[]];
  /** How a text looks to a filter. */
  look: [name: string, text: string];
  /** A filter as a model like any other. `name` is the card's. */
  export: [name: string, examples: Example[]];
  /** Lets go of a model. */
  drop: [name: string];
}

/** What comes back. */
export interface Answers {
  score: (number | null)[];
  choose: (string | null)[];
  near: number[][];
  picture: (number | null)[];
  check: Checked;
  load: number;
  learn: LearnedFrom;
  look: { score: number; near: { example: number; nearness: number }[] };
  export: { card: string; onnx: Uint8Array };
  drop: null;
}

/** A model that would be taken. */
export interface Checked {
  /** What it is, as JSON: see `info` of `crate/scorer`. */
  info: string;
  /** The scores of the texts; none of a model that gives no score to texts. */
  scores: (number | null)[];
}

/** What a filter has learned. */
export interface LearnedFrom {
  /** The hash of the encoder's file. */
  encoder: string;
  /** Of each example. */
  meanings: Float32Array[];
  /** As {@link Learned} in JSON, where `doubts` are places among the posts. */
  told: string;
  /** Of each post. */
  scores: number[];
}

export type CallName = keyof Calls;

/** Background → worker. */
export interface Call {
  seq: number;
  name: CallName;
  args: readonly unknown[];
}

/** Worker → background. `broken`: the module will not answer again, and the worker is to be replaced. */
export type Reply =
  | { seq: number; ok: true; value: unknown }
  | { seq: number; ok: false; message: string; broken: boolean };

/** Whoever holds the worker → the worker, with the port that calls come over. */
export interface Begin {
  type: "begin";
}

/** Background → offscreen document, with a port for `start`, which ends any worker before it. */
export type HostMessage = { type: "start-scorer" } | { type: "stop-scorer" };
