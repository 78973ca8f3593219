#!/usr/bin/env python3
"""Reads the tensors of `systole export` from its images: a loader to copy into other flows.

Usage: load_images.py DIR --list
       load_images.py DIR --dump OP TENSOR    elements in the memory's order, one per line
       load_images.py DIR --npz OUT.npz       every tensor, named OP/TENSOR

Reads manifest.json and, of each memory, the first of raw, hex and npy that the manifest lists.
Sizes and CRC-32 of files and tensors must be right. Exits with 2 after a message else.
"""

import argparse
import io
import itertools
import json
import pathlib
import re
import sys
import zlib

import numpy

Tensors = dict[tuple[str, str], numpy.ndarray]

# What a damaged manifest leads to, too: other types, numbers that do not fit together.
BAD_INPUT = (OSError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, MemoryError)


def file_bytes(path: pathlib.Path, file: dict) -> bytes:
    data = path.read_bytes()
    for what, got, expected in (
        ("bytes", len(data), file["bytes"]),
        ("CRC-32", f"{zlib.crc32(data):08x}", file["crc32"]),
    ):
        if got != expected:
            raise ValueError(f"{path}: {what}: got {got}, expected {expected} of the manifest")
    return data


def read_slice(folder: pathlib.Path, file: dict, byte_order: str) -> numpy.ndarray:
    """The words of one file: uint8 [words, bytes of a word], least significant byte first."""
    data = file_bytes(folder / file["path"], file)
    shape = (file["words"], file["word_bits"] // 8)
    if file["format"] == "npy":
        array = numpy.load(io.BytesIO(data), allow_pickle=False)
        return array.view(numpy.uint8).reshape(shape)
    if file["format"] == "hex":
        lines = re.sub(rb"//.*|@\S+", b"", data)
        data = bytes.fromhex(lines.decode("ascii"))
    big_endian = file["format"] == "hex" or byte_order == "big"
    words = numpy.frombuffer(data, numpy.uint8).reshape(shape)
    return words[:, ::-1] if big_endian else words


def read_region(folder: pathlib.Path, region: dict, memory: dict) -> numpy.ndarray:
    """A region's words, put together from banks and lanes."""
    listed = [file["format"] for file in region["files"]]
    readable = [name for name in listed if name in ("raw", "hex", "npy")]
    if not readable:
        raise ValueError(
            f"{memory['name']}: got files in {', '.join(listed)}, expected raw, hex or npy; "
            "export again with --layout-set formats='raw ...'"
        )
    count = region["words"]
    per_bank = -(-count // memory["banks"])
    part = memory["word_bits"] // memory["lanes"] // 8
    words = numpy.zeros((memory["banks"], per_bank, memory["lanes"], part), numpy.uint8)
    for file in region["files"]:
        if file["format"] == readable[0]:
            words[file["bank"], :, file["lane"]] = read_slice(folder, file, memory["byte_order"])
    if memory["interleave"] == "word":
        words = words.swapaxes(0, 1)
    return words.reshape(-1, memory["word_bits"] // 8)[:count]


def read_memory(folder: pathlib.Path, memory: dict) -> numpy.ndarray:
    """uint8 [words, bytes of a word] from the memory's base on; 0 between its regions."""
    words = numpy.zeros((memory["words"], memory["word_bits"] // 8), numpy.uint8)
    for region in memory["regions"]:
        first = region["address"] - memory["base"]
        words[first : first + region["words"]] = read_region(folder, region, memory)
    return words


def integers(bits: numpy.ndarray, signed: bool) -> numpy.ndarray:
    """int64 [...] of bits [..., element], the least significant one first."""
    width = min(width for width in (8, 16, 32, 64) if width >= bits.shape[-1])
    sign = bits[..., -1:] if signed else numpy.zeros_like(bits[..., -1:])
    bits = numpy.concatenate([bits, sign.repeat(width - bits.shape[-1], -1)], -1)
    packed = numpy.packbits(bits, axis=-1, bitorder="little")
    return packed.view(f"<{'i' if signed else 'u'}{width // 8}")[..., 0].astype(numpy.int64)


def elements(words: numpy.ndarray, tensor: dict, memory: dict) -> numpy.ndarray:
    """A tensor's elements out of the words of its memory, as int64 of its `shape`."""
    element_bits, word_bits = tensor["element_bits"], memory["word_bits"]
    first = tensor["address"] - memory["base"]
    words = words[first : first + tensor["words"]]
    per_unit = -(-element_bits // word_bits)  # Words that a wide element takes.
    units = words.reshape(-1, per_unit, word_bits // 8)
    high = memory["first_element"] == "high"
    if high:
        units = units[:, ::-1]
    order = "big" if memory["bit_order"] == "msb_first" else "little"
    bits = numpy.unpackbits(units.reshape(len(units), -1), axis=1, bitorder=order)
    slots = bits.shape[1] // element_bits
    bits = bits[:, : slots * element_bits].reshape(-1, slots, element_bits)
    values = integers(bits[:, ::-1] if high else bits, tensor["signed"])
    if tensor["beat"]:  # Each beat begins with a word.
        beat_slots = -(-tensor["beat"] // slots) * slots
        values = values.reshape(-1, beat_slots)[:, : tensor["beat"]]
    values = values.reshape(-1)[: numpy.prod(tensor["shape"], dtype=int)]
    if f"{zlib.crc32(values.astype('<i8').tobytes()):08x}" != tensor["crc32"]:
        raise ValueError(f"{tensor['tensor']} of {tensor['op']}: not the elements of its CRC-32")
    return values.reshape(tensor["shape"])


def read_manifest(folder: pathlib.Path) -> dict:
    manifest = json.loads((folder / "manifest.json").read_text())
    kind = (manifest["format"], manifest["version"])
    if kind != ("systole-images", 1):
        raise ValueError(f"{folder}/manifest.json: got {kind}, expected ('systole-images', 1)")
    return manifest


def load(folder: pathlib.Path) -> Tensors:
    """Every tensor by (op, name). One that two memories hold is the same in both."""
    tensors = {}
    for memory in read_manifest(folder)["memories"]:
        words = read_memory(folder, memory)
        for tensor in memory["tensors"]:
            tensors[tensor["op"], tensor["tensor"]] = elements(words, tensor, memory)
    return tensors


def bundle_tensor(tensor: dict, values: numpy.ndarray) -> numpy.ndarray:
    """`values` in the shape of the bundle's tensor, which `tensor`, of the manifest, has as source.

    Weights and parameters lie in memory by packs and tiles of columns: memory-map.md, Orders.
    """
    shape = tensor["source"]["shape"]
    order = tensor.get("order")
    if order is None:
        return values.reshape(shape)
    is_weight = tensor["tensor"] == "weight"
    result = numpy.zeros(numpy.prod(shape, dtype=int), numpy.int64)
    tokens = order.get("tokens", 1)
    per_token = max(len(result) // tokens, 1)  # Fewer than channels where they repeat.
    row = 0
    for token, pack in itertools.product(range(tokens), order["packs"]):
        depth = pack["depth"] if is_weight else 1
        k = numpy.arange(depth)[:, None]
        for tile in range(0, pack["channels"], order["columns"]):
            c = numpy.arange(tile, min(tile + order["columns"], pack["channels"]))
            channel = pack["first_channel"] + c
            block = values[row : row + depth, : len(c)]
            row += depth
            if not is_weight:
                result[token * per_token + channel % per_token] = block[0]
                continue
            tap = k // pack["inputs"]
            group = channel // (order["channels"] // order["groups"])
            i = pack["first_input"] + k % pack["inputs"] - group * order["inputs"]
            exists = (tap < order["taps"]) & (i >= 0) & (i < order["inputs"])
            at = (tap * order["inputs"] + i) * order["channels"] + channel
            result[at[exists]] = block[exists]
    return result.reshape(shape)


def run(arguments: argparse.Namespace) -> None:
    tensors = load(arguments.folder)
    if arguments.npz:
        named = {f"{op}/{name}": values for (op, name), values in tensors.items()}
        numpy.savez(arguments.npz, **named)
    elif arguments.dump:
        if tuple(arguments.dump) not in tensors:
            raise ValueError(f"{' '.join(arguments.dump)}: not among the tensors of --list")
        print("\n".join(map(str, tensors[tuple(arguments.dump)].flat)))
    else:
        for (op, name), values in tensors.items():
            print(op, name, *values.shape)


def main() -> int:
    parser = argparse.ArgumentParser(description="Reads the images of `systole export`.")
    parser.add_argument("folder", metavar="DIR", type=pathlib.Path)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--list", action="store_true", help="op, tensor and shape of each")
    what.add_argument("--dump", nargs=2, metavar=("OP", "TENSOR"), help="print its elements")
    what.add_argument("--npz", metavar="OUT.npz", help="write all, named OP/TENSOR")
    try:
        run(parser.parse_args())
    except KeyError as error:
        print(f"error: manifest.json: no key {error}; export again", file=sys.stderr)
        return 2
    except BAD_INPUT as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
