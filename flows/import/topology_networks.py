"""Blocks of the usual networks: ResNets, VGG, MobileNets."""

from collections.abc import Callable

from topology_block import Block, members
from topology_graph import MOST_EXTENT
from topology_yaml import Value


def resnet_basic(block: Block, x: str) -> None:
    _resnet(block, x, _basic_convs, 1)


def resnet_bottleneck(block: Block, x: str) -> None:
    _resnet(block, x, _bottleneck_convs, _expansion(block))


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
    return block.unit(f"{prefix}.conv2", x, width, 3, relu="")


def _bottleneck_convs(block: Block, prefix: str, x: str, width: int, stride: int) -> str:
    x = block.unit(f"{prefix}.conv1", x, width, 1)
    x = block.unit(f"{prefix}.conv2", x, width, 3, stride)
    return block.unit(f"{prefix}.conv3", x, width * _expansion(block), 1, relu="")


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
    return block.unit(f"{prefix}.downsample", x, channels, 1, stride, relu="")


def vgg(block: Block, x: str) -> None:
    prefix = block.text("prefix", "features")
    place = 0  # In PyTorch's sequence, where convolution, norm and ReLU count one each.
    for index, item in enumerate(block.keys["config"].items()):
        name = f"{prefix}.{index}"
        if item.node.value == "M":
            x = block.add(name, "max_pool", x, kernel=(2, 2))
            place += 1
        else:
            modules = (f"{prefix}.{place}", f"{prefix}.{place + 1}")
            channels, kernel = item.integer(1, MOST_EXTENT), block.number("kernel", 3)
            x = block.unit(name, x, channels, kernel, modules=modules)
            place += 3


def mobilenet_v1(block: Block, x: str) -> None:
    prefix = block.text("prefix", "model")
    channels, stride = _width(block.keys["stem"])
    x = block.unit(f"{prefix}.0.0", x, channels, 3, stride, modules=members(f"{prefix}.0", 0))
    for index, pair in enumerate(block.keys["pairs"].items(), start=1):
        inner, (channels, stride) = channels, _width(pair)
        name = f"{prefix}.{index}"
        x = block.unit(f"{name}.0", x, inner, 3, stride, groups=inner, modules=members(name, 0))
        x = block.unit(f"{name}.3", x, channels, 1, modules=members(name, 3))


def mobilenet_v2(block: Block, x: str) -> None:
    """Stem, inverted residual blocks, a last 1x1 convolution: `<prefix>.0`, `<prefix>.1`, ..."""
    prefix = block.text("prefix", "features")
    channels, stride = _width(block.keys["stem"])
    x = block.unit(f"{prefix}.0", x, channels, 3, stride, relu="relu6")
    index = 1
    for group in block.keys["groups"].items():
        expansion, channels, count, stride = _four(group)
        for _ in range(count):
            x = _inverted(block, f"{prefix}.{index}", x, expansion, channels, stride)
            index, stride = index + 1, 1
    block.unit(f"{prefix}.{index}", x, block.number("last"), 1, relu="relu6")


def inverted_residual(block: Block, x: str) -> None:
    expansion, channels = block.number("expansion", 1), block.number("channels")
    _inverted(block, block.text("prefix"), x, expansion, channels, block.number("stride", 1))


def _inverted(block: Block, prefix: str, x: str, expansion: int, channels: int, stride: int) -> str:
    """1x1 to `expansion` times the channels (not if 1), 3x3 depthwise, 1x1 without ReLU, and the
    input added where shapes are equal."""
    start, inner = x, block.graph.channels(x) * expansion
    sequence = f"{prefix}.conv"
    place = 0
    if expansion > 1:
        x = block.unit(
            f"{sequence}.0", x, inner, 1, relu="relu6", modules=members(f"{sequence}.0", 0)
        )
        place = 1
    x = block.unit(
        f"{sequence}.{place}",
        x,
        inner,
        3,
        stride,
        groups=inner,
        relu="relu6",
        modules=members(f"{sequence}.{place}", 0),
    )
    x = block.unit(
        f"{sequence}.{place + 1}", x, channels, 1, relu="", modules=members(sequence, place + 1)
    )
    if stride > 1 or block.graph.channels(start) != channels:
        return x
    return block.add(f"{prefix}.add", "add", x, start)


def _four(value: Value) -> tuple[int, ...]:
    items = value.items()
    if len(items) != 4:
        raise value.error("[expansion, channels, blocks, stride]", got=f"{len(items)} numbers")
    return tuple(item.integer(1, MOST_EXTENT) for item in items)


def _width(value: Value) -> tuple[int, int]:
    """`channels` or `[channels, stride]`."""
    if not value.is_list():
        return value.integer(1, MOST_EXTENT), 1
    channels, stride = value.pair(1, MOST_EXTENT)
    return channels, stride
