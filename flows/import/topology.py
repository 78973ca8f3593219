"""Reads topology.yaml: how layers are connected, which files of weights do not say.

`topology.md` documents it.
"""

import pathlib
from dataclasses import dataclass

from errors import InputError, reading
from topology_blocks import expand
from topology_graph import Graph, Node
from topology_yaml import Value, load_yaml

FORMAT = "systole-topology"
VERSION = 1
KEYS = (
    *("format", "version", "name", "input", "inputs", "layers"),
    *("scale_bits", "fraction_bits", "quantizers"),  # Torch2Chip only.
    *("epsilon", "layer_norm_epsilon"),
)
# What the export's names of quantizers end in; MulQuants that end in codes are among them.
QUANTIZERS = (".aq", ".wq", ".xq", ".qqkv", ".qproj", ".qquery", ".qkey", ".qvalue")
MOST_INPUTS = 16
MOST_INTEGER = 1 << 16


@dataclass(frozen=True)
class Quantizer:
    """What the export does not say of a quantizer (Torch2Chip's nbit, unsigned and class)."""

    where: str
    bits: int = 8
    signed: bool = False
    clamp_again: bool = False

    @property
    def range(self) -> tuple[int, int]:
        """[qlb, qub]."""
        if self.signed:
            return -(1 << (self.bits - 1)), (1 << (self.bits - 1)) - 1
        return 0, (1 << self.bits) - 1


@dataclass(frozen=True)
class Topology:
    file: str
    name: str
    nodes: list[Node]  # In execution order, inputs first; the last is the output.
    scale_bits: int  # swl
    fraction_bits: int | None  # sfl; Torch2Chip only.
    epsilon: float  # Of batch norms; floats only.
    layer_norm_epsilon: float
    activation: Quantizer
    weight: Quantizer
    named: dict[str, Quantizer]  # By the export's name of the quantizer.

    def quantizer(self, name: str, otherwise: Quantizer) -> Quantizer:
        return self.named.get(name, otherwise)


def load_topology(path: str | pathlib.Path) -> Topology:
    root = load_yaml(path)
    with reading(path):
        return _topology(root)


def _topology(root: Value) -> Topology:
    keys = root.map(*KEYS)
    for key in ("format", "version", "name", "layers"):
        if key not in keys:
            raise root.error(f"the key {key}", got="none")
    if ("input" in keys) == ("inputs" in keys):
        raise root.error("the key input or inputs", got="both" if "input" in keys else "none")
    keys["format"].choice(FORMAT)
    keys["version"].choice(str(VERSION))
    activation, weight, named = _quantizers(keys.get("quantizers"), root)
    return Topology(
        file=root.file,
        name=keys["name"].text(),
        nodes=_nodes(_inputs(keys), keys["layers"]),
        scale_bits=keys["scale_bits"].integer(2, 32) if "scale_bits" in keys else 32,
        fraction_bits=keys["fraction_bits"].integer(0, 62) if "fraction_bits" in keys else None,
        epsilon=keys["epsilon"].real(0.0, 1.0) if "epsilon" in keys else 1e-5,
        layer_norm_epsilon=(
            keys["layer_norm_epsilon"].real(0.0, 1.0) if "layer_norm_epsilon" in keys else 1e-5
        ),
        activation=activation,
        weight=weight,
        named=named,
    )


def _inputs(keys: dict[str, Value]) -> list[Node]:
    """The one `input`, or `inputs` by name."""
    given = keys["inputs"].map() if "inputs" in keys else {"input": keys["input"]}
    if not 1 <= len(given) <= MOST_INPUTS:
        raise keys["inputs"].error(f"1 to {MOST_INPUTS} inputs", got=f"{len(given)}")
    return [_input(name, value) for name, value in given.items()]


def _input(name: str, given: Value) -> Node:
    keys = given.map("shape", "below")
    if "shape" not in keys:
        raise given.error("the key shape", got="none")
    shape = tuple(item.integer(1, 65535) for item in keys["shape"].items())
    if len(shape) not in (1, 3):
        raise keys["shape"].error("[channels, height, width] or [features]")
    below = {"below": keys["below"].integer(2, MOST_INTEGER)} if "below" in keys else {}
    return Node(name, "input", (), given.where, {"shape": shape} | below)


def _nodes(inputs: list[Node], layers: Value) -> list[Node]:
    graph = Graph(inputs)
    for layer in layers.items():
        expand(graph, layer)
    return graph.finished(layers)


def _quantizers(value: Value | None, root: Value) -> tuple[Quantizer, Quantizer, dict]:
    activation = Quantizer(root.where)
    weight = Quantizer(root.where, signed=True)
    if value is None:
        return activation, weight, {}
    keys = value.map("activation", "weight", "named")
    if "activation" in keys:
        activation = _quantizer(keys["activation"], activation)
    if "weight" in keys:
        weight = _quantizer(keys["weight"], weight)
    named = {}
    for name, entry in (keys["named"].map() if "named" in keys else {}).items():
        if not name.endswith(QUANTIZERS):
            expected = f"a name ending in {' or '.join(QUANTIZERS)}"
            raise InputError(entry.where, entry.key, got=name, expected=expected)
        named[name] = _quantizer(entry, weight if name.endswith(".wq") else activation)
    return activation, weight, named


def _quantizer(value: Value, default: Quantizer) -> Quantizer:
    keys = value.map("bits", "signed", "clamp_again")
    return Quantizer(
        where=value.where,
        bits=keys["bits"].integer(1, 16) if "bits" in keys else default.bits,
        signed=keys["signed"].flag() if "signed" in keys else default.signed,
        clamp_again=keys["clamp_again"].flag() if "clamp_again" in keys else default.clamp_again,
    )
