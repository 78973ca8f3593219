"""What the training scripts of the digits networks share: data, judgement, bundle, command line.

Import it before numpy: it keeps BLAS to one thread and names the packages that are missing.
"""

import argparse
import dataclasses
import os
import pathlib
import sys
import time
from collections.abc import Callable

# Sums split over threads round differently, and BLAS reads this once, when it is loaded.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

SCRIPT = pathlib.Path(sys.argv[0]).name

try:
    import numpy as np
    import sklearn.datasets
    import sklearn.model_selection

    import bundle
    import graph
except ModuleNotFoundError as error:
    packages = pathlib.Path(__file__).resolve().with_name("requirements.txt")
    print(f"{SCRIPT}: {error}; install it: pip install -r {packages}", file=sys.stderr)
    sys.exit(2)

SEED = 1
HELD_OUT = 360
CALIBRATION = 128
PIXEL_SCALE = 0.0625  # Pixels are counts 0..16 of ink in a 4x4 block.

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]

COMMENT = """
Written by flows/train/{script}; golden/README.md says how to remake it. The data set is
E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning
Repository, 1998, https://doi.org/10.24432/C50P49, CC BY 4.0; the samples' pixels are unchanged."""

SOURCE = {
    "data": "Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, "
    "test set (1,797 images) as shipped with scikit-learn",
    "authors": "E. Alpaydin, C. Kaynak",
    "url": "https://doi.org/10.24432/C50P49",
    "licence": "CC BY 4.0",
}


@dataclasses.dataclass(frozen=True)
class Training:
    """One script: the network's name and kind in words, and how it is fitted and judged."""

    name: str
    comment: str  # First line of the bundle.
    kind: str
    required_accuracy: float  # Share of the held-out images that must be right.
    fit: Callable  # (images uint8 NHWC, labels, rng) -> ops, parameters
    kernels: dict  # Forward passes that inference uses.


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


def count_correct(ops, params, kernels, images, labels):
    values, _ = graph.forward(ops, params, {"image": real(images)}, kernels)
    return int((values["logits"].argmax(axis=1) == labels).sum())


def network_header(training, ops, correct):
    image = {"name": "image", "shape": [8, 8, 1], "type": "uint8"}
    return {
        "format": "systole-network",
        "version": 1,
        "kind": "float",
        "name": training.name,
        "description": f"{training.kind} for 8x8 handwritten digits, trained on 1,437 images; "
        f"{correct} of {HELD_OUT} held-out images right in float",
        "source": SOURCE | {"script": f"flows/train/{SCRIPT}"},
        "inputs": [image | {"scale": PIXEL_SCALE, "zero_point": 0}],
        "outputs": ["logits"],
        "samples": {
            "test": {"image": "test.image", "labels": "test.labels"},
            "calibration": {"image": "calibration.image"},
        },
        "ops": ops,
    }


def parse_arguments(training):
    name = training.name
    parser = argparse.ArgumentParser(
        description=f"Trains the embedded {name} network and writes its bundle.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="examples:\n"
        f"  flows/train/{SCRIPT}{' ' * 18}# remakes golden/{name}\n"
        f"  flows/train/{SCRIPT} -o /tmp/{name}   # writes elsewhere, to compare\n\n"
        f"Nothing is written when fewer than {training.required_accuracy:.0%} of the held-out"
        " images are right (exit 1).",
    )
    parser.add_argument(
        "-o", "--out", metavar="DIR", type=pathlib.Path, default=REPOSITORY / "golden" / name,
        help=f"directory of the bundle, made if missing (default: the repository's golden/{name})",
    )
    return parser.parse_args()


def run(training, out):
    """Trains, judges, writes; returns the exit status."""
    out.mkdir(parents=True, exist_ok=True)  # Fails before the training, not after it.
    start = time.monotonic()
    rng = np.random.default_rng(SEED)
    images, test_images, labels, test_labels = load_data()
    ops, params = training.fit(images, labels, rng)

    correct = count_correct(ops, params, training.kernels, test_images, test_labels)
    print(f"trained on {len(images)} images in {time.monotonic() - start:.1f} s")
    print(f"accuracy {correct / HELD_OUT:.2%}: {correct} of {HELD_OUT} held-out images")
    if correct < training.required_accuracy * HELD_OUT:
        fail(f"accuracy: expected {training.required_accuracy:.0%} or more; nothing written")
        return 1
    samples = {
        "test.image": test_images,
        "test.labels": test_labels,
        "calibration.image": images[:CALIBRATION],
    }
    comment = training.comment + "\n" + COMMENT.format(script=SCRIPT)
    bundle.write_bundle(out, comment, network_header(training, ops, correct), params | samples)
    print(f"wrote {out / 'network.yaml'} and {out / 'tensors.safetensors'}")
    return 0


def fail(message):
    print(f"{SCRIPT}: {message}", file=sys.stderr)


def main(training):
    out = parse_arguments(training).out
    try:
        return run(training, out)
    except OSError as error:
        fail(f"--out: got {out}, expected a directory to write to: {error.strerror}")
        return 2
    except KeyboardInterrupt:
        fail("interrupted")
        return 130
