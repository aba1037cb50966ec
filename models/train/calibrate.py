"""From logits to scores that mean something, and from scores to thresholds."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

PRIOR = 0.2
"""The share of positive posts for which scores are calibrated: one post in five."""

FALSE_ALARMS = {"0.5%": 0.005, "1%": 0.01, "2%": 0.02}
DEFAULT = "1%"


def logistic(logit: np.ndarray, positive: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """Platt's slope and offset, with his softened targets, so that `1/(1+e^-(slope·logit+offset))` is a chance."""
    yes, no = positive.sum(), (~positive).sum()
    target = np.where(positive, (yes + 1) / (yes + 2), 1 / (no + 2))

    def loss(x: np.ndarray) -> tuple[float, np.ndarray]:
        value = x[0] * logit + x[1]
        slip = weight * (1 / (1 + np.exp(-np.clip(value, -60, 60))) - target)
        return float((weight * (np.logaddexp(0, value) - target * value)).sum()), np.array([(slip * logit).sum(), slip.sum()])

    slope, offset = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B").x
    return round(float(slope), 6), round(float(offset), 6)


def score(logit: np.ndarray, slope: float, offset: float) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(slope * logit + offset, -60, 60)))


def mix(positive: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Weights under which positives are `PRIOR` of all, and each group the same part of positives and of negatives."""
    weight = np.zeros(len(positive))
    for side, share in ((positive, PRIOR), (~positive, 1 - PRIOR)):
        groups = np.unique(group[side])
        for one in groups:
            here = side & (group == one)
            weight[here] = share / len(groups) / here.sum()
    return weight * len(positive)


TAIL = 0.02
"""The share of ordinary posts from which the tail of their logits is judged."""


def threshold(ordinary: np.ndarray, group: np.ndarray, share: float, least: int = 300) -> float:
    """The logit above which `share` of ordinary posts lie, each group of at least `least` posts the same part of them.

    Above the highest 2 % the tail is taken to fall exponentially, so that a share of one in ten thousand can be asked for
    where only some thousand posts are at hand.
    """
    weight = np.zeros(len(ordinary))
    for one in np.unique(group):
        if (group == one).sum() >= least:
            weight[group == one] = 1 / (group == one).sum()
    order = np.argsort(-ordinary, kind="stable")
    above = np.cumsum(weight[order]) / weight.sum()
    if share > TAIL:
        return float(ordinary[order][int(np.searchsorted(above, share))])
    start = int(np.searchsorted(above, TAIL))
    corner = ordinary[order][start]
    tail, parts = ordinary[order][:start], weight[order][:start]
    excess = float(((tail - corner) * parts).sum() / parts.sum())
    return float(corner + excess * np.log(TAIL / share))


def rounded_up(value: float) -> float:
    """To six places, never below: a card's threshold must not promise more than was measured."""
    return float(np.ceil(value * 1e6) / 1e6)
