/** The bindings of crate/scorer, as far as the worker uses them. */
declare module "virtual:scorer" {
  export default function init(options: { module_or_path: URL }): Promise<{ __wasm_call_ctors(): void }>;
  export class Scorer {
    free(): void;
    /** Reads, checks and keeps a model; what it is, as JSON. */
    add(card: string, onnx: Uint8Array): string;
    drop(name: string): boolean;
    /** What a model is that was added, as JSON. */
    info(name: string): string;
    score(name: string, texts: string[]): Float32Array;
    choose(name: string, texts: string[]): (string | undefined)[];
    embed(name: string, texts: string[]): Float32Array;
    picture(name: string, rgba: Uint8Array, width: number, height: number): number;
  }
  /** A filter that has learned; throws where nothing can be learned. */
  export class Taught {
    constructor(name: string, texts: string[], belongs: Uint8Array, meanings: Float32Array);
    free(): void;
    score(texts: string[], meanings: Float32Array): Float32Array;
    told(texts: string[], meanings: Float32Array): string;
    look(text: string, meaning: Float32Array): string;
    export(name: string, encoder: Uint8Array): { card: string; onnx: Uint8Array };
  }
}
