"""Writes a network bundle: a directory with `network.yaml` and `tensors.safetensors`.

`model/network/README.md` describes the format. What is written here is checked by the C++ program
that called: nothing is validated twice.
"""

import contextlib
import os
import pathlib
import re
import shutil
import tempfile
from dataclasses import dataclass, field

import numpy as np
import safetensors.numpy
import yaml

from errors import InputError

SET = "test"  # What a run takes its inputs from unless told otherwise (inputs.set).
FILES = ("network.yaml", "tensors.safetensors")


@dataclass
class Bundle:
    """A network.

    An op or input is a dict of the format's keys. A value that is an array becomes the tensor
    `<op>.<key>` and the key names it. `samples` has sets by name, which map every input (and
    `labels`) to an array, samples along its first axis.
    """

    name: str
    inputs: list[dict] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    ops: list[dict] = field(default_factory=list)
    description: str = ""
    source: dict[str, str] = field(default_factory=dict)
    samples: dict[str, dict[str, np.ndarray]] = field(default_factory=dict)
    kind: str = "integer"  # or float


def unique_name(text: str, most: int, taken: dict[str, int]) -> str:
    """`text` as a name of a bundle, of `most` characters before a number that tells it from those
    in `taken`, to which it is added. `taken` has the last number of each name."""
    name = unique = safe_name(text, most)
    while unique in taken:
        taken[name] += 1
        unique = f"{name}_{taken[name]}"
    taken[unique] = 1
    return unique


def safe_name(text: str, most: int) -> str:
    """`text` in the characters that names may have, a letter or `_` first."""
    name = re.sub(r"[^A-Za-z0-9_./:-]", "_", text)
    return (name if re.match(r"[A-Za-z_]", name) else f"_{name}")[:most]


def write_bundle(directory: str | pathlib.Path, bundle: Bundle) -> None:
    """Writes `directory`, whole or not at all; an older bundle there is replaced."""
    target = pathlib.Path(directory)
    _expect_replaceable(target)
    tensors: dict[str, np.ndarray] = {}
    text = _network_text(bundle, tensors, target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        staging = pathlib.Path(tempfile.mkdtemp(prefix=".systole-", dir=target.parent))
        try:
            staged = staging / "new"
            staged.mkdir()
            (staged / FILES[0]).write_text(text, encoding="utf-8")
            (staged / FILES[1]).write_bytes(safetensors.numpy.save(tensors))
            if target.exists():
                target.rename(staging / "old")
            staged.rename(target)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        raise InputError(target, message=f"cannot write here: {error.strerror}") from error


def write_tensors(path: str | pathlib.Path, tensors: dict[str, np.ndarray]) -> None:
    """Writes a safetensors file, whole or not at all."""
    contiguous = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
    write_file(path, safetensors.numpy.save(contiguous))


def write_file(path: str | pathlib.Path, contents: bytes) -> None:
    """Writes `path`, whole or not at all."""
    target = pathlib.Path(path)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(contents)
        os.replace(temporary, target)
    except OSError as error:
        raise InputError(target, message=f"cannot write here: {error.strerror}") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _expect_replaceable(target: pathlib.Path) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise InputError(target, got="a file", expected="a directory or nothing")
    for entry in sorted(target.iterdir()):
        if entry.name not in FILES:
            raise InputError(
                target,
                got=f"a directory that holds {entry.name}",
                expected="a bundle, an empty one or nothing",
                hint="name another directory, or remove this one",
            )


def _network_text(bundle: Bundle, tensors: dict[str, np.ndarray], target: pathlib.Path) -> str:
    """The text of network.yaml, one line per input, set and op; collects the tensors it names."""
    head = {"format": "systole-network", "version": 1, "kind": bundle.kind, "name": bundle.name}
    if bundle.description:
        head["description"] = bundle.description
    lines = [f"{key}: {_inline(value)}" for key, value in head.items()]
    if bundle.source:
        lines += ["source:"]
        lines += [f"  {_inline(key)}: {_inline(str(v))}" for key, v in bundle.source.items()]
    lines += ["inputs:"] + [f"  - {_inline(item)}" for item in bundle.inputs]
    lines += [f"outputs: {_inline(bundle.outputs)}"]
    if bundle.samples:
        lines += ["samples:"]
        for name, values in bundle.samples.items():
            lines += [f"  {_inline(name)}: {_inline(_with_names(name, values, tensors, target))}"]
    lines += ["ops:"]
    lines += [f"  - {_inline(_with_names(op['name'], op, tensors, target))}" for op in bundle.ops]
    return "\n".join(lines) + "\n"


def _with_names(owner: str, values: dict, tensors: dict, target: pathlib.Path) -> dict:
    """`values` with every array moved to `tensors` and replaced by its name there."""
    named = {}
    for key, value in values.items():
        if isinstance(value, np.ndarray):
            name = f"{owner}.{key}"
            if name in tensors:
                raise InputError(target, message=f"two tensors would be named {name}")
            tensors[name] = np.ascontiguousarray(value)
            value = name
        named[key] = value
    return named


def _plain(value: object) -> object:
    """A copy of `value` in Python's own types: YAML writes numpy's and shared lists unreadably."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _inline(value: object) -> str:
    text = yaml.safe_dump(
        _plain(value), default_flow_style=True, sort_keys=False, width=float("inf")
    )
    return text.removesuffix("...\n").rstrip("\n")
