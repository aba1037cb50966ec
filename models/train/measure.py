"""Figures with their uncertainty. Each is `[value, low, high]`, the last two a 95 % interval by bootstrap over posts."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

Figure = list[float]

RESAMPLES = 1000
SEED = 20260102


def _interval(value: float, samples: np.ndarray) -> Figure:
    low, high = np.nanpercentile(samples, [2.5, 97.5])
    return [round(float(x), 4) for x in (value, low, high)]


def auroc(positive: np.ndarray, score: np.ndarray) -> float:
    """The chance that a positive scores above a negative."""
    yes = int(positive.sum())
    no = len(positive) - yes
    if not yes or not no:
        return float("nan")
    return float((rankdata(score)[positive].sum() - yes * (yes + 1) / 2) / (yes * no))


def average_precision(positive: np.ndarray, score: np.ndarray) -> float:
    """The area under precision over recall."""
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(positive[order])
    return float((hits / np.arange(1, len(order) + 1))[positive[order]].mean()) if hits[-1] else float("nan")


def auroc_figure(positive: np.ndarray, score: np.ndarray) -> Figure:
    """With Hanley and McNeil's standard error, which costs nothing on large sets."""
    value = auroc(positive, score)
    yes, no = int(positive.sum()), int((~positive).sum())
    q1, q2 = value / (2 - value), 2 * value * value / (1 + value)
    error = np.sqrt((value * (1 - value) + (yes - 1) * (q1 - value**2) + (no - 1) * (q2 - value**2)) / (yes * no))
    return [round(float(x), 4) for x in (value, max(0.0, value - 1.96 * error), min(1.0, value + 1.96 * error))]


def _rates(cells: np.ndarray) -> dict[str, np.ndarray]:
    tp, fn, fp, tn = (cells[..., i].astype(float) for i in range(4))
    with np.errstate(divide="ignore", invalid="ignore"):
        f_yes, f_no = 2 * tp / (2 * tp + fp + fn), 2 * tn / (2 * tn + fp + fn)
        return {
            "accuracy": (tp + tn) / (tp + fn + fp + tn),
            "macro_f1": (f_yes + f_no) / 2,
            "recall": tp / (tp + fn),
            "precision": tp / (tp + fp),
            "false_alarms": fp / (fp + tn),
        }


def at_threshold(positive: np.ndarray, score: np.ndarray, threshold: float) -> dict[str, Figure]:
    """What the set's kind allows: all five figures, or the false alarms alone where nothing is positive.

    Resampling posts changes only the four counts of hits and misses, so these are drawn at once.
    """
    flagged = score >= threshold
    cells = np.array(
        [(flagged & positive).sum(), (~flagged & positive).sum(), (flagged & ~positive).sum(), (~flagged & ~positive).sum()]
    )
    samples = np.random.default_rng(SEED).multinomial(int(cells.sum()), cells / cells.sum(), RESAMPLES)
    value, drawn = _rates(cells), _rates(samples)
    names = ["accuracy", "macro_f1", "recall", "precision", "false_alarms"]
    if not positive.any():
        names = ["false_alarms"]
    elif positive.all():
        names = ["recall"]
    return {name: _interval(float(value[name]), drawn[name]) for name in names if not np.isnan(value[name])}


def best_macro_f1(positive: np.ndarray, score: np.ndarray, weight: np.ndarray) -> float:
    """The threshold at which weighted macro-F1 is highest."""
    order = np.argsort(-score, kind="stable")
    y, w = positive[order], weight[order]
    tp, fp = np.cumsum(w * y), np.cumsum(w * ~y)
    fn, tn = tp[-1] - tp, fp[-1] - fp
    value = tp / (2 * tp + fp + fn) + tn / (2 * tn + fp + fn)
    return float(score[order][int(np.argmax(value))])


def reliability(positive: np.ndarray, score: np.ndarray, weight: np.ndarray, bins: int = 10, least: int = 25) -> list[tuple[float, float, float]]:
    """For each tenth of the scores: mean score, share of positives, weight. Neighbours are one where a tenth has few posts."""
    found: list[tuple[float, float, float]] = []
    place = np.minimum((score * bins).astype(int), bins - 1)
    waiting = np.zeros(len(score), bool)
    for number in range(bins):
        waiting |= place == number
        if waiting.sum() < least and number < bins - 1:
            continue
        total = weight[waiting].sum()
        if total > 0:
            found.append(
                (float((score * weight)[waiting].sum() / total), float((positive * weight)[waiting].sum() / total), float(total / weight.sum()))
            )
        waiting = np.zeros(len(score), bool)
    return found


def calibration_error(points: list[tuple[float, float, float]]) -> float:
    """The expected calibration error of a reliability curve."""
    return sum(abs(mean - share) * part for mean, share, part in points)
