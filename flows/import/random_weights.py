"""Seeded random tensors for the layers of a topology, and batch norms that fit them."""

import math
from dataclasses import dataclass

import numpy as np

import float_forward
from topology_graph import Node


ADDED = ("embedding", "class_token", "add_embedding", "score_softmax")


@dataclass
class RandomWeights:
    """He's initialisation (arXiv:1502.01852): normal, variance 2 / fan-in. Norms have gammas in
    [0.5, 1.5) and betas in [-0.3, 0.3); `fit_batch_norms` gives batch norms their statistics. What
    is added to tokens or scores is normal with deviation 0.5, so that it counts beside them."""

    generator: np.random.Generator

    def has_bias(self, node: Node, name: str) -> bool:
        return node.keys.get("bias", node.op == "matmul")

    def has(self, node: Node, name: str) -> bool:
        return False

    def tensor(self, node: Node, name: str, shape: tuple[int | None, ...]) -> np.ndarray:
        if None in shape:
            raise node.error(
                "no channels, kernel or features", "them in the topology", "chance knows no shape"
            )
        if name.endswith(".running_mean"):
            return np.zeros(shape, np.float32)
        if name.endswith(".running_var"):
            return np.ones(shape, np.float32)
        if name.endswith(".bias"):
            return self.generator.uniform(-0.3, 0.3, shape).astype(np.float32)
        if node.op in ADDED:
            return self.generator.normal(0, 0.5, shape).astype(np.float32)
        if len(shape) == 1:
            return self.generator.uniform(0.5, 1.5, shape).astype(np.float32)
        deviation = math.sqrt(2 / math.prod(shape[1:]))
        return self.generator.normal(0, deviation, shape).astype(np.float32)


def fit_batch_norms(ops: list[dict], inputs: dict[str, np.ndarray]) -> None:
    """Sets every batch norm's mean and variance to those of its operand over `inputs`, as training
    would have left them. float16 holds them: other machines' sums differ in their last places, and
    should give the same network."""

    def fit(op: dict, x: np.ndarray) -> None:
        if op["op"] != "batch_norm":
            return
        axes = tuple(range(x.ndim - 1))
        wide = x.astype(np.float64)
        for key, values in (("mean", wide.mean(axes)), ("variance", wide.var(axes))):
            op[key] = values.astype(np.float16).astype(np.float32)

    if any(op["op"] == "batch_norm" for op in ops):
        float_forward.run(ops, inputs, fit)
