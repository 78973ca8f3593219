"""QuantizeLinear and DequantizeLinear of constants, and constants as operands of activations."""

from dataclasses import dataclass

import numpy as np
from onnx_graph import Graph, NodeView
from onnx_values import RANGES, Constant, QuantisedConstant, Quantiser, Shape, Value

MOST_SPREAD = 1 << 24  # Elements of a constant that is brought to an activation's shape.
ZERO_TYPES = {kind.upper(): kind for kind in RANGES} | {"INT32": "int32"}
INT32_RANGE = (-(1 << 31), (1 << 31) - 1)
OUTPUT_TYPES = {2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 21: "uint4", 22: "int4"}
WEIGHT_RANGE = (-256, 255)


@dataclass(frozen=True)
class Grid:
    """Scales (float32) and zero points of a QuantizeLinear or DequantizeLinear node."""

    scales: np.ndarray
    zero_points: np.ndarray
    type: str


def read_grid(view: NodeView, kind: str, scale_at: int = 1) -> Grid:
    """The constants at `scale_at` and behind; `kind`: the type where there is no zero point."""
    scale = view.operand(scale_at)
    if not isinstance(scale, Constant) or scale.values.dtype != np.float32:
        name = view.operand_name(scale_at)
        raise view.error(got=f"the scale {name}", expected="a constant of reals")
    if scale.values.size == 0 or not (scale.values > 0).all():
        raise view.error(got=f"the scale {view.operand_name(scale_at)}", expected="above 0")
    zero = view.optional(scale_at + 1)
    if zero is None:
        return Grid(scale.values, np.zeros(scale.values.shape, np.int64), kind)
    name = view.operand_name(scale_at + 1)
    if not isinstance(zero, Constant) or zero.type not in ZERO_TYPES:
        found = zero.type if isinstance(zero, Constant) else "computed"
        raise view.error(
            got=f"the zero point {name}, {found}", expected="a constant of 4, 8, 16 or 32 bits"
        )
    if zero.values.size != scale.values.size:
        found = f"{zero.values.size} zero points of {scale.values.size} scales"
        raise view.error(got=found, expected="as many")
    return Grid(
        scale.values,
        zero.values.astype(np.int64).reshape(scale.values.shape),
        ZERO_TYPES[zero.type],
    )


def read_quantiser(view: NodeView, kind: str, scale_at: int = 1) -> Quantiser:
    """One scale and zero point, for activations."""
    grid = read_grid(view, kind, scale_at)
    if grid.scales.size != 1:
        raise view.error(
            got=f"{grid.scales.size} scales", expected="one: activations are quantised per tensor"
        )
    if grid.type not in RANGES:
        raise view.error(got=f"codes of type {grid.type}", expected=", ".join(RANGES))
    return Quantiser(float(grid.scales.ravel()[0]), int(grid.zero_points.ravel()[0]), grid.type)


def output_type(view: NodeView) -> str:
    """The type of a QuantizeLinear without zero point."""
    number = view.attribute("output_dtype", 0)
    if number == 0:
        return "uint8"
    if number not in OUTPUT_TYPES:
        raise view.error(got=f"output_dtype {number}", expected=", ".join(OUTPUT_TYPES.values()))
    return OUTPUT_TYPES[number]


def quantise_constant(view: NodeView, x: Constant) -> Constant:
    """round_half_even(float32(x) / scale) + zero point, saturated."""
    grid = read_grid(view, output_type(view))
    scales, zero_points, _, _ = _spread_grid(view, grid, x.values.shape)
    quotient = np.rint(x.values.astype(np.float32) / scales.astype(np.float32))
    low, high = RANGES.get(grid.type, INT32_RANGE)
    codes = np.clip(quotient.astype(np.float64) + zero_points, low, high)
    return Constant(codes.astype(np.int64), grid.type.upper())


def dequantise_constant(view: NodeView, x: Constant, axis: int | None = None) -> QuantisedConstant:
    """(x - zero point) * scale; `axis`: of the scales, where no attribute says so."""
    if x.type not in ZERO_TYPES:
        raise view.error(got=f"{view.operand_name(0)} of type {x.type}", expected="quantised codes")
    grid = read_grid(view, ZERO_TYPES[x.type])
    if grid.type != ZERO_TYPES[x.type]:
        raise view.error(got=f"a zero point of type {grid.type}", expected=ZERO_TYPES[x.type])
    scales, zero_points, blocked, block = _spread_grid(view, grid, x.values.shape, axis)
    integers = x.values.astype(np.int64) - zero_points
    if blocked is None:
        return QuantisedConstant(integers, grid_scales(scales, x.values.ndim))
    kept = np.asarray(grid.scales, np.float64)
    return QuantisedConstant(integers, kept, blocked, block)


def grid_scales(scales: np.ndarray, rank: int) -> np.ndarray:
    return np.asarray(scales, np.float64).reshape((1,) * (rank - scales.ndim) + scales.shape)


def _spread_grid(
    view: NodeView, grid: Grid, shape: tuple[int, ...], axis: int | None = None
) -> tuple[np.ndarray, np.ndarray, int | None, int]:
    """Scales and zero points that broadcast to `shape`; axis and size of blocks, if there are."""
    scales, zero_points = grid.scales, grid.zero_points
    block = view.attribute("block_size", 0)
    if scales.size == 1 and not block:
        return scales.reshape(()), zero_points.reshape(()), None, 0
    axis = view.axis(view.attribute("axis", 1) if axis is None else axis, len(shape))
    if not block:
        if scales.ndim != 1 or scales.size != shape[axis]:
            found = f"scales {list(scales.shape)} for axis {axis} of {list(shape)}"
            raise view.error(got=found, expected=f"{shape[axis]} scales")
        extents = [scales.size if i == axis else 1 for i in range(len(shape))]
        return scales.reshape(extents), zero_points.reshape(extents), None, 0
    expected = list(shape)
    expected[axis] = -(-shape[axis] // block) if block > 0 else 0
    if block < 1 or shape[axis] % block or list(scales.shape) != expected:
        found = f"scales {list(scales.shape)}, blocks of {block} along axis {axis} of {list(shape)}"
        raise view.error(got=found, expected="blocks that divide the axis, a scale for each")
    return (
        np.repeat(scales, block, axis=axis),
        np.repeat(zero_points, block, axis=axis),
        axis,
        block,
    )


def real_constant(value: Value) -> np.ndarray | None:
    """The reals of a constant, as float64, or None."""
    if isinstance(value, QuantisedConstant):
        return value.reals
    if isinstance(value, Constant) and value.values.dtype.kind == "f":
        return value.values.astype(np.float64)
    return None


def spread(graph: Graph, values: np.ndarray, shape: Shape) -> np.ndarray:
    """A constant that is broadcast to `shape`: [1], one value per last stored axis, or all."""
    extents = shape.onnx
    if values.ndim == len(extents) + 1 and values.shape[0] == 1:
        values = values[0]
    fits = values.ndim <= len(extents) and all(
        have in (1, want) for have, want in zip(values.shape[::-1], extents[::-1])
    )
    if not fits:
        raise graph.error(
            got=f"a constant of shape {list(values.shape)}",
            expected=f"one that is broadcast to [batch, {', '.join(map(str, extents))}]",
        )
    values = values.reshape((1,) * (len(extents) - values.ndim) + values.shape)
    values = values.transpose(shape.order)
    if values.size == values.shape[-1]:
        return values.reshape(-1)
    if np.prod(shape.stored) > MOST_SPREAD:
        raise graph.error(got=f"a constant for {list(extents)}", expected="fewer elements")
    return np.broadcast_to(values, shape.stored).copy()
