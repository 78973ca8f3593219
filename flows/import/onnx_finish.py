"""Pending real values become ops: codes where something quantises them, else reals.

Rounding to codes keeps the order of reals, so a clamp may follow it, and does not depend on where
an element is, so it may go before a movement: Q(relu(x)) = clamp(Q(x)), Q(move(x)) = move(Q(x)).
"""

from dataclasses import replace

import numpy as np
from onnx_graph import Graph
from onnx_values import (
    RANGES,
    Affine,
    Blocks,
    Codes,
    Function,
    Joined,
    Moved,
    Quantiser,
    Reals,
    Shape,
    Softmax,
    Stage,
    Sum,
    Value,
)


def dequantise(codes: Codes) -> Affine:
    """The reals that codes stand for."""
    x = codes.quantiser
    return Affine(
        Stage({}, codes.op),
        codes.shape,
        factor=np.array([x.scale]),
        codes=x,
        input_zero_point=x.zero_point,
    )


def quantise(graph: Graph, value: Value, to: Quantiser, name: str) -> Codes:
    """QuantizeLinear: the codes of `value`, made by an op called `name` unless they exist."""
    if isinstance(value, Affine):
        return _quantise_affine(graph, value, to, name)
    if isinstance(value, Moved):
        if value.placed and value.placed.quantiser == to:
            return value.placed
        codes = quantise(graph, value.inner, to, f"{name}.in")
        return place_move(graph, value, codes, name)
    if isinstance(value, Joined):
        if value.placed and value.placed.quantiser == to:
            return value.placed
        parts = [
            quantise(graph, part, to, f"{name}.in{index}") for index, part in enumerate(value.parts)
        ]
        return _join(graph, value, parts, name)
    if isinstance(value, Blocks):
        return _quantise_blocks(graph, value, to, name)
    result, keys = _requantised(graph, value, to, name)
    return Codes(graph.emit(keys | _type_keys(to), name), to, result)


def _requantised(graph: Graph, value: Value, to: Quantiser, name: str) -> tuple[Shape, dict]:
    if isinstance(value, Sum):
        return value.shape, _sum_keys(value, to)
    if isinstance(value, Function):
        return value.shape, _lookup_keys(graph, value, to)
    if isinstance(value, Softmax):
        return value.shape, _softmax_keys(graph, value, name)
    if isinstance(value, Reals):
        rule = {"rule": "divide_half_even", "factor": to.scale}
        return value.shape, {"op": "quantize", "inputs": [value.op]} | rule
    kind = "codes" if isinstance(value, Codes) else "a constant"
    raise graph.error(got=f"{kind} as operand", expected="reals that are computed")


def _type_keys(to: Quantiser) -> dict:
    return {"zero_point": to.zero_point, "type": to.type, "real_scale": to.scale}


def _clamp_keys(low: float | None, high: float | None, to: Quantiser) -> dict:
    """The clamp of codes that does what one of reals does before rounding."""
    lowest, highest = RANGES[to.type]
    if low is not None:
        lowest = to.code(low)
    if high is not None:
        highest = max(to.code(high), lowest)
    return {} if (lowest, highest) == RANGES[to.type] else {"clamp": [lowest, highest]}


def _quantise_affine(graph: Graph, x: Affine, to: Quantiser, name: str) -> Codes:
    clamp = _clamp_keys(x.low, x.high, to)
    if replace(x, low=None, high=None).is_dequantised and x.codes == to:
        return _clamped_codes(graph, x, clamp, name)
    constants = [c for c in (x.factor, x.offset) if c is not None]
    if any(c.ndim > 1 for c in constants):
        return _quantise_flat(graph, x, to, name)
    source = graph.place(x.source, f"{name}.acc")
    keys = {"op": "requantise", "inputs": [source]} | _affine_keys(x, to)
    if x.residual is not None:
        keys["inputs"] = [source, x.residual.source.name]
        keys["residual_factor"] = x.residual.factor / to.scale
        keys["residual_zero_point"] = x.residual.input_zero_point
    if x.bias is not None:
        keys["bias"] = x.bias.astype(np.int32)
    if x.input_zero_point:
        keys["input_zero_point"] = x.input_zero_point
    return Codes(graph.emit(keys | clamp | _type_keys(to), name), to, x.shape)


def _affine_keys(x: Affine, to: Quantiser) -> dict:
    if x.float32:
        factor = x.factor.astype(np.float32) / np.float32(to.scale)
        return {"dialect": "float32", "factor": factor}
    keys = {"dialect": "double", "rounding": "half_even", "factor": x.factor / to.scale}
    return keys if x.offset is None else keys | {"offset": x.offset / to.scale}


def _clamped_codes(graph: Graph, x: Affine, clamp: dict, name: str) -> Codes:
    """Codes that keep scale and zero point, after a Relu or Clip."""
    codes = codes_of(graph, replace(x, low=None, high=None))
    if not clamp:
        return codes
    lowest, highest = clamp["clamp"]
    keys = {"op": "clamp", "inputs": [codes.op]} | clamp
    if (lowest, highest) == (x.input_zero_point, RANGES[x.codes.type][1]):
        keys = {"op": "relu", "inputs": [codes.op], "zero_point": lowest}
    return Codes(graph.emit(keys, name), codes.quantiser, x.shape)


def _quantise_flat(graph: Graph, x: Affine, to: Quantiser, name: str) -> Codes:
    """With a constant per element: as one long axis."""
    size = int(np.prod(x.shape.stored))
    if x.residual is not None:
        raise graph.error(
            got="a constant per element added to a sum", expected="one per channel, or for all"
        )
    source = graph.place(x.source, f"{name}.acc")
    flat = graph.emit({"op": "reshape", "inputs": [source], "shape": [size]}, f"{name}.flat")
    long = replace(
        x,
        source=Stage({}, flat),
        shape=Shape((size,)),
        factor=_long(x.factor, x.shape),
        bias=None if x.bias is None else _long(x.bias, x.shape),
        offset=None if x.offset is None else _long(x.offset, x.shape),
    )
    codes = quantise(graph, long, to, f"{name}.elements")
    keys = {"op": "reshape", "inputs": [codes.op], "shape": list(x.shape.stored)}
    return Codes(graph.emit(keys, name), to, x.shape)


def _long(values: np.ndarray, shape: Shape) -> np.ndarray:
    if values.size == 1:
        return values.reshape(1)
    return np.broadcast_to(values, shape.stored).reshape(-1).copy()


def _sum_keys(x: Sum, to: Quantiser) -> dict:
    keys = {
        "op": "requantise_add",
        "inputs": [x.a.source.name, x.b.source.name],
        "dialect": "double",
        "a_scale": float(x.a.factor[0]),
        "b_scale": float(x.b.factor[0]),
        "scale": to.scale,
        "zero_point_a": x.a.input_zero_point,
        "zero_point_b": x.b.input_zero_point,
    }
    if x.subtract:
        keys["subtract"] = True
    return keys | _clamp_keys(x.low, x.high, to)


def _quantise_blocks(graph: Graph, x: Blocks, to: Quantiser, name: str) -> Codes:
    requantised = f"{name}.in" if x.pixels else name
    source = graph.place(x.source, f"{requantised}.acc")
    keys = {"op": "requantise_blocks", "inputs": [source], "blocks": x.blocks}
    keys["factor"] = x.factor / to.scale
    if x.offset is not None:
        keys["offset"] = x.offset / to.scale
    op = graph.emit(keys | _clamp_keys(x.low, x.high, to) | _type_keys(to), requantised)
    if x.pixels:
        op = graph.emit({"op": "reshape", "inputs": [op], "shape": list(x.shape.stored)}, name)
    return Codes(op, to, x.shape)


def _lookup_keys(graph: Graph, x: Function, to: Quantiser) -> dict:
    low, high = RANGES[x.codes.type]
    with np.errstate(all="ignore"):
        reals = x.function(np.arange(low, high + 1, dtype=np.float64) - x.codes.zero_point)
    if not np.isfinite(reals).all():
        raise graph.error(got="infinity or not a number for a code", expected="finite values")
    lowest, highest = RANGES[to.type]
    table = np.clip(np.rint(reals / to.scale) + to.zero_point, lowest, highest)
    keys = {"op": "lookup", "inputs": [x.source.name], "lowest": low}
    return keys | {"table": table.astype(np.int64).astype(to.type.replace("int4", "int8"))}


def _softmax_keys(graph: Graph, x: Softmax, name: str) -> dict:
    operand = graph.place(x.operand.source, f"{name}.in")
    scale = float(x.operand.factor[0])
    return {"op": "softmax", "inputs": [operand], "dialect": x.rule, "operand_scale": scale}


def codes_of(graph: Graph, value: Value, what: str = "an operand") -> Codes:
    """The codes of a real value that a DequantizeLinear made, movements aside."""
    if isinstance(value, Affine) and value.is_dequantised:
        return Codes(value.source.name, value.codes, value.shape)
    if isinstance(value, Moved):
        if value.placed is None:
            codes = codes_of(graph, value.inner, what)
            if not value.exact(codes.quantiser):
                raise graph.error(
                    got=f"{what} that has no code", expected=f"{graph.quantised_by} of it"
                )
            value.placed = place_move(graph, value, codes, value.name)
        return value.placed
    if isinstance(value, Joined):
        if value.placed is None:
            parts = [codes_of(graph, part, what) for part in value.parts]
            if any(part.quantiser != parts[0].quantiser for part in parts):
                raise graph.error(
                    got=f"{what} of several scales", expected=f"{graph.quantised_by} of it"
                )
            value.placed = _join(graph, value, parts, value.name)
        return value.placed
    raise graph.error(got=f"{what} that is not quantised", expected=f"{graph.quantised_by} of it")


def scaled_codes(graph: Graph, value: Value, what: str = "an operand") -> Affine:
    """(code - zero point) * factor, with one factor: what products and sums take."""
    if isinstance(value, Affine) and value.is_scaled_codes:
        return value
    return dequantise(codes_of(graph, value, what))


def with_layout(graph: Graph, x: Affine, channels_last: bool) -> Affine:
    """The same scaled codes, rank-4 ones stored as [h, w, c] or as ONNX does."""
    codes = graph.with_layout(Codes(x.source.name, x.codes, x.shape), channels_last)
    return replace(x, source=Stage({}, codes.op), shape=codes.shape)


def place_move(graph: Graph, x: Moved, codes: Codes, name: str) -> Codes:
    keys = x.keys(codes.quantiser)
    if not keys:  # Nothing moves in memory.
        return Codes(codes.op, codes.quantiser, x.shape)
    keys = {"op": keys["op"], "inputs": [codes.op]} | keys
    return Codes(graph.emit(keys, name), codes.quantiser, x.shape)


def _join(graph: Graph, x: Joined, parts: list[Codes], name: str) -> Codes:
    keys = {"op": "concat", "inputs": [part.op for part in parts]}
    return Codes(graph.emit(keys, name), parts[0].quantiser, x.shape)
