"""Pools and means: maxima of codes, or sums of codes with a factor."""

import math
from dataclasses import replace

import numpy as np
from onnx_finish import scaled_codes, with_layout
from onnx_graph import NodeView
from onnx_movements import as_image, axes_of, moved, reshaped
from onnx_values import Affine, Reals, Shape, Stage, Value
from onnx_windows import Window, read_window, window_result


def max_pool(view: NodeView) -> Value:
    view.expect_operands(1, 1)
    if any(view.node.outputs[1:]):
        raise view.error(got="an output of indices", expected="none")
    image = as_image(view, 0)
    window = read_window(view, image.shape, None)
    shape = window_result(view, image.shape, window, image.shape.stored[2])
    return moved(view, image, shape, {"op": "max_pool", "kernel": window.kernel} | window.keys())


def average_pool(view: NodeView) -> Value:
    view.expect_operands(1, 1)
    x = image_codes(view, 0)
    window = read_window(view, x.shape, None)
    if any(window.padding) and not view.attribute("count_include_pad", 0):
        raise view.error(
            got=f"padding {window.padding} that is not counted",
            expected="no padding, or count_include_pad: windows of one size",
        )
    return pooled(view, x, window)


def global_average_pool(view: NodeView) -> Value:
    view.expect_operands(1, 1)
    x = image_codes(view, 0)
    return pooled(view, x, whole(x.shape))


def image_codes(view: NodeView, position: int) -> Affine:
    x = scaled_codes(view.graph, view.operand(position), f"operand {position}")
    if len(x.shape.stored) != 3:
        raise view.error(got=f"an operand of {len(x.shape.stored) + 1} axes", expected="4")
    return with_layout(view.graph, x, True)


def whole(image: Shape) -> Window:
    return Window(list(image.stored[:2]), [1, 1], [1, 1], [0, 0, 0, 0])


def pooled(view: NodeView, x: Affine, window: Window) -> Affine:
    """The mean over windows that all have as many pixels."""
    shape = window_result(view, x.shape, window, x.shape.stored[2])
    keys = {"op": "int_sum_pool", "inputs": [x.source.name], "kernel": window.kernel}
    keys |= window.keys() | {"zero_point": x.input_zero_point}
    factor = np.array([float(x.factor[0]) / math.prod(window.kernel)])
    return Affine(Stage(keys), shape, factor)


def reduce_mean(view: NodeView) -> Value:
    """Over the pixels of an image, or over the tokens of [batch, tokens, channels]; of reals that
    nothing quantised (LayerNormalization's) in float32."""
    view.expect_operands(1, 2)
    value = view.operand(0)
    x = value if isinstance(value, Reals) else scaled_codes(view.graph, value, "operand 0")
    extents = x.shape.onnx
    axes = sorted(axes_of(view, len(extents) + 1) or [])
    if len(extents) == 3 and axes == [2, 3] and isinstance(x, Affine):
        image = with_layout(view.graph, x, True)
        kept, removed = [extents[0], 1, 1], [extents[0]]
    elif len(extents) == 2 and axes == [1]:
        image = _rows(view, x)
        kept, removed = [1, extents[1]], [extents[1]]
    else:
        raise view.error(
            got=f"axes {axes} of {len(extents) + 1}", expected="2 and 3 of 4, or 1 of 3"
        )
    if isinstance(image, Reals):
        shape = Shape((1, 1, extents[1]), True)
        keys = {"op": "float_global_avg_pool", "inputs": [image.op]}
        mean = Reals(view.graph.emit(keys, f"{view.name}.mean"), shape)
    else:
        mean = pooled(view, image, whole(image.shape))
    keeps = view.attribute("keepdims", 1)
    if keeps and len(extents) == 3:
        return mean
    return reshaped(view, mean, kept if keeps else removed)


def _rows(view: NodeView, x: Affine | Reals) -> Affine | Reals:
    """[rows, channels] as an image of one column."""
    rows, channels = x.shape.stored
    image = Shape((rows, 1, channels), True)
    op = x.op if isinstance(x, Reals) else x.source.name
    keys = {"op": "reshape", "inputs": [op], "shape": list(image.stored)}
    name = view.graph.emit(keys, f"{view.name}.rows")
    if isinstance(x, Reals):
        return Reals(name, image)
    return replace(x, source=Stage({}, name), shape=image)
