"""Imports a float ONNX network with AIMET's encodings, as its simulator runs it, as a bundle.

    aimet_import.py net.onnx net.encodings.json --bundle net
    aimet_import.py net.onnx net.encodings.json --bundle net --samples images.npy
    aimet_import.py net.onnx net.encodings.json --bundle net --bias int32 \\
        --goldens activations.safetensors io.safetensors --goldens-out goldens.safetensors

Every requantisation is in dialect `double`. README.md beside this file says what is supported.
"""

import argparse
import pathlib
import sys

from aimet_constants import BIASES
from aimet_data import input_samples, read_goldens
from aimet_encodings import read_encodings
from aimet_graph import EncodedGraph
from bundle import Bundle
from errors import exit_status
from import_arguments import import_parser, parse_with_data, sha256, write_imported
from onnx_model import read_model


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
    samples = input_samples(network, arguments.samples) if arguments.samples else {}
    goldens = read_goldens(network, arguments.goldens) if arguments.goldens else {}
    write_imported(arguments, bundle, samples, goldens)


def parse_arguments(words: list[str]) -> argparse.Namespace:
    parser = import_parser(__doc__, "the .onnx file of the float network")
    parser.add_argument("encodings", help="the .json file of its encodings")
    parser.add_argument(
        "--bias", choices=BIASES, default="float", help="what biases are rounded to"
    )
    return parse_with_data(
        parser,
        words,
        samples="reals [count, ...] in ONNX's layout",
        goldens="recorded tensors as .npz or .safetensors, by names of the model: codes of "
        "values, reals of inputs",
    )


if __name__ == "__main__":
    sys.exit(exit_status(lambda: import_network(parse_arguments(sys.argv[1:]))))
