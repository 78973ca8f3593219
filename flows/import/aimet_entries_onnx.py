"""Reads one encoding of AIMET's format 2.0.0: the operands of ONNX's QuantizeLinear.

Lists nest as the tensor's axes do. Of LPBQ the file gives the bits of a block's codes only; the
channel's grid, whose multiples of `per_channel_float_scale` they are, has 8.
"""

import re

import numpy as np

from aimet_encoding import Encoding, read_scales
from aimet_entries import MOST_BITS, MOST_BLOCK, MOST_LPBQ_BITS, NO_FLOATS
from aimet_json import Field

KEYS = ("axis", "block_size", "name", "output_dtype")
PLAIN_KEYS = ("y_scale", "y_zero_point")
LPBQ_KEYS = ("per_block_int_scale", "per_channel_float_scale")
MOST_AXES = 8
BIAS = "int32"


def read_entry_200(field: Field) -> Encoding:
    is_lpbq = any(map(field.has, LPBQ_KEYS))
    field.expect_keys(*KEYS, *(LPBQ_KEYS if is_lpbq else PLAIN_KEYS))
    bits, is_signed = _type(field.get("output_dtype"))
    scales = field.get("per_channel_float_scale" if is_lpbq else "y_scale")
    shape = _shape(scales)
    more = {}
    if is_lpbq or field.has("block_size"):
        more["block_size"] = field.get("block_size").integer(1, MOST_BLOCK)
    if is_lpbq:
        if bits > MOST_LPBQ_BITS or not is_signed:
            raise field.get("output_dtype").error(f"int2 to int{MOST_LPBQ_BITS}, as of LPBQ")
        more["block_factors"] = _block_factors(field, 1 << (MOST_LPBQ_BITS - bits))
    if shape or field.has("axis"):
        more["axis"] = field.get("axis").integer(0, MOST_AXES - 1)
    return Encoding(
        name=field.get("name").text(),
        path=field.path,
        key=field.key,
        role="",
        bits=bits,
        is_signed=is_signed,
        scales=read_scales(_numbers(scales)).reshape(shape),
        zero_points=_zero_points(field, shape, bits, is_signed),
        is_channelwise=bool(shape),
        **more,
    )


def _type(field: Field) -> tuple[int, bool]:
    match = re.fullmatch(r"(u?)int([1-9][0-9]?)", field.text())
    bits = int(match[2]) if match else 0
    if not (2 <= bits <= MOST_BITS or (match and match[0] == BIAS)):
        raise field.error(f"int2 to int{MOST_BITS}, uint2 to uint{MOST_BITS} or {BIAS}", NO_FLOATS)
    return bits, not match[1]


def _block_factors(field: Field, most: int) -> np.ndarray:
    factors = field.get("per_block_int_scale")
    numbers = [factor.integer(1, most) for factor in _numbers(factors)]
    return np.array(numbers, np.int64).reshape(_shape(factors))


def _zero_points(field: Field, shape: tuple[int, ...], bits: int, is_signed: bool) -> np.ndarray:
    """The zero points; 0 where the file has none."""
    if not field.has("y_zero_point"):
        return np.zeros(shape, np.int64)
    zero_points = field.get("y_zero_point")
    if _shape(zero_points) != shape:
        raise zero_points.error("as many as y_scale, nested alike")
    lowest = -(1 << (bits - 1)) if is_signed else 0
    highest = lowest + (1 << bits) - 1
    numbers = [number.integer(lowest, highest) for number in _numbers(zero_points)]
    return np.array(numbers, np.int64).reshape(shape)


def _shape(field: Field) -> tuple[int, ...]:
    """The extents of nested lists; () of a number."""
    if not isinstance(field.value, list):
        return ()
    shapes = {_shape(item) for item in field.items()}
    if len(shapes) != 1:
        raise field.error("lists of one length, not empty")
    return (len(field.value), *shapes.pop())


def _numbers(field: Field) -> list[Field]:
    """The innermost values, in order."""
    if not isinstance(field.value, list):
        return [field]
    return [number for item in field.items() for number in _numbers(item)]
