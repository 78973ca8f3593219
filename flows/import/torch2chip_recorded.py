"""Whether what an export recorded of an op fits the topology."""

import math

import numpy as np

from errors import InputError
from topology_graph import Node
from torch2chip_builder import Builder
from torch2chip_export import SHAPE_KEYS, SHAPES


def expect_next(builder: Builder, node: Node, op: str) -> dict[str, tuple[int, ...]]:
    """The recorded shapes of `op`, which must be the next one that the export executed."""
    position = len(builder.recorded)
    names = list(builder.export.ops)
    if position >= len(names) or names[position] != op:
        expected = names[position] if position < len(names) else "no further op"
        raise node.error(
            op,
            f"{expected} as op {position} of {SHAPES}",
            "a layer is missing, or not where the export ran it",
        )
    return builder.export.ops[op]


def expect_recorded(
    builder: Builder,
    node: Node,
    shapes: dict[str, tuple[int, ...]],
    part: str,
    shape: tuple[int, ...],
    channels_last: bool,
) -> None:
    """That the export has an operand or result of `shape`. Torch has windows along the batch and
    rows of a map one after the other: of those, only the last axis and the count are known."""
    found, expected = shapes[part], (builder.batch, *shape)
    same_rows = math.prod(found) == math.prod(expected) and found[-1:] == expected[-1:]
    if found != expected and not (channels_last and same_rows):
        name = {"x1": "an input", "x2": "a second input", "y": "an output"}[part]
        of = f"({SHAPE_KEYS[part]} of {SHAPES})"
        raise node.error(f"{name} {list(expected)}", f"{list(found)} {of}")


def expect_codes(
    builder: Builder, node: Node, op: str, part: str, codes: np.ndarray, low: object, high: object
) -> None:
    if ((codes < low) | (codes > high)).any():
        raise InputError(
            builder.export.file(op, part),
            node.id,
            got=f"codes {codes.min()} to {codes.max()}",
            expected=f"{np.min(low)} to {np.max(high)}",
            hint=f"see the quantizers of {builder.topology.file}",
        )
