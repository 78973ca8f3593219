"""Converters of the operators that quantlib adds to ONNX (PACTOps); model/README.md has their
equations."""

from dataclasses import replace

import numpy as np

from onnx_integer_graph import ACCUMULATOR, INT32, IntegerGraph, Sum, Value
from onnx_model import OnnxNode

BIASES = (-(1 << 61), 1 << 61)
DIVISORS = (1, 1 << 62)
LEVELS = (2, 1 << 16)


def _power_of_two(graph: IntegerGraph, node: OnnxNode, name: str, limits: tuple[int, int]) -> int:
    """The logarithm of an attribute."""
    value = graph.number(node, name, limits)
    if value & (value - 1):
        raise graph.error(node, got=value, expected="a power of two", key=name)
    return value.bit_length() - 1


def requant_shift(graph: IntegerGraph, node: OnnxNode) -> None:
    """clamp(floor((x * mul + add) / div + 1/2)), which the hardware does, rounding half up."""
    graph.check_arity(node, 3, 3)
    x: Value | Sum = graph.sums.get(node.inputs[0]) or graph.operand(node)
    first = x.first if isinstance(x, Sum) else x
    mul = graph.per_channel(node, "mul", graph.constant(node, 1, "mul", INT32), first)
    bias = graph.per_channel(node, "add", graph.constant(node, 2, "add", BIASES), first)
    if len(bias) > len(mul):
        mul = np.repeat(mul, len(bias))
    levels = "n_levels_out" if "n_levels_out" in node.attributes else "n_levels"
    bits = _power_of_two(graph, node, levels, LEVELS)
    is_signed = graph.number(node, "signed", (0, 1))
    keys = {
        "scale": mul.astype(np.int32),
        "bias": bias,
        "shift": np.array([_power_of_two(graph, node, "div", DIVISORS)], np.uint8),
        "rounding": "half_up",
        "type": f"int{bits}" if is_signed else f"uint{bits}",
        "real_scale": 1.0,
    }
    name = graph.result_name(node)
    if isinstance(x, Sum):
        keys |= {"residual_scale": keys["scale"], "residual_shift": np.zeros(1, np.uint8)}
        graph.add_op(name, "add", [x.first, x.second], **keys)
    else:
        graph.add_op(name, "mul_quant", [x], **keys)
    graph.define(node, replace(first, name=name, type=keys["type"]))


def layer_norm(graph: IntegerGraph, node: OnnxNode) -> None:
    graph.check_arity(node, 3, 3)
    x = graph.plain(graph.operand(node))
    bits = _power_of_two(graph, node, "n_levels", LEVELS)
    vectors = {
        what: graph.per_channel(node, what, graph.constant(node, index, what, INT32), x)
        for index, what in ((1, "weight"), (2, "bias"))
    }
    name = graph.result_name(node)
    graph.add_op(
        name,
        "i_layer_norm",
        [x],
        weight=vectors["weight"].astype(np.int32),
        bias=vectors["bias"].astype(np.int32),
        shift=_power_of_two(graph, node, "D", DIVISORS),
        type=f"int{bits}",
        real_scale=1.0,
    )
    graph.define(node, replace(x, name=name, type=f"int{bits}"))


def ita_max(graph: IntegerGraph, node: OnnxNode) -> None:
    graph.check_arity(node, 1, 1)
    x = graph.plain(graph.operand(node))
    bits = _power_of_two(graph, node, "n_levels", LEVELS)
    name = graph.result_name(node)
    graph.add_op(name, "ita_max", [x], bits=bits, type=f"uint{bits}", real_scale=1.0)
    graph.define(node, replace(x, name=name, type=f"uint{bits}"))


def gelu(graph: IntegerGraph, node: OnnxNode) -> None:
    graph.check_arity(node, 1, 1)
    x = graph.operand(node)
    b = graph.number(node, "b", (-65536, 0))
    one = graph.number(node, "one", (0, INT32[1]))
    name = graph.result_name(node)
    graph.add_op(name, "i_gelu", [x], b=b, one=one)
    graph.define(node, replace(x, name=name, type=ACCUMULATOR))


def mean(graph: IntegerGraph, node: OnnxNode) -> None:
    graph.check_arity(node, 1, 1)
    x = graph.plain(graph.operand(node))
    rank = len(x.shape) + 1
    given = graph.numbers(node, "axes", (-rank, rank - 1))
    axes = sorted({axis % rank - 1 for axis in given})
    keep = bool(graph.number(node, "keepdims", (0, 1), 1))
    if axes[0] < 0 or len(axes) == rank - 1 and not keep:
        expected = "axes behind the batch, not all unless keepdims is 1"
        raise graph.error(node, got=given, expected=expected, key="axes")
    left = [(axis, n) for axis, n in enumerate(x.shape) if keep or axis not in axes]
    shape = tuple(1 if axis in axes else n for axis, n in left)
    name = graph.result_name(node)
    graph.add_op(name, "integer_mean", [x], axes=axes, keep_axes=keep)
    graph.define(node, replace(x, name=name, shape=shape))
