"""Topologies of well-known networks, as torchvision and the CIFAR-10 ResNets name their modules.

    model_zoo.py resnet18 > resnet18.yaml
    model_zoo.py resnet18 --size 224 --classes 1000 > resnet18.yaml

`--size` is the image's height and width: small by default, since the shapes of all layers but the
first and last follow from it and not from the data set. `systole random` makes such a network with
random weights, `systole import pytorch` with those of a checkpoint.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass

from errors import ArgumentParser, InputError, exit_status

SIZES = (32, 1024)
HEAD = ["global_avg_pool: {id: avgpool}", "flatten"]


@dataclass(frozen=True)
class Model:
    """`layers` of so many classes; `size` is the default one of its images."""

    size: int
    layers: Callable[[int], list[str]]
    source: str
    keys: tuple[str, ...] = ()  # More lines of the topology.


def _resnet(block: str, counts: tuple[int, ...]) -> Callable[[int], list[str]]:
    stages = [
        f"{block}: {{prefix: layer{i + 1}, channels: {64 << i}, blocks: {count}"
        + (", stride: 2}" if i else "}")
        for i, count in enumerate(counts)
    ]
    stem = [
        "conv_bn_relu: {prefix: conv1, channels: 64, kernel: 7, stride: 2}",
        "max_pool: {id: maxpool, kernel: 3, stride: 2, padding: 1}",
    ]
    return lambda classes: [
        *stem,
        *stages,
        *HEAD,
        f"linear: {{prefix: fc, features: {classes}}}",
    ]


def _cifar_resnet(blocks: int) -> Callable[[int], list[str]]:
    stages = [
        f"resnet_basic: {{prefix: layer{i + 1}, channels: {16 << i}, blocks: {blocks}"
        + (", stride: 2, shortcut: option_a}" if i else "}")
        for i in range(3)
    ]
    return lambda classes: [
        "conv_bn_relu: {prefix: conv1, channels: 16}",
        *stages,
        *HEAD,
        f"linear: {{prefix: linear, features: {classes}}}",
    ]


def _mobilenet_v1(classes: int) -> list[str]:
    pairs = [64, [128, 2], 128, [256, 2], 256, [512, 2], *[512] * 5, [1024, 2], 1024]
    return [
        f"mobilenet_v1: {{prefix: model, stem: [32, 2], pairs: {pairs}}}",
        *HEAD,
        f"linear: {{prefix: fc, features: {classes}}}",
    ]


def _mobilenet_v2(classes: int) -> list[str]:
    groups = [[1, 16, 1, 1], [6, 24, 2, 2], [6, 32, 3, 2], [6, 64, 4, 2], [6, 96, 3, 1]]
    groups += [[6, 160, 3, 2], [6, 320, 1, 1]]
    return [
        f"mobilenet_v2: {{stem: [32, 2], groups: {groups}, last: 1280}}",
        *HEAD,
        "dropout: {id: classifier.0, rate: 0.2}",
        f"linear: {{prefix: classifier.1, features: {classes}}}",
    ]


def _vgg(*counts: int) -> Callable[[int], list[str]]:
    """Features of VGG with batch norm, and one linear layer, as on CIFAR-10: torchvision's three
    with their 120 million weights would need 7x7 pixels."""
    config: list[int | str] = []
    for channels, count in zip((64, 128, 256, 512, 512), counts):
        config += [channels] * count + ["M"]
    listed = ", ".join(map(str, config))
    return lambda classes: [
        f"vgg: {{prefix: features, config: [{listed}]}}",
        *HEAD,
        f"linear: {{prefix: classifier, features: {classes}}}",
    ]


def _vit(channels: int, depth: int, heads: int) -> Callable[[int], list[str]]:
    """Of 16x16 patches, as timm names its modules."""
    return lambda classes: [
        f"vit_embed: {{channels: {channels}, patch: 16}}",
        f"vit_block: {{blocks: {depth}, heads: {heads}, hidden: {4 * channels}}}",
        "layer_norm: {id: norm}",
        "token: {id: cls}",
        f"linear_float: {{id: head, features: {classes}}}",
    ]


DEEP, CIFAR = "arXiv:1512.03385", "arXiv:1512.03385, section 4.2"
MODELS = {
    "resnet18": Model(64, _resnet("resnet_basic", (2, 2, 2, 2)), DEEP),
    "resnet34": Model(64, _resnet("resnet_basic", (3, 4, 6, 3)), DEEP),
    "resnet50": Model(64, _resnet("resnet_bottleneck", (3, 4, 6, 3)), DEEP),
    "resnet20": Model(32, _cifar_resnet(3), CIFAR),
    "resnet56": Model(32, _cifar_resnet(9), CIFAR),
    "mobilenet_v1": Model(64, _mobilenet_v1, "arXiv:1704.04861"),
    "mobilenet_v2": Model(64, _mobilenet_v2, "arXiv:1801.04381"),
    "vgg11_bn": Model(32, _vgg(1, 1, 2, 2, 2), "arXiv:1409.1556"),
    "vgg16_bn": Model(32, _vgg(2, 2, 3, 3, 3), "arXiv:1409.1556"),
    "deit_tiny": Model(
        224, _vit(192, 12, 3), "arXiv:2012.12877", ("layer_norm_epsilon: 1e-6",)
    ),
}


def topology_text(name: str, size: int = 0, classes: int = 10) -> str:
    """The topology file of a model; a size of 0 is the default."""
    model = MODELS[name]
    size = size or model.size
    lines = [
        f"# {name}, {model.source}; made by model_zoo.py.",
        "format: systole-topology",
        "version: 1",
        f"name: {name}",
        f"input: {{shape: [3, {size}, {size}]}}",
        *model.keys,
        "layers:",
        *(f"  - {layer}" for layer in model.layers(classes)),
    ]
    return "\n".join(lines) + "\n"


def show(arguments: argparse.Namespace) -> None:
    for name, value, least, most in (
        ("--size", arguments.size or SIZES[0], *SIZES),
        ("--classes", arguments.classes, 2, 65535),
    ):
        if not least <= value <= most:
            raise InputError(name, got=value, expected=f"an integer in [{least}, {most}]")
    print(topology_text(arguments.model, arguments.size, arguments.classes), end="")


def parse(words: list[str]) -> argparse.Namespace:
    parser = ArgumentParser(description=__doc__.split("\n")[0], allow_abbrev=False)
    parser.add_argument("model", choices=MODELS, metavar="MODEL", help=", ".join(MODELS))
    parser.add_argument("--size", type=int, default=0, help="of the images (the model's)")
    parser.add_argument("--classes", type=int, default=10, help="(10)")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(exit_status(lambda: show(parse(sys.argv[1:]))))
