"""Additions, activations and tables, softmax, and the steps between reals and codes."""

import math

import numpy as np

import tflite_tables as tables
from tflite_layers import Ops, expect_pair, gemmlowp, output_keys
from tflite_numbers import (
    RANGES,
    fixed_add_constants,
    quantized_multiplier,
    softmax_constants,
)
from tflite_operator import OperatorView


def add(view: OperatorView) -> Ops:
    return _sum(view, "AddOptions", subtract=False)


def sub(view: OperatorView) -> Ops:
    return _sum(view, "SubOptions", subtract=True)


def relu(view: OperatorView) -> Ops:
    return _rectifier(view, "RELU")


def relu6(view: OperatorView) -> Ops:
    return _rectifier(view, "RELU6")


def logistic(view: OperatorView) -> Ops:
    return _lookup(view, lambda x, y: tables.real_function(tables.logistic, x, y))


def tanh(view: OperatorView) -> Ops:
    return _lookup(view, lambda x, y: tables.real_function(math.tanh, x, y))


def leaky_relu(view: OperatorView) -> Ops:
    alpha = view.option("LeakyReluOptions", "Alpha")
    return _lookup(view, lambda x, y: tables.leaky_relu(np.float32(alpha), x, y))


def hard_swish(view: OperatorView) -> Ops:
    return _lookup(view, tables.hard_swish)


def softmax(view: OperatorView) -> Ops:
    """Over the last axis; the result's step is 1/256 and its lowest code stands for 0."""
    view.expect_operands(1, 1)
    x = view.codes_operand(0)
    y = view.codes_result(x)
    view.expect_shape(y, x.shape)
    lowest = RANGES[y.codes.type][0]
    if float(y.codes.scale) != 1 / 256 or y.codes.zero_point != lowest:
        raise view.error(
            got=f"a result of scale {y.codes.scale}, zero point {y.codes.zero_point}",
            expected=f"1/256 and {lowest}",
        )
    beta, diff_min = softmax_constants(view.option("SoftmaxOptions", "Beta"), x.codes.scale)
    op = {"name": y.name, "op": "softmax", "inputs": [x.name], "dialect": "gemmlowp"}
    return [op | {"beta": list(beta), "diff_min": diff_min} | output_keys(y)]


def quantize(view: OperatorView) -> Ops:
    """Reals to codes, or codes to codes of another scale, zero point or signedness."""
    view.expect_operands(1, 1)
    x, y = view.operand(0), view.result()
    view.expect_shape(y, x.shape)
    if y.codes is None:
        raise view.error(got="a float32 result", expected="int8 or uint8")
    if x.codes is None:
        op = {"name": y.name, "op": "quantize", "inputs": [x.name], "rule": "divide_half_away"}
        op |= {"factor": float(y.codes.scale), "range": list(RANGES[y.codes.type])}
        return [op | output_keys(y)]
    real = float(x.codes.scale) / float(y.codes.scale)
    return [gemmlowp(view, y, x.name, real, input_zero_point=x.codes.zero_point)]


def dequantize(view: OperatorView) -> Ops:
    view.expect_operands(1, 1)
    x, y = view.codes_operand(0), view.result()
    view.expect_shape(y, x.shape)
    if y.codes is not None:
        raise view.error(got=f"a result of {y.codes.type}", expected="float32")
    return [{"name": y.name, "op": "dequantize", "inputs": [x.name]}]


def _sum(view: OperatorView, table: str, subtract: bool) -> Ops:
    view.expect_operands(2, 2)
    a, b = view.codes_operand(0), view.codes_operand(1)
    y = view.codes_result(a)
    expect_pair(view, a, b, y)
    op = {"name": y.name, "op": "requantise_add", "inputs": [a.name, b.name]}
    if view.kernels == "xnnpack":
        scales = (a.codes.scale, b.codes.scale, y.codes.scale)
        a_factor, b_factor, shift = fixed_add_constants(*scales)
        op |= {"dialect": "float32", "a_factor": a_factor, "b_factor": b_factor, "shift": shift}
    else:
        op |= {"dialect": "gemmlowp"} | _add_factors(view, a.codes, b.codes, y.codes)
    op |= {"zero_point_a": a.codes.zero_point, "zero_point_b": b.codes.zero_point}
    op |= {"subtract": subtract, "clamp": view.clamp(y, view.activation_option(table))}
    return [op | output_keys(y)]


def _add_factors(view: OperatorView, a: tables.Codes, b: tables.Codes, y: tables.Codes) -> dict:
    """Both operands on half the larger scale with 20 more bits, then the result's scale."""
    twice = 2 * max(float(a.scale), float(b.scale))
    total = twice / (2.0**20 * float(y.scale))
    if total >= 1:
        raise ValueError(f"factor {total} of the sum")
    factors = {"a_factor": float(a.scale) / twice, "b_factor": float(b.scale) / twice}
    factors["sum_factor"] = total
    return {key: list(quantized_multiplier(real)) for key, real in factors.items()}


def _rectifier(view: OperatorView, activation: str) -> Ops:
    view.expect_operands(1, 1)
    x = view.codes_operand(0)
    y = view.codes_result(x)
    view.expect_shape(y, x.shape)
    real = float(x.codes.scale / y.codes.scale)
    keys = {"input_zero_point": x.codes.zero_point, "clamp": view.clamp(y, activation)}
    return [gemmlowp(view, y, x.name, real, **keys)]


def _lookup(view: OperatorView, make_table) -> Ops:
    view.expect_operands(1, 1)
    x = view.codes_operand(0)
    y = view.codes_result(x)
    view.expect_shape(y, x.shape)
    op = {"name": y.name, "op": "lookup", "inputs": [x.name]}
    op |= {"table": make_table(x.codes, y.codes), "lowest": RANGES[x.codes.type][0]}
    return [op | output_keys(y)]
