"""Made-up sentences about people, harmful and harmless in the same frames, from the words in insults.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np


def sentences(count: int, seed: int) -> list[tuple[str, bool]]:
    """`count` sentences, half of them harmful, with whether they are."""
    words = tomllib.loads(Path(__file__).with_name("insults.toml").read_text("utf-8"))
    random = np.random.default_rng(seed)

    def one(of: str) -> str:
        return words[of][int(random.integers(len(words[of])))]

    made: list[tuple[str, bool]] = []
    for number in range(count):
        bad = number % 2 == 0
        sort = int(random.integers(3))
        who = one("people")
        if sort == 0:
            frame, what = one("frames_noun" if bad else "frames_noun_good"), one("nouns_bad" if bad else "nouns_good")
        elif sort == 1:
            frame, what = one("frames_adjective"), one("adjectives_bad" if bad else "adjectives_good")
        else:
            frame, what = one("frames_exclamation"), one("exclamations_bad" if bad else "exclamations_good")
        many = who in ("you", "they") or who.endswith("s") or who in ("these people", "all of you", "the left", "the right", "the media")
        made.append((frame.format(who=who, be="are" if many else "is", what=what), bad))
    return made
