"""Samples, labels and the tool's recorded tensors, read from a user's files."""

import pathlib

import numpy as np
import safetensors

from errors import InputError, reading
from tflite_activation import Activation
from tflite_schema import Model

# The keys of one-operator and of stacked recordings, by the kernels that made them.
SINGLE_KEYS = {"reference": "ref", "optimised": "opt", "xnnpack": "xnn"}
STACKED_KEYS = {
    "reference": "ref_outputs",
    "optimised": "builtin_optimized_outputs",
    "xnnpack": "xnnpack_outputs",
}


def read_array(path: pathlib.Path, key: str) -> np.ndarray:
    """An array of a .npy file, or the tensor `key` of a .safetensors file."""
    with reading(path):
        if path.suffix == ".npy":
            # Mapped, so that a header's claim about the size is checked against the file.
            return np.array(np.load(path, mmap_mode="r", allow_pickle=False))
        if path.suffix != ".safetensors":
            raise InputError(
                path, got=f"a {path.suffix or 'nameless'} file", expected=".npy or .safetensors"
            )
        with safetensors.safe_open(path, framework="np") as file:
            if key not in file.keys():
                raise InputError(path, got="no tensor of that name", expected=key)
            return file.get_tensor(key)


def read_samples(
    model: Model, inputs: dict[int, Activation], files: list[str]
) -> dict[str, np.ndarray]:
    """Samples of every input by its name in the bundle, from `FILE`s in the inputs' order or
    `NAME=FILE`s. Without the batch axis a sample has the input's shape."""
    arrays = {}
    for position, text in enumerate(files):
        index, path = _input_of(model, inputs, position, text)
        values = read_array(path, "inputs")
        arrays[inputs[index].name] = _checked_samples(path, values, inputs[index])
    missing = [model.tensors[i].name for i, x in inputs.items() if x.name not in arrays]
    if missing:
        raise InputError(
            model.path, "--samples", got=f"none for {missing[0]}", expected="all inputs"
        )
    counts = {len(values) for values in arrays.values()}
    if len(counts) > 1:
        raise InputError(
            model.path, "--samples", got=f"{sorted(counts)} samples", expected="as many"
        )
    return arrays


def _input_of(
    model: Model, inputs: dict[int, Activation], position: int, text: str
) -> tuple[int, pathlib.Path]:
    names = {model.tensors[index].name: index for index in inputs}
    names |= {x.name: index for index, x in inputs.items()}
    name, equals, file = text.partition("=")
    if equals and name in names:
        return names[name], pathlib.Path(file)
    if position >= len(inputs):
        raise InputError(
            model.path, "--samples", got=text, expected=f"{len(inputs)} or NAME=FILE of an input"
        )
    return list(inputs)[position], pathlib.Path(text)


def _checked_samples(path: pathlib.Path, values: np.ndarray, x: Activation) -> np.ndarray:
    expected = f"[count, {', '.join(map(str, x.shape[1:]))}]"
    if values.ndim == len(x.shape) + 1 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != len(x.shape) or values.shape[1:] != x.shape[1:] or len(values) == 0:
        raise InputError(path, got=f"samples {list(values.shape)}", expected=expected)
    if x.codes is None:
        if values.dtype.kind != "f":
            raise InputError(path, got=str(values.dtype), expected="reals, as the input takes")
        return values.astype(np.float32)
    if values.dtype.kind not in "iu":
        raise InputError(path, got=str(values.dtype), expected=f"codes of {x.codes.type}")
    limits = np.iinfo(x.codes.type)
    if values.min() < limits.min or values.max() > limits.max:
        raise InputError(path, got=f"codes {values.min()} to {values.max()}", expected=x.codes.type)
    return values.astype(x.codes.type)


def read_labels(path: pathlib.Path, count: int) -> np.ndarray:
    """One non-negative integer per sample: a .npy file, or text with one per line."""
    with reading(path):
        if path.suffix == ".npy":
            labels = np.array(np.load(path, mmap_mode="r", allow_pickle=False))
        else:
            words = path.read_text(encoding="utf-8").split()
            labels = np.array([int(word) for word in words], np.int64)
    if labels.dtype.kind not in "iu" or labels.shape != (count,):
        raise InputError(
            path, got=f"{labels.dtype} {list(labels.shape)}", expected=f"{count} integers"
        )
    if labels.min() < 0 or labels.max() > np.iinfo(np.int32).max:
        raise InputError(
            path, got=f"labels {labels.min()} to {labels.max()}", expected="0 to 2^31-1"
        )
    return labels.astype(np.int32)


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
    with reading(path):
        with safetensors.safe_open(path, framework="np") as file:
            for key in file.keys():
                index = _recorded_tensor(model, key, kernels)
                if index is None:
                    continue
                if index not in known:
                    raise InputError(
                        path, key, got="a tensor that is not", expected=f"one of {model.path.name}"
                    )
                x = known[index]
                tensors[x.name] = _checked_recording(path, key, file.get_tensor(key), x)
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
