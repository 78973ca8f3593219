#!/usr/bin/env python3
"""Trains the embedded transformer, a tiny ViT for 8x8 handwritten digits, and writes its bundle.

Everything is numpy, one thread, one seed: on one machine a second run writes the same bytes.
The network is in digits_vit_network.py, ops and gradients in attention_layers.py and layers.py,
walk and descent in graph.py, data and command line in training.py.
"""

import sys

import training  # Before numpy.

import numpy as np

import attention_layers
import digits_vit_network
import graph

EPOCHS = 150
BATCH = 64
PEAK_RATE = 3e-3
WARM_UP = 4  # Epochs in which the rate rises in proportion.
DECAY = 0.02


def learning_rate(epochs):
    """Returns the rate after so many epochs: a linear rise, then half a cosine down to 0."""
    if epochs < WARM_UP:
        return PEAK_RATE * (epochs + 0.1) / WARM_UP
    return PEAK_RATE * (1 + np.cos(np.pi * (epochs - WARM_UP) / (EPOCHS - WARM_UP))) / 2


def fit(images, labels, rng):
    """Returns ops and parameters: Adam with decoupled decay, shifted images."""
    ops, shapes = digits_vit_network.build_network()
    params = digits_vit_network.initial_parameters(ops, shapes, rng)
    descent, batches = graph.Adam(params, DECAY), len(images) // BATCH
    for epoch in range(EPOCHS):
        order, losses = rng.permutation(len(images)), []
        for batch in range(batches):
            chosen = order[batch * BATCH : (batch + 1) * BATCH]
            shifted = training.real(training.shift(images[chosen], rng))
            values, saved = graph.forward(
                ops, params, {"image": shifted}, attention_layers.FORWARD
            )
            loss, grad = graph.cross_entropy(values["logits"], labels[chosen])
            grads = graph.backward(
                ops, params, saved, "logits", grad, attention_layers.BACKWARD
            )
            descent.step(grads, learning_rate(epoch + batch / batches))
            losses.append(loss)
        print(f"epoch {epoch + 1:2}/{EPOCHS}  loss {np.mean(losses):.4f}", file=sys.stderr)
    return ops, params


DIGITS_VIT = training.Training(
    name="digits_vit",
    comment="The second embedded network: a tiny ViT for 8x8 handwritten digits, in float.",
    kind="Tiny ViT",
    required_accuracy=0.95,
    fit=fit,
    kernels=attention_layers.FORWARD,
)

if __name__ == "__main__":
    sys.exit(training.main(DIGITS_VIT))
