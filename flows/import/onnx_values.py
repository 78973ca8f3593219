"""What an ONNX value is while a model is converted: a constant, codes, or reals still pending.

A pending real value is a formula over codes or sums that some op of the bundle holds. Most become
ops only when a QuantizeLinear says which codes they are to be (onnx_finish.py).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Union

import numpy as np

RANGES = {
    "int4": (-8, 7),
    "uint4": (0, 15),
    "int8": (-128, 127),
    "uint8": (0, 255),
    "int16": (-32768, 32767),
    "uint16": (0, 65535),
}


@dataclass(frozen=True)
class Quantiser:
    """real = (code - zero_point) * scale; `scale` is exact in float32."""

    scale: float
    zero_point: int
    type: str  # A key of RANGES.

    def code(self, real: float) -> int:
        """round_half_even(real / scale) + zero_point, saturated."""
        low, high = RANGES[self.type]
        return int(min(max(np.rint(real / self.scale) + self.zero_point, low), high))


@dataclass(frozen=True)
class Shape:
    """Extents without the batch, as the bundle stores them: rank-4 images as [h, w, c]."""

    stored: tuple[int, ...]
    channels_last: bool = False  # Stored as [h, w, c] what ONNX has as [c, h, w].

    @staticmethod
    def of_onnx(extents: tuple[int, ...], channels_last: bool) -> "Shape":
        if not channels_last:
            return Shape(tuple(extents))
        channels, height, width = extents
        return Shape((height, width, channels), True)

    @property
    def order(self) -> tuple[int, ...]:
        """The ONNX axis, without the batch, of every stored axis."""
        return (1, 2, 0) if self.channels_last else tuple(range(len(self.stored)))

    @property
    def onnx(self) -> tuple[int, ...]:
        return tuple(self.stored[self.order.index(axis)] for axis in range(len(self.stored)))

    def to_stored(self, per_axis: list) -> list:
        """One item per ONNX axis, in the stored order."""
        return [per_axis[axis] for axis in self.order]


@dataclass
class Stage:
    """An op that has no name before something needs its output."""

    keys: dict
    name: str = ""


@dataclass(frozen=True)
class Constant:
    """Numbers of the file, as they are."""

    values: np.ndarray
    type: str  # ONNX's name.


@dataclass(frozen=True)
class QuantisedConstant:
    """integers * scales; the zero point is taken off already.

    `scales` has the integers' rank. Along `block_axis` (if not None) it has one value for each
    block of `block` integers, along others one for all or one each.
    """

    integers: np.ndarray  # int64.
    scales: np.ndarray  # float64, exact in float32.
    block_axis: int | None = None
    block: int = 0

    @property
    def reals(self) -> np.ndarray:
        scales = self.scales
        if self.block_axis is not None:
            scales = np.repeat(scales, self.block, axis=self.block_axis)
        return self.integers * scales


@dataclass(frozen=True)
class Codes:
    """The output of op (or input) `op`: what QuantizeLinear gives."""

    op: str
    quantiser: Quantiser
    shape: Shape


@dataclass(frozen=True)
class Reals:
    """Reals that op (or input) `op` holds."""

    op: str
    shape: Shape


@dataclass(frozen=True)
class Affine:
    """min(max((x - input_zero_point + bias) * factor + offset + residual, low), high).

    x are the codes or sums of `source`. `factor` and `offset` are [1], one per last stored axis, or
    of the whole stored shape. `codes` is the quantiser of x, None of sums. `residual`: codes, with
    one factor or one per channel.
    """

    source: Stage
    shape: Shape
    factor: np.ndarray
    codes: Quantiser | None = None
    input_zero_point: int = 0
    bias: np.ndarray | None = None
    offset: np.ndarray | None = None
    low: float | None = None
    high: float | None = None
    float32: bool = False  # Requantised in float32, as integer kernels do.
    residual: "Affine | None" = None

    @property
    def is_scaled_codes(self) -> bool:
        """(code - zero point) * factor and nothing else."""
        return self.is_scaled_by_channel and self.factor.size == 1

    @property
    def is_scaled_by_channel(self) -> bool:
        """The same, perhaps with a factor per last stored axis."""
        plain = self.bias is None and self.offset is None and self.residual is None
        is_free = self.low is None and self.high is None
        return plain and is_free and self.factor.ndim <= 1 and self.codes is not None

    @property
    def takes_residual(self) -> bool:
        """Sums, or codes with a bias, that codes may be added to before they are rounded."""
        constants = [self.factor] + ([] if self.offset is None else [self.offset])
        is_free = self.low is None and self.high is None and self.residual is None
        return is_free and not self.is_scaled_codes and all(c.ndim <= 1 for c in constants)

    @property
    def is_dequantised(self) -> bool:
        """What DequantizeLinear makes of the codes."""
        return self.is_scaled_codes and float(self.factor[0]) == self.codes.scale


@dataclass(frozen=True)
class Blocks:
    """sum over blocks b of sums[.., b * n + o] * factor[b * n + o], plus offset[o], clamped."""

    source: Stage
    shape: Shape
    factor: np.ndarray  # [blocks * n].
    blocks: int
    offset: np.ndarray | None = None
    low: float | None = None
    high: float | None = None
    pixels: Shape | None = None  # Of the sums, where a linear layer is a convolution: [rows, 1, n].


@dataclass(frozen=True)
class Sum:
    """min(max(a + b, low), high), or a - b; both are scaled codes."""

    a: Affine
    b: Affine
    subtract: bool
    shape: Shape
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Function:
    """function(real value of a code), in double."""

    source: Stage
    codes: Quantiser
    shape: Shape
    function: Callable[[np.ndarray], np.ndarray]  # Of codes - zero point, as float64.


@dataclass(frozen=True)
class Softmax:
    """Over the last axis, of scaled codes; `rule`: the dialect of the op."""

    operand: Affine
    shape: Shape
    rule: str


@dataclass
class Moved:
    """Elements of `inner` in another order or place: Q(move(x)) = move(Q(x)).

    `keys` gives the op's keys for the quantiser of its codes. `name`: of the ONNX value.
    """

    inner: "Value"
    shape: Shape
    keys: Callable[[Quantiser], dict]
    name: str
    exact: Callable[[Quantiser], bool] = field(default=lambda quantiser: True)
    placed: Codes | None = None


@dataclass
class Joined:
    """Operands side by side, along the last stored axis."""

    parts: list["Value"]
    shape: Shape
    name: str
    placed: Codes | None = None


Value = Union[
    Constant, QuantisedConstant, Codes, Reals, Affine, Blocks, Sum, Function, Softmax, Moved, Joined
]
