/** Small ONNX files with their cards, written byte by byte: models that mean no good. */
import { createHash } from "node:crypto";

/** Protobuf, as far as ONNX needs it. */
function varint(value: number | bigint): number[] {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  for (;;) {
    const low = Number(rest & 127n);
    rest >>= 7n;
    if (rest === 0n) return [...bytes, low];
    bytes.push(low | 128);
  }
}
const whole = (field: number, value: number | bigint): Uint8Array =>
  Uint8Array.from([...varint(field << 3), ...varint(value)]);
function inside(field: number, ...parts: (Uint8Array | string)[]): Uint8Array {
  const body = Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)));
  return Buffer.concat([Uint8Array.from([...varint((field << 3) | 2), ...varint(body.length)]), body]);
}

/** The numbers of ONNX's element types. */
const TYPES = { float32: 1, int64: 7 } as const;
type ElementType = keyof typeof TYPES;

/** One operator. */
export function node(
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes: Record<string, number | readonly number[]> = {},
): Uint8Array {
  return inside(
    1,
    ...inputs.map((name) => inside(1, name)),
    inside(2, output),
    inside(3, output),
    inside(4, operator),
    ...Object.entries(attributes).map(([name, value]) =>
      typeof value === "number"
        ? inside(5, inside(1, name), whole(3, value), whole(20, 2))
        : inside(5, inside(1, name), ...value.map((one) => whole(8, one)), whole(20, 7)),
    ),
  );
}

/** A node with a graph within: a loop, as ONNX has them. */
export const loop = (inputs: readonly string[], output: string): Uint8Array =>
  inside(
    1,
    ...inputs.map((name) => inside(1, name)),
    inside(2, output),
    inside(4, "Loop"),
    inside(5, inside(1, "body"), inside(6, inside(2, "forever")), whole(20, 5)),
  );

/** A constant. `dims` may claim more than there is. */
export function constant(
  name: string,
  dims: readonly number[],
  values: readonly number[],
  type: ElementType = "float32",
): Uint8Array {
  const bytes = type === "float32" ? Float32Array.from(values) : BigInt64Array.from(values.map(BigInt));
  return inside(
    5,
    ...dims.map((size) => whole(1, size)),
    whole(2, TYPES[type]),
    inside(8, name),
    inside(9, new Uint8Array(bytes.buffer)),
  );
}

/** What goes in (field 11) or comes out (12); text dimensions are free. */
const port = (
  field: 11 | 12,
  name: string,
  type: ElementType,
  dims: readonly (string | number)[],
): Uint8Array =>
  inside(
    field,
    inside(1, name),
    inside(
      2,
      inside(
        1,
        whole(1, TYPES[type]),
        inside(
          2,
          ...dims.map((size) => inside(1, typeof size === "string" ? inside(2, size) : whole(1, size))),
        ),
      ),
    ),
  );

/** A model with the card that tells the truth about its file. */
export interface Made {
  card: string;
  onnx: Uint8Array;
}

/**
 * A model that reads `grams` and gives one logit. It begins with `each` [batch, 1], the sum of a text's weights; `parts` are further constants and
 * nodes in order, of which one makes `last` [batch, 1].
 */
export function textModel(name: string, parts: readonly Uint8Array[] = [], last = "each"): Made {
  const graph = inside(
    7,
    constant("table", [256, 1], Array(256).fill(1)),
    constant("axis", [1], [1], "int64"),
    constant("last_axis", [1], [2], "int64"),
    // The rows are looked up, weighed, and added up.
    node("Gather", ["table", "grams"], "rows"),
    node("Unsqueeze", ["gram_weights", "last_axis"], "weights"),
    node("Mul", ["rows", "weights"], "weighed"),
    node("ReduceSum", ["weighed", "axis"], "each", { keepdims: 0 }),
    ...parts,
    node("Identity", [last], "logits"),
    inside(2, "a graph"),
    port(11, "grams", "int64", ["batch", "grams"]),
    port(11, "gram_weights", "float32", ["batch", "grams"]),
    port(12, "logits", "float32", ["batch", 1]),
  );
  return cardFor(name, Buffer.concat([whole(1, 8), graph, inside(8, inside(1, ""), whole(2, 13))]));
}

/** The card of a file that reads grams, whatever the file holds. */
export function cardFor(name: string, onnx: Uint8Array): Made {
  const card = `format = 1
name = "${name}"
task = "classify"
about = "Made for a test."
finds = "nothing"
labels = ["${name}"]
languages = []
licence = "MPL-2.0"
experimental = true
missed = []
failures = []
data = []
test = []

[file]
name = "model.onnx"
sha256 = "${createHash("sha256").update(onnx).digest("hex")}"
bytes = ${onnx.length}
opset = 13

[input]
kind = "text"
grams = 1
bits = 8

[output]
name = "logits"
activation = "sigmoid"

[thresholds]
"1%" = 0.9
default = "1%"

[cost]
bytes = ${onnx.length}
`;
  return { card, onnx: new Uint8Array(onnx) };
}
