"""Slice and Gather: elements in equal steps."""

from onnx_graph import NodeView
from onnx_movements import activation, moved, reshaped
from onnx_values import Constant, Shape, Value


def slice_(view: NodeView) -> Value:
    view.expect_operands(3, 5)
    value = activation(view, 0)
    extents = value.shape.onnx
    rank = len(extents) + 1
    starts, ends = view.integers(1) or [], view.integers(2) or []
    axes = view.integers(3)
    axes = list(range(len(starts))) if axes is None else [view.axis(axis, rank) for axis in axes]
    steps = view.integers(4) or [1] * len(starts)
    if not len(starts) == len(ends) == len(axes) == len(steps) or len(set(axes)) != len(axes):
        raise view.error(got="starts, ends, axes and steps", expected="one of each per axis")
    bounds = [(0, extent, 1) for extent in extents]
    for start, end, axis, step in zip(starts, ends, axes, steps):
        if step < 1:
            raise view.error(got=f"step {step}", expected="1 or more")
        if axis == 0:
            if (start, step) != (0, 1) or end < (1 << 30):
                raise view.error(got="a slice of axis 0", expected="the whole batch")
            continue
        extent = extents[axis - 1]
        first = min(max(start + extent if start < 0 else start, 0), extent)
        last = min(max(end + extent if end < 0 else end, 0), extent)
        bounds[axis - 1] = (first, max(-(-(last - first) // step), 0), step)
    return sliced(view, value, bounds)


def sliced(view: NodeView, value: Value, bounds: list[tuple[int, int, int]]) -> Value:
    """(start, count, step) per ONNX axis without the batch."""
    stored = value.shape.to_stored(bounds)
    start, count, step = (list(items) for items in zip(*stored))
    shape = Shape(tuple(count), value.shape.channels_last)
    if shape.stored == value.shape.stored:
        return moved(view, value, shape, {})
    return moved(view, value, shape, {"op": "slice", "start": start, "count": count, "step": step})


def gather(view: NodeView) -> Value:
    """One constant index: a slice, without its axis where the index is a scalar."""
    view.expect_operands(2, 2)
    value = activation(view, 0)
    extents = value.shape.onnx
    axis = view.axis(view.attribute("axis", 0), len(extents) + 1)
    index = view.operand(1)
    if not isinstance(index, Constant) or index.values.size != 1 or index.values.dtype.kind != "i":
        raise view.error(got=f"indices {view.operand_name(1)}", expected="one constant index")
    at = int(index.values.reshape(-1)[0])
    if axis == 0 or not -extents[axis - 1] <= at < extents[axis - 1]:
        raise view.error(
            got=f"index {at} of axis {axis}", expected="one of an axis behind the batch"
        )
    bounds = [(0, extent, 1) for extent in extents]
    bounds[axis - 1] = (at % extents[axis - 1], 1, 1)
    part = sliced(view, value, bounds)
    if index.values.ndim == 1:
        return part
    if index.values.ndim > 1 or len(extents) == 1:
        raise view.error(got=f"indices {list(index.values.shape)}", expected="a scalar")
    return reshaped(view, part, [x for at, x in enumerate(extents) if at != axis - 1])
