/** Modules that the build makes. */

declare module "virtual:adapters" {
  /** The compiled DOM adapters, as JSON. */
  const json: string;
  export default json;
}

declare module "virtual:packs" {
  /** The shipped packs, by file name. */
  const packs: Array<{ id: string; source: string }>;
  export default packs;
}
