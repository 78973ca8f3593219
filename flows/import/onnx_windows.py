"""Windows of convolutions and pools: strides, dilations, padding and the shape that they leave."""

from dataclasses import dataclass

from onnx_graph import NodeView
from onnx_values import Shape

MOST_EXTENT = 65536


@dataclass(frozen=True)
class Window:
    """[height, width] each; `padding` is [top, left, bottom, right]."""

    kernel: list[int]
    stride: list[int]
    dilation: list[int]
    padding: list[int]

    def keys(self) -> dict:
        return {"stride": self.stride, "dilation": self.dilation, "padding": self.padding}


def read_window(view: NodeView, image: Shape, kernel: list[int] | None) -> Window:
    """The window of a node over an image [h, w, c]; `kernel`: what the weights say, if any."""
    given = _pair(view, "kernel_shape", kernel)
    if given is None or (kernel is not None and given != kernel):
        raise view.error(got=f"kernel_shape {given}", expected=f"{kernel or 'two extents'}")
    stride = _pair(view, "strides", [1, 1])
    dilation = _pair(view, "dilations", [1, 1])
    reach = [d * (k - 1) + 1 for d, k in zip(dilation, given)]
    padding = _padding(view, image, stride, reach)
    if view.attribute("ceil_mode", 0):
        spans = [
            extent + before + after - size
            for extent, before, after, size in zip(image.stored, padding, padding[2:], reach)
        ]
        if any(span % step for span, step in zip(spans, stride)):
            raise view.error(got="ceil_mode 1, with a window beyond the image", expected="0")
    return Window(given, stride, dilation, padding)


def window_result(view: NodeView, image: Shape, window: Window, channels: int) -> Shape:
    extents = []
    for axis in (0, 1):
        padded = image.stored[axis] + window.padding[axis] + window.padding[axis + 2]
        reach = window.dilation[axis] * (window.kernel[axis] - 1) + 1
        if reach > padded:
            found = f"a window of {reach} over {padded} pixels"
            raise view.error(got=found, expected="an image as large as the window")
        extents.append((padded - reach) // window.stride[axis] + 1)
    return view.graph.checked(Shape((*extents, channels), True))


def _pair(view: NodeView, name: str, default: list[int] | None) -> list[int] | None:
    values = view.attribute_integers(name, default)
    if values is None:
        return None
    if len(values) != 2 or not all(1 <= x <= MOST_EXTENT for x in values):
        raise view.error(got=f"{name} {values}", expected=f"two extents of 1 to {MOST_EXTENT}")
    return values


def _padding(view: NodeView, image: Shape, stride: list[int], reach: list[int]) -> list[int]:
    mode = view.attribute("auto_pad", "NOTSET")
    pads = view.attribute_integers("pads", [0, 0, 0, 0])
    if mode in ("NOTSET", "VALID"):
        if mode == "VALID":
            return [0, 0, 0, 0]
        if len(pads) != 4 or not all(0 <= x < MOST_EXTENT for x in pads):
            raise view.error(got=f"pads {pads}", expected=f"four of 0 to {MOST_EXTENT - 1}")
        return pads
    if mode not in ("SAME_UPPER", "SAME_LOWER"):
        raise view.error(got=f"auto_pad {mode}", expected="NOTSET, VALID, SAME_UPPER or SAME_LOWER")
    before, after = [], []
    for extent, step, size in zip(image.stored, stride, reach):
        total = max((-(-extent // step) - 1) * step + size - extent, 0)
        less, more = total // 2, total - total // 2
        before.append(less if mode == "SAME_UPPER" else more)
        after.append(more if mode == "SAME_UPPER" else less)
    return before + after
