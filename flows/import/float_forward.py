"""Runs a float network of ours in NumPy: where random batch norms get their statistics."""

from collections.abc import Callable, Iterator

import numpy as np

import float_forward_transformer

Observer = Callable[[dict, np.ndarray], None]


def run(ops: list[dict], inputs: dict[str, np.ndarray], before: Observer) -> dict[str, np.ndarray]:
    """Every tensor by name; `before(op, x)` sees each op with its first operand and may change it.
    Activations are NHWC, ops as in a bundle's list."""
    tensors = dict(inputs)
    for op in ops:
        operands = [tensors[name] for name in op["inputs"]]
        before(op, operands[0])
        tensors[op["name"]] = OPS[op["op"]](op, *operands)
    return tensors


def _conv2d(op: dict, x: np.ndarray) -> np.ndarray:
    weight, groups = op["weight"], op["groups"]
    x = _padded(x, op["padding"])
    dilation = op["dilation"]
    kernel = weight.shape[:2]
    reach = [d * (k - 1) + 1 for d, k in zip(dilation, kernel)]
    y = 0.0
    for row, column, pixels in _taps(x, reach, op["stride"], dilation):
        y = y + _grouped(pixels, weight[row, column], groups)
    return y + op["bias"] if "bias" in op else y


def _grouped(x: np.ndarray, weight: np.ndarray, groups: int) -> np.ndarray:
    """[.., cin] by [cin / groups, cout]."""
    if groups == 1:
        return x @ weight
    inputs, outputs = weight.shape[0], weight.shape[1] // groups
    if inputs == 1 and outputs == 1:
        return x * weight[0]
    parts = x.reshape(*x.shape[:-1], groups, 1, inputs)
    y = parts @ weight.reshape(inputs, groups, outputs).transpose(1, 0, 2)
    return y.reshape(*x.shape[:-1], groups * outputs)


def _taps(
    x: np.ndarray, reach: list[int], stride: list[int], dilation: list[int]
) -> Iterator[tuple[int, int, np.ndarray]]:
    """Every tap of a window, and the pixels that it sees from all places of the window."""
    height, width = (x.shape[1 + i] - reach[i] for i in (0, 1))
    for row in range(0, reach[0], dilation[0]):
        for column in range(0, reach[1], dilation[1]):
            pixels = x[
                :, row : row + height + 1 : stride[0], column : column + width + 1 : stride[1]
            ]
            yield row // dilation[0], column // dilation[1], pixels


def _padded(x: np.ndarray, padding: list[int], value: float = 0.0) -> np.ndarray:
    top, left, bottom, right = padding
    borders = [(0, 0), (top, bottom), (left, right), (0, 0)]
    return np.pad(x, borders, constant_values=x.dtype.type(value))


def _batch_norm(op: dict, x: np.ndarray) -> np.ndarray:
    gain = op["gamma"] / np.sqrt(op["variance"] + x.dtype.type(op["epsilon"]))
    return (x - op["mean"]) * gain + op["beta"]


def _pool(op: dict, x: np.ndarray, padding: float, reduce: Callable) -> np.ndarray:
    x = _padded(x, op.get("padding", [0, 0, 0, 0]), padding)
    return reduce([pixels for *_, pixels in _taps(x, op["kernel"], op["stride"], [1, 1])])


def _pad(op: dict, x: np.ndarray) -> np.ndarray:
    return np.pad(x, [(0, 0), *op["amounts"]])


OPS: dict[str, Callable[..., np.ndarray]] = {
    "conv2d": _conv2d,
    "linear": lambda op, x: x @ op["weight"] + op.get("bias", x.dtype.type(0)),
    "batch_norm": _batch_norm,
    "relu": lambda op, x: np.clip(x, 0, op.get("max")),
    "add": lambda op, a, b: a + b,
    "max_pool": lambda op, x: _pool(op, x, -np.inf, lambda taps: np.maximum.reduce(taps)),
    "avg_pool": lambda op, x: _pool(op, x, 0, lambda taps: sum(taps) / x.dtype.type(len(taps))),
    "global_avg_pool": lambda op, x: x.mean(axis=(1, 2), keepdims=True),
    "concat": lambda op, *parts: np.concatenate(parts, axis=-1),
    "flatten": lambda op, x: x.reshape(len(x), -1),
    "pad": _pad,
    "identity": lambda op, x: x,
    "dropout": lambda op, x: x,
} | float_forward_transformer.OPS
