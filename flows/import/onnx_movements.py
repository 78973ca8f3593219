"""Operators that only move elements, of codes or of pending reals."""

import math
from collections.abc import Callable

import numpy as np
from onnx_constants import real_constant
from onnx_finish import dequantise, place_move
from onnx_graph import NodeView
from onnx_values import (
    Affine,
    Codes,
    Constant,
    Joined,
    Moved,
    QuantisedConstant,
    Quantiser,
    Shape,
    Value,
)

MOST_PADDING = 65535


def moved(
    view: NodeView,
    value: Value,
    shape: Shape,
    keys: dict | Callable[[Quantiser], dict],
    exact: Callable[[Quantiser], bool] = lambda quantiser: True,
) -> Value:
    """`value` moved by an op with `keys`; no keys: it stays where it is in memory."""
    view.graph.checked(shape)
    of_codes = keys if callable(keys) else lambda quantiser: keys
    result = Moved(value, shape, of_codes, view.name, exact)
    if isinstance(value, Codes):
        return place_move(view.graph, result, value, view.name)
    return result


def activation(view: NodeView, position: int) -> Value:
    value = view.operand(position)
    if isinstance(value, (Constant, QuantisedConstant)):
        name = view.operand_name(position)
        raise view.error(got=f"operand {position}, {name}, a constant", expected="an activation")
    return value


def relaid(view: NodeView, value: Value, channels_last: bool) -> Value:
    """The same elements, rank-4 ones stored as [h, w, c] or as ONNX does."""
    if value.shape.channels_last == channels_last:
        return value
    if isinstance(value, Codes):
        return view.graph.with_layout(value, channels_last)
    if isinstance(value, Affine) and value.is_dequantised:
        codes = Codes(value.source.name, value.codes, value.shape)
        return dequantise(view.graph.with_layout(codes, channels_last))
    shape = Shape.of_onnx(value.shape.onnx, channels_last)
    order = [value.shape.order.index(axis) for axis in shape.order]
    keys = {"op": "transpose", "order": order}
    return Moved(value, shape, lambda quantiser: keys, view.name)


def as_image(view: NodeView, position: int) -> Value:
    """An operand of rank 4, stored as [h, w, c]."""
    value = activation(view, position)
    if len(value.shape.stored) != 3:
        raise view.error(got=f"an operand of {len(value.shape.stored) + 1} axes", expected="4")
    return relaid(view, value, True)


def reshaped(view: NodeView, value: Value, extents: list[int], op: str = "reshape") -> Value:
    """To `extents`, in ONNX's order and without the batch."""
    if math.prod(extents) != math.prod(value.shape.stored):
        raise view.error(
            got=f"{list(value.shape.onnx)} per sample to {extents}", expected="as many elements"
        )
    if value.shape.channels_last and not _is_contiguous(value.shape):
        value = relaid(view, value, False)
    shape = Shape(tuple(extents))
    if shape.stored == value.shape.stored:
        return moved(view, value, shape, {})
    if op == "flatten":
        return moved(view, value, shape, {"op": "flatten"})
    return moved(view, value, shape, {"op": op, "shape": list(extents)})


def _is_contiguous(shape: Shape) -> bool:
    """Whether [h, w, c] and [c, h, w] are the same in memory."""
    height, width, channels = shape.stored
    return height * width == 1 or channels == 1


def reshape(view: NodeView) -> Value:
    view.expect_operands(2, 2)
    value = activation(view, 0)
    target = view.integers(1) or []
    sizes = [view.graph.model_batch(), *value.shape.onnx]
    wanted = list(target)
    if not view.attribute("allowzero", 0):
        for axis, extent in enumerate(target):
            if extent == 0 and axis < len(sizes):
                wanted[axis] = sizes[axis] if axis else -2  # -2: the batch.
    if not wanted or any(x < -2 or x == 0 for x in wanted) or target.count(-1) > 1:
        raise view.error(got=f"the shape {target}", expected="extents, with one -1 at most")
    elements, batch, rest = math.prod(sizes[1:]), wanted[0], wanted[1:]
    is_batch = batch in (-2, -1) or batch == sizes[0]
    known = math.prod(x for x in rest if x > 0)
    if -1 in rest and elements % known == 0:
        rest = [elements // known if x == -1 else x for x in rest]
    if not is_batch or -2 in rest or not rest:
        found = f"the shape {target} for [batch, {', '.join(map(str, sizes[1:]))}]"
        raise view.error(got=found, expected="the batch kept as axis 0")
    return reshaped(view, value, rest)


def flatten(view: NodeView) -> Value:
    view.expect_operands(1, 1)
    value = activation(view, 0)
    axis = view.axis(view.attribute("axis", 1), len(value.shape.stored) + 2)
    if axis != 1:
        raise view.error(got=f"axis {axis}", expected="1: the batch is kept")
    return reshaped(view, value, [math.prod(value.shape.stored)], "flatten")


def axes_of(view: NodeView, rank: int, position: int = 1) -> list[int] | None:
    """Axes of an attribute, or of an operand in later opsets, counted from the front."""
    axes = view.attribute_integers("axes", None)
    if view.count() > position:
        axes = view.integers(position)
    if axes is None:
        return None
    axes = [view.axis(axis, rank) for axis in axes]
    if len(set(axes)) != len(axes) or 0 in axes:
        raise view.error(got=f"axes {axes}", expected="each once, without 0, the batch")
    return axes


def squeeze(view: NodeView) -> Value:
    value = activation(view, 0)
    extents = list(value.shape.onnx)
    axes = axes_of(view, len(extents) + 1)
    if axes is None:
        axes = [axis + 1 for axis, extent in enumerate(extents) if extent == 1]
    if any(extents[axis - 1] != 1 for axis in axes):
        raise view.error(got=f"axes {axes} of {extents} per sample", expected="axes of 1")
    return reshaped(view, value, [x for axis, x in enumerate(extents) if axis + 1 not in axes])


def unsqueeze(view: NodeView) -> Value:
    value = activation(view, 0)
    extents = list(value.shape.onnx)
    given = view.attribute_integers("axes", None) or view.integers(1) or []
    axes = axes_of(view, len(extents) + 1 + len(given))
    for axis in sorted(axes or []):
        extents.insert(axis - 1, 1)
    return reshaped(view, value, extents)


def transpose(view: NodeView) -> Value:
    view.expect_operands(1, 1)
    value = activation(view, 0)
    rank = len(value.shape.stored) + 1
    perm = view.attribute_integers("perm", list(range(rank))[::-1])
    if sorted(perm) != list(range(rank)) or perm[0] != 0:
        raise view.error(got=f"perm {perm}", expected=f"the {rank} axes, 0 first: the batch stays")
    extents = tuple(value.shape.onnx[axis - 1] for axis in perm[1:])
    results = [Shape(extents)] + ([Shape.of_onnx(extents, True)] if rank == 4 else [])
    for shape in results:
        if _order(value.shape, shape, perm) == list(range(rank - 1)):
            return moved(view, value, shape, {})
    order = _order(value.shape, results[0], perm)
    return moved(view, value, results[0], {"op": "transpose", "order": order})


def _order(before: Shape, after: Shape, perm: list[int]) -> list[int]:
    """The stored axis of `before` that becomes each stored axis of `after`."""
    return [before.order.index(perm[axis + 1] - 1) for axis in after.order]


def identity(view: NodeView) -> Value:
    return view.operand(0)


def concat(view: NodeView) -> Value:
    view.expect_operands(1, 1024)
    values = [activation(view, index) for index in range(view.count())]
    values = [relaid(view, value, values[0].shape.channels_last) for value in values]
    first = values[0].shape
    axis = view.axis(view.attribute("axis", 1), len(first.stored) + 1)
    if axis == 0 or first.order[-1] != axis - 1:
        last = first.order[-1] + 1
        raise view.error(got=f"axis {axis}", expected=f"{last}, the channels")
    if any(value.shape.stored[:-1] != first.stored[:-1] for value in values):
        found = ", ".join(str(list(value.shape.onnx)) for value in values)
        raise view.error(got=f"operands {found}", expected=f"ones that differ in axis {axis} only")
    channels = sum(value.shape.stored[-1] for value in values)
    shape = view.graph.checked(Shape((*first.stored[:-1], channels), first.channels_last))
    return Joined(values, shape, view.name)


def pad(view: NodeView) -> Value:
    value = activation(view, 0)
    rank = len(value.shape.stored) + 1
    if view.attribute("mode", "constant") != "constant":
        raise view.error(got=f"mode {view.attribute('mode', '')}", expected="constant")
    pads = view.integers(1) if view.opset >= 11 else view.attribute_integers("pads", None)
    axes = view.integers(3) or list(range(rank))
    axes = [view.axis(axis, rank) for axis in axes]
    if pads is None or len(pads) != 2 * len(axes) or len(set(axes)) != len(axes):
        raise view.error(got=f"pads {pads}", expected=f"{2 * len(axes)} amounts")
    amounts = [[0, 0] for _ in range(rank)]
    for position, axis in enumerate(axes):
        amounts[axis] = [pads[position], pads[position + len(axes)]]
    if amounts[0] != [0, 0] or not all(0 <= x <= MOST_PADDING for pair in amounts for x in pair):
        raise view.error(
            got=f"pads {pads}", expected=f"0 to {MOST_PADDING}, and none for axis 0, the batch"
        )
    stored = value.shape.to_stored(amounts[1:])
    extents = (sum(pair) + extent for pair, extent in zip(stored, value.shape.stored))
    shape = Shape(tuple(extents), value.shape.channels_last)
    real = _pad_value(view)
    keys = {"op": "pad", "amounts": stored}
    if isinstance(value, Codes):
        return moved(view, value, shape, keys | {"value": int(real)})
    return moved(
        view,
        value,
        shape,
        lambda quantiser: keys | {"value": quantiser.code(real)},
        lambda quantiser: _has_code(quantiser, real),
    )


def _pad_value(view: NodeView) -> float:
    value = view.optional(2)
    if value is None:
        return view.attribute("value", 0.0) if view.opset < 11 else 0.0
    reals = real_constant(value)
    if reals is None and isinstance(value, Constant) and value.values.dtype.kind in "iu":
        reals = value.values
    if reals is None or reals.size != 1:
        name = view.operand_name(2)
        raise view.error(got=f"the value {name}", expected="one constant")
    return float(reals.reshape(-1)[0])


def _has_code(quantiser: Quantiser, real: float) -> bool:
    stands_for = (quantiser.code(real) - quantiser.zero_point) * quantiser.scale
    return np.float32(stands_for) == np.float32(real)
