#!/usr/bin/env python3
"""Trains the embedded network, a residual CNN for 8x8 handwritten digits, and writes its bundle.

Everything is numpy, one thread, one seed: on one machine a second run writes the same bytes.
The network is in digits_network.py, ops and gradients in layers.py, walk and descent in graph.py,
data and command line in training.py.
"""

import sys

import training  # Before numpy.

import numpy as np

import digits_network
import graph
import layers

EPOCHS = 24
BATCH = 64
PEAK_RATE = 0.1
MOMENTUM = 0.9
DECAY = 1e-3


def fit(images, labels, rng):
    """Returns ops and parameters: momentum descent, rate falling as a cosine, shifted images."""
    ops, shapes = digits_network.build_network()
    params = digits_network.initial_parameters(ops, shapes, rng)
    velocity, batches = {}, len(images) // BATCH
    for epoch in range(EPOCHS):
        order, losses = rng.permutation(len(images)), []
        for batch in range(batches):
            chosen = order[batch * BATCH : (batch + 1) * BATCH]
            progress = (epoch + batch / batches) / EPOCHS
            shifted = training.real(training.shift(images[chosen], rng))
            values, saved = graph.forward(ops, params, {"image": shifted})
            loss, grad = graph.cross_entropy(values["logits"], labels[chosen])
            grads = graph.backward(ops, params, saved, "logits", grad)
            rate = PEAK_RATE * (1 + np.cos(np.pi * progress)) / 2
            graph.descend(params, velocity, grads, rate, MOMENTUM, DECAY)
            losses.append(loss)
        print(f"epoch {epoch + 1:2}/{EPOCHS}  loss {np.mean(losses):.4f}", file=sys.stderr)
    graph.settle_batch_norms(ops, params, {"image": training.real(images)})
    return ops, params


DIGITS = training.Training(
    name="digits",
    comment="The embedded default network: a residual CNN for 8x8 handwritten digits, in float.",
    kind="Residual CNN",
    required_accuracy=0.97,
    fit=fit,
    kernels=layers.INFERENCE,
)

if __name__ == "__main__":
    sys.exit(training.main(DIGITS))
