"""Reads a PyTorch checkpoint: the float weights of a network by the names of its modules.

A checkpoint is a state dict, or a dictionary that holds one as `state_dict` or `model`; the prefix
`module.` of DataParallel is dropped.
"""

import pathlib
import zipfile
from dataclasses import dataclass

import numpy as np

import torch_legacy
import torch_zip
from errors import InputError, expect_file, reading

HOLDERS = ("state_dict", "model")
PARALLEL = "module."
COUNTER = ".num_batches_tracked"  # Of training; nothing else reads it.


@dataclass(frozen=True)
class Checkpoint:
    path: pathlib.Path
    tensors: dict[str, torch_zip.Tensor]

    def values(self, name: str) -> np.ndarray:
        """A tensor as finite float32."""
        tensor = self.tensors[name]
        values = tensor.numpy()
        if values.dtype.kind != "f":
            raise InputError(self.path, name, got=f"{values.dtype} values", expected="reals")
        with np.errstate(over="ignore"):
            values = values.astype(np.float32)
        wrong = np.argwhere(~np.isfinite(values))
        if len(wrong):
            index = tuple(wrong[0].tolist())
            raise InputError(
                self.path,
                name,
                got=f"{values[index]} at {list(index)}, one of {len(wrong)} such values",
                expected="finite float32 values",
            )
        return values


def load_checkpoint(path: str | pathlib.Path) -> Checkpoint:
    path = pathlib.Path(path)
    with reading(path):
        expect_file(path, "a PyTorch checkpoint")
        loaded = torch_zip.load(path) if zipfile.is_zipfile(path) else torch_legacy.load(path)
    for holder in HOLDERS:
        if isinstance(loaded, dict) and isinstance(loaded.get(holder), dict):
            loaded = loaded[holder]
    if not isinstance(loaded, dict) or not loaded:
        raise InputError(path, got="something else", expected="a state dict")
    tensors = {}
    for key, tensor in loaded.items():
        if not isinstance(tensor, torch_zip.Tensor):
            raise InputError(
                path,
                str(key),
                got="no tensor",
                expected="a state dict of tensors",
                hint="save the model's state_dict() alone, or under the key state_dict",
            )
        name = str(key).removeprefix(PARALLEL)
        if name in tensors:
            raise InputError(path, name, got="two tensors of this name", expected="one")
        if not name.endswith(COUNTER):
            tensors[name] = tensor
    return Checkpoint(path, tensors)
