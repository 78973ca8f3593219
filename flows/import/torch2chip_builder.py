"""The network under construction, which the layers append their ops to."""

import difflib
from dataclasses import dataclass, field

import numpy as np

from topology import Topology
from topology_graph import Node
from torch2chip_export import Export
from torch2chip_layout import Result, append_op


@dataclass
class Builder:
    """The ops so far. `results` is by layer of the topology; `recorded` by op of the export: our
    ops that hold its codes (empty: it takes reals) and its result, and whether it adds a bias."""

    topology: Topology
    export: Export
    ops: list[dict] = field(default_factory=list)
    inputs: list[dict] = field(default_factory=list)
    results: dict[str, Result] = field(default_factory=dict)
    recorded: dict[str, tuple[str, str, bool]] = field(default_factory=dict)

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
    if len(x.shape) != 3:
        raise node.error(f"features {list(x.shape)}", "an image [channels, height, width]")
