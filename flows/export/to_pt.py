#!/usr/bin/env python3
"""Writes every NAME.npy of a folder once more as NAME.pt, with the user's own torch.

Usage: to_pt.py FOLDER, the `tensors` folder of `systole export --style torch2chip`. Every file is
a tensor of torch.save with the dtype and the shape of the .npy, and appears whole or not at all.

Exits with 0, with 2 after a message where a file cannot be read or written, and with 3 where this
Python lacks torch or numpy; then nothing is written.
"""

import os
import pathlib
import sys
import tempfile

NO_TORCH = 3


def convert(folder: pathlib.Path) -> int:
    """How many files were written."""
    import numpy
    import torch

    sources = sorted(folder.glob("*.npy"))
    if not sources:
        raise OSError(f"{folder}: got no .npy file, expected the folder of an export")
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".systole-") as staging:
        for source in sources:
            tensor = torch.from_numpy(numpy.load(source, allow_pickle=False))
            partial = pathlib.Path(staging, source.name).with_suffix(".pt")
            torch.save(tensor, partial)
            os.replace(partial, source.with_suffix(".pt"))
    return len(sources)


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: to_pt.py FOLDER", file=sys.stderr)
        return 2
    try:
        count = convert(pathlib.Path(arguments[0]))
    except ModuleNotFoundError as error:
        print(f"no .pt files: {error}", file=sys.stderr)
        return NO_TORCH
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"{count} .pt files")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
