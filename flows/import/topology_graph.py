"""The plain layers of a topology: what each takes, and the list that they form."""

from collections.abc import Callable
from dataclasses import dataclass, field

from errors import InputError
from topology_yaml import Value

MOST_NODES = 10_000
MOST_EXTENT = 65535


@dataclass(frozen=True)
class Node:
    """A plain layer. `id` names its result; `where` is the line that it comes from."""

    id: str
    op: str
    inputs: tuple[str, ...]
    where: str
    keys: dict = field(default_factory=dict)

    def error(self, got: object, expected: str, hint: str = "") -> InputError:
        return InputError(self.where, self.id, got, expected, hint)


def _extents(least: int) -> Callable[[Value], tuple[int, int]]:
    return lambda value: value.pair(least, MOST_EXTENT)


def _count(value: Value) -> int:
    return value.integer(1, MOST_EXTENT)


def _index(value: Value) -> int:
    return value.integer(0, MOST_EXTENT)


def _rate(value: Value) -> float:
    rate = value.real(0.0, 1.0)
    if rate == 1:
        raise value.error("a number in [0, 1)")
    return rate


_WINDOW = {"kernel": _extents(1), "stride": _extents(1), "padding": _extents(0)}
_CONV = _WINDOW | {
    "prefix": Value.text,
    "module": Value.text,
    "channels": _count,
    "dilation": _extents(1),
    "groups": _count,
    "bias": Value.flag,
}
_WINDOWS = {"window": _extents(1), "shift": _extents(0), "map": _extents(1)}
_ARITHMETIC = {"arithmetic": lambda value: value.choice("float32", "float64")}

# What reads each key, by layer; `id` and `inputs` go with all of them.
PLAIN: dict[str, dict[str, Callable[[Value], object]]] = {
    "quantize": {"prefix": Value.text, "sums": Value.flag},
    "conv": _CONV,
    "matmul": {
        "prefix": Value.text,
        "module": Value.text,
        "features": _count,
        "quantizer": Value.text,
        "bias": Value.flag,
    },
    "mul_shift": {"prefix": Value.text, "module": Value.text},
    "batch_norm": {"module": Value.text},
    "relu": {},
    "relu6": {},
    "add": {},
    "concat": {},
    "max_pool": _WINDOW,
    "avg_pool": _WINDOW,
    "adaptive_avg_pool": {"size": _extents(1)},
    "global_avg_pool": {},
    "option_a": {"channels": _count, "stride": _extents(1)},
    "flatten": {},
    "identity": {},
    "dropout": {"rate": _rate},
    "tokens": {},
    "channels_last": {},
    "embedding": {"prefix": Value.text, "rows": _count, "channels": _count},
    "class_token": {"tensor": Value.text},
    "add_embedding": {
        "tensor": Value.text,
        "rows": _count,
        "row": _index,
        "axes": lambda value: value.integer(2, 3),
    },
    "layer_norm": {"prefix": Value.text},
    "linear_float": {"prefix": Value.text, "features": _count, "bias": Value.flag},
    "gelu": {"form": lambda value: value.choice("erf", "tanh")},
    "tanh": {},
    "mul_quant": {"prefix": Value.text} | _ARITHMETIC,
    "split_heads": {"heads": _count, "parts": _count, "part": _index},
    "merge_heads": {},
    "qk": {},
    "score_softmax": _WINDOWS
    | _ARITHMETIC
    | {
        "prefix": Value.text,
        "factor": lambda value: int(value.choice("255", "256")),
        "relative_bias": Value.text,
    },
    "attnv": {},
    "window_partition": _WINDOWS,
    "window_reverse": _WINDOWS,
    "patch_merge": {},
    "token": {"index": _index},
}
MOST_OPERANDS = 1024
OPERANDS = {  # Fewest and most; others have one.
    "add": (2, 2),
    "concat": (1, MOST_OPERANDS),
    "qk": (2, 2),
    "score_softmax": (1, 2),
    "attnv": (2, 2),
}
REQUIRED = {
    "max_pool": ("kernel",),
    "avg_pool": ("kernel",),
    "adaptive_avg_pool": ("size",),
    "option_a": ("channels",),
    "embedding": ("rows",),
    "class_token": ("tensor",),
    "add_embedding": ("tensor", "rows"),
    "split_heads": ("heads",),
    "window_partition": ("window", "map"),
    "window_reverse": ("window", "map"),
}


class Graph:
    """Layers in execution order; each may use the ones before it."""

    def __init__(self, inputs: list[Node]):
        self._nodes = {node.id: node for node in inputs}
        self._channels = {node.id: node.keys["shape"][0] for node in inputs}
        self.inputs = len(inputs)
        self.last = inputs[0].id

    def add(self, node: Node) -> str:
        if len(self._nodes) == MOST_NODES:
            raise node.error(f"more than {MOST_NODES} layers", "fewer")
        if node.id in self._nodes:
            earlier = self._nodes[node.id].where
            raise node.error(f"a second layer {node.id}", f"another id than that of {earlier}")
        fewest, most = OPERANDS.get(node.op, (1, 1))
        if not fewest <= len(node.inputs) <= most:
            counts = {(1, 1): "one input", (2, 2): "two inputs"}
            expected = counts.get((fewest, most), f"{fewest} to {most} inputs")
            raise node.error(f"{len(node.inputs)} inputs", expected)
        for name in node.inputs:
            if name not in self._nodes:
                raise node.error(
                    f"the input {name}", "an earlier layer", f"the one before is {self.last}"
                )
        self._nodes[node.id] = node
        operands = node.inputs if node.op == "concat" else node.inputs[:1]
        passed_on = sum(self._channels[name] for name in operands)
        self._channels[node.id] = node.keys.get("channels", node.keys.get("features", passed_on))
        self.last = node.id
        return node.id

    def channels(self, name: str) -> int:
        """The channels of a layer's result, as far as the topology says."""
        return self._channels[name]

    def input_shape(self, name: str) -> tuple[int, ...]:
        """Of an input of the network; nothing of another layer's result."""
        node = self._nodes[name]
        return node.keys["shape"] if node.op == "input" else ()

    def knows(self, name: str) -> bool:
        return name in self._nodes

    def finished(self, layers: Value) -> list[Node]:
        """All layers, once every one of them is known to lead to the last."""
        if len(self._nodes) == self.inputs:
            raise layers.error("at least one layer", got="none")
        used = {name for node in self._nodes.values() for name in node.inputs} | {self.last}
        for node in self._nodes.values():
            if node.id not in used:
                raise node.error("a result that no layer uses", "every one but the last to be used")
        return list(self._nodes.values())
