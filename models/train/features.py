"""From texts to sparse matrices. The features of the data sets' texts are found once and kept between runs."""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from . import data, minilm, text
from .progress import say, track_all

MAX_PIECES = 64
"""Word pieces of a text that a text model reads."""


def cache() -> Path:
    """Where work is kept between runs; it can be deleted at any time."""
    folder = Path(os.environ.get("DIFFRACT_TRAIN_CACHE", Path.home() / ".cache" / "diffract" / "train"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def code_version() -> bytes:
    """What the features depend on: when it changes, what was kept is of no use."""
    return Path(text.__file__).read_bytes()


class _Lists:
    """Lists of numbers, end to end: list `i` is `values[starts[i]:starts[i+1]]`."""

    def __init__(self, values: np.ndarray, starts: np.ndarray) -> None:
        self.values, self.starts = values, starts

    @staticmethod
    def of(lists: Iterable[Sequence[int]], kind: type) -> _Lists:
        made = [np.array(one, kind) for one in lists]
        starts = np.cumsum([0, *(len(one) for one in made)]).astype(np.int64)
        return _Lists(np.concatenate(made) if made else np.zeros(0, kind), starts)

    def __getitem__(self, row: int) -> np.ndarray:
        return self.values[self.starts[row] : self.starts[row + 1]]


class _Features:
    """Hashes of words, hashes of character grams, and word pieces, for some texts."""

    def __init__(self, words: _Lists, characters: _Lists, pieces: _Lists) -> None:
        self.words, self.characters, self.pieces = words, characters, pieces

    @staticmethod
    def of(texts: Sequence[str]) -> _Features:
        pairs = [text.grams(one) for one in texts]
        pieces = minilm.pieces([text.clean(one) for one in texts])
        return _Features(
            _Lists.of((words for words, _ in pairs), np.uint32),
            _Lists.of((characters for _, characters in pairs), np.uint32),
            _Lists.of((one[:MAX_PIECES] for one in pieces), np.int32),
        )


PART = 5000


def _joined(texts: Sequence[str]) -> _Features:
    """Found by several processes, a part each."""
    parts = [texts[at : at + PART] for at in range(0, len(texts), PART)]
    with ProcessPoolExecutor(int(os.environ.get("DIFFRACT_TRAIN_JOBS", "4"))) as pool:
        made = list(track_all(pool.map(_Features.of, parts), len(parts), "features"))

    def join(lists: list[_Lists]) -> _Lists:
        sizes = np.concatenate([np.diff(one.starts) for one in lists])
        return _Lists(np.concatenate([one.values for one in lists]), np.concatenate([[0], np.cumsum(sizes)]))

    return _Features(*(join([getattr(one, name) for one in made]) for name in ("words", "characters", "pieces")))


@functools.cache
def _known() -> tuple[dict[str, int], _Features]:
    """Every text of every set, with its row."""
    texts = sorted({one.words for one in data.everything()})
    digest = hashlib.sha256(code_version())
    for one in texts:
        digest.update(one.encode("utf-8", "replace") + b"\0")
    path = cache() / f"features-{digest.hexdigest()[:16]}.npz"
    if not path.is_file():
        say("finding the features of all texts, once")
        made = _joined(texts)
        whole = path.with_suffix(f".{os.getpid()}.npz")
        parts = {"words": made.words, "characters": made.characters, "pieces": made.pieces}
        np.savez(whole, **{f"{name}-{part}": getattr(lists, part) for name, lists in parts.items() for part in ("values", "starts")})
        whole.replace(path)
    with np.load(path) as kept:
        found = _Features(*(_Lists(kept[f"{name}-values"], kept[f"{name}-starts"]) for name in ("words", "characters", "pieces")))
    return {one: row for row, one in enumerate(texts)}, found


def _collect(texts: Sequence[str]) -> list[tuple[_Features, int]]:
    """Where each text's features are: among those kept, or found now where the texts are few or new."""
    rows, known = _known() if len(texts) > PART // 2 else ({}, None)
    new = sorted({one for one in texts if one not in rows})
    fresh = _joined(new) if len(new) > PART else _Features.of(new)
    place = {one: row for row, one in enumerate(new)}
    return [(fresh, place[one]) if known is None or one in place else (known, rows[one]) for one in texts]


def gram_hashes(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hashes, weights, and where each text begins in them. A text's word grams weigh 1/√n each, its character grams too."""
    ids: list[np.ndarray] = []
    sizes: list[int] = []
    for found, row in _collect(texts):
        ids += [found.words[row], found.characters[row]]
        sizes += [len(ids[-2]), len(ids[-1])]
    lengths = np.array(sizes, np.int64)
    weights = np.repeat((1 / np.sqrt(np.maximum(lengths, 1))).astype(np.float32), lengths)
    return np.concatenate(ids), weights, np.concatenate([[0], np.cumsum(lengths)[1::2]])


def gram_matrix(texts: Sequence[str], bits: int) -> csr_matrix:
    """A row a text, a column a bucket of hashes."""
    ids, weights, starts = gram_hashes(texts)
    buckets = (ids & np.uint32((1 << bits) - 1)).astype(np.int32)
    return csr_matrix((weights, buckets, starts), shape=(len(texts), 1 << bits))


def piece_lists(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Word pieces, and where each text begins in them; at most `MAX_PIECES` each, without the marks for begin and end."""
    lists = [found.pieces[row] for found, row in _collect(texts)]
    return np.concatenate(lists), np.cumsum([0, *(len(one) for one in lists)]).astype(np.int64)


def piece_matrix(texts: Sequence[str]) -> csr_matrix:
    """A row a text, a column a word piece; each occurrence weighs 1/n."""
    ids, starts = piece_lists(texts)
    lengths = np.diff(starts)
    weights = np.repeat(1 / np.maximum(lengths, 1), lengths).astype(np.float32)
    return csr_matrix((weights, ids, starts), shape=(len(texts), minilm.VOCABULARY))
