"""Conv, Gemm and MatMul of dequantised codes and weights: sums with a factor, a bias, an offset."""

from dataclasses import dataclass, replace

import numpy as np
from onnx_constants import INT32_RANGE, WEIGHT_RANGE, real_constant
from onnx_finish import scaled_codes, with_layout
from onnx_graph import NodeView
from onnx_values import Affine, Blocks, QuantisedConstant, Shape, Stage, Value
from onnx_windows import read_window, window_result

BIAS_TOLERANCE = 1e-6  # Relative, of scales: QuantizeLinear's is a product rounded to float32.


@dataclass(frozen=True)
class Weights:
    """integers[.., o] * scales: [1], [n], or [blocks, n] with blocks along the summed axis."""

    integers: np.ndarray  # int16, output channels last; the summed axis is next to it.
    scales: np.ndarray  # float64.
    block: int = 0


def conv(view: NodeView) -> Value:
    view.expect_operands(2, 3)
    x = scaled_codes(view.graph, view.operand(0), "operand 0")
    if len(x.shape.stored) != 3:
        raise view.error(got=f"an operand of {len(x.shape.stored) + 1} axes", expected="4: images")
    x = with_layout(view.graph, x, True)
    weights = read_weights(view, 1, (2, 3, 1, 0), 0, 1)
    height, width, depth, channels = weights.integers.shape
    groups = view.attribute("group", 1)
    if groups < 1 or depth * groups != x.shape.stored[2] or channels % groups:
        found = f"{groups} groups, weights of {depth} to {channels} channels"
        raise view.error(got=found, expected=f"operands of {x.shape.stored[2]} channels")
    window = read_window(view, x.shape, [height, width])
    shape = window_result(view, x.shape, window, channels)
    keys = {"op": "int_conv2d", "inputs": [x.source.name], "weight": weights.integers}
    keys |= window.keys() | {"groups": groups}
    keys |= {"input_zero_point": x.input_zero_point, "pad_value": x.input_zero_point}
    if weights.block:
        if groups != 1:
            raise view.error(got=f"{groups} groups of blockwise weights", expected="1")
        keys |= _grouped(weights)
        return _blocks(view, x, weights, Stage(keys), shape)
    return _sums(view, x, weights, Stage(keys), shape)


def gemm(view: NodeView) -> Value:
    view.expect_operands(2, 3)
    if view.attribute("transA", 0) or not is_one(view, "alpha") or not is_one(view, "beta"):
        raise view.error(got="transA, alpha or beta", expected="transA 0, alpha and beta 1")
    x = plain_operand(view, 0)
    if len(x.shape.stored) != 1:
        raise view.error(got=f"an operand of {len(x.shape.stored) + 1} axes", expected="2")
    transposed = view.attribute("transB", 0)
    order, channel_axis = ((1, 0), 0) if transposed else ((0, 1), 1)
    weights = read_weights(view, 1, order, channel_axis, 1 - channel_axis)
    return linear(view, x, weights)


def matmul(view: NodeView) -> Value:
    view.expect_operands(2, 2)
    if isinstance(view.operand(1), QuantisedConstant):
        x = plain_operand(view, 0)
        return linear(view, x, read_weights(view, 1, (0, 1), 1, 0))
    return _batch_matmul(view, plain_operand(view, 0), plain_operand(view, 1))


def is_one(view: NodeView, name: str) -> bool:
    return view.attribute(name, 1.0) == 1.0


def plain_operand(view: NodeView, position: int) -> Affine:
    """Scaled codes, stored in ONNX's order."""
    x = scaled_codes(view.graph, view.operand(position), f"operand {position}")
    return with_layout(view.graph, x, False)


def read_weights(
    view: NodeView, position: int, order: tuple[int, ...], channel_axis: int, summed_axis: int
) -> Weights:
    """A quantised constant with its axes in `order`."""
    value = view.operand(position)
    name = view.operand_name(position)
    if not isinstance(value, QuantisedConstant):
        raise view.error(got=f"weights {name}", expected="a constant that a DequantizeLinear makes")
    integers = value.integers
    if integers.ndim != len(order):
        raise view.error(got=f"weights {name} of {integers.ndim} axes", expected=f"{len(order)}")
    low, high = WEIGHT_RANGE
    if integers.size == 0 or integers.min() < low or integers.max() > high:
        found = f"{name} of {integers.min()} to {integers.max()} less its zero point"
        raise view.error(got=found if integers.size else f"{name}, empty", expected="9 bits signed")
    integers = integers.astype(np.int16).transpose(order)
    blocked = value.block_axis
    scales = value.scales
    odd = [a for a, n in enumerate(scales.shape) if n > 1 and a not in (channel_axis, blocked)]
    if odd or blocked not in (None, summed_axis):
        found = f"scales of {name} along axis {odd[0] if odd else blocked}"
        expected = f"along axis {channel_axis}, the output channels"
        raise view.error(got=found, expected=f"{expected}, or blocks along axis {summed_axis}")
    if blocked is None:
        return Weights(integers, scales.reshape(-1))
    moved = np.moveaxis(scales, (summed_axis, channel_axis), (0, 1))
    return Weights(integers, moved.reshape(moved.shape[:2]), value.block)


def linear(view: NodeView, x: Affine, weights: Weights) -> Value:
    """x [.., k] times weights [k, n]."""
    depth, channels = weights.integers.shape
    if x.shape.stored[-1] != depth:
        found = f"weights [{depth}, {channels}]"
        raise view.error(got=found, expected=f"{x.shape.stored[-1]} rows, as operand 0 has columns")
    shape = view.graph.checked(Shape((*x.shape.stored[:-1], channels)))
    if weights.block:
        return _blocked_linear(view, x, weights, shape)
    keys = {"op": "int_matmul", "inputs": [x.source.name], "weight": weights.integers}
    keys["input_zero_point"] = x.input_zero_point
    return _sums(view, x, weights, Stage(keys), shape)


def _sums(view: NodeView, x: Affine, weights: Weights, source: Stage, shape: Shape) -> Affine:
    factor = float(x.factor[0]) * weights.scales
    sums = Affine(source, shape, factor, float32=view.graph.kernels == "integer")
    return with_bias(view, sums, 2)


def with_bias(view: NodeView, sums: Affine, position: int) -> Affine:
    """int32 in units of the sums where a DequantizeLinear says so, else real."""
    value = view.optional(position)
    if value is None:
        return sums
    name, channels = view.operand_name(position), sums.shape.stored[-1]
    reals = real_constant(value)
    if reals is None:
        raise view.error(got=f"bias {name}", expected="a constant of reals")
    if reals.size not in (1, channels) or reals.shape[-1:] not in ((), (1,), (channels,)):
        raise view.error(got=f"bias {name} {list(reals.shape)}", expected=f"[{channels}]")
    if not isinstance(value, QuantisedConstant):
        return replace(sums, offset=reals.reshape(-1), float32=False)
    scales = value.scales.reshape(-1)
    if not np.allclose(scales, sums.factor, rtol=BIAS_TOLERANCE, atol=0):
        raise view.error(
            got=f"bias {name} of scale {scales[0]:.9g}",
            expected=f"the operands' {sums.factor[0]:.9g}, or a bias in reals",
        )
    low, high = INT32_RANGE
    if value.integers.min() < low or value.integers.max() > high:
        raise view.error(got=f"bias {name}", expected="32 bits less its zero point")
    return replace(sums, bias=np.broadcast_to(value.integers.reshape(-1), (channels,)))


def _grouped(weights: Weights) -> dict:
    """Blocks of input channels as groups: output b * n + o is block b's sum for channel o."""
    height, width, depth, channels = weights.integers.shape
    blocks = depth // weights.block
    split = weights.integers.reshape(height, width, blocks, weights.block, channels)
    joined = split.transpose(0, 1, 3, 2, 4).reshape(height, width, weights.block, -1)
    return {"weight": joined, "groups": blocks}


def _blocks(view: NodeView, x: Affine, weights: Weights, source: Stage, shape: Shape) -> Blocks:
    blocks, channels = weights.scales.shape
    offset = None
    if view.optional(2) is not None:
        reals = real_constant(view.operand(2))
        if reals is None or reals.size not in (1, channels):
            raise view.error(
                got=f"bias {view.operand_name(2)}", expected=f"{channels} constants of reals"
            )
        offset = reals.reshape(-1)
    factor = float(x.factor[0]) * np.broadcast_to(weights.scales, (blocks, channels))
    return Blocks(source, shape, factor.reshape(-1), blocks, offset)


def _blocked_linear(view: NodeView, x: Affine, weights: Weights, shape: Shape) -> Value:
    """As a convolution of one pixel: rows [.., k] become an image [rows, 1, k]."""
    graph, depth = view.graph, x.shape.stored[-1]
    rows = int(np.prod(x.shape.stored[:-1]))
    channels = shape.stored[-1]
    name = graph.emit(
        {"op": "reshape", "inputs": [x.source.name], "shape": [rows, 1, depth]}, f"{view.name}.rows"
    )
    pixel = replace(weights, integers=weights.integers.reshape(1, 1, depth, channels))
    keys = {"op": "int_conv2d", "inputs": [name], "input_zero_point": x.input_zero_point}
    stage = Stage(keys | _grouped(pixel) | {"pad_value": x.input_zero_point})
    pixels = Shape((rows, 1, channels), True)
    return replace(_blocks(view, x, weights, stage, shape), pixels=pixels)


def _batch_matmul(view: NodeView, a: Affine, b: Affine) -> Affine:
    """Both operands are activations."""
    left, right = a.shape.stored, b.shape.stored
    if len(left) < 2 or len(left) != len(right) or left[:-2] != right[:-2] or left[-1] != right[-2]:
        raise view.error(
            got=f"operands [batch, {_listed(left)}] and [batch, {_listed(right)}]",
            expected="[batch, ..., m, k] and [batch, ..., k, n]",
        )
    keys = {
        "op": "int_batch_matmul",
        "inputs": [a.source.name, b.source.name],
        "zero_point_a": a.input_zero_point,
        "zero_point_b": b.input_zero_point,
    }
    shape = view.graph.checked(Shape((*left[:-1], right[-1])))
    factor = np.array([float(a.factor[0]) * float(b.factor[0])])
    return Affine(Stage(keys), shape, factor, float32=view.graph.kernels == "integer")


def _listed(extents: tuple[int, ...]) -> str:
    return ", ".join(map(str, extents))
