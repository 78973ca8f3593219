"""The forward and backward pass of the float ops that a transformer adds to those of layers.py.

Activations are [n, .., tokens, channels]; the shapes and axes that an op states are without the
batch axis n, as in `network.yaml`. Signatures are those of layers.py.
"""

import math

import numpy as np

import layers

SQRT_HALF = math.sqrt(0.5)
_erf = np.vectorize(math.erf, otypes=[np.float64])


def layer_norm_forward(op, params, x):
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = np.square(centred).mean(axis=-1, keepdims=True)
    inverse_sigma = 1 / np.sqrt(variance + op["epsilon"])
    normal = centred * inverse_sigma
    return normal * params[op["gamma"]] + params[op["beta"]], (inverse_sigma, normal)


def layer_norm_backward(op, params, saved, grad):
    inverse_sigma, normal = saved
    rows = tuple(range(grad.ndim - 1))
    inner = grad * params[op["gamma"]]
    # The row's mean and variance depend on x, too: that takes away two components of `inner`.
    inner = inner - inner.mean(axis=-1, keepdims=True) - normal * (inner * normal).mean(
        axis=-1, keepdims=True
    )
    own = {op["gamma"]: (grad * normal).sum(axis=rows), op["beta"]: grad.sum(axis=rows)}
    return [inner * inverse_sigma], own


def batch_matmul_forward(op, params, a, b):
    a = a.swapaxes(-1, -2) if op.get("transpose_a") else a
    b = b.swapaxes(-1, -2) if op.get("transpose_b") else b
    return a @ b, (a, b)


def batch_matmul_backward(op, params, saved, grad):
    a, b = saved
    grad_a, grad_b = grad @ b.swapaxes(-1, -2), a.swapaxes(-1, -2) @ grad
    grad_a = grad_a.swapaxes(-1, -2) if op.get("transpose_a") else grad_a
    grad_b = grad_b.swapaxes(-1, -2) if op.get("transpose_b") else grad_b
    return [grad_a, grad_b], {}


def scale_forward(op, params, x):
    return x * x.dtype.type(op["factor"]), None


def scale_backward(op, params, saved, grad):
    return [grad * grad.dtype.type(op["factor"])], {}


def softmax_forward(op, params, x):
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    probabilities = powers / powers.sum(axis=-1, keepdims=True)
    return probabilities, probabilities


def softmax_backward(op, params, probabilities, grad):
    weighted = (grad * probabilities).sum(axis=-1, keepdims=True)
    return [probabilities * (grad - weighted)], {}


def gelu_forward(op, params, x):
    """Returns x * Phi(x), Phi the normal distribution's cumulative probability by erf."""
    assert op["form"] == "erf"
    cumulative = (0.5 * (1 + _erf(x * SQRT_HALF))).astype(x.dtype)
    return x * cumulative, (x, cumulative)


def gelu_backward(op, params, saved, grad):
    x, cumulative = saved
    density = np.exp(-np.square(x) / 2) / math.sqrt(2 * math.pi)
    return [grad * (cumulative + x * density)], {}


def add_constant_forward(op, params, x):
    return x + params[op["value"]], None


def add_constant_backward(op, params, saved, grad):
    value = params[op["value"]]
    leading = tuple(range(grad.ndim - value.ndim))
    own = grad.sum(axis=leading)
    ones = tuple(axis for axis, extent in enumerate(value.shape) if extent == 1)
    return [grad], {op["value"]: own.sum(axis=ones, keepdims=True) if ones else own}


def class_token_forward(op, params, x):
    value = params[op["value"]]
    return np.concatenate([np.broadcast_to(value, (len(x), *value.shape)), x], axis=1), None


def class_token_backward(op, params, saved, grad):
    tokens = len(params[op["value"]])
    return [grad[:, tokens:]], {op["value"]: grad[:, :tokens].sum(axis=0)}


def reshape_forward(op, params, x):
    return x.reshape(len(x), *op["shape"]), x.shape


def reshape_backward(op, params, shape, grad):
    return [grad.reshape(shape)], {}


def transpose_forward(op, params, x):
    return x.transpose(0, *(axis + 1 for axis in op["order"])), None


def transpose_backward(op, params, saved, grad):
    return [grad.transpose(0, *(axis + 1 for axis in np.argsort(op["order"])))], {}


def slice_forward(op, params, x):
    return x[_chosen(op)], x.shape


def slice_backward(op, params, shape, grad):
    whole = np.zeros(shape, grad.dtype)
    whole[_chosen(op)] = grad
    return [whole], {}


def _chosen(op):
    steps = op.get("step", [1] * len(op["start"]))
    chosen = [
        slice(start, start + (count - 1) * step + 1, step)
        for start, count, step in zip(op["start"], op["count"], steps)
    ]
    return (slice(None), *chosen)


FORWARD = layers.FORWARD | {
    "layer_norm": layer_norm_forward,
    "batch_matmul": batch_matmul_forward,
    "scale": scale_forward,
    "softmax": softmax_forward,
    "gelu": gelu_forward,
    "add_constant": add_constant_forward,
    "class_token": class_token_forward,
    "reshape": reshape_forward,
    "transpose": transpose_forward,
    "slice": slice_forward,
}
BACKWARD = layers.BACKWARD | {
    "layer_norm": layer_norm_backward,
    "batch_matmul": batch_matmul_backward,
    "scale": scale_backward,
    "softmax": softmax_backward,
    "gelu": gelu_backward,
    "add_constant": add_constant_backward,
    "class_token": class_token_backward,
    "reshape": reshape_backward,
    "transpose": transpose_backward,
    "slice": slice_backward,
}
