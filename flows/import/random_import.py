"""Makes a float network of a topology with seeded random weights and samples, as a bundle.

    random_import.py --topology resnet18.yaml --seed 1 --bundle net

The same seed gives the same network. The samples of `calibration` and `test` are normal, mean 0
and deviation 1; the batch norms have the statistics of `calibration`.
"""

import argparse
import sys

import numpy as np

from bundle import SET, write_bundle
from errors import ArgumentParser, InputError, exit_status
from float_builder import FloatBuilder, float_bundle
from float_layers import build
from random_weights import RandomWeights, fit_batch_norms
from topology import load_topology
from torch2chip_layout import Result

MOST_SEED = (1 << 32) - 1
MOST_SAMPLES = 10_000
SETS = ("calibration", SET)


def convert(arguments: argparse.Namespace) -> None:
    for name, value, least, most in (
        ("--seed", arguments.seed, 0, MOST_SEED),
        ("--count", arguments.count, 1, MOST_SAMPLES),
    ):
        if not least <= value <= most:
            raise InputError(name, got=value, expected=f"an integer in [{least}, {most}]")
    generator = np.random.default_rng(arguments.seed)
    topology = load_topology(arguments.topology)
    builder = build(FloatBuilder(topology, RandomWeights(generator)))
    count = arguments.count
    samples = {
        name: {x.op: _samples(generator, x, count) for x in _inputs(builder)} for name in SETS
    }
    fit_batch_norms(builder.ops, samples[SETS[0]])
    bundle = float_bundle(
        builder,
        "random weights",
        {"made by": "systole random", "seed": str(arguments.seed)},
        samples,
    )
    write_bundle(arguments.bundle, bundle)


def _inputs(builder: FloatBuilder) -> list[Result]:
    return [builder.results[x["name"]] for x in builder.inputs]


def _samples(generator: np.random.Generator, x: Result, count: int) -> np.ndarray:
    """Normal reals, or integers of the input's range."""
    shape = (count, *x.our_shape())
    if x.kind == "integers":
        return generator.integers(0, x.range[1], shape, endpoint=True).astype(np.float32)
    return generator.standard_normal(shape, np.float32)


def parse(words: list[str]) -> argparse.Namespace:
    parser = ArgumentParser(description=__doc__.split("\n")[0], allow_abbrev=False)
    parser.add_argument("--topology", required=True, metavar="FILE", help="see topology.md")
    parser.add_argument("--bundle", required=True, metavar="DIR", help="what to write")
    parser.add_argument("--seed", type=int, default=1, help="of weights and samples (1)")
    parser.add_argument("--count", type=int, default=16, help="samples per set (16)")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(exit_status(lambda: convert(parse(sys.argv[1:]))))
