/** Modules that the build makes (`scripts/build.ts`). */

declare module "virtual:build" {
  /** Hash of the engine's wasm. */
  export const engine: string;
  /** What is wrong with the adapters of this build, in words for the reader. */
  export const problems: string[];
  /**
   * The near engine of this build: its hash, and whether pages get it as a script (translated into JavaScript), which is so
   * where the browser may refuse wasm to a content script.
   */
  export const near: { build: string; script: boolean };
}

declare module "virtual:near" {
  /** A fresh instance of the near engine, translated into JavaScript; the one before it is not to be used any more. */
  export function make(): import("../shared/near.ts").NearInstance;
}

declare module "virtual:models" {
  /** The cards of the models that come with the extension, as they were written, in JSON. */
  const cards: unknown[];
  export default cards;
}
