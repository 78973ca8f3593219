"""What a user gives beside a network of AIMET's: samples, and tensors that its simulator recorded."""

import pathlib

import numpy as np

from aimet_graph import EncodedGraph
from arrays import read_arrays
from errors import InputError
from onnx_model import OnnxInput
from onnx_values import RANGES, Codes, Shape
from samples import SampledInput, read_samples


def stored(values: np.ndarray, shape: Shape) -> np.ndarray:
    """Samples in ONNX's layout as the bundle stores them."""
    return values.transpose(0, *(1 + axis for axis in shape.order))


def input_samples(network: EncodedGraph, files: list[str]) -> dict[str, np.ndarray]:
    inputs = {keys["name"]: x for keys, x in _inputs(network)}
    sampled = [SampledInput((op, x.name), x.shape, None) for op, x in inputs.items()]
    samples = read_samples(sampled, files)
    return {op: stored(values, _shape(inputs[op])) for op, values in samples.items()}


def read_goldens(network: EncodedGraph, files: list[str]) -> dict[str, np.ndarray]:
    """Recorded codes, and the reals of inputs, by the names of our ops.

    Arrays are named by ONNX values; other names are skipped. A file with inputs may hold more
    samples than there are codes of: the codes are the first samples'.
    """
    codes: dict[str, np.ndarray] = {}
    reals: dict[str, np.ndarray] = {}
    inputs = {x.name: (keys, x) for keys, x in _inputs(network)}
    for file in map(pathlib.Path, files):
        for name, values in read_arrays(file).items():
            if name in inputs and values.dtype.kind == "f":
                keys, x = inputs[name]
                checked = _checked_reals(file, name, values, x)
                _add(file, reals, keys["name"], stored(checked, _shape(x)))
            elif name in network.codes and values.dtype.kind in "iu":
                x = network.codes[name]
                _add(file, codes, x.op, stored(_checked_codes(file, name, values, x), x.shape))
    if not codes:
        expected = "integers by names of values that have encodings"
        raise InputError(files[0], got="no tensor of this network", expected=expected)
    count = min(map(len, codes.values()))
    for op, values in [*codes.items(), *reals.items()]:
        if len(values) != count and (op in codes or len(values) < count):
            raise InputError(files[0], op, got=f"{len(values)} samples", expected=f"{count}")
    return codes | {op: values[:count] for op, values in reals.items()}


def _inputs(network: EncodedGraph) -> list[tuple[dict, OnnxInput]]:
    return list(zip(network.graph.inputs, network.graph.model.inputs))


def _shape(x: OnnxInput) -> Shape:
    return Shape.of_onnx(x.shape, len(x.shape) == 3)


def _add(file: pathlib.Path, known: dict, op: str, values: np.ndarray) -> None:
    if op in known and not np.array_equal(known[op], values):
        raise InputError(file, op, message="was recorded twice, with other values")
    known[op] = values


def _checked_reals(file: pathlib.Path, name: str, values: np.ndarray, x: OnnxInput) -> np.ndarray:
    _expect_shape(file, name, values, x.shape)
    if not np.isfinite(values).all():
        raise InputError(file, name, got="infinity or not a number", expected="finite reals")
    return values.astype(np.float32)


def _checked_codes(file: pathlib.Path, name: str, values: np.ndarray, x: Codes) -> np.ndarray:
    """Codes of the encoding's type; unsigned ones, as the simulator has, of a signed encoding."""
    _expect_shape(file, name, values, x.shape.onnx)
    low, high = RANGES[x.quantiser.type]
    codes = values.astype(np.int64)
    if low < 0 and values.dtype.kind == "u":
        codes = codes + low
    if codes.min() < low or codes.max() > high:
        found = f"codes {values.min()} to {values.max()}"
        raise InputError(file, name, found, f"codes of {x.quantiser.type}")
    return codes.astype(
        np.int8 if x.quantiser.type == "int4" else x.quantiser.type.replace("uint4", "uint8")
    )


def _expect_shape(
    file: pathlib.Path, name: str, values: np.ndarray, shape: tuple[int, ...]
) -> None:
    if values.ndim == 0 or values.shape[1:] != shape or len(values) == 0:
        expected = f"[batch, {', '.join(map(str, shape))}]"
        raise InputError(file, name, f"{values.dtype} {list(values.shape)}", expected)
