"""Reads AIMET's files of encodings, versions 0.6.1, 1.0.0 and 2.0.0, into one table.

    0.6.1, 1.0.0  real = scale * (code + offset) on the unsigned grid: the zero point is -offset. A
                  symmetric parameter with offset -2^(bits-1) is the signed one with zero point 0.
                  Channels are output channels; 1.0.0 has flat lists of blocks, by output channel.
    2.0.0         as ONNX's QuantizeLinear; lists nest as the tensor's axes do.

All numbers are what AIMET computes with: the files' scales rounded to float32.
"""

import pathlib
from dataclasses import dataclass

from aimet_encoding import Encoding
from aimet_entries import read_entry_061, read_entry_100
from aimet_entries_onnx import read_entry_200
from aimet_json import Field, read_json
from errors import InputError

VERSIONS = ("0.6.1", "1.0.0", "2.0.0")
SECTIONS = {"activation_encodings": "activation", "param_encodings": "parameter"}


@dataclass(frozen=True)
class Encodings:
    path: pathlib.Path
    version: str
    table: dict[str, Encoding]  # By the name of the ONNX value or initializer.


def read_encodings(path: str | pathlib.Path) -> Encodings:
    root = read_json(path)
    version = root.get("version").choice(*VERSIONS)
    table: dict[str, Encoding] = {}
    for encoding in _entries(root, version):
        if encoding.name in table:
            raise InputError(
                root.path,
                encoding.key,
                got=f"another encoding of {encoding.name}",
                expected=f"one, as {table[encoding.name].key}",
            )
        table[encoding.name] = encoding
    return Encodings(root.path, version, table)


def _entries(root: Field, version: str) -> list[Encoding]:
    if version == "2.0.0":
        return [read_entry_200(field) for field in root.get("encodings").items()]
    entries = []
    for section, role in SECTIONS.items():
        field = root.get(section)
        if version == "1.0.0":
            entries += [read_entry_100(item, role) for item in field.items()]
        else:
            entries += [read_entry_061(field.get(name), name, role) for name in field.keys()]
    return entries
