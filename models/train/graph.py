"""ONNX graphs, built node by node: no exporter stands between the weights and the file.

Every graph is of operator set 13, names no shapes but those of its inputs and outputs, and uses operators that tract has.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 13
IR_VERSION = 8
TYPES = {"float32": TensorProto.FLOAT, "int64": TensorProto.INT64}


class Graph:
    """A graph under construction. Each method appends what it names and returns the name of the result."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.inputs: list[onnx.ValueInfoProto] = []
        self.outputs: list[onnx.ValueInfoProto] = []
        self._count = 0
        self._known: dict[bytes, str] = {}

    def _fresh(self, stem: str) -> str:
        self._count += 1
        return f"{stem}_{self._count}"

    def input(self, name: str, kind: str, shape: list[str | int]) -> str:
        self.inputs.append(helper.make_tensor_value_info(name, TYPES[kind], shape))
        return name

    def output(self, value: str, name: str, shape: list[str | int]) -> None:
        self.nodes.append(helper.make_node("Identity", [value], [name], name=name))
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))

    def constant(self, array: np.ndarray, stem: str = "c") -> str:
        key = str((array.dtype, array.shape)).encode() + array.tobytes()
        if array.nbytes < 256 and key in self._known:
            return self._known[key]
        name = self._fresh(stem)
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        self._known[key] = name
        return name

    def scalar(self, value: float) -> str:
        return self.constant(np.array(value, np.float32))

    def op(self, kind: str, *inputs: str, **attributes: object) -> str:
        name = self._fresh(kind.lower())
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def axes(self, *values: int) -> str:
        return self.constant(np.array(values, np.int64))

    def _halves(self, value: str) -> str:
        """Bytes as numbers, each taken apart into its two codes."""
        high = self.op("Floor", self.op("Mul", value, self.scalar(1 / 16)))
        low = self.op("Sub", value, self.op("Mul", high, self.scalar(16)))
        return self.op("Sub", self.op("Concat", low, high, axis=-1), self.scalar(8))

    def unpacked(self, quantised: Quantised, rows: str | None = None) -> str:
        """A quantised matrix as numbers: the whole of it, or the rows whose indices `rows` holds."""
        value = self.constant(quantised.codes, "codes")
        if rows is not None:
            value = self.op("Gather", value, rows, axis=0)
        value = self.op("Cast", value, to=TensorProto.FLOAT)
        if quantised.packed:
            value = self._halves(value)
        scale = self.constant(quantised.scale, "scale")
        if quantised.rows and rows is not None:
            scale = self.op("Gather", scale, rows, axis=0)
        return self.op("Mul", value, scale)

    def grouped(self, codes: np.ndarray, scale: np.ndarray) -> str:
        """A matrix of 4-bit codes [groups, rows, columns] with a scale for each group and column, as [groups·rows, columns]."""
        value = self._halves(self.op("Cast", self.constant(pack(codes), "codes"), to=TensorProto.FLOAT))
        value = self.op("Mul", value, self.constant(scale, "scale"))
        return self.op("Reshape", value, self.axes(codes.shape[0] * codes.shape[1], codes.shape[2]))

    def model(self) -> onnx.ModelProto:
        graph = helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, self.constants)
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="diffract"
        )
        onnx.checker.check_model(model)
        return model


class Quantised:
    """A matrix as small integers: `codes * scale`, the scale one for each column, so that rows can be gathered first.

    With `rows` the scale is one for each row instead. With 4 bits two columns share a byte: column `i` in the low half,
    column `i + columns/2` in the high half, both plus 8.
    """

    def __init__(self, matrix: np.ndarray, bits: int = 8, rows: bool = False) -> None:
        if bits not in (4, 8):
            raise ValueError(f"a matrix can be held in 4 or 8 bits, not in {bits}")
        self.packed, self.rows = bits == 4, rows
        top = 7 if self.packed else 127
        self.scale = scales(matrix, top, 1 if rows else 0)
        self._codes = np.clip(np.rint(matrix / self.scale), -top, top).astype(np.int8)
        self.codes = pack(self._codes) if self.packed else self._codes

    def values(self) -> np.ndarray:
        """What the graph will compute with."""
        return self._codes.astype(np.float32) * self.scale


def pack(codes: np.ndarray) -> np.ndarray:
    """Codes of -8…7, two to a byte along the last axis."""
    half = codes.shape[-1] // 2
    raised = (codes + 8).astype(np.uint8)
    return raised[..., :half] | (raised[..., half:] << 4)


def scales(matrix: np.ndarray, top: int, axis: int = 0) -> np.ndarray:
    """The step of each column (or row): of a few fractions of its largest value, the one that costs the least squared error."""
    largest = np.abs(matrix).max(axis=axis, keepdims=True).astype(np.float32)
    largest[largest == 0] = 1
    best = largest / top
    least = np.full(largest.shape, np.inf)
    for share in np.linspace(0.4, 1, 25) if top < 100 else np.linspace(0.8, 1, 5):
        step = (largest * share / top).astype(np.float32)
        error = ((np.clip(np.rint(matrix / step), -top, top) * step - matrix) ** 2).sum(axis=axis, keepdims=True)
        best = np.where(error < least, step, best)
        least = np.minimum(error, least)
    return best.astype(np.float32)
