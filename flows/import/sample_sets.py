"""Named sets of samples of a float network, from a user's files."""

import pathlib

import numpy as np

from arrays import read_arrays
from bundle import SET
from errors import InputError
from samples import SampledInput, checked_labels, checked_samples
from torch2chip_layout import Result, to_ours

INPUTS = ("", "inputs", "input")  # What the array of samples may be called; "": that of a .npy.


def read_sets(inputs: list[Result], files: list[str]) -> dict[str, dict[str, np.ndarray]]:
    """The sets of `[SET=]FILE`s: samples of all inputs in our layout, and labels if given."""
    sets: dict[str, dict[str, np.ndarray]] = {}
    for text in files:
        name, equals, file = text.partition("=")
        if not equals or pathlib.Path(text).exists():
            name, file = SET, text
        if name in sets:
            raise InputError("--samples", got=f"two files of the set {name}", expected="one")
        sets[name] = _read_set(inputs, pathlib.Path(file))
    return sets


def _read_set(inputs: list[Result], path: pathlib.Path) -> dict[str, np.ndarray]:
    """One array per input, of its name; of a sole input, `inputs` or the array of a .npy too."""
    arrays = read_arrays(path)
    result: dict[str, np.ndarray] = {}
    for x in inputs:
        names = (x.op,) if len(inputs) > 1 else (*INPUTS, x.op)
        key = next((name for name in names if name in arrays), None)
        if key is None:
            found = ", ".join(sorted(arrays)) or "none"
            expected = f"an array {x.op if len(inputs) > 1 else INPUTS[1]}"
            raise InputError(path, got=f"the arrays {found}", expected=expected)
        codes = x.range if x.kind == "integers" else None
        values = checked_samples(path, arrays[key], SampledInput((x.op,), x.shape, codes))
        result[x.op] = to_ours(values.astype(np.float32), x)
    counts = {len(values) for values in result.values()}
    if len(counts) > 1:
        raise InputError(path, got=f"{sorted(counts)} samples", expected="as many of each input")
    if "labels" in arrays:
        result["labels"] = checked_labels(path, arrays["labels"], counts.pop())
    return result
