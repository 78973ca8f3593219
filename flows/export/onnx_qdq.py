"""Writes an integer bundle as an ONNX model in QDQ form.

    onnx_qdq.py BUNDLE -o net.onnx [--bias auto|int32|float32] [--inputs images.npz] [--json]

README.md beside this file says what becomes of each op.
"""

import argparse
import collections
import io
import json
import pathlib
from dataclasses import replace

import numpy as np
import onnx
from onnx import TensorProto, helper

from qdq_bundle import (
    InputError,
    Network,
    has_constants_per_token,
    is_requantisation,
    read_network,
    type_range,
)
from qdq_floats import FLOATS, add, numbers
from qdq_graph import IR_VERSIONS, Graph, NotExpressible, Tensor
from qdq_inputs import inputs_of, samples_of
from qdq_layers import CHOICES, MOVEMENTS, concat, layer, lookup
from qdq_products import Sums
from qdq_requantise import Options, output_codes, quantised, requantise
from qdq_window import output_pixels

from bundle import write_file
from errors import ArgumentParser, exit_status

METADATA = "systole.tensors"  # The key of what `Graph.recorded` says, as JSON.
LOWER = "systole lower turns other tools' arithmetic into the hardware's"
NOT_LOWERED = "export the network that was lowered"
HINTS = {
    "float_mul_shift": LOWER,
    "join_sums": NOT_LOWERED,
    "mul_shift": "it gives a fixed-point number of 32 bits; requantise it",
    "split": NOT_LOWERED,
}


def build_graph(
    network: Network, options: Options, where: str | pathlib.Path
) -> tuple[Graph, dict[str, Tensor]]:
    """All ops as nodes. Throws InputError about `where` that names an op without QDQ form."""
    graph, values = Graph(), {}
    for item in network.inputs:
        values[item["name"]] = _input(graph, item, where)
    for op in network.ops:
        try:
            values[op["name"]] = _convert(graph, network, op, values, options)
        except NotExpressible as error:
            raise InputError(
                where, f"{op['name']} ({op['op']})",
                message=f"has no QDQ form: it {error.reason}", hint=error.hint,
            ) from None  # fmt: skip
    taken = {item["name"] for item in network.inputs}
    for name in network.outputs:
        value = values[name]
        if isinstance(value, Sums):
            raise InputError(
                where, name, got="sums of 32 bits as an output", expected="codes or reals",
                hint="requantise them",
            )  # fmt: skip
        if value.reals in taken:  # An output has a value of its own.
            value = replace(value, reals=graph.node("Identity", [value.reals], name))
            values[name] = value
        taken.add(value.reals)
    return graph, values


def _input(graph: Graph, item: dict, where: str | pathlib.Path) -> Tensor:
    """Reals in ONNX's layout and, unless the network takes reals, their codes."""
    name, shape = graph.unique(item["name"]), tuple(item["shape"])
    stored = shape if len(shape) != 3 else (shape[2], *shape[:2])
    graph.inputs.append(
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", *stored])
    )
    if item["type"] == "float32":
        return Tensor(shape, name)
    clamp = type_range(item["type"])
    try:
        codes = output_codes(
            item["type"], clamp, item.get("zero_point", 0), item.get("scale", 1.0)
        )
        return quantised(graph, name, name, shape, codes, clamp)
    except NotExpressible as error:
        message = f"has no QDQ form: the input {error.reason}"
        raise InputError(where, name, message=message, hint=error.hint) from None


def _convert(
    graph: Graph, network: Network, op: dict, values: dict[str, Tensor | Sums], options: Options
) -> Tensor | Sums:
    kind, operands = op["op"], [values[name] for name in op["inputs"]]
    if kind in HINTS:
        raise NotExpressible("is none of the ops that it has", HINTS[kind])
    if has_constants_per_token(op):
        raise NotExpressible(
            "has constants per token", "QuantizeLinear has them for all tokens or per channel"
        )
    if is_requantisation(op):
        return requantise(graph, network, op, operands, options)
    if any(isinstance(operand, Sums) for operand in operands):
        raise NotExpressible("takes sums of 32 bits", LOWER)
    if kind in ("int_conv2d", "int_matmul", "int_sum_pool", "int_mul", "int_batch_matmul"):
        return Sums(op, operands, _sums_shape(network, op, operands))
    if kind.startswith("float_"):
        operands = [
            numbers(graph, op["name"], x, graph.recorded[name]["value"] if x.codes else "")
            for name, x in zip(op["inputs"], operands)
        ]
    if kind in ("concat", "float_concat"):
        return concat(graph, op, operands)
    if kind == "float_add":
        return add(graph, op, operands)
    if kind == "lookup":
        return lookup(graph, network, op, operands[0])
    if kind in MOVEMENTS | CHOICES:
        return layer(graph, op, operands[0])
    if kind in ("float_flatten", "float_pad"):
        return layer(graph, op | {"op": kind.removeprefix("float_")}, operands[0])
    if kind in FLOATS:
        return FLOATS[kind](graph, network, op, operands[0])
    raise NotExpressible("is none of the ops that it has", "keep the network up to this op")


def _sums_shape(network: Network, op: dict, operands: list[Tensor]) -> tuple[int, ...]:
    shape = operands[0].shape
    if op["op"] == "int_conv2d":
        weight = network.tensor(op, "weight").shape
        return (*output_pixels(op, list(weight[:2]), shape), weight[3])
    if op["op"] == "int_sum_pool":
        return (*output_pixels(op, op["kernel"], shape), shape[2])
    if op["op"] == "int_matmul":
        return (*shape[:-1], network.tensor(op, "weight").shape[-1])
    if op["op"] == "int_mul":
        return shape
    rows = shape[-1] if op.get("transpose_a", False) else shape[-2]
    columns = operands[1].shape[-2 if op.get("transpose_b", False) else -1]
    return (*shape[:-2], rows, columns)


def build_model(network: Network, graph: Graph, values: dict[str, Tensor]) -> onnx.ModelProto:
    """The model, with outputs named after the ops; its metadata says where each tensor is."""
    outputs = []
    for name in network.outputs:
        shape = values[name].shape
        stored = shape if len(shape) != 3 else (shape[2], *shape[:2])
        outputs.append(
            helper.make_tensor_value_info(
                values[name].reals, TensorProto.FLOAT, ["batch", *stored]
            )
        )
    proto = helper.make_graph(
        graph.nodes, network.name, graph.inputs, outputs, initializer=graph.constants
    )
    model = helper.make_model(
        proto, opset_imports=[helper.make_opsetid("", graph.opset)], producer_name="systole"
    )
    model.ir_version = IR_VERSIONS[graph.opset]
    helper.set_model_props(model, {METADATA: json.dumps(graph.recorded)})
    return model


def write_inputs(path: pathlib.Path, network: Network, where: str | pathlib.Path) -> None:
    """The bundle's samples as reals in ONNX's layout, an array per input."""
    buffer = io.BytesIO()
    np.savez(buffer, **inputs_of(network, samples_of(network, where)))
    write_file(path, buffer.getvalue())


def summary(network: Network, graph: Graph) -> dict:
    counts = collections.Counter(node.op_type for node in graph.nodes)
    return {
        "network": network.name,
        "opset": graph.opset,
        "nodes": dict(sorted(counts.items())),
        "tensors": len(graph.recorded),
        "bias": graph.biases,
        "warnings": graph.warnings,
    }


def text(path: pathlib.Path, result: dict) -> str:
    biases = ", ".join(f"{count} {form}" for form, count in result["bias"].items() if count)
    lines = [
        f"{path}: opset {result['opset']}, {sum(result['nodes'].values())} nodes, "
        f"{result['tensors']} tensors of codes, biases: {biases or 'none'}"
    ]
    return "\n".join(lines + [f"warning: {warning}" for warning in result["warnings"]])


def parse_arguments() -> argparse.Namespace:
    parser = ArgumentParser(prog="onnx_qdq.py", description=__doc__.splitlines()[0])
    parser.add_argument("bundle", type=pathlib.Path)
    parser.add_argument("-o", "--out", type=pathlib.Path, required=True)
    parser.add_argument("--bias", choices=("auto", "int32", "float32"), default="auto")
    parser.add_argument("--inputs", type=pathlib.Path, help="also write the samples (.npz)")
    parser.add_argument("--called", default="", help="what messages call the bundle")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser.parse_args()


def main() -> None:
    arguments = parse_arguments()
    where = arguments.called or arguments.bundle
    network = read_network(arguments.bundle)
    graph, values = build_graph(network, Options(arguments.bias), where)
    model = build_model(network, graph, values)
    onnx.checker.check_model(model, full_check=True)
    if arguments.inputs:
        write_inputs(arguments.inputs, network, where)
    write_file(arguments.out, model.SerializeToString(deterministic=True))
    result = summary(network, graph)
    print(json.dumps(result, indent=2) if arguments.json else text(arguments.out, result))


if __name__ == "__main__":
    raise SystemExit(exit_status(main))
