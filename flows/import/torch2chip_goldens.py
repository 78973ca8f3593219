"""Torch2Chip's recorded tensors by the names of our ops, in our layout: the proof of an import."""

import math
import pathlib
import sys

import numpy as np

from arrays import read_arrays
from errors import InputError
from torch2chip_builder import Builder
from torch2chip_layout import Result, to_ours

SUFFIXES = ("", ".out", ".y_float")


def read_goldens(builder: Builder, paths: list[str]) -> dict[str, np.ndarray]:
    """What `paths` record of the network's ops and inputs: the export's own `tensors` folder, or
    files of arrays named by the topology's layers (a .npy file: of the image)."""
    known = {x["name"] for x in [*builder.inputs, *builder.ops]}
    goldens: dict[str, np.ndarray] = {}
    for path in map(pathlib.Path, paths):
        found = _from_export(builder, path) if path.is_dir() else _from_arrays(builder, path)
        if not found:
            raise InputError(
                path,
                got="no recorded tensor of this network",
                expected="arrays named by layers of the topology",
            )
        found |= _rectified(builder, found)
        for name, values in found.items():
            if name not in known:
                continue  # Before the network's first codes.
            if len(values) != len(next(iter((goldens or {name: values}).values()))):
                raise InputError(
                    path,
                    name,
                    got=f"a batch of {len(values)}",
                    expected="the same for all recorded tensors",
                )
            if name in goldens and not np.array_equal(goldens[name], values):
                raise InputError(path, name, message="differs from another recording of it")
            goldens[name] = values
    return goldens


def _from_export(builder: Builder, path: pathlib.Path) -> dict[str, np.ndarray]:
    """x1 as codes and y as sums, except where Torch2Chip truncated reals when it wrote them."""
    export = builder.export
    if path.resolve() != (export.directory / "tensors").resolve():
        raise InputError(path, got="another folder", expected=str(export.directory / "tensors"))
    results = {result.op: result for result in builder.results.values()}
    goldens = {}
    for op, ours in builder.recorded.items():
        if not ours.codes:
            _skip(op, "x1 and y are truncated reals: the op takes no codes")
            continue
        parts = [("x1", ours.codes)] + ([("x2", ours.second)] if ours.second else [])
        if ours.with_bias:
            _skip(op, "y is truncated: the op adds a bias that is no integer")
        else:
            parts.append(("y", ours.result))
        for part, name in parts:
            values = export.tensor(op, part)
            if part == "x2" and ours.is_transposed:
                values = values.swapaxes(-1, -2)
            values = to_ours(values, results[name]).astype(np.int32)
            if name in goldens and not np.array_equal(goldens[name], values):
                message = f"differs from another recording of {name}"
                raise InputError(export.file(op, part), message=message)
            goldens[name] = values
    return goldens


def _from_arrays(builder: Builder, path: pathlib.Path) -> dict[str, np.ndarray]:
    goldens = {}
    for key, values in read_arrays(path).items():
        name = key or (path.stem if path.stem in builder.results else "input")
        result = _recorded_result(builder, name)
        if result is None:
            _skip(f"{path.name}: {key}", "no layer of the topology has that name")
        else:
            goldens[result.op] = _ours(path, key, values, result)
    return goldens


def _rectified(builder: Builder, found: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Inputs in reals that are the ReLU of a recorded tensor: a network that begins with codes also
    begins with such a residual stream, of which nobody records more."""
    nodes = {node.id: node for node in builder.topology.nodes}
    rectified = {}
    for name in (x["name"] for x in builder.inputs if x["name"] not in found):
        if name in nodes and nodes[name].op == "relu":
            operand = builder.results[nodes[name].inputs[0]].op
            if operand in found:
                rectified[name] = np.maximum(found[operand], np.float32(0))
    return rectified


def _recorded_result(builder: Builder, key: str) -> Result | None:
    names = [key.removesuffix(suffix) for suffix in SUFFIXES if key.endswith(suffix)]
    return next((builder.results[name] for name in names if name in builder.results), None)


def _ours(path: pathlib.Path, key: str, values: np.ndarray, result: Result) -> np.ndarray:
    if not _fits(values.shape, result) or values.dtype.kind not in "iuf":
        raise InputError(
            path,
            key,
            got=f"{values.dtype} {list(values.shape)}",
            expected=f"numbers [batch, {', '.join(map(str, result.shape))}]",
        )
    if result.kind == "reals":
        return to_ours(values.astype(np.float32), result)
    with np.errstate(invalid="ignore"):
        integers = values.astype(np.int32)
    if not np.array_equal(integers, values):
        raise InputError(
            path, key, got="reals", expected=f"integers: {result.op} has {result.kind}"
        )
    return to_ours(integers, result)


def _fits(shape: tuple[int, ...], result: Result) -> bool:
    """Whether that is [batch, *result.shape]: as torch has it where windows or rows merge."""
    size, of_one = math.prod(shape), math.prod(result.shape)
    merged = len(shape) > 1 and shape[-1] == result.shape[-1] and size > 0 and size % of_one == 0
    return shape[1:] == result.shape or (result.channels_last and merged)


def _skip(name: str, reason: str) -> None:
    print(f"skipped: {name}: {reason}", file=sys.stderr)
