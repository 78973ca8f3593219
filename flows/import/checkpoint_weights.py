"""The tensors of a checkpoint, each taken by the layer of a topology that it belongs to."""

import difflib
from dataclasses import dataclass, field

import numpy as np

from errors import InputError
from topology_graph import Node
from torch_checkpoint import Checkpoint


@dataclass
class CheckpointWeights:
    checkpoint: Checkpoint
    taken: set[str] = field(default_factory=set)

    def has_bias(self, node: Node, name: str) -> bool:
        if node.keys.get("bias") is False and name in self.checkpoint.tensors:
            raise InputError(
                self.checkpoint.path, name, "a bias", f"none, as {node.where} says"
            )
        return name in self.checkpoint.tensors

    def has(self, node: Node, name: str) -> bool:
        return name in self.checkpoint.tensors

    def tensor(self, node: Node, name: str, shape: tuple[int | None, ...]) -> np.ndarray:
        path, tensors = self.checkpoint.path, self.checkpoint.tensors
        expected = f"shape [{', '.join('any' if n is None else str(n) for n in shape)}]"
        of = f"{expected} of the layer {node.id} ({node.where})"
        if name not in tensors:
            near = difflib.get_close_matches(name, tensors, 1)
            hint = f"the nearest tensor is {near[0]}" if near else ""
            raise InputError(path, name, got="no such tensor", expected=of, hint=hint)
        found = tensors[name].shape
        fits = len(found) == len(shape) and all(m in (None, n) for n, m in zip(found, shape))
        if not fits or 0 in found:
            raise InputError(path, name, got=f"shape {list(found)}", expected=of)
        self.taken.add(name)
        return self.checkpoint.values(name)

    def expect_all_taken(self, topology: str) -> None:
        extra = [name for name in self.checkpoint.tensors if name not in self.taken]
        if extra:
            more = f" and {len(extra) - 1} more" if len(extra) > 1 else ""
            raise InputError(
                self.checkpoint.path,
                extra[0],
                got=f"a tensor that no layer uses{more}",
                expected=f"only what the layers of {topology} need",
                hint="add the layer to the topology, or name its module there",
            )
