"""What each plain layer of a topology becomes; convolutions, products and pools have their own
files."""

import math
from collections.abc import Callable

import numpy as np

import torch2chip_attention as attention
import torch2chip_pools as pools
import transformer_layers as transformers
import transformer_movements as movements
from topology_graph import Node
from torch2chip_builder import Builder, expect_image, expect_reals, float_input, is_identity
from torch2chip_layout import Result, int_type
from torch2chip_products import convolution, matmul
from torch2chip_rows import mul_shift_constants, token_values


def _input(builder: Builder, node: Node) -> Result:
    if "below" not in node.keys:
        result = Result(node.id, node.keys["shape"], "reals")
        builder.inputs.append(float_input(result))
        return result
    highest = node.keys["below"] - 1
    result = Result(node.id, node.keys["shape"], "integers", range=(0, highest))
    given = {"shape": list(result.shape), "type": int_type(0, highest, 1), "scale": 1.0}
    builder.inputs.append({"name": node.id} | given)
    return result


def _quantize(builder: Builder, node: Node, x: Result) -> Result:
    """Torch2Chip's quantizer, the zero point subtracted, or nothing where it is the identity."""
    export, name = builder.export, node.keys.get("prefix", node.id)
    builder.expect_entry(node, f"{name}.scale")
    if node.keys.get("sums"):
        x = _reals_of_sums(builder, node, x)
    expect_reals(node, x)
    if is_identity(export, name):
        return x
    if export.has(f"{name}.smoother.scale"):
        smoother = mul_shift_constants(builder, f"{name}.smoother", x)
        x = builder.emit(f"{node.id}.smoother", "float_mul_shift", x, x.shape, **smoother)
    quantizer = builder.topology.quantizer(name, builder.topology.activation)
    factor = token_values(builder, f"{name}.scale", export.finite(f"{name}.scale"), x)
    stored = export.integers(f"{name}.zero_point", bits=17)
    zero_point = token_values(builder, f"{name}.zero_point", stored, x).astype(np.int32)
    if (factor <= 0).any():
        raise export.error(f"{name}.scale", str(float(factor.min())), "a positive number")
    low, high = quantizer.range
    codes = (low - zero_point, high - zero_point)
    if quantizer.clamp_again:
        codes = (np.maximum(codes[0], low), np.minimum(codes[1], high))
    wrong = zero_point[codes[0] > codes[1]]
    if wrong.size:
        raise export.error(f"{name}.zero_point", str(wrong[0]), f"one of [{low}, {high}]")
    codes = (int(codes[0].min()), int(codes[1].max()))
    type_name = int_type(*codes, quantizer.bits)
    y = builder.emit(
        node.id,
        "quantize",
        x,
        x.shape,
        "codes",
        x.flattened,
        rule="multiply",
        **_steps(factor, zero_point),
        range=[low, high],
        subtract=True,
        clamp_again=quantizer.clamp_again,
        type=type_name,
        real_scale=1 / float(factor.mean(dtype=np.float64)),
    )
    return Result(y.op, y.shape, y.kind, y.flattened, name, codes, y.channels_last)


def _steps(factor: np.ndarray, zero_point: np.ndarray) -> dict:
    """One factor and zero point, or one of each per token."""
    tokens = max(factor.size, zero_point.size)
    if tokens == 1:
        return {"factor": float(factor[0]), "zero_point": int(zero_point[0])}
    factor, zero_point = np.resize(factor, tokens), np.resize(zero_point, tokens)
    return {"factor": factor.astype(np.float32), "zero_point": zero_point, "tokens": tokens}


def _reals_of_sums(builder: Builder, node: Node, x: Result) -> Result:
    """Sums as the reals that they are: what Torch2Chip's BERT quantises as keys where its fuser
    stored their MulQuant under another name."""
    prefix = node.keys.get("prefix", node.id)
    if x.kind != "sums":
        raise node.error(f"{x.kind} ({x.op})", "sums of products")
    if builder.export.has(f"{prefix}.bias"):
        raise node.error(f"a MulQuant {prefix} in the export", "a quantizer", "say key: mulquant")
    one, zero = np.ones(1, np.float32), np.zeros(1, np.float32)
    name = f"{node.id}.real"
    return builder.emit(name, "float_mul_shift", x, x.shape, scale=one, bias=zero, shift=0)


def _mul_shift(builder: Builder, node: Node, x: Result) -> Result:
    """The fused BatchNorm: fixed-point constants, applied in float32."""
    if x.kind == "codes" or x.flattened:
        raise node.error(f"an input {x.op}", "the result of a conv or matmul")
    prefix = node.keys.get("prefix", node.id)
    builder.expect_entry(node, f"{prefix}.scale")
    constants = mul_shift_constants(builder, prefix, x)
    return builder.emit(node.id, "float_mul_shift", x, x.shape, **constants)


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
    layouts = [(x.flattened, x.channels_last) for x in (a, b)]
    if a.shape != b.shape or layouts[0] != layouts[1]:
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
    expect_reals(node, x)
    if x.channels_last:
        return builder.emit(node.id, "flatten", x, (math.prod(x.shape),))
    expect_image(node, x)
    return builder.emit(node.id, "flatten", x, (math.prod(x.shape),), flattened=x.shape)


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
    "tokens": movements.tokens,
    "channels_last": movements.channels_last,
    "split_heads": movements.split_heads,
    "merge_heads": movements.merge_heads,
    "window_partition": movements.window_partition,
    "window_reverse": movements.window_reverse,
    "patch_merge": movements.patch_merge,
    "token": movements.token,
    "embedding": transformers.embedding,
    "class_token": transformers.class_token,
    "add_embedding": transformers.add_embedding,
    "layer_norm": transformers.layer_norm,
    "linear_float": transformers.linear_float,
    "gelu": transformers.gelu,
    "tanh": transformers.tanh,
    "mul_quant": attention.mul_quant,
    "qk": attention.qk,
    "score_softmax": attention.score_softmax,
    "attnv": attention.attnv,
}
