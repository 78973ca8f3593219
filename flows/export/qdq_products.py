"""Sums of 32 bits in QDQ form: convolutions, matrix products, pools, products of two tensors."""

from dataclasses import dataclass

import numpy as np
from onnx import TensorProto

from qdq_bundle import Network, Requantisation, fractions, single
from qdq_graph import (
    WIDE_OPSET, Graph, NotExpressible, Tensor, as_float32, as_in_bundle, as_in_onnx,
)  # fmt: skip
from qdq_window import inside_counts, pool, spatial
from qdq_weights import stored_weights

PRODUCTS = ("int_conv2d", "int_matmul")


@dataclass(frozen=True)
class Sums:
    """An op whose integers exist in ONNX only as reals of the requantisation behind it."""

    op: dict
    operands: list[Tensor]
    shape: tuple[int, ...]

    @property
    def is_product(self) -> bool:
        return self.op["op"] in PRODUCTS


def sums_reals(graph: Graph, sums: Sums, name: str) -> tuple[str, float, object]:
    """Reals of a pool or a product of two tensors, the worth of one step, and what each integer has
    beyond them: a number, or an array [height, width, 1]."""
    op, (first, *others) = sums.op, sums.operands
    if op["op"] == "int_sum_pool":
        reals = pool(graph, "AveragePool", op, first, name, count_include_pad=1)
        count = int(np.prod(op["kernel"]))
        shift = first.codes.zero_point - op.get("zero_point", 0)
        inside = inside_counts(op, first.shape)
        full = np.all(inside == count)
        missing = shift * (count if full else fractions(inside).reshape(inside.shape))
        return reals, float(first.codes.scale) / count, missing if shift else 0
    for operand, key in zip(sums.operands, ("zero_point_a", "zero_point_b")):
        if op.get(key, 0) != operand.codes.zero_point:
            raise NotExpressible(
                f"takes {key} {op.get(key, 0)} from codes whose zero point is "
                f"{operand.codes.zero_point}"
            )
    unit = float(first.codes.scale) * float(others[0].codes.scale)
    if op["op"] == "int_mul":
        return graph.node("Mul", [first.reals, others[0].reals], op["name"]), unit, 0
    return _batch_matmul(graph, op, sums), unit, 0


def _batch_matmul(graph: Graph, op: dict, sums: Sums) -> str:
    values = []
    for index, operand in enumerate(sums.operands):
        rank = len(operand.shape) + 1
        value = as_in_bundle(graph, operand.reals, rank, f"{op['name']}_operand{index}")
        if op.get(("transpose_a", "transpose_b")[index], False):
            order = [*range(rank - 2), rank - 1, rank - 2]
            value = graph.node("Transpose", [value], f"{op['name']}_operand{index}", perm=order)
        values.append(value)
    return as_in_onnx(graph, graph.node("MatMul", values, op["name"]), len(sums.shape) + 1,
                      op["name"])  # fmt: skip


def product_reals(
    graph: Graph, network: Network, sums: Sums, form: Requantisation, offset: np.ndarray,
    scale: np.float32, bias_form: str, name: str,
) -> str:  # fmt: skip
    """Conv, Gemm or MatMul whose reals are (integers * factor + offset) * scale."""
    op, (x,) = sums.op, sums.operands
    weight = network.tensor(op, "weight").astype(np.int64)
    weight = weight.reshape(-1, weight.shape[-1]) if op["op"] == "int_matmul" else weight
    channels = weight.shape[-1]
    column_sums = fractions(weight.reshape(-1, channels).sum(axis=0))
    shift = x.codes.zero_point - op.get("input_zero_point", 0)
    factor = np.broadcast_to(form.factors[0], channels)
    offset = offset + factor * (shift * column_sums - form.input_zero_points[0])
    signs = np.array([-1 if value < 0 else 1 for value in factor])
    factor, weight = factor * signs, weight * np.where(factor == 0, 0, signs)
    steps = weight_scales(factor, float(scale) / float(x.codes.scale))
    constants = _constants(graph, op, weight, steps, len(x.shape))
    bias = _bias(graph, name, offset, factor, steps, x, scale, bias_form)
    return _node(graph, op, x, constants, bias)


def weight_scales(factor: np.ndarray, ratio: float) -> np.ndarray:
    """float32, one for all channels where they agree; 1 for channels that are dead."""
    try:
        scales = np.array([single(float(f) * ratio) if f else np.float32(1) for f in factor])
    except OverflowError as error:
        raise NotExpressible(f"has a factor of {error}, which float32 does not hold") from None
    return scales[:1] if np.all(scales == scales[0]) else scales


def _constants(graph: Graph, op: dict, weight: np.ndarray, steps: np.ndarray, rank: int) -> str:
    """The weights in the order of the node, dequantised."""
    if op["op"] == "int_conv2d":
        weight, axis = weight.transpose(3, 2, 0, 1), 0
    elif rank == 3:
        weight, axis = weight.T[:, :, None, None], 0
    elif rank == 1:
        weight, axis = weight.T, 0
    else:
        axis = 1
    stored, zero_points, type = stored_weights(weight, axis)
    name = op["name"]
    if type not in (TensorProto.INT8, TensorProto.UINT8):
        graph.opset = WIDE_OPSET
    if zero_points.size != steps.size:
        steps, zero_points = np.broadcast_arrays(steps, zero_points)
    if steps.size == 1:
        steps, zero_points, axis = steps.reshape(()), zero_points.reshape(()), None
    values = [
        graph.constant(f"{name}_weight", stored, type),
        graph.constant(f"{name}_weight_scale", steps),
        graph.constant(f"{name}_weight_zero_point", zero_points, type),
    ]
    axes = {} if axis is None else {"axis": axis}
    return graph.node("DequantizeLinear", values, f"{name}_weight", **axes)


def _bias(
    graph: Graph, name: str, offset: np.ndarray, factor: np.ndarray, steps: np.ndarray, x: Tensor,
    scale: np.float32, form: str,
) -> str:  # fmt: skip
    """int32 in steps of the sums where that is exact or asked for, else float32; "" for none."""
    offset = np.broadcast_to(offset, factor.shape)
    if not np.any(offset != 0):
        return ""
    exact = [o / f if f else o * 2**40 for o, f in zip(offset, factor)]
    is_exact = all(value.denominator == 1 and abs(value) < 2**31 for value in exact)
    if form == "float32" or (form == "auto" and not is_exact):
        graph.biases["float32"] += 1
        reals = as_float32(offset.astype(np.float64) * float(scale))
        return graph.constant(f"{name}_bias", reals)
    graph.biases["int32"] += 1
    unit = (np.float32(x.codes.scale) * steps).astype(np.float32)
    # A dead channel has no factor; its weights are 0 and worth 1 each.
    steps_of = np.broadcast_to(unit.astype(np.float64), factor.shape)
    rounded = [
        round(value) if f else round(float(o) * float(scale) / u)
        for value, f, o, u in zip(exact, factor, offset, steps_of)
    ]
    if max(map(abs, rounded)) >= 2**31:
        raise NotExpressible("has a bias beyond int32", "use --bias float32")
    stored = graph.constant(f"{name}_bias", np.array(rounded, np.int32))
    is_one = unit.size == 1
    step = graph.constant(f"{name}_bias_scale", unit.reshape(()) if is_one else unit)
    axes = {} if is_one else {"axis": 0}
    return graph.node("DequantizeLinear", [stored, step], f"{name}_bias", **axes)


def _node(graph: Graph, op: dict, x: Tensor, weight: str, bias: str) -> str:
    name, biases = op["name"], [bias] if bias else []
    if op["op"] == "int_conv2d":
        reals, attributes = padded(graph, op, x)
        return graph.node(
            "Conv", [reals, weight, *biases], name, group=op.get("groups", 1), **attributes
        )
    if len(x.shape) == 3:
        return graph.node("Conv", [x.reals, weight, *biases], name)
    if len(x.shape) == 1:
        return graph.node("Gemm", [x.reals, weight, *biases], name, transB=1)
    product = graph.node("MatMul", [x.reals, weight], name)
    return graph.node("Add", [product, bias], name) if bias else product


def padded(graph: Graph, op: dict, x: Tensor) -> tuple[str, dict]:
    """Conv pads with 0; other codes than the zero point need a node of their own."""
    attributes = spatial(op)
    code = op.get("pad_value", 0)
    if not any(attributes["pads"]) or code == x.codes.zero_point:
        return x.reals, attributes
    top, left, bottom, right = attributes.pop("pads")
    amounts = np.array([0, 0, top, left, 0, 0, bottom, right], np.int64)
    value = np.float32(code - x.codes.zero_point) * x.codes.scale
    inputs = [
        x.reals,
        graph.constant(f"{op['name']}_pads", amounts),
        graph.constant(f"{op['name']}_pad_value", np.array(value)),
    ]
    return graph.node("Pad", inputs, op["name"]), attributes
