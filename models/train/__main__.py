"""`python -m train NAME…`: train models, one folder each. `evaluate NAME…`: measure the cards' figures anew. See run.sh."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

from . import about, again, card, encoder, golden, language, nsfw, text_model
from .data import MissingData
from .progress import say
from .tasks import TASKS

TRAINERS: dict[str, Callable[[], None]] = {
    **{name: (lambda task=task: text_model.train(task)) for name, task in TASKS.items()},
    "language": language.train,
    "encoder": encoder.train,
    "nsfw": nsfw.train,
}
EVALUATORS: dict[str, Callable[[], dict[str, Any]]] = {
    **{name: (lambda task=task: text_model.evaluate(task)) for name, task in TASKS.items()},
    "language": language.evaluate,
    "encoder": encoder.evaluate,
    "nsfw": nsfw.evaluate,
}


def _differences(name: str, kept: dict[str, Any], again: dict[str, Any]) -> int:
    """Says each figure of the card with what was measured now; how many differ."""
    wrong = 0
    for old, new in zip(kept["test"], again["test"], strict=True):
        for key, value in old.items():
            same = new.get(key) == value
            wrong += not same
            print(f"{'same' if same else 'DIFFERS'}  {name}  {old['set']}  {key}: {value}" + ("" if same else f", now {new.get(key)}"))
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(prog="models/train/run.sh", description=__doc__)
    parser.add_argument("what", nargs="+", metavar="NAME", help=f"all, golden, about, evaluate NAME…, again NAME…, or any of {', '.join(TRAINERS)}")
    names = parser.parse_args().what
    evaluating = names[0] == "evaluate"
    if evaluating:
        names = names[1:] or ["all"]
    looking_again = names[0] == "again"
    if looking_again:
        names = names[1:] or ["all"]
        if names == ["all"]:
            names = list(TASKS)
        strange = [name for name in names if name not in TASKS]
        if strange:
            parser.error(f"a second look is measured for {', '.join(TASKS)}, not for {strange[0]}")
    if names == ["all"]:
        names = list(TRAINERS)
    unknown = [name for name in names if name not in TRAINERS and name != "golden" and names != ["about"]]
    if unknown:
        parser.error(f"no model is named {unknown[0]}; there are {', '.join(TRAINERS)}")
    try:
        if evaluating:
            return 1 if sum(_differences(name, card.read(name), EVALUATORS[name]()) for name in names) else 0
        if looking_again:
            for name in names:
                again.look(TASKS[name])
            return 0
        if names == ["about"]:
            about.calibrate_card()
            return 0
        for name in names:
            if name != "golden":
                TRAINERS[name]()
        golden.write([name for name in TRAINERS if (card.FOLDER / name / "card.toml").is_file()])
    except (MissingData, FileNotFoundError) as problem:
        say(str(problem))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
