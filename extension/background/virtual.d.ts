/** A module that the build makes (`scripts/build.ts`). */

declare module "virtual:build" {
  /** Hash of the engine's wasm. */
  export const engine: string;
  /** What is wrong with the adapters of this build, in words for the reader. */
  export const problems: string[];
}

declare module "virtual:models" {
  /** The cards of the models that come with the extension, as they were written, in JSON. */
  const cards: unknown[];
  export default cards;
}
