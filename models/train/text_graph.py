"""A small text model as ONNX, and ONNX at work on texts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime as ort

from . import features
from .fit import Weights
from .graph import Graph, Quantised

PAD = 8
"""Lists of features are padded to a multiple of this, with weight zero."""


def quantised(weights: Weights) -> Weights:
    """What the shipped file computes with: both tables in 8 bits."""
    return Weights(
        Quantised(weights.grams).values(),
        weights.bias,
        None if weights.pieces is None else Quantised(weights.pieces).values(),
        weights.head,
    )


def build(name: str, weights: Weights) -> Graph:
    """`grams`, `gram_weights` and perhaps `pieces`, `piece_weights`, each [batch, anything] → `logits` [batch, labels]."""
    g = Graph(name)

    def pooled(table: np.ndarray, ids: str, parts: str) -> str:
        """The weighted sum of the rows: [batch, 1, n] · [batch, n, width]."""
        rows = g.unpacked(Quantised(table), ids)
        return g.op("Squeeze", g.op("MatMul", g.op("Unsqueeze", parts, g.axes(1)), rows), g.axes(1))

    ids = g.input("grams", "int64", ["batch", "grams"])
    parts = g.input("gram_weights", "float32", ["batch", "grams"])
    total = g.op("Add", pooled(weights.grams, ids, parts), g.constant(weights.bias))
    if weights.pieces is not None and weights.head is not None:
        ids = g.input("pieces", "int64", ["batch", "pieces"])
        parts = g.input("piece_weights", "float32", ["batch", "pieces"])
        total = g.op("Add", total, g.op("MatMul", pooled(weights.pieces, ids, parts), g.constant(weights.head)))
    g.output(total, "logits", ["batch", int(weights.bias.shape[0])])
    return g


class Runner:
    """A text model's file in onnxruntime, fed as docs/models.md says."""

    def __init__(self, path: Path, bits: int) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = ort.InferenceSession(str(path), options)
        self.bits = bits
        self.reads_pieces = any(one.name == "pieces" for one in self.session.get_inputs())

    def logits(self, texts: Sequence[str], batch: int = 64) -> np.ndarray:
        """A row a text."""
        ids, weights, starts = features.gram_hashes(texts)
        ids = (ids & np.uint32((1 << self.bits) - 1)).astype(np.int64)
        lengths = np.diff(starts)
        pieces, piece_starts = features.piece_lists(texts) if self.reads_pieces else (np.zeros(0), np.zeros(len(texts) + 1, np.int64))
        order = np.argsort(lengths, kind="stable")
        out: list[np.ndarray] = [np.zeros(0)] * len(texts)
        for at in range(0, len(order), batch):
            rows = order[at : at + batch]
            feed = dict(zip(("grams", "gram_weights"), _padded(rows, ids, weights, starts), strict=True))
            if self.reads_pieces:
                count = np.repeat(1 / np.maximum(np.diff(piece_starts), 1), np.diff(piece_starts)).astype(np.float32)
                feed |= dict(zip(("pieces", "piece_weights"), _padded(rows, pieces, count, piece_starts), strict=True))
            for row, value in zip(rows, self.session.run(["logits"], feed)[0], strict=True):
                out[row] = value
        return np.array(out)


def _padded(rows: np.ndarray, ids: np.ndarray, weights: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    longest = max(1, int((starts[rows + 1] - starts[rows]).max()))
    longest = -(-longest // PAD) * PAD
    padded_ids, padded_weights = np.zeros((len(rows), longest), np.int64), np.zeros((len(rows), longest), np.float32)
    for place, row in enumerate(rows):
        size = starts[row + 1] - starts[row]
        padded_ids[place, :size] = ids[starts[row] : starts[row + 1]]
        padded_weights[place, :size] = weights[starts[row] : starts[row + 1]]
    return padded_ids, padded_weights
