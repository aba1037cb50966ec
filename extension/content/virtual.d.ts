/** Modules that the build makes. */

declare module "virtual:adapters" {
  /** The compiled DOM adapters, as JSON. */
  const json: string;
  export default json;
}

declare module "virtual:packs" {
  /** The shipped packs, as `crate/packs/examples/compile-packs.rs` makes them of their folders. */
  const packs: Array<{
    id: string;
    title: string;
    description: string;
    version: string;
    source: string;
    /** Files that `let @x = list "file.txt"` names. */
    lists: Record<string, string>;
  }>;
  export default packs;
}
