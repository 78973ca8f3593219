"""Attention of an export: MulQuants, products of two activations, the softmax between them."""

import math

import numpy as np

from topology_graph import Node
from torch2chip_builder import Builder, Recorded
from torch2chip_layout import Result, int_type
from torch2chip_recorded import expect_codes, expect_next, expect_recorded
from torch2chip_rows import mul_quant_constants
from transformer_layers import Parameters
from transformer_movements import window_keys
from windows import relative_positions, window_mask

NORMS = (".q_norm.weight", ".k_norm.weight")


def mul_quant(builder: Builder, node: Node, x: Result) -> Result:
    """Codes of sums, by factors that are reals: in float32 (`float_mul_shift` `<id>.real`, and
    `quantize`), or in float64 (`requantise`)."""
    if x.kind != "sums":
        raise node.error(f"{x.kind} ({x.op})", "sums of products")
    prefix = node.keys.get("prefix", node.id)
    constants = mul_quant_constants(builder, node, prefix, x)
    quantizer = builder.topology.quantizer(prefix, builder.topology.activation)
    low, high = quantizer.range
    output = {"type": int_type(low, high, quantizer.bits), "real_scale": 1.0}
    if node.keys.get("arithmetic", "float32") == "float64":
        keys = {"dialect": "double", "rounding": "half_even", "clamp": [low, high]}
        for key, ours in (("scale", "factor"), ("bias", "offset")):
            keys[ours] = constants.pop(key).astype(np.float64)
        keys |= constants  # The tokens.
        y = builder.emit(node.id, "requantise", x, x.shape, "codes", **keys, **output)
    else:
        y = builder.emit(f"{node.id}.real", "float_mul_shift", x, x.shape, **constants, shift=0)
        keys = {"rule": "multiply", "factor": 1.0, "range": [low, high]}
        y = builder.emit(node.id, "quantize", y, x.shape, "codes", **keys, **output)
    return Result(y.op, y.shape, y.kind, (), prefix, (low, high), channels_last=True)


def qk(builder: Builder, node: Node, queries: Result, keys: Result) -> Result:
    """Queries by transposed keys, [.., heads, tokens, tokens]."""
    expect_queries_and_keys(builder, node, queries, keys)
    *_, tokens, _ = queries.shape
    transposed = (*keys.shape[:-2], keys.shape[-1], tokens)
    shape = (*queries.shape[:-1], tokens)
    return _product(builder, node, (queries, keys), transposed, shape, transpose_b=True)


def expect_queries_and_keys(builder: Parameters, node: Node, queries: Result, keys: Result) -> None:
    """That they are of the same heads, and multiplied as they are."""
    if queries.shape != keys.shape or len(keys.shape) < 3 or not keys.channels_last:
        raise node.error(
            f"queries {list(queries.shape)} and keys {list(keys.shape)}",
            "equal shapes [.., heads, tokens, channels]",
        )
    for ending in NORMS:
        name = node.id.removesuffix(".qk") + ending
        if builder.has(node, name):
            raise node.error(f"a norm of queries or keys ({name})", "none: it is not supported")


def attnv(builder: Builder, node: Node, probabilities: Result, values: Result) -> Result:
    """Probabilities by values, [.., heads, tokens, d]."""
    expect_probabilities_and_values(node, probabilities, values)
    return _product(builder, node, (probabilities, values), values.shape, values.shape)


def expect_probabilities_and_values(node: Node, probabilities: Result, values: Result) -> None:
    fits = len(values.shape) > 2 and values.channels_last and probabilities.channels_last
    if not fits or probabilities.shape != (*values.shape[:-1], values.shape[-2]):
        raise node.error(
            f"probabilities {list(probabilities.shape)} of values {list(values.shape)}",
            "[.., heads, tokens, tokens] and [.., heads, tokens, channels]",
        )


def _product(
    builder: Builder,
    node: Node,
    operands: tuple[Result, Result],
    second: tuple[int, ...],
    shape: tuple[int, ...],
    **keys: object,
) -> Result:
    """`second` is the shape of x2 in the export."""
    a, b = operands
    for x in operands:
        if x.kind != "codes":
            raise node.error(f"{x.kind} ({x.op})", "codes, split into heads")
    shapes = expect_next(builder, node, node.id)
    y = builder.emit(node.id, "int_batch_matmul", operands, shape, "sums", **keys)
    for part, x_shape in (("x1", a.shape), ("x2", second), ("y", shape)):
        expect_recorded(builder, node, shapes, part, x_shape, channels_last=True)
    for part, x in (("x1", a), ("x2", b)):
        expect_codes(builder, node, node.id, part, builder.export.tensor(node.id, part), *x.range)
    is_transposed = "transpose_b" in keys
    builder.recorded[node.id] = Recorded(a.op, y.op, second=b.op, is_transposed=is_transposed)
    return y


def score_softmax(builder: Builder, node: Node, x: Result, mask: Result | None = None) -> Result:
    """MulShift, biases and masks, softmax, probabilities in steps of 1 / factor."""
    if x.kind != "sums" or len(x.shape) < 3:
        raise node.error(f"{x.kind} {list(x.shape)} ({x.op})", "sums of queries by keys")
    prefix = node.keys.get("prefix", node.id)
    builder.expect_entry(node, f"{prefix}.scale")
    factor = node.keys.get("factor", 255)
    keys: dict = {key: _per_score(builder, f"{prefix}.{key}", x) for key in ("scale", "bias")}
    keys |= {
        "shift": builder.topology.fraction_bits,
        "arithmetic": node.keys.get("arithmetic", "float32"),
    }
    keys |= score_biases(builder, node, x)
    keys |= {"factor": factor, "type": int_type(0, factor, 8)}
    operands = (x,) if mask is None else (x, expect_mask(node, x, mask))
    y = builder.emit(node.id, "score_softmax", operands, x.shape, "codes", **keys)
    return Result(y.op, y.shape, y.kind, (), node.id, (0, factor), channels_last=True)


def _per_score(builder: Builder, name: str, x: Result) -> np.ndarray:
    """One value, or one per pair of tokens, row-major."""
    values = builder.export.integers(name, builder.topology.scale_bits).astype(np.float32)
    if values.size > 1 and values.shape != (1,) * (values.ndim - 2) + x.shape[-2:]:
        expected = f"one value, or one per score {list(x.shape[-2:])}"
        raise builder.export.error(name, f"shape {list(values.shape)}", expected)
    return values.reshape(-1)


def score_biases(builder: Parameters, node: Node, x: Result) -> dict[str, np.ndarray]:
    """What Swin adds to the scores of a window: the relative position's bias, [heads, n, n], and a
    mask where windows are shifted."""
    if "relative_bias" not in node.keys:
        return {}
    if "map" not in node.keys or "window" not in node.keys:
        raise node.error("no map and window", "both, as of the window_partition")
    size, window, shift = window_keys(node)
    pixels, heads = math.prod(window), x.shape[-3]
    if x.shape[-1] != pixels:
        raise node.error(f"scores of {x.shape[-1]} tokens", f"{pixels}, the pixels of a window")
    rows = (2 * window[0] - 1) * (2 * window[1] - 1)
    table = builder.parameter(node, node.keys["relative_bias"], (rows, heads))
    bias = np.ascontiguousarray(table[relative_positions(window)].transpose(2, 0, 1))
    if not any(shift):
        return {"relative_bias": bias}
    mask = window_mask(size, window, shift)
    if len(x.shape) != 4 or len(mask) != x.shape[0]:
        raise node.error(f"scores {list(x.shape)}", f"{len(mask)} windows of the map")
    return {"relative_bias": bias, "window_mask": mask}


def expect_mask(node: Node, x: Result, mask: Result) -> Result:
    if mask.kind != "integers" or mask.range != (0, 1) or mask.shape != x.shape[-1:]:
        low, high = mask.range
        raise node.error(
            f"a mask {list(mask.shape)} ({mask.op}, {mask.kind} {low} to {high})",
            f"integers 0 and 1 (below: 2), {list(x.shape[-1:])}, one per token",
        )
    return mask
