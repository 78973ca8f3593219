"""Converters of integer ONNX's products and additions."""

from dataclasses import replace

import numpy as np

from onnx_integer_graph import ACCUMULATOR, INT32, IntegerGraph, Sum, Value
from onnx_model import OnnxNode

WEIGHTS = (-256, 255)  # 9 bits signed.
CODES = (-65536, 65535)  # 17 bits signed: what an addition takes.
EXTENTS = (1, 65536)
PADDING = (0, 65535)


def window(
    graph: IntegerGraph, node: OnnxNode, kernel: list[int], image: Value
) -> tuple[dict, list[int]]:
    """The keys of a window, and the height and width of what it gives."""
    graph.expect_default(node, "auto_pad", "NOTSET")
    stride = graph.numbers(node, "strides", EXTENTS, [1, 1])
    dilation = graph.numbers(node, "dilations", EXTENTS, [1, 1])
    padding = graph.numbers(node, "pads", PADDING, [0, 0, 0, 0])
    extents = []
    for axis in range(2):
        room = image.shape[1 + axis] + padding[axis] + padding[axis + 2]
        extents.append((room - dilation[axis] * (kernel[axis] - 1) - 1) // stride[axis] + 1)
    if min(extents) < 1:
        found = f"a window of {kernel} on an image of {list(image.shape[1:])}"
        raise graph.error(node, got=found, expected="one that fits")
    return {"stride": stride, "padding": padding, "dilation": dilation}, extents


def conv(graph: IntegerGraph, node: OnnxNode) -> None:
    graph.check_arity(node, 2, 3)
    x = graph.image(node, graph.operand(node))
    weight = graph.constant(node, 1, "weight", WEIGHTS)
    groups = graph.number(node, "group", EXTENTS, 1)
    if weight.ndim != 4 or weight.shape[1] * groups != x.shape[0] or weight.shape[0] % groups:
        found = f"shape {list(weight.shape)} in {groups} groups"
        expected = f"[channels, {x.shape[0]} / groups, height, width]"
        raise graph.error(node, got=found, expected=expected, key="weight")
    kernel = graph.numbers(node, "kernel_shape", EXTENTS, list(weight.shape[2:]))
    if kernel != list(weight.shape[2:]):
        raise graph.error(
            node, got=kernel, expected=f"{list(weight.shape[2:])}, as weight", key="kernel_shape"
        )
    keys, extents = window(graph, node, kernel, x)
    hwio = weight.transpose(2, 3, 1, 0).astype(np.int16)
    product = Value("", (weight.shape[0], *extents), ACCUMULATOR, is_image=True)
    bias = _optional_bias(graph, node)
    if bias is not None:
        if bias.shape != (weight.shape[0],):
            found, expected = f"shape {list(bias.shape)}", f"[{weight.shape[0]}]"
            raise graph.error(node, got=found, expected=expected, key="bias")
        bias = bias.reshape(-1, 1, 1)
    keys |= {"weight": hwio, "groups": groups}
    _finish_product(graph, node, x, product, "int_conv2d", keys, bias)


def mat_mul(graph: IntegerGraph, node: OnnxNode) -> None:
    graph.check_arity(node, 2, 2)
    a = graph.plain(graph.operand(node))
    if node.inputs[1] not in graph.model.constants:
        return _batch_mat_mul(graph, node, a, graph.plain(graph.operand(node, 1)))
    weight = graph.constant(node, 1, "weight", WEIGHTS)
    _linear(graph, node, a, weight, None)


def gemm(graph: IntegerGraph, node: OnnxNode) -> None:
    graph.check_arity(node, 2, 3)
    for name in ("alpha", "beta"):
        graph.number(node, name, (1, 1), 1)
    graph.number(node, "transA", (0, 0), 0)
    weight = graph.constant(node, 1, "B", WEIGHTS)
    if graph.number(node, "transB", (0, 1), 0) and weight.ndim == 2:
        weight = weight.T
    a = graph.plain(graph.operand(node))
    if len(a.shape) != 1:
        found = f"an operand with {len(a.shape) + 1} axes"
        raise graph.error(node, got=found, expected="2")
    _linear(graph, node, a, weight, _optional_bias(graph, node))


def _optional_bias(graph: IntegerGraph, node: OnnxNode) -> np.ndarray | None:
    is_there = len(node.inputs) == 3 and node.inputs[2]
    return graph.constant(node, 2, "bias", INT32) if is_there else None


def _linear(
    graph: IntegerGraph, node: OnnxNode, a: Value, weight: np.ndarray, bias: np.ndarray | None
) -> None:
    if weight.ndim != 2 or weight.shape[0] != a.shape[-1]:
        found, expected = f"shape {list(weight.shape)}", f"[{a.shape[-1]}, outputs]"
        raise graph.error(node, got=found, expected=expected, key="weight")
    product = Value("", (*a.shape[:-1], weight.shape[1]), ACCUMULATOR)
    keys = {"weight": weight.astype(np.int16)}
    _finish_product(graph, node, a, product, "int_matmul", keys, bias)


def _finish_product(
    graph: IntegerGraph,
    node: OnnxNode,
    x: Value,
    product: Value,
    op: str,
    keys: dict,
    bias: np.ndarray | None,
) -> None:
    """The product by itself, or under a name of its own with its bias behind it."""
    name = graph.result_name(node)
    if bias is None:
        graph.add_op(name, op, [x], **keys)
        return graph.define(node, replace(product, name=name))
    product = replace(product, name=graph.unique_name(f"{name}.acc"))
    graph.add_op(product.name, op, [x], **keys)
    _add_bias(graph, node, name, product, bias)


def _batch_mat_mul(graph: IntegerGraph, node: OnnxNode, a: Value, b: Value) -> None:
    is_product = len(a.shape) == len(b.shape) >= 2 and a.shape[:-2] == b.shape[:-2]
    if not is_product or a.shape[-1] != b.shape[-2]:
        found = f"operands {list(a.shape)} and {list(b.shape)}"
        raise graph.error(node, got=found, expected="[..., m, k] and [..., k, n]")
    name = graph.result_name(node)
    graph.add_op(name, "int_batch_matmul", [a, b])
    graph.define(node, Value(name, (*a.shape[:-1], b.shape[-1]), ACCUMULATOR))


def add(graph: IntegerGraph, node: OnnxNode) -> None:
    """A bias, or two operands that are added where the next RequantShift rescales them."""
    graph.check_arity(node, 2, 2)
    constants = [i for i in range(2) if node.inputs[i] in graph.model.constants]
    if len(constants) == 1:
        x = graph.operand(node, 1 - constants[0])
        bias = graph.constant(node, constants[0], "bias", INT32)
        return _add_bias(graph, node, graph.result_name(node), x, bias)
    a, b = graph.operand(node, 0), graph.operand(node, 1)
    if a.is_image != b.is_image:
        a, b = graph.plain(a), graph.plain(b)
    if a.shape != b.shape:
        found = f"operands {list(a.shape)} and {list(b.shape)}"
        raise graph.error(node, got=found, expected="equal shapes")
    for x in (a, b):
        if x.type == ACCUMULATOR:
            raise graph.error(
                node,
                got=f"{x.name}, sums of products",
                expected="operands of up to 17 bits",
                hint="a RequantShift in front narrows them",
            )
    users = graph.model.users.get(node.outputs[0], [])
    is_inner = node.outputs[0] not in graph.model.outputs
    if is_inner and len(users) == 1 and users[0].op.split(".")[-1] == "RequantShift":
        graph.sums[node.outputs[0]] = Sum(a, b)
        return
    name = graph.result_name(node)
    low, high = (sum(x.code_range()[i] for x in (a, b)) for i in range(2))
    if low < CODES[0] or high > CODES[1]:
        raise graph.error(node, got=f"sums from {low} to {high}", expected="17 bits signed")
    one = np.ones(1, np.int32)
    graph.add_op(
        name,
        "add",
        [a, b],
        scale=one,
        residual_scale=one,
        shift=np.zeros(1, np.uint8),
        residual_shift=np.zeros(1, np.uint8),
        type="int17",
        real_scale=1.0,
    )
    graph.define(node, replace(a, name=name, type="int17"))


def _add_bias(graph: IntegerGraph, node: OnnxNode, name: str, x: Value, values: np.ndarray) -> None:
    bias = graph.per_channel(node, "bias", values, x)
    graph.add_op(
        name,
        "mul_shift",
        [x],
        scale=np.ones(len(bias), np.int32),
        bias=bias,
        shift=np.zeros(1, np.uint8),
    )
    graph.define(node, replace(x, name=name, type=ACCUMULATOR))
