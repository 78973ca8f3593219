"""What a user gives beside a network of AIMET's: samples, and what its simulator recorded."""

import pathlib
from dataclasses import replace

import numpy as np

import onnx_goldens
from aimet_graph import EncodedGraph
from arrays import read_arrays
from errors import InputError
from onnx_goldens import stored_recording
from onnx_values import RANGES, Codes


def input_samples(network: EncodedGraph, files: list[str]) -> dict[str, np.ndarray]:
    """Samples of every input, in our layout."""
    return onnx_goldens.input_samples(replace(network.graph, values=network.inputs), files)


def read_goldens(network: EncodedGraph, files: list[str]) -> dict[str, np.ndarray]:
    """Recorded codes, and the reals of inputs, by the names of our ops and in our layout.

    Arrays are named by ONNX values; other names are skipped. All files are of one batch; inputs may
    have more samples than there are codes of: the codes are the first samples'.
    """
    tensors: dict[str, np.ndarray] = {}
    for path in map(pathlib.Path, files):
        for name, values in read_arrays(path).items():
            is_real = values.dtype.kind == "f"
            value = (network.inputs if is_real else network.codes).get(name)
            if value is None:
                continue
            if isinstance(value, Codes):
                values = on_the_grid(values, value)
            stored = stored_recording(path, name, values, value)
            if value.op in tensors and not np.array_equal(tensors[value.op], stored):
                raise InputError(path, name, message="differs from its other recording")
            tensors[value.op] = stored
    codes = [x.op for x in network.codes.values() if x.op in tensors]
    if not codes:
        expected = "integers by names of values that have encodings"
        raise InputError(files[0], got="no such tensor of this network", expected=expected)
    count = len(tensors[codes[0]])
    for op, values in tensors.items():
        if len(values) < count or (op in codes and len(values) > count):
            raise InputError(files[0], op, f"{len(values)} samples", f"{count}, as of {codes[0]}")
    return {op: values[:count] for op, values in tensors.items()}


def on_the_grid(values: np.ndarray, x: Codes) -> np.ndarray:
    """The simulator's codes are unsigned; a signed encoding's are lower by half of their number."""
    lowest = RANGES[x.quantiser.type][0]
    if lowest == 0 or values.dtype != np.dtype(f"u{x.quantiser.type.replace('int4', 'int8')}"):
        return values
    return (values.astype(np.int64) + lowest).astype(x.quantiser.type.replace("int4", "int8"))
