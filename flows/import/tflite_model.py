"""Reads a .tflite file into plain values. Nothing in the file is trusted.

The schema package (flatbuffers' generated readers) has no verifier: an offset may point anywhere.
Every access happens here, under `reading`, and with limits on whatever would be looped over; what
the rest of the importer gets are Python values and arrays that exist.
"""

import pathlib
from typing import Any

import numpy as np
import tflite

from errors import InputError, expect_file, reading
from tflite_schema import DTYPES, OPERATORS, OPTIONS, TYPES, Model, Operator, Tensor

MOST_BYTES = 1 << 31
MOST_TABLES = 100_000
MOST_TEXT = 1 << 16
MOST_AXES = 8


def read_file(path: pathlib.Path) -> bytes:
    with reading(path):
        expect_file(path, "a .tflite file")
        if path.stat().st_size > MOST_BYTES:
            raise InputError(path, got="more than 2 GiB", expected="a .tflite file")
        return path.read_bytes()


def parse_model(path: pathlib.Path, data: bytes) -> Model:
    """The one subgraph of a model, or InputError."""
    if len(data) < 8 or data[4:8] != b"TFL3":
        raise InputError(
            path,
            got="an empty file" if not data else "no TFL3 at byte 4",
            expected="a TensorFlow Lite model",
            hint="is it a network of another format, or one that was not copied whole?",
        )
    with reading(path):
        root = tflite.Model.GetRootAs(data, 0)
        if root.Version() != 3:
            raise InputError(path, "version", got=root.Version(), expected="3")
        subgraphs = _count(path, "subgraphs", root.SubgraphsLength())
        if subgraphs != 1:
            raise InputError(
                path,
                "subgraphs",
                got=subgraphs,
                expected="1",
                hint="control flow is not supported",
            )
        return _parse_subgraph(path, data, root)


def _parse_subgraph(path: pathlib.Path, data: bytes, root: Any) -> Model:
    graph = root.Subgraphs(0)
    tensors = []
    for index in range(_count(path, "tensors", graph.TensorsLength())):
        with reading(path, f"tensor {index}"):
            tensors.append(_parse_tensor(path, root, graph.Tensors(index), index))
    operators = []
    for index in range(_count(path, "operators", graph.OperatorsLength())):
        with reading(path, f"operator {index}"):
            operators.append(_parse_operator(path, root, graph.Operators(index), index))
    inputs = _indices(path, "inputs", graph.InputsLength(), graph.InputsAsNumpy)
    outputs = _indices(path, "outputs", graph.OutputsLength(), graph.OutputsAsNumpy)
    return Model(path, _text(path, root, 10), tensors, operators, inputs, outputs)


def _parse_tensor(path: pathlib.Path, root: Any, table: Any, index: int) -> Tensor:
    name = _text(path, table, 10)
    shape = _extents(path, index, table.ShapeLength(), table.ShapeAsNumpy)
    signature = _extents(path, index, table.ShapeSignatureLength(), table.ShapeSignatureAsNumpy)
    kind = TYPES.get(table.Type(), f"type {table.Type()}")
    flaw = ""
    if table.Sparsity() is not None:
        flaw = "is sparse"
    elif table.IsVariable():
        flaw = "is a variable"
    elif any(extent < 0 for extent in signature[1:]):
        flaw = f"has a dynamic shape {list(signature)}"
    scales, zero_points, axis = np.zeros(0, np.float32), np.zeros(0, np.int64), 0
    quantization = table.Quantization()
    if quantization is not None:
        if quantization.ScaleLength():
            scales = quantization.ScaleAsNumpy()
        if quantization.ZeroPointLength():
            zero_points = quantization.ZeroPointAsNumpy()
        axis = quantization.QuantizedDimension()
        if quantization.DetailsType() != 0:
            flaw = flaw or "has custom quantisation"
    values = None
    if kind in DTYPES and not flaw:
        values = _constant(path, root, table, kind, shape, f"tensor {index} ({name})")
    return Tensor(index, name, kind, shape, scales, zero_points, axis, values, flaw)


def _constant(
    path: pathlib.Path, root: Any, table: Any, kind: str, shape: tuple[int, ...], key: str
) -> np.ndarray | None:
    """The values that the file holds for a tensor: a view of its bytes."""
    if table.Buffer() == 0:  # The schema reserves buffer 0 for "no values".
        return None
    if table.Buffer() >= _count(path, "buffers", root.BuffersLength()):
        raise InputError(path, key, got=f"buffer {table.Buffer()}", expected="one of the file's")
    buffer = root.Buffers(table.Buffer())
    if buffer.Offset() > 1:
        raise InputError(path, key, message="keeps its values outside the flatbuffer")
    if buffer.DataLength() == 0:
        return None
    data = buffer.DataAsNumpy()
    elements = 1
    for extent in shape:
        elements *= extent
    if elements < 1 or data.size != elements * np.dtype(DTYPES[kind]).itemsize:
        raise InputError(
            path, key, got=f"{data.size} bytes of values", expected=f"{kind} of {list(shape)}"
        )
    # The file is little-endian on every machine.
    return data.view(np.dtype(DTYPES[kind]).newbyteorder("<")).reshape(shape)


def _parse_operator(path: pathlib.Path, root: Any, table: Any, index: int) -> Operator:
    codes = _count(path, "operator codes", root.OperatorCodesLength())
    if table.OpcodeIndex() >= codes:
        raise InputError(
            path,
            f"operator {index}",
            got=f"operator code {table.OpcodeIndex()}",
            expected=f"< {codes}",
        )
    code = root.OperatorCodes(table.OpcodeIndex())
    builtin = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
    name = OPERATORS.get(builtin, f"code {builtin}")
    if name == "CUSTOM":
        name = f"CUSTOM {_text(path, code, 6)}"
    key = f"operator {index} ({name})"
    inputs = _indices(path, key, table.InputsLength(), table.InputsAsNumpy)
    outputs = _indices(path, key, table.OutputsLength(), table.OutputsAsNumpy)
    options_table, options = _parse_options(table)
    return Operator(index, name, inputs, outputs, options_table, options)


def _parse_options(table: Any) -> tuple[str, dict[str, Any]]:
    for name, fields in OPTIONS.items():
        if table.BuiltinOptionsType() == getattr(tflite.BuiltinOptions, name):
            raw = table.BuiltinOptions()
            if raw is None:
                return "", {}
            options = getattr(tflite, name)()
            options.Init(raw.Bytes, raw.Pos)
            return name, {field: getattr(options, field)() for field in fields}
    return "", {}


def _count(path: pathlib.Path, key: str, count: int) -> int:
    if not 0 <= count <= MOST_TABLES:
        raise InputError(path, key, got=count, expected=f"at most {MOST_TABLES}")
    return count


def _indices(path: pathlib.Path, key: str, count: int, read: Any) -> tuple[int, ...]:
    return tuple(int(i) for i in read()[: _count(path, key, count)]) if count else ()


def _extents(path: pathlib.Path, index: int, count: int, read: Any) -> tuple[int, ...]:
    if count > MOST_AXES:
        raise InputError(
            path, f"tensor {index}", got=f"{count} axes", expected=f"at most {MOST_AXES}"
        )
    return tuple(int(extent) for extent in read()) if count else ()


def _text(path: pathlib.Path, owner: Any, field_offset: int) -> str:
    """A text field by its vtable offset, whose length is checked before it is copied."""
    table = owner._tab  # The generated readers copy a text of any length.
    offset = table.Offset(field_offset)
    if offset == 0:
        return ""
    length = table.VectorLen(offset)
    if length > MOST_TEXT:
        raise InputError(path, got=f"a text of {length} bytes", expected=f"at most {MOST_TEXT}")
    start = table.Vector(offset)
    return bytes(table.Bytes[start : start + length]).decode("utf-8", errors="replace")
