"""Converts the nodes of a model one after the other: the table of operators, and Q and DQ."""

import numpy as np
import onnx_elementwise as elementwise
import onnx_functions as functions
import onnx_layers as layers
import onnx_movements as movements
import onnx_pools as pools
import onnx_qlinear as qlinear
import onnx_slices as slices
from errors import InputError, reading
from onnx_constants import (
    dequantise_constant,
    output_type,
    quantise_constant,
    read_quantiser,
)
from onnx_finish import dequantise, quantise
from onnx_folding import FOLDS, fold
from onnx_graph import Graph, NodeView, nearest
from onnx_model import OnnxModel, OnnxNode
from onnx_reals import reals_of
from onnx_values import (
    RANGES,
    Codes,
    Constant,
    QuantisedConstant,
    Quantiser,
    Reals,
    Shape,
    Value,
)


def quantize_linear(view: NodeView) -> Value:
    view.expect_operands(2, 3)
    value = view.operand(0)
    if isinstance(value, Constant) and value.values.dtype.kind == "f":
        return quantise_constant(view, value)
    if isinstance(value, QuantisedConstant):
        return quantise_constant(view, Constant(value.reals.astype(np.float32), "FLOAT"))
    return quantise(view.graph, value, read_quantiser(view, output_type(view)), view.name)


def dequantize_linear(view: NodeView) -> Value:
    view.expect_operands(2, 3)
    value = view.operand(0)
    if isinstance(value, Constant):
        return dequantise_constant(view, value)
    if not isinstance(value, Codes):
        raise view.error(got=f"{view.operand_name(0)}, reals", expected="codes")
    quantiser = read_quantiser(view, value.quantiser.type)
    if quantiser != value.quantiser:
        raise view.error(
            got=f"scale {quantiser.scale:.9g}, zero point {quantiser.zero_point}",
            expected=f"{value.quantiser.scale:.9g} and {value.quantiser.zero_point}, "
            f"as {value.op} was quantised",
        )
    return dequantise(value)


CONVERTERS = {
    "Add": elementwise.add,
    "AveragePool": pools.average_pool,
    "Clip": elementwise.clip,
    "Concat": movements.concat,
    "Conv": layers.conv,
    "DequantizeLinear": dequantize_linear,
    "Div": elementwise.div,
    "Dropout": movements.identity,
    "Erf": functions.unary(functions.erf),
    "Flatten": movements.flatten,
    "Gather": slices.gather,
    "Gelu": functions.gelu,
    "Gemm": layers.gemm,
    "GlobalAveragePool": pools.global_average_pool,
    "HardSigmoid": functions.hard_sigmoid,
    "HardSwish": functions.unary(functions.hard_swish),
    "Identity": movements.identity,
    "LayerNormalization": functions.layer_normalization,
    "LeakyRelu": functions.leaky_relu,
    "MatMul": layers.matmul,
    "MaxPool": pools.max_pool,
    "Mul": elementwise.mul,
    "Neg": elementwise.neg,
    "Pad": movements.pad,
    "QuantizeLinear": quantize_linear,
    "ReduceMean": pools.reduce_mean,
    "Relu": elementwise.relu,
    "Reshape": movements.reshape,
    "Sigmoid": functions.unary(functions.sigmoid),
    "Slice": slices.slice_,
    "Softmax": functions.softmax,
    "Squeeze": movements.squeeze,
    "Sub": elementwise.sub,
    "Tanh": functions.unary(np.tanh),
    "Transpose": movements.transpose,
    "Unsqueeze": movements.unsqueeze,
    **qlinear.CONVERTERS,
    # Of 16 bits before opset 21.
    "com.microsoft.DequantizeLinear": dequantize_linear,
    "com.microsoft.QuantizeLinear": quantize_linear,
}


def start(model: OnnxModel, kernels: str) -> Graph:
    """The graph with its constants and inputs, before any node."""
    graph = Graph(model, kernels)
    for name, values in model.constants.items():
        graph.values[name] = Constant(values, model.constant_types[name])
    for x in model.inputs:
        graph.key = f"input {x.name}"
        if not 1 <= len(x.shape) <= 3:
            raise graph.error(got=f"{len(x.shape) + 1} axes", expected="2 to 4, the batch first")
        shape = Shape.of_onnx(x.shape, len(x.shape) == 3)
        name = graph.unique_name(x.name)
        keys = {"name": name, "shape": list(shape.stored)}
        if x.type == "FLOAT":
            graph.inputs.append(keys | {"type": "float32"})
            graph.values[x.name] = Reals(name, shape)
            continue
        if x.type.lower() not in RANGES:
            expected = f"FLOAT, {', '.join(kind.upper() for kind in RANGES)}"
            raise graph.error(got=f"type {x.type}", expected=expected)
        quantiser = _input_quantiser(graph, x.name, x.type.lower())
        keys |= {"type": quantiser.type, "scale": quantiser.scale}
        graph.inputs.append(keys | {"zero_point": quantiser.zero_point})
        graph.values[x.name] = Codes(name, quantiser, shape)
    return graph


def _input_quantiser(graph: Graph, name: str, kind: str) -> Quantiser:
    """What the first user of an input of codes takes them for."""
    for node in graph.model.users.get(name, []):
        if node.op.endswith("DequantizeLinear") or node.op in qlinear.CONVERTERS:
            graph.key = str(node)
            scale_at = node.inputs.index(name) + 1
            if node.op == "MatMulInteger":
                continue
            return read_quantiser(NodeView(graph, node), kind, scale_at)
    return Quantiser(1.0, 0, kind)


def convert_node(graph: Graph, node: OnnxNode) -> None:
    """Sets the values of the node's outputs; appends the ops that are certain already."""
    graph.key = str(node)
    if node.op not in CONVERTERS:
        hint = nearest(node.op, list(CONVERTERS))
        raise graph.error("is not supported", hint=hint)
    unused = [name for name in node.outputs[1:] if name in graph.model.users]
    if not node.outputs[0] or unused:
        raise graph.error(got=f"outputs {', '.join(node.outputs)}", expected="the first used only")
    view = NodeView(graph, node)
    operands = [graph.values[name] for name in node.inputs if name]
    with reading(graph.model.path, graph.key), np.errstate(all="ignore"):
        if node.op in FOLDS and operands and all(isinstance(x, Constant) for x in operands):
            graph.values[node.outputs[0]] = fold(view)
        else:
            graph.values[node.outputs[0]] = CONVERTERS[node.op](view)


def finish_outputs(graph: Graph) -> list[str]:
    """The ops that hold the network's outputs."""
    names = []
    for name in graph.model.outputs:
        graph.key = f"output {name}"
        value = graph.values.get(name)
        if value is None or isinstance(value, (Constant, QuantisedConstant)):
            raise graph.error(got="a constant", expected="a computed value")
        if not isinstance(value, Codes):
            value = reals_of(graph, value, name)
            graph.values[name] = value
        names.append(value.op)
    if not graph.ops:
        raise InputError(graph.model.path, got="no operators", expected="at least one")
    return list(dict.fromkeys(names))
