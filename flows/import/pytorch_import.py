"""Imports a float network from a PyTorch checkpoint as a network bundle.

    pytorch_import.py resnet20.th --topology resnet20.yaml --bundle net
    pytorch_import.py resnet20.th --topology resnet20.yaml --bundle net \\
        --samples calibration=first.safetensors --samples test.safetensors

A checkpoint is a state dict that torch.save wrote (.pth, .th, .pt, .pth.tar; zip files and older
ones). topology.md describes the topology file. Nothing in a pickle is executed.
"""

import argparse
import sys

from bundle import write_bundle
from checkpoint_weights import CheckpointWeights
from errors import ArgumentParser, exit_status
from float_builder import FloatBuilder, float_bundle
from float_layers import build
from sample_sets import read_sets
from topology import load_topology
from torch_checkpoint import load_checkpoint


def convert(arguments: argparse.Namespace) -> None:
    topology = load_topology(arguments.topology)
    weights = CheckpointWeights(load_checkpoint(arguments.source))
    builder = build(FloatBuilder(topology, weights))
    weights.expect_all_taken(topology.file)
    bundle = float_bundle(
        builder,
        "the weights of a PyTorch checkpoint",
        {"checkpoint": weights.checkpoint.path.name},
        read_sets([builder.results[x["name"]] for x in builder.inputs], arguments.samples),
    )
    write_bundle(arguments.bundle, bundle)


def parse(words: list[str]) -> argparse.Namespace:
    parser = ArgumentParser(description=__doc__.split("\n")[0], allow_abbrev=False)
    parser.add_argument("source", metavar="CHECKPOINT", help="a state dict of torch.save")
    parser.add_argument("--topology", required=True, metavar="FILE", help="see topology.md")
    parser.add_argument("--bundle", required=True, metavar="DIR", help="what to write")
    parser.add_argument(
        "--samples",
        action="append",
        default=[],
        metavar="[SET=]FILE",
        help="samples of a set (test): .npy, or arrays `inputs` and `labels` of .npz, .safetensors",
    )
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(exit_status(lambda: convert(parse(sys.argv[1:]))))
