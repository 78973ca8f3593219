"""Reads constants of an .onnx file, in it or in files beside it. Nothing in them is trusted."""

import math
import pathlib
import re
from typing import Any

import numpy as np
import onnx
from errors import InputError, reading
from onnx import numpy_helper

MOST_BYTES = 1 << 31  # Of all constants together.
MOST_AXES = 8

# Bits of an element, and what it becomes.
TYPES: dict[str, tuple[int, Any]] = {
    "FLOAT": (32, np.float32),
    "DOUBLE": (64, np.float64),
    "FLOAT16": (16, np.float32),
    "BFLOAT16": (16, np.float32),
    "INT4": (4, np.int8),
    "UINT4": (4, np.uint8),
    "INT8": (8, np.int8),
    "UINT8": (8, np.uint8),
    "INT16": (16, np.int16),
    "UINT16": (16, np.uint16),
    "INT32": (32, np.int32),
    "INT64": (64, np.int64),
    "BOOL": (8, np.bool_),
}


class TensorReader:
    """Reads the tensors of one model, with one limit for all of them."""

    def __init__(self, path: pathlib.Path):
        self.path = path
        self.left = MOST_BYTES

    def read(self, key: str, proto: Any) -> tuple[np.ndarray, str]:
        """The finite values of a tensor, and ONNX's name of its type."""
        kind = type_name(proto.data_type)
        if kind not in TYPES:
            raise InputError(self.path, key, got=f"elements of {kind}", expected=", ".join(TYPES))
        shape = [int(extent) for extent in proto.dims]
        if len(shape) > MOST_AXES or any(extent < 0 for extent in shape):
            raise InputError(
                self.path, key, got=f"shape {shape[:9]}", expected=f"up to {MOST_AXES} extents"
            )
        bits, dtype = TYPES[kind]
        size = math.prod(shape)
        self.left -= max(size * np.dtype(dtype).itemsize, 1)
        if self.left < 0:
            raise InputError(self.path, key, got="more than 2 GiB of constants", expected="less")
        if proto.HasField("segment"):
            raise InputError(
                self.path, key, message="is stored in segments, which is not supported"
            )
        source = onnx.TensorProto()
        source.CopyFrom(proto)
        if proto.data_location == onnx.TensorProto.EXTERNAL:
            source.ClearField("external_data")
            source.data_location = onnx.TensorProto.DEFAULT
            source.raw_data = self._external(key, proto, (size * bits + 7) // 8)
        stored = len(source.raw_data)
        if source.HasField("raw_data") and stored != (size * bits + 7) // 8:
            raise InputError(
                self.path, key, got=f"{stored} bytes of values", expected=f"{kind} of {shape}"
            )
        values = numpy_helper.to_array(source)
        return checked_values(self.path, key, np.asarray(values).astype(dtype)), kind

    def _external(self, key: str, proto: Any, size: int) -> bytes:
        """The `size` bytes of a tensor whose values are in a file of the model's folder."""
        entries = {entry.key: entry.value for entry in proto.external_data}
        file = self._external_path(key, entries.get("location", ""))
        offset = self._number(key, entries, "offset", 0)
        if self._number(key, entries, "length", size) != size:
            found = f"{entries['length']} bytes in {file.name}"
            raise InputError(self.path, key, got=found, expected=f"{size} for its shape")
        with reading(file, key):
            stored = file.stat().st_size
            if not file.is_file():
                found = "a directory" if file.is_dir() else "no regular file"
                raise InputError(file, key, got=found, expected="the model's data")
            if offset + size > stored:
                found = f"bytes {offset} to {offset + size} of a file of {stored}"
                raise InputError(file, key, got=found, expected="bytes of the file")
            with file.open("rb") as stream:
                stream.seek(offset)
                return stream.read(size)

    def _external_path(self, key: str, location: str) -> pathlib.Path:
        expected = "a file of the model's own folder"
        parts = pathlib.PurePosixPath(location).parts
        if not parts or "\0" in location or location.startswith("/") or ".." in parts:
            raise InputError(
                self.path, key, got=f"external data in '{location}'", expected=expected
            )
        folder = self.path.parent.resolve()
        file = self.path.parent / location
        if not file.resolve().is_relative_to(folder):
            found = f"external data in '{location}', a link out of the folder"
            raise InputError(self.path, key, got=found, expected=expected)
        return file

    def _number(self, key: str, entries: dict[str, str], name: str, default: int) -> int:
        text = entries.get(name, str(default))
        if not re.fullmatch(r"[0-9]{1,18}", text):
            raise InputError(self.path, key, got=f"{name} '{text}'", expected="a number of bytes")
        return int(text)


def type_name(number: int) -> str:
    """ONNX's name of an element type."""
    names = onnx.TensorProto.DataType
    return names.Name(number) if number in names.values() else f"type {number}"


def checked_values(path: pathlib.Path, key: str, values: np.ndarray) -> np.ndarray:
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise InputError(path, key, got="infinity or not a number", expected="finite values")
    return values
