"""The MobileNetV2 of the npm package `nsfwjs` as ONNX: its Keras topology node by node, its 8-bit weights as they are.

Batch normalisation is folded into the scale of the weights before it, so the codes of the file stay the package's own bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import subprocess
import tarfile
from pathlib import Path

import numpy as np
from onnx import TensorProto

from .graph import Graph
from .progress import say

PACKAGE = "nsfwjs@4.3.0"
INTEGRITY = "sha512-WTKDte0vp1X97N1h34P79G/hG+sVT3+TnDz9di1WseIJR93v11E4viNX7Vg9WsO6HYoR772Nzq2iM8jo3XBZ+g=="
SIZE = 224
LABELS = ["drawing", "hentai", "neutral", "porn", "sexy"]


class UnknownLayer(Exception):
    """The published model has a layer that this conversion does not know."""


def fetch(folder: Path) -> tuple[list[dict], dict[str, tuple[np.ndarray, float, float]]]:
    """The layers, and each weight as (codes, scale, minimum); the package comes by `npm pack`, its hash is checked."""
    folder.mkdir(parents=True, exist_ok=True)
    packed = folder / "nsfwjs-4.3.0.tgz"
    if not packed.is_file():
        say(f"fetching {PACKAGE}")
        subprocess.run(["npm", "pack", PACKAGE, "--silent", "--pack-destination", str(folder)], check=True, stdout=subprocess.DEVNULL)
    digest = "sha512-" + base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode()
    if digest != INTEGRITY:
        raise ValueError(f"{packed} is not the pinned package ({digest}): delete it and run again")
    inside = "package/dist/models/mobilenet_v2/"
    with tarfile.open(packed) as archive:
        for name in ("model.min.js", "group1-shard1of1.min.js"):
            member = archive.extractfile(inside + name)
            if member is None:
                raise ValueError(f"{packed} has no {name}")
            (folder / name).write_bytes(member.read())
    # Both files are scripts that hand out an object and a string; Node is the parser, in a process without anything else.
    read = "const m = require(process.argv[1]); process.stdout.write(JSON.stringify(m.default ?? m))"
    topology, shard = (
        json.loads(subprocess.run(["node", "-e", read, str(folder / name)], check=True, capture_output=True).stdout)
        for name in ("model.min.js", "group1-shard1of1.min.js")
    )
    data = base64.b64decode(shard)
    weights: dict[str, tuple[np.ndarray, float, float]] = {}
    at = 0
    for entry in topology["weightsManifest"][0]["weights"]:
        count = math.prod(entry["shape"])
        how = entry.get("quantization")
        if how is None or how["dtype"] != "uint8":
            raise UnknownLayer(f"{entry['name']} is not held in 8 bits")
        weights[entry["name"]] = np.frombuffer(data, np.uint8, count, at).reshape(entry["shape"]), how["scale"], how["min"]
        at += count
    return topology["modelTopology"]["model_config"]["config"]["layers"], weights


def _value(weights: dict[str, tuple[np.ndarray, float, float]], name: str) -> np.ndarray:
    codes, scale, least = weights[name]
    return codes.astype(np.float64) * scale + least


def build(layers: list[dict], weights: dict[str, tuple[np.ndarray, float, float]]) -> Graph:
    """`image` [batch, 3, 224, 224], red green blue in 0…1 → `scores` [batch, 5], the chance of each label."""
    g = Graph("nsfw")
    by_name = {layer["config"]["name"]: layer for layer in layers}
    inputs = {name: [node[0] for node in layer["inbound_nodes"][0]] if layer["inbound_nodes"] else [] for name, layer in by_name.items()}
    users: dict[str, list[str]] = {}
    for name, before in inputs.items():
        for one in before:
            users.setdefault(one, []).append(name)
    made: dict[str, str] = {}
    pads: dict[str, list[int]] = {}

    def unpacked(codes: np.ndarray, scale: np.ndarray, least: np.ndarray) -> str:
        value = g.op("Cast", g.constant(np.ascontiguousarray(codes), "codes"), to=TensorProto.FLOAT)
        return g.op("Add", g.op("Mul", value, g.constant(scale.astype(np.float32))), g.constant(least.astype(np.float32)))

    def convolution(name: str, config: dict, kind: str) -> str:
        source = inputs[name][0]
        codes, scale, least = weights[f"{name}/{'depthwise_kernel' if kind == 'DepthwiseConv2D' else 'kernel'}"]
        codes = codes.transpose(2, 3, 0, 1) if kind == "DepthwiseConv2D" else codes.transpose(3, 2, 0, 1)
        factor, shift = np.ones(codes.shape[0]), np.zeros(codes.shape[0])
        after = users[name]
        if config["use_bias"]:
            shift = _value(weights, f"{name}/bias")
        if len(after) == 1 and by_name[after[0]]["class_name"] == "BatchNormalization":
            normal, epsilon = after[0], by_name[after[0]]["config"]["epsilon"]
            factor = _value(weights, f"{normal}/gamma") / np.sqrt(_value(weights, f"{normal}/moving_variance") + epsilon)
            shift = _value(weights, f"{normal}/beta") + (shift - _value(weights, f"{normal}/moving_mean")) * factor
        spread = factor.reshape(-1, 1, 1, 1)
        height, stride = config["kernel_size"][0], config["strides"][0]
        pad = pads.get(source)
        if pad is None:
            if height > 1 and (config["padding"] != "same" or stride != 1):
                raise UnknownLayer(f"{name}: padding {config['padding']} with stride {stride}")
            pad = [height // 2] * 4
        return g.op(
            "Conv",
            made[source],
            unpacked(codes, scale * spread, least * spread),
            g.constant(shift.astype(np.float32)),
            kernel_shape=[height, height],
            strides=[stride, stride],
            pads=pad,
            group=codes.shape[0] if kind == "DepthwiseConv2D" else 1,
        )

    for layer in layers:
        kind, config = layer["class_name"], layer["config"]
        name = config["name"]
        source = inputs[name][0] if inputs[name] else ""
        if kind == "InputLayer":
            made[name] = g.input("image", "float32", ["batch", 3, SIZE, SIZE])
        elif kind == "ZeroPadding2D":
            (top, bottom), (left, right) = config["padding"]
            made[name], pads[name] = made[source], [top, left, bottom, right]
        elif kind in ("Conv2D", "DepthwiseConv2D"):
            made[name] = convolution(name, config, kind)
        elif kind in ("BatchNormalization", "Dropout"):
            made[name] = made[source]
        elif kind == "ReLU":
            made[name] = g.op("Clip", made[source], g.scalar(0), g.scalar(config["max_value"]))
        elif kind == "Add":
            made[name] = g.op("Add", made[inputs[name][0]], made[inputs[name][1]])
        elif kind == "AveragePooling2D":
            made[name] = g.op("GlobalAveragePool", made[source])
            if config["pool_size"] != [7, 7]:
                raise UnknownLayer(f"{name}: a pool of {config['pool_size']}")
        elif kind == "Flatten":
            made[name] = g.op("Flatten", made[source], axis=1)
        elif kind == "Dense":
            codes, scale, least = weights[f"{name}/kernel"]
            matrix = unpacked(codes, np.array(scale), np.array(least))
            bias = g.constant(_value(weights, f"{name}/bias").astype(np.float32))
            value = g.op("Add", g.op("MatMul", made[source], matrix), bias)
            made[name] = g.op("Relu", value) if config["activation"] == "relu" else g.op("Softmax", value, axis=-1)
        else:
            raise UnknownLayer(f"{name} is a {kind}")
    g.output(made[layers[-1]["config"]["name"]], "scores", ["batch", len(LABELS)])
    return g
