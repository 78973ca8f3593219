"""The integers that TFLite's kernels derive from real scales.

`model/README.md` (Dialects) gives the arithmetic that uses them. Scales are float32 in the file;
which products are rounded to float32 and which are double differs by kernel and matters.
"""

from typing import NamedTuple

import numpy as np

from errors import InputError

RANGES = {"int8": (-128, 127), "uint8": (0, 255)}
ACTIVATIONS = {0: "NONE", 1: "RELU", 2: "RELU_N1_TO_1", 3: "RELU6"}
BOUNDS = {"NONE": (None, None), "RELU": (0, None), "RELU_N1_TO_1": (-1, 1), "RELU6": (0, 6)}


class Multipliers(NamedTuple):
    """Real factors m * 2^(s - 31), m in [2^30, 2^31) or 0; s > 0 is a shift to the left."""

    multiplier: np.ndarray  # int32, [1] or [channels].
    shift: np.ndarray  # int32, likewise, in [-31, 30].


def quantized_multipliers(reals: np.ndarray | float) -> Multipliers:
    """The nearest multiplier of every real factor; one too small for a shift of -31 becomes 0.

    ValueError for a factor that is not finite, negative, or at least 2^30.
    """
    reals = np.atleast_1d(np.asarray(reals, np.float64))
    if not (np.isfinite(reals).all() and (reals >= 0).all()):
        raise ValueError(f"factor {reals.min()}")
    fraction, shift = np.frexp(reals)
    multiplier = np.floor(fraction * 2.0**31 + 0.5).astype(np.int64)
    carried = multiplier == 1 << 31
    multiplier = np.where(carried, multiplier >> 1, multiplier)
    shift = shift + carried
    too_small = shift < -31
    if (shift > 30).any():
        raise ValueError(f"factor {reals.max()}")
    return Multipliers(
        np.where(too_small, 0, multiplier).astype(np.int32),
        np.where(too_small, 0, shift).astype(np.int32),
    )


def expect_factors(reals: np.ndarray) -> np.ndarray:
    """`reals`, or ValueError where one is infinite, NaN, 0 or negative."""
    bad = ~(np.isfinite(reals) & (reals > 0))
    if bad.any():
        raise ValueError(f"factor {reals[bad][0]}")
    return reals


def quantized_multiplier(real: float) -> tuple[int, int]:
    """The same for one factor, as (m, s)."""
    multiplier, shift = quantized_multipliers(real)
    return int(multiplier[0]), int(shift[0])


def mbqm(x: np.ndarray, multiplier: int, shift: int) -> np.ndarray:
    """x times the factor with gemmlowp's two roundings; int64 in and out, exact."""
    high = ((x << max(shift, 0)) * multiplier + (1 << 30)) >> 31
    return divide_by_power(high, max(-shift, 0))


def divide_by_power(x: np.ndarray, exponent: int) -> np.ndarray:
    """x / 2^exponent, nearest, ties away from zero."""
    half = (1 << exponent) >> 1
    return np.where(x < 0, -((-x + half) >> exponent), (x + half) >> exponent)


def round_half_away(x: np.ndarray) -> np.ndarray:
    """C's round(), in the precision of x."""
    whole = np.trunc(x)
    return whole + np.sign(x) * (np.abs(x - whole) >= 0.5)


def clamp_range(activation: str, type_: str, scale: np.float32, zero_point: int) -> list[int]:
    """The codes between an activation's bounds, inside the type's range.

    A bound f is the code zero_point + round_half_away(float32(f / scale)).
    """
    lowest, highest = RANGES[type_]
    low, high = BOUNDS[activation]
    if low is not None:
        lowest = max(lowest, zero_point + _code_distance(low, scale))
    if high is not None:
        highest = min(highest, zero_point + _code_distance(high, scale))
    return [lowest, highest]


def _code_distance(real: int, scale: np.float32) -> int:
    # Beyond 2^20 only the type's range counts; a tiny scale would overflow float32.
    return int(np.clip(round_half_away(np.float64(np.float32(real) / scale)), -(2**20), 2**20))


def mean_factor(scale_in: np.float32, scale_out: np.float32, count: int) -> tuple[int, int]:
    """(m, s) of scale_in / scale_out / count as MEAN derives it: the multiplier of the ratio,
    divided by the count in integers after a shift to the left that keeps it below 2^31."""
    multiplier, shift = quantized_multiplier(float(scale_in) / float(scale_out))
    left = max(0, min(count.bit_length() - 1, 32, 31 + shift))
    return (multiplier << left) // count, shift - left


def softmax_constants(beta: np.float32, scale_in: np.float32) -> tuple[tuple[int, int], int]:
    """((m, s), diff_min): differences d become the Q5.26 number srdhm(d << s, m); those below
    diff_min would leave its range and count as probability 0."""
    real = min(float(beta) * float(scale_in) * 2.0**26, 2.0**31 - 1)
    if real <= 1:
        raise ValueError(f"factor {real} (beta * scale * 2^26)")
    multiplier, shift = quantized_multiplier(real)
    diff_min = -int(min(31 * 2.0**26 / 2.0**shift, 2**16))  # Beyond what codes reach.
    return (multiplier, shift), diff_min


def fixed_add_constants(
    scale_a: np.float32, scale_b: np.float32, scale_out: np.float32
) -> tuple[int, int, int]:
    """(factor of a, factor of b, shift) of XNNPACK's addition: 20 fractional bits for the larger
    of the two float32 ratios."""
    ratios = [np.float32(scale / scale_out) for scale in (scale_a, scale_b)]
    exponent = int(np.frexp(max(ratios))[1]) - 1
    shift = 20 - exponent
    if not 1 <= shift <= 62:
        raise ValueError(f"factor {max(ratios)}")
    factors = [int(np.rint(np.ldexp(np.float64(ratio), shift))) for ratio in ratios]
    return factors[0], factors[1], shift


def checked_scale(key: str, path: object, scale: np.float32) -> np.float32:
    """A step that the kernels' arithmetic can bear."""
    scale = np.float32(scale)
    if not (np.isfinite(scale) and np.finfo(np.float32).tiny <= scale):
        raise InputError(path, key, got=f"scale {scale}", expected="a finite number above 0")
    return scale
