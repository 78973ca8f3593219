"""Reads one encoding of AIMET's formats with offsets, 0.6.1 and 1.0.0.

Codes are unsigned and `real = scale * (code + offset)`. A symmetric parameter whose offset is
-2^(bits-1) is the signed one with zero point 0; one more, and it lacks the lowest code.
"""

import numpy as np

from aimet_encoding import Encoding, read_scales
from aimet_json import Field

KEYS_061 = ("bitwidth", "dtype", "is_symmetric", "max", "min", "offset", "scale")
KEYS_100 = ("bw", "dtype", "enc_type", "is_sym", "name", "offset", "scale")
MORE_KEYS_100 = {
    "PER_TENSOR": (),
    "PER_CHANNEL": (),
    "PER_BLOCK": ("block_size",),
    "LPBQ": ("block_size", "compressed_bw", "per_block_int_scale"),
}
MOST_BITS = 16
MOST_LPBQ_BITS = 8
MOST_BLOCK = 1 << 31
NO_FLOATS = "float encodings are not read"


def read_entry_061(field: Field, name: str, role: str) -> Encoding:
    groups = field.items()
    if not groups:
        raise field.error("an encoding, or one per channel")
    for group in groups:
        group.expect_keys(*KEYS_061)
        group.get("dtype").choice("int", hint=NO_FLOATS)
        for key in ("bitwidth", "is_symmetric"):
            group.get(key).choice(groups[0].get(key).value, hint="the first channel's")
        for key in ("min", "max"):
            group.get(key).number()
    bits = groups[0].get("bitwidth").integer(2, MOST_BITS)
    is_symmetric = groups[0].get("is_symmetric").choice("True", "False") == "True"
    return Encoding(
        name=name,
        path=field.path,
        key=field.key,
        role=role,
        bits=bits,
        scales=read_scales([group.get("scale") for group in groups]),
        is_channelwise=len(groups) > 1,
        **_grid(role, bits, is_symmetric, [group.get("offset") for group in groups]),
    )


def read_entry_100(field: Field, role: str) -> Encoding:
    kind = field.get("enc_type").choice(*MORE_KEYS_100)
    field.expect_keys(*KEYS_100, *MORE_KEYS_100[kind])
    field.get("dtype").choice("INT", hint=NO_FLOATS)
    bits = field.get("bw").integer(2, MOST_BITS if kind != "LPBQ" else MOST_LPBQ_BITS)
    scales, offsets = field.get("scale").items(), field.get("offset").items()
    if not scales or (kind == "PER_TENSOR" and len(scales) > 1):
        several = "" if kind == "PER_TENSOR" else " or more"
        raise field.get("scale").error(f"one scale{several}, as enc_type is {kind}")
    if len(offsets) != len(scales):
        raise field.get("offset").error(f"{len(scales)} numbers, as many as scales")
    grid = _grid(role, bits, field.get("is_sym").choice(True, False), offsets)
    if kind in ("PER_BLOCK", "LPBQ"):
        grid["block_size"] = field.get("block_size").integer(1, MOST_BLOCK)
    if kind == "LPBQ":
        if not grid["is_signed"] or grid["is_narrow"]:
            raise field.get("offset").error(f"{-1 << (bits - 1)} of every channel, as of LPBQ")
        codes = field.get("compressed_bw").integer(2, bits)
        grid["block_factors"] = _block_factors(field, 1 << (bits - codes))
        bits = codes
    return Encoding(
        name=field.get("name").text(),
        path=field.path,
        key=field.key,
        role=role,
        bits=bits,
        scales=read_scales(scales),
        is_channelwise=kind != "PER_TENSOR",
        **grid,
    )


def _grid(role: str, bits: int, is_symmetric: bool, offsets: list[Field]) -> dict:
    """The codes that an encoding has, and their zero points."""
    half = 1 << (bits - 1)
    values = [offset.integer(1 - 2 * half, 0) for offset in offsets]
    if role == "activation" or not is_symmetric:
        return {"is_signed": False, "is_narrow": False, "zero_points": -np.array(values, np.int64)}
    for offset, value in zip(offsets, values):
        if value not in (-half, -half + 1, 0) or value != values[0]:
            expected = f"{-half}, {-half + 1} or 0 in all of a symmetric encoding"
            raise offset.error(expected)
    return {
        "is_signed": values[0] != 0,
        "is_narrow": values[0] == -half + 1,
        "zero_points": np.zeros(len(values), np.int64),
    }


def _block_factors(field: Field, most: int) -> np.ndarray:
    """LPBQ's factors, flat: output channel by output channel, block by block."""
    factors = field.get("per_block_int_scale")
    count, channels = len(factors.items()), len(field.get("scale").items())
    if count == 0 or count % channels:
        raise factors.error(f"as many numbers for each of {channels} channels")
    return np.array([factor.integer(1, most) for factor in factors.items()], np.int64)
