"""Weights with a scale per block of input channels: Conv with DequantizeLinear in blocks."""

import numpy as np
from onnx import TensorProto

from qdq_bundle import Network, Requantisation, fractions
from qdq_graph import WIDE_OPSET, Graph, NotExpressible, as_float32
from qdq_products import Sums, padded, weight_scales


def block_reals(
    graph: Graph, network: Network, op: dict, sums: Sums, form: Requantisation, scale: np.float32
) -> tuple[tuple[int, ...], str]:
    """The shape and the reals of a `requantise_blocks`.

    Its operand must be a convolution with one group per block, whose partial sums
    [.., blocks * n] are those of one convolution with all of the input channels.
    """
    blocks, product = op["blocks"], getattr(sums, "op", {})
    if product.get("op") != "int_conv2d" or product.get("groups", 1) != blocks:
        raise NotExpressible("adds blocks that are not the groups of a convolution")
    (x,) = sums.operands
    weight = network.tensor(product, "weight").astype(np.int64)
    height, width, size, columns = weight.shape
    factor, channels = form.factors[0], columns // blocks
    shift = x.codes.zero_point - product.get("input_zero_point", 0)
    shares = factor * fractions(weight.reshape(-1, columns).sum(axis=0)) * shift
    offset = form.offset + shares.reshape(blocks, channels).sum(axis=0)

    signs = np.array([-1 if value < 0 else 1 for value in factor])
    weight = weight * np.where(factor == 0, 0, signs)
    if weight.min() < -128 or weight.max() > 127:
        raise NotExpressible("has weights in blocks beyond 8 bits")
    steps = np.broadcast_to(
        weight_scales(factor * signs, float(scale) / float(x.codes.scale)), columns
    )
    # [kh, kw, size, blocks, n] -> [n, blocks * size, kh, kw]
    stored = weight.reshape(height, width, size, blocks, channels).transpose(4, 3, 2, 0, 1)
    stored = stored.reshape(channels, blocks * size, height, width)
    steps = steps.reshape(blocks, channels).T[:, :, None, None]
    graph.opset, name = WIDE_OPSET, product["name"]
    is_narrow = weight.min() >= -8 and weight.max() <= 7
    inputs = [
        graph.constant(f"{name}_weight", stored.astype(np.int8),
                       TensorProto.INT4 if is_narrow else TensorProto.INT8),
        graph.constant(f"{name}_weight_scale",
                       np.broadcast_to(steps, (channels, blocks, height, width))),
    ]  # fmt: skip
    dequantised = graph.node(
        "DequantizeLinear", inputs, f"{name}_weight", axis=1, block_size=size
    )
    reals, attributes = padded(graph, product, x)
    inputs = [reals, dequantised]
    if np.any(offset != 0):
        graph.biases["float32"] += 1
        values = np.broadcast_to(offset, channels).astype(np.float64) * float(scale)
        inputs.append(graph.constant(f"{op['name']}_bias", as_float32(values)))
    return (*sums.shape[:-1], channels), graph.node("Conv", inputs, name, **attributes)
