"""The labelled texts, read from the folder of data sets: never copied, only counted.

A text's split is decided by a hash of what it says, so that two copies of a text never stand on both sides. Sets that are for
checking only are read by `check_only` and by nothing else: training code has no way to them.
"""

from __future__ import annotations

import csv
import html
import os
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

TRAIN, HELD, TEST = "train", "held", "test"
"""`held` is for choosing and calibrating, `test` for the figures of the card."""


class MissingData(Exception):
    """A data set is not where it should be."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its set, its split, and its label as that set gives it."""

    words: str
    source: str
    split: str
    label: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a set comes from, as a card names it."""

    title: str
    licence: str
    origin: str


SOURCES = {
    "clickbait": Source("Clickbait and news headlines", "MIT", "bhargaviparanjape/clickbait 203d979"),
    "davidson": Source("Hate speech and offensive language, tweets", "MIT", "t-davidson/hate-speech-and-offensive-language cb50f7e"),
    "goemotions": Source("GoEmotions, Reddit comments", "Apache-2.0", "GoEmotions splits, by monologg/GoEmotions-pytorch b75f9d3"),
    "surge": Source("Toxicity in social posts", "MIT", "surge-ai/toxicity ea80324"),
    "wikipedia": Source("Wikipedia talk, toxicity in context", "Apache-2.0", "ipavlopoulos/context_toxicity 5df49c2"),
    "sms": Source("SMS Spam Collection v.1", "free to use, by its readme; Almeida, Gómez Hidalgo, Yamakami 2011", "the UCI collection"),
    "youtube": Source("YouTube Spam Collection", "CC BY 4.0; Alberto, Lochter, Almeida 2015", "the UCI collection"),
    "telegram": Source("Telegram spam and ham, mostly Russian; checked, never trained on", "MIT", "umputun/tg-spam e14d516"),
    "olid": Source("OLID validation, tweets; checked, never trained on", "terms of the original set", "cardiffnlp/tweeteval 4fbd22c"),
    "ordinary": Source("Ordinary tweets; checked, never trained on", "terms of the original set", "cardiffnlp/tweeteval 4fbd22c (emoji)"),
    "sentences": Source("Sentences in 60 languages", "Apache-2.0", "the tests of the PyPI package eld 1.0.6"),
}

VIDEOS = {TRAIN: ("Youtube01-Psy", "Youtube02-KatyPerry", "Youtube03-LMFAO"), TEST: ("Youtube04-Eminem", "Youtube05-Shakira")}
"""Comments under a video are all on one side: who comments there writes alike. Chosen by their order, before any result."""


def root() -> Path:
    """The folder of data sets: `DIFFRACT_DATASETS`, or `shared/datasets` beside the repository."""
    named = os.environ.get("DIFFRACT_DATASETS")
    folder = Path(named) if named else Path(__file__).resolve().parents[3] / "shared" / "datasets"
    if not folder.is_dir():
        raise MissingData(f"no data sets at {folder}: set DIFFRACT_DATASETS to the folder that holds clickbait/, goemotions/ and the others")
    return folder


def _file(name: str) -> Path:
    path = root() / name
    if not path.is_file():
        raise MissingData(f"the data set {path} is missing")
    return path


def _lines(name: str) -> list[str]:
    return [line.strip() for line in _file(name).read_text("utf-8", "replace").split("\n") if line.strip()]


def _rows(name: str) -> list[dict[str, str]]:
    with _file(name).open(encoding="utf-8", errors="replace", newline="") as file:
        return list(csv.DictReader(file))


def split_of(words: str) -> str:
    """Four fifths to train, a tenth held, a tenth to test; by a hash of the letters, so that near copies stay together."""
    part = zlib.crc32(re.sub(r"[^a-z]+", "", words.lower()).encode()) % 10
    return HELD if part == 8 else TEST if part == 9 else TRAIN


def _clickbait() -> Iterator[Text]:
    for name, label in (("clickbait_data", "yes"), ("non_clickbait_data", "no")):
        for line in _lines(f"clickbait/{name}"):
            yield Text(line, "clickbait", split_of(line), label)


def _davidson() -> Iterator[Text]:
    for row in _rows("davidson/labeled_data.csv"):
        words = html.unescape(row["tweet"])
        yield Text(words, "davidson", split_of(words), ("hate", "offensive", "neither")[int(row["class"])])


def _goemotions() -> Iterator[Text]:
    names = _lines("goemotions/labels.txt")
    for file, split in (("train", TRAIN), ("dev", HELD), ("test", TEST)):
        for line in _lines(f"goemotions/{file}.tsv"):
            words, labels, _ = line.split("\t")
            # The set's own masks would tell a model which set a text is from.
            words = words.replace("[NAME]", "@name").replace("[RELIGION]", "religion")
            yield Text(words, "goemotions", split, ",".join(names[int(label)] for label in labels.split(",")))


def _surge() -> Iterator[Text]:
    for row in _rows("surge_toxicity/toxicity_en.csv"):
        yield Text(row["text"], "surge", split_of(row["text"]), "yes" if row["is_toxic"] == "Toxic" else "no")


def _wikipedia() -> Iterator[Text]:
    for name in ("gc", "gn"):
        for row in _rows(f"cat_large/{name}.csv"):
            words = re.sub(r"'{2,}|={2,}", "", row["text"]).strip(" :*\n")
            # A quarter of the harmless ones is plenty: they are long, and there are a hundred for each toxic one.
            if row["label"] == "0" and zlib.crc32(row["id"].encode()) % 4:
                continue
            yield Text(words, "wikipedia", split_of(words), "yes" if row["label"] == "1" else "no")


def _sms() -> Iterator[Text]:
    for line in _lines("sms_spam/SMSSpamCollection"):
        label, _, words = line.partition("\t")
        if words:
            words = html.unescape(words)
            yield Text(words, "sms", split_of(words), "yes" if label == "spam" else "no")


def _youtube() -> Iterator[Text]:
    for split, names in VIDEOS.items():
        for name in names:
            for row in _rows(f"youtube_spam/{name}.csv"):
                words = html.unescape(row["CONTENT"]).removesuffix("\ufeff")
                yield Text(words, "youtube", split, "yes" if row["label"] == "1" else "no")


def _sentences() -> Iterator[Text]:
    import eld

    path = Path(eld.__file__).parent / "tests" / "data" / "big-test.txt"
    if not path.is_file():
        raise MissingData(f"the package eld has no {path.name}: install the pinned requirements")
    for number, line in enumerate(path.read_text("utf-8").split("\n")):
        code, _, words = line.partition("\t")
        if words:
            yield Text(words, "sentences", (TRAIN, TRAIN, TRAIN, TRAIN, TRAIN, TRAIN, TRAIN, TRAIN, HELD, TEST)[number % 10], code)


_READERS: dict[str, Callable[[], Iterator[Text]]] = {
    "clickbait": _clickbait,
    "davidson": _davidson,
    "goemotions": _goemotions,
    "surge": _surge,
    "wikipedia": _wikipedia,
    "sms": _sms,
    "youtube": _youtube,
    "sentences": _sentences,
}


def read(*names: str) -> list[Text]:
    """The texts of these sets, in their files' order, without empty ones and without second copies."""
    found: list[Text] = []
    known: set[tuple[str, str]] = set()
    for name in names:
        for text in _READERS[name]():
            key = (name, text.words)
            if text.words.strip() and key not in known:
                known.add(key)
                found.append(text)
    return found


def check_only(name: str) -> list[Text]:
    """`olid`, `ordinary` or `telegram`: figures may be measured on them, and nothing may be chosen or learned from them."""
    if name == "olid":
        labels = _lines("offensive_val/val_labels.txt")
        return [
            Text(words, name, TEST, "yes" if label == "1" else "no")
            for words, label in zip(_lines("offensive_val/val_text.txt"), labels, strict=True)
        ]
    if name == "ordinary":
        return [Text(words, name, TEST, "no") for words in _lines("ordinary_posts/tweets.txt")]
    if name == "telegram":
        return [Text(words, name, TEST, "yes") for words in _lines("tgspam/spam-samples.txt")] + [
            Text(words, name, TEST, "no") for words in _lines("tgspam/ham-samples.txt")
        ]
    raise ValueError(f"{name} is not a set for checking only")


def everything() -> Iterator[Text]:
    """All texts of the sets that several models read, those for checking too: for finding features once, not for learning."""
    yield from read(*(name for name in _READERS if name != "sentences"))
    for name in ("olid", "ordinary", "telegram"):
        yield from check_only(name)
