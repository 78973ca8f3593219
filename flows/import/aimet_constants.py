"""A node's constants as AIMET quantises them: weights, biases and other operands."""

import numpy as np

from aimet_encoding import Encoding
from aimet_encodings import Encodings
from aimet_weights import WeightAxes, integer_weight
from errors import InputError
from onnx_graph import Graph
from onnx_model import OnnxNode
from onnx_values import Affine, Constant, Moved, QuantisedConstant, Value

BIASES = ("float", "int32")
BIAS_BITS = 32
MOST_BIAS = (1 << (BIAS_BITS - 1)) - 1
BIAS_TOLERANCE = 1e-5  # Relative, of the scale that a file gives a bias.


class ConstantSetter:
    """Puts a graph's constants in the place of their reals, node by node."""

    def __init__(self, graph: Graph, encodings: Encodings, bias: str):
        self.graph, self.encodings, self.bias = graph, encodings, bias
        self.reals: dict[str, np.ndarray] = {}  # What has been quantised, before that.

    def set_operands(self, node: OnnxNode) -> None:
        self.graph.key = str(node)
        axes = weight_axes(node)
        for position, name in enumerate(node.inputs):
            if not self._is_real_constant(name):
                continue
            encoding = self.encodings.table.get(name)
            if axes and position == 1:
                self.graph.values[name] = self._weight(node, name, axes)
            elif axes and position == 2:
                self.graph.values[name] = self._bias(node, name, axes)
            elif encoding:
                self.graph.values[name] = integer_constant(encoding, self.reals[name])

    def missing(self, name: str, node: OnnxNode) -> InputError:
        expected = f"one: {node} of {self.graph.model.path.name} takes it"
        return InputError(self.encodings.path, name, got="no encoding", expected=expected)

    def _is_real_constant(self, name: str) -> bool:
        value = self.graph.values.get(name)
        if isinstance(value, Constant) and value.values.dtype.kind == "f":
            self.reals[name] = value.values
        return name in self.reals

    def _weight(self, node: OnnxNode, name: str, axes: WeightAxes) -> QuantisedConstant:
        encoding = self.encodings.table.get(name)
        if encoding is None:
            raise self.missing(name, node)
        weight = self.reals[name]
        if weight.ndim <= max(axes.outputs, axes.inputs) or weight.size == 0:
            raise self.graph.error(got=f"weights {name} {list(weight.shape)}", expected="channels")
        return integer_weight(encoding, weight, axes)

    def _bias(self, node: OnnxNode, name: str, axes: WeightAxes) -> Value:
        """The bias in reals, or rounded to whole steps s_x * s_w of its sums.

        The product is float32, as AIMET exports it; of blocks, s_w is the channel's largest.
        """
        bias = self.reals[name]
        encoding = self.encodings.table.get(name)
        weight = self.graph.values[node.inputs[1]]
        operand = operand_scale(self.graph.values[node.inputs[0]])
        if operand is None or not isinstance(weight, QuantisedConstant):
            return Constant(bias, "FLOAT")  # The converter says what is wrong with the operand.
        scales = weight.scales
        if weight.block_axis is not None:
            scales = scales.max(axis=weight.block_axis, keepdims=True)
        steps = np.float32(operand) * scales.astype(np.float32).reshape(-1)
        if bias.shape not in ((steps.size,), (weight.integers.shape[axes.outputs],)):
            return Constant(bias, "FLOAT")
        if encoding is not None:
            expect_bias_encoding(encoding, steps)
        if self.bias == "float":
            return Constant(bias, "FLOAT")
        steps = steps.astype(np.float64)
        with np.errstate(all="ignore"):
            integers = np.rint(bias.astype(np.float64) / steps)
        if not (np.abs(integers) <= MOST_BIAS).all():
            expected = "at most 32 bits in steps of its sums, or --bias float"
            raise self.graph.error(got=f"bias {name}", expected=expected)
        return QuantisedConstant(integers.astype(np.int64), steps)


def weight_axes(node: OnnxNode) -> WeightAxes | None:
    """The axes of operand 1 of a product, or None of another operator."""
    if node.op == "Conv":
        return WeightAxes(0, 1)
    if node.op == "Gemm" and node.attributes.get("transB", 0):
        return WeightAxes(0, 1)
    return WeightAxes(1, 0) if node.op in ("Gemm", "MatMul") else None


def operand_scale(value: Value | None) -> float | None:
    """What a step of an activation is worth, if it is codes."""
    while isinstance(value, Moved):
        value = value.inner
    if isinstance(value, Affine) and value.is_scaled_codes:
        return float(value.factor[0])
    return None


def expect_bias_encoding(encoding: Encoding, steps: np.ndarray) -> None:
    if encoding.bits != BIAS_BITS:
        raise encoding.error(f"a bias of {encoding.bits} bits", f"{BIAS_BITS}, or no encoding")
    scales = encoding.scales.reshape(-1)
    if scales.size not in (1, steps.size) and steps.size != 1:
        raise encoding.error(f"{scales.size} scales", f"{steps.size}")
    for channel, (scale, step) in enumerate(zip(*np.broadcast_arrays(scales, steps))):
        if abs(scale - step) > BIAS_TOLERANCE * step:
            expected = f"{step:.9g}, of the sums that the bias is added to"
            raise encoding.error(f"scale {scale:.9g} of channel {channel}", expected)


def integer_constant(encoding: Encoding, values: np.ndarray) -> QuantisedConstant:
    """An operand of an element-wise operator, with one scale."""
    if encoding.is_channelwise or encoding.block_size:
        raise encoding.error("several scales", "one, of an operand that is no weight")
    scale, zero_point = encoding.scales.reshape(-1)[0], encoding.zero_points.reshape(-1)[0]
    codes = np.clip(np.rint(values.astype(np.float64) / scale) + zero_point, *encoding.range)
    shape = (1,) * values.ndim
    return QuantisedConstant((codes - zero_point).astype(np.int64), np.full(shape, scale))
