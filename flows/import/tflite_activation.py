"""Tensors between operators, as the bundle knows them."""

import re
from dataclasses import dataclass

from errors import InputError
from tflite_numbers import RANGES, checked_scale
from tflite_schema import Tensor
from tflite_tables import Codes

MOST_EXTENT = 1 << 20
MOST_ELEMENTS = 1 << 31


@dataclass(frozen=True)
class Activation:
    """A tensor between operators: its name in the bundle, its shape, what its codes mean."""

    name: str
    shape: tuple[int, ...]  # Batch first.
    codes: Codes | None  # None: reals.


def bundle_name(tensor: Tensor) -> str:
    """The name of the op that makes a tensor: its index and, made safe and short, its own name.

    A tensor of fused ops lists the names of all, with semicolons between: the first one will do.
    """
    first = tensor.name.split(";")[0]
    return f"t{tensor.index}.{re.sub(r'[^A-Za-z0-9_./:-]', '_', first)[:150]}"


def activation(path: object, key: str, tensor: Tensor) -> Activation:
    """A tensor between operators: 8-bit codes with one scale, or reals, of a fixed shape."""
    elements = 1
    for extent in tensor.shape:
        elements *= max(extent, 0)
    if (
        not 2 <= len(tensor.shape) <= 4
        or not 1 <= elements <= MOST_ELEMENTS
        or max(tensor.shape) > MOST_EXTENT
    ):
        raise InputError(
            path,
            key,
            got=f"{tensor} of shape {list(tensor.shape)}",
            expected=f"2 to 4 axes up to {MOST_EXTENT}, the batch first, 1 to 2^31 elements",
        )
    if tensor.type == "float32":
        return Activation(bundle_name(tensor), tensor.shape, None)
    if tensor.type not in RANGES:
        raise InputError(
            path, key, got=f"{tensor} of {tensor.type}", expected="int8 or uint8 activations"
        )
    if len(tensor.scales) != 1 or len(tensor.zero_points) != 1:
        raise InputError(
            path,
            key,
            got=f"{len(tensor.scales)} scales, {len(tensor.zero_points)} zero points of {tensor}",
            expected="one of each",
        )
    scale = checked_scale(f"{key}: {tensor}", path, tensor.scales[0])
    zero_point = int(tensor.zero_points[0])
    lowest, highest = RANGES[tensor.type]
    if not lowest <= zero_point <= highest:
        raise InputError(
            path,
            key,
            got=f"zero point {zero_point} of {tensor}",
            expected=f"{lowest} to {highest}",
        )
    return Activation(bundle_name(tensor), tensor.shape, Codes(tensor.type, scale, zero_point))
