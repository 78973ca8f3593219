"""Element-wise operators that change a formula: constants, clamps, sums and products."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from onnx_constants import real_constant, spread
from onnx_finish import codes_of, dequantise, scaled_codes, with_layout
from onnx_graph import NodeView
from onnx_values import (
    Affine,
    Blocks,
    Function,
    Joined,
    Moved,
    Stage,
    Sum,
    Value,
)


def settled(view: NodeView, value: Value) -> Value:
    """`value` with pending movements done, so that a formula can be put upon it."""
    if isinstance(value, (Moved, Joined)):
        return dequantise(codes_of(view.graph, value))
    return value


def add(view: NodeView) -> Value:
    return _sum(view, subtract=False)


def sub(view: NodeView) -> Value:
    return _sum(view, subtract=True)


def _sum(view: NodeView, subtract: bool) -> Value:
    view.expect_operands(2, 2)
    a, b = view.operand(0), view.operand(1)
    first, second = real_constant(a), real_constant(b)
    if second is not None:
        return shifted(view, settled(view, a), -second if subtract else second)
    if first is not None:
        x = settled(view, b)
        return shifted(view, scaled(view, x, np.array(-1.0)) if subtract else x, first)
    if isinstance(a, Affine) and a.takes_residual:
        return _with_residual(view, a, b, "operand 1", -1.0 if subtract else 1.0)
    if isinstance(b, Affine) and b.takes_residual:
        sums = scaled(view, b, np.array(-1.0)) if subtract else b
        return _with_residual(view, sums, a, "operand 0", 1.0)
    left, right = _pair(view, a, b)
    return Sum(left, right, subtract, left.shape)


def _with_residual(view: NodeView, sums: Affine, value: Value, what: str, sign: float) -> Affine:
    """Codes that are added to sums which nothing has quantised."""
    is_by_channel = isinstance(value, Affine) and value.is_scaled_by_channel
    if is_by_channel and value.shape == sums.shape:
        residual = value
    else:
        residual = scaled_codes(view.graph, value, what)
        _expect_one_shape(view, sums, residual)
        residual = with_layout(view.graph, residual, sums.shape.channels_last)
    residual = replace(residual, factor=sign * residual.factor)
    return replace(sums, residual=residual, float32=False)


def _pair(view: NodeView, a: Value, b: Value) -> tuple[Affine, Affine]:
    """Two operands of one shape, stored alike."""
    left = scaled_codes(view.graph, a, "operand 0")
    right = scaled_codes(view.graph, b, "operand 1")
    _expect_one_shape(view, left, right)
    return left, with_layout(view.graph, right, left.shape.channels_last)


def _expect_one_shape(view: NodeView, a: Affine, b: Affine) -> None:
    if a.shape.onnx != b.shape.onnx:
        raise view.error(
            got=f"operands of {list(a.shape.onnx)} and {list(b.shape.onnx)} per sample",
            expected="one shape: activations are not broadcast",
        )


def mul(view: NodeView) -> Value:
    view.expect_operands(2, 2)
    a, b = view.operand(0), view.operand(1)
    for value, other in ((a, b), (b, a)):
        constant = real_constant(value)
        if constant is not None:
            return scaled(view, settled(view, other), constant)
    left, right = _pair(view, a, b)
    keys = {
        "op": "int_mul",
        "inputs": [left.source.name, right.source.name],
        "zero_point_a": left.input_zero_point,
        "zero_point_b": right.input_zero_point,
    }
    return Affine(Stage(keys), left.shape, left.factor * right.factor)


def div(view: NodeView) -> Value:
    view.expect_operands(2, 2)
    a, b = view.operand(0), view.operand(1)
    numerator, divisor = real_constant(a), real_constant(b)
    if divisor is not None:
        if (divisor == 0).any():
            raise view.error(got=f"a divisor {view.operand_name(1)} of 0", expected="others")
        return scaled(view, settled(view, a), 1 / divisor)
    if numerator is not None and numerator.size == 1:
        value = float(numerator.reshape(-1)[0])
        return table(view, settled(view, b), lambda x: value / x)
    raise view.error(got="a division by an activation", expected="a constant divisor")


def neg(view: NodeView) -> Value:
    view.expect_operands(1, 1)
    return scaled(view, settled(view, view.operand(0)), np.array(-1.0))


def scaled(view: NodeView, x: Value, by: np.ndarray) -> Value:
    """x * by."""
    if isinstance(x, Function):
        return _compose(view, x, by, lambda y, c: y * c)
    if not isinstance(x, Affine):
        raise _not_quantised(view)
    c = spread(view.graph, by, x.shape)
    low, high = x.low, x.high
    if low is not None or high is not None:
        if c.size > 1:
            raise _not_quantised(view)
        ends = [None if end is None else end * float(c[0]) for end in (low, high)]
        low, high = ends if c[0] >= 0 else ends[::-1]
    offset = None if x.offset is None else x.offset * c
    factor, residual = x.factor * c, x.residual
    if residual is not None:
        if c.ndim > 1:
            raise _not_quantised(view)
        residual = replace(residual, factor=residual.factor * c)
    return replace(
        x, factor=factor, offset=offset, low=low, high=high, float32=False, residual=residual
    )


def shifted(view: NodeView, x: Value, by: np.ndarray) -> Value:
    """x + by."""
    if isinstance(x, Function):
        return _compose(view, x, by, lambda y, c: y + c)
    if not isinstance(x, (Affine, Blocks)):
        raise _not_quantised(view)
    c = spread(view.graph, by, x.shape)
    if isinstance(x, Blocks) and c.ndim > 1:
        raise _not_quantised(view)
    low, high = x.low, x.high
    if low is not None or high is not None:
        if c.size > 1:
            raise _not_quantised(view)
        low, high = (None if end is None else end + float(c[0]) for end in (low, high))
    offset = c if x.offset is None else x.offset + c
    if isinstance(x, Blocks):
        return replace(x, offset=offset, low=low, high=high)
    return replace(x, offset=offset, low=low, high=high, float32=False)


def _compose(view: NodeView, x: Function, by: np.ndarray, combine: Callable) -> Function:
    if by.size != 1:
        raise _not_quantised(view)
    spread(view.graph, by, x.shape)
    c, inner = float(by.reshape(-1)[0]), x.function
    return replace(x, function=lambda codes: combine(inner(codes), c))


def _not_quantised(view: NodeView) -> Exception:
    return view.error(
        got="an operand that is not quantised",
        expected=f"{view.graph.quantised_by} of it",
    )


def clipped(view: NodeView, x: Value, low: float | None, high: float | None) -> Value:
    """min(max(x, low), high)."""
    if isinstance(x, Function):
        inner = x.function
        return replace(x, function=lambda codes: clip_reals(inner(codes), low, high))
    if not isinstance(x, (Affine, Blocks, Sum)):
        raise _not_quantised(view)
    if x.low is not None:
        low = x.low if low is None else max(low, x.low)
    if x.high is not None:
        high = x.high if high is None else min(high, x.high)
    return replace(x, low=low, high=high)


def clip_reals(x: np.ndarray, low: float | None, high: float | None) -> np.ndarray:
    x = x if low is None else np.maximum(x, low)
    return x if high is None else np.minimum(x, high)


def relu(view: NodeView) -> Value:
    view.expect_operands(1, 1)
    return clipped(view, settled(view, view.operand(0)), 0.0, None)


def clip(view: NodeView) -> Value:
    view.expect_operands(1, 3)
    limits = []
    for position, name in ((1, "min"), (2, "max")):
        limit = view.node.attributes.get(name)
        if view.optional(position) is not None:
            constant = real_constant(view.operand(position))
            if constant is None or constant.size != 1:
                raise view.error(got=f"{name} {view.operand_name(position)}", expected="a constant")
            limit = float(constant.reshape(-1)[0])
        if limit is not None and not isinstance(limit, float):
            raise view.error(got=f"{name} {limit}", expected="a real")
        limits.append(limit)
    low, high = limits
    if low is not None and high is not None and low > high:
        raise view.error(got=f"limits {low} and {high}", expected="ascending ones")
    return clipped(view, settled(view, view.operand(0)), low, high)


def table(view: NodeView, x: Value, f: Callable[[np.ndarray], np.ndarray]) -> Value:
    """f of every element, as a table of the codes that the operand comes from."""
    if isinstance(x, Function):
        inner = x.function
        return replace(x, function=lambda codes: f(inner(codes)))
    is_scalar = isinstance(x, Affine) and x.codes is not None and x.factor.size == 1
    if not is_scalar or x.bias is not None or (x.offset is not None and x.offset.size != 1):
        raise _not_quantised(view)
    factor = float(x.factor[0])
    offset = 0.0 if x.offset is None else float(x.offset[0])
    low, high = x.low, x.high
    return Function(
        x.source, x.codes, x.shape, lambda codes: f(clip_reals(codes * factor + offset, low, high))
    )
