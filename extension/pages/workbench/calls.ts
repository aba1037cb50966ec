/** What a page asks of the workbench, and how it crosses to the worker and back: plain text both ways, but for the packs. */

/** Files that `list "file.txt"` can name: name to contents. */
export type Lists = Record<string, string>;

/** A pack in force beside the file that is edited. */
export interface OtherPack {
  id: string;
  source: string;
  trust: "full" | "limited";
  lists?: Lists;
}

/** By name: what is handed over. What comes back is always text, mostly JSON. */
export interface Calls {
  /** Takes the names of the reader's own models, which rules may ask as well. */
  models: [names: readonly string[]];
  /** The diagnostics of a rule file. */
  check: [source: string, lists: Lists | undefined];
  /** The file as it should stand. */
  format: [source: string];
  complete: [source: string, offset: number];
  describe: [source: string, offset: number];
  /** Opens a replay; all below speak of the one opened last. `context`: see the workbench's `Replay`. */
  open: [posts: string, context: string, packs: readonly OtherPack[], saved: string];
  type: [source: string];
  saved: [source: string];
  propose: [index: number];
  /** Why a post gets its verdict; with the rule of a line of the file as typed, 0 for none. */
  explain: [index: number, line: number];
  /** Takes the packs in force, for the two below. */
  feed: [packs: readonly OtherPack[]];
  /** Posts of many pages as one feed: see the workbench's `Feed`. */
  gather: [posts: string, sources: string, context: string, limits: string];
  /** One page's posts as the host has them and as the rules do. */
  compare: [posts: string, verdicts: string, shown: readonly number[], context: string];
  /** Another tool's filters as rules. `now` in seconds since 1970. */
  import: [bytes: Uint8Array, name: string, now: number];
  /** A packaged pack. */
  package: [bytes: Uint8Array];
}

/** The name of a call. */
export type CallName = keyof Calls;

/** Page → worker. */
export interface Call {
  seq: number;
  name: CallName;
  args: readonly unknown[];
}

/** Worker → page. `broken`: the module will not answer again. */
export type Reply =
  | { seq: number; ok: true; value: string }
  | { seq: number; ok: false; message: string; broken: boolean };
