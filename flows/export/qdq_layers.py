"""Ops that move codes or choose among them, in QDQ form: the node between DQ and Q of one scale."""

from collections.abc import Callable

import numpy as np
from onnx import TensorProto

from qdq_bundle import Network, type_range
from qdq_graph import (
    RANGES, Codes, Graph, NotExpressible, Tensor, as_in_bundle, as_in_onnx, onnx_axis,
)  # fmt: skip
from qdq_requantise import output_codes, quantised
from qdq_window import output_pixels, pool

Reals = tuple[tuple[int, ...], str]


def relu(graph: Graph, op: dict, x: Tensor) -> Reals:
    lowest = op.get("zero_point", 0) - x.codes.zero_point
    if lowest == 0:
        return x.shape, graph.node("Relu", [x.reals], op["name"])
    bound = graph.constant(f"{op['name']}_lowest", np.float32(lowest) * x.codes.scale)
    return x.shape, graph.node("Clip", [x.reals, bound], op["name"])


def max_pool(graph: Graph, op: dict, x: Tensor) -> Reals:
    shape = (*output_pixels(op, op["kernel"], x.shape), x.shape[-1])
    return shape, pool(graph, "MaxPool", op, x, op["name"])


def rounded_avg_pool(graph: Graph, op: dict, x: Tensor) -> Reals:
    graph.warnings.append(
        f"{op['name']} (rounded_avg_pool): rounds ties away from zero, QuantizeLinear to even"
    )
    shape = (*output_pixels(op, op["kernel"], x.shape), x.shape[-1])
    return shape, pool(graph, "AveragePool", op, x, op["name"], count_include_pad=0)


def unchanged(graph: Graph, op: dict, x: Tensor) -> Reals:
    return x.shape, x.reals


def flatten(graph: Graph, op: dict, x: Tensor) -> Reals:
    has_pixels = len(x.shape) == 3 and x.shape[:2] != (1, 1)
    reals = as_in_bundle(graph, x.reals, 4 if has_pixels else 0, op["name"])
    return (int(np.prod(x.shape)),), graph.node("Flatten", [reals], op["name"], axis=1)


def reshape(graph: Graph, op: dict, x: Tensor) -> Reals:
    shape, name = tuple(op["shape"]), op["name"]
    reals = as_in_bundle(graph, x.reals, len(x.shape) + 1, name)
    extents = graph.constant(f"{name}_shape", np.array([0, *shape], np.int64))
    reals = graph.node("Reshape", [reals, extents], name)
    return shape, as_in_onnx(graph, reals, len(shape) + 1, name)


def pad(graph: Graph, op: dict, x: Tensor) -> Reals:
    rank = len(x.shape) + 1
    pads = np.zeros((2, rank), np.int64)
    for axis, (before, after) in enumerate(op["amounts"], start=1):
        pads[:, onnx_axis(axis, rank)] = before, after
    value = np.float32(op.get("value", 0))
    if x.codes:
        value = np.float32(op.get("value", 0) - x.codes.zero_point) * x.codes.scale
    inputs = [
        x.reals,
        graph.constant(f"{op['name']}_pads", pads.reshape(-1)),
        graph.constant(f"{op['name']}_value", np.array(value)),
    ]
    shape = tuple(extent + sum(op["amounts"][axis]) for axis, extent in enumerate(x.shape))
    return shape, graph.node("Pad", inputs, op["name"])


def transpose(graph: Graph, op: dict, x: Tensor) -> Reals:
    order, rank = [0, *(axis + 1 for axis in op["order"])], len(x.shape) + 1
    permutation = [0] * rank
    for axis in range(rank):
        permutation[onnx_axis(axis, rank)] = onnx_axis(order[axis], rank)
    shape = tuple(x.shape[axis] for axis in op["order"])
    return shape, graph.node("Transpose", [x.reals], op["name"], perm=permutation)


def slice_of(graph: Graph, op: dict, x: Tensor) -> Reals:
    rank, steps = len(x.shape) + 1, op.get("step", [1] * len(x.shape))
    ends = [s + (n - 1) * step + 1 for s, n, step in zip(op["start"], op["count"], steps)]
    axes = [onnx_axis(axis, rank) for axis in range(1, rank)]
    words = {"starts": op["start"], "ends": ends, "axes": axes, "steps": steps}
    inputs = [
        graph.constant(f"{op['name']}_{word}", np.array(values, np.int64))
        for word, values in words.items()
    ]
    return tuple(op["count"]), graph.node("Slice", [x.reals, *inputs], op["name"])


def concat(graph: Graph, op: dict, operands: list[Tensor]) -> Tensor:
    shape = (*operands[0].shape[:-1], sum(operand.shape[-1] for operand in operands))
    axis = onnx_axis(len(shape), len(shape) + 1)
    values = [operand.reals for operand in operands]
    reals = graph.node("Concat", values, op["name"], axis=axis)
    if not operands[0].codes:
        return Tensor(shape, reals)
    return graph.quantised(op["name"], reals, shape, _common([x.codes for x in operands]))


def _common(codes: list[Codes]) -> Codes:
    """How codes of one scale and zero point are stored that are stored in several ways."""
    first = codes[0]
    spans = [[bound - c.offset for bound in RANGES[c.type]] for c in codes]
    lowest, highest = min(span[0] for span in spans), max(span[1] for span in spans)
    for type in (first.type, TensorProto.INT8, TensorProto.UINT8, TensorProto.INT16):
        offset = first.offset if type == first.type else 0
        least, most = RANGES[type]
        if least - offset <= lowest and highest <= most - offset:
            return Codes(first.scale, first.zero_point, type, offset)
    raise NotExpressible(f"joins codes in [{lowest}, {highest}]", "join fewer types")


def lookup(graph: Graph, network: Network, op: dict, x: Tensor) -> Tensor:
    """A Gather of what each code becomes: a bundle has the table and not the function."""
    name = op["name"]
    if not x.codes:
        raise NotExpressible("takes reals", "quantise them first")
    value = graph.recorded[op["inputs"][0]]["value"]
    index = graph.node("Cast", [value], name, to=TensorProto.INT32)
    first = x.codes.offset + op["lowest"]
    if first:
        index = graph.node("Sub", [index, graph.constant(f"{name}_first", np.int32(first))], name)
    clamp = type_range(op["type"])
    codes = output_codes(op["type"], clamp, op.get("zero_point", 0), op["real_scale"])
    steps = network.tensor(op, "table").astype(np.float32) - np.float32(codes.zero_point)
    table = graph.constant(f"{name}_table", steps * codes.scale)
    reals = graph.node("Gather", [table, index], name, axis=0)
    return quantised(graph, name, reals, x.shape, codes, clamp)


MOVEMENTS: dict[str, Callable[[Graph, dict, Tensor], Reals]] = {
    "flatten": flatten,
    "pad": pad,
    "reshape": reshape,
    "slice": slice_of,
    "transpose": transpose,
}
CHOICES: dict[str, Callable[[Graph, dict, Tensor], Reals]] = {
    "clamp": unchanged,
    "max_pool": max_pool,
    "relu": relu,
    "rounded_avg_pool": rounded_avg_pool,
}


def layer(graph: Graph, op: dict, x: Tensor) -> Tensor:
    """An op whose output is as its operand: codes again where that has codes."""
    shape, reals = (MOVEMENTS | CHOICES)[op["op"]](graph, op, x)
    if not x.codes:
        return Tensor(shape, reals)
    bounds = [bound - x.codes.offset for bound in RANGES[x.codes.type]]
    clamp = op.get("clamp", bounds)
    inner = max(clamp[0], bounds[0]), min(clamp[1], bounds[1])
    return quantised(graph, op["name"], reals, shape, x.codes, inner)
