"""Tensors that ONNX Runtime recorded, by the names of our ops and in our layout; samples."""

import pathlib

import numpy as np
from arrays import read_arrays
from errors import InputError
from onnx_graph import Graph
from onnx_values import RANGES, Codes, Reals
from samples import SampledInput, read_samples

SOLE_INPUT = ("", "input", "inputs")  # What the array of a sole input may be called.


def read_goldens(graph: Graph, files: list[str]) -> dict[str, np.ndarray]:
    """All files are of one batch; where one has more samples, the first are taken."""
    tensors: dict[str, tuple[str, np.ndarray]] = {}
    for file in files:
        for key, values in read_arrays(file).items():
            name = _value_name(graph, key)
            if name is None:
                continue
            value = graph.values[name]
            stored = stored_recording(pathlib.Path(file), key, values, value)
            if value.op in tensors and not np.array_equal(tensors[value.op][1], stored):
                raise InputError(
                    file, key, message=f"differs from {tensors[value.op][0]}, its equal"
                )
            tensors[value.op] = (key, stored)
    if not tensors:
        expected = f"names of values of {graph.model.path.name}"
        raise InputError(files[0], got="no tensor of this network", expected=expected)
    count = min(len(values) for _, values in tensors.values())
    return {op: values[:count] for op, (_, values) in tensors.items()}


def _value_name(graph: Graph, key: str) -> str | None:
    """The value that a key records, if some op of the bundle holds it."""
    if key not in graph.values and key in SOLE_INPUT and len(graph.model.inputs) == 1:
        key = graph.model.inputs[0].name
    return key if isinstance(graph.values.get(key), (Codes, Reals)) else None


def stored_recording(
    path: pathlib.Path, key: str, values: np.ndarray, x: Codes | Reals
) -> np.ndarray:
    kinds = (np.dtype(np.float32),) if isinstance(x, Reals) else _dtypes(x)
    shape = x.shape.onnx
    if (
        values.dtype not in kinds
        or values.shape[1:] != shape
        or values.ndim == 0
        or not len(values)
    ):
        found = f"{values.dtype} {list(values.shape)}"
        expected = f"{kinds[0]} [batch, {', '.join(map(str, shape))}]"
        raise InputError(path, key, got=found, expected=expected)
    return values.transpose(0, *(axis + 1 for axis in x.shape.order))


def _dtypes(x: Codes) -> tuple[np.dtype, ...]:
    kind = x.quantiser.type
    return (np.dtype(kind.replace("int4", "int8")),)


def input_samples(graph: Graph, files: list[str]) -> dict[str, np.ndarray]:
    """Samples of every input, in our layout."""
    sampled, values = [], []
    for x in graph.model.inputs:
        value = graph.values[x.name]
        codes = RANGES[value.quantiser.type] if isinstance(value, Codes) else None
        others = SOLE_INPUT[1:] if len(graph.model.inputs) == 1 else ()
        sampled.append(SampledInput((value.op, *others, x.name), x.shape, codes))
        values.append(value)
    samples = read_samples(sampled, files)
    for value in values:
        order = (0, *(axis + 1 for axis in value.shape.order))
        stored = samples[value.op].transpose(order)
        if isinstance(value, Codes):
            stored = stored.astype(_dtypes(value)[0])
        samples[value.op] = stored
    return samples
