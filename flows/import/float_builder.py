"""A float network under construction: the layers of a topology with weights from a source."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from bundle import Bundle
from topology import Topology
from topology_graph import Node
from torch2chip_layout import Result, append_op

ISLAND = "float_"  # What the names of float ops begin with inside integer networks.
ENDINGS = {".conv.ops": "", ".linear.ops": "", ".ops": "", ".scaler": ".bn"}


class Weights(Protocol):
    """Where tensors come from: a checkpoint, or chance."""

    def tensor(self, node: Node, name: str, shape: tuple[int | None, ...]) -> np.ndarray:
        """A finite float32 tensor in PyTorch's layout; an extent of None may be any."""

    def has_bias(self, node: Node, name: str) -> bool:
        """Whether a convolution or a product has the bias `name`."""

    def has(self, node: Node, name: str) -> bool:
        """Whether there is a tensor of that name that a layer may do without."""


@dataclass
class FloatBuilder:
    """The ops so far; `results` is by layer of the topology."""

    topology: Topology
    weights: Weights
    ops: list[dict] = field(default_factory=list)
    inputs: list[dict] = field(default_factory=list)
    results: dict[str, Result] = field(default_factory=dict)

    def has(self, node: Node, name: str) -> bool:
        return self.weights.has(node, name)

    def parameter(self, node: Node, name: str, shape: tuple[int | None, ...]) -> np.ndarray:
        return self.weights.tensor(node, name, shape)

    def emit(self, name: str, op: str, *rest: object, **keys: object) -> Result:
        """`append_op` of an op of ours, no island."""
        return append_op(self.ops, name, op.removeprefix(ISLAND), *rest, **keys)


def float_bundle(
    builder: FloatBuilder,
    description: str,
    source: dict[str, str],
    samples: dict[str, dict[str, np.ndarray]],
) -> Bundle:
    """What was built, with the topology's last layer as the output."""
    topology = builder.topology
    return Bundle(
        kind="float",
        name=topology.name,
        inputs=builder.inputs,
        outputs=[builder.results[topology.nodes[-1].id].op],
        ops=builder.ops,
        description=f"{topology.name} with {description}",
        source=source,
        samples=samples,
    )


def op_name(node: Node) -> str:
    """The layer's id without what Torch2Chip's modules add to it: `layer1.0.conv1`, and
    `layer1.0.conv1.bn` where Torch2Chip has a scaler."""
    for ending, ours in ENDINGS.items():
        if node.id.endswith(ending):
            return node.id.removesuffix(ending) + ours
    return node.id
