"""Imports a float ONNX network with AIMET's encodings, as its simulator runs it, as a bundle.

    aimet_import.py net.onnx net.encodings.json --bundle net
    aimet_import.py net.onnx net.encodings.json --bundle net --samples images.npy
    aimet_import.py net.onnx net.encodings.json --bundle net --bias int32 \\
        --goldens activations.safetensors io.safetensors --goldens-out goldens.safetensors

Every requantisation is in dialect `double`. README.md beside this file says what is supported.
"""

import argparse
import hashlib
import pathlib
import sys

from aimet_constants import BIASES
from aimet_data import input_samples, read_goldens
from aimet_encodings import read_encodings
from aimet_graph import EncodedGraph
from bundle import SET, Bundle, write_bundle, write_tensors
from errors import ArgumentParser, exit_status
from onnx_model import read_model
from samples import read_labels


def convert(model: str | pathlib.Path, encodings: str | pathlib.Path, bias: str) -> EncodedGraph:
    return EncodedGraph(read_model(model), read_encodings(encodings), bias)


def make_bundle(network: EncodedGraph) -> Bundle:
    graph = network.graph
    name = graph.model.path.stem
    return Bundle(name=name, inputs=graph.inputs, outputs=network.outputs, ops=graph.ops)


def import_network(arguments: argparse.Namespace) -> None:
    model, encodings = pathlib.Path(arguments.source), pathlib.Path(arguments.encodings)
    network = convert(model, encodings, arguments.bias)
    bundle = make_bundle(network)
    bundle.source = {
        "file": model.name,
        "sha256": sha256(model),
        "encodings": encodings.name,
        "encodings_sha256": sha256(encodings),
        "bias": arguments.bias,
    }
    if arguments.samples:
        samples = input_samples(network, arguments.samples)
        if arguments.labels:
            count = len(next(iter(samples.values())))
            samples["labels"] = read_labels(arguments.labels, count)
        bundle.samples = {SET: samples}
    goldens = read_goldens(network, arguments.goldens) if arguments.goldens else {}
    write_bundle(arguments.bundle, bundle)
    if arguments.goldens:
        write_tensors(arguments.goldens_out, goldens)


def sha256(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def parse_arguments(words: list[str]) -> argparse.Namespace:
    parser = ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", help="the .onnx file of the float network")
    parser.add_argument("encodings", help="the .json file of its encodings")
    parser.add_argument("--bundle", required=True, metavar="DIR", help="the bundle to write")
    parser.add_argument(
        "--bias", choices=BIASES, default="float", help="what biases are rounded to"
    )
    parser.add_argument(
        "--samples",
        action="append",
        default=[],
        metavar="[INPUT=]FILE",
        help="reals [count, ...] in ONNX's layout: .npy, or 'inputs' of a .safetensors; once per "
        "network input",
    )
    parser.add_argument("--labels", metavar="FILE", help=".npy, or text with one integer per line")
    parser.add_argument(
        "--goldens",
        action="extend",
        nargs="+",
        default=[],
        metavar="FILE",
        help="recorded tensors as .npz or .safetensors, by names of the model: codes of values, "
        "reals of inputs",
    )
    parser.add_argument("--goldens-out", metavar="FILE", help="the same by the bundle's names")
    arguments = parser.parse_args(words)
    if arguments.labels and not arguments.samples:
        parser.error("--labels needs --samples")
    if bool(arguments.goldens) != bool(arguments.goldens_out):
        parser.error("--goldens and --goldens-out go together")
    return arguments


if __name__ == "__main__":
    sys.exit(exit_status(lambda: import_network(parse_arguments(sys.argv[1:]))))
