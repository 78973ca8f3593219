"""Functions of one operand: tables of codes, Softmax, and LayerNormalization as a float island."""

import math
from collections.abc import Callable

import numpy as np
from onnx_constants import real_constant
from onnx_elementwise import settled, table
from onnx_finish import scaled_codes, with_layout
from onnx_graph import NodeView
from onnx_reals import reals_of
from onnx_values import Affine, Reals, Softmax, Value

Unary = Callable[[np.ndarray], np.ndarray]
erf = np.vectorize(math.erf, otypes=[np.float64])


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def function(view: NodeView, f: Unary) -> Value:
    """f of every element, as a table of the codes that the operand comes from."""
    view.expect_operands(1, 1)
    return table(view, settled(view, view.operand(0)), f)


def unary(f: Unary) -> Callable[[NodeView], Value]:
    def convert(view: NodeView) -> Value:
        return function(view, f)

    return convert


def leaky_relu(view: NodeView) -> Value:
    alpha = view.attribute("alpha", 0.01)
    return function(view, lambda x: np.where(x < 0, alpha * x, x))


def hard_sigmoid(view: NodeView) -> Value:
    alpha, beta = view.attribute("alpha", 0.2), view.attribute("beta", 0.5)
    return function(view, lambda x: np.clip(alpha * x + beta, 0, 1))


def hard_swish(x: np.ndarray) -> np.ndarray:
    return x * np.clip(x / 6 + 0.5, 0, 1)


def gelu(view: NodeView) -> Value:
    mode = view.attribute("approximate", "none")
    if mode == "none":
        return function(view, lambda x: 0.5 * x * (1 + erf(x / math.sqrt(2))))
    if mode != "tanh":
        raise view.error(got=f"approximate {mode}", expected="none or tanh")
    slope = math.sqrt(2 / math.pi)
    return function(
        view,
        lambda x: 0.5 * x * (1 + np.tanh(slope * (x + 0.044715 * x**3))),
    )


def softmax(view: NodeView) -> Value:
    view.expect_operands(1, 1)
    x = scaled_codes(view.graph, view.operand(0), "operand 0")
    return softmax_of(view, x, "qlinear" if view.graph.kernels == "integer" else "double")


def softmax_of(view: NodeView, x: Affine, rule: str) -> Softmax:
    rank = len(x.shape.stored) + 1
    axis = view.axis(view.attribute("axis", -1 if view.opset >= 13 else 1), rank)
    last = 1 + x.shape.order[-1]
    if axis != last and rank == 4 and axis == 3:
        x, last = with_layout(view.graph, x, False), 3
    flattens = view.opset < 13 and axis != rank - 1
    if axis != last or flattens:
        raise view.error(got=f"axis {axis} of {rank}", expected=f"the last, {rank - 1}")
    return Softmax(x, x.shape, rule)


def layer_normalization(view: NodeView) -> Value:
    """A float island."""
    view.expect_operands(2, 3)
    graph = view.graph
    value = view.operand(0)
    x = reals_of(graph, value, f"{view.name}.in")
    rank, channels = len(x.shape.stored) + 1, x.shape.stored[-1]
    axis = view.axis(view.attribute("axis", -1), rank)
    if axis != rank - 1 or x.shape.channels_last:
        raise view.error(got=f"axis {axis} of {rank}", expected="the last, of rows of channels")
    gamma = _per_channel(view, 1, channels)
    beta = np.zeros_like(gamma) if view.optional(2) is None else _per_channel(view, 2, channels)
    keys = {"op": "float_layer_norm", "inputs": [x.op], "gamma": gamma, "beta": beta}
    keys["epsilon"] = view.attribute("epsilon", 1e-5)
    return Reals(graph.emit(keys, view.name), x.shape)


def _per_channel(view: NodeView, position: int, channels: int) -> np.ndarray:
    reals = real_constant(view.operand(position))
    if reals is None or reals.shape != (channels,):
        name = view.operand_name(position)
        raise view.error(got=f"operand {position}, {name}", expected=f"{channels} reals")
    return reals.astype(np.float32)
