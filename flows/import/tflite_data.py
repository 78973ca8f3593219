"""LiteRT's recorded tensors by the names of our ops, and what samples of an input must be."""

import pathlib

import numpy as np

from arrays import read_arrays
from errors import InputError
from samples import SampledInput
from tflite_activation import Activation
from tflite_numbers import RANGES
from tflite_schema import Model

# The keys of one-operator and of stacked recordings, by the kernels that made them.
SINGLE_KEYS = {"reference": "ref", "optimised": "opt", "xnnpack": "xnn"}
STACKED_KEYS = {
    "reference": "ref_outputs",
    "optimised": "builtin_optimized_outputs",
    "xnnpack": "xnnpack_outputs",
}


def sampled_input(model: Model, index: int, x: Activation) -> SampledInput:
    codes = RANGES[x.codes.type] if x.codes else None
    return SampledInput((x.name, model.tensors[index].name), x.shape[1:], codes)


def read_goldens(
    model: Model, known: dict[int, Activation], files: list[str], kernels: str
) -> dict[str, np.ndarray]:
    """The recorded tensors by the names of our ops; several files are stacked along the batch."""
    recordings = [_read_recording(model, known, pathlib.Path(file), kernels) for file in files]
    for file, recording in zip(files, recordings):
        if recording.keys() != recordings[0].keys():
            odd = sorted(recording.keys() ^ recordings[0].keys())[0]
            raise InputError(file, odd, message=f"recorded in only one of this file and {files[0]}")
    return {
        name: np.concatenate([recording[name] for recording in recordings])
        for name in recordings[0]
    }


def _read_recording(
    model: Model, known: dict[int, Activation], path: pathlib.Path, kernels: str
) -> dict[str, np.ndarray]:
    tensors = {}
    for key, values in read_arrays(path).items():
        index = _recorded_tensor(model, key, kernels)
        if index is None:
            continue
        if index not in known:
            raise InputError(
                path,
                key,
                message=f"is no activation of {model.path.name}",
                hint="keys are '<tensor index>:<tensor name>', 'input0', .., 'ref'",
            )
        x = known[index]
        tensors[x.name] = _checked_recording(path, key, values, x)
    if not tensors:
        raise InputError(
            path, got="no tensor of this network", expected="'<index>:<name>' or 'ref'"
        )
    return tensors


def _recorded_tensor(model: Model, key: str, kernels: str) -> int | None:
    """The tensor that a key records: -1 if none of the model, None if of other kernels."""
    outputs = (SINGLE_KEYS, STACKED_KEYS)
    if any(key in keys.values() for keys in outputs):
        is_ours = any(key == keys[kernels] for keys in outputs)
        return (model.outputs or (-1,))[0] if is_ours else None
    if key == "inputs":
        return (model.inputs or (-1,))[0]
    if key.startswith("input") and key[5:].isdecimal() and len(key) < 10:
        position = int(key[5:])
        return model.inputs[position] if position < len(model.inputs) else -1
    text, _, name = key.partition(":")
    if text.isdecimal() and len(text) < 10 and int(text) < len(model.tensors):
        if model.tensors[int(text)].name == name:
            return int(text)
    return -1


def _checked_recording(
    path: pathlib.Path, key: str, values: np.ndarray, x: Activation
) -> np.ndarray:
    kind = x.codes.type if x.codes else "float32"
    if (
        values.dtype != np.dtype(kind)
        or values.shape[1:] != x.shape[1:]
        or values.ndim != len(x.shape)
    ):
        raise InputError(
            path,
            key,
            got=f"{values.dtype} {list(values.shape)}",
            expected=f"{kind} [batch, {', '.join(map(str, x.shape[1:]))}]",
        )
    if len(values) == 0:
        raise InputError(path, key, got="an empty tensor", expected="at least one sample")
    return values
