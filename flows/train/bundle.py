"""Writes a network bundle: a directory with `network.yaml` and `tensors.safetensors`."""

import os
import pathlib

import safetensors.numpy
import yaml


def network_text(comment, network):
    """Returns `network` as YAML: one line per key, one line per input, sample set and op."""
    lines = [f"# {line}".rstrip() for line in comment.splitlines()]
    for key, value in network.items():
        if isinstance(value, list) and isinstance(value[0], dict):
            lines += [f"{key}:"] + [f"  - {_inline(item)}" for item in value]
        elif isinstance(value, dict):
            lines += [f"{key}:"] + [f"  {name}: {_inline(item)}" for name, item in value.items()]
        else:
            lines.append(f"{key}: {_inline(value)}")
    return "\n".join(lines) + "\n"


def write_bundle(directory, comment, network, tensors):
    """Writes both files of the bundle; each appears whole under its name or not at all."""
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    _replace(directory / "tensors.safetensors", safetensors.numpy.save(tensors))
    _replace(directory / "network.yaml", network_text(comment, network).encode())


def _inline(value):
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=float("inf"))
    return text.removesuffix("...\n").rstrip("\n")


def _replace(path, data):
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(data)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
