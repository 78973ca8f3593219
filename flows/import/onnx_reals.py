"""Pending values as reals, where nothing quantises them: ends of a network and float islands."""

import numpy as np
from onnx_graph import Graph
from onnx_values import Affine, Moved, Quantiser, Reals, Sum, Value

REAL_MOVES = ("reshape", "flatten", "transpose", "slice")
UNIT = Quantiser(1.0, 0, "int8")


def reals_of(graph: Graph, value: Value, name: str) -> Reals:
    """`value` in float32, made by an op called `name` unless it exists."""
    if isinstance(value, Reals):
        return value
    if isinstance(value, Affine):
        return Reals(_affine(graph, value, name), value.shape)
    if isinstance(value, Sum):
        return Reals(_sum(graph, value, name), value.shape)
    if isinstance(value, Moved):
        keys = value.keys(UNIT)
        if not keys:
            return Reals(reals_of(graph, value.inner, name).op, value.shape)
        if keys["op"] in REAL_MOVES:
            inner = reals_of(graph, value.inner, f"{name}.in")
            keys = {"op": keys["op"], "inputs": [inner.op]} | keys
            return Reals(graph.emit(keys, name), value.shape)
    raise graph.error(
        got="a result that stays in reals",
        expected=f"{graph.quantised_by} of it: it has no float op here",
    )


def _affine(graph: Graph, x: Affine, name: str) -> str:
    if x.is_dequantised:
        return graph.emit({"op": "dequantize", "inputs": [x.source.name]}, name)
    is_relu = x.low == 0 and (x.high is None or x.high > 0)
    if not is_relu and (x.low is not None or x.high is not None):
        raise graph.error(
            got="a Clip that nothing quantises", expected=f"{graph.quantised_by} of it"
        )
    if x.residual is not None:
        raise graph.error(
            got="a sum that nothing quantises", expected=f"{graph.quantised_by} of it"
        )
    if x.factor.ndim > 1 or (x.offset is not None and x.offset.ndim > 1):
        raise graph.error(
            got="a constant per element that nothing quantises",
            expected=f"{graph.quantised_by} of it",
        )
    source = graph.place(x.source, f"{name}.acc")
    bias = -x.input_zero_point * x.factor
    if x.bias is not None:
        bias = bias + x.bias * x.factor
    if x.offset is not None:
        bias = bias + x.offset
    factor, bias = np.broadcast_arrays(x.factor, bias)
    keys = {"op": "float_mul_shift", "inputs": [source], "shift": 0}
    keys |= {"scale": factor.astype(np.float32), "bias": bias.astype(np.float32)}
    if not is_relu:
        return graph.emit(keys, name)
    limit = {} if x.high is None else {"max": float(x.high)}
    inner = graph.emit(keys, f"{name}.sum")
    return graph.emit({"op": "float_relu", "inputs": [inner]} | limit, name)


def _sum(graph: Graph, x: Sum, name: str) -> str:
    if x.low not in (None, 0) or x.high is not None or x.subtract:
        raise graph.error(
            got="a sum that nothing quantises", expected=f"{graph.quantised_by} of it"
        )
    operands = [
        _affine(graph, operand, f"{name}.{side}") for side, operand in (("a", x.a), ("b", x.b))
    ]
    keys = {"op": "float_add", "inputs": operands}
    if x.low is None:
        return graph.emit(keys, name)
    return graph.emit({"op": "float_relu", "inputs": [graph.emit(keys, f"{name}.sum")]}, name)
