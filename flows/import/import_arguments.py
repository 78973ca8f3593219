"""Arguments of importers whose networks can be proved against recordings, and what they write."""

import argparse
import hashlib
import pathlib

import numpy as np

from bundle import SET, Bundle, write_bundle, write_tensors
from errors import ArgumentParser
from samples import read_labels


def import_parser(description: str | None, source: str) -> ArgumentParser:
    """With SOURCE and --bundle."""
    parser = ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", help=source)
    parser.add_argument("--bundle", required=True, metavar="DIR", help="the bundle to write")
    return parser


def parse_with_data(
    parser: ArgumentParser, words: list[str], samples: str, goldens: str
) -> argparse.Namespace:
    """`words` with what a user gives beside the network; `samples`, `goldens`: what files hold."""
    parser.add_argument(
        "--samples",
        action="append",
        default=[],
        metavar="[INPUT=]FILE",
        help=f"{samples}: .npy, or 'inputs' of a .safetensors; once per network input",
    )
    parser.add_argument("--labels", metavar="FILE", help=".npy, or text with one integer per line")
    parser.add_argument(
        "--goldens", action="extend", nargs="+", default=[], metavar="FILE", help=goldens
    )
    parser.add_argument("--goldens-out", metavar="FILE", help="the same by the bundle's names")
    arguments = parser.parse_args(words)
    if arguments.labels and not arguments.samples:
        parser.error("--labels needs --samples")
    if bool(arguments.goldens) != bool(arguments.goldens_out):
        parser.error("--goldens and --goldens-out go together")
    return arguments


def write_imported(
    arguments: argparse.Namespace,
    bundle: Bundle,
    samples: dict[str, np.ndarray],
    goldens: dict[str, np.ndarray],
) -> None:
    """The bundle, with samples and labels if there are any, and the recordings."""
    if samples:
        bundle.samples = {SET: dict(samples)}
        if arguments.labels:
            count = len(next(iter(samples.values())))
            bundle.samples[SET]["labels"] = read_labels(arguments.labels, count)
    write_bundle(arguments.bundle, bundle)
    if arguments.goldens:
        write_tensors(arguments.goldens_out, goldens)


def sha256(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
