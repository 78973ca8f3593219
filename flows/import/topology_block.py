"""What blocks of a topology are made of: a quantised convolution, named as Torch2Chip does.

The weights of each are in a float checkpoint under the name `module`: PyTorch's, as torchvision and
the usual CIFAR networks have it.
"""

from dataclasses import dataclass

from errors import InputError
from topology_graph import MOST_EXTENT, Graph, Node
from topology_yaml import Value


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
        relu: str = "relu",
        modules: tuple[str, str] = ("", ""),
    ) -> str:
        """Torch2Chip's ConvBNReLU: quantizer, convolution, the scaler that BatchNorm became.
        `modules` are PyTorch's of the convolution and of its batch norm."""
        conv, norm = modules if modules[0] else modules_of(prefix)
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
            module=conv,
        )
        x = self.add(f"{prefix}.scaler", "mul_shift", x, module=norm)
        return self.add(f"{prefix}.relu", relu, x) if relu else x

    def linear(
        self, prefix: str, x: str, features: int = 0, module: str = "", norm: str = ""
    ) -> str:
        """Torch2Chip's linear layer: quantizer, product, scaler. Without `features`, any."""
        counted = {"features": features} if features else {}
        x = self.add(f"{prefix}.linear.aq", "quantize", x)
        x = self.add(f"{prefix}.linear.ops", "matmul", x, module=module or prefix, **counted)
        return self.add(f"{prefix}.scaler", "mul_shift", x, module=norm)

    def number(self, key: str, default: int = 0) -> int:
        return self.keys[key].integer(1, MOST_EXTENT) if key in self.keys else default

    def known(self, key: str) -> str:
        """The layer that a key names."""
        name = self.keys[key].text()
        if not self.graph.knows(name):
            raise self.keys[key].error("an input or an earlier layer")
        return name

    def error(self, got: str, expected: str) -> InputError:
        return InputError(self.layer.where, self.layer.key, got, expected)

    def text(self, key: str, default: str = "") -> str:
        return self.keys[key].text() if key in self.keys else default


def modules_of(prefix: str) -> tuple[str, str]:
    """PyTorch's names: bn2 beside conv2, else the first two members of a sequence."""
    parent, dot, last = prefix.rpartition(".")
    if "conv" in last:
        return prefix, parent + dot + last.replace("conv", "bn")
    return f"{prefix}.0", f"{prefix}.1"


def members(sequence: str, place: int) -> tuple[str, str]:
    """Two members of a sequence, one after the other."""
    return f"{sequence}.{place}", f"{sequence}.{place + 1}"
