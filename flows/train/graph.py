"""Runs a list of ops forward and backward, and fits its parameters: momentum descent and Adam.

The list is the one that `network.yaml` holds: each op names its inputs and its output has its name.
"""

import numpy as np

import layers


def forward(ops, params, values, kernels=layers.FORWARD):
    """Returns every tensor by name, the network's inputs `values` included, and what ops saved."""
    values, saved = dict(values), {}
    for op in ops:
        inputs = [values[name] for name in op["inputs"]]
        values[op["name"]], saved[op["name"]] = kernels[op["op"]](op, params, *inputs)
    return values, saved


def backward(ops, params, saved, output, grad, kernels=layers.BACKWARD):
    """Returns the gradient of every parameter, given that of the tensor `output`."""
    grads, grad_params = {output: grad}, {}
    for op in reversed(ops):
        grad_inputs, own = kernels[op["op"]](
            op, params, saved[op["name"]], grads.pop(op["name"])
        )
        grad_params.update(own)
        for name, value in zip(op["inputs"], grad_inputs):
            grads[name] = grads[name] + value if name in grads else value
    return grad_params


def cross_entropy(logits, labels):
    """Returns the mean loss over the batch and its gradient for `logits` [n, classes]."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(labels))
    loss = (log_sum[:, 0] - shifted[rows, labels]).mean()
    grad = np.exp(shifted - log_sum)
    grad[rows, labels] -= 1
    return loss, grad / np.float32(len(labels))


def descend(params, velocity, grads, rate, momentum, decay):
    """One step of descent, in place; `decay` shrinks weights only, not the BN and bias vectors."""
    for name, grad in grads.items():
        if params[name].ndim > 1:
            grad = grad + np.float32(decay) * params[name]
        velocity[name] = np.float32(momentum) * velocity.get(name, 0) + grad
        params[name] -= np.float32(rate) * velocity[name]


class Adam:
    """Adam with decoupled decay of matrices (Loshchilov, Hutter: AdamW, 2019), in place."""

    def __init__(self, params, decay, first=0.9, second=0.999):
        self.params, self.decay, self.betas, self.steps = params, decay, (first, second), 0
        self.moments = {
            name: np.zeros((2, *value.shape), np.float32) for name, value in params.items()
        }

    def step(self, grads, rate):
        self.steps += 1
        corrections = [1 - beta**self.steps for beta in self.betas]
        for name, grad in grads.items():
            for moment, beta, power in zip(self.moments[name], self.betas, (grad, grad * grad)):
                moment += np.float32(1 - beta) * (power - moment)
            mean, square = (m / np.float32(c) for m, c in zip(self.moments[name], corrections))
            change = mean / (np.sqrt(square) + np.float32(1e-8))
            if grad.ndim > 1:
                change += np.float32(self.decay) * self.params[name]
            self.params[name] -= np.float32(rate) * change


def settle_batch_norms(ops, params, values):
    """Stores, for every batch norm, the statistics of one batch: the whole training set."""
    _, saved = forward(ops, params, values)
    for op in ops:
        if op["op"] == "batch_norm":
            params[op["mean"]], params[op["variance"]] = saved[op["name"]][:2]
