"""Word vectors to begin from: the sentence encoder's own view of each word piece by itself, in fewer dimensions."""

from __future__ import annotations

import numpy as np
import onnxruntime as ort
from scipy.sparse import csr_matrix

from . import encoder_graph, features, minilm
from .progress import say, track


def _alone() -> np.ndarray:
    """Each piece's embedding, as a text of its own."""
    path = features.cache() / "pieces-alone.npy"
    if path.is_file():
        return np.load(path)
    say("asking the sentence encoder about each word piece, once")
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    model = encoder_graph.build(encoder_graph.Layers(minilm.weights())).model()
    session = ort.InferenceSession(model.SerializeToString(), options)
    rows = []
    for at in track(range(0, minilm.VOCABULARY, 256), "pieces"):
        ids = np.arange(at, min(at + 256, minilm.VOCABULARY))
        feed = np.stack([np.full(len(ids), minilm.FIRST_PIECE), ids, np.full(len(ids), minilm.LAST_PIECE)], axis=1).astype(np.int64)
        rows.append(session.run(["embedding"], {"ids": feed, "mask": np.ones(feed.shape, np.float32)})[0])
    table = np.vstack(rows)
    np.save(path, table)
    return table


def start(width: int, pieces: csr_matrix) -> np.ndarray:
    """Principal directions, weighted by how often pieces occur in `pieces`; frequent pieces count less (SIF, Arora and others 2017)."""
    table = _alone().astype(np.float64)
    counts = np.bincount(pieces.indices, minlength=minilm.VOCABULARY) + 1.0
    share = counts / counts.sum()
    centred = table - (table * share[:, None]).sum(axis=0)
    covariance = (centred * np.minimum(share, 1e-3)[:, None]).T @ centred
    _, directions = np.linalg.eigh(covariance)
    reduced = centred @ directions[:, ::-1][:, :width]
    reduced *= (1e-3 / (1e-3 + share))[:, None]
    return (reduced / np.sqrt((reduced**2).sum(axis=1).mean())).astype(np.float32)
