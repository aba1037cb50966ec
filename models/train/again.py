"""Would a second look help? The sentence encoder with a head of its own, where a shipped model is unsure.

`run.sh again NAME…` measures and writes nothing. The model answers every text; those whose score lies where thresholds lie (the *unsure* ones:
between the scores that `WIDE` and `NARROW` of ordinary held-out posts reach) are read by the encoder too, and a head on its direction, learned
from unsure texts of the training split alone, is added to the model's own logit by weights from the held-out split. Both are then compared
on the test split at the same share of false alarms, each with the threshold that gives that share there, and the difference is
resampled in pairs. Sets that are for checking only are counted with thresholds from the held-out split, and nothing is learned from them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import minimize

from . import calibrate, card, data, encoder, features, measure, text_graph
from .data import HELD, TEST, TRAIN, Text
from .progress import say
from .tasks import Task

WIDE, NARROW = 0.08, 0.0005
"""Shares of ordinary posts that score above the lower and the upper end of what is unsure."""
LESSONS = 8000
"""Most training texts that the head learns from."""
PULLS = (0.3, 1.0, 3.0, 10.0)
"""How strongly the head's weights are pulled to zero: the best of these on the held-out split."""
RESAMPLES, SEED = 500, 20260105


def _directions(run: Any, texts: list[str], what: str) -> np.ndarray:
    """The encoder's, kept between runs."""
    path = features.cache() / f"again-{card.sha256(card.FOLDER / encoder.NAME / 'model.onnx')[:12]}.npz"
    kept: dict[str, np.ndarray] = {}
    if path.is_file():
        with np.load(path) as found:
            kept = dict(zip(found["texts"].tolist(), found["rows"], strict=True))
    new = [text for text in dict.fromkeys(texts) if text not in kept]
    if new:
        say(f"{what}: the encoder reads {len(new)} texts")
        kept |= dict(zip(new, encoder.encode(run, new).astype(np.float16), strict=True))
        np.savez(path, texts=np.array(list(kept), dtype=object).astype(str), rows=np.array(list(kept.values())))
    return np.array([kept[text] for text in texts], np.float32).reshape(len(texts), -1)


def _head(rows: np.ndarray, label: np.ndarray, weight: np.ndarray, pull: float) -> np.ndarray:
    """Logistic regression; the last weight is the offset, which nothing pulls."""
    x = np.hstack([rows, np.ones((len(rows), 1), np.float32)]).astype(np.float64)
    free = np.append(np.ones(rows.shape[1]), 0.0)

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        value = x @ w
        slip = weight * (1 / (1 + np.exp(-np.clip(value, -60, 60))) - label)
        return float((weight * (np.logaddexp(0, value) - label * value)).sum() + pull / 2 * (free * w * w).sum()), x.T @ slip + pull * free * w

    return minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x


class _Split:
    """The texts of one split that count for figures, with what the model says to them."""

    def __init__(self, task: Task, runner: text_graph.Runner, texts: list[Text]) -> None:
        self.texts = [text for text in texts if task.positive(text) is not None]
        self.logit = runner.logits([text.words for text in self.texts])[:, 0].astype(np.float64)
        self.positive = np.array([bool(task.positive(text)) for text in self.texts])
        self.group = np.array([text.source for text in self.texts])
        self.ordinary = np.array([task.ordinary(text) for text in self.texts]) & ~self.positive

    def threshold(self, logit: np.ndarray, share: float, rows: np.ndarray | None = None) -> float:
        kept = self.ordinary if rows is None else self.ordinary[rows]
        values, group = (logit, self.group) if rows is None else (logit[rows], self.group[rows])
        return calibrate.threshold(values[kept], group[kept], share)


def look(task: Task) -> None:
    """Measures one task, and says what came of it."""
    kept = card.read(task.name)
    runner = text_graph.Runner(card.FOLDER / task.name / "model.onnx", kept["input"]["bits"])
    run = encoder.session(card.FOLDER / encoder.NAME / "model.onnx")
    texts = data.read(*task.sets)
    held = _Split(task, runner, [text for text in texts if text.split == HELD])
    low, high = held.threshold(held.logit, WIDE / min(task.margin, 4)), held.threshold(held.logit, NARROW / task.margin)
    unsure = lambda logit: (logit >= low) & (logit <= high)  # noqa: E731

    taught = [(text, lesson) for text in texts if text.split == TRAIN and (lesson := task.lesson(text)) is not None]
    logit = runner.logits([text.words for text, _ in taught])[:, 0]
    # A model has seen its own training texts: what it is nearly sure of there, it is unsure of elsewhere.
    near = np.argsort(np.maximum(low - logit, logit - high), kind="stable")[:LESSONS]
    lessons = [taught[i] for i in sorted(near)]
    rows = _directions(run, [text.words for text, _ in lessons], f"{task.name}, training")
    label = np.array([lesson[0] for _, lesson in lessons])
    weight = np.array([lesson[1] for _, lesson in lessons])
    weight = weight / weight.mean()

    here = unsure(held.logit)
    held_rows = _directions(run, [text.words for text, one in zip(held.texts, here, strict=True) if one], f"{task.name}, held out")
    yes, first = held.positive[here], held.logit[here]
    even = np.where(yes, 0.5 / max(yes.sum(), 1), 0.5 / max((~yes).sum(), 1)) * len(yes)
    found: tuple[float, np.ndarray, np.ndarray] | None = None
    for pull in PULLS:
        head = _head(rows, label, weight, pull)
        second = held_rows @ head[:-1] + head[-1]
        mixed = _head(np.stack([first, second], 1).astype(np.float32), yes.astype(float), even, 1e-3)
        area = measure.auroc(yes, mixed[0] * first + mixed[1] * second)
        if found is None or area > found[0]:
            found = (area, head, mixed)
    assert found is not None
    _, head, mixed = found

    def again(logit: np.ndarray, words: list[str], what: str) -> np.ndarray:
        """Logits after the second look, which stay where they were unsure."""
        after = logit.copy()
        asked = np.flatnonzero(unsure(logit))
        if len(asked):
            second = _directions(run, [words[i] for i in asked], f"{task.name}, {what}") @ head[:-1] + head[-1]
            value = mixed[0] * logit[asked] + mixed[1] * second + mixed[2]
            after[asked] = low + (high - low) / (1 + np.exp(-value / 2))
        return after

    test = _Split(task, runner, [text for text in texts if text.split == TEST])
    before, after = test.logit, again(test.logit, [text.words for text in test.texts], "test")
    held_after = again(held.logit, [text.words for text in held.texts], "held out")
    asked = unsure(test.logit)
    print(f"{task.name}: {len(test.texts)} texts of the test split; asked again about {asked.sum()} ({100 * asked[test.ordinary].mean():.1f} % of the ordinary ones)")
    if test.positive[asked].any() and not test.positive[asked].all():
        print(f"  of these, pairs told rightly (area under the curve): {measure.auroc(test.positive[asked], before[asked]):.4f}, again {measure.auroc(test.positive[asked], after[asked]):.4f}")
    print(f"  of all: {measure.auroc(test.positive, before):.4f}, again {measure.auroc(test.positive, after):.4f}")
    random = np.random.default_rng(SEED)
    for name, share in calibrate.FALSE_ALARMS.items():
        share /= task.margin

        def recalls(rows: np.ndarray) -> tuple[float, float]:
            positive = test.positive[rows]
            return tuple(float((values[rows][positive] >= test.threshold(values, share, rows)).mean()) for values in (before, after))  # type: ignore[return-value]

        one, two = recalls(np.arange(len(before)))
        drawn = [second - first for first, second in (recalls(random.integers(len(before), size=len(before))) for _ in range(RESAMPLES))]
        print(f"  at {name}: found {100 * one:.2f} %, again {100 * two:.2f} %; difference {100 * (two - one):+.2f} points [{100 * np.percentile(drawn, 2.5):+.2f}, {100 * np.percentile(drawn, 97.5):+.2f}]")
    for name in task.check:
        own = data.check_only(name)
        logit = runner.logits([text.words for text in own])[:, 0].astype(np.float64)
        changed = again(logit, [text.words for text in own], name)
        positive = np.array([bool(task.positive(text)) for text in own])
        share = calibrate.FALSE_ALARMS[calibrate.DEFAULT] / task.margin
        for what, values, bound in (("alone", logit, held.threshold(held.logit, share)), ("again", changed, held.threshold(held_after, share))):
            cells = measure.at_threshold(positive, values, bound)
            told = "  ".join(f"{key} {100 * figure[0]:.2f} [{100 * figure[1]:.2f}, {100 * figure[2]:.2f}]" for key, figure in cells.items())
            area = f", area {measure.auroc(positive, values):.4f}" if positive.any() and not positive.all() else ""
            print(f"  {name}, {what}: asked {int(unsure(logit).sum())} of {len(own)}; {told}{area}")
        if not positive.any():
            # Measured, not chosen: what the test split gains if as few of these were flagged as without the second look.
            alone = held.threshold(held.logit, share)
            alarms = float((logit >= alone).mean())
            bound = float(np.quantile(changed, 1 - alarms))
            one, two = before >= alone, after >= bound
            some = random.integers(len(before), size=(RESAMPLES, len(before)))
            gains = [float(two[rows][test.positive[rows]].mean() - one[rows][test.positive[rows]].mean()) for rows in some]
            print(
                f"  with as many false alarms on {name} ({100 * alarms:.2f} %): found {100 * one[test.positive].mean():.2f} %, again {100 * two[test.positive].mean():.2f} %; "
                f"difference [{100 * np.percentile(gains, 2.5):+.2f}, {100 * np.percentile(gains, 97.5):+.2f}]"
            )
        if positive.any() and not positive.all():
            mix = calibrate.mix(held.positive, held.group) * np.where(held.positive, 2, 1)
            for what, values, chosen in (("alone", logit, held.logit), ("again", changed, held_after)):
                bound = measure.best_macro_f1(held.positive, chosen, mix)
                f1 = measure.at_threshold(positive, values, bound)["macro_f1"]
                print(f"  {name}, {what}: macro-F1 at the threshold that is best on the held-out split {100 * f1[0]:.2f} [{100 * f1[1]:.2f}, {100 * f1[2]:.2f}]")
