#!/usr/bin/env python3
"""Trains the embedded network, a residual CNN for 8x8 handwritten digits, and writes its bundle.

Everything is numpy, one thread, one seed: on one machine a second run writes the same bytes.
The network is in digits_network.py, ops and gradients in layers.py, walk and descent in graph.py.
"""

import argparse
import os
import pathlib
import sys
import time

# Sums split over threads round differently, and BLAS reads this once, when it is loaded.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

try:
    import numpy as np
    import sklearn.datasets
    import sklearn.model_selection

    import bundle
    import digits_network
    import graph
    import layers
except ModuleNotFoundError as error:
    packages = pathlib.Path(__file__).resolve().with_name("requirements.txt")
    print(f"digits.py: {error}; install it: pip install -r {packages}", file=sys.stderr)
    sys.exit(2)

SEED = 1
HELD_OUT = 360
CALIBRATION = 128
PIXEL_SCALE = 0.0625  # Pixels are counts 0..16 of ink in a 4x4 block.
EPOCHS = 24
BATCH = 64
PEAK_RATE = 0.1
MOMENTUM = 0.9
DECAY = 1e-3
REQUIRED_ACCURACY = 0.97

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]

COMMENT = """\
The embedded default network: a residual CNN for 8x8 handwritten digits, in float.

Written by flows/train/digits.py; golden/README.md says how to remake it. The data set is
E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning
Repository, 1998, https://doi.org/10.24432/C50P49, CC BY 4.0; the samples' pixels are unchanged."""

SOURCE = {
    "data": "Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, "
    "test set (1,797 images) as shipped with scikit-learn",
    "authors": "E. Alpaydin, C. Kaynak",
    "url": "https://doi.org/10.24432/C50P49",
    "licence": "CC BY 4.0",
    "script": "flows/train/digits.py",
}


def load_data():
    """Returns (train images, held-out images, train labels, held-out labels), all uint8, NHWC."""
    digits = sklearn.datasets.load_digits()
    images, labels = digits.images[..., None].astype(np.uint8), digits.target.astype(np.uint8)
    return sklearn.model_selection.train_test_split(
        images, labels, test_size=HELD_OUT, stratify=labels, random_state=SEED
    )


def real(images):
    return images.astype(np.float32) * np.float32(PIXEL_SCALE)


def shift(images, rng):
    """Moves each image by -1, 0 or 1 pixels both ways and fills with paper."""
    n, height, width, _ = images.shape
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)))
    dy, dx = rng.integers(0, 3, (2, n, 1, 1))
    rows = dy + np.arange(height)[:, None]
    columns = dx + np.arange(width)
    return padded[np.arange(n)[:, None, None], rows, columns]


def count_correct(ops, params, images, labels):
    values, _ = graph.forward(ops, params, {"image": real(images)}, layers.INFERENCE)
    return int((values["logits"].argmax(axis=1) == labels).sum())


def train(ops, params, images, labels, rng):
    """Fits `params` in place: momentum descent, rate falling as a cosine, shifted images."""
    velocity, batches = {}, len(images) // BATCH
    for epoch in range(EPOCHS):
        order, losses = rng.permutation(len(images)), []
        for batch in range(batches):
            chosen = order[batch * BATCH : (batch + 1) * BATCH]
            progress = (epoch + batch / batches) / EPOCHS
            values, saved = graph.forward(ops, params, {"image": real(shift(images[chosen], rng))})
            loss, grad = graph.cross_entropy(values["logits"], labels[chosen])
            grads = graph.backward(ops, params, saved, "logits", grad)
            rate = PEAK_RATE * (1 + np.cos(np.pi * progress)) / 2
            graph.descend(params, velocity, grads, rate, MOMENTUM, DECAY)
            losses.append(loss)
        print(f"epoch {epoch + 1:2}/{EPOCHS}  loss {np.mean(losses):.4f}", file=sys.stderr)
    graph.settle_batch_norms(ops, params, {"image": real(images)})


def network_header(ops, correct):
    image = {"name": "image", "shape": [8, 8, 1], "type": "uint8"}
    return {
        "format": "systole-network",
        "version": 1,
        "kind": "float",
        "name": "digits",
        "description": "Residual CNN for 8x8 handwritten digits, trained on 1,437 images; "
        f"{correct} of {HELD_OUT} held-out images right in float",
        "source": SOURCE,
        "inputs": [image | {"scale": PIXEL_SCALE, "zero_point": 0}],
        "outputs": ["logits"],
        "samples": {
            "test": {"image": "test.image", "labels": "test.labels"},
            "calibration": {"image": "calibration.image"},
        },
        "ops": ops,
    }


def parse_arguments():
    parser = argparse.ArgumentParser(
        description="Trains the embedded digits network and writes its bundle.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="examples:\n"
        "  flows/train/digits.py                  # remakes golden/digits\n"
        "  flows/train/digits.py -o /tmp/digits   # writes elsewhere, to compare\n\n"
        f"Nothing is written when fewer than {REQUIRED_ACCURACY:.0%} of the held-out images are"
        " right (exit 1).",
    )
    parser.add_argument(
        "-o", "--out", metavar="DIR", type=pathlib.Path, default=REPOSITORY / "golden" / "digits",
        help="directory of the bundle, made if missing (default: the repository's golden/digits)",
    )
    return parser.parse_args()


def run(out):
    """Trains, judges, writes; returns the exit status."""
    out.mkdir(parents=True, exist_ok=True)  # Fails before the training, not after it.
    start = time.monotonic()
    rng = np.random.default_rng(SEED)
    images, test_images, labels, test_labels = load_data()
    ops, shapes = digits_network.build_network()
    params = digits_network.initial_parameters(ops, shapes, rng)
    train(ops, params, images, labels, rng)

    correct = count_correct(ops, params, test_images, test_labels)
    print(f"trained on {len(images)} images in {time.monotonic() - start:.1f} s")
    print(f"accuracy {correct / HELD_OUT:.2%}: {correct} of {HELD_OUT} held-out images")
    if correct < REQUIRED_ACCURACY * HELD_OUT:
        fail(f"accuracy: expected {REQUIRED_ACCURACY:.0%} or more; nothing written")
        return 1
    samples = {
        "test.image": test_images,
        "test.labels": test_labels,
        "calibration.image": images[:CALIBRATION],
    }
    bundle.write_bundle(out, COMMENT, network_header(ops, correct), params | samples)
    print(f"wrote {out / 'network.yaml'} and {out / 'tensors.safetensors'}")
    return 0


def fail(message):
    print(f"digits.py: {message}", file=sys.stderr)


def main():
    out = parse_arguments().out
    try:
        return run(out)
    except OSError as error:
        fail(f"--out: got {out}, expected a directory to write to: {error.strerror}")
        return 2
    except KeyboardInterrupt:
        fail("interrupted")
        return 130


if __name__ == "__main__":
    sys.exit(main())
