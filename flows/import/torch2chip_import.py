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
import sys

import numpy as np

from bundle import SET, Bundle, write_bundle, write_tensors
from errors import ArgumentParser, InputError, exit_status
from samples import SampledInput, checked_samples, read_labels, read_samples
from topology import load_topology
from torch2chip_build import build, start_at_codes
from torch2chip_builder import Builder
from torch2chip_export import load_export
from torch2chip_goldens import read_goldens
from torch2chip_layout import Result, to_ours


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
    by_op = {result.op: result for result in builder.results.values()}
    results = [by_op[x["name"]] for x in builder.inputs]
    if arguments.samples:
        samples = read_samples([_sampled(x) for x in results], arguments.samples)
    else:
        samples = _recorded_codes(builder, results)
    if arguments.labels and not samples:
        raise InputError(arguments.labels, got="labels without samples", expected="--samples too")
    samples = {x.op: to_ours(samples[x.op], x) for x in results if samples}
    if arguments.labels:
        samples["labels"] = read_labels(arguments.labels, len(samples[results[0].op]))
    return samples


def _sampled(x: Result) -> SampledInput:
    return SampledInput((x.op,), x.shape, None if x.kind == "reals" else x.range)


def _recorded_codes(builder: Builder, inputs: list[Result]) -> dict[str, np.ndarray]:
    """The x1 whose codes are the network's one input; nothing where it begins with the image."""
    first, *others = inputs
    ops = [op for op, x in builder.recorded.items() if x.codes == first.op]
    if ops and not others:
        path, values = builder.export.file(ops[0], "x1"), builder.export.tensor(ops[0], "x1")
        return {first.op: checked_samples(path, values, _sampled(first))}
    if ops:
        missing = " and ".join(x.op for x in others)
        print(f"note: no samples, for the export lacks {missing}; give --samples", file=sys.stderr)
    return {}


def parse(words: list[str]) -> argparse.Namespace:
    parser = ArgumentParser(description=__doc__.split("\n")[0], allow_abbrev=False)
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
    sys.exit(exit_status(lambda: convert(parse(sys.argv[1:]))))
