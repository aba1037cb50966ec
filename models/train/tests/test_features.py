"""What a text becomes, case by case, and against the golden files. Needs no data sets."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest

from train import calibrate, card, compress, golden, graph, measure, text

GOLDEN = Path(__file__).resolve().parents[2] / "golden"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Don\u2019t MISS it!!!", ["dont", "miss", "it", "!!"]),
        ("sooooo good", ["soo", "good"]),
        ("see example.com/a?b, now", ["see", "<url>", "now"]),
        ("u.k. and e.g. stay", ["u", "k", "and", "e", "g", "stay"]),
        ("mail me@example.net @you", ["mail", "me", "<url>", "<user>"]),
        ("f**k * **", ["f**k"]),
        ("2024: 50% off", ["0000", "00", "%", "off"]),
        ("😂😂", ["😂", "😂"]),
        ("", []),
    ],
)
def test_tokens(words: str, expected: list[str]) -> None:
    assert text.tokens(text.compose(words)) == expected


def test_a_long_word_is_cut() -> None:
    assert [len(word) for word in text.tokens("ab" * 50)] == [40, 40, 20]


def test_manner_tells_titles_and_shouting() -> None:
    assert text.manner("Ten Things You Know", 4)[:3] == ["length1", "title4", "loud0"]
    assert text.manner("STOP doing that", 3)[:3] == ["length1", "title1", "loud2"]


def test_a_text_is_read_up_to_its_limit() -> None:
    assert text.grams("x y " * 250) == text.grams("x y " * 250 + "hidden words")


def test_grams_are_sorted_and_never_empty() -> None:
    for words in golden.ODD:
        found, characters = text.grams(words)
        assert found and found == sorted(set(found)) and characters == sorted(set(characters))


def test_features_are_the_golden_ones() -> None:
    texts = json.loads((GOLDEN / "texts.json").read_text("utf-8"))["texts"]
    assert texts == golden.texts()
    for words, expected in zip(texts, json.loads((GOLDEN / "features.json").read_text("utf-8"))["features"], strict=False):
        composed = text.compose(words)
        found = text.tokens(composed)
        hashes, characters = text.grams(words)
        assert (found, text.manner(composed, len(found)), hashes, characters, text.clean(words)) == (
            expected["tokens"],
            expected["manner"],
            expected["words"],
            expected["characters"],
            expected["clean"],
        )


def test_thresholds_hold_their_share() -> None:
    ordinary = np.random.default_rng(1).exponential(size=20000)
    group = np.repeat(["a", "b"], 10000)
    for share in (0.02, 0.01, 0.001):
        assert (ordinary >= calibrate.threshold(ordinary, group, share)).mean() == pytest.approx(share, rel=0.25)


def test_figures_of_a_known_case() -> None:
    positive = np.array([True, True, False, False])
    got = measure.at_threshold(positive, np.array([0.9, 0.2, 0.8, 0.1]), 0.5)
    assert {name: figure[0] for name, figure in got.items()} == {"accuracy": 0.5, "macro_f1": 0.5, "recall": 0.5, "precision": 0.5, "false_alarms": 0.5}
    assert measure.auroc(positive, np.array([0.9, 0.2, 0.8, 0.1])) == 0.75


def test_four_bits_lose_less_than_rounding_alone() -> None:
    random = np.random.default_rng(2)
    inputs = random.normal(size=(500, 128)) @ random.normal(size=(128, 128))
    matrix = random.normal(size=(128, 32))
    codes, scale = compress.four_bits(matrix, inputs.T @ inputs / len(inputs))
    plain = matrix.reshape(2, 64, 32)
    step = np.stack([graph.scales(part, 7) for part in plain])
    rounded = (np.clip(np.rint(plain / step), -7, 7) * step).reshape(128, 32)
    assert np.abs(codes).max() <= 7
    assert np.square(inputs @ (compress.restored(codes, scale) - matrix)).sum() < 0.7 * np.square(inputs @ (rounded - matrix)).sum()


def test_a_card_reads_back_as_written() -> None:
    written = {"name": "x", "quoted": 'a "b" \\ c', "list": [1, 2.5, "z"], "file": {"0.5%": 0.25}, "test": [{"set": "a", "1%": {"recall": [0.1, 0.0, 0.2]}}]}
    assert tomllib.loads(card.text(written)) == written
