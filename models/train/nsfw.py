"""The image model: nsfwjs's MobileNetV2, converted and not trained further."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import card, encoder, features, nsfw_graph
from .progress import say

NAME = "nsfw"
POSITIVE = ["hentai", "porn"]

REFERENCE = {
    "black": [0.78831, 0.02625, 0.17337, 0.01001, 0.00206],
    "skin": [0.85292, 0.02510, 0.11304, 0.00744, 0.00150],
    "gradient": [0.88314, 0.01933, 0.09282, 0.00377, 0.00093],
}
"""What the package's own network says in TensorFlow.js 4.22 (CPU) to the pictures below, to five places."""


def pictures() -> dict[str, np.ndarray]:
    """Pictures that a formula draws: nobody's."""
    size = nsfw_graph.SIZE
    down, across = np.mgrid[0:size, 0:size] / (size - 1)
    return {
        "black": np.zeros((1, 3, size, size), np.float32),
        "skin": np.tile(np.array([0.9, 0.7, 0.6], np.float32).reshape(1, 3, 1, 1), (1, 1, size, size)),
        "gradient": np.stack([across, down, (across + down) / 2])[None].astype(np.float32),
    }


def figures(run: Any) -> list[dict[str, Any]]:
    rows = []
    for name, picture in pictures().items():
        got = run.run(["scores"], {"image": picture})[0][0]
        worst = float(np.abs(got - np.array(REFERENCE[name])).max())
        if worst > 1e-4:
            raise ValueError(f"the picture {name} scores {got}, in the published network {REFERENCE[name]}")
        rows.append({"set": f"picture: {name}", "use": "conversion, against TensorFlow.js", "posts": 1, "scores": [round(float(x), 4) for x in got]})
    return rows


def train() -> None:
    layers, weights = nsfw_graph.fetch(features.cache() / "packages" / "nsfw")
    folder = card.FOLDER / NAME
    folder.mkdir(exist_ok=True)
    path = folder / "model.onnx"
    path.write_bytes(nsfw_graph.build(layers, weights).model().SerializeToString(deterministic=True))
    tests = figures(encoder.session(path))
    why = "no labelled pictures were at hand: only the conversion was checked, not how often the model errs"
    card.write(
        NAME,
        {
            "format": card.FORMAT,
            "name": NAME,
            "task": "classify",
            "about": "Pornographic pictures and drawings.",
            "finds": "pictures",
            "labels": nsfw_graph.LABELS,
            "positive": POSITIVE,
            "languages": [],
            "licence": "MIT",
            "experimental": True,
            "missed": [why],
            "failures": [
                "Thresholds are guesses, not measured shares of false alarms.",
                "Beaches, babies, wrestling and close-ups of skin are known to be taken for more than they are.",
                "Trained by others on pictures of the web whose makers are not known to us; nothing is known of its fairness.",
            ],
            "file": {"name": "model.onnx", "sha256": card.sha256(path), "bytes": path.stat().st_size, "opset": 13},
            "input": {"kind": "image", "name": "image", "size": nsfw_graph.SIZE, "layout": "NCHW", "range": [0.0, 1.0], "resize": "bilinear, corners aligned, aspect not kept"},
            "output": {"name": "scores", "activation": "none"},
            "calibration": {"kind": "none"},
            "thresholds": {"guess": 0.7, "default": "guess"},
            "cost": {"bytes": path.stat().st_size, "multiply_adds_per_image": 300_000_000},
            "data": [{"set": "published", "title": "NSFWJS MobileNetV2, by Infinite Red", "licence": "MIT", "origin": f"the npm package {nsfw_graph.PACKAGE}"}],
            "test": tests,
        },
    )
    say(f"nsfw: {path.stat().st_size:,} bytes; {tests}")


def evaluate() -> dict[str, Any]:
    kept = card.read(NAME)
    path = card.FOLDER / NAME / kept["file"]["name"]
    if card.sha256(path) != kept["file"]["sha256"]:
        raise ValueError(f"{path} is not the file its card describes")
    return kept | {"test": figures(encoder.session(path))}
