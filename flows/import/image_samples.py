"""Turns images into samples for `systole import pytorch --samples`: scaled, padded, normalised.

    image_samples.py t10k-images-idx3-ubyte.gz --labels t10k-labels-idx1-ubyte.gz \\
        --range 0:256 --pad 32 --mean 0.1307 --std 0.3081 -o calibration.safetensors

IMAGES is an idx file, gzipped or not (MNIST's [count, h, w] or [count, h, w, c], bytes), or a .npy,
.npz or .safetensors file with an array `inputs`, [count, c, h, w], of bytes or reals. Bytes are
divided by 255. What is written has arrays `inputs`, float32 [count, c, h, w], and `labels`.
"""

import argparse
import gzip
import math
import pathlib
import struct
import sys

import numpy as np

from arrays import read_arrays
from bundle import write_tensors
from errors import ArgumentParser, InputError, exit_status, expect_file, reading
from sample_sets import INPUTS
from samples import checked_labels

GZIP = b"\x1f\x8b"
TYPES = {0x08: np.uint8, 0x09: np.int8}  # Of idx files.
MOST_BYTES = 1 << 30
ARRAYS = (".npy", ".npz", ".safetensors")


def convert(arguments: argparse.Namespace) -> None:
    images = _read_images(arguments.images)
    first, last = _range(arguments.range, len(images), arguments.images)
    values = _normalised(images[first:last], arguments)
    tensors = {"inputs": values}
    if arguments.labels:
        labels = _read_labels(arguments.labels)
        labels = checked_labels(arguments.labels, labels, len(images))
        tensors["labels"] = labels[first:last]
    write_tensors(arguments.out, tensors)


def read_idx(path: str | pathlib.Path) -> np.ndarray:
    """The bytes of an idx file: two zeros, type, rank, big-endian extents, elements."""
    path = pathlib.Path(path)
    with reading(path):
        expect_file(path, "an idx file")
        with path.open("rb") as file:
            zipped = file.read(len(GZIP)) == GZIP
        with gzip.open(path) if zipped else path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    if len(data) < 4 or data[:2] != b"\0\0":
        raise InputError(path, got="another beginning", expected="an idx file: two zero bytes")
    kind, rank = data[2], data[3]
    if kind not in TYPES or not 1 <= rank <= 4:
        raise InputError(
            path, got=f"type {kind}, rank {rank}", expected="bytes (8 or 9), rank 1 to 4"
        )
    start = 4 + 4 * rank
    shape = struct.unpack(f">{rank}I", data[4:start]) if len(data) >= start else ()
    if len(data) - start != math.prod(shape) or 0 in shape:
        raise InputError(
            path, got=f"{len(data)} bytes", expected=f"{start} and elements {list(shape)}"
        )
    return np.frombuffer(data, TYPES[kind], offset=start).reshape(shape)


def _read_images(path: str) -> np.ndarray:
    """[count, c, h, w], bytes or reals."""
    if pathlib.Path(path).suffix in ARRAYS:
        arrays = read_arrays(path)
        key = next((name for name in INPUTS if name in arrays), None)
        if key is None:
            raise InputError(path, got="no array inputs", expected="images [count, c, h, w]")
        images = arrays[key]
    else:
        images = read_idx(path)
        if images.ndim == 3:
            images = images[:, None]
        elif images.ndim == 4:
            images = images.transpose(0, 3, 1, 2)
    if images.ndim != 4 or images.dtype != np.uint8 and images.dtype.kind != "f":
        raise InputError(
            path, got=f"{images.dtype} {list(images.shape)}", expected="images, bytes or reals"
        )
    return images


def _read_labels(path: str) -> np.ndarray:
    if pathlib.Path(path).suffix not in ARRAYS:
        return read_idx(path)
    arrays = read_arrays(path)
    key = next((name for name in ("", "labels") if name in arrays), None)
    if key is None:
        raise InputError(path, got="no array labels", expected="labels [count]")
    return arrays[key]


def _range(text: str, count: int, path: str) -> tuple[int, int]:
    """FIRST:LAST, the last not included; all of them where empty."""
    if not text:
        return 0, count
    first, colon, last = text.partition(":")
    if not (colon and first.isdecimal() and last.isdecimal() and int(first) < int(last)):
        raise InputError("--range", got=text, expected="FIRST:LAST, the last not included")
    if int(last) > count:
        raise InputError("--range", got=text, expected=f"at most the {count} images of {path}")
    return int(first), int(last)


def _normalised(images: np.ndarray, arguments: argparse.Namespace) -> np.ndarray:
    """(x - mean) / std per channel of images whose missing border is 0 before that."""
    values = images.astype(np.float32)
    if images.dtype == np.uint8:
        values /= np.float32(255)
    channels = values.shape[1]
    for name in ("mean", "std"):
        if len(getattr(arguments, name)) not in (1, channels):
            raise InputError(
                f"--{name}",
                got=f"{len(getattr(arguments, name))} numbers",
                expected=f"1 or {channels}, one per channel",
            )
    if not all(0 < s < math.inf for s in arguments.std) or not all(
        map(math.isfinite, arguments.mean)
    ):
        raise InputError("--std", got=arguments.std, expected="numbers above 0, and finite means")
    if arguments.pad:
        borders = [arguments.pad - n for n in values.shape[2:]]
        if min(borders) < 0:
            raise InputError(
                "--pad", got=arguments.pad, expected=f"at least the images' {values.shape[2:]}"
            )
        pads = [(n // 2, n - n // 2) for n in borders]
        values = np.pad(values, [(0, 0), (0, 0), *pads])
    mean, std = (
        np.array(numbers, np.float32).reshape(1, -1, 1, 1)
        for numbers in (arguments.mean, arguments.std)
    )
    return (values - mean) / std


def parse(words: list[str]) -> argparse.Namespace:
    parser = ArgumentParser(description=__doc__.split("\n")[0], allow_abbrev=False)
    parser.add_argument("images", metavar="IMAGES", help="idx(.gz), .npy, .npz or .safetensors")
    parser.add_argument("--labels", metavar="FILE", help="idx(.gz), .npy, .npz or .safetensors")
    parser.add_argument("--range", default="", metavar="FIRST:LAST", help="which images (all)")
    parser.add_argument("--pad", type=int, default=0, metavar="SIZE", help="height and width")
    for name, default in (("mean", 0.0), ("std", 1.0)):
        parser.add_argument(
            f"--{name}",
            type=float,
            nargs="+",
            default=[default],
            metavar="X",
            help=f"of the pixels in 0..1, one or one per channel ({default:g})",
        )
    parser.add_argument("-o", "--out", required=True, metavar="FILE", help=".safetensors")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(exit_status(lambda: convert(parse(sys.argv[1:]))))
