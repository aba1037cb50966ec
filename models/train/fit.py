"""The trainer of the small text models: hashed grams and tuned word vectors, by Adam, in NumPy.

    logits = grams · G + pieces · E · W + bias

`G` has a row a bucket of hashes, `E` a row a word piece, begun from the sentence encoder's own view of that piece. Everything is
one thread and one generator of random numbers, so that the same seed gives the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from .progress import say, track


@dataclass(slots=True)
class Settings:
    """How a model is trained. `decay` shrinks the gram weights toward zero, `pull` the word vectors toward where they began."""

    epochs: int = 4
    batch: int = 256
    gram_rate: float = 0.02
    piece_rate: float = 0.002
    decay: float = 1e-6
    pull: float = 0.0
    dropout: float = 0.1
    seed: int = 20260101


@dataclass(slots=True)
class Weights:
    """What was learned. `pieces` and `head` are absent in a model of grams alone."""

    grams: np.ndarray
    bias: np.ndarray
    pieces: np.ndarray | None = None
    head: np.ndarray | None = None

    def logits(self, grams: csr_matrix, pieces: csr_matrix | None = None) -> np.ndarray:
        total = grams @ self.grams + self.bias
        if self.pieces is not None and self.head is not None and pieces is not None:
            total = total + (pieces @ self.pieces) @ self.head
        return total


class _Adam:
    def __init__(self, value: np.ndarray, rate: float) -> None:
        self.value, self.rate = value, rate
        self.mean, self.square, self.step = np.zeros_like(value), np.zeros_like(value), 0

    def update(self, gradient: np.ndarray, share: float) -> None:
        """One step, with the rate times `share`."""
        self.step += 1
        self.mean += 0.1 * (gradient - self.mean)
        self.square += 0.001 * (gradient * gradient - self.square)
        correction = np.sqrt(1 - 0.999**self.step) / (1 - 0.9**self.step)
        self.value -= (self.rate * share * correction) * self.mean / (np.sqrt(self.square) + 1e-8)


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(x, -60, 60)))


def softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def train(
    settings: Settings,
    grams: csr_matrix,
    labels: np.ndarray,
    weight: np.ndarray | None = None,
    pieces: csr_matrix | None = None,
    start: np.ndarray | None = None,
    exclusive: bool = False,
    name: str = "train",
) -> Weights:
    """Learn `labels` [texts, outputs] in 0…1, NaN where unknown. `exclusive`: the outputs are one choice among several.

    `start` are the word vectors to begin from; with it, `pieces` are read too.
    """
    random = np.random.default_rng(settings.seed)
    count, outputs = labels.shape
    known = ~np.isnan(labels)
    target = np.where(known, labels, 0).astype(np.float32)
    mask = known * (np.ones((count, 1), np.float32) if weight is None else weight.reshape(count, -1))
    mask = (mask / mask[known].mean()).astype(np.float32)
    gram_part = _Adam(np.zeros((grams.shape[1], outputs), np.float32), settings.gram_rate)
    bias = _Adam(np.zeros(outputs, np.float32), settings.gram_rate)
    table = head = None
    if start is not None:
        table = _Adam(start.astype(np.float32).copy(), settings.piece_rate)
        head = _Adam(np.zeros((start.shape[1], outputs), np.float32), settings.gram_rate)
    steps = settings.epochs * (count // settings.batch)
    done = 0
    for epoch in range(settings.epochs):
        order = random.permutation(count)[: count // settings.batch * settings.batch]
        loss = 0.0
        for at in track(range(0, len(order), settings.batch), f"{name} {epoch + 1}/{settings.epochs}"):
            rows = order[at : at + settings.batch]
            x = grams[rows]
            if settings.dropout:
                x.data = x.data * (random.random(x.nnz) >= settings.dropout) / np.float32(1 - settings.dropout)
            logits = x @ gram_part.value + bias.value
            if table is not None and head is not None and pieces is not None:
                p = pieces[rows]
                if settings.dropout:
                    p.data = p.data * (random.random(p.nnz) >= settings.dropout) / np.float32(1 - settings.dropout)
                vectors = p @ table.value
                logits = logits + vectors @ head.value
            y, m = target[rows], mask[rows]
            if exclusive:
                chance = softmax(logits)
                loss -= float((np.log(np.maximum((chance * y).sum(axis=1), 1e-9)) * m[:, 0]).sum())
            else:
                chance = sigmoid(logits)
                loss -= float((m * np.log(np.maximum(np.where(y > 0.5, chance, 1 - chance), 1e-9))).sum())
            error = ((chance - y) * m / settings.batch).astype(np.float32)
            share = 1 - done / steps
            done += 1
            gram_part.update(x.T @ error + settings.decay * gram_part.value, share)
            bias.update(error.sum(axis=0), share)
            if table is not None and head is not None:
                back = error @ head.value.T
                head.update(vectors.T @ error + settings.decay * head.value, share)
                gradient = p.T @ back
                if settings.pull:
                    gradient += settings.pull * (table.value - start)
                table.update(gradient, share)
        say(f"{name}: epoch {epoch + 1} of {settings.epochs}, loss {loss / len(order):.4f}")
    return Weights(gram_part.value, bias.value, table and table.value, head and head.value)
