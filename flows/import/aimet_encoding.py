"""How AIMET quantises one tensor."""

import math
import pathlib
from dataclasses import dataclass

import numpy as np

from aimet_json import Field
from errors import InputError


@dataclass(frozen=True)
class Encoding:
    """real = scale * (code - zero point), a scale per tensor, output channel or block.

    `axis` and the nesting of `scales` are None and flat where the file leaves them unsaid, which
    is output channels in front, then blocks.
    """

    name: str
    path: pathlib.Path
    key: str  # Where it stands in the file.
    role: str  # "activation", "parameter", or "" where the file does not say.
    bits: int  # Of the codes; of LPBQ the few that a block has.
    is_signed: bool
    scales: np.ndarray  # float64, of values that float32 holds.
    zero_points: np.ndarray  # int64, as the scales or one for all.
    is_narrow: bool = False  # A signed grid without its lowest code.
    is_channelwise: bool = False
    axis: int | None = None
    block_size: int = 0  # 0: no blocks.
    block_factors: np.ndarray | None = None  # Of LPBQ, int64: a block's scale over its channel's.

    @property
    def type(self) -> str:
        return f"{'' if self.is_signed else 'u'}int{self.bits}"

    @property
    def range(self) -> tuple[int, int]:
        """Lowest and highest code."""
        if not self.is_signed:
            return 0, (1 << self.bits) - 1
        half = 1 << (self.bits - 1)
        return -half + self.is_narrow, half - 1

    def error(self, got: object, expected: str, hint: str = "") -> InputError:
        return InputError(self.path, f"{self.key} ({self.name})", got, expected, hint)


def read_scales(fields: list[Field]) -> np.ndarray:
    """The scales [count], rounded to float32: what AIMET computes with."""
    scales = []
    for field in fields:
        with np.errstate(all="ignore"):
            scale = float(np.float32(field.number()))
        if not (scale > 0 and math.isfinite(scale)):
            raise field.error("a scale above 0, as float32")
        scales.append(scale)
    return np.array(scales, np.float64)
