"""Turns the `case.json` of a recorded case, which no user has, into a topology of plain layers.

    case_to_topology.py CASE_DIRECTORY > topology.yaml
"""

import json
import pathlib
import sys

import numpy as np
import yaml

KINDS = {
    "conv": "conv",
    "linear": "matmul",
    "mulshift": "mul_shift",
    "maxpool": "max_pool",
    "avgpool": "avg_pool",
    "adaptive_avgpool": "adaptive_avg_pool",
    "global_avgpool": "global_avg_pool",
    "pad_skip": "option_a",
}
KEYS = {"kernel", "stride", "padding", "dilation", "groups", "size"}


def topology_of(case: dict, shape: list[int], channels: dict[str, int]) -> str:
    """YAML text. `channels` are those of the option-A shortcuts, which a case counts in zeros."""
    quantizers = [node for node in case["graph"] if node["kind"] == "quantize"]
    named = {node["id"]: _quantizer(node) for node in quantizers}
    quantizer = case["weight_quantizer"]
    unsigned = "smooth" in quantizer or (quantizer == "minmax" and case["layer_trainer"])
    topology = {
        "format": "systole-topology",
        "version": 1,
        "name": case["name"],
        "input": {"shape": shape},
        "scale_bits": case["swl"],
        "fraction_bits": case["sfl"],
        "quantizers": {
            "weight": {"bits": case["wbit"], "signed": not unsigned},
            "named": named,
        },
        "layers": [_layer(node, channels) for node in case["graph"] if node["kind"] != "input"],
    }
    return yaml.safe_dump(topology, sort_keys=False, default_flow_style=None, width=200)


def _quantizer(node: dict) -> dict:
    return {
        "bits": (node["qub"] - node["qlb"]).bit_length(),
        "signed": node["qlb"] < 0,
        "clamp_again": node["clamp_again"],
    }


def _layer(node: dict, channels: dict[str, int]) -> dict:
    keys = {"id": node["id"], "inputs": node["inputs"]}
    keys |= {key: node[key] for key in KEYS if key in node}
    if node["kind"] == "pad_skip":
        keys["channels"] = channels[node["id"]]
    return {KINDS.get(node["kind"], node["kind"]): keys}


def load_case(directory: pathlib.Path) -> str:
    """The topology of a case directory."""
    case = json.loads((directory / "case.json").read_text())
    shape = list(np.load(directory / "input.npy").shape[1:])
    shapes = json.loads((directory / "tensors/matmul.json").read_text())
    channels = {}
    for node in case["graph"]:
        if node["kind"] == "add":
            main, skip = node["inputs"]
            conv = main.removesuffix(".scaler") + ".conv.ops"
            channels[skip] = shapes[conv]["z_shape"][1] if conv in shapes else 0
    return topology_of(case, shape, channels)


if __name__ == "__main__":
    print(load_case(pathlib.Path(sys.argv[1])), end="")
