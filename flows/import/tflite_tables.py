"""256-entry tables of the element-wise functions: a code for every code, lowest first.

What the reference kernels of LiteRT 2.3 compute for every 8-bit code, exactly: a table is the whole
function.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tflite_numbers import RANGES, divide_by_power, mbqm, quantized_multiplier, round_half_away


@dataclass(frozen=True)
class Codes:
    """How a tensor's codes are meant: real = (code - zero_point) * scale."""

    type: str  # "int8" or "uint8".
    scale: np.float32
    zero_point: int

    def all(self) -> np.ndarray:
        lowest, highest = RANGES[self.type]
        return np.arange(lowest, highest + 1, dtype=np.int64)

    def clamp(self, codes: np.ndarray) -> np.ndarray:
        """Codes in the narrowest type that the bundle's tensors have."""
        return np.clip(codes, *RANGES[self.type]).astype(self.type)


def real_function(function: Callable[[float], float], x: Codes, y: Codes) -> np.ndarray:
    """LOGISTIC, TANH: `function` of the float32 real, times float32(1 / step), rounded half away.

    Every operation is rounded to float32.
    """
    reals = x.scale * (x.all() - x.zero_point).astype(np.float32)
    values = np.array([function(float(real)) for real in reals], np.float32)
    steps = round_half_away(values * (np.float32(1) / y.scale))
    return y.clamp(steps.astype(np.int64) + y.zero_point)


def logistic(real: float) -> float:
    """1 / (1 + e^-x), the exponential, the sum and the quotient each rounded to float32."""
    exponential = np.float32(math.exp(-max(real, -87.0)))
    return float(np.float32(1) / (np.float32(1) + exponential))


def leaky_relu(alpha: np.float32, x: Codes, y: Codes) -> np.ndarray:
    """Each side of zero rescaled by a multiplier of its own; the factors are float32 products."""
    shifted = x.all() - x.zero_point
    positive = mbqm(shifted, *quantized_multiplier(float(x.scale / y.scale)))
    negative = mbqm(shifted, *quantized_multiplier(float(x.scale * alpha / y.scale)))
    return y.clamp(np.where(shifted >= 0, positive, negative) + y.zero_point)


def rescaled(x: Codes, y: Codes) -> np.ndarray:
    """CONCATENATION of uint8 operands with another scale or zero point than the result:
    round_half_away(code * f + c) + zero_point with f = x.scale * (1 / y.scale) and
    c = -x.zero_point * f, all in float32."""
    factor = x.scale * (np.float32(1) / y.scale)
    offset = np.float32(-x.zero_point) * factor
    steps = round_half_away(x.all().astype(np.float32) * factor + offset)
    return y.clamp(np.clip(steps, -(2.0**30), 2.0**30).astype(np.int64) + y.zero_point)


def hard_swish(x: Codes, y: Codes) -> np.ndarray:
    """x * relu6(x + 3) / 6 in 16-bit fixed point.

    v = 128 (code - zero_point) stands for the input with 7 more bits. Two 16-bit multipliers:
    `out` brings v to the output's step (less its power of two), `gate` brings it to the scale on
    which 3.0 is 2^15. The gate saturates there, is moved from [-1, 1] to [0, 1] and multiplies;
    that last product truncates, which cancels the bias of the earlier roundings.
    """
    hires = x.scale * np.float32(1 / 128)
    out, out_shift = _multiplier16(float(hires / y.scale))
    gate, gate_shift = _multiplier16(float(hires / np.float32(3 / 32768)))
    if not (-15 <= out_shift <= 0 and -15 <= gate_shift):
        raise ValueError(f"scales {x.scale} and {y.scale}")

    wide = (x.all() - x.zero_point) * 128
    value = _srdhm16(wide, out)
    # All but the last bit of a left shift comes first: a saturation there would be one anyway.
    position = _saturate16(wide << min(max(gate_shift - 1, 0), 16))
    position = _srdhm16(position, gate)
    if gate_shift > 0:
        position = _saturate16(position << 1)
    position = divide_by_power(position, max(-gate_shift, 0))
    opening = (position + (1 << 15)) >> 1
    product = _truncate(_saturate16(opening) * value, 15)
    return y.clamp(divide_by_power(product, -out_shift) + y.zero_point)


def _multiplier16(real: float) -> tuple[int, int]:
    """A 31-bit multiplier rounded to 15 bits, and its shift."""
    multiplier, shift = quantized_multiplier(real)
    return min((multiplier + (1 << 15)) >> 16, 32767), shift


def _srdhm16(a: np.ndarray, b: int) -> np.ndarray:
    """(a * b + 2^14) / 2^15, rounded half up; 16 bits in and out."""
    return _saturate16((a * b + (1 << 14)) >> 15)


def _truncate(x: np.ndarray, exponent: int) -> np.ndarray:
    """x / 2^exponent toward zero."""
    return np.where(x < 0, -(-x >> exponent), x >> exponent)


def _saturate16(x: np.ndarray) -> np.ndarray:
    return np.clip(x, -(1 << 15), (1 << 15) - 1)
