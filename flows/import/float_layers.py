"""What each plain layer of a topology becomes in a float network.

Layers without weights are those of Torch2Chip's importer, which are float ops too.
"""

from collections.abc import Callable

import numpy as np

import float_attention
import torch2chip_layers
from errors import InputError
from float_builder import FloatBuilder, op_name
from topology_graph import Node
from torch2chip_builder import expect_image, float_input
from torch2chip_layout import Result, conv_weight, matmul_weight

DROPOUT_RATE = 0.5  # PyTorch's default.


def build(builder: FloatBuilder) -> FloatBuilder:
    """All ops; the last is the output."""
    for node in builder.topology.nodes:
        operands = tuple(builder.results[name] for name in node.inputs)
        builder.results[node.id] = LAYERS[node.op](builder, node, *operands)
    if not builder.ops:
        raise InputError(
            builder.topology.file, "layers", got="no op", expected="at least one that computes"
        )
    return builder


def _input(builder: FloatBuilder, node: Node) -> Result:
    below = node.keys.get("below")
    kind, highest = ("integers", below - 1) if below else ("reals", 0)
    result = Result(node.id, node.keys["shape"], kind, range=(0, highest))
    builder.inputs.append(float_input(result))
    return result


def _passed_on(builder: FloatBuilder, node: Node, x: Result) -> Result:
    """A quantizer of Torch2Chip's: it has no part in the float network."""
    return x


def _conv(builder: FloatBuilder, node: Node, x: Result) -> Result:
    expect_image(node, x)
    keys = node.keys
    groups, dilation = keys.get("groups", 1), keys.get("dilation", (1, 1))
    stride, padding = keys.get("stride", (1, 1)), keys.get("padding", (0, 0))
    if x.channels % groups:
        raise node.error(f"{x.channels} channels in {groups} groups", "groups of one size")
    module = keys.get("module", op_name(node))
    kernel = keys.get("kernel", (None, None))
    shape = (keys.get("channels"), x.channels // groups, *kernel)
    weight = builder.weights.tensor(node, f"{module}.weight", shape)
    channels, kernel = weight.shape[0], weight.shape[2:]
    if channels % groups:
        raise node.error(f"{channels} channels in {groups} groups", "groups of one size")
    reach = [d * (k - 1) + 1 for d, k in zip(dilation, kernel)]
    size = [(x.shape[1 + i] + 2 * padding[i] - reach[i]) // stride[i] + 1 for i in (0, 1)]
    if min(size) < 1:
        raise node.error(
            f"a kernel {list(kernel)} over {list(x.shape[1:])} pixels", "a window that fits"
        )
    return builder.emit(
        op_name(node),
        "conv2d",
        x,
        (channels, *size),
        weight=conv_weight(weight),
        **_bias(builder, node, f"{module}.bias", channels),
        stride=list(stride),
        padding=[*padding, *padding],
        dilation=list(dilation),
        groups=groups,
    )


def _linear(builder: FloatBuilder, node: Node, x: Result) -> Result:
    if len(x.shape) != 1 and not x.channels_last:
        raise node.error(f"an image {list(x.shape)}", "features", "put a flatten in front")
    module = node.keys.get("module", op_name(node))
    weight = builder.weights.tensor(
        node, f"{module}.weight", (node.keys.get("features"), x.channels)
    )
    bias = _bias(builder, node, f"{module}.bias", len(weight))
    weight = matmul_weight(weight.T, x)
    shape = (*x.shape[:-1], weight.shape[1])
    return builder.emit(op_name(node), "linear", x, shape, weight=weight, **bias)


def _bias(builder: FloatBuilder, node: Node, name: str, count: int) -> dict[str, np.ndarray]:
    if not builder.weights.has_bias(node, name):
        return {}
    return {"bias": builder.weights.tensor(node, name, (count,))}


def _batch_norm(builder: FloatBuilder, node: Node, x: Result) -> Result:
    """Nothing where a topology made for Torch2Chip has the scaler of a layer without one."""
    module = node.keys.get("module") or ("" if node.op == "mul_shift" else node.id)
    if not module:
        return x
    if x.flattened:
        raise node.error("features that were an image", "a batch norm in front of the flatten")
    keys = {"gamma": "weight", "beta": "bias", "mean": "running_mean", "variance": "running_var"}
    tensors = {
        ours: builder.weights.tensor(node, f"{module}.{name}", (x.channels,))
        for ours, name in keys.items()
    }
    epsilon = builder.topology.epsilon
    wrong = np.flatnonzero(
        (tensors["variance"] < 0) | ~(tensors["variance"] + np.float32(epsilon) > 0)
    )
    if len(wrong):
        raise node.error(
            f"{tensors['variance'][wrong[0]]} at [{wrong[0]}] of {module}.running_var",
            "variances of 0 or more, and above 0 with epsilon",
        )
    return builder.emit(op_name(node), "batch_norm", x, x.shape, **tensors, epsilon=epsilon)


def _dropout(builder: FloatBuilder, node: Node, x: Result) -> Result:
    rate = node.keys.get("rate", DROPOUT_RATE)
    return builder.emit(node.id, "dropout", x, x.shape, flattened=x.flattened, rate=rate)


def _identity(builder: FloatBuilder, node: Node, x: Result) -> Result:
    return builder.emit(node.id, "identity", x, x.shape, flattened=x.flattened)


def _concat(builder: FloatBuilder, node: Node, *parts: Result) -> Result:
    """Along channels."""
    for x in parts:
        if x.channels_last or x.shape[1:] != parts[0].shape[1:] or x.flattened:
            raise node.error(
                f"{parts[0].op} {list(parts[0].shape)} and {x.op} {list(x.shape)}",
                "images of one height and width, or features that never were images",
            )
    channels = sum(x.channels for x in parts)
    return builder.emit(node.id, "concat", parts, (channels, *parts[0].shape[1:]))


LAYERS: dict[str, Callable[..., Result]] = torch2chip_layers.LAYERS | {
    "input": _input,
    "quantize": _passed_on,
    "conv": _conv,
    "matmul": _linear,
    "mul_shift": _batch_norm,
    "batch_norm": _batch_norm,
    "dropout": _dropout,
    "identity": _identity,
    "concat": _concat,
    "mul_quant": _passed_on,
    "qk": float_attention.qk,
    "score_softmax": float_attention.score_softmax,
    "attnv": float_attention.attnv,
}
