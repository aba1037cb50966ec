/** What the background asks of the scorer's worker, and what comes back, over a port between the two. */

/** A model, and where its file lies. */
export interface ModelPlace {
  /** The card's name. */
  name: string;
  /** `shipped`: beside the extension's pages. `own`: in the reader's database, under the same name. */
  from: "shipped" | "own";
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
  /** Checks a model that a reader brought: its card as JSON. Rejects with words for a person. */
  check: [card: string, onnx: Uint8Array];
  /** Loads a model, so that the first score does not wait for it; bytes that its weights take. */
  load: [model: ModelPlace];
  /** Lets go of a model. */
  drop: [name: string];
}

/** What comes back. */
export interface Answers {
  score: (number | null)[];
  choose: (string | null)[];
  near: number[][];
  picture: (number | null)[];
  check: string;
  load: number;
  drop: null;
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
