"""Samples of a network's inputs and their labels, from a user's files."""

import pathlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from arrays import read_array, read_arrays
from errors import InputError, expect_file, reading

MOST_LABEL = (1 << 31) - 1


@dataclass(frozen=True)
class SampledInput:
    """What samples of an input must be: `shape` is of one, in the tool's layout."""

    names: tuple[str, ...]  # In the bundle, and what else a user may call it.
    shape: tuple[int, ...]
    codes: tuple[int, int] | None  # Lowest and highest; None: reals.


def read_samples(inputs: list[SampledInput], files: list[str]) -> dict[str, np.ndarray]:
    """Samples of every input by its name in the bundle, from `FILE`s in the inputs' order or
    `NAME=FILE`s: int32 codes or float32 reals."""
    samples = {}
    for position, text in enumerate(files):
        x, path = _input_of(inputs, position, text)
        samples[x.names[0]] = checked_samples(path, _array_of(path, x), x)
    for x in inputs:
        if x.names[0] not in samples:
            raise InputError(
                "--samples",
                got=f"no samples of {x.names[-1]}",
                expected=f"samples of all {len(inputs)} inputs",
                hint=f"add --samples {x.names[-1]}=FILE",
            )
    counts = [len(values) for values in samples.values()]
    if len(set(counts)) > 1:
        raise InputError("--samples", got=f"{_listed(counts)} samples", expected="as many of each")
    return samples


def _array_of(path: pathlib.Path, x: SampledInput) -> np.ndarray:
    """The array of a .npy file, or the one called `inputs` or as the input is."""
    arrays = read_arrays(path)
    for name in ("", "inputs", *x.names):
        if name in arrays:
            return arrays[name]
    raise InputError(path, got="no array inputs", expected="inputs, or a .npy file")


def checked_samples(path: str | pathlib.Path, values: np.ndarray, x: SampledInput) -> np.ndarray:
    """`values` as int32 or float32 [count, ...]; a batch axis of one is dropped."""
    name = x.names[0]
    if values.ndim == len(x.shape) + 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim == 0 or values.shape[1:] != x.shape or len(values) == 0:
        raise InputError(
            path, name, f"samples {list(values.shape)}", f"[count, {_listed(x.shape)}]"
        )
    if x.codes is None:
        if values.dtype.kind != "f":
            raise InputError(path, name, f"{values.dtype} values", "reals")
        if not np.isfinite(values).all():
            raise InputError(path, name, "infinity or not a number", "finite reals")
        return values.astype(np.float32)
    low, high = x.codes
    if values.dtype.kind not in "iu":
        raise InputError(path, name, f"{values.dtype} values", f"integers, codes {low} to {high}")
    if values.min() < low or values.max() > high:
        found = f"codes {values.min()} to {values.max()}"
        raise InputError(path, name, found, f"codes {low} to {high}")
    return values.astype(np.int32)


def read_labels(path: str | pathlib.Path, count: int) -> np.ndarray:
    """One integer per sample: a .npy file, or text with one per line."""
    path = pathlib.Path(path)
    with reading(path):
        expect_file(path, "labels: a .npy file or text")
        labels = read_array(path, "labels") if path.suffix == ".npy" else _text_labels(path)
    return checked_labels(path, labels, count)


def checked_labels(path: str | pathlib.Path, labels: np.ndarray, count: int) -> np.ndarray:
    """`labels` as int32 [count], each 0 or more."""
    expected = f"{count}, one per sample"
    if labels.dtype.kind not in "iu" or labels.ndim != 1:
        raise InputError(path, got=f"{labels.dtype} {list(labels.shape)}", expected=expected)
    if len(labels) != count:
        raise InputError(path, got=f"{len(labels)} labels", expected=expected)
    if labels.min() < 0 or labels.max() > MOST_LABEL:
        found = f"labels {labels.min()} to {labels.max()}"
        raise InputError(path, got=found, expected=f"0 to {MOST_LABEL}")
    return labels.astype(np.int32)


def _input_of(
    inputs: list[SampledInput], position: int, text: str
) -> tuple[SampledInput, pathlib.Path]:
    name, equals, file = text.partition("=")
    for x in inputs:
        if equals and name in x.names:
            return x, pathlib.Path(file)
    if position >= len(inputs):
        names = " or ".join(x.names[-1] for x in inputs)
        raise InputError(
            "--samples", got=text, expected=f"{len(inputs)} files, or NAME=FILE of {names}"
        )
    return inputs[position], pathlib.Path(text)


def _text_labels(path: pathlib.Path) -> np.ndarray:
    labels = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        for word in line.split():
            if not (word.isascii() and word.isdigit() and len(word) <= len(str(MOST_LABEL))):
                raise InputError(
                    f"{path}:{number}", got=word, expected=f"an integer from 0 to {MOST_LABEL}"
                )
            labels.append(int(word))
    return np.array(labels, np.int64)


def _listed(values: Iterable[int]) -> str:
    return ", ".join(map(str, values))
