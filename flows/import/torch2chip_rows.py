"""Constants of an export that belong to channels, to tokens, or to both."""

import math

import numpy as np

from topology_graph import Node
from torch2chip_builder import Builder
from torch2chip_layout import Result


def mul_shift_constants(builder: Builder, prefix: str, x: Result) -> dict:
    """Keys of a `float_mul_shift` with the integers of a MulShift; reads sums or reals."""
    bits = builder.topology.scale_bits
    values = {
        key: builder.export.integers(f"{prefix}.{key}", bits).astype(np.float32)
        for key in ("scale", "bias")
    }
    return _keys(builder, prefix, x, values) | {"shift": builder.topology.fraction_bits}


def mul_quant_constants(builder: Builder, node: Node, prefix: str, x: Result) -> dict:
    """Scale, bias and perhaps tokens of a MulQuant: reals, without a zero point."""
    export = builder.export
    builder.expect_entry(node, f"{prefix}.scale")
    if not export.has(f"{prefix}.bias") and export.has(f"{prefix}.observer.lb"):
        raise node.error(
            f"a quantizer {prefix} in the export",
            "a MulQuant",
            "Torch2Chip may have stored it as qqkey: say key: quantizer",
        )
    zero_point = export.finite(f"{prefix}.zero_point")
    if np.any(zero_point != 0):
        wrong = zero_point[zero_point != 0].flat[0]
        raise export.error(f"{prefix}.zero_point", f"{wrong:g}", "0: others are not supported")
    values = {
        key: export.finite(f"{prefix}.{key}").astype(np.float32) for key in ("scale", "bias")
    }
    return _keys(builder, prefix, x, values)


def token_values(builder: Builder, name: str, values: np.ndarray, x: Result) -> np.ndarray:
    """One value per token of x, or one for all."""
    if not x.channels_last:
        return np.array([builder.export.number(name)])
    laid_out = _per_row(builder, name, values, x)
    if laid_out.shape[1] > 1:
        raise builder.export.error(
            name,
            f"{laid_out.shape[1]} values",
            "one, or one per token",
            "quantizers per channel are not supported here",
        )
    return laid_out[:, 0]


def _keys(builder: Builder, prefix: str, x: Result, values: dict[str, np.ndarray]) -> dict:
    """Vectors of one length: one value, one per channel, or row-major per token."""
    laid_out = {key: _per_row(builder, f"{prefix}.{key}", v, x) for key, v in values.items()}
    shape = np.broadcast_shapes(*(v.shape for v in laid_out.values()))
    keys: dict = {
        key: np.ascontiguousarray(np.broadcast_to(v, shape)).reshape(-1)
        for key, v in laid_out.items()
    }
    return keys | ({"tokens": shape[0]} if shape[0] > 1 else {})


def _per_row(builder: Builder, name: str, values: np.ndarray, x: Result) -> np.ndarray:
    """[tokens or 1, channels or 1]. Torch2Chip's shapes are [1, tokens, channels or 1], [channels]
    behind any number of ones, or of images [1, channels, 1, 1]."""
    if values.size == 1:
        return values.reshape(1, 1)
    if not x.channels_last:
        if values.size == x.channels == max(values.shape):
            return values.reshape(1, -1)
        raise builder.export.error(
            name, f"shape {list(values.shape)}", f"1 or {x.channels} values"
        )
    shape = values.shape
    while len(shape) > 1 and shape[0] == 1 and (len(shape) > 2 or shape[1] > 1):
        shape = shape[1:]
    tokens, channels = (1, *shape) if len(shape) == 1 else shape[-2:]
    known = (1, *x.shape[-2:-1], math.prod(x.shape[:-1]))  # Rows of a map count one by one.
    if len(shape) > 2 or channels not in (1, x.channels) or tokens not in known:
        of = f"{x.shape[-2]} tokens of {x.channels} channels" if len(x.shape) > 1 else x.channels
        raise builder.export.error(name, f"shape {list(values.shape)}", f"values for {of}")
    return values.reshape(tokens, channels)
