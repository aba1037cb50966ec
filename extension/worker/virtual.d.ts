/** The bindings of crate/scorer, as far as the worker uses them. */
declare module "virtual:scorer" {
  export default function init(options: { module_or_path: URL }): Promise<unknown>;
  export class Scorer {
    free(): void;
    /** Reads, checks and keeps a model; what it is, as JSON. */
    add(card: string, onnx: Uint8Array): string;
    drop(name: string): boolean;
    score(name: string, texts: string[]): Float32Array;
    choose(name: string, texts: string[]): (string | undefined)[];
    embed(name: string, texts: string[]): Float32Array;
    picture(name: string, rgba: Uint8Array, width: number, height: number): number;
  }
}
