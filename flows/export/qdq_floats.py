"""The ends and islands of reals: quantize, dequantize and the float ops."""

import numpy as np
from onnx import TensorProto

from qdq_bundle import Network, type_range
from qdq_graph import Graph, NotExpressible, Tensor, as_in_bundle, as_in_onnx
from qdq_requantise import SAME_SCALE, output_codes, quantised
from qdq_window import output_pixels, pool, spatial


def dequantize(graph: Graph, network: Network, op: dict, x: Tensor) -> Tensor:
    return Tensor(x.shape, graph.node("Identity", [x.reals], op["name"]))


def quantize(graph: Graph, network: Network, op: dict, x: Tensor) -> Tensor:
    rule, zero_point = op["rule"], op.get("zero_point", 0)
    step = 1 / op["factor"] if rule == "multiply" else op["factor"]
    if abs(step / op["real_scale"] - 1) > SAME_SCALE:
        raise NotExpressible(
            f"divides by {step:g}, and one step is worth {op['real_scale']:g}",
            "one QuantizeLinear has one scale",
        )
    if rule != "divide_half_even":
        text = "multiplies, QuantizeLinear divides"
        if rule == "divide_half_away":
            text = "rounds ties away from zero, QuantizeLinear to even"
        graph.warnings.append(f"{op['name']} (quantize): {text}")
    lowest, highest = op.get("range", type_range(op["type"]))
    clamp = lowest, highest
    if op.get("subtract", False):
        clamp = lowest - zero_point, highest - zero_point
        zero_point = 0
    if op.get("clamp_again", False):
        clamp = max(clamp[0], lowest), min(clamp[1], highest)
    codes = output_codes(op["type"], clamp, zero_point, step)
    return quantised(graph, op["name"], x.reals, x.shape, codes, clamp)


def softmax(graph: Graph, network: Network, op: dict, x: Tensor) -> Tensor:
    """Over the last axis, in reals: what dialects `double` and `times` round."""
    if len(op["inputs"]) > 1:
        raise NotExpressible("leaves out keys that a mask names", "QDQ form has no such softmax")
    if op["dialect"] == "times":
        factor = op.get("factor", 255)
        op = op | {"clamp": [0, factor], "real_scale": 1 / factor}
    name, rank = op["name"], len(x.shape) + 1
    clamp = tuple(op.get("clamp", type_range(op["type"])))
    reals = as_in_bundle(graph, x.reals, rank, name)
    if op["dialect"] == "gemmlowp":
        # Differences of codes become fixed-point numbers with 26 fractional bits.
        operand_scale = op["beta"][0] * 2.0 ** (op["beta"][1] - 31 - 26)
    else:
        operand_scale = op["operand_scale"]
    if op["dialect"] not in ("double", "times"):
        graph.warnings.append(
            f"{name} (softmax): computes in fixed point ({op['dialect']}), ONNX in float32"
        )
    multiplier = operand_scale / float(x.codes.scale)
    if abs(multiplier - 1) > SAME_SCALE:
        constant = graph.constant(f"{name}_factor", np.array(multiplier, np.float32))
        reals = graph.node("Mul", [reals, constant], name)
    reals = as_in_onnx(graph, graph.node("Softmax", [reals], name, axis=-1), rank, name)
    codes = output_codes(op["type"], clamp, op.get("zero_point", 0), op["real_scale"])
    return quantised(graph, name, reals, x.shape, codes, clamp)


def conv2d(graph: Graph, network: Network, op: dict, x: Tensor) -> Tensor:
    weight = network.tensor(op, "weight").astype(np.float32)
    shape = (*output_pixels(op, list(weight.shape[:2]), x.shape), weight.shape[-1])
    inputs = [graph.constant(f"{op['name']}_weight", weight.transpose(3, 2, 0, 1))]
    if "bias" in op:
        inputs.append(graph.constant(f"{op['name']}_bias", _reals(network, op, "bias")))
    groups = op.get("groups", 1)
    reals = graph.node("Conv", [x.reals, *inputs], op["name"], group=groups, **spatial(op))
    return Tensor(shape, reals)


def linear(graph: Graph, network: Network, op: dict, x: Tensor) -> Tensor:
    rank = len(x.shape) + 1
    weight = graph.constant(f"{op['name']}_weight", _reals(network, op, "weight"))
    reals = as_in_bundle(graph, x.reals, rank, op["name"])
    reals = graph.node("MatMul", [reals, weight], op["name"])
    if "bias" in op:
        bias = graph.constant(f"{op['name']}_bias", _reals(network, op, "bias"))
        reals = graph.node("Add", [reals, bias], op["name"])
    shape = (*x.shape[:-1], network.tensor(op, "weight").shape[-1])
    return Tensor(shape, as_in_onnx(graph, reals, rank, op["name"]))


def batch_norm(graph: Graph, network: Network, op: dict, x: Tensor) -> Tensor:
    values = [
        graph.constant(f"{op['name']}_{key}", _reals(network, op, key))
        for key in ("gamma", "beta", "mean", "variance")
    ]
    epsilon = op.get("epsilon", 1e-5)
    reals = graph.node("BatchNormalization", [x.reals, *values], op["name"], epsilon=epsilon)
    return Tensor(x.shape, reals)


def layer_norm(graph: Graph, network: Network, op: dict, x: Tensor) -> Tensor:
    rank = len(x.shape) + 1
    values = [
        graph.constant(f"{op['name']}_{key}", _reals(network, op, key)) for key in ("gamma", "beta")
    ]
    reals = as_in_bundle(graph, x.reals, rank, op["name"])
    reals = graph.node(
        "LayerNormalization", [reals, *values], op["name"], axis=-1, epsilon=op.get("epsilon", 1e-5)
    )
    return Tensor(x.shape, as_in_onnx(graph, reals, rank, op["name"]))


def relu(graph: Graph, network: Network, op: dict, x: Tensor) -> Tensor:
    if "max" not in op:
        return Tensor(x.shape, graph.node("Relu", [x.reals], op["name"]))
    bounds = [
        graph.constant(f"{op['name']}_{word}", np.float32(value))
        for word, value in (("lowest", 0), ("highest", op["max"]))
    ]
    return Tensor(x.shape, graph.node("Clip", [x.reals, *bounds], op["name"]))


def max_pool(graph: Graph, network: Network, op: dict, x: Tensor) -> Tensor:
    shape = (*output_pixels(op, op["kernel"], x.shape), x.shape[-1])
    return Tensor(shape, pool(graph, "MaxPool", op, x, op["name"]))


def avg_pool(graph: Graph, network: Network, op: dict, x: Tensor) -> Tensor:
    shape = (*output_pixels(op, op["kernel"], x.shape), x.shape[-1])
    padded = int(op["count_include_pad"])
    return Tensor(
        shape, pool(graph, "AveragePool", op, x, op["name"], count_include_pad=padded)
    )


def global_avg_pool(graph: Graph, network: Network, op: dict, x: Tensor) -> Tensor:
    return Tensor((1, 1, x.shape[-1]), graph.node("GlobalAveragePool", [x.reals], op["name"]))


def identity(graph: Graph, network: Network, op: dict, x: Tensor) -> Tensor:
    return Tensor(x.shape, x.reals)


def add(graph: Graph, op: dict, operands: list[Tensor]) -> Tensor:
    values = [x.reals for x in operands]
    return Tensor(operands[0].shape, graph.node("Add", values, op["name"]))


def numbers(graph: Graph, name: str, x: Tensor, value: str) -> Tensor:
    """Codes as the numbers that they are; `value` is the output of QuantizeLinear."""
    if not x.codes:
        return x
    stored = np.array(x.codes.offset, _types()[x.codes.type])
    parameters = [
        graph.constant(f"{name}_one", np.array(1, np.float32)),
        graph.constant(f"{name}_offset", stored),
    ]
    return Tensor(x.shape, graph.node("DequantizeLinear", [value, *parameters], f"{name}_numbers"))


def _types() -> dict[int, type]:
    return {
        TensorProto.INT8: np.int8,
        TensorProto.UINT8: np.uint8,
        TensorProto.INT16: np.int16,
        TensorProto.UINT16: np.uint16,
    }


def _reals(network: Network, op: dict, key: str) -> np.ndarray:
    return np.atleast_1d(network.tensor(op, key)).astype(np.float32)


FLOATS = {
    "dequantize": dequantize,
    "quantize": quantize,
    "float_avg_pool": avg_pool,
    "float_batch_norm": batch_norm,
    "float_conv2d": conv2d,
    "float_dropout": identity,
    "float_global_avg_pool": global_avg_pool,
    "float_identity": identity,
    "float_layer_norm": layer_norm,
    "float_linear": linear,
    "float_max_pool": max_pool,
    "float_relu": relu,
    "softmax": softmax,
}
