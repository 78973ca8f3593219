"""A float network under construction: the layers of a topology with weights from a source."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from topology import Topology
from topology_graph import Node
from torch2chip_layout import Result

ISLAND = "float_"  # What the names of float ops begin with inside integer networks.
ENDINGS = {".conv.ops": "", ".linear.ops": "", ".scaler": ".bn"}


class Weights(Protocol):
    """Where tensors come from: a checkpoint, or chance."""

    def tensor(self, node: Node, name: str, shape: tuple[int | None, ...]) -> np.ndarray:
        """A finite float32 tensor in PyTorch's layout; an extent of None may be any."""

    def has_bias(self, node: Node, name: str) -> bool:
        """Whether a convolution or a product has the bias `name`."""


@dataclass
class FloatBuilder:
    """The ops so far; `results` is by layer of the topology."""

    topology: Topology
    weights: Weights
    ops: list[dict] = field(default_factory=list)
    inputs: list[dict] = field(default_factory=list)
    results: dict[str, Result] = field(default_factory=dict)

    def emit(
        self,
        name: str,
        op: str,
        operands: Result | tuple[Result, ...],
        shape: tuple[int, ...],
        kind: str = "reals",
        flattened: tuple[int, ...] = (),
        **keys: object,
    ) -> Result:
        """Appends an op of ours; returns its result, of torch's `shape`."""
        operands = operands if isinstance(operands, tuple) else (operands,)
        op = op.removeprefix(ISLAND)
        self.ops.append({"name": name, "op": op, "inputs": [x.op for x in operands], **keys})
        return Result(name, shape, kind, flattened)


def op_name(node: Node) -> str:
    """The layer's id without what Torch2Chip's modules add to it: `layer1.0.conv1`, and
    `layer1.0.conv1.bn` where Torch2Chip has a scaler."""
    for ending, ours in ENDINGS.items():
        if node.id.endswith(ending):
            return node.id.removesuffix(ending) + ours
    return node.id
