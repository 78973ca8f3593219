"""The forward and backward pass of every float op that the training scripts use, in numpy.

Activations are NHWC, convolution weights HWIO, linear weights [in, out]. An op is the mapping that
`network.yaml` holds; its parameters are looked up in `params` by the names that it states.

    forward(op, params, *inputs)      -> output, saved
    backward(op, params, saved, grad) -> [gradient of each input], {parameter name: gradient}

FORWARD normalises by the batch's mean and variance, the first two things that batch_norm saves;
INFERENCE by the stored ones.
"""

import numpy as np


def patches(image, kernel, stride, padding):
    """Returns im2col: [n, oh, ow, kh, kw, c], zero where a patch leaves the image."""
    (kh, kw), (sh, sw), (top, left, bottom, right) = kernel, stride, padding
    padded = np.pad(image, ((0, 0), (top, bottom), (left, right), (0, 0)))
    n, height, width, channels = padded.shape
    oh, ow = (height - kh) // sh + 1, (width - kw) // sw + 1
    out = np.empty((n, oh, ow, kh, kw, channels), image.dtype)
    for y in range(kh):
        for x in range(kw):
            out[:, :, :, y, x] = padded[:, y : y + sh * oh : sh, x : x + sw * ow : sw]
    return out


def scatter_patches(grad, image_shape, stride, padding):
    """Adds [n, oh, ow, kh, kw, c] back to where patches() took it: the adjoint of patches()."""
    n, height, width, channels = image_shape
    (sh, sw), (top, left, bottom, right) = stride, padding
    _, oh, ow, kh, kw, _ = grad.shape
    padded = np.zeros((n, top + height + bottom, left + width + right, channels), grad.dtype)
    for y in range(kh):
        for x in range(kw):
            padded[:, y : y + sh * oh : sh, x : x + sw * ow : sw] += grad[:, :, :, y, x]
    return padded[:, top : top + height, left : left + width]


def conv2d_forward(op, params, image):
    kh, kw, cin, cout = params[op["weight"]].shape
    columns = patches(image, (kh, kw), op["stride"], op["padding"])
    n, oh, ow = columns.shape[:3]
    columns = columns.reshape(n * oh * ow, kh * kw * cin)
    out = columns @ params[op["weight"]].reshape(-1, cout)
    if "bias" in op:
        out += params[op["bias"]]
    return out.reshape(n, oh, ow, cout), (columns, image.shape)


def conv2d_backward(op, params, saved, grad):
    columns, image_shape = saved
    weight = params[op["weight"]]
    kh, kw, cin, cout = weight.shape
    rows = grad.reshape(-1, cout)
    grad_weight = (columns.T @ rows).reshape(weight.shape)
    grad_columns = (rows @ weight.reshape(-1, cout).T).reshape(*grad.shape[:3], kh, kw, cin)
    grad_image = scatter_patches(grad_columns, image_shape, op["stride"], op["padding"])
    own = {op["weight"]: grad_weight}
    return [grad_image], own | ({op["bias"]: rows.sum(axis=0)} if "bias" in op else {})


def batch_norm_forward(op, params, x):
    mean = x.mean(axis=(0, 1, 2))
    centred = x - mean
    variance = np.square(centred).mean(axis=(0, 1, 2))
    inverse_sigma = 1 / np.sqrt(variance + np.float32(op["epsilon"]))
    normal = centred * inverse_sigma
    out = normal * params[op["gamma"]] + params[op["beta"]]
    return out, (mean, variance, inverse_sigma, normal)


def batch_norm_backward(op, params, saved, grad):
    _, _, inverse_sigma, normal = saved
    count = grad.size // grad.shape[-1]
    grad_gamma = (grad * normal).sum(axis=(0, 1, 2))
    grad_beta = grad.sum(axis=(0, 1, 2))
    # The batch's mean and variance depend on x, too: that takes away the two components of `grad`.
    inner = grad - (grad_beta + normal * grad_gamma) / count
    grad_x = inner * (params[op["gamma"]] * inverse_sigma)
    return [grad_x], {op["gamma"]: grad_gamma, op["beta"]: grad_beta}


def batch_norm_fixed(op, params, x):
    """Normalises by the stored mean and variance, as inference does."""
    sigma = np.sqrt(params[op["variance"]] + np.float32(op["epsilon"]))
    out = (x - params[op["mean"]]) / sigma * params[op["gamma"]] + params[op["beta"]]
    return out, None


def relu_forward(op, params, x):
    return np.maximum(x, 0), x > 0


def relu_backward(op, params, positive, grad):
    return [grad * positive], {}


def add_forward(op, params, a, b):
    return a + b, None


def add_backward(op, params, saved, grad):
    return [grad, grad], {}


def global_avg_pool_forward(op, params, x):
    return x.mean(axis=(1, 2), keepdims=True), x.shape


def global_avg_pool_backward(op, params, shape, grad):
    return [np.broadcast_to(grad / (shape[1] * shape[2]), shape)], {}


def flatten_forward(op, params, x):
    return x.reshape(len(x), -1), x.shape


def flatten_backward(op, params, shape, grad):
    return [grad.reshape(shape)], {}


def linear_forward(op, params, x):
    return x @ params[op["weight"]] + params[op["bias"]], x


def linear_backward(op, params, x, grad):
    rows, grad_rows = x.reshape(-1, x.shape[-1]), grad.reshape(-1, grad.shape[-1])
    grad_params = {op["weight"]: rows.T @ grad_rows, op["bias"]: grad_rows.sum(axis=0)}
    return [grad @ params[op["weight"]].T], grad_params


FORWARD = {
    "conv2d": conv2d_forward,
    "batch_norm": batch_norm_forward,
    "relu": relu_forward,
    "add": add_forward,
    "global_avg_pool": global_avg_pool_forward,
    "flatten": flatten_forward,
    "linear": linear_forward,
}
BACKWARD = {
    "conv2d": conv2d_backward,
    "batch_norm": batch_norm_backward,
    "relu": relu_backward,
    "add": add_backward,
    "global_avg_pool": global_avg_pool_backward,
    "flatten": flatten_backward,
    "linear": linear_backward,
}
INFERENCE = {**FORWARD, "batch_norm": batch_norm_fixed}
