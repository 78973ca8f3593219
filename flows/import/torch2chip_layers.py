"""What each plain layer of a topology becomes; convolutions, products and pools have their own
files."""

from collections.abc import Callable

import numpy as np

import torch2chip_pools as pools
from topology_graph import Node
from torch2chip_builder import Builder, expect_image, expect_reals, float_input, is_identity
from torch2chip_layout import Result, int_type
from torch2chip_products import convolution, matmul


def _input(builder: Builder, node: Node) -> Result:
    result = Result(node.id, node.keys["shape"], "reals")
    builder.inputs.append(float_input(result))
    return result


def _quantize(builder: Builder, node: Node, x: Result) -> Result:
    """Torch2Chip's quantizer, the zero point subtracted, or nothing where it is the identity."""
    export, name = builder.export, node.keys.get("prefix", node.id)
    expect_reals(node, x)
    builder.expect_entry(node, f"{name}.scale")
    if is_identity(export, name):
        return x
    quantizer = builder.topology.quantizer(name, builder.topology.activation)
    factor = export.number(f"{name}.scale")
    export.integers(f"{name}.zero_point", bits=17)
    zero_point = int(export.number(f"{name}.zero_point"))
    if factor <= 0:
        raise export.error(f"{name}.scale", str(factor), "a positive number")
    low, high = quantizer.range
    codes = (low - zero_point, high - zero_point)
    if quantizer.clamp_again:
        codes = (max(codes[0], low), min(codes[1], high))
    if codes[0] > codes[1]:
        raise export.error(f"{name}.zero_point", str(zero_point), f"one of [{low}, {high}]")
    type_name = int_type(*codes, quantizer.bits)
    y = builder.emit(
        node.id,
        "quantize",
        x,
        x.shape,
        "codes",
        x.flattened,
        rule="multiply",
        factor=factor,
        zero_point=zero_point,
        range=[low, high],
        subtract=True,
        clamp_again=quantizer.clamp_again,
        type=type_name,
        real_scale=1 / factor,
    )
    return Result(y.op, y.shape, y.kind, y.flattened, name, codes)


def _mul_shift(builder: Builder, node: Node, x: Result) -> Result:
    """The fused BatchNorm: fixed-point constants, applied in float32."""
    if x.kind == "codes" or x.flattened:
        raise node.error(f"an input {x.op}", "the result of a conv or matmul")
    prefix = node.keys.get("prefix", node.id)
    builder.expect_entry(node, f"{prefix}.scale")
    constants = {}
    for key in ("scale", "bias"):
        values = builder.export.integers(f"{prefix}.{key}", builder.topology.scale_bits)
        if values.size not in (1, x.channels) or values.size != max(values.shape, default=1):
            raise builder.export.error(
                f"{prefix}.{key}", f"shape {list(values.shape)}", f"1 or {x.channels} values"
            )
        constants[key] = values.reshape(-1).astype(np.float32)
    size = max(values.size for values in constants.values())
    constants = {key: np.resize(values, size) for key, values in constants.items()}
    return builder.emit(
        node.id, "float_mul_shift", x, x.shape, **constants, shift=builder.topology.fraction_bits
    )


def _relu(builder: Builder, node: Node, x: Result) -> Result:
    expect_reals(node, x)
    return builder.emit(node.id, "float_relu", x, x.shape, flattened=x.flattened)


def _relu6(builder: Builder, node: Node, x: Result) -> Result:
    expect_reals(node, x)
    return builder.emit(node.id, "float_relu", x, x.shape, flattened=x.flattened, max=6)


def _passed_on(builder: Builder, node: Node, x: Result) -> Result:
    return x


def _refused(builder: Builder, node: Node, *parts: Result) -> Result:
    raise node.error(f"a {node.op}", "another layer", "no export of Torch2Chip has one")


def _add(builder: Builder, node: Node, a: Result, b: Result) -> Result:
    expect_reals(node, a)
    expect_reals(node, b)
    if a.shape != b.shape or a.flattened != b.flattened:
        raise node.error(
            f"{a.op} {list(a.shape)} and {b.op} {list(b.shape)}",
            "equal shapes",
            "is a shortcut missing?",
        )
    return builder.emit(node.id, "float_add", (a, b), a.shape, flattened=a.flattened)


def _option_a(builder: Builder, node: Node, x: Result) -> Result:
    """The shortcut without weights: every second pixel (a 1x1 pool), then channels of zeros."""
    expect_image(node, x)
    stride = node.keys.get("stride", (2, 2))
    extra = node.keys["channels"] - x.channels
    if extra < 0 or extra % 2:
        raise node.error(
            f"{x.channels} channels to {node.keys['channels']}", "an even number of channels more"
        )
    size = tuple(-(-n // s) for n, s in zip(x.shape[1:], stride))
    y = builder.emit(
        f"{node.id}.pixels",
        "float_max_pool",
        x,
        (x.channels, *size),
        kernel=[1, 1],
        stride=list(stride),
    )
    return builder.emit(
        node.id,
        "pad",
        y,
        (node.keys["channels"], *size),
        amounts=[[0, 0], [0, 0], [extra // 2, extra // 2]],
    )


def _flatten(builder: Builder, node: Node, x: Result) -> Result:
    expect_image(node, x)
    count = x.shape[0] * x.shape[1] * x.shape[2]
    return builder.emit(node.id, "flatten", x, (count,), flattened=x.shape)


LAYERS: dict[str, Callable[..., Result]] = {
    "input": _input,
    "quantize": _quantize,
    "conv": convolution,
    "matmul": matmul,
    "mul_shift": _mul_shift,
    "relu": _relu,
    "relu6": _relu6,
    "identity": _passed_on,
    "dropout": _passed_on,
    "batch_norm": _refused,
    "concat": _refused,
    "add": _add,
    "max_pool": pools.max_pool,
    "avg_pool": pools.avg_pool,
    "adaptive_avg_pool": pools.adaptive_avg_pool,
    "global_avg_pool": pools.global_avg_pool,
    "option_a": _option_a,
    "flatten": _flatten,
}
