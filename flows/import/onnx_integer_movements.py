"""Converters of integer ONNX's pools and movements."""

import math
from dataclasses import replace

from onnx_integer_graph import IntegerGraph, Value
from onnx_integer_products import EXTENTS, window
from onnx_model import OnnxNode

INT64 = (-(1 << 62), 1 << 62)
MOST_AXES = 5  # Of a bundle's reshape, without the batch.


def max_pool(graph: IntegerGraph, node: OnnxNode) -> None:
    graph.check_arity(node, 1, 1)
    x = graph.image(node, graph.operand(node))
    graph.number(node, "ceil_mode", (0, 0), 0)
    graph.number(node, "storage_order", (0, 0), 0)
    kernel = graph.numbers(node, "kernel_shape", EXTENTS)
    if len(kernel) != 2:
        raise graph.error(node, got=kernel, expected="height and width", key="kernel_shape")
    keys, extents = window(graph, node, kernel, x)
    name = graph.result_name(node)
    graph.add_op(name, "max_pool", [x], kernel=kernel, **keys)
    graph.define(node, replace(x, name=name, shape=(x.shape[0], *extents)))


def flatten(graph: IntegerGraph, node: OnnxNode) -> None:
    graph.check_arity(node, 1, 1)
    graph.number(node, "axis", (1, 1), 1)
    x = graph.operand(node)
    if x.shape[1:] != (1, 1):  # Of a single pixel both orders are one.
        x = graph.plain(x)
    name = graph.result_name(node)
    graph.add_op(name, "flatten", [x])
    graph.define(node, Value(name, (math.prod(x.shape),), x.type))


def reshape(graph: IntegerGraph, node: OnnxNode) -> None:
    graph.check_arity(node, 2, 2)
    graph.number(node, "allowzero", (0, 0), 0)
    x = graph.plain(graph.operand(node))
    given = graph.constant(node, 1, "shape", (-1, 1 << 31))
    shape = _target(
        given.reshape(-1).tolist(), x.shape, {source.batch for source in graph.model.inputs}
    )
    if shape is None:
        raise graph.error(
            node,
            got=given.tolist(),
            expected=f"the batch and {math.prod(x.shape)} elements in up to {MOST_AXES} axes",
            key="shape",
        )
    name = graph.result_name(node)
    graph.add_op(name, "reshape", [x], shape=list(shape))
    graph.define(node, replace(x, name=name, shape=shape))


def _target(given: list[int], x: tuple[int, ...], batches: set[int]) -> tuple[int, ...] | None:
    """The extents behind the batch, or None where `given` mixes the batch with them."""
    if not 2 <= len(given) <= MOST_AXES + 1 or given.count(-1) > 1:
        return None
    if given[0] > 0 and batches != {given[0]}:
        return None
    shape = []
    for axis, extent in enumerate(given[1:]):
        if extent == 0 and axis >= len(x):
            return None
        shape.append(x[axis] if extent == 0 else extent)
    known = math.prod(extent for extent in shape if extent != -1)
    shape = [math.prod(x) // known if extent == -1 else extent for extent in shape]
    return tuple(shape) if math.prod(shape) == math.prod(x) else None


def transpose(graph: IntegerGraph, node: OnnxNode) -> None:
    graph.check_arity(node, 1, 1)
    x = graph.operand(node)
    rank = len(x.shape) + 1
    perm = graph.numbers(node, "perm", (0, rank - 1), list(reversed(range(rank))))
    if sorted(perm) != list(range(rank)) or perm[0] != 0:
        expected = f"an order of {rank} axes with the batch first"
        raise graph.error(node, got=perm, expected=expected, key="perm")
    order = [axis - 1 for axis in perm[1:]]
    shape = tuple(x.shape[axis] for axis in order)
    stored = [2, 0, 1] if x.is_image else list(range(rank - 1))  # Where an axis of ONNX's is.
    name = graph.result_name(node)
    graph.add_op(name, "transpose", [x], order=[stored[axis] for axis in order])
    graph.define(node, Value(name, shape, x.type))


def gather(graph: IntegerGraph, node: OnnxNode) -> None:
    """One index along one axis, which goes."""
    graph.check_arity(node, 2, 2)
    x = graph.plain(graph.operand(node))
    rank = len(x.shape) + 1
    axis = graph.number(node, "axis", (-rank, rank - 1), 0) % rank - 1
    if axis < 0 or rank < 3:
        expected = "an axis behind the batch, and another one"
        raise graph.error(node, got=f"axis {axis + 1} of {rank}", expected=expected)
    extent = x.shape[axis]
    index = graph.constant(node, 1, "indices", (-extent, extent - 1))
    if index.ndim != 0:
        found = f"indices of shape {list(index.shape)}"
        raise graph.error(node, got=found, expected="a single index")
    name = graph.result_name(node)
    shape = (*x.shape[:axis], *x.shape[axis + 1 :])
    if extent > 1:
        start = [0] * (rank - 1)
        start[axis] = int(index) % extent
        count = [1 if i == axis else n for i, n in enumerate(x.shape)]
        part = replace(x, name=graph.unique_name(f"{name}.slice"))
        graph.add_op(part.name, "slice", [x], start=start, count=count)
        x = part
    graph.add_op(name, "reshape", [x], shape=list(shape))
    graph.define(node, replace(x, name=name, shape=shape))
