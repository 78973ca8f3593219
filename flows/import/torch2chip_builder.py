"""The network under construction, which the layers append their ops to."""

import difflib
from dataclasses import dataclass, field

import numpy as np

from topology import Topology
from topology_graph import Node
from torch2chip_export import Export
from torch2chip_layout import Result, append_op


@dataclass(frozen=True)
class Recorded:
    """Our ops that hold the operands and the result of an op of the export."""

    codes: str  # x1; empty: the op takes reals.
    result: str  # y
    with_bias: bool = False  # To the integer sums, in reals.
    second: str = ""  # x2; empty: weights.
    is_transposed: bool = False  # The last two axes of x2 are swapped in the export.


@dataclass
class Builder:
    """The ops so far. `results` is by layer of the topology, `recorded` by op of the export."""

    topology: Topology
    export: Export
    ops: list[dict] = field(default_factory=list)
    inputs: list[dict] = field(default_factory=list)
    results: dict[str, Result] = field(default_factory=dict)
    recorded: dict[str, Recorded] = field(default_factory=dict)

    @property
    def batch(self) -> int:
        """Of the recorded tensors."""
        return next(iter(self.export.ops.values()))["x1"][0]

    def expect_entry(self, node: Node, entry: str) -> None:
        if not self.export.has(entry):
            near = difflib.get_close_matches(entry, self.export.state, 1)
            raise node.error(
                f"no entry {entry} in the export",
                "a prefix that names a module of it",
                f"the nearest entry is {near[0]}" if near else "",
            )

    def has(self, node: Node, name: str) -> bool:
        """Whether there is a tensor of that name."""
        return self.export.has(name)

    def parameter(self, node: Node, name: str, shape: tuple[int | None, ...]) -> np.ndarray:
        """A float tensor that stays one; an extent of None may be any."""
        self.expect_entry(node, name)
        values = self.export.finite(name)
        fits = len(values.shape) == len(shape) and all(
            expected in (None, found) for expected, found in zip(shape, values.shape)
        )
        if not fits:
            expected = ", ".join("any" if n is None else str(n) for n in shape)
            raise self.export.error(
                name, f"shape {list(values.shape)}", f"[{expected}] of {node.id} ({node.where})"
            )
        return values.astype(np.float32)

    def emit(self, name: str, op: str, *rest: object, **keys: object) -> Result:
        """`append_op` of this network."""
        return append_op(self.ops, name, op, *rest, **keys)


def is_identity(export: Export, quantizer: str) -> bool:
    """Whether a quantizer passes its input through: Torch2Chip leaves one that it never calibrated
    in front of a first convolution of three channels."""
    bound = f"{quantizer}.observer.lb"
    untouched = export.has(bound) and bool(np.all(np.isneginf(export.entry(bound))))
    return untouched and export.number(f"{quantizer}.scale") == 1


def float_input(result: Result) -> dict:
    return {"name": result.op, "shape": result.our_shape(), "type": "float32"}


def expect_reals(node: Node, x: Result) -> None:
    if x.kind != "reals":
        raise node.error(
            f"{x.kind} ({x.op})",
            "reals",
            "a mul_shift turns the sums of a conv or matmul into reals",
        )


def expect_image(node: Node, x: Result) -> None:
    expect_reals(node, x)
    if not x.is_image:
        found = "rows" if x.channels_last and len(x.shape) > 1 else "features"
        raise node.error(f"{found} {list(x.shape)}", "an image [channels, height, width]")


def expect_rows(node: Node, x: Result, axes: int, what: str) -> None:
    """Of tokens, windows, heads or maps, whose channels are their last axis."""
    if not x.channels_last or len(x.shape) != axes:
        raise node.error(f"{list(x.shape)} ({x.op})", what)
