"""Layers of transformers that stay in reals, of a checkpoint and of an export alike."""

import dataclasses
from typing import Protocol

import numpy as np

from topology import Topology
from topology_graph import Node
from torch2chip_builder import expect_reals, expect_rows
from torch2chip_layout import Result


class Parameters(Protocol):
    """A network under construction that knows where its float tensors come from."""

    topology: Topology

    def has(self, node: Node, name: str) -> bool:
        """Whether there is a tensor of that name."""

    def parameter(self, node: Node, name: str, shape: tuple[int | None, ...]) -> np.ndarray:
        """A finite float32 tensor; an extent of None may be any."""

    def emit(self, name: str, op: str, *rest: object, **keys: object) -> Result:
        """Appends an op; the result's shape is torch's."""


def layer_norm(builder: Parameters, node: Node, x: Result) -> Result:
    expect_reals(node, x)
    if not x.channels_last:
        raise node.error(f"{list(x.shape)} ({x.op})", "tokens or a map, channels last")
    prefix = node.keys.get("prefix", node.id)
    keys = {"gamma": "weight", "beta": "bias"}
    tensors = {
        ours: builder.parameter(node, f"{prefix}.{name}", (x.channels,))
        for ours, name in keys.items()
    }
    epsilon = builder.topology.layer_norm_epsilon
    return builder.emit(node.id, "float_layer_norm", x, x.shape, **tensors, epsilon=epsilon)


def gelu(builder: Parameters, node: Node, x: Result) -> Result:
    expect_reals(node, x)
    return builder.emit(node.id, "float_gelu", x, x.shape, form=node.keys.get("form", "erf"))


def tanh(builder: Parameters, node: Node, x: Result) -> Result:
    expect_reals(node, x)
    return builder.emit(node.id, "float_tanh", x, x.shape)


def linear_float(builder: Parameters, node: Node, x: Result) -> Result:
    """A linear layer of the last axis, with a bias unless `bias: false`."""
    expect_reals(node, x)
    if x.is_image or x.flattened:
        raise node.error(f"an image {list(x.flattened or x.shape)}", "tokens or features")
    prefix = node.keys.get("prefix", node.id)
    shape = (node.keys.get("features"), x.channels)
    weight = builder.parameter(node, f"{prefix}.weight", shape)
    keys = {"weight": np.ascontiguousarray(weight.T)}
    if node.keys.get("bias", True):
        keys["bias"] = builder.parameter(node, f"{prefix}.bias", (len(weight),))
    return builder.emit(node.id, "float_linear", x, (*x.shape[:-1], len(weight)), **keys)


def embedding(builder: Parameters, node: Node, x: Result) -> Result:
    """A row of the table for every id."""
    rows = node.keys["rows"]
    if x.kind != "integers" or len(x.shape) != 1:
        raise node.error(f"{x.kind} {list(x.shape)} ({x.op})", "ids, an input with the key below")
    if x.range[1] >= rows:
        raise node.error(f"ids below {x.range[1] + 1}", f"at most {rows}, the rows of the table")
    prefix = node.keys.get("prefix", node.id)
    table = builder.parameter(node, f"{prefix}.weight", (rows, node.keys.get("channels")))
    ids = dataclasses.replace(x, channels_last=True)
    return builder.emit(node.id, "float_embedding", ids, (*x.shape, table.shape[1]), table=table)


def class_token(builder: Parameters, node: Node, x: Result) -> Result:
    """Learned tokens in front of the others."""
    expect_reals(node, x)
    expect_rows(node, x, 2, "tokens [tokens, channels]")
    value = builder.parameter(node, node.keys["tensor"], (1, 1, x.channels))[0]
    count = x.shape[0] + len(value)
    return builder.emit(node.id, "float_class_token", x, (count, x.channels), value=value)


def add_embedding(builder: Parameters, node: Node, x: Result) -> Result:
    """Row i of the table for token i, or the row `row` for all."""
    expect_reals(node, x)
    expect_rows(node, x, 2, "tokens [tokens, channels]")
    rows, name = node.keys["rows"], node.keys["tensor"]
    shape = (1,) * (node.keys.get("axes", 2) - 2) + (rows, x.channels)
    row = node.keys.get("row")
    needed = x.shape[0] if row is None else row + 1
    if needed > rows:
        found = f"{needed} tokens" if row is None else f"row {row}"
        raise node.error(found, f"at most the {rows} rows of {name}", "the sequence is too long")
    table = builder.parameter(node, name, shape).reshape(rows, x.channels)
    value = table[:needed] if row is None else table[row : row + 1]
    return builder.emit(node.id, "float_add_constant", x, x.shape, value=value)
