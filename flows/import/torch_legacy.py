"""Reads tensors from the files that torch.save wrote before 1.6 (.th, .pth, .pt) without torch.

    load(path) -> a Tensor, or a dict of names to Tensors (a state dict)

A file is five pickles (a magic number, a version, the writer's sizes of integers, the object, the
keys of its storages), and then every storage: the count of its elements in 8 bytes, and they. The
pickles are interpreted by `torch_pickle`; nothing in them is executed.
"""

import pathlib
import struct
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

import torch_zip
from errors import InputError, expect_file, reading
from torch_pickle import Machine

MAGIC = 0x1950A86A20F9469CFC6C
VERSION = 1001
COUNT = struct.Struct("<q")


@dataclass(frozen=True)
class LegacyStorage(torch_zip.Storage):
    """`count` elements at a place that is known once the whole file was looked through."""

    places: dict[str, int]  # Of all storages, in bytes.

    def read(self) -> np.ndarray:
        with reading(self.path, self.entry), self.path.open("rb") as file:
            file.seek(self.places[self.entry])
            return np.frombuffer(file.read(self.count * self.dtype.itemsize), self.dtype)


def load(path: str | pathlib.Path) -> torch_zip.Tensor | dict:
    path = pathlib.Path(path)
    storages: dict[str, LegacyStorage] = {}
    places: dict[str, int] = {}

    def storage(kind: str, key: str, count: int) -> LegacyStorage:
        found = LegacyStorage(path, key, np.dtype("<" + kind), count, places)
        if count < 0 or storages.setdefault(key, found) != found:
            raise InputError(path, key, got=f"{count} elements", expected="one size of a storage")
        return found

    with reading(path):
        expect_file(path, "a file that torch.save wrote")
        machine = Machine(path, storage, lambda *sizes: torch_zip.view(path, *sizes))
        with path.open("rb") as file:
            _expect_head(path, machine, file)
            result = machine.run_next(file)
            keys = machine.run_next(file)
            if not isinstance(keys, list) or sorted(map(str, keys)) != sorted(storages):
                raise InputError(path, got="other storages", expected="those of the tensors")
            for key in keys:
                places[key] = _skip(path, file, storages[key])
        return result


def _expect_head(path: pathlib.Path, machine: Machine, file: BinaryIO) -> None:
    for name, expected in (("magic number", MAGIC), ("version", VERSION)):
        got = machine.run_next(file)
        if got != expected:
            raise InputError(path, got=f"the {name} {got}", expected=str(expected))
    sizes = machine.run_next(file)
    if not isinstance(sizes, dict) or sizes.get("little_endian") is not True:
        raise InputError(path, got="a file of a big-endian machine", expected="little-endian")


def _skip(path: pathlib.Path, file: BinaryIO, storage: LegacyStorage) -> int:
    """The place of the storage at the file's place, which is left behind it."""
    head = file.read(COUNT.size)
    if len(head) != COUNT.size or COUNT.unpack(head)[0] != storage.count:
        raise InputError(
            path, storage.entry, got="no storage", expected=f"one of {storage.count} elements"
        )
    place = file.tell()
    end = place + storage.count * storage.dtype.itemsize
    if end > path.stat().st_size:
        raise InputError(path, storage.entry, got="the end of the file", expected=f"{end} bytes")
    file.seek(end)
    return place
