"""Named sets of samples of a network with one input, from a user's files."""

import pathlib

import numpy as np

from arrays import read_arrays
from bundle import SET
from errors import InputError
from samples import SampledInput, checked_labels, checked_samples
from torch2chip_layout import Result, to_ours

INPUTS = ("", "inputs", "input")  # What the array of samples may be called; "": that of a .npy.


def read_sets(x: Result, files: list[str]) -> dict[str, dict[str, np.ndarray]]:
    """The sets of `[SET=]FILE`s: samples of the input `x` in our layout, and labels if given."""
    sets: dict[str, dict[str, np.ndarray]] = {}
    for text in files:
        name, equals, file = text.partition("=")
        if not equals or pathlib.Path(text).exists():
            name, file = SET, text
        if name in sets:
            raise InputError("--samples", got=f"two files of the set {name}", expected="one")
        sets[name] = _read_set(x, pathlib.Path(file))
    return sets


def _read_set(x: Result, path: pathlib.Path) -> dict[str, np.ndarray]:
    arrays = read_arrays(path)
    key = next((name for name in INPUTS if name in arrays), None)
    if key is None:
        found = ", ".join(sorted(arrays)) or "none"
        raise InputError(path, got=f"the arrays {found}", expected="an array inputs")
    values = checked_samples(path, arrays[key], SampledInput((x.op,), x.shape, None))
    result = {x.op: to_ours(values, x)}
    if "labels" in arrays:
        result["labels"] = checked_labels(path, arrays["labels"], len(values))
    return result
