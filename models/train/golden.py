"""Golden files: texts written for them, what each becomes, and what each model says to it.

Another implementation (in Rust, native and wasm) is right when it comes to the same features exactly and to the same numbers within 1e-4.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from . import card, encoder, minilm, text, text_graph

FOLDER = card.FOLDER / "golden"
COUNT = 1000
SHOWN = 60
"""Texts whose features are written out, and whose embeddings are."""

ODD = [
    "",
    " ",
    "a",
    "!",
    "The quick brown fox jumps over the lazy dog.",
    "You won't BELIEVE what this gardener found under her shed!!!",
    "17 Reasons Why Your Cat Is Secretly Planning A Party",
    "FREE FREE FREE!!! Claim your prize now at www.example.com/win or text WIN to 80800",
    "visit example.com, bit.ly/abc?x=1 and https://example.org/a/b#c — or mail me@example.net",
    "u.k. is no address, nor is e.g. or co. but example.co.uk is",
    "@reader_1 @reader2 have you seen @this?",
    "don\u2019t, don't, rock\u2019n\u2019roll, 'quoted' and o`clock",
    "sooooooo goooood!!!!!!! ??? ?!?! $$$ 100% \u20ac50",
    "f**k this s*it * * and **bold** text",
    "ca\u00adfe\u200b zero\u200dwidth \ufeffmarks \u2060inside",
    "ｆｕｌｌ ｗｉｄｔｈ ＴＥＸＴ and 𝓯𝓪𝓷𝓬𝔂 𝕝𝕖𝕥𝕥𝕖𝕣𝕤 ① ② ½ ﬁne",
    "Ein Satz auf Deutsch, mit Umlauten: Äpfel, Öl und Übermut. STRASSE, Straße.",
    "Une phrase en français, où l'été s'achève déjà à l'ombre des cèdres.",
    "Una frase en español: ¿dónde está el niño?",
    "Это предложение написано по-русски для проверки.",
    "これは日本語で書かれた短い文章です。",
    "这是一个用来测试的中文句子，没有空格。",
    "이것은 시험을 위한 한국어 문장입니다.",
    "هذه جملة عربية قصيرة للاختبار.",
    "यह परीक्षण के लिए एक छोटा हिन्दी वाक्य है।",
    "นี่คือประโยคภาษาไทยสำหรับการทดสอบ",
    "Αυτή είναι μια ελληνική πρόταση. ΣΊΣΥΦΟΣ",
    "İstanbul'da ılık bir akşam; IĞDIR ve İZMİR",
    "😂😂😂 so funny 👩‍👩‍👧‍👦 🇫🇷 ❤️ ☀ → ←",
    "#goodmorning #NoFilter #100days",
    "ALL CAPS SENTENCE ABOUT A VERY LOUD TRAIN",
    "Every Word Of This Line Begins With A Capital",
    "line one\nline two\r\nline three\tand a tab",
    "x" * 130,
    "ab " * 500,
    "語" * 1100,
    "0123456789 1,000,000 3.14 1e9 0x1F 2nd 90s",
    "thisisaverylongwordwithoutanyblanksinsidethatgoesonandonandonuntilitend",
    "mixed العربية and עברית and ไทย in one line",
    "{\"json\": [1, 2, null]} <b>html</b> &amp; \\backslash\\ C:\\path",
    "I respectfully disagree with the mayor about the new bridge.",
    "You are a complete idiot and everybody knows it.",
    "this makes me so angry, they lied to us AGAIN",
    "Subscribe to my channel and I will subscribe back, check out my new video!",
    "The council met on Tuesday to discuss the budget for the library.",
    "Congratulations! You have been selected to receive a $500 voucher. Reply YES.",
    "My grandmother's soup recipe needs two leeks, a carrot and patience.",
    "half \ud83d surrogate".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
]

_WHO = ["my neighbour", "the baker", "a friend from school", "our teacher", "the goalkeeper", "a nurse", "the band", "my sister", "an old sailor", "the committee", "this author", "a stranger on the train"]
_DID = ["painted", "forgot", "lost", "found", "repaired", "sold", "baked", "photographed", "described", "promised", "carried home", "argued about", "laughed at", "waited for"]
_WHAT = ["a red bicycle", "the last train", "three loaves of bread", "an umbrella", "the match tickets", "a broken radio", "the recipe", "two kittens", "a letter from Lisbon", "the new bridge", "a mountain of laundry", "the winning goal", "an election poster", "a cheap phone"]
_WHEN = ["yesterday", "at noon", "before the storm", "on Monday", "in 1998", "twice this week", "after the concert", "without a word", "for £20", "again", "at 7:30", "during the interview"]
_FRAMES = [
    "{who} {did} {what} {when}.",
    "{N} Things {Who} Never Told You About {What}",
    "Can you believe {who} {did} {what} {when}?!",
    "{what}? {who} {did} it {when} 😀",
    "@someone {who} {did} {what}, see https://example.com/{n}",
    "{WHO} {DID} {WHAT}!!!",
    "i think {who} is right about {what} tbh",
    "win {what} now, call 0800 {n} {n} or visit example.com/{n}",
    "{who} is a liar and so is whoever {did} {what}",
    "thanks to {who} who {did} {what} {when} #{n}",
]


def texts() -> list[str]:
    """The odd ones, then sentences from frames: the same ones always."""
    random = np.random.default_rng(7)
    found = list(ODD)
    while len(found) < COUNT:
        who, did, what, when, frame = (group[int(random.integers(len(group)))] for group in (_WHO, _DID, _WHAT, _WHEN, _FRAMES))
        n = int(random.integers(2, 4000))
        found.append(
            frame.format(who=who, did=did, what=what, when=when, n=n, N=n, Who=who.title(), What=what.title(), WHO=who.upper(), DID=did.upper(), WHAT=what.upper())
        )
    return found


def _write(name: str, value: dict[str, Any]) -> None:
    """JSON with a line for each text, so that a difference can be read."""
    lines = []
    for key, one in value.items():
        if isinstance(one, list):
            rows = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in one)
            lines.append(f"{json.dumps(key)}: [\n{rows}\n]")
        else:
            lines.append(f"{json.dumps(key)}: {json.dumps(one, ensure_ascii=False)}")
    (FOLDER / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


def write(names: list[str]) -> None:
    """The texts and their features, and for each model named what it says to them."""
    FOLDER.mkdir(exist_ok=True)
    all_ = texts()
    _write("texts", {"texts": all_})
    shown = []
    for one in all_[:SHOWN]:
        words, characters = text.grams(one)
        composed = text.compose(one)
        found = text.tokens(composed)
        clean = text.clean(one)
        shown.append(
            {
                "tokens": found,
                "manner": text.manner(composed, len(found)),
                "words": words,
                "characters": characters,
                "clean": clean,
                "pieces": minilm.pieces([clean])[0],
            }
        )
    _write("features", {"features": shown})
    for name in names:
        kept = card.read(name)
        path = card.FOLDER / name / kept["file"]["name"]
        if kept["task"] == "embed":
            rows = encoder.encode(encoder.session(path), all_[:SHOWN])
            _write(name, {"sha256": kept["file"]["sha256"], "embedding": [[round(float(x), 5) for x in row] for row in rows]})
            continue
        if kept["input"]["kind"] != "text":
            continue
        logits = text_graph.Runner(path, kept["input"]["bits"]).logits(all_)
        if kept["task"] == "choose":
            best = logits.argmax(axis=1)
            _write(name, {"sha256": kept["file"]["sha256"], "logits": [[kept["labels"][b], round(float(row[b]), 5)] for row, b in zip(logits, best, strict=True)]})
        else:
            _write(name, {"sha256": kept["file"]["sha256"], "logits": [round(float(row[0]), 5) for row in logits]})
