"""Three small plots a model, as SVG that follows the reader's colour scheme."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 460, 320, 52, 16, 36, 46
STYLE = """<style>
text { font: 12px system-ui, sans-serif; fill: #1f2933 } .title { font-size: 14px; font-weight: 600 }
.axis { stroke: #7b8794; fill: none } .grid { stroke: #7b8794; stroke-opacity: .25 } .mark { fill: #0b69a3 }
.line { stroke: #0b69a3; stroke-width: 2; fill: none } .guide { stroke: #7b8794; stroke-dasharray: 4 4; fill: none } .limit { stroke: #b44d12; stroke-width: 2 }
@media (prefers-color-scheme: dark) { text { fill: #e4e7eb } .mark { fill: #62b0e8 } .line { stroke: #62b0e8 } .limit { stroke: #f0a060 } }
</style>"""


def _x(value: float) -> float:
    return LEFT + value * (WIDTH - LEFT - RIGHT)


def _y(value: float) -> float:
    return HEIGHT - BOTTOM - value * (HEIGHT - TOP - BOTTOM)


def _square(title: str, x_name: str, y_name: str, inside: list[str]) -> str:
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">',
        STYLE,
        f'<text class="title" x="{LEFT}" y="20">{escape(title)}</text>',
    ]
    for step in range(0, 11, 2):
        at = step / 10
        parts.append(f'<path class="grid" d="M{_x(0):.1f} {_y(at):.1f}H{_x(1):.1f}M{_x(at):.1f} {_y(0):.1f}V{_y(1):.1f}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{_y(at) + 4:.1f}" text-anchor="end">{step * 10}%</text>')
        parts.append(f'<text x="{_x(at):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{step * 10}%</text>')
    parts.append(f'<path class="axis" d="M{_x(0)} {_y(1)}V{_y(0)}H{_x(1)}"/>')
    parts.append(f'<text x="{_x(0.5):.1f}" y="{HEIGHT - 8}" text-anchor="middle">{escape(x_name)}</text>')
    parts.append(f'<text transform="translate(13 {_y(0.5):.1f}) rotate(-90)" text-anchor="middle">{escape(y_name)}</text>')
    return "\n".join([*parts, *inside, "</svg>"]) + "\n"


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{_x(x):.1f} {_y(y):.1f}" for x, y in points)


def reliability(path: Path, title: str, points: Sequence[tuple[float, float, float]]) -> None:
    """How often the model is right when it says so; the dots grow with the share of posts."""
    inside = [f'<path class="guide" d="{_path([(0, 0), (1, 1)])}"/>', f'<path class="line" d="{_path([(x, y) for x, y, _ in points])}"/>']
    inside += [f'<circle class="mark" cx="{_x(x):.1f}" cy="{_y(y):.1f}" r="{2.5 + 6 * part**0.5:.1f}"/>' for x, y, part in points]
    path.write_text(_square(title, "score", "share that is so", inside), "utf-8")


def precision_recall(path: Path, title: str, positive: np.ndarray, score: np.ndarray, weight: np.ndarray, marks: dict[str, float]) -> None:
    """What is found, and how much of what is flagged is meant; the shipped thresholds are marked."""
    order = np.argsort(-score, kind="stable")
    hits, all_ = np.cumsum((positive * weight)[order]), np.cumsum(weight[order])
    recall, precision = hits / hits[-1], hits / all_
    keep = np.unique(np.searchsorted(recall, np.linspace(0.005, 1, 200)).clip(0, len(recall) - 1))
    inside = [f'<path class="line" d="{_path([(float(recall[i]), float(precision[i])) for i in keep])}"/>']
    for number, (name, threshold) in enumerate(marks.items()):
        at = int((score >= threshold).sum()) - 1
        if at >= 0:
            x, y = _x(float(recall[at])), _y(float(precision[at]))
            inside.append(f'<circle class="mark" cx="{x:.1f}" cy="{y:.1f}" r="4"/><text x="{x - 6:.1f}" y="{y + 16 + 14 * number:.1f}" text-anchor="end">{name}</text>')
    path.write_text(_square(title, "recall: share of them that is found", "precision", inside), "utf-8")


def false_alarms(path: Path, title: str, rates: Sequence[tuple[str, float, float, float]], limit: float) -> None:
    """A bar a source of ordinary posts, with its interval, against the promise."""
    row, left = 26, 190
    height = TOP + row * len(rates) + 34
    top = max([limit * 2, *(high for _, _, _, high in rates)]) * 1.1

    def x(value: float) -> float:
        return left + value / top * (WIDTH - left - 60)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}">',
        STYLE,
        f'<text class="title" x="12" y="20">{escape(title)}</text>',
    ]
    for number, (name, value, low, high) in enumerate(rates):
        y = TOP + row * number
        parts.append(f'<text x="{left - 8}" y="{y + 16}" text-anchor="end">{escape(name)}</text>')
        parts.append(f'<rect class="mark" x="{left}" y="{y + 5}" width="{max(0.5, x(value) - left):.1f}" height="14"/>')
        parts.append(f'<path class="axis" d="M{x(low):.1f} {y + 12}H{x(high):.1f}"/>')
        parts.append(f'<text x="{x(max(high, value)) + 6:.1f}" y="{y + 16}">{value * 100:.1f}%</text>')
    bottom = TOP + row * len(rates)
    parts.append(f'<path class="limit" d="M{x(limit):.1f} {TOP}V{bottom + 6}"/>')
    parts.append(f'<text x="{x(limit):.1f}" y="{bottom + 22}" text-anchor="middle">promised: {limit * 100:g}%</text>')
    path.write_text("\n".join([*parts, "</svg>"]) + "\n", "utf-8")
