"""Layers of a topology: plain ones, and blocks that stand for many, named as Torch2Chip does."""

from collections.abc import Callable
from dataclasses import dataclass

from errors import InputError
from topology_graph import MOST_EXTENT, PLAIN, REQUIRED, Graph, Node
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


@dataclass
class Block:
    """One block of the topology and what it adds its layers to."""

    graph: Graph
    layer: Value
    keys: dict[str, Value]

    def add(self, name: str, op: str, *inputs: str, **keys: object) -> str:
        return self.graph.add(Node(name, op, inputs, self.layer.where, keys))

    def unit(
        self,
        prefix: str,
        x: str,
        channels: int,
        kernel: int,
        stride: int = 1,
        groups: int = 1,
        relu: bool = True,
    ) -> str:
        """Torch2Chip's ConvBNReLU: quantizer, convolution, the scaler that BatchNorm became."""
        x = self.add(f"{prefix}.conv.aq", "quantize", x)
        x = self.add(
            f"{prefix}.conv.ops",
            "conv",
            x,
            channels=channels,
            kernel=(kernel, kernel),
            stride=(stride, stride),
            padding=(kernel // 2, kernel // 2),
            groups=groups,
        )
        x = self.add(f"{prefix}.scaler", "mul_shift", x)
        return self.add(f"{prefix}.relu", "relu", x) if relu else x

    def number(self, key: str, default: int = 0) -> int:
        return self.keys[key].integer(1, MOST_EXTENT) if key in self.keys else default

    def text(self, key: str, default: str = "") -> str:
        return self.keys[key].text() if key in self.keys else default


def _conv_bn_relu(block: Block, x: str) -> None:
    relu = block.keys["relu"].flag() if "relu" in block.keys else True
    block.unit(
        block.text("prefix"),
        x,
        block.number("channels"),
        block.number("kernel", 3),
        block.number("stride", 1),
        block.number("groups", 1),
        relu,
    )


def _linear(block: Block, x: str) -> None:
    prefix = block.text("prefix")
    features = {"features": block.number("features")} if "features" in block.keys else {}
    x = block.add(f"{prefix}.linear.aq", "quantize", x)
    x = block.add(f"{prefix}.linear.ops", "matmul", x, **features)
    block.add(f"{prefix}.scaler", "mul_shift", x)


def _resnet(block: Block, x: str, convs: Callable, expansion: int) -> None:
    """`blocks` residual blocks `<prefix>.<i>`; only the first has a stride and a new width."""
    width = block.number("channels")
    for index in range(block.number("blocks", 1)):
        prefix = f"{block.text('prefix')}.{index}"
        stride = block.number("stride", 1) if index == 0 else 1
        y = convs(block, prefix, x, width, stride)
        skip = _shortcut(block, prefix, x, width * expansion, stride)
        x = block.add(f"{prefix}.add", "add", y, skip)
        x = block.add(f"{prefix}.out_relu", "relu", x)


def _basic_convs(block: Block, prefix: str, x: str, width: int, stride: int) -> str:
    x = block.unit(f"{prefix}.conv1", x, width, 3, stride)
    return block.unit(f"{prefix}.conv2", x, width, 3, relu=False)


def _bottleneck_convs(block: Block, prefix: str, x: str, width: int, stride: int) -> str:
    x = block.unit(f"{prefix}.conv1", x, width, 1)
    x = block.unit(f"{prefix}.conv2", x, width, 3, stride)
    return block.unit(f"{prefix}.conv3", x, width * _expansion(block), 1, relu=False)


def _expansion(block: Block) -> int:
    return block.number("expansion", 4)


def _shortcut(block: Block, prefix: str, x: str, channels: int, stride: int) -> str:
    kinds = ("projection", "option_a")
    kind = block.keys["shortcut"].choice(*kinds) if "shortcut" in block.keys else kinds[0]
    if stride == 1 and block.graph.channels(x) == channels:
        return x
    if kind == "option_a":
        return block.add(
            f"{prefix}.skip", "option_a", x, channels=channels, stride=(stride, stride)
        )
    return block.unit(f"{prefix}.downsample", x, channels, 1, stride, relu=False)


def _vgg(block: Block, x: str) -> None:
    prefix = block.text("prefix", "features")
    for index, item in enumerate(block.keys["config"].items()):
        name = f"{prefix}.{index}"
        if item.node.value == "M":
            x = block.add(name, "max_pool", x, kernel=(2, 2))
        else:
            x = block.unit(name, x, item.integer(1, MOST_EXTENT), block.number("kernel", 3))


def _mobilenet_v1(block: Block, x: str) -> None:
    prefix = block.text("prefix", "model")
    channels, stride = _width(block.keys["stem"])
    x = block.unit(f"{prefix}.0.0", x, channels, 3, stride)
    for index, pair in enumerate(block.keys["pairs"].items(), start=1):
        inner, (channels, stride) = channels, _width(pair)
        x = block.unit(f"{prefix}.{index}.0", x, inner, 3, stride, groups=inner)
        x = block.unit(f"{prefix}.{index}.3", x, channels, 1)


def _width(value: Value) -> tuple[int, int]:
    """`channels` or `[channels, stride]`."""
    if not value.is_list():
        return value.integer(1, MOST_EXTENT), 1
    channels, stride = value.pair(1, MOST_EXTENT)
    return channels, stride


# Function, keys, and those of them that are required.
BLOCKS: dict[str, tuple[Callable, tuple[str, ...], tuple[str, ...]]] = {
    "conv_bn_relu": (
        _conv_bn_relu,
        ("prefix", "channels", "kernel", "stride", "groups", "relu"),
        ("prefix", "channels"),
    ),
    "linear": (_linear, ("prefix", "features"), ("prefix",)),
    "resnet_basic": (
        lambda block, x: _resnet(block, x, _basic_convs, 1),
        ("prefix", "channels", "blocks", "stride", "shortcut"),
        ("prefix", "channels"),
    ),
    "resnet_bottleneck": (
        lambda block, x: _resnet(block, x, _bottleneck_convs, _expansion(block)),
        ("prefix", "channels", "blocks", "stride", "shortcut", "expansion"),
        ("prefix", "channels"),
    ),
    "vgg": (_vgg, ("prefix", "config", "kernel"), ("config",)),
    "mobilenet_v1": (_mobilenet_v1, ("prefix", "stem", "pairs"), ("stem", "pairs")),
}


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
