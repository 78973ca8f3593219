"""Reads an export folder of Torch2Chip (commit 293a8ec): state dict and recorded operands.

t2c_model.pth.tar       the state dict of the fused model
tensors/matmul.json     {op: {x_shape, y_shape, z_shape}}, in execution order: of x1, x2 and y
tensors/<op>_x1.pt ..   operands and result of every convolution and matrix product
"""

import json
import math
import pathlib
from dataclasses import dataclass

import numpy as np

import torch_zip
from errors import InputError, expect_file, reading

STATE = "t2c_model.pth.tar"
SHAPES = "tensors/matmul.json"
MOST_SHAPES_BYTES = 16 << 20
SHAPE_KEYS = {"x1": "x_shape", "x2": "y_shape", "y": "z_shape"}


@dataclass(frozen=True)
class Export:
    directory: pathlib.Path
    state: dict[str, torch_zip.Tensor]
    ops: dict[str, dict[str, tuple[int, ...]]]  # In execution order: shapes of x1, x2 and y.

    def file(self, op: str, part: str) -> pathlib.Path:
        return self.directory / "tensors" / f"{op}_{part}.pt"

    def tensor(self, op: str, part: str) -> np.ndarray:
        """x1, x2 or y of an op, as Torch2Chip lays it out."""
        path = self.file(op, part)
        tensor = torch_zip.load(path)
        if not isinstance(tensor, torch_zip.Tensor):
            raise InputError(path, got="something else", expected="a tensor")
        if tensor.shape != self.ops[op][part]:
            raise InputError(
                path,
                got=f"shape {list(tensor.shape)}",
                expected=f"{list(self.ops[op][part])} of {SHAPES}",
            )
        values = tensor.numpy()
        if values.dtype.kind not in "iu":
            raise InputError(path, got=f"{values.dtype} elements", expected="integers")
        return values

    def has(self, entry: str) -> bool:
        return entry in self.state

    def entry(self, name: str) -> np.ndarray:
        """An entry of the state dict; finite or not."""
        path = self.directory / STATE
        if name not in self.state:
            raise InputError(path, name, message="is missing")
        return self.state[name].numpy()

    def finite(self, name: str) -> np.ndarray:
        values = self.entry(name)
        if not np.isfinite(values).all():
            raise self.error(name, "a value that is not finite", "finite values")
        return values

    def integers(self, name: str, bits: int) -> np.ndarray:
        """float32 values that are integers of at most `bits` bits; 2^(bits - 1) is how float32
        rounds the largest of 32 bits."""
        values = self.finite(name)
        limit = 2.0 ** (bits - 1)
        wrong = values[(values != np.rint(values)) | (np.abs(values) > limit)]
        if wrong.size:
            raise self.error(name, str(float(wrong.flat[0])), f"integers of {bits} bits")
        return values

    def number(self, name: str) -> float:
        """The one value of an entry."""
        values = self.finite(name)
        if values.size != 1:
            raise self.error(
                name,
                f"{values.size} values",
                "one",
                "quantizers per channel or token are not supported here",
            )
        return float(values.flat[0])

    def error(self, entry: str, got: str, expected: str, hint: str = "") -> InputError:
        return InputError(self.directory / STATE, entry, got, expected, hint)


def load_export(directory: str | pathlib.Path) -> Export:
    directory = pathlib.Path(directory)
    if not (directory / STATE).exists():
        found = f"no {STATE} in it" if directory.is_dir() else "no directory"
        expected = f"an export: a folder with {STATE} and tensors/"
        raise InputError(directory, got=found, expected=expected)
    state = _read_state(directory / STATE)
    ops = _read_shapes(directory / SHAPES)
    return Export(directory, state, ops)


def _read_state(path: pathlib.Path) -> dict[str, torch_zip.Tensor]:
    state = torch_zip.load(path)
    if not isinstance(state, dict) or not state:
        raise InputError(path, got="something else", expected="a state dict")
    for name, tensor in state.items():
        if not isinstance(name, str) or not isinstance(tensor, torch_zip.Tensor):
            raise InputError(path, str(name), got="no tensor", expected="a state dict of tensors")
    if not any(name.endswith(".qweight") for name in state):
        raise InputError(
            path,
            got="no entry *.qweight",
            expected="an export of Torch2Chip's commit 293a8ec",
            hint="the format of later commits is not supported; or T2C has not fused this model",
        )
    return state


def _read_shapes(path: pathlib.Path) -> dict[str, dict[str, tuple[int, ...]]]:
    with reading(path):
        expect_file(path, "the shapes of the recorded tensors")
        if path.stat().st_size > MOST_SHAPES_BYTES:
            raise InputError(path, got=f"{path.stat().st_size} bytes", expected="at most 16 MiB")
        ops = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_without_doubles)
        if not isinstance(ops, dict) or not ops:
            raise InputError(
                path, got="something else", expected="{op: {x_shape, y_shape, z_shape}}"
            )
        return {op: _shapes(path, op, shapes) for op, shapes in ops.items()}


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a key stands there twice")
    return dict(pairs)


def _shapes(path: pathlib.Path, op: str, shapes: object) -> dict[str, tuple[int, ...]]:
    if "/" in op or "\\" in op or "\0" in op:
        raise InputError(path, op, message="names no file")
    if not isinstance(shapes, dict) or sorted(shapes) != sorted(SHAPE_KEYS.values()):
        raise InputError(path, op, got="something else", expected="x_shape, y_shape and z_shape")
    for key, shape in shapes.items():
        if not isinstance(shape, list) or not all(type(n) is int and 0 < n for n in shape):
            raise InputError(
                path, f"{op}.{key}", got="something else", expected="a list of extents"
            )
        if math.prod(shape) > torch_zip.MOST_ELEMENTS:
            raise InputError(
                path,
                f"{op}.{key}",
                got=f"the shape {shape}",
                expected=f"at most {torch_zip.MOST_ELEMENTS} elements",
            )
    return {part: tuple(shapes[key]) for part, key in SHAPE_KEYS.items()}
