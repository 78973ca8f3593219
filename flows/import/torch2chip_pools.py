"""Pools of reals, as PyTorch places their windows."""

from topology_graph import Node
from torch2chip_builder import Builder, expect_image
from torch2chip_layout import Result


def max_pool(builder: Builder, node: Node, x: Result) -> Result:
    return _pool(builder, node, x, "float_max_pool", *_window(node))


def avg_pool(builder: Builder, node: Node, x: Result) -> Result:
    return _pool(builder, node, x, "float_avg_pool", *_window(node))


def adaptive_avg_pool(builder: Builder, node: Node, x: Result) -> Result:
    """A plain pool where PyTorch's windows floor(i n / o) .. ceil((i + 1) n / o) are all alike."""
    expect_image(node, x)
    kernel, stride = [], []
    for n, o in zip(x.shape[1:], node.keys["size"]):
        if o > n:
            raise node.error(
                f"{o} windows over {n} pixels",
                "fewer windows than pixels",
                "windows that overlap so are not supported",
            )
        starts = [i * n // o for i in range(o)]
        sizes = {-(-(i + 1) * n // o) - start for i, start in enumerate(starts)}
        steps = {b - a for a, b in zip(starts, starts[1:])} or sizes
        if len(sizes) > 1 or len(steps) > 1:
            raise node.error(
                f"{o} windows over {n} pixels",
                "windows of one size and step",
                "adaptive pools with windows that vary are not supported",
            )
        kernel += sizes
        stride += steps
    return _pool(builder, node, x, "float_avg_pool", tuple(kernel), tuple(stride), (0, 0))


def global_avg_pool(builder: Builder, node: Node, x: Result) -> Result:
    if x.channels_last and len(x.shape) == 3:
        return builder.emit(node.id, "float_global_avg_pool", x, (1, 1, x.channels))
    expect_image(node, x)
    return builder.emit(node.id, "float_global_avg_pool", x, (x.channels, 1, 1))


def _window(node: Node) -> tuple[tuple, tuple, tuple]:
    """Kernel, stride and padding."""
    kernel = node.keys["kernel"]
    return kernel, node.keys.get("stride", kernel), node.keys.get("padding", (0, 0))


def _pool(
    builder: Builder, node: Node, x: Result, op: str, kernel: tuple, stride: tuple, padding: tuple
) -> Result:
    expect_image(node, x)
    size = [(x.shape[1 + i] + 2 * padding[i] - kernel[i]) // stride[i] + 1 for i in (0, 1)]
    if min(size) < 1 or any(2 * p > k for p, k in zip(padding, kernel)):
        raise node.error(
            f"a kernel {list(kernel)} with padding {list(padding)} over {list(x.shape)}",
            "a window that fits, padding of at most half of it",
        )
    counted = {"count_include_pad": True} if op == "float_avg_pool" else {}  # PyTorch's default.
    return builder.emit(
        node.id,
        op,
        x,
        (x.channels, *size),
        kernel=list(kernel),
        stride=list(stride),
        padding=[*padding, *padding],
        **counted,
    )
