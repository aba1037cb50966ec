"""From a task to its folder: train, export, check, calibrate, measure, draw, write the card. And the same figures again."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import vstack

from . import calibrate, card, data, features, fit, made, measure, plots, text_graph, vectors
from .data import HELD, SOURCES, TEST, TRAIN, Text
from .progress import say
from .tasks import Task

TOLERANCE = 1e-4


class ExportDiffers(Exception):
    """onnxruntime and the trainer disagree."""


def _learn(task: Task, texts: list[Text]) -> fit.Weights:
    lessons = [(text, lesson) for text in texts if text.split == TRAIN and (lesson := task.lesson(text)) is not None]
    words = [text.words for text, _ in lessons]
    key = hashlib.sha256(repr((task.settings, task.bits, task.width, task.made, lessons)).encode() + features.code_version())
    kept = features.cache() / f"weights-{task.name}-{key.hexdigest()[:16]}.npz"
    if kept.is_file():
        say(f"{task.name}: learned before with the same data and settings ({kept.name})")
        with np.load(kept) as found:
            return fit.Weights(**{name: found[name] for name in found.files})
    labels = np.array([label for _, (label, _) in lessons], np.float32)
    weights = np.array([weight for _, (_, weight) in lessons], np.float32)
    grams = features.gram_matrix(words, task.bits)
    pieces = features.piece_matrix(words) if task.width else None
    start = vectors.start(task.width, pieces) if pieces is not None else None
    if task.made:
        sentences = made.sentences(6000, task.settings.seed)
        more = [words for words, _ in sentences]
        grams = vstack([grams, features.gram_matrix(more, task.bits)]).tocsr()
        if pieces is not None:
            pieces = vstack([pieces, features.piece_matrix(more)]).tocsr()
        labels = np.concatenate([labels, np.array([bad for _, bad in sentences], np.float32)])
        weights = np.concatenate([weights, np.full(len(more), task.made, np.float32)])
    learned = fit.train(task.settings, grams, labels[:, None], weights[:, None], pieces, start, name=task.name)
    np.savez(kept, **{name: value for name in ("grams", "bias", "pieces", "head") if (value := getattr(learned, name)) is not None})
    return learned


def _check(weights: fit.Weights, runner: text_graph.Runner, texts: list[str], bits: int) -> None:
    pieces = features.piece_matrix(texts) if weights.pieces is not None else None
    ours = text_graph.quantised(weights).logits(features.gram_matrix(texts, bits), pieces)
    worst = float(np.abs(ours - runner.logits(texts)).max())
    say(f"the file in onnxruntime differs from the trainer by at most {worst:.1e}")
    if worst > TOLERANCE:
        raise ExportDiffers(f"logits differ by {worst}, more than {TOLERANCE}")


def train(task: Task) -> None:
    """One command, one folder."""
    texts = data.read(*task.sets)
    folder = card.FOLDER / task.name
    folder.mkdir(exist_ok=True)
    path = folder / "model.onnx"
    weights = _learn(task, texts)
    path.write_bytes(text_graph.build(task.name, weights).model().SerializeToString(deterministic=True))
    runner = text_graph.Runner(path, task.bits)
    _check(weights, runner, [text.words for text in texts if text.split == HELD][:2000], task.bits)

    held = [text for text in texts if text.split == HELD and task.positive(text) is not None]
    logits = runner.logits([text.words for text in held])[:, 0].astype(np.float64)
    positive = np.array([bool(task.positive(text)) for text in held])
    group = np.array([text.source for text in held])
    ordinary = np.array([task.ordinary(text) for text in held]) & ~positive
    # The first set's own negatives belong to what scores are calibrated on, ordinary or not.
    counted = positive | ordinary | (group == task.sets[0])
    yes, logit, mixed = positive[counted], logits[counted], calibrate.mix(positive[counted], group[counted])
    slope, offset = calibrate.logistic(logit, yes, mixed)
    score = calibrate.score(logit, slope, offset)
    thresholds = {
        name: calibrate.rounded_up(float(calibrate.score(np.array(calibrate.threshold(logits[ordinary], group[ordinary], share / task.margin)), slope, offset)))
        for name, share in calibrate.FALSE_ALARMS.items()
    }
    thresholds["even"] = calibrate.rounded_up(measure.best_macro_f1(yes, score, mixed * np.where(yes, 2, 1)))

    points = measure.reliability(yes, score, mixed)
    tests = figures(task, runner, slope, offset, thresholds)
    missed = _missed(task, tests)
    if task.always_experimental:
        missed.insert(0, task.always_experimental)
    inputs: dict[str, Any] = {"kind": "text", "grams": 1, "bits": task.bits}
    if task.width:
        inputs |= {"pieces": 1, "vocabulary": card.sha256(card.FOLDER / "wordpiece" / "vocabulary.txt"), "longest": features.MAX_PIECES}
    written: dict[str, Any] = {
        "format": card.FORMAT,
        "name": task.name,
        "task": "classify",
        "about": task.about,
        "finds": task.finds,
        "labels": [task.name],
        "languages": ["en"],
        "licence": "MPL-2.0",
        "experimental": bool(missed),
        "missed": missed,
        "failures": list(task.failures),
        "file": {"name": "model.onnx", "sha256": card.sha256(path), "bytes": path.stat().st_size, "opset": 13},
        "input": inputs,
        "output": {"name": "logits", "activation": "sigmoid"},
        "calibration": {
            "kind": "logistic",
            "slope": slope,
            "offset": offset,
            "prior": calibrate.PRIOR,
            "margin": task.margin,
            "error": round(measure.calibration_error(points), 4),
        },
        "thresholds": thresholds | {"default": calibrate.DEFAULT},
        "cost": cost(weights, path),
        "data": _counts(task, texts),
        "test": tests,
    }
    card.write(task.name, written)
    _draw(task, folder, thresholds, points, (yes, score, mixed), tests)
    report(written)


def cost(weights: fit.Weights, path: Path) -> dict[str, Any]:
    """What running it takes, in numbers that do not depend on the machine."""
    width = 0 if weights.pieces is None else weights.pieces.shape[1]
    outputs = weights.bias.shape[0]
    return {"bytes": path.stat().st_size, "multiply_adds_per_gram": outputs, "multiply_adds_per_piece": width}


def _counts(task: Task, texts: list[Text]) -> list[dict[str, Any]]:
    rows = []
    for name in task.sets:
        used: Counter[str] = Counter()
        for text in texts:
            if text.source == name and text.split == TRAIN and (lesson := task.lesson(text)) is not None:
                used["positive" if lesson[0] > 0.5 else "negative"] += 1
        source = SOURCES[name]
        rows.append(
            {"set": name, "title": source.title, "licence": source.licence, "origin": source.origin, "positive": used["positive"], "negative": used["negative"]}
        )
    if task.made:
        rows.append({"set": "made", "title": "Made-up sentences of models/train/insults.toml", "licence": "MPL-2.0", "origin": "this repository", "positive": 3000, "negative": 3000})
    return rows


def figures(task: Task, runner: text_graph.Runner, slope: float, offset: float, thresholds: dict[str, Any]) -> list[dict[str, Any]]:
    """Every figure of the card's test sets, from the file alone."""
    texts = [text for text in data.read(*task.sets) if text.split == TEST]
    rows = []
    for name in (*task.sets, *task.check):
        own = data.check_only(name) if name in task.check else [text for text in texts if text.source == name]
        known = [(text, bool(answer)) for text in own if (answer := task.positive(text)) is not None]
        if not known:
            continue
        score = calibrate.score(runner.logits([text.words for text, _ in known])[:, 0].astype(np.float64), slope, offset)
        rows.append(_row(name, np.array([answer for _, answer in known]), score, thresholds, name in task.check))
    return rows


def _row(name: str, positive: np.ndarray, score: np.ndarray, thresholds: dict[str, Any], check: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"set": name, "use": "check only" if check else "test split", "posts": len(positive), "positive": int(positive.sum())}
    if positive.any() and not positive.all():
        row["auroc"] = measure.auroc_figure(positive, score)
        row["average_precision"] = round(measure.average_precision(positive, score), 4)
    for key, threshold in thresholds.items():
        if key != "default":
            row[key] = measure.at_threshold(positive, score, threshold)
    return row


def _missed(task: Task, tests: list[dict[str, Any]]) -> list[str]:
    by_name = {row["set"]: row for row in tests}
    missed = []
    for name, threshold, figure, sense, value in task.promises:
        got = by_name[name][threshold][figure][0]
        if (got < value) if sense == "at least" else (got > value):
            missed.append(f"{figure} on {name} at {threshold}: {got}, meant to be {sense} {value}")
    return missed


def _draw(
    task: Task,
    folder: Path,
    thresholds: dict[str, Any],
    points: list[tuple[float, float, float]],
    held: tuple[np.ndarray, np.ndarray, np.ndarray],
    tests: list[dict[str, Any]],
) -> None:
    title = task.name.capitalize()
    plots.reliability(folder / "reliability.svg", f"{title}: is it so when it says so?", points)
    plots.precision_recall(folder / "precision-recall.svg", f"{title}: found against flagged", *held, {name: thresholds[name] for name in calibrate.FALSE_ALARMS})
    rates = [(f"{row['set']} ({row['posts'] - row['positive']:,})", *row["1%"]["false_alarms"]) for row in tests if "false_alarms" in row["1%"]]
    plots.false_alarms(folder / "false-alarms.svg", f"{title}: posts flagged by mistake, by source", rates, 0.01)


def evaluate(task: Task) -> dict[str, Any]:
    """The card with its test figures measured anew from model.onnx."""
    kept = card.read(task.name)
    path = card.FOLDER / task.name / kept["file"]["name"]
    if card.sha256(path) != kept["file"]["sha256"]:
        raise ValueError(f"{path} is not the file its card describes")
    runner = text_graph.Runner(path, kept["input"]["bits"])
    calibration = kept["calibration"]
    return kept | {"test": figures(task, runner, calibration["slope"], calibration["offset"], kept["thresholds"])}


def report(written: dict[str, Any]) -> None:
    """The figures of a card, for a person."""
    say(f"{written['name']}: {written['file']['bytes']:,} bytes{', experimental' if written['experimental'] else ''}; thresholds {written['thresholds']}")
    for row in written["test"]:
        say(f"  {row['set']:10} {row['posts']:6} posts" + (f", AUROC {row['auroc'][0]:.4f}" if "auroc" in row else ""))
        for key in ("0.5%", "1%", "2%", "even"):
            if key in row:
                say(f"    at {key:4}  " + "  ".join(f"{name} {100 * f[0]:.2f} [{100 * f[1]:.2f}, {100 * f[2]:.2f}]" for name, f in row[key].items()))
    for one in written["missed"]:
        say(f"  missed: {one}")
