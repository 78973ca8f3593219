"""Imports a quantised TensorFlow Lite network, faithfully, as a network bundle.

    tflite_import.py net.tflite --bundle net
    tflite_import.py net.tflite --bundle net --samples images.npy --labels labels.txt
    tflite_import.py net.tflite --bundle net --kernels xnnpack \\
        --goldens recorded.safetensors --goldens-out goldens.safetensors

Every op of the bundle is in the arithmetic of the chosen kernels of LiteRT 2.3, bit for bit:

    reference    BUILTIN_REF: gemmlowp; int8 FULLY_CONNECTED in double
    optimised    CONV_2D and FULLY_CONNECTED as ruy does them, the rest as reference
    xnnpack      CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED, ADD and SUB, the rest as reference

README.md beside this file says what is supported.
"""

import argparse
import hashlib
import pathlib
import sys

import numpy as np

import tflite_elementwise as elementwise
import tflite_layers as layers
import tflite_movements as movements
from bundle import Bundle
from errors import InputError, exit_status
from import_arguments import import_parser, parse_with_data, write_imported
from samples import read_samples
from tflite_activation import Activation, activation
from tflite_data import SINGLE_KEYS, read_goldens, sampled_input
from tflite_model import parse_model, read_file
from tflite_operator import OperatorView
from tflite_schema import Model

CONVERTERS = {
    "ADD": elementwise.add,
    "AVERAGE_POOL_2D": movements.average_pool_2d,
    "BATCH_MATMUL": layers.batch_matmul,
    "CONCATENATION": movements.concatenation,
    "CONV_2D": layers.conv_2d,
    "DEPTHWISE_CONV_2D": layers.depthwise_conv_2d,
    "DEQUANTIZE": elementwise.dequantize,
    "FULLY_CONNECTED": layers.fully_connected,
    "HARD_SWISH": elementwise.hard_swish,
    "LEAKY_RELU": elementwise.leaky_relu,
    "LOGISTIC": elementwise.logistic,
    "MAX_POOL_2D": movements.max_pool_2d,
    "MEAN": movements.mean,
    "MUL": layers.mul,
    "PAD": movements.pad,
    "PADV2": movements.pad_v2,
    "QUANTIZE": elementwise.quantize,
    "RELU": elementwise.relu,
    "RELU6": elementwise.relu6,
    "RESHAPE": movements.reshape,
    "SOFTMAX": elementwise.softmax,
    "SUB": elementwise.sub,
    "TANH": elementwise.tanh,
}


def convert(model: Model, kernels: str) -> tuple[Bundle, dict[int, Activation], dict]:
    """The bundle without samples, every activation by tensor index, and the inputs among them."""
    inputs = _inputs(model)
    known = dict(inputs)
    bundle = Bundle(name=model.path.stem, inputs=[_input_keys(x) for x in inputs.values()])
    for operator in model.operators:
        if operator.name not in CONVERTERS:
            raise InputError(
                model.path,
                str(operator),
                message="is not supported",
                hint=f"supported are {', '.join(CONVERTERS)}",
            )
        view = OperatorView(model, operator, known, kernels)
        try:
            with np.errstate(all="ignore"):
                bundle.ops += CONVERTERS[operator.name](view)
        except ValueError as error:
            raise view.error(
                got=str(error), expected="scales that the kernels can apply"
            ) from error
        result = view.result()
        known[operator.outputs[0]] = result
    if not bundle.ops:
        raise InputError(model.path, got="no operators", expected="at least one")
    bundle.outputs = [_output_name(model, known, index) for index in model.outputs]
    if not bundle.outputs:
        raise InputError(model.path, got="no outputs", expected="at least one")
    return bundle, known, inputs


def _inputs(model: Model) -> dict[int, Activation]:
    inputs = {}
    for index in model.inputs:
        key = f"network input {len(inputs)}"
        if not 0 <= index < len(model.tensors) or index in inputs:
            raise InputError(model.path, key, got=f"tensor {index}", expected="one of its own")
        tensor = model.tensors[index]
        if tensor.flaw or tensor.data is not None:
            flaw = tensor.flaw or "is a constant"
            raise InputError(model.path, key, message=f"{tensor} {flaw}, which is not supported")
        inputs[index] = activation(model.path, key, tensor)
    batches = {x.shape[0] for x in inputs.values()}
    if len(batches) != 1:
        raise InputError(model.path, "inputs", got=f"batches {sorted(batches)}", expected="one")
    return inputs


def _input_keys(x: Activation) -> dict:
    keys = {"name": x.name, "shape": list(x.shape[1:])}
    if x.codes is None:
        return keys | {"type": "float32"}
    scale, zero_point = float(x.codes.scale), x.codes.zero_point
    return keys | {"type": x.codes.type, "scale": scale, "zero_point": zero_point}


def _output_name(model: Model, known: dict[int, Activation], index: int) -> str:
    if index not in known:
        raise InputError(model.path, "outputs", got=f"tensor {index}", expected="a computed one")
    return known[index].name


def import_network(arguments: argparse.Namespace) -> None:
    path = pathlib.Path(arguments.source)
    data = read_file(path)
    model = parse_model(path, data)
    bundle, known, inputs = convert(model, arguments.kernels)
    bundle.source = {
        "file": path.name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "description": model.description,
        "kernels": arguments.kernels,
    }
    samples = _samples(model, inputs, arguments.samples) if arguments.samples else {}
    goldens = {}
    if arguments.goldens:
        goldens = read_goldens(model, known, arguments.goldens, arguments.kernels)
    write_imported(arguments, bundle, samples, goldens)


def _samples(
    model: Model, inputs: dict[int, Activation], files: list[str]
) -> dict[str, np.ndarray]:
    sampled = [sampled_input(model, index, x) for index, x in inputs.items()]
    samples = read_samples(sampled, files)
    for x in inputs.values():
        if x.codes:
            samples[x.name] = samples[x.name].astype(x.codes.type)
    return samples


def parse_arguments(words: list[str]) -> argparse.Namespace:
    parser = import_parser(__doc__, "the .tflite file")
    parser.add_argument(
        "--kernels", choices=list(SINGLE_KEYS), default="reference", help="whose arithmetic"
    )
    return parse_with_data(
        parser,
        words,
        samples="codes (or reals of a float input) [count, ...]",
        goldens="recorded tensors as .safetensors: '<index>:<name>', or input0.. and ref, opt, "
        "xnn, or inputs and *_outputs; several files are stacked along the batch",
    )


if __name__ == "__main__":
    sys.exit(exit_status(lambda: import_network(parse_arguments(sys.argv[1:]))))
