"""Which language a text is in: a linear model over the same hashes as the other text models, one output a language."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import card, data, features, fit, measure, text_graph
from .data import HELD, SOURCES, TEST, TRAIN, Text
from .progress import say

NAME = "language"
BITS = 14
SETTINGS = fit.Settings(epochs=3, batch=256, gram_rate=0.05, dropout=0.2)
SHORT = (4, 12)
"""Words of the cut texts: posts are shorter than the sentences of the set."""


def cut(texts: list[Text], seed: int) -> list[tuple[str, str]]:
    """A piece of each text, as many words (or a third as many characters for scripts without blanks) as a short post has."""
    random = np.random.default_rng(seed)
    found = []
    for one in texts:
        size = int(random.integers(SHORT[0], SHORT[1] + 1))
        words = one.words.split()
        if len(words) > 3:
            at = int(random.integers(0, max(1, len(words) - size + 1)))
            found.append((" ".join(words[at : at + size]), one.label))
        else:
            size *= 3
            at = int(random.integers(0, max(1, len(one.words) - size + 1)))
            found.append((one.words[at : at + size], one.label))
    return found


def _probabilities(runner: text_graph.Runner, texts: list[str], heat: float) -> np.ndarray:
    return fit.softmax(runner.logits(texts).astype(np.float64) * heat)


def _row(name: str, use: str, right: np.ndarray, sure: np.ndarray) -> dict[str, Any]:
    random = np.random.default_rng(measure.SEED)

    def share(values: np.ndarray) -> list[float]:
        drawn = random.binomial(len(values), values.mean(), measure.RESAMPLES) / len(values)
        return [round(float(x), 4) for x in (values.mean(), *np.percentile(drawn, [2.5, 97.5]))]

    row: dict[str, Any] = {"set": name, "use": use, "posts": len(right), "accuracy": share(right)}
    if sure.any() and not sure.all():
        row |= {"answered": share(sure), "accuracy_when_answered": share(right[sure])}
    return row


def figures(runner: text_graph.Runner, labels: list[str], heat: float, least: float) -> list[dict[str, Any]]:
    place = {code: number for number, code in enumerate(labels)}
    texts = [one for one in data.read("sentences") if one.split == TEST]
    rows = []
    pairs = [(one.words, one.label) for one in texts]
    for name, chosen in (("sentences", pairs), ("sentences cut to 4-12 words", cut(texts, 3))):
        chance = _probabilities(runner, [words for words, _ in chosen], heat)
        answer = chance.argmax(axis=1)
        right = answer == np.array([place[label] for _, label in chosen])
        rows.append(_row(name, "test split", right, chance.max(axis=1) >= least))
        if name != "sentences":
            by_label = {code: float(right[[label == code for _, label in chosen]].mean()) for code in labels}
            worst = sorted(by_label, key=by_label.__getitem__)[:8]
            rows[-1]["hardest"] = {code: round(by_label[code], 3) for code in worst}
    for name in ("ordinary", "olid"):
        chance = _probabilities(runner, [one.words for one in data.check_only(name)], heat)
        rows.append(_row(f"{name}, taken as English", "check only", chance.argmax(axis=1) == place["en"], chance.max(axis=1) >= least))
    return rows


def train() -> None:
    texts = data.read("sentences")
    labels = sorted({one.label for one in texts})
    place = {code: number for number, code in enumerate(labels)}
    learn = [one for one in texts if one.split == TRAIN]
    # A third set whose English is that of posts: sentences of the news are no guide to "lol u ok".
    lessons = [(one.words, one.label) for one in learn[::2]] + cut(learn, 1)
    casual = [one for one in data.read("goemotions", "sms") if one.split == TRAIN and one.label != "yes"]
    random = np.random.default_rng(SETTINGS.seed)
    casual = [casual[i] for i in random.permutation(len(casual))[:3000]]
    lessons += [(one.words, "en") for one in casual]
    target = np.zeros((len(lessons), len(labels)), np.float32)
    target[np.arange(len(lessons)), [place[label] for _, label in lessons]] = 1
    weights = fit.train(SETTINGS, features.gram_matrix([words for words, _ in lessons], BITS), target, exclusive=True, name=NAME)
    folder = card.FOLDER / NAME
    folder.mkdir(exist_ok=True)
    path = folder / "model.onnx"
    path.write_bytes(text_graph.build(NAME, weights).model().SerializeToString(deterministic=True))
    runner = text_graph.Runner(path, BITS)
    held = cut([one for one in texts if one.split == HELD], 2)
    words = [words for words, _ in held]
    logits = runner.logits(words)
    worst = float(np.abs(text_graph.quantised(weights).logits(features.gram_matrix(words, BITS)) - logits).max())
    say(f"the file in onnxruntime differs from the trainer by at most {worst:.1e}")
    if worst > 1e-4:
        raise ValueError(f"logits differ by {worst}")
    truth = np.array([place[label] for _, label in held])

    def loss(heat: float) -> float:
        return -float(np.log(np.maximum(fit.softmax(logits * heat)[np.arange(len(truth)), truth], 1e-12)).mean())

    heat = round(float(min(np.linspace(0.3, 3, 109), key=loss)), 4)
    chance = fit.softmax(logits * heat)
    order = np.argsort(-chance.max(axis=1), kind="stable")
    wrong = np.cumsum((chance.argmax(axis=1) != truth)[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(wrong <= 0.02)
    least = round(float(chance.max(axis=1)[order][good[-1]]), 4) if len(good) else 0.9
    tests = figures(runner, labels, heat, least)
    card.write(
        NAME,
        {
            "format": card.FORMAT,
            "name": NAME,
            "task": "choose",
            "about": "The language a text is in, for “lang is”.",
            "finds": "posts, comments and titles",
            "labels": labels,
            "languages": labels,
            "licence": "MPL-2.0",
            "experimental": False,
            "missed": [],
            "failures": [
                "A few words can belong to several languages; below the threshold the answer is “unknown”.",
                "Danish and Norwegian, Croatian and Slovene, Malay and Indonesian are easily taken for each other.",
                "Mixed texts get one language. Transliterated text (Hindi or Arabic in Latin letters) is not known.",
            ],
            "file": {"name": "model.onnx", "sha256": card.sha256(path), "bytes": path.stat().st_size, "opset": 13},
            "input": {"kind": "text", "grams": 1, "bits": BITS},
            "output": {"name": "logits", "activation": "softmax"},
            "calibration": {"kind": "temperature", "slope": heat},
            "thresholds": {"answer": least, "default": "answer"},
            "cost": {"bytes": path.stat().st_size, "multiply_adds_per_gram": len(labels), "multiply_adds_per_piece": 0},
            "data": [
                {"set": name, "title": SOURCES[name].title, "licence": SOURCES[name].licence, "origin": SOURCES[name].origin, "posts": count}
                for name, count in (("sentences", len(learn)), ("goemotions", sum(one.source == "goemotions" for one in casual)), ("sms", sum(one.source == "sms" for one in casual)))
            ],
            "test": tests,
        },
    )
    say(f"language: {path.stat().st_size:,} bytes, temperature {heat}, answers from {least}")
    for row in tests:
        say(f"  {row}")


def evaluate() -> dict[str, Any]:
    kept = card.read(NAME)
    path = card.FOLDER / NAME / kept["file"]["name"]
    if card.sha256(path) != kept["file"]["sha256"]:
        raise ValueError(f"{path} is not the file its card describes")
    runner = text_graph.Runner(path, kept["input"]["bits"])
    return kept | {"test": figures(runner, kept["labels"], kept["calibration"]["slope"], kept["thresholds"]["answer"])}
