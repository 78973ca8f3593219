"""The float ops of transformers in NumPy, for `float_forward.py`."""

import math
from collections.abc import Callable

import numpy as np


def _batch_matmul(op: dict, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    a = a.swapaxes(-1, -2) if op.get("transpose_a") else a
    return a @ (b.swapaxes(-1, -2) if op.get("transpose_b") else b)


def _softmax(op: dict, x: np.ndarray) -> np.ndarray:
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def _gelu(op: dict, x: np.ndarray) -> np.ndarray:
    """Of a normal variable's distribution (arXiv:1606.08415), or of its approximation by tanh."""
    if op.get("form", "erf") == "tanh":
        inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
        return (0.5 * x * (1 + np.tanh(inner))).astype(x.dtype)
    erf = np.vectorize(math.erf, otypes=[np.float64])(x.astype(np.float64) / math.sqrt(2))
    return (0.5 * x * (1 + erf)).astype(x.dtype)


def _layer_norm(op: dict, x: np.ndarray) -> np.ndarray:
    wide = x.astype(np.float64)
    variance = wide.var(axis=-1, keepdims=True)
    normal = (wide - wide.mean(axis=-1, keepdims=True)) / np.sqrt(variance + op["epsilon"])
    return (normal * op["gamma"] + op["beta"]).astype(x.dtype)


def _class_token(op: dict, x: np.ndarray) -> np.ndarray:
    tokens = np.broadcast_to(op["value"].astype(x.dtype), (len(x), *op["value"].shape))
    return np.concatenate([tokens, x], axis=1)


def _mask_scores(op: dict, x: np.ndarray, mask: np.ndarray) -> np.ndarray:
    lowest = x.dtype.type(op.get("value", np.finfo(np.float32).min))
    barred = (1 - mask.astype(x.dtype)) * lowest
    return x + barred.reshape(len(mask), *(1,) * (x.ndim - 2), -1)


def _slice(op: dict, x: np.ndarray) -> np.ndarray:
    steps = op.get("step", [1] * len(op["start"]))
    axes = zip(op["start"], op["count"], steps)
    taken = (slice(start, start + count * step, step) for start, count, step in axes)
    return x[(slice(None), *taken)]


def _transpose(op: dict, x: np.ndarray) -> np.ndarray:
    return x.transpose(0, *(axis + 1 for axis in op["order"]))


def _roll(op: dict, x: np.ndarray) -> np.ndarray:
    return np.roll(x, op["shift"], axis=tuple(range(1, x.ndim)))


OPS: dict[str, Callable[..., np.ndarray]] = {
    "batch_matmul": _batch_matmul,
    "scale": lambda op, x: x * x.dtype.type(op["factor"]),
    "softmax": _softmax,
    "gelu": _gelu,
    "tanh": lambda op, x: np.tanh(x),
    "layer_norm": _layer_norm,
    "add_constant": lambda op, x: x + op["value"],
    "class_token": _class_token,
    "embedding": lambda op, ids: op["table"][ids.astype(np.int64)],
    "mask_scores": _mask_scores,
    "reshape": lambda op, x: x.reshape(len(x), *op["shape"]),
    "slice": _slice,
    "transpose": _transpose,
    "roll": _roll,
}
