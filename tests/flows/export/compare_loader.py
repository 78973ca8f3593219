"""Compares what load_images.py reads with the bundle's and the golden trace's own files.

Usage: compare_loader.py DIR, an export. Prints what differs, then how many tensors and elements
are equal.
"""

import pathlib
import sys

import numpy
import safetensors.numpy

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "flows/export"))

import load_images  # noqa: E402  (found through the path above)


def compare(folder: pathlib.Path) -> None:
    bundle = safetensors.numpy.load_file(folder / "network/tensors.safetensors")
    golden = safetensors.numpy.load_file(folder / "golden/tensors.safetensors")
    tensors = load_images.load(folder)
    equal = elements = 0
    for memory in load_images.read_manifest(folder)["memories"]:
        sources = bundle if memory["name"] in ("weights", "parameters") else golden
        for tensor in memory["tensors"]:
            if "source" not in tensor:
                continue
            got = load_images.bundle_tensor(tensor, tensors[tensor["op"], tensor["tensor"]])
            expected = sources[tensor["source"]["tensor"]]
            if not numpy.array_equal(got, expected):
                print(memory["name"], tensor["op"], tensor["tensor"], "differs")
                continue
            equal += 1
            elements += expected.size
    print(f"{equal} tensors, {elements} elements equal")


if __name__ == "__main__":
    compare(pathlib.Path(sys.argv[1]))
