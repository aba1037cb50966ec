"""A progress bar on standard error, quiet where nobody looks."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def say(message: str) -> None:
    """A line for the person who waits."""
    print(message, file=sys.stderr, flush=True)


def track(items: Sequence[T], what: str) -> Iterator[T]:
    """The items, with a bar if standard error is a terminal."""
    return track_all(items, len(items), what)


def track_all(items: Iterable[T], total: int, what: str) -> Iterator[T]:
    """The same for what does not know its own length."""
    started = shown = time.monotonic()
    live = sys.stderr.isatty()
    for done, item in enumerate(items):
        now = time.monotonic()
        if live and now - shown > 0.1:
            shown = now
            filled = 30 * done // total
            left = (now - started) / max(done, 1) * (total - done)
            print(f"\r{what:12} [{'=' * filled}{' ' * (30 - filled)}] {done}/{total} {left:4.0f} s left", end="", file=sys.stderr)
        yield item
    if live:
        print(f"\r{what:12} [{'=' * 30}] {total}/{total} {time.monotonic() - started:4.0f} s      ", file=sys.stderr)
