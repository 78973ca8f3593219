"""Imports a network that Torch2Chip (commit 293a8ec) exported, faithfully, as a network bundle.

    torch2chip_import.py EXPORT --topology net.yaml --bundle net
    torch2chip_import.py EXPORT --topology net.yaml --bundle net \\
        --samples images.npy --labels labels.npy
    torch2chip_import.py EXPORT --topology net.yaml --bundle net --entry integer
    torch2chip_import.py EXPORT --topology net.yaml --bundle net \\
        --goldens EXPORT/tensors input.npy --goldens-out goldens.safetensors

EXPORT is the folder with t2c_model.pth.tar and tensors/. topology.md describes the topology file.
Every op keeps Torch2Chip's arithmetic (the dialect `torch2chip`). Nothing in a pickle is executed.
"""

import argparse
import pathlib
import sys

import numpy as np

from arrays import read_arrays, read_labels
from bundle import Bundle, write_bundle, write_tensors
from errors import InputError, exit_status
from topology import load_topology
from torch2chip_build import build, start_at_codes
from torch2chip_builder import Builder
from torch2chip_export import load_export
from torch2chip_goldens import read_goldens
from torch2chip_layout import Result, to_ours

SET = "default"


def convert(arguments: argparse.Namespace) -> None:
    builder = build(load_topology(arguments.topology), load_export(arguments.source))
    if arguments.entry == "integer":
        start_at_codes(builder)
    topology = builder.topology
    samples = _samples(builder, arguments)
    goldens = read_goldens(builder, arguments.goldens)
    bundle = Bundle(
        name=topology.name,
        inputs=builder.inputs,
        outputs=[builder.results[topology.nodes[-1].id].op],
        ops=builder.ops,
        description=f"{topology.name} as Torch2Chip exported it",
        source={"tool": "Torch2Chip 293a8ec", "entry": arguments.entry},
        samples={SET: samples} if samples else {},
    )
    write_bundle(arguments.bundle, bundle)
    if goldens:
        write_tensors(arguments.goldens_out, goldens)


def _samples(builder: Builder, arguments: argparse.Namespace) -> dict[str, np.ndarray]:
    """Samples of every input and their labels, in our layout."""
    names = [x["name"] for x in builder.inputs]
    given = _given(names, arguments.samples) if arguments.samples else _recorded_codes(builder)
    if not given:
        if arguments.labels:
            raise InputError(
                arguments.labels, got="labels without samples", expected="--samples too"
            )
        return {}
    results = {result.op: result for result in builder.results.values()}
    samples = {}
    for name in names:
        if name not in given:
            raise InputError("--samples", name, got="none", expected="samples of every input")
        samples[name] = _checked(*given[name], results[name])
    counts = {len(values) for values in samples.values()}
    if len(counts) > 1:
        raise InputError("--samples", got=f"{sorted(counts)} samples", expected="as many of each")
    if arguments.labels:
        samples["labels"] = read_labels(arguments.labels, counts.pop())
    return samples


def _given(names: list[str], files: list[str]) -> dict[str, tuple[str, np.ndarray]]:
    """File and array by input, from `FILE`s in the inputs' order or `NAME=FILE`s."""
    given = {}
    for position, text in enumerate(files):
        name, equals, path = text.partition("=")
        if not equals or name not in names:
            if position >= len(names):
                raise InputError(
                    "--samples",
                    got=text,
                    expected=f"{len(names)} files, or NAME=FILE " f"of {' or '.join(names)}",
                )
            name, path = names[position], text
        arrays = read_arrays(path)
        if "" not in arrays:
            raise InputError(path, got="several arrays", expected="a .npy file")
        given[name] = path, arrays[""]
    return given


def _recorded_codes(builder: Builder) -> dict[str, tuple[str, np.ndarray]]:
    """The x1 whose codes are the network's one input; nothing where it begins with the image."""
    names = [x["name"] for x in builder.inputs]
    ops = [op for op, (codes, _, _) in builder.recorded.items() if codes == names[0]]
    if ops and len(names) == 1:
        return {names[0]: (builder.export.file(ops[0], "x1"), builder.export.tensor(ops[0], "x1"))}
    if ops:
        missing = " and ".join(names[1:])
        print(f"note: no samples, for the export lacks {missing}; give --samples", file=sys.stderr)
    return {}


def _checked(path: str | pathlib.Path, values: np.ndarray, result: Result) -> np.ndarray:
    if values.shape[1:] != result.shape or values.ndim == 0 or len(values) == 0:
        raise InputError(
            path,
            result.op,
            got=f"samples {list(values.shape)}",
            expected=f"[count, {', '.join(map(str, result.shape))}]",
        )
    if result.kind == "reals":
        if values.dtype.kind != "f" or not np.isfinite(values).all():
            raise InputError(path, result.op, got=f"{values.dtype} values", expected="finite reals")
        return to_ours(values.astype(np.float32), result)
    low, high = result.range
    if values.dtype.kind not in "iu" or values.min() < low or values.max() > high:
        raise InputError(
            path,
            result.op,
            got=f"{values.dtype} {values.min()} to {values.max()}",
            expected=f"codes {low} to {high}",
        )
    return to_ours(values.astype(np.int32), result)


def parse(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0], allow_abbrev=False)
    parser.add_argument(
        "source", metavar="EXPORT", help="folder with t2c_model.pth.tar and tensors/"
    )
    parser.add_argument("--topology", required=True, metavar="FILE", help="see topology.md")
    parser.add_argument("--bundle", required=True, metavar="DIR", help="what to write")
    parser.add_argument(
        "--entry",
        choices=("image", "integer"),
        default="image",
        help="start at the image, or at the first quantizer's codes",
    )
    parser.add_argument(
        "--samples",
        action="append",
        default=[],
        metavar="[NAME=]FILE",
        help="samples of an input, .npy, in torch's layout [count, c, h, w]",
    )
    parser.add_argument("--labels", metavar="FILE", help="their right answers: .npy or text")
    parser.add_argument(
        "--goldens",
        nargs="+",
        default=[],
        metavar="PATH",
        help="recorded tensors: EXPORT/tensors, .npy (image), .npz, .safetensors",
    )
    parser.add_argument("--goldens-out", metavar="FILE", help="where they go, .safetensors")
    arguments = parser.parse_args(words)
    if bool(arguments.goldens) != bool(arguments.goldens_out):
        parser.error("--goldens and --goldens-out go together")
    return arguments


if __name__ == "__main__":
    arguments = parse()
    sys.exit(exit_status(lambda: convert(arguments)))
