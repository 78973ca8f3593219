"""What the converters of integer ONNX share: values, constants, attributes, the ops made so far."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bundle import Bundle, safe_name, unique_name
from errors import InputError
from onnx_model import OnnxModel, OnnxNode

ACCUMULATOR = "int32"
INT32 = (-(1 << 31), (1 << 31) - 1)
MOST_NAME = 190  # What suffixes leave of the 200 characters of a bundle's names.
TO_PLAIN, TO_IMAGE = [2, 0, 1], [1, 2, 0]  # [h, w, c] to [c, h, w] and back, as `transpose` has it.


@dataclass(frozen=True)
class Value:
    """An ONNX value: the op (or input) of the bundle that makes it."""

    name: str
    shape: tuple[int, ...]  # ONNX's, without the batch.
    type: str  # "int8", "uint8", ...; ACCUMULATOR for sums.
    is_image: bool = False  # Stored [h, w, c]; ONNX has [c, h, w].

    @property
    def channel_axis(self) -> int:
        """Of `shape`, the one that is stored last."""
        return 0 if self.is_image else len(self.shape) - 1

    def code_range(self) -> tuple[int, int]:
        bits = int(self.type.removeprefix("u").removeprefix("int"))
        return (
            (0, (1 << bits) - 1) if self.type[0] == "u" else (-(1 << bits - 1), (1 << bits - 1) - 1)
        )


@dataclass(frozen=True)
class Sum:
    """Two values that a RequantShift adds."""

    first: Value
    second: Value


class IntegerGraph:
    """A bundle in the making."""

    def __init__(self, model: OnnxModel):
        self.model = model
        self.bundle = Bundle(name=safe_name(model.path.stem, MOST_NAME))
        self.values: dict[str, Value] = {}
        self.sums: dict[str, Sum] = {}
        self._names: dict[str, int] = {}
        self._stored: dict[tuple[str, bool], Value] = {}

    def error(
        self, node: OnnxNode, got: object = "", expected: str = "", key: str = "", hint: str = ""
    ) -> InputError:
        where = f"{node}: {key}" if key else str(node)
        return InputError(self.model.path, where, got=got, expected=expected, hint=hint)

    def unique_name(self, value: str) -> str:
        """A name that no op has yet, for an ONNX value."""
        return unique_name(value, MOST_NAME, self._names)

    def add_op(self, name: str, op: str, inputs: list[Value], **keys: Any) -> None:
        self.bundle.ops.append({"name": name, "op": op, "inputs": [x.name for x in inputs]} | keys)

    def result_name(self, node: OnnxNode) -> str:
        return self.unique_name(node.outputs[0])

    def define(self, node: OnnxNode, value: Value) -> None:
        self.values[node.outputs[0]] = value

    def check_arity(self, node: OnnxNode, fewest: int, most: int) -> None:
        count = len(node.inputs)
        if not fewest <= count <= most or not all(node.inputs[:fewest]):
            raise self.error(node, got=f"{count} operands", expected=f"{fewest} to {most}")
        if len([name for name in node.outputs if name]) != 1 or not node.outputs[0]:
            raise self.error(node, got=f"{len(node.outputs)} outputs", expected="one")

    def operand(self, node: OnnxNode, index: int = 0) -> Value:
        name = node.inputs[index]
        if name in self.sums:
            raise self.error(
                node, got=f"{name}, a sum", expected="a sum that one RequantShift takes"
            )
        if name not in self.values:
            raise self.error(node, got=f"{name}, a constant", expected="a computed operand")
        return self.values[name]

    def constant(
        self, node: OnnxNode, index: int, what: str, limits: tuple[int, int]
    ) -> np.ndarray:
        """A constant operand of whole numbers in `limits`, as int64."""
        name = node.inputs[index]
        if name not in self.model.constants:
            raise self.error(node, got=f"{name}, a computed value", expected="a constant", key=what)
        return self._whole(node, what, self.model.constants[name], limits)

    def _whole(
        self, node: OnnxNode, what: str, values: np.ndarray, limits: tuple[int, int]
    ) -> np.ndarray:
        if values.dtype.kind not in "iuf" or values.size == 0:
            found = f"{values.size} values of {values.dtype}"
            raise self.error(node, got=found, expected="numbers", key=what)
        low, high = limits
        numbers = values.astype(np.float64)
        bad = (numbers != np.rint(numbers)) | (numbers < low) | (numbers > high)
        if bad.any():
            expected = f"whole numbers from {low} to {high}"
            raise self.error(node, got=f"{values[bad].flat[0]}", expected=expected, key=what)
        return values.astype(np.int64)

    def number(
        self, node: OnnxNode, name: str, limits: tuple[int, int], default: int | None = None
    ) -> int:
        """An attribute that is one whole number, in whatever form."""
        if name not in node.attributes and default is not None:
            return default
        if name not in node.attributes:
            raise self.error(node, got="no such attribute", expected="a number", key=name)
        values = self._attribute_array(node, name)
        if values.size != 1:
            raise self.error(node, got=f"{values.size} values", expected="one", key=name)
        return int(self._whole(node, name, values, limits).reshape(-1)[0])

    def numbers(
        self, node: OnnxNode, name: str, limits: tuple[int, int], default: list[int] | None = None
    ) -> list[int]:
        """An attribute that is whole numbers, as many as `default` has if that is given."""
        if name not in node.attributes and default is not None:
            return default
        if name not in node.attributes:
            raise self.error(node, got="no such attribute", expected="numbers", key=name)
        values = self._whole(node, name, self._attribute_array(node, name), limits).reshape(-1)
        if default is not None and len(values) != len(default):
            expected = f"{len(default)} values"
            raise self.error(node, got=f"{len(values)} values", expected=expected, key=name)
        return [int(value) for value in values]

    def _attribute_array(self, node: OnnxNode, name: str) -> np.ndarray:
        value = node.attributes[name]
        array = np.asarray(value) if not isinstance(value, str) else np.array([])
        if array.dtype.kind not in "iuf" or array.size == 0:
            raise self.error(node, got=f"'{value}'", expected="numbers", key=name)
        return array

    def expect_default(self, node: OnnxNode, name: str, only: object) -> None:
        """Refuses an attribute that is there with another value than `only`."""
        value = node.attributes.get(name, only)
        if isinstance(value, np.ndarray) or value != only:
            raise self.error(node, got=value, expected=f"{only}", key=name)

    def per_channel(self, node: OnnxNode, what: str, values: np.ndarray, of: Value) -> np.ndarray:
        """A constant that broadcasts over `of`, as a vector: one value, or one per channel."""
        extents = [(axis - values.ndim, n) for axis, n in enumerate(values.shape) if n > 1]
        axis = of.channel_axis - len(of.shape)  # From the end, as broadcasting counts.
        if extents not in ([], [(axis, of.shape[axis])]) or values.ndim > len(of.shape) + 1:
            expected = f"one value, or one for each of {of.shape[axis]} channels"
            raise self.error(node, got=f"shape {list(values.shape)}", expected=expected, key=what)
        return values.reshape(-1)

    def plain(self, value: Value) -> Value:
        """The value with its axes in ONNX's order."""
        return self._restored(value, is_image=False)

    def image(self, node: OnnxNode, value: Value) -> Value:
        """The value as [h, w, c]."""
        if len(value.shape) != 3:
            found = f"an operand with {len(value.shape) + 1} axes"
            raise self.error(node, got=found, expected="an image, 4 axes")
        return self._restored(value, is_image=True)

    def _restored(self, value: Value, is_image: bool) -> Value:
        if value.is_image == is_image:
            return value
        key = (value.name, is_image)
        if key not in self._stored:
            name = self.unique_name(f"{value.name}.{'nhwc' if is_image else 'nchw'}")
            order = TO_IMAGE if is_image else TO_PLAIN
            self.add_op(name, "transpose", [value], order=order)
            self._stored[key] = replace(value, name=name, is_image=is_image)
        return self._stored[key]
