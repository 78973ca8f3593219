"""Layers of transformers that only move elements: the same ops in float and integer networks."""

import dataclasses
import math
from typing import Protocol

from topology_graph import Node
from torch2chip_builder import expect_image, expect_rows
from torch2chip_layout import Result


class Emitter(Protocol):
    def emit(self, name: str, op: str, *rest: object, **keys: object) -> Result:
        """Appends an op; the result's shape is torch's."""


def tokens(builder: Emitter, node: Node, x: Result) -> Result:
    """An image as one token per pixel."""
    expect_image(node, x)
    return _reshape(builder, node.id, x, (x.shape[1] * x.shape[2], x.channels))


def channels_last(builder: Emitter, node: Node, x: Result) -> Result:
    """An image as a map whose channels are its last axis, as ours are: no op."""
    expect_image(node, x)
    return dataclasses.replace(x, shape=(*x.shape[1:], x.channels), channels_last=True)


def split_heads(builder: Emitter, node: Node, x: Result) -> Result:
    """[.., tokens, parts * heads * d] to [.., heads, tokens, d] of one part."""
    if not x.channels_last or len(x.shape) < 2:
        raise node.error(f"{list(x.shape)} ({x.op})", "[.., tokens, channels]")
    heads, parts = node.keys["heads"], node.keys.get("parts", 1)
    part = node.keys.get("part", 0)
    *lead, count, channels = x.shape
    if channels % (heads * parts) or part >= parts:
        raise node.error(
            f"part {part} of {parts}, {heads} heads, of {channels} channels",
            "heads and parts that divide the channels",
        )
    split = (heads, channels // heads // parts)
    if parts > 1:
        x = _reshape(builder, f"{node.id}.parts", x, (*lead, count, parts, *split))
        start = [0] * (len(lead) + 1) + [part, 0, 0]
        shape = (*lead, count, 1, *split)
        x = _moved(builder, f"{node.id}.part", "slice", x, shape, start=start, count=list(shape))
    x = _reshape(builder, f"{node.id}.heads", x, (*lead, count, *split))
    return _swapped(builder, node.id, x)


def merge_heads(builder: Emitter, node: Node, x: Result) -> Result:
    """[.., heads, tokens, d] to [.., tokens, heads * d]."""
    if not x.channels_last or len(x.shape) < 3:
        raise node.error(f"{list(x.shape)} ({x.op})", "[.., heads, tokens, channels]")
    x = _swapped(builder, f"{node.id}.tokens", x)
    return _reshape(builder, node.id, x, (*x.shape[:-2], x.shape[-2] * x.shape[-1]))


def window_partition(builder: Emitter, node: Node, x: Result) -> Result:
    """A map [h, w, c], rolled back by the shift, to [windows, pixels of a window, c]."""
    expect_rows(node, x, 3, "a map [height, width, channels]")
    size, window, shift = window_keys(node)
    if x.shape[:2] != size:
        raise node.error(f"a map {list(x.shape[:2])}", f"{list(size)}, its key map")
    if any(shift):
        back = [-n for n in shift] + [0]
        x = _moved(builder, f"{node.id}.roll", "roll", x, x.shape, shift=back)
    (height, width), (rows, columns) = size, window
    grid = (height // rows, rows, width // columns, columns, x.channels)
    x = _reshape(builder, f"{node.id}.grid", x, grid)
    x = _permuted(builder, f"{node.id}.tiles", x, [0, 2, 1, 3, 4])
    return _reshape(builder, node.id, x, (grid[0] * grid[2], rows * columns, x.channels))


def window_reverse(builder: Emitter, node: Node, x: Result) -> Result:
    """What window_partition did, undone."""
    expect_rows(node, x, 3, "windows [windows, pixels, channels]")
    size, window, shift = window_keys(node)
    (height, width), (rows, columns) = size, window
    grid = (height // rows, width // columns, rows, columns, x.channels)
    if x.shape[:2] != (grid[0] * grid[1], rows * columns):
        raise node.error(
            f"windows {list(x.shape[:2])}", f"{[grid[0] * grid[1], rows * columns]} of its map"
        )
    name = f"{node.id}.map" if any(shift) else node.id
    x = _reshape(builder, f"{node.id}.tiles", x, grid)
    x = _permuted(builder, f"{node.id}.grid", x, [0, 2, 1, 3, 4])
    x = _reshape(builder, name, x, (*size, x.channels))
    if not any(shift):
        return x
    return _moved(builder, node.id, "roll", x, x.shape, shift=[*shift, 0])


def window_keys(node: Node) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    """Map, window and shift, which fit each other."""
    size, window = node.keys["map"], node.keys["window"]
    shift = node.keys.get("shift", (0, 0))
    if any(n % w for n, w in zip(size, window)):
        raise node.error(f"windows {list(window)}", f"ones that divide the map {list(size)}")
    if any(s >= w for s, w in zip(shift, window)):
        raise node.error(f"a shift {list(shift)}", f"one below the window {list(window)}")
    return size, window, shift


def patch_merge(builder: Emitter, node: Node, x: Result) -> Result:
    """[h, w, c] to [h/2, w/2, 4c]: columns of a 2x2 patch outside, rows inside, channels last."""
    expect_rows(node, x, 3, "a map [height, width, channels]")
    height, width, channels = x.shape
    if height % 2 or width % 2:
        raise node.error(f"a map {[height, width]}", "even height and width")
    half = (height // 2, width // 2)
    x = _reshape(builder, f"{node.id}.grid", x, (half[0], 2, half[1], 2, channels))
    x = _permuted(builder, f"{node.id}.tiles", x, [0, 2, 3, 1, 4])
    return _reshape(builder, node.id, x, (*half, 4 * channels))


def token(builder: Emitter, node: Node, x: Result) -> Result:
    """One token's channels as features."""
    expect_rows(node, x, 2, "tokens [tokens, channels]")
    index, (count, channels) = node.keys.get("index", 0), x.shape
    if index >= count:
        raise node.error(f"token {index}", f"one of {count}, counted from 0")
    size = [1, channels]
    row = _moved(
        builder, f"{node.id}.row", "slice", x, (1, channels), start=[index, 0], count=size
    )
    return _reshape(builder, node.id, row, (channels,))


def _swapped(builder: Emitter, name: str, x: Result) -> Result:
    """Axes -3 and -2 exchanged."""
    order = list(range(len(x.shape)))
    order[-3], order[-2] = order[-2], order[-3]
    return _permuted(builder, name, x, order)


def _permuted(builder: Emitter, name: str, x: Result, order: list[int]) -> Result:
    shape = tuple(x.shape[axis] for axis in order)
    return _moved(builder, name, "transpose", x, shape, order=order)


def _reshape(builder: Emitter, name: str, x: Result, shape: tuple[int, ...]) -> Result:
    assert math.prod(shape) == math.prod(x.shape)
    return _moved(builder, name, "reshape", x, shape, shape=list(shape))


def _moved(
    builder: Emitter, name: str, op: str, x: Result, to: tuple[int, ...], **keys: object
) -> Result:
    """The same elements: kind, quantizer and range stay."""
    builder.emit(name, op, x, to, x.kind, **keys)
    return dataclasses.replace(x, op=name, shape=to, channels_last=True)
