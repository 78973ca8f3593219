"""Converts integer ONNX networks, whose numbers are integers in float tensors (quantlib, Deeploy).

Every RequantShift is the hardware's requantisation already, so that the network needs no change
to run on the array. README.md beside this file says what is supported.
"""

import onnx_integer_custom as custom
import onnx_integer_movements as movements
import onnx_integer_products as products
from bundle import Bundle
from errors import InputError
from onnx_integer_graph import IntegerGraph, Value
from onnx_model import OnnxInput, OnnxModel

DOMAIN = "PACTOps."  # Of the added operators, unless they stand in ONNX's own.
INPUT_TYPES = ("int8", "uint8", "int16", "uint16")
MOST_AXES = 3  # Of a bundle's input, without the batch.
FLOATS = ("FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16")

CONVERTERS = {
    "Add": products.add,
    "Conv": products.conv,
    "Flatten": movements.flatten,
    "Gather": movements.gather,
    "Gemm": products.gemm,
    "IntegerMean": custom.mean,
    "ITAMax": custom.ita_max,
    "MatMul": products.mat_mul,
    "MaxPool": movements.max_pool,
    "RequantShift": custom.requant_shift,
    "Reshape": movements.reshape,
    "Transpose": movements.transpose,
    "iGELU": custom.gelu,
    "iLayerNorm": custom.layer_norm,
}


def is_integer_network(model: OnnxModel) -> bool:
    return any(node.op.removeprefix(DOMAIN) == "RequantShift" for node in model.nodes)


def convert_integer(model: OnnxModel, input_type: str = "int8") -> tuple[Bundle, dict[str, Value]]:
    """The bundle without samples, and every activation that has an op, by ONNX's name."""
    graph = IntegerGraph(model)
    for source in model.inputs:
        graph.values[source.name] = _add_input(graph, source, input_type)
    for node in model.nodes:
        convert = CONVERTERS.get(node.op.removeprefix(DOMAIN))
        if convert is None:
            hint = f"supported are {', '.join(CONVERTERS)}"
            raise InputError(model.path, str(node), message="is not supported", hint=hint)
        convert(graph, node)
    if not graph.bundle.ops:
        raise InputError(model.path, got="no operators", expected="at least one")
    for name in model.outputs:
        if name not in graph.values:
            raise InputError(model.path, "outputs", got=name, expected="a computed value")
        graph.bundle.outputs.append(graph.values[name].name)
    return graph.bundle, graph.values


def _add_input(graph: IntegerGraph, source: OnnxInput, input_type: str) -> Value:
    key = f"input {source.name}"
    if not 1 <= len(source.shape) <= MOST_AXES:
        expected = f"the batch and 1 to {MOST_AXES} others"
        raise InputError(
            graph.model.path, key, got=f"{len(source.shape) + 1} axes", expected=expected
        )
    if source.type not in FLOATS:
        raise InputError(graph.model.path, key, got=source.type, expected="integers as FLOAT")
    is_image = len(source.shape) == 3
    value = Value(graph.unique_name(source.name), source.shape, input_type, is_image)
    stored = (*source.shape[1:], source.shape[0]) if is_image else source.shape
    graph.bundle.inputs.append({"name": value.name, "shape": list(stored), "type": input_type})
    return value
