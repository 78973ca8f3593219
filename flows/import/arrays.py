"""Reads arrays from a user's .npy, .npz and .safetensors files, of which none is trusted."""

import math
import pathlib
import warnings
import zipfile

import numpy as np
import safetensors.numpy

from errors import InputError, expect_file, reading

EXPECTED = "a .npy, .npz or .safetensors file"
MOST_BYTES = 1 << 30  # Of one .npz, uncompressed.


def read_arrays(path: str | pathlib.Path) -> dict[str, np.ndarray]:
    """The arrays by name; that of a .npy file has the name ``."""
    path = pathlib.Path(path)
    with reading(path), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # numpy's, of headers that are odd but readable.
        expect_file(path, EXPECTED)
        if path.suffix == ".npy":
            # Mapped, so that a header's claim about the size is checked against the file.
            return {"": np.array(np.load(path, mmap_mode="r", allow_pickle=False))}
        if path.suffix == ".npz":
            return _read_npz(path)
        if path.suffix == ".safetensors":
            return safetensors.numpy.load_file(path)
    raise InputError(path, got=f"a file *{path.suffix}", expected=EXPECTED)


def read_array(path: str | pathlib.Path, name: str) -> np.ndarray:
    """The array of a .npy file, or the one called `name` of a file of several."""
    arrays = read_arrays(path)
    key = "" if "" in arrays else name
    if key not in arrays:
        raise InputError(path, got=f"no array {name}", expected=f"{name}, or a .npy file")
    return arrays[key]


def _read_npz(path: pathlib.Path) -> dict[str, np.ndarray]:
    arrays = {}
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if sum(entry.file_size for entry in entries) > MOST_BYTES:
            raise InputError(path, got="more than 1 GiB of arrays", expected="less")
        for entry in entries:
            name = entry.filename.removesuffix(".npy")
            if name == entry.filename or name in arrays:
                raise InputError(
                    path, entry.filename, got="another entry", expected="arrays NAME.npy, each once"
                )
            with reading(path, name):
                arrays[name] = _read_entry(path, archive, entry)
    return arrays


def _read_entry(path: pathlib.Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> np.ndarray:
    """An array, once its header is known to agree with the entry's size."""
    with archive.open(entry) as file:
        version = np.lib.format.read_magic(file)
        readers = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }
        shape, fortran, dtype = readers[version](file)
        left = entry.file_size - file.tell()
        if dtype.hasobject or math.prod(shape) * dtype.itemsize != left:
            raise InputError(
                path,
                entry.filename,
                got=f"{left} bytes of {dtype}",
                expected=f"an array {list(shape)}",
            )
        data = file.read()
    array = np.frombuffer(data, dtype)
    return array.reshape(shape[::-1]).T if fortran else array.reshape(shape)
