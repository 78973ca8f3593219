"""Traces (golden/README.md) as arrays, and traces of what another runtime computed."""

import hashlib
import json
import pathlib
from dataclasses import dataclass

import numpy as np
import safetensors.numpy

from onnx_bundle import InputError, reading


@dataclass(frozen=True)
class Trace:
    """`head` is trace.json; `tensors` by name, batch first, in the bundle's layout."""

    head: dict
    tensors: dict[str, np.ndarray]

    def entry(self, name: str) -> dict:
        return next(entry for entry in self.head["tensors"] if entry["name"] == name)


def read_trace(directory: pathlib.Path) -> Trace:
    with reading(directory / "trace.json"):
        head = json.loads((directory / "trace.json").read_text("utf-8"))
        if head["format"] != "systole-trace" or head["version"] != 1:
            raise InputError(directory / "trace.json", expected="a trace of version 1")
    with reading(directory / "tensors.safetensors"):
        tensors = safetensors.numpy.load_file(directory / "tensors.safetensors")
        return Trace(head, {entry["name"]: tensors[entry["name"]] for entry in head["tensors"]})


def write_trace(directory: pathlib.Path, golden: Trace, codes: dict[str, np.ndarray]) -> None:
    """A trace of `codes`, of the same network and with the same types as `golden`."""
    tensors = {name: np.ascontiguousarray(codes[name].astype(golden.tensors[name].dtype))
               for name in golden.tensors if name in codes}  # fmt: skip
    entries = [
        golden.entry(name)
        | {
            "inputs": [operand for operand in golden.entry(name)["inputs"] if operand in tensors],
            "sha256": hashlib.sha256(tensor.tobytes()).hexdigest(),
        }
        for name, tensor in tensors.items()
    ]
    try:
        directory.mkdir(parents=True, exist_ok=True)
        safetensors.numpy.save_file(tensors, directory / "tensors.safetensors")
        text = json.dumps(golden.head | {"tensors": entries}, indent=1)
        (directory / "trace.json").write_text(text + "\n", "utf-8")
    except OSError as error:
        raise InputError(directory, message=f"cannot write here: {error.strerror}") from error
