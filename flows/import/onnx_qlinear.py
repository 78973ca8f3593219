"""Operators on codes: QLinearConv, QLinearMatMul, com.microsoft's, as ONNX Runtime has them.

Each is DequantizeLinear, the operator on reals, QuantizeLinear; sums of products are requantised in
float32, the others in double.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import onnx_elementwise as elementwise
import onnx_functions as functions
import onnx_layers as layers
import onnx_pools as pools
from onnx_constants import dequantise_constant, read_quantiser
from onnx_finish import dequantise, quantise
from onnx_graph import NodeView
from onnx_movements import concat
from onnx_values import Affine, Codes, Constant, QuantisedConstant, Softmax, Value

MS = "com.microsoft."


def codes_at(view: NodeView, position: int) -> Affine:
    """The reals of codes at `position`; their scale and zero point follow."""
    value = view.operand(position)
    name = view.operand_name(position)
    if not isinstance(value, Codes):
        raise view.error(got=f"operand {position}, {name}", expected="codes")
    quantiser = read_quantiser(view, value.quantiser.type, position + 1)
    if quantiser != value.quantiser:
        raise view.error(
            got=f"scale {quantiser.scale:.9g}, zero point {quantiser.zero_point} of {name}",
            expected=f"{value.quantiser.scale:.9g} and {value.quantiser.zero_point}",
        )
    return dequantise(value)


def finished(view: NodeView, value: Value, scale_at: int, kind: str) -> Codes:
    return quantise(view.graph, value, read_quantiser(view, kind, scale_at), view.name)


def weights_at(view: NodeView, position: int, axis: int) -> QuantisedConstant:
    value = view.operand(position)
    if not isinstance(value, Constant):
        raise view.error(got=f"weights {view.operand_name(position)}", expected="a constant")
    operands = [value, view.operand(position + 1), view.optional(position + 2)]
    return dequantise_constant(view.with_operands(operands, position), value, axis)


def sums_of(
    view: NodeView, x: Affine, weights: QuantisedConstant, bias_at: int, layer: Callable
) -> Affine:
    """Conv or Gemm with the bias in units of the sums, to be requantised in float32."""
    operands: list[Value | None] = [x, weights]
    bias = view.optional(bias_at)
    if bias is not None:
        if not isinstance(bias, Constant) or bias.values.dtype.kind not in "iu":
            raise view.error(got=f"bias {view.operand_name(bias_at)}", expected="int32 constants")
        scales = float(x.factor[0]) * weights.scales.reshape(-1)
        operands.append(QuantisedConstant(bias.values.astype(np.int64).reshape(-1), scales))
    return replace(layer(view.with_operands(operands)), float32=True)


def conv(view: NodeView) -> Value:
    view.expect_operands(8, 9)
    x = codes_at(view, 0)
    sums = sums_of(view, x, weights_at(view, 3, 0), 8, layers.conv)
    return finished(view, sums, 6, x.codes.type)


def matmul(view: NodeView) -> Value:
    view.expect_operands(8, 8)
    x = codes_at(view, 0)
    if isinstance(view.operand(3), Constant):
        sums = sums_of(view, x, weights_at(view, 3, -1), 8, layers.matmul)
    else:
        other = codes_at(view, 3)
        sums = replace(layers.matmul(view.with_operands([x, other])), float32=True)
    return finished(view, sums, 6, x.codes.type)


def gemm(view: NodeView) -> Value:
    view.expect_operands(8, 9)
    x = codes_at(view, 0)
    axis = 0 if view.attribute("transB", 0) else 1
    sums = sums_of(view, x, weights_at(view, 3, axis), 6, layers.gemm)
    return finished(view, sums, 7, x.codes.type)


def binary(combine: Callable[[NodeView], Value]) -> Callable[[NodeView], Value]:
    def convert(view: NodeView) -> Value:
        view.expect_operands(7, 8)
        operands, kind = [], "uint8"
        for position in (0, 3):
            if isinstance(view.operand(position), Constant):
                operands.append(weights_at(view, position, 0))
            else:
                operands.append(codes_at(view, position))
                kind = operands[-1].codes.type
        return finished(view, combine(view.with_operands(operands)), 6, kind)

    return convert


def unary(combine: Callable[[NodeView], Value]) -> Callable[[NodeView], Value]:
    def convert(view: NodeView) -> Value:
        view.expect_operands(4, 5)
        if view.attribute("channels_last", 0):
            raise view.error(got="channels_last 1", expected="0")
        x = codes_at(view, 0)
        return finished(view, combine(view.with_operands([x])), 3, x.codes.type)

    return convert


def softmax(view: NodeView) -> Softmax:
    x = view.operand(0)
    return functions.softmax_of(view, x, "qlinear")


def join(view: NodeView) -> Value:
    count = len(view.node.inputs)
    if count < 5 or count % 3 != 2:
        raise view.error(got=f"{count} operands", expected="2, and 3 for each part")
    parts = [codes_at(view, position) for position in range(2, count, 3)]
    joined = concat(view.with_operands(parts))
    return finished(view, joined, 0, parts[0].codes.type)


def integer_product(layer: Callable[[NodeView], Value]) -> Callable[[NodeView], Value]:
    """MatMulInteger, ConvInteger: the sums as numbers, which a Cast and a Mul make reals."""

    def convert(view: NodeView) -> Value:
        view.expect_operands(2, 4)
        codes, weights = view.operand(0), view.operand(1)
        if not isinstance(codes, Codes) or not isinstance(weights, Constant):
            raise view.error(got="other operands", expected="codes and constant weights")
        zero, weight_zero = (view.integers(position) or [0] for position in (2, 3))
        if len(zero) != 1 or len(weight_zero) != 1 or weights.values.dtype.kind not in "iu":
            raise view.error(got="zero points per channel", expected="one of each operand")
        x = replace(dequantise(codes), factor=np.ones(1), input_zero_point=zero[0])
        integers = weights.values.astype(np.int64) - weight_zero[0]
        scales = np.ones((1,) * integers.ndim)
        return layer(view.with_operands([x, QuantisedConstant(integers, scales)]))

    return convert


def cast(view: NodeView) -> Value:
    """Of sums to reals."""
    value = view.operand(0)
    if not isinstance(value, Affine) or view.attribute("to", 1) != 1:
        raise view.error(got="another cast", expected="one of sums to FLOAT")
    return value


CONVERTERS: dict[str, Callable[[NodeView], Value]] = {
    "Cast": cast,
    "ConvInteger": integer_product(layers.conv),
    "MatMulInteger": integer_product(layers.matmul),
    "QLinearConv": conv,
    "QLinearMatMul": matmul,
    f"{MS}QGemm": gemm,
    f"{MS}QLinearAdd": binary(elementwise.add),
    f"{MS}QLinearAveragePool": unary(pools.average_pool),
    f"{MS}QLinearConcat": join,
    f"{MS}QLinearGlobalAveragePool": unary(pools.global_average_pool),
    f"{MS}QLinearLeakyRelu": unary(functions.leaky_relu),
    f"{MS}QLinearMul": binary(elementwise.mul),
    f"{MS}QLinearSigmoid": unary(functions.unary(functions.sigmoid)),
    f"{MS}QLinearSoftmax": unary(softmax),
}
