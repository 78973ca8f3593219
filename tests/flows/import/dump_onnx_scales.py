"""Writes the float32 initialisers of an ONNX file that hold scales as safetensors, for tests in C++.

Only what the file's wire format needs is read: ModelProto.graph is field 7, its initialisers field 5;
of a TensorProto, 2 is the type (1: float32), 4 the floats, 8 the name, 9 the raw bytes.
"""

import struct
import sys
from collections.abc import Iterator

import numpy as np
from safetensors.numpy import save_file

FLOAT = 1


def varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 2:
            length, at = varint(data, at)
            value, at = data[at : at + length], at + length
        else:
            length = {1: 8, 5: 4}[kind]
            value, at = data[at : at + length], at + length
        yield key >> 3, value


def scales(model: bytes) -> dict[str, np.ndarray]:
    found = {}
    graph = next(value for field, value in fields(model) if field == 7)
    for field, tensor in fields(graph):
        if field != 5:
            continue
        parts = dict(fields(tensor))
        name = parts.get(8, b"").decode()
        if parts.get(2) == FLOAT and name.endswith("_scale"):
            raw = parts.get(9, parts.get(4, b""))
            raw = struct.pack("<f", raw) if isinstance(raw, float) else raw
            found[name.removesuffix("_scale")] = np.frombuffer(raw, "<f4").copy()
    return found


source, out = sys.argv[1:]
with open(source, "rb") as file:
    save_file(scales(file.read()), out)
