"""One operator as its converter sees it: checked operands, constants, options, and our names."""

from dataclasses import dataclass

import numpy as np

from errors import InputError
from tflite_activation import MOST_EXTENT, Activation, activation
from tflite_numbers import ACTIVATIONS, RANGES, checked_scale, clamp_range
from tflite_schema import Model, Operator, Tensor


@dataclass(frozen=True)
class Weights:
    """Constant codes less their zero point (9 bits signed) and one scale, or one per channel."""

    values: np.ndarray  # int16.
    scales: np.ndarray  # float32, [1] or [channels].


class OperatorView:
    """An operator of a model, with the activations that are known when it runs."""

    def __init__(
        self, model: Model, operator: Operator, known: dict[int, Activation], kernels: str
    ):
        self.model = model
        self.operator = operator
        self.known = known
        self.kernels = kernels

    def error(self, message: str = "", got: object = "", expected: str = "", hint: str = ""):
        key = str(self.operator)
        return InputError(self.model.path, key, got, expected, hint, message)

    def expect_operands(self, fewest: int, most: int) -> None:
        count = len(self.operator.inputs)
        if not fewest <= count <= most:
            wanted = str(fewest) if fewest == most else f"{fewest} to {most}"
            raise self.error(got=f"{count} operands", expected=wanted)

    def option(self, table: str, field: str):
        if self.operator.options_table != table:
            raise self.error(got=self.operator.options_table or "no options", expected=table)
        return self.operator.options[field]

    def extent_option(self, table: str, field: str) -> int:
        value = self.option(table, field)
        if not 1 <= value <= 65535:
            raise self.error(got=f"{field} {value}", expected="1 to 65535")
        return value

    def activation_option(self, table: str) -> str:
        value = self.option(table, "FusedActivationFunction")
        if value not in ACTIVATIONS:
            raise self.error(
                got=f"fused activation {value}", expected=", ".join(ACTIVATIONS.values())
            )
        return ACTIVATIONS[value]

    def tensor(self, index: int) -> Tensor:
        if not 0 <= index < len(self.model.tensors):
            raise self.error(
                got=f"tensor {index}", expected=f"one of the {len(self.model.tensors)} tensors"
            )
        tensor = self.model.tensors[index]
        if tensor.flaw:
            raise self.error(f"{tensor} {tensor.flaw}, which is not supported")
        return tensor

    def operand(self, position: int) -> Activation:
        """An operand that a network input or an earlier operator made."""
        tensor = self.tensor(self.operator.inputs[position])
        if tensor.index in self.known:
            return self.known[tensor.index]
        if tensor.data is not None:
            raise self.error(f"operand {position}, {tensor}, is a constant: not supported here")
        raise self.error(f"operand {position}, {tensor}, is used before it is computed")

    def codes_operand(self, position: int) -> Activation:
        """An operand of 8-bit codes."""
        operand = self.operand(position)
        if operand.codes is None:
            raise self.error(
                got=f"operand {position}, {operand.name}, of float32",
                expected="int8 or uint8 activations",
                hint="convert the network with full integer quantization",
            )
        return operand

    def result(self) -> Activation:
        """The one tensor that the operator makes."""
        if len(self.operator.outputs) != 1:
            raise self.error(got=f"{len(self.operator.outputs)} results", expected="1")
        tensor = self.tensor(self.operator.outputs[0])
        if tensor.index in self.known or tensor.data is not None:
            raise self.error(f"its result, {tensor}, already has a value")
        return activation(self.model.path, str(self.operator), tensor)

    def codes_result(self, operand: Activation) -> Activation:
        """A result of 8-bit codes, of the operand's type."""
        result = self.result()
        if result.codes is None or result.codes.type != operand.codes.type:
            found = result.codes.type if result.codes else "float32"
            raise self.error(got=f"a result of {found}", expected=operand.codes.type)
        return result

    def expect_shape(self, result: Activation, shape: tuple[int, ...]) -> None:
        if result.shape != tuple(shape):
            raise self.error(
                got=f"a result of shape {list(result.shape)}",
                expected=f"{list(shape)}, which follows from the operands",
            )

    def expect_same_codes(self, a: Activation, b: Activation) -> None:
        """TFLite moves codes here without rescaling them."""
        if a.codes != b.codes:
            raise self.error(
                got=f"scale {b.codes.scale}, zero point {b.codes.zero_point} of {b.name}",
                expected=f"{a.codes.scale}, {a.codes.zero_point} as {a.name} has",
            )

    def has_operand(self, position: int) -> bool:
        return position < len(self.operator.inputs) and self.operator.inputs[position] != -1

    def constant(self, position: int, types: tuple[str, ...]) -> Tensor:
        """An operand whose values the file holds."""
        tensor = self.tensor(self.operator.inputs[position])
        if tensor.type not in types:
            raise self.error(
                got=f"operand {position}, {tensor}, of {tensor.type}", expected=" or ".join(types)
            )
        if tensor.data is None:
            raise self.error(f"operand {position}, {tensor}, is not a constant: not supported")
        return tensor

    def weights(self, position: int, type_: str, rank: int, axis: int, zero_ok: bool) -> Weights:
        """Weights of the activations' type, per tensor or (int8) per channel along `axis`."""
        tensor = self.constant(position, (type_,))
        if len(tensor.shape) != rank or max(tensor.shape) > MOST_EXTENT:
            raise self.error(got=f"{tensor} of {list(tensor.shape)}", expected=f"{rank} axes")
        channels = tensor.shape[axis]
        count = len(tensor.scales)
        if count not in (1, channels) or len(tensor.zero_points) != count:
            raise self.error(
                got=f"{count} scales and {len(tensor.zero_points)} zero points of {tensor}",
                expected=f"1 or {channels} of each",
            )
        if count > 1 and (tensor.axis != axis or type_ != "int8"):
            raise self.error(
                got=f"{tensor} of {type_} quantised along axis {tensor.axis}",
                expected=f"int8 along axis {axis}, or one scale",
            )
        zero_points = tensor.zero_points.astype(np.int64)
        lowest, highest = RANGES[type_]
        if (zero_points < lowest).any() or (zero_points > highest).any():
            raise self.error(got=f"zero point of {tensor} outside {type_}")
        if zero_points.any() and (count > 1 or not zero_ok):
            raise self.error(got=f"zero point {zero_points.max()} of {tensor}", expected="0")
        for scale in tensor.scales:
            checked_scale(f"{self.operator}: {tensor}", self.model.path, scale)
        values = tensor.data.astype(np.int16) - np.int16(zero_points[0])
        return Weights(values, tensor.scales.astype(np.float32))

    def bias(self, position: int, channels: int) -> dict[str, np.ndarray]:
        """The tool's bias [channels] under its key in the bundle, or nothing."""
        if not self.has_operand(position):
            return {}
        tensor = self.constant(position, ("int32",))
        if tensor.data.size != channels:
            raise self.error(got=f"{tensor.data.size} values of {tensor}", expected=f"{channels}")
        return {"bias": tensor.data.reshape(-1).astype(np.int32)}

    def clamp(self, result: Activation, activation_name: str) -> list[int]:
        codes = result.codes
        return clamp_range(activation_name, codes.type, codes.scale, codes.zero_point)
