"""Imports a quantised ONNX network, faithfully, as a network bundle.

    onnx_import.py net.onnx --bundle net
    onnx_import.py net.onnx --bundle net --samples images.npy --labels labels.txt
    onnx_import.py net.onnx --bundle net --kernels integer \\
        --goldens recorded.safetensors input.npy --goldens-out goldens.safetensors

QuantizeLinear and DequantizeLinear say where codes are; between them reals are only formulas, but
for float islands. Every op of the bundle is in the arithmetic of

    qdq       the model as it is written: exact integers, one rounding in double
    integer   the kernels that ONNX Runtime puts in its place: float32 after Conv, Gemm and MatMul,
              QLinearSoftmax

README.md beside this file says what is supported.
"""

import argparse
import pathlib
import sys

import numpy as np

from bundle import Bundle
from errors import exit_status, reading
from import_arguments import import_parser, parse_with_data, sha256, write_imported
from onnx_convert import convert_node, finish_outputs, start
from onnx_goldens import input_samples, read_goldens
from onnx_graph import Graph
from onnx_integer import INPUT_TYPES, convert_integer, is_integer_network
from onnx_integer_goldens import integer_samples, read_integer_goldens
from onnx_model import OnnxModel, read_model

KERNELS = ("qdq", "integer")


def convert(model: OnnxModel, kernels: str) -> tuple[Bundle, Graph]:
    """The bundle without samples, and the values of the graph."""
    with reading(model.path):
        graph = start(model, kernels)
        for node in model.nodes:
            convert_node(graph, node)
        outputs = finish_outputs(graph)
    return Bundle(model.path.stem, graph.inputs, outputs, graph.ops), graph


def import_network(arguments: argparse.Namespace) -> None:
    path = pathlib.Path(arguments.source)
    model = read_model(path)
    is_integer = is_integer_network(model)
    imported = _import_integer if is_integer else _import_quantised
    bundle, samples, goldens = imported(model, arguments)
    bundle.source = {"file": path.name, "sha256": sha256(path)}
    if not is_integer:
        bundle.source["kernels"] = arguments.kernels
    write_imported(arguments, bundle, samples, goldens)


Imported = tuple[Bundle, dict[str, np.ndarray], dict[str, np.ndarray]]  # With samples, goldens.


def _import_quantised(model: OnnxModel, arguments: argparse.Namespace) -> Imported:
    bundle, graph = convert(model, arguments.kernels)
    samples = input_samples(graph, arguments.samples) if arguments.samples else {}
    goldens = read_goldens(graph, arguments.goldens) if arguments.goldens else {}
    return bundle, samples, goldens


def _import_integer(model: OnnxModel, arguments: argparse.Namespace) -> Imported:
    bundle, values = convert_integer(model, arguments.input_type)
    samples = integer_samples(model, values, arguments.samples) if arguments.samples else {}
    goldens = {}
    if arguments.goldens:
        goldens = read_integer_goldens(model, values, arguments.goldens)
    return bundle, samples, goldens


def parse_arguments(words: list[str]) -> argparse.Namespace:
    parser = import_parser(__doc__, "the .onnx file")
    parser.add_argument("--kernels", choices=KERNELS, default="qdq", help="whose arithmetic")
    parser.add_argument(
        "--input-type",
        choices=INPUT_TYPES,
        default="int8",
        help="of integer ONNX (RequantShift), whose inputs have no type of their own",
    )
    return parse_with_data(
        parser,
        words,
        samples="reals (or codes of an integer input) [count, ...] in ONNX's layout",
        goldens="recorded tensors by ONNX value name: .safetensors or .npz; .npy is the sole input",
    )


if __name__ == "__main__":
    sys.exit(exit_status(lambda: import_network(parse_arguments(sys.argv[1:]))))
