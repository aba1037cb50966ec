"""Cards: what a model is, how it is run and how often it errs, as TOML. docs/models.md defines every key."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Any

FORMAT = 1
FOLDER = Path(__file__).resolve().parents[1]
"""The folder `models/`."""


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(name)} = {_value(one)}" for name, one in value.items()) + " }"
    raise TypeError(f"a card cannot hold {value!r}")


def _key(name: str) -> str:
    plain = all(c.isascii() and (c.isalnum() or c in "_-") for c in name)
    return name if plain and name else _value(name)


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def text(card: dict[str, Any]) -> str:
    """The card as TOML: plain keys first, then tables; a list of tables keeps one line for each inner table."""
    lines = ["# Written by the training pipeline; docs/models.md says what each key means."]
    for name, value in card.items():
        if not isinstance(value, dict) and not _is_tables(value):
            lines.append(f"{_key(name)} = {_value(value)}")
    for name, value in card.items():
        tables = [value] if isinstance(value, dict) else value if _is_tables(value) else []
        for table in tables:
            lines += ["", f"[{_key(name)}]" if isinstance(value, dict) else f"[[{_key(name)}]]"]
            lines += [f"{_key(key)} = {_value(one)}" for key, one in table.items()]
    return "\n".join(lines) + "\n"


def write(name: str, card: dict[str, Any]) -> None:
    whole = text(card)
    if tomllib.loads(whole) != card:
        raise ValueError(f"the card of {name} does not read back as it was written")
    (FOLDER / name / "card.toml").write_text(whole, "utf-8")


def read(name: str) -> dict[str, Any]:
    path = FOLDER / name / "card.toml"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing: train the model first")
    return tomllib.loads(path.read_text("utf-8"))


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
