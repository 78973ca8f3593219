"""Attention in a float network: what the layers of Torch2Chip's integer attention stand for."""

import numpy as np

from float_builder import FloatBuilder
from topology_graph import Node
from torch2chip_attention import (
    expect_mask,
    expect_probabilities_and_values,
    expect_queries_and_keys,
    score_biases,
)
from torch2chip_builder import expect_reals
from torch2chip_layout import Result


def qk(builder: FloatBuilder, node: Node, queries: Result, keys: Result) -> Result:
    """Queries by transposed keys, over the root of a head's width."""
    expect_reals(node, queries)
    expect_reals(node, keys)
    expect_queries_and_keys(builder, node, queries, keys)
    *_, tokens, width = queries.shape
    shape = (*queries.shape[:-1], tokens)
    y = builder.emit(node.id, "batch_matmul", (queries, keys), shape, transpose_b=True)
    factor = float(np.float32(width**-0.5))
    return builder.emit(f"{node.id}.scale", "scale", y, shape, factor=factor)


def score_softmax(
    builder: FloatBuilder, node: Node, x: Result, mask: Result | None = None
) -> Result:
    """Swin's biases and masks, BERT's padding mask, softmax."""
    expect_reals(node, x)
    if not x.channels_last or len(x.shape) < 3:
        raise node.error(f"{list(x.shape)} ({x.op})", "scores [.., heads, tokens, tokens]")
    for name, value in score_biases(builder, node, x).items():
        x = builder.emit(f"{node.id}.{name}", "add_constant", x, x.shape, value=value)
    if mask is not None:
        operands = (x, expect_mask(node, x, mask))
        x = builder.emit(f"{node.id}.mask", "mask_scores", operands, x.shape)
    return builder.emit(node.id, "softmax", x, x.shape)


def attnv(builder: FloatBuilder, node: Node, probabilities: Result, values: Result) -> Result:
    expect_reals(node, probabilities)
    expect_reals(node, values)
    expect_probabilities_and_values(node, probabilities, values)
    return builder.emit(node.id, "batch_matmul", (probabilities, values), values.shape)
