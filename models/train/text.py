"""What a text becomes before a model sees it.

Two readings of the same text: `grams` (hashed pieces of words and pairs of words) and `clean` (the text that is cut into
word pieces). Both are defined by ranges of code points, so that another language can do exactly the same; the only Unicode
tables needed are those of NFKC and of lower case. docs/models.md is the definition; this file follows it.
"""

import unicodedata
import zlib

MAX_CHARACTERS = 1000
"""Characters of a text that are read; the rest is ignored."""

MAX_WORD = 40
"""Characters of a word. A longer run (a script without spaces) is cut into words of this length."""

GRAM_SIZES = (1, 2, 3, 4, 5)
"""Lengths of the character grams, counted with the blank on either side of a word."""

URL = "<url>"
USER = "<user>"

_KEPT_MARKS = frozenset("!?$%£€₹₽")
_INVISIBLE = frozenset([0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0xFEFF, *range(0x2060, 0x2070), *range(0xFE00, 0xFE10)])
_APOSTROPHES = frozenset("'\u2019\u02bc`")


def _is_blank(character: str) -> bool:
    code = ord(character)
    return code <= 0x20 or code in (0x7F, 0x85, 0xA0, 0x1680, 0x3000) or 0x2000 <= code <= 0x200A or code in (0x2028, 0x2029, 0x202F, 0x205F)


def _is_symbol(character: str) -> bool:
    """Emoji and pictographs: each is a token of its own."""
    code = ord(character)
    return 0x2190 <= code <= 0x2BFF or 0x1F000 <= code <= 0x1FAFF


def _is_mark(character: str) -> bool:
    """What separates words without being a blank."""
    code = ord(character)
    if code < 0x80:
        return not (48 <= code <= 57 or 65 <= code <= 90 or 97 <= code <= 122)
    return 0x80 <= code <= 0xBF and code not in (0xAA, 0xB5, 0xBA) or code in (0xD7, 0xF7) or 0x2010 <= code <= 0x205E or 0x20A0 <= code <= 0x20CF or 0x3001 <= code <= 0x303F


def _is_word(character: str) -> bool:
    return not (_is_blank(character) or _is_symbol(character) or _is_mark(character))


def compose(text: str) -> str:
    """The first characters, composed (NFKC), without invisible ones."""
    composed = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS])[:MAX_CHARACTERS]
    return "".join(character for character in composed if ord(character) not in _INVISIBLE)


def lower(text: str) -> str:
    """Lower case, character by character."""
    return "".join(character.lower() for character in text)


def manner(composed: str, count: int) -> list[str]:
    """How a text of `count` tokens is written: its length, and which share of its words are in capitals or begin with one.

    A word is here what stands between blanks and begins with a letter that has two cases. Shares are counted in quarters.
    """
    words = capital = shouted = 0
    at = 0
    while at < len(composed):
        if _is_blank(composed[at]):
            at += 1
            continue
        end = at
        while end < len(composed) and not _is_blank(composed[end]):
            end += 1
        first = composed[at]
        upper = first.lower() != first
        if upper or first.upper() != first:
            words += 1
            capital += upper
            others = composed[at + 1 : end]
            shouted += upper and any(c.lower() != c for c in others) and all(c.upper() == c for c in others)
        at = end
    length = next((i for i, limit in enumerate((2, 5, 9, 16, 30)) if count <= limit), 5)
    title = 4 * capital // words if words else 0
    loud = -(-4 * shouted // words) if words else 0
    return [f"length{length}", f"title{title}", f"loud{loud}", f"title{title} length{length}", f"loud{loud} length{length}"]


def _address_end(text: str, start: int) -> int:
    """Where an address that begins at `start` ends; `start` itself where none begins."""
    if not (text.startswith("http://", start) or text.startswith("https://", start) or text.startswith("www.", start)):
        return _domain_end(text, start)
    end = start
    while end < len(text) and not _is_blank(text[end]):
        end += 1
    return end


TOP_LEVEL = frozenset("com net org edu gov info biz io co me tv ly be gl gg cc ru uk us de fr eu in app dev xyz link shop store site online club live top win vip".split())


def _domain_end(text: str, start: int) -> int:
    """Where a bare address such as `example.com/page` that begins at `start` ends; `start` itself where none begins."""
    end = start
    while end < len(text) and (text[end] in "-." or "0" <= text[end] <= "9" or "a" <= text[end] <= "z"):
        end += 1
    host = text[start:end].rstrip(".-")
    label = host.rpartition(".")[2]
    if label == host or label not in TOP_LEVEL or host.startswith((".", "-")):
        return start
    end = start + len(host)
    if end < len(text) and _is_word(text[end]):
        return start
    if end < len(text) and text[end] in "/:?":
        while end < len(text) and not _is_blank(text[end]):
            end += 1
    return end


def _mention_end(text: str, start: int) -> int:
    """Where an `@name` that begins at `start` ends; `start` itself where none begins."""
    if text[start] != "@":
        return start
    end = start + 1
    while end < len(text) and (_is_word(text[end]) or text[end] == "_"):
        end += 1
    return end if end > start + 1 else start


def _squeeze(word: str) -> str:
    """Runs of one character longer than two become two; then every ASCII digit becomes 0."""
    out: list[str] = []
    for character in word:
        if len(out) >= 2 and out[-1] == character and out[-2] == character:
            continue
        out.append(character)
    return "".join("0" if "0" <= character <= "9" else character for character in out)


def tokens(composed: str) -> list[str]:
    """The tokens of a composed text: words, `<url>`, `<user>`, symbols, and the few marks that mean something (`!`, `!!`, `$` …)."""
    text = lower(composed)
    found: list[str] = []
    word: list[str] = []
    at = 0

    def end_word() -> None:
        if word:
            whole = _squeeze("".join(word))
            found.extend(whole[i : i + MAX_WORD] for i in range(0, len(whole), MAX_WORD))
            word.clear()

    while at < len(text):
        character = text[at]
        following = text[at + 1] if at + 1 < len(text) else " "
        if not word:
            end = _address_end(text, at)
            if end > at:
                found.append(URL)
                at = end
                continue
            end = _mention_end(text, at)
            if end > at:
                found.append(USER)
                at = end
                continue
        if _is_word(character):
            word.append(character)
        elif word and character in _APOSTROPHES and _is_word(following):
            pass
        elif word and character == "*" and (following == "*" or _is_word(following)):
            word.append(character)
        else:
            end_word()
            if _is_symbol(character):
                found.append(character)
            elif character in _KEPT_MARKS:
                if found and found[-1] == character and text[at - 1] == character:
                    found[-1] = character * 2
                elif not (found and found[-1] == character * 2 and text[at - 1] == character):
                    found.append(character)
        at += 1
    end_word()
    return found


def grams(text: str) -> tuple[list[int], list[int]]:
    """The hashes of a text: those of words and pairs of words, and those of character grams; each sorted, without repeats.

    A hash is the CRC-32 (ISO 3309) of the gram's UTF-8 bytes behind a letter for its sort: `w` word, `b` pair, `m` manner,
    `c` characters.
    """
    composed = compose(text)
    found = tokens(composed)
    words = {zlib.crc32(b"m" + one.encode()) for one in manner(composed, len(found))}
    characters: set[int] = set()
    for token in found:
        words.add(zlib.crc32(b"w" + token.encode()))
    for left, right in zip(["^", *found], [*found, "$"], strict=True):
        words.add(zlib.crc32(b"b" + left.encode() + b" " + right.encode()))
    for token in set(found):
        if not _is_word(token[0]):
            continue
        padded = f" {token} "
        for size in GRAM_SIZES:
            for start in range(len(padded) - size + 1):
                gram = padded[start : start + size]
                if gram != " ":
                    characters.add(zlib.crc32(b"c" + gram.encode()))
    return sorted(words), sorted(characters)


def clean(text: str) -> str:
    """The text that is cut into word pieces: addresses and mentions become a blank, what is left stays as it is."""
    text = compose(text)
    small = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    out: list[str] = []
    at = 0
    inside = False
    while at < len(text):
        end = at
        if not inside:
            end = _address_end(small, at)
            if end == at:
                end = _mention_end(small, at)
        if end > at:
            out.append(" ")
            at = end
            continue
        inside = _is_word(text[at])
        out.append(text[at])
        at += 1
    return "".join(out)
