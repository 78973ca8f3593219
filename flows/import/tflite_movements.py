"""Pools, means and operators that only move codes."""

import numpy as np

import tflite_tables as tables
from tflite_activation import Activation
from tflite_layers import Ops, output_keys, window_padding
from tflite_numbers import RANGES, mean_factor
from tflite_operator import OperatorView


def average_pool_2d(view: OperatorView) -> Ops:
    """The mean of the codes of the pixels inside the image."""
    x, y, window = _pool(view)
    clamp = view.clamp(y, view.activation_option("Pool2DOptions"))
    return [
        {"name": y.name, "op": "rounded_avg_pool", "inputs": [x.name]} | window | {"clamp": clamp}
    ]


def max_pool_2d(view: OperatorView) -> Ops:
    """The largest code of the pixels inside the image, then the fused activation's clamp."""
    x, y, window = _pool(view)
    clamp = view.clamp(y, view.activation_option("Pool2DOptions"))
    op = {"name": y.name, "op": "max_pool", "inputs": [x.name]} | window
    if tuple(clamp) == RANGES[y.codes.type]:
        return [op]
    op["name"] = f"{y.name}.max"
    return [op, {"name": y.name, "op": "clamp", "inputs": [op["name"]], "clamp": clamp}]


def mean(view: OperatorView) -> Ops:
    """Over height and width: an exact sum, then one rescaling that divides by their product."""
    view.expect_operands(2, 2)
    x = view.codes_operand(0)
    y = view.codes_result(x)
    axes = view.constant(1, ("int32",)).data.reshape(-1)
    if len(x.shape) != 4 or sorted(int(axis) % 4 for axis in axes[:8]) != [1, 2]:
        raise view.error(
            got=f"axes {axes[:8].tolist()} of {list(x.shape)}",
            expected="height and width, 1 and 2, of an image",
        )
    batch, height, width, channels = x.shape
    keeps_axes = view.option("ReducerOptions", "KeepDims")
    view.expect_shape(y, (batch, 1, 1, channels) if keeps_axes else (batch, channels))
    if max(height, width) > 65535 or height * width * 255 >= 1 << 31:
        raise view.error(got=f"{height} x {width} pixels", expected="a sum that fits 32 bits")
    multiplier, shift = mean_factor(x.codes.scale, y.codes.scale, height * width)
    total = {"name": f"{y.name}.sum", "op": "int_sum_pool", "inputs": [x.name]}
    total |= {"kernel": [height, width], "stride": [1, 1], "zero_point": x.codes.zero_point}
    op = {"name": y.name if keeps_axes else f"{y.name}.mean", "op": "requantise"}
    op |= {"inputs": [total["name"]], "dialect": "gemmlowp"}
    op |= {"multiplier": np.array([multiplier], np.int32), "shift": np.array([shift], np.int32)}
    op |= output_keys(y)
    if keeps_axes:
        return [total, op]
    return [total, op, {"name": y.name, "op": "flatten", "inputs": [op["name"]]}]


def pad(view: OperatorView) -> Ops:
    """Pads with the zero point: reals of 0."""
    view.expect_operands(2, 2)
    x = view.codes_operand(0)
    return _pad(view, x, x.codes.zero_point)


def pad_v2(view: OperatorView) -> Ops:
    """Pads with a constant code, which has the operand's scale and zero point."""
    view.expect_operands(3, 3)
    x = view.codes_operand(0)
    value = view.constant(2, (x.codes.type,))
    same = list(value.scales) == [x.codes.scale] and list(value.zero_points) == [x.codes.zero_point]
    if value.data.size != 1 or not same:
        raise view.error(
            got=f"{value} of another scale, zero point or size",
            expected=f"one code as {x.name} has",
        )
    return _pad(view, x, int(value.data.reshape(-1)[0]))


def reshape(view: OperatorView) -> Ops:
    """To the result's declared shape; the batch stays."""
    view.expect_operands(1, 2)
    x = view.codes_operand(0)
    y = view.codes_result(x)
    view.expect_same_codes(x, y)
    sizes = [int(np.prod(shape[1:], dtype=np.int64)) for shape in (x.shape, y.shape)]
    if x.shape[0] != y.shape[0] or sizes[0] != sizes[1]:
        raise view.error(
            got=f"{list(x.shape)} to {list(y.shape)}",
            expected="as many elements and the same batch (first axis)",
        )
    op = {"name": y.name, "op": "reshape", "inputs": [x.name], "shape": list(y.shape[1:])}
    if len(y.shape) == 2:
        op = {"name": y.name, "op": "flatten", "inputs": [x.name]}
    return [op]


def concatenation(view: OperatorView) -> Ops:
    """Along the last axis. int8 operands have the result's scale; uint8 ones may be rescaled."""
    view.expect_operands(1, 1024)
    parts = [view.codes_operand(i) for i in range(len(view.operator.inputs))]
    y = view.codes_result(parts[0])
    axis = view.option("ConcatenationOptions", "Axis")
    if axis not in (-1, len(y.shape) - 1):
        raise view.error(got=f"axis {axis}", expected="the last axis: others are not supported")
    activation = view.activation_option("ConcatenationOptions")
    if activation != "NONE":
        raise view.error(got=f"fused activation {activation}", expected="NONE")
    ops, names = [], []
    for i, part in enumerate(parts):
        if part.shape[:-1] != y.shape[:-1]:
            raise view.error(got=f"operand {list(part.shape)}", expected=f"as {list(y.shape)}")
        if part.codes.type != y.codes.type or y.codes.type == "int8":
            view.expect_same_codes(y, part)
        names.append(part.name)
        if part.codes != y.codes:
            names[-1] = f"{y.name}.in{i}"
            op = {"name": names[-1], "op": "lookup", "inputs": [part.name]}
            op |= {"table": tables.rescaled(part.codes, y.codes), "lowest": 0}
            ops.append(op | output_keys(y))
    view.expect_shape(y, (*y.shape[:-1], sum(part.shape[-1] for part in parts)))
    return [*ops, {"name": y.name, "op": "concat", "inputs": names}]


def _pool(view: OperatorView) -> tuple[Activation, Activation, dict]:
    view.expect_operands(1, 1)
    table = "Pool2DOptions"
    x = view.codes_operand(0)
    y = view.codes_result(x)
    view.expect_same_codes(x, y)
    if len(x.shape) != 4:
        raise view.error(got=f"input {list(x.shape)}", expected="an image")
    kernel = [view.extent_option(table, key) for key in ("FilterHeight", "FilterWidth")]
    stride = [view.extent_option(table, key) for key in ("StrideH", "StrideW")]
    padding, sizes = window_padding(view, table, x.shape[1:3], kernel, stride, [1, 1])
    view.expect_shape(y, (x.shape[0], *sizes, x.shape[3]))
    return x, y, {"kernel": kernel, "stride": stride, "padding": padding}


def _pad(view: OperatorView, x: Activation, value: int) -> Ops:
    y = view.codes_result(x)
    view.expect_same_codes(x, y)
    amounts = view.constant(1, ("int32", "int64"))
    if amounts.data.shape != (len(x.shape), 2):
        raise view.error(got=f"amounts {list(amounts.shape)}", expected=f"[{len(x.shape)}, 2]")
    pairs = [[int(before), int(after)] for before, after in amounts.data]
    if pairs[0] != [0, 0] or any(not 0 <= amount <= 65535 for pair in pairs for amount in pair):
        raise view.error(got=f"amounts {pairs}", expected="0 to 65535, and 0 for the batch")
    view.expect_shape(y, tuple(n + sum(pair) for n, pair in zip(x.shape, pairs)))
    op = {"name": y.name, "op": "pad", "inputs": [x.name], "amounts": pairs[1:], "value": value}
    return [op]
