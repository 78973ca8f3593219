"""Windows: shapes, attributes of ONNX, how many pixels of the image each one sees."""

import numpy as np

from qdq_graph import WIDE_OPSET, Graph, Tensor


def window(op: dict) -> tuple[list[int], list[int], list[int]]:
    """stride, padding [top, left, bottom, right], dilation."""
    return (
        op.get("stride", [1, 1]),
        op.get("padding", [0, 0, 0, 0]),
        op.get("dilation", [1, 1]),
    )


def spatial(op: dict) -> dict[str, list[int]]:
    stride, padding, dilation = window(op)
    return {"strides": stride, "pads": padding, "dilations": dilation}


def output_pixels(op: dict, kernel: list[int], shape: tuple[int, ...]) -> tuple[int, int]:
    stride, padding, dilation = window(op)
    seen = [dilation[a] * (kernel[a] - 1) + 1 for a in (0, 1)]
    padded = [shape[a] + padding[a] + padding[a + 2] for a in (0, 1)]
    return (padded[0] - seen[0]) // stride[0] + 1, (padded[1] - seen[1]) // stride[1] + 1


def inside_counts(op: dict, shape: tuple[int, ...]) -> np.ndarray:
    """[height, width, 1]: how many taps of each output pixel's window lie in the image."""
    stride, padding, dilation = window(op)
    counts = []
    for axis, pixels in enumerate(output_pixels(op, op["kernel"], shape)):
        taps = np.arange(op["kernel"][axis]) * dilation[axis] - padding[axis]
        positions = np.arange(pixels)[:, None] * stride[axis] + taps
        counts.append(((positions >= 0) & (positions < shape[axis])).sum(axis=1))
    return np.multiply.outer(*counts)[:, :, None]


def pool(graph: Graph, kind: str, op: dict, x: Tensor, name: str, **attributes: int) -> str:
    """AveragePool or MaxPool; GlobalAveragePool where the window is the whole image."""
    window_attributes = spatial(op)
    is_whole = list(op["kernel"]) == list(x.shape[:2]) and not any(window_attributes["pads"])
    if kind == "AveragePool":
        if is_whole and window_attributes["dilations"] == [1, 1]:
            return graph.node("GlobalAveragePool", [x.reals], name)
        if window_attributes["dilations"] == [1, 1]:
            del window_attributes["dilations"]
        else:
            graph.opset = WIDE_OPSET
    return graph.node(
        kind, [x.reals], name, kernel_shape=op["kernel"], **window_attributes, **attributes
    )
