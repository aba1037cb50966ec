"""`about "…"`: from how alike a topic and a post point to a score that means something, and what share of a topic it finds.

Forty topics (topics.toml), each a name as a reader writes it and words by which posts about it are told. Posts that say the name itself are left
out, so nothing is found by its letters. Labels so made are rough: some posts that count as ordinary are about the topic all the same, which makes the
figures worse than the truth, not better. Half of the posts, by a hash, calibrate; the others measure, with tweets that nothing was chosen by.
"""

from __future__ import annotations

import re
import tomllib
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort

from . import calibrate, card, data, measure
from .progress import say

SETS = ("clickbait", "goemotions")
LEAST, MOST, BACKGROUND = 12, 30, 500
"""Posts of a topic and half: as many at least, as many at most. Posts of each set that are about no topic in particular."""
SEED = 20261121
MARGIN = 1.5
"""Thresholds are asked for a share so much smaller than they are named by: posts of a feed are further from headlines and comments than those
from each other."""


def topics() -> dict[str, list[str]]:
    return tomllib.loads((Path(__file__).parent / "topics.toml").read_text("utf-8"))


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(word) for word in words) + r")(?!\w)", re.IGNORECASE)


def _named(topic: str) -> re.Pattern[str]:
    """The topic's own words, in whatever form."""
    stems = [word.removesuffix("s")[:6] for word in re.findall(r"\w+", topic) if word not in ("the", "and")]
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, stems)) + r")\w{0,5}(?!\w)", re.IGNORECASE)


def _half(words: str) -> int:
    return zlib.crc32(re.sub(r"[^a-z]+", "", words.lower()).encode()) >> 7 & 1


class Posts:
    """Texts with what each is about, as far as it is told."""

    def __init__(self) -> None:
        random = np.random.default_rng(SEED)
        wanted = {topic: (_any_of(markers), _named(topic)) for topic, markers in topics().items()}
        self.topics = list(wanted)
        texts = data.read(*SETS)
        about: list[list[list[int]]] = [[[], []] for _ in wanted]
        none: dict[str, list[list[int]]] = {name: [[], []] for name in SETS}
        for at, one in enumerate(texts):
            found = [index for index, (marked, _) in enumerate(wanted.values()) if marked.search(one.words)]
            if not found:
                none[one.source][_half(one.words)].append(at)
            for index in found:
                if not list(wanted.values())[index][1].search(one.words):
                    about[index][_half(one.words)].append(at)
        self.words: list[str] = []
        self.group: list[str] = []
        self.half: list[int] = []
        self.of: list[set[int]] = []
        place: dict[int, int] = {}

        def take(at: int, half: int, index: int | None) -> None:
            if at not in place:
                place[at] = len(self.words)
                self.words.append(texts[at].words)
                self.group.append(texts[at].source)
                self.half.append(half)
                self.of.append(set())
            if index is not None:
                self.of[place[at]].add(index)

        for index, halves in enumerate(about):
            for half, some in enumerate(halves):
                if len(some) < LEAST:
                    raise ValueError(f"{len(some)} posts about {self.topics[index]}; at least {LEAST} are needed")
                for at in random.permutation(some)[:MOST]:
                    take(int(at), half, index)
        for halves in none.values():
            for half, some in enumerate(halves):
                for at in random.permutation(some)[:BACKGROUND]:
                    take(int(at), half, None)
        ordinary = [one.words for one in data.check_only("ordinary")]
        for at in random.permutation(len(ordinary))[: 2 * BACKGROUND]:
            words = ordinary[int(at)]
            self.words.append(words)
            self.group.append("ordinary")
            self.half.append(1)
            self.of.append({index for index, (marked, named) in enumerate(wanted.values()) if marked.search(words) or named.search(words)})


def _pairs(posts: Posts, near: np.ndarray, half: int, groups: Iterable[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Every topic with every post of a half: how alike, whether it is about it, which topic, which set. Posts about other topics count as
    ordinary, too: they are what is mixed up first. Tweets that may be about the topic are left out."""
    rows = np.array([i for i, group in enumerate(posts.group) if posts.half[i] == half and group in set(groups)])
    about = np.array([[t in posts.of[i] for i in rows] for t in range(len(posts.topics))])
    tweets = np.array([posts.group[i] == "ordinary" for i in rows])
    kept = ~(about & tweets[None, :])
    topic = np.broadcast_to(np.arange(len(posts.topics))[:, None], about.shape)
    group = np.broadcast_to(np.array([posts.group[i] for i in rows])[None, :], about.shape)
    return near[:, rows][kept], about[kept], topic[kept], group[kept]


def _figure(values: np.ndarray) -> list[float]:
    """The mean over topics, with a 95 % interval by drawing topics anew."""
    random = np.random.default_rng(measure.SEED)
    drawn = values[random.integers(len(values), size=(measure.RESAMPLES, len(values)))].mean(axis=1)
    return [round(float(x), 4) for x in (values.mean(), *np.percentile(drawn, [2.5, 97.5]))]


def _rates(near: np.ndarray, hit: np.ndarray, topic: np.ndarray, threshold: float) -> np.ndarray:
    return np.array([(near[hit & (topic == t)] >= threshold).mean() for t in np.unique(topic[hit])])


def measured(run: ort.InferenceSession, kept: dict[str, Any] | None) -> tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]]]:
    """`nearness`, `thresholds` and the tests of the card. With a card, its own are measured; without, they are found first."""
    from .encoder import encode

    posts = Posts()
    say(f"about: {len(posts.topics)} topics, {len(posts.words):,} posts")
    near = encode(run, posts.topics) @ encode(run, posts.words).T
    if kept is None:
        value, about, topic, group = _pairs(posts, near, 0, SETS)
        slope, offset = calibrate.logistic(value, about, calibrate.mix(about, topic))
        thresholds: dict[str, Any] = {}
        for name, share in calibrate.FALSE_ALARMS.items():
            # Over all topics alike; each set of posts the same part of it.
            limit = calibrate.threshold(value[~about], group[~about], share / MARGIN)
            thresholds[name] = calibrate.rounded_up(float(calibrate.score(np.array(limit), slope, offset)))
        thresholds["default"] = calibrate.DEFAULT
        nearness = {"slope": slope, "offset": offset, "prior": calibrate.PRIOR, "margin": MARGIN}
    else:
        nearness, thresholds = kept["nearness"], kept["thresholds"]
    slope, offset = nearness["slope"], nearness["offset"]
    value, about, topic, group = _pairs(posts, near, 1, SETS)
    tweets, _, of, _ = _pairs(posts, near, 1, ["ordinary"])
    found: dict[str, Any] = {
        "set": "topics",
        "use": "held-out half of the posts; labels by words, so rough",
        "topics": len(posts.topics),
        "posts": int(about.sum()),
        "auroc": _figure(np.array([measure.auroc(about[topic == t], value[topic == t]) for t in range(len(posts.topics))])),
    }
    ordinary: dict[str, Any] = {"set": "ordinary", "use": "check only", "posts": int((of == 0).sum()), "positive": 0}
    for name, threshold in thresholds.items():
        if name == "default":
            continue
        limit = (np.log(threshold / (1 - threshold)) - offset) / slope
        found[name] = {"recall": _figure(_rates(value, about, topic, limit)), "false_alarms": _figure(_rates(value, ~about, topic, limit))}
        ordinary[name] = {"false_alarms": _figure(_rates(tweets, np.ones(len(tweets), bool), of, limit))}
    # What could be found if each topic had a threshold of its own, at exactly 1 %.
    best = [
        (value[about & (topic == t)] >= np.quantile(value[~about & (topic == t)], 0.99)).mean() for t in range(len(posts.topics))
    ]
    found["found_at_one_percent"] = _figure(np.array(best))
    return nearness, thresholds, [found, ordinary]


def calibrate_card() -> None:
    """Finds calibration and thresholds of `about`, and writes them with their figures into the encoder's card."""
    from .encoder import NAME, session

    kept = card.read(NAME)
    nearness, thresholds, tests = measured(session(card.FOLDER / NAME / kept["file"]["name"]), None)
    written = with_about(kept, nearness, thresholds, tests)
    card.write(NAME, written)
    for test in tests:
        say(f"about: {test}")


def with_about(kept: dict[str, Any], nearness: dict[str, Any], thresholds: dict[str, Any], tests: list[dict[str, Any]]) -> dict[str, Any]:
    """A card with what was found of `about`, in the order in which cards are written."""
    others = {key: value for key, value in kept.items() if key not in ("nearness", "thresholds", "cost", "data", "test")}
    agreement = [test for test in kept["test"] if test["set"] not in ("topics", "ordinary")]
    return {
        **others,
        "nearness": nearness,
        "thresholds": thresholds,
        "cost": kept["cost"],
        "data": kept["data"],
        "test": [*agreement, *tests],
    }
