"""Compares an export of ours with one that Torch2Chip wrote, element by element.

Usage: compare_torch2chip.py OURS THEIRS [WITHOUT]..., two `tensors` folders and ops to leave out.
Prints what differs, then how many ops and elements are equal.
"""

import json
import pathlib
import sys

import numpy

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "flows/import"))

import torch_zip  # noqa: E402  (found through the path above)


def compare(ours: pathlib.Path, theirs: pathlib.Path, without: list[str]) -> None:
    our_index = json.loads((ours / "matmul.json").read_text())
    their_index = json.loads((theirs / "matmul.json").read_text())
    wanted = {op: shapes for op, shapes in their_index.items() if op not in without}
    if list(our_index.items()) != list(wanted.items()):
        print("matmul.json differs:", our_index, wanted)
    elements = equal = 0
    for op in wanted:
        for tensor in (f"{op}_x1", f"{op}_x2", f"{op}_y"):
            got = numpy.load(ours / f"{tensor}.npy", allow_pickle=False)
            expected = torch_zip.load(theirs / f"{tensor}.pt").numpy()
            elements += expected.size
            if (got.dtype, got.shape) != (expected.dtype, expected.shape):
                print(tensor, "got", got.dtype, got.shape, "expected", expected.dtype, expected.shape)
                continue
            different = int((got != expected).sum())
            if different:
                print(tensor, "differs in", different, "of", got.size)
            equal += got.size - different
    print(f"{len(wanted)} ops, {equal} of {elements} elements equal")


if __name__ == "__main__":
    compare(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3:])
