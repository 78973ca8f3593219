"""Layers of a topology: plain ones, and blocks that stand for many."""

from collections.abc import Callable

import topology_networks as networks
import topology_transformers as transformers
from errors import InputError
from topology_block import Block, modules_of
from topology_graph import PLAIN, REQUIRED, Graph, Node
from topology_yaml import Value


def expand(graph: Graph, layer: Value) -> None:
    """Adds what `layer` (`NAME` or `{NAME: {..}}`) stands for."""
    name, keys = _name_and_keys(layer)
    if name in PLAIN:
        _add_plain(graph, name, keys, layer)
    elif name in BLOCKS:
        function, allowed, required = BLOCKS[name]
        _expect(keys, ("inputs", *allowed), required, layer, name)
        block = Block(graph, layer, keys)
        function(block, _inputs(graph, keys)[0])
    else:
        raise InputError(
            layer.where, layer.key, got=name, expected=f"one of {', '.join([*PLAIN, *BLOCKS])}"
        )


RELUS = {"true": "relu", "false": "", "relu6": "relu6"}


def _conv_bn_relu(block: Block, x: str) -> None:
    relu = RELUS[block.keys["relu"].choice(*RELUS)] if "relu" in block.keys else "relu"
    conv, norm = modules_of(block.text("prefix"))
    block.unit(
        block.text("prefix"),
        x,
        block.number("channels"),
        block.number("kernel", 3),
        block.number("stride", 1),
        block.number("groups", 1),
        relu,
        (block.text("conv", conv), block.text("norm", norm)),
    )


def _linear(block: Block, x: str) -> None:
    module, norm = block.text("module"), block.text("norm")
    block.linear(block.text("prefix"), x, block.number("features"), module, norm)


# Function, keys, and those of them that are required.
BLOCKS: dict[str, tuple[Callable, tuple[str, ...], tuple[str, ...]]] = {
    "conv_bn_relu": (
        _conv_bn_relu,
        ("prefix", "channels", "kernel", "stride", "groups", "relu", "conv", "norm"),
        ("prefix", "channels"),
    ),
    "linear": (_linear, ("prefix", "features", "module", "norm"), ("prefix",)),
    "resnet_basic": (
        networks.resnet_basic,
        ("prefix", "channels", "blocks", "stride", "shortcut"),
        ("prefix", "channels"),
    ),
    "resnet_bottleneck": (
        networks.resnet_bottleneck,
        ("prefix", "channels", "blocks", "stride", "shortcut", "expansion"),
        ("prefix", "channels"),
    ),
    "vgg": (networks.vgg, ("prefix", "config", "kernel"), ("config",)),
    "mobilenet_v1": (networks.mobilenet_v1, ("prefix", "stem", "pairs"), ("stem", "pairs")),
    "mobilenet_v2": (
        networks.mobilenet_v2,
        ("prefix", "stem", "groups", "last"),
        ("stem", "groups", "last"),
    ),
    "inverted_residual": (
        networks.inverted_residual,
        ("prefix", "channels", "stride", "expansion"),
        ("prefix", "channels"),
    ),
} | transformers.BLOCKS


def _name_and_keys(layer: Value) -> tuple[str, dict[str, Value]]:
    if not layer.is_map():
        return layer.text(), {}
    entries = layer.map()
    if len(entries) != 1:
        raise layer.error("NAME or {NAME: {keys}}", got=f"a map of {len(entries)} keys")
    name, value = next(iter(entries.items()))
    return name, value.map()


def _add_plain(graph: Graph, op: str, keys: dict[str, Value], layer: Value) -> None:
    _expect(keys, ("id", "inputs", *PLAIN[op]), REQUIRED.get(op, ()), layer, op)
    name = keys["id"].text() if "id" in keys else op
    values = {key: read(keys[key]) for key, read in PLAIN[op].items() if key in keys}
    graph.add(Node(name, op, _inputs(graph, keys), layer.where, values))


def _inputs(graph: Graph, keys: dict[str, Value]) -> tuple[str, ...]:
    """What `inputs` names, or the layer before."""
    if "inputs" not in keys:
        return (graph.last,)
    names = [item.text() for item in keys["inputs"].items()]
    for item, name in zip(keys["inputs"].items(), names):
        if not graph.knows(name):
            raise item.error("an earlier layer")
    if not names:
        raise keys["inputs"].error("at least one layer", got="an empty list")
    return tuple(names)


def _expect(
    keys: dict[str, Value],
    allowed: tuple[str, ...],
    required: tuple[str, ...],
    layer: Value,
    name: str,
) -> None:
    for key, value in keys.items():
        if key not in allowed:
            raise InputError(value.where, value.key, "an unknown key", " or ".join(allowed))
    for key in required:
        if key not in keys:
            raise InputError(layer.where, f"{layer.key}.{name}", "no " + key, f"the key {key}")
