"""Weights as the integers that AIMET's simulator multiplies with, and what one step is worth."""

from dataclasses import dataclass

import numpy as np

from aimet_encoding import Encoding
from onnx_values import QuantisedConstant

MOST_BITS = 8


@dataclass(frozen=True)
class WeightAxes:
    """Which axes of a weight count output and input channels."""

    outputs: int
    inputs: int


def integer_weight(encoding: Encoding, weight: np.ndarray, axes: WeightAxes) -> QuantisedConstant:
    """clip(round_half_even(weight / scale) + zero point) - zero point, at most 9 bits signed.

    The quotient is of doubles: AIMET's, in float32, differs where it falls within 1e-5 of a tie.
    LPBQ's codes are multiplied by their block's factor: integers of 8 bits, of the channel's scale.
    """
    if encoding.role == "activation":
        raise encoding.error("an encoding of an activation", "one of a parameter")
    if encoding.bits > MOST_BITS:
        raise encoding.error(f"a weight of {encoding.bits} bits", f"at most {MOST_BITS}")
    factors, has_blocks = np.ones((1,) * weight.ndim, np.int64), encoding.block_size > 0
    if encoding.block_factors is not None:
        factors = _nested(encoding, encoding.block_factors, weight, axes, has_blocks)
        has_blocks = False
    scales = _nested(encoding, encoding.scales, weight, axes, has_blocks)
    zero_points = _nested(encoding, encoding.zero_points, weight, axes, has_blocks)

    step = _spread(scales * factors, weight, axes)
    zero_point = _spread(zero_points, weight, axes)
    codes = np.clip(np.rint(weight.astype(np.float64) / step) + zero_point, *encoding.range)
    values = ((codes - zero_point) * _spread(factors, weight, axes)).astype(np.int64)
    if scales.shape[axes.inputs] == 1:
        return QuantisedConstant(values, scales)
    return QuantisedConstant(values, scales, axes.inputs, encoding.block_size)


def _nested(
    encoding: Encoding, numbers: np.ndarray, weight: np.ndarray, axes: WeightAxes, has_blocks: bool
) -> np.ndarray:
    """`numbers` with as many axes as the weight: all, output channels or blocks of them."""
    shape = [1] * weight.ndim
    if not encoding.is_channelwise:
        if encoding.block_size:
            raise encoding.error("one scale", f"one per block of {encoding.block_size}")
        return numbers.reshape(shape)
    outputs, inputs = weight.shape[axes.outputs], weight.shape[axes.inputs]
    shape[axes.outputs] = outputs
    if encoding.block_size and inputs % encoding.block_size:
        expected = f"a divisor of the {inputs} input channels"
        raise encoding.error(f"blocks of {encoding.block_size}", expected)
    if has_blocks:
        shape[axes.inputs] = inputs // encoding.block_size
    axis = axes.inputs if encoding.block_size else axes.outputs
    if encoding.axis not in (None, axis):
        raise encoding.error(f"axis {encoding.axis}", f"{axis} of a weight {list(weight.shape)}")
    is_flat = encoding.axis is None or not encoding.block_size
    if numbers.shape != ((outputs * shape[axes.inputs],) if is_flat else tuple(shape)):
        count = f"{outputs} output channels" + (f", {shape[axes.inputs]} blocks" * has_blocks)
        found = f"numbers of shape {list(numbers.shape)}"
        raise encoding.error(found, f"one for each of {count}")
    if is_flat and axes.inputs < axes.outputs:  # Flat lists go by output channel.
        numbers = numbers.reshape(outputs, -1).T
    return numbers.reshape(shape)


def _spread(groups: np.ndarray, weight: np.ndarray, axes: WeightAxes) -> np.ndarray:
    """An array that is broadcast to the weight: one of blocks repeats for their input channels."""
    blocks = groups.shape[axes.inputs]
    size = weight.shape[axes.inputs] // blocks
    return np.repeat(groups, size, axes.inputs) if blocks > 1 else groups
