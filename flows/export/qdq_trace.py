"""Traces (golden/README.md) as arrays, and traces of what another runtime computed."""

import hashlib
import json
import pathlib
from dataclasses import dataclass

import numpy as np
import safetensors.numpy

from qdq_bundle import InputError, Network, reading, type_range

from bundle import write_file, write_tensors

# Ops whose codes are of their operand's type.
AS_OPERAND = {"clamp", "concat", "flatten", "max_pool", "pad", "relu", "reshape",
              "rounded_avg_pool", "slice", "transpose"}  # fmt: skip


@dataclass(frozen=True)
class Trace:
    """`head` is trace.json; `tensors` by name, batch first, in the bundle's layout."""

    head: dict
    tensors: dict[str, np.ndarray]


def read_trace(directory: pathlib.Path) -> Trace:
    with reading(directory / "trace.json"):
        head = json.loads((directory / "trace.json").read_text("utf-8"))
        if head["format"] != "systole-trace" or head["version"] != 1:
            raise InputError(directory / "trace.json", expected="a trace of version 1")
    with reading(directory / "tensors.safetensors"):
        tensors = safetensors.numpy.load_file(directory / "tensors.safetensors")
        return Trace(head, {entry["name"]: tensors[entry["name"]] for entry in head["tensors"]})


def write_trace(directory: pathlib.Path, bundle: pathlib.Path, network: Network,
                codes: dict[str, np.ndarray]) -> None:  # fmt: skip
    """A trace of `codes` (reals of inputs that hold those), in the bundle's layout."""
    types: dict[str, dict] = {}
    entries, tensors = [], {}
    for op in network.inputs + network.ops:
        types[op["name"]] = kind = _type_of(op, types)
        if op["name"] not in codes:
            continue
        values = codes[op["name"]]
        stored = np.ascontiguousarray(values.astype(_stored_as(values, kind["type"])))
        operands = [name for name in op.get("inputs", []) if name in tensors]
        entries.append(
            {"name": op["name"], "op": op.get("op", "input"), "inputs": operands,
             "shape": list(values.shape), **kind,
             "sha256": hashlib.sha256(stored.tobytes()).hexdigest()}
        )  # fmt: skip
        tensors[op["name"]] = stored
    digests = "".join(hashlib.sha256((bundle / f).read_bytes()).hexdigest()
                      for f in ("network.yaml", "tensors.safetensors"))  # fmt: skip
    head = {"format": "systole-trace", "version": 1, "network": network.name,
            "network_hash": hashlib.sha256(digests.encode()).hexdigest(),
            "tensors": entries}  # fmt: skip
    write_tensors(directory / "tensors.safetensors", tensors)
    write_file(directory / "trace.json", (json.dumps(head, indent=1) + "\n").encode())


def _type_of(op: dict, types: dict[str, dict]) -> dict:
    """`type`, `scale` and `zero_point` of an op or input; nothing for sums and reals."""
    if "type" not in op:
        return types[op["inputs"][0]] if op["op"] in AS_OPERAND else {}
    if op["type"] == "float32":
        return {"type": "float32"}
    is_taken_off = op.get("zero_point_form") == "subtract" or op.get("subtract", False)
    is_requantise_add = op.get("op") == "requantise_add"
    zero_point = 0 if is_taken_off and not is_requantise_add else op.get("zero_point", 0)
    scale = op["real_scale"] if "op" in op else op.get("scale", 1.0)
    return {"type": op["type"], "scale": scale, "zero_point": zero_point}


def _stored_as(values: np.ndarray, type_name: str) -> type:
    """What a trace stores a type in, or int32 where values lie outside of it."""
    if type_name == "float32":
        return np.float32
    lowest, highest = type_range(type_name)
    for stored in (np.uint8, np.uint16) if lowest == 0 else (np.int8, np.int16):
        limits = np.iinfo(stored)
        if limits.min <= lowest and highest <= limits.max:
            fits = values.size == 0 or (values.min() >= lowest and values.max() <= highest)
            return stored if fits else np.int32
    return np.int32
