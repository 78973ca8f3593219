"""A model while it is converted: values, the ops so far, and one node as a converter sees it."""

import difflib
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from bundle import unique_name
from errors import InputError
from onnx_model import OnnxModel, OnnxNode
from onnx_values import Codes, Constant, Shape, Stage, Value

MOST_ELEMENTS = 1 << 31
MOST_NAME = 180  # Room for suffixes: the format's limit is 200.


@dataclass
class Graph:
    """Values by ONNX name, and the bundle's ops in order."""

    model: OnnxModel
    kernels: str = "qdq"  # or integer
    values: dict[str, Value] = field(default_factory=dict)
    inputs: list[dict] = field(default_factory=list)
    ops: list[dict] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=lambda: {"labels": 1})  # How often each.
    stored_again: dict[tuple[str, bool], Codes] = field(default_factory=dict)
    key: str = ""  # What errors name: the node that is being converted.
    quantised_by: str = "a QuantizeLinear and DequantizeLinear"  # What makes codes of a value.

    def error(
        self, message: str = "", got: object = "", expected: str = "", hint: str = ""
    ) -> InputError:
        return InputError(self.model.path, self.key, got, expected, hint, message)

    def model_batch(self) -> int:
        """The batch that the file fixes, or 0."""
        batches = {x.batch for x in self.model.inputs}
        return batches.pop() if len(batches) == 1 else 0

    def unique_name(self, name: str) -> str:
        """`name` as the format allows it, and not used yet."""
        return unique_name(name.lstrip("/"), MOST_NAME, self.names)

    def emit(self, keys: dict, name: str) -> str:
        """Appends an op; returns the name that it got."""
        unique = self.unique_name(name)
        self.ops.append({"name": unique} | keys)
        return unique

    def place(self, stage: Stage, name: str) -> str:
        """The name of the stage's op, which is appended if it was not yet."""
        if not stage.name:
            stage.name = self.emit(stage.keys, name)
        return stage.name

    def checked(self, shape: Shape) -> Shape:
        if any(extent < 1 for extent in shape.stored) or not shape.stored:
            raise self.error(got=f"a result of shape {list(shape.onnx)}", expected="no empty axis")
        if math.prod(shape.stored) > MOST_ELEMENTS:
            raise self.error(got=f"a result of shape {list(shape.onnx)}", expected="less elements")
        return shape

    def with_layout(self, codes: Codes, channels_last: bool) -> Codes:
        """The same codes, rank-4 ones stored as [h, w, c] or as ONNX does."""
        if codes.shape.channels_last == channels_last:
            return codes
        key = (codes.op, channels_last)
        if key not in self.stored_again:
            shape = Shape.of_onnx(codes.shape.onnx, channels_last)
            order = [codes.shape.order.index(axis) for axis in shape.order]
            moved = [extent for extent in (codes.shape.stored[i] for i in order) if extent > 1]
            keys = {"op": "transpose", "inputs": [codes.op], "order": order}
            if moved == [extent for extent in codes.shape.stored if extent > 1]:
                keys = {"op": "reshape", "inputs": [codes.op], "shape": list(shape.stored)}
            name = self.emit(keys, f"{codes.op}.{'hwc' if channels_last else 'chw'}")
            self.stored_again[key] = Codes(name, codes.quantiser, shape)
        return self.stored_again[key]


class NodeView:
    """A node, with checked operands and attributes."""

    def __init__(self, graph: Graph, node: OnnxNode):
        self.graph = graph
        self.node = node
        self.name = node.outputs[0]
        self.opset = graph.model.opset
        self.operands: list[Value | None] | None = None
        self.first = 0

    def with_operands(self, operands: list[Value | None], first: int = 0) -> "NodeView":
        """The node with other operands; the first of them is called as the one at `first`."""
        view = NodeView(self.graph, self.node)
        view.operands, view.first = operands, first
        return view

    def count(self) -> int:
        return len(self.node.inputs if self.operands is None else self.operands)

    def error(
        self, message: str = "", got: object = "", expected: str = "", hint: str = ""
    ) -> InputError:
        return self.graph.error(message, got, expected, hint)

    def expect_operands(self, fewest: int, most: int) -> None:
        count = self.count()
        if not fewest <= count <= most:
            wanted = str(fewest) if fewest == most else f"{fewest} to {most}"
            raise self.error(got=f"{count} operands", expected=wanted)

    def optional(self, position: int) -> Value | None:
        inputs = self.node.inputs
        if self.operands is not None:
            return self.operands[position] if position < len(self.operands) else None
        if position >= len(inputs) or not inputs[position]:
            return None
        return self.graph.values[inputs[position]]

    def operand(self, position: int) -> Value:
        value = self.optional(position)
        if value is None:
            raise self.error(got=f"no operand {position}", expected="one")
        return value

    def operand_name(self, position: int) -> str:
        inputs, position = self.node.inputs, position + self.first
        return inputs[position] if position < len(inputs) else f"operand {position}"

    def integers(self, position: int) -> list[int] | None:
        """A constant operand of integers, or None where there is none."""
        value = self.optional(position)
        if value is None:
            return None
        if not isinstance(value, Constant) or value.values.dtype.kind not in "iu":
            name = self.operand_name(position)
            raise self.error(got=f"operand {position}, {name}", expected="a constant of integers")
        return [int(x) for x in np.atleast_1d(value.values).ravel()]

    def attribute(self, name: str, default: Any) -> Any:
        """An attribute of the default's type."""
        value = self.node.attributes.get(name, default)
        if type(value) is not type(default):
            raise self.error(got=f"{name} {value}", expected=type(default).__name__)
        return value

    def attribute_integers(self, name: str, default: list[int] | None) -> list[int] | None:
        value = self.node.attributes.get(name, default)
        is_list = isinstance(value, list) and all(isinstance(x, int) for x in value)
        if value is not default and not is_list:
            raise self.error(got=f"{name} {value}", expected="a list of integers")
        return value

    def axis(self, axis: int, rank: int) -> int:
        """An ONNX axis, batch included, counted from the front."""
        if not -rank <= axis < rank:
            raise self.error(got=f"axis {axis}", expected=f"{-rank} to {rank - 1}")
        return axis % rank


def nearest(name: str, known: list[str]) -> str:
    """A hint for an operator that is not among `known`."""
    close = difflib.get_close_matches(name, known, 1)
    text = f"did you mean {close[0]}? " if close else ""
    return f"{text}supported are {', '.join(known)}"
