"""BERT's graph, from its weights, with matrices in few bits."""

from __future__ import annotations

import math

import numpy as np

from onnx import TensorProto

from .graph import Graph, Quantised

HEADS = 12


def layer_norm(g: Graph, value: str, weight: np.ndarray, bias: np.ndarray) -> str:
    centred = g.op("Sub", value, g.op("ReduceMean", value, axes=[-1], keepdims=1))
    variance = g.op("ReduceMean", g.op("Mul", centred, centred), axes=[-1], keepdims=1)
    spread = g.op("Sqrt", g.op("Add", variance, g.scalar(1e-12)))
    return g.op("Add", g.op("Mul", g.op("Div", centred, spread), g.constant(weight)), g.constant(bias))


Codes = tuple[np.ndarray, np.ndarray]


class Layers:
    """How the matrices of the layers are put into a graph: as they are, in 8 bits, or from codes of 4 bits found before.

    `taps` collects, by the matrix's name, the value that it multiplies: that is how covariances are measured.
    """

    def __init__(self, weights: dict[str, np.ndarray], bits: int | None = None, codes: dict[str, Codes] | None = None) -> None:
        self.weights, self.bits, self.codes = weights, bits, codes or {}
        self.taps: dict[str, str] = {}

    def linear(self, g: Graph, value: str, name: str) -> str:
        """`value @ weight.T + bias`, the weight as PyTorch keeps it: a row for each output."""
        self.taps[name] = value
        if name in self.codes:
            matrix = g.grouped(*self.codes[name])
        else:
            turned = np.ascontiguousarray(self.weights[f"{name}.weight"].T)
            matrix = g.constant(turned) if self.bits is None else g.unpacked(Quantised(turned, self.bits))
        return g.op("Add", g.op("MatMul", value, matrix), g.constant(self.weights[f"{name}.bias"]))


def transformer_layer(g: Graph, value: str, penalty: str, layers: Layers, prefix: str) -> str:
    width = layers.weights[f"{prefix}.attention.self.query.weight"].shape[0]
    each = width // HEADS
    split = g.constant(np.array([0, 0, HEADS, each], np.int64))
    joined = g.constant(np.array([0, 0, width], np.int64))

    def heads(name: str, order: list[int]) -> str:
        return g.op("Transpose", g.op("Reshape", layers.linear(g, value, f"{prefix}.attention.self.{name}"), split), perm=order)

    def norm(value: str, name: str) -> str:
        return layer_norm(g, value, layers.weights[f"{prefix}.{name}.weight"], layers.weights[f"{prefix}.{name}.bias"])

    query = g.op("Mul", heads("query", [0, 2, 1, 3]), g.scalar(1 / math.sqrt(each)))
    attention = g.op("Softmax", g.op("Add", g.op("MatMul", query, heads("key", [0, 2, 3, 1])), penalty), axis=-1)
    mixed = g.op("Transpose", g.op("MatMul", attention, heads("value", [0, 2, 1, 3])), perm=[0, 2, 1, 3])
    mixed = layers.linear(g, g.op("Reshape", mixed, joined), f"{prefix}.attention.output.dense")
    value = norm(g.op("Add", value, mixed), "attention.output.LayerNorm")

    inner = layers.linear(g, value, f"{prefix}.intermediate.dense")
    erf = g.op("Erf", g.op("Mul", inner, g.scalar(1 / math.sqrt(2))))
    inner = g.op("Mul", g.op("Mul", inner, g.scalar(0.5)), g.op("Add", erf, g.scalar(1)))
    return norm(g.op("Add", value, layers.linear(g, inner, f"{prefix}.output.dense")), "output.LayerNorm")


def build(layers: Layers, count: int = 6, *, table_bits: int | None = None, rows: np.ndarray | None = None, longest: int = 512) -> Graph:
    """The encoder: `ids` (int64), `mask` (float32) [batch, length] → `embedding` [batch, 384], of length one.

    `count` layers are kept, the first ones. `rows` maps each word piece to a row of a smaller table, in which only the
    pieces that map to themselves in order are kept. `longest` is the greatest length.
    """
    weights = layers.weights
    g = Graph("sentence encoder")
    ids = g.input("ids", "int64", ["batch", "length"])
    mask = g.input("mask", "float32", ["batch", "length"])

    table = weights["embeddings.word_embeddings.weight"]
    pieces = ids
    if rows is not None:
        kept = np.flatnonzero(rows == np.arange(len(rows)))
        place = np.searchsorted(kept, rows).astype(np.int32)
        table = table[kept]
        pieces = g.op("Cast", g.op("Gather", g.constant(place), ids, axis=0), to=TensorProto.INT64)
    words = g.op("Gather", g.constant(table), pieces, axis=0) if table_bits is None else g.unpacked(Quantised(table, table_bits, rows=True), pieces)
    places = weights["embeddings.position_embeddings.weight"][:longest] + weights["embeddings.token_type_embeddings.weight"][0]
    length = g.op("Slice", g.op("Shape", ids), g.axes(1), g.axes(2), g.axes(0))
    places = g.op("Slice", g.constant(places), g.axes(0), length, g.axes(0))
    value = layer_norm(g, g.op("Add", words, places), weights["embeddings.LayerNorm.weight"], weights["embeddings.LayerNorm.bias"])

    penalty = g.op("Mul", g.op("Sub", mask, g.scalar(1)), g.scalar(10000))
    penalty = g.op("Unsqueeze", penalty, g.axes(1, 2))
    for number in range(count):
        value = transformer_layer(g, value, penalty, layers, f"encoder.layer.{number}")

    spread = g.op("Unsqueeze", mask, g.axes(2))
    total = g.op("ReduceSum", g.op("Mul", value, spread), g.axes(1), keepdims=0)
    count_ = g.op("Max", g.op("ReduceSum", mask, g.axes(1), keepdims=1), g.scalar(1))
    mean = g.op("Div", total, count_)
    norm = g.op("Sqrt", g.op("ReduceSum", g.op("Mul", mean, mean), g.axes(1), keepdims=1))
    g.output(g.op("Div", mean, g.op("Max", norm, g.scalar(1e-9))), "embedding", ["batch", 384])
    return g
