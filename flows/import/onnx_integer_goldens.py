"""Recorded tensors and samples of integer ONNX networks by the names of our ops, in our layout.

Recordings name a tensor by its ONNX value, by its node, or by the module of the network before
export: of `transformer.layers.0.fn._PASS_2` the node `_PASS_2_MatMul` has only the last part, and
an operator behind it. Where several nodes are of one module, the module's output is the last.
"""

import pathlib
import re

import numpy as np

from arrays import read_arrays
from errors import InputError
from onnx_integer_graph import INT32, Value
from onnx_model import OnnxModel
from samples import SampledInput, read_samples


class RecordedNames:
    """Finds the value that a key of a recording stands for."""

    def __init__(self, model: OnnxModel, values: dict[str, Value]):
        self.exact: dict[str, Value] = {}
        self.modules: dict[str, Value] = {}
        for source in model.inputs:
            self.exact[_plain(source.name)] = values[source.name]
        for node in model.nodes:
            value = values.get(node.outputs[0])
            if value is None:
                continue
            operator = node.op.split(".")[-1]
            name = _plain(node.name)
            module = name.removesuffix(f"_{_plain(operator)}")
            if module and module != name:
                self.modules[module] = value
            for exact in filter(None, (name, _plain(node.outputs[0]))):
                self.exact[exact] = value

    def find(self, key: str) -> Value | None:
        name = _plain(key)
        if name in self.exact:
            return self.exact[name]
        # The longest module name first: its parts follow from the front.
        starts = [0] + [match.end() for match in re.finditer("_", name)]
        candidates = (name[start:] for start in starts)
        return next((self.modules[x] for x in candidates if x in self.modules), None)


def _plain(name: str) -> str:
    """Letters and digits, whatever stands between them."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def read_integer_goldens(
    model: OnnxModel, values: dict[str, Value], files: list[str]
) -> dict[str, np.ndarray]:
    """The recorded tensors by the names of our ops, in our layout. Names of nothing are skipped;
    a tensor that is there twice must be the same."""
    names = RecordedNames(model, values)
    tensors: dict[str, np.ndarray] = {}
    keys: dict[str, str] = {}
    for file in files:
        path = pathlib.Path(file)
        for key, recorded in read_arrays(path).items():
            value = names.find(key)
            if value is None:
                continue
            tensor = _checked(path, key, recorded, value)
            if value.name in tensors and not np.array_equal(tensors[value.name], tensor):
                other = keys[value.name]
                raise InputError(
                    path, key, message=f"is {value.name}, and so is {other}; they differ"
                )
            tensors[value.name], keys[value.name] = tensor, key
    if not tensors:
        expected = "keys that are names of values, nodes or modules"
        raise InputError(", ".join(files), got="no tensor of this network", expected=expected)
    return tensors


def _checked(path: pathlib.Path, key: str, recorded: np.ndarray, value: Value) -> np.ndarray:
    if recorded.ndim == 0 or recorded.shape[1:] != value.shape or len(recorded) == 0:
        expected = f"[batch, {', '.join(map(str, value.shape))}], as {value.name} has"
        raise InputError(path, key, got=f"shape {list(recorded.shape)}", expected=expected)
    if recorded.dtype.kind not in "iuf":
        raise InputError(path, key, got=f"{recorded.dtype} values", expected="integers")
    numbers = recorded.astype(np.float64)
    if (numbers != np.rint(numbers)).any() or numbers.min() < INT32[0] or numbers.max() > INT32[1]:
        raise InputError(path, key, got="other values", expected="integers of 32 bits")
    return _stored(recorded.astype(np.int32), value)


def integer_samples(
    model: OnnxModel, values: dict[str, Value], files: list[str]
) -> dict[str, np.ndarray]:
    """Samples of every input, given in ONNX's layout."""
    inputs = [values[source.name] for source in model.inputs]
    sampled = [
        SampledInput((x.name, source.name), x.shape, x.code_range())
        for x, source in zip(inputs, model.inputs)
    ]
    samples = read_samples(sampled, files)
    return {x.name: _stored(samples[x.name].astype(x.type), x) for x in inputs}


def _stored(tensor: np.ndarray, value: Value) -> np.ndarray:
    return tensor.transpose(0, 2, 3, 1) if value.is_image else tensor
