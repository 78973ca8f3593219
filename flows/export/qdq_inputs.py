"""A network's inputs as an exported model takes them."""

import pathlib

import numpy as np

from qdq_bundle import InputError, Network


def channels_first(array: np.ndarray) -> np.ndarray:
    return array.transpose(0, 3, 1, 2) if array.ndim == 4 else array


def inputs_of(network: Network, tensors: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Reals of the network's inputs in ONNX's layout, from codes or reals."""
    feeds = {}
    for item in network.inputs:
        values = tensors[item["name"]].astype(np.float32)
        if item["type"] != "float32":
            values = (values - item.get("zero_point", 0)) * np.float32(item.get("scale", 1.0))
        feeds[item["name"]] = np.ascontiguousarray(channels_first(values), np.float32)
    return feeds


def samples_of(network: Network, where: str | pathlib.Path) -> dict[str, np.ndarray]:
    """The set `test`, or the first there is, by input. Throws InputError where there is none."""
    if not network.samples:
        raise InputError(where, "samples", got="none", expected="a set of samples")
    name = "test" if "test" in network.samples else next(iter(network.samples))
    chosen = network.samples[name]
    return {item["name"]: network.tensors[chosen[item["name"]]] for item in network.inputs}
