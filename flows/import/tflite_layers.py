"""Convolutions, fully connected layers and products: an exact accumulator, then `requantise`."""

import numpy as np

from tflite_activation import Activation
from tflite_numbers import expect_factors, quantized_multipliers
from tflite_operator import OperatorView, Weights

Ops = list[dict]


def conv_2d(view: OperatorView) -> Ops:
    """Weights [cout, kh, kw, cin / groups]."""
    view.expect_operands(2, 3)
    x = view.codes_operand(0)
    weights = view.weights(1, x.codes.type, 4, axis=0, zero_ok=x.codes.type == "uint8")
    cout, _, _, cin = weights.values.shape
    if len(x.shape) != 4 or x.shape[3] % cin or cout % (x.shape[3] // cin):
        raise view.error(
            got=f"input {list(x.shape)}", expected=f"an image whose channels fit {cin} per group"
        )
    hwio = weights.values.transpose(1, 2, 3, 0)
    return _convolution(view, "Conv2DOptions", x, weights, hwio, x.shape[3] // cin)


def depthwise_conv_2d(view: OperatorView) -> Ops:
    """Weights [1, kh, kw, cin * multiplier]: one group per input channel."""
    view.expect_operands(2, 3)
    x = view.codes_operand(0)
    weights = view.weights(1, x.codes.type, 4, axis=3, zero_ok=x.codes.type == "uint8")
    one, _, _, cout = weights.values.shape
    multiplier = view.option("DepthwiseConv2DOptions", "DepthMultiplier")
    if len(x.shape) != 4 or one != 1 or cout != x.shape[3] * multiplier:
        raise view.error(
            got=f"weights {list(weights.values.shape)}, multiplier {multiplier}",
            expected=f"[1, kh, kw, channels * multiplier] for input {list(x.shape)}",
        )
    hwio = weights.values.transpose(1, 2, 0, 3)
    return _convolution(view, "DepthwiseConv2DOptions", x, weights, hwio, x.shape[3])


def fully_connected(view: OperatorView) -> Ops:
    """Weights [out, in]; an operand of more axes is flattened unless its last axis is `in`."""
    view.expect_operands(2, 3)
    table = "FullyConnectedOptions"
    x, y = view.codes_operand(0), view.codes_result(view.codes_operand(0))
    if view.option(table, "WeightsFormat") != 0:
        raise view.error("has shuffled weights, which are not supported")
    weights = view.weights(1, x.codes.type, 2, axis=0, zero_ok=True)
    units, width = weights.values.shape
    ops, source = [], x.name
    if x.shape[-1] == width and (len(x.shape) == 2 or view.option(table, "KeepNumDims")):
        view.expect_shape(y, (*x.shape[:-1], units))
    else:
        row = int(np.prod(x.shape[1:], dtype=np.int64))
        if row != width:
            raise view.error(got=f"input {list(x.shape)}", expected=f"rows of {width} values")
        view.expect_shape(y, (x.shape[0], units))
        source = f"{y.name}.flat"
        ops.append({"name": source, "op": "flatten", "inputs": [x.name]})
    acc = {"name": f"{y.name}.acc", "op": "int_matmul", "inputs": [source]}
    acc |= {"weight": weights.values.T, "input_zero_point": x.codes.zero_point}
    bias = view.bias(2, units)
    return [*ops, acc, _requantise(view, table, acc["name"], x, weights, y, bias)]


def batch_matmul(view: OperatorView) -> Ops:
    """[..., m, k] times [..., k, n], either stored with its last two axes swapped."""
    view.expect_operands(2, 2)
    a, b = view.codes_operand(0), view.codes_operand(1)
    y = view.codes_result(a)
    swap_a, swap_b = (bool(view.option("BatchMatMulOptions", key)) for key in ("AdjX", "AdjY"))
    rows, inner = a.shape[-2:][::-1] if swap_a else a.shape[-2:]
    inner_b, columns = b.shape[-2:][::-1] if swap_b else b.shape[-2:]
    if (
        a.codes.type != b.codes.type
        or len(a.shape) < 3
        or a.shape[:-2] != b.shape[:-2]
        or inner != inner_b
    ):
        raise view.error(
            got=f"operands {list(a.shape)} and {list(b.shape)}",
            expected="[batch, ..., m, k] and [batch, ..., k, n] without broadcasting, of one type",
        )
    view.expect_shape(y, (*a.shape[:-2], rows, columns))
    acc = {"name": f"{y.name}.acc", "op": "int_batch_matmul", "inputs": [a.name, b.name]}
    acc |= {"transpose_a": swap_a, "transpose_b": swap_b}
    acc |= {"zero_point_a": a.codes.zero_point, "zero_point_b": b.codes.zero_point}
    real = float(a.codes.scale * b.codes.scale) / float(y.codes.scale)
    return [acc, gemmlowp(view, y, acc["name"], real)]


def mul(view: OperatorView) -> Ops:
    """Element by element; the factor is a float32 product and quotient."""
    view.expect_operands(2, 2)
    a, b = view.codes_operand(0), view.codes_operand(1)
    y = view.codes_result(a)
    expect_pair(view, a, b, y)
    acc = {"name": f"{y.name}.acc", "op": "int_mul", "inputs": [a.name, b.name]}
    acc |= {"zero_point_a": a.codes.zero_point, "zero_point_b": b.codes.zero_point}
    real = float(a.codes.scale * b.codes.scale / y.codes.scale)
    clamp = view.clamp(y, view.activation_option("MulOptions"))
    return [acc, gemmlowp(view, y, acc["name"], real, clamp=clamp)]


def expect_pair(view: OperatorView, a: Activation, b: Activation, y: Activation) -> None:
    """Two operands of one type and shape."""
    if a.codes.type != b.codes.type:
        raise view.error(got=f"operands of {a.codes.type} and {b.codes.type}", expected="one type")
    if a.shape != b.shape:
        raise view.error(
            got=f"operands {list(a.shape)} and {list(b.shape)}",
            expected="equal shapes: broadcasting is not supported",
        )
    view.expect_shape(y, a.shape)


def gemmlowp(view: OperatorView, y: Activation, source: str, real: float, **keys) -> dict:
    """A `requantise` by the multiplier nearest to one real factor; `keys` are added."""
    multiplier, shift = quantized_multipliers(real)
    op = {"name": y.name, "op": "requantise", "inputs": [source], "dialect": "gemmlowp"}
    return op | {"multiplier": multiplier, "shift": shift} | keys | output_keys(y)


def output_keys(y: Activation) -> dict:
    """What every op that makes codes says about them."""
    keys = {"zero_point": y.codes.zero_point, "type": y.codes.type}
    return keys | {"real_scale": float(y.codes.scale)}


def window_padding(
    view: OperatorView, table: str, extents: tuple, kernel: list, stride: list, dilation: list
) -> tuple[list[int], list[int]]:
    """([top, left, bottom, right], [height, width] of the result). SAME pads so that the result
    has ceil(extent / stride) pixels, the odd pixel after the image; VALID pads nothing."""
    padding = view.option(table, "Padding")
    if padding not in (0, 1):
        raise view.error(got=f"padding {padding}", expected="SAME or VALID")
    before, after, sizes = [], [], []
    for extent, size, step, gap in zip(extents, kernel, stride, dilation):
        reach = (size - 1) * gap + 1
        if padding == 0:
            count = -(-extent // step)
            total = max(0, (count - 1) * step + reach - extent)
        else:
            count, total = (extent - reach) // step + 1, 0
        if count < 1:
            raise view.error(got=f"a window of {reach} pixels", expected=f"at most {extent}")
        if total > 65535:
            raise view.error(got=f"a padding of {total} pixels", expected="at most 65535")
        before.append(total // 2)
        after.append(total - total // 2)
        sizes.append(count)
    return before + after, sizes


def _convolution(
    view: OperatorView, table: str, x: Activation, weights: Weights, hwio: np.ndarray, groups: int
) -> Ops:
    y = view.codes_result(x)
    kernel, cout = list(hwio.shape[:2]), hwio.shape[3]
    stride = [view.extent_option(table, key) for key in ("StrideH", "StrideW")]
    dilation = [view.extent_option(table, key) for key in ("DilationHFactor", "DilationWFactor")]
    padding, sizes = window_padding(view, table, x.shape[1:3], kernel, stride, dilation)
    view.expect_shape(y, (x.shape[0], *sizes, cout))
    acc = {"name": f"{y.name}.acc", "op": "int_conv2d", "inputs": [x.name], "weight": hwio}
    acc |= {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    acc |= {"pad_value": x.codes.zero_point, "input_zero_point": x.codes.zero_point}
    bias = view.bias(2, cout)
    return [acc, _requantise(view, table, acc["name"], x, weights, y, bias)]


def _requantise(
    view: OperatorView,
    table: str,
    source: str,
    x: Activation,
    weights: Weights,
    y: Activation,
    bias: dict,
) -> dict:
    op = {"name": y.name, "op": "requantise", "inputs": [source]}
    op |= _dialect(view, x, weights.scales, y) | bias
    op |= {"clamp": view.clamp(y, view.activation_option(table))}
    return op | output_keys(y)


def _dialect(view: OperatorView, x: Activation, scales: np.ndarray, y: Activation) -> dict:
    """The arithmetic of the chosen kernels and the factors s_x * s_w / s_y, as they round them."""
    is_dense = view.operator.name == "FULLY_CONNECTED"
    single = x.codes.scale * scales  # float32.
    if view.kernels == "xnnpack":
        factor = expect_factors((single / y.codes.scale).astype(np.float32))
        return {"dialect": "float32", "factor": factor}
    double = float(x.codes.scale) * scales.astype(np.float64) / float(y.codes.scale)
    is_int8 = x.codes.type == "int8"
    if is_dense and is_int8 and view.kernels == "reference":
        return {"dialect": "double", "factor": expect_factors(double), "rounding": "half_away"}
    # The product is double where the kernel takes int8 scales per channel (a convolution always).
    takes_channels = is_int8 and (not is_dense or len(scales) > 1)
    real = double if takes_channels else single.astype(np.float64) / float(y.codes.scale)
    is_ruy = view.kernels == "optimised" and view.operator.name != "DEPTHWISE_CONV_2D"
    multiplier, shift = quantized_multipliers(real)
    dialect = "ruy" if is_ruy else "gemmlowp"
    return {"dialect": dialect, "multiplier": multiplier, "shift": shift}
