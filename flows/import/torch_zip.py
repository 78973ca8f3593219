"""Reads tensors from the zip files of torch.save (.pt, .pth, .pth.tar) without torch.

    load(path) -> a Tensor, or a dict of names to Tensors (a state dict)

A file is `<root>/data.pkl`, the raw elements `<root>/data/<n>` and perhaps `<root>/byteorder`. The
pickle is interpreted by `torch_pickle`; nothing in it is executed. Elements are read on demand.
"""

import math
import pathlib
import zipfile
from dataclasses import dataclass

import numpy as np

from errors import InputError, expect_file, reading
from torch_pickle import Machine

MOST_ENTRIES = 1 << 16
MOST_ELEMENTS = 1 << 28  # Of one tensor: 1 GiB of float32.
MOST_PICKLE_BYTES = 64 << 20
ENCRYPTED = 0x1


@dataclass(frozen=True)
class Storage:
    """The elements of one or more tensors: `count` of them in entry `entry` of the file."""

    path: pathlib.Path
    entry: str
    dtype: np.dtype
    count: int

    def read(self) -> np.ndarray:
        with reading(self.path, self.entry):
            with zipfile.ZipFile(self.path) as archive:
                return np.frombuffer(archive.read(self.entry), self.dtype)


@dataclass(frozen=True)
class Tensor:
    """A view of a storage; offset and strides count elements and stay inside it."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def numpy(self) -> np.ndarray:
        """The elements, read-only, in the machine's byte order."""
        elements = self.storage.read()[self.offset :]
        strides = [stride * elements.itemsize for stride in self.strides]
        if math.prod(self.shape) == 0:
            return np.empty(self.shape, self.storage.dtype.newbyteorder("="))
        values = np.lib.stride_tricks.as_strided(elements, self.shape, strides, writeable=False)
        return values.astype(values.dtype.newbyteorder("="), copy=False)


def load(path: str | pathlib.Path) -> Tensor | dict:
    path = pathlib.Path(path)
    with reading(path):
        expect_file(path, "a file that torch.save wrote")
        with zipfile.ZipFile(path) as archive:
            sizes = _entry_sizes(path, archive)
            root = _root(path, sizes)
            order = _byte_order(path, archive, sizes, f"{root}/byteorder")
            if sizes[f"{root}/data.pkl"] > MOST_PICKLE_BYTES:
                raise InputError(
                    path,
                    "data.pkl",
                    got=f"{sizes[f'{root}/data.pkl']} bytes",
                    expected=f"at most {MOST_PICKLE_BYTES}",
                )
            pickled = archive.read(f"{root}/data.pkl")

        def storage(kind: str, key: str, count: int) -> Storage:
            return _storage(path, sizes, f"{root}/data/{key}", np.dtype(order + kind), count)

        return Machine(path, storage, lambda *sizes: view(path, *sizes)).run(pickled)


def _entry_sizes(path: pathlib.Path, archive: zipfile.ZipFile) -> dict[str, int]:
    """Sizes by name, once every entry is known to be plain: stored, not encrypted, unique."""
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise InputError(path, got=f"{len(entries)} entries", expected=f"at most {MOST_ENTRIES}")
    sizes = {}
    for entry in entries:
        if entry.flag_bits & ENCRYPTED:
            raise InputError(path, entry.filename, got="an encrypted entry", expected="a plain one")
        if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size:
            raise InputError(
                path,
                entry.filename,
                got="a compressed entry",
                expected="an uncompressed one, as torch.save writes",
            )
        if entry.filename in sizes:
            raise InputError(path, entry.filename, got="two entries of this name", expected="one")
        sizes[entry.filename] = entry.file_size
    if sum(sizes.values()) > path.stat().st_size:
        raise InputError(path, got="entries that share bytes", expected="each with its own")
    return sizes


def _root(path: pathlib.Path, sizes: dict[str, int]) -> str:
    roots = [name.removesuffix("/data.pkl") for name in sizes if name.endswith("/data.pkl")]
    if len(roots) != 1:
        raise InputError(
            path,
            got=f"{len(roots)} entries */data.pkl",
            expected="one",
            hint="is this a file of torch.save?",
        )
    return roots[0]


def _byte_order(
    path: pathlib.Path, archive: zipfile.ZipFile, sizes: dict[str, int], entry: str
) -> str:
    if entry not in sizes:
        return "<"  # Files of older versions of torch; they were written on little-endian machines.
    text = archive.read(entry) if sizes[entry] < 16 else b""
    if text not in (b"little", b"big"):
        raise InputError(path, entry, got=repr(text), expected="little or big")
    return "<" if text == b"little" else ">"


def _storage(
    path: pathlib.Path, sizes: dict[str, int], entry: str, dtype: np.dtype, count: int
) -> Storage:
    if entry not in sizes:
        raise InputError(path, entry, message="is missing")
    if count < 0 or count * dtype.itemsize != sizes[entry]:
        raise InputError(
            path,
            entry,
            got=f"{sizes[entry]} bytes",
            expected=f"{count} elements of {dtype.itemsize}",
        )
    return Storage(path, entry, dtype, count)


def view(
    path: pathlib.Path, storage: object, offset: object, shape: object, strides: object
) -> Tensor:
    numbers = (offset, *shape, *strides)
    if not isinstance(storage, Storage) or not all(type(n) is int and n >= 0 for n in numbers):
        raise InputError(path, got="a tensor of something else", expected="a storage and sizes")
    if len(shape) != len(strides) or len(shape) > 8:
        raise InputError(
            path,
            got=f"a shape {list(shape)} with strides {list(strides)}",
            expected="as many strides as axes, at most 8",
        )
    if math.prod(shape) > MOST_ELEMENTS:
        raise InputError(
            path,
            got=f"a tensor of shape {list(shape)}",
            expected=f"at most {MOST_ELEMENTS} elements",
        )
    last = offset + sum((n - 1) * stride for n, stride in zip(shape, strides))
    if math.prod(shape) > 0 and last >= storage.count:
        raise InputError(
            path,
            storage.entry,
            got=f"a view that ends at element {last}",
            expected=f"at most {storage.count - 1}",
        )
    return Tensor(storage, offset, tuple(shape), tuple(strides))
