"""Builds our network, in Torch2Chip's own arithmetic, from a topology and an export."""

from errors import InputError
from topology import Topology
from torch2chip_builder import Builder, float_input
from torch2chip_export import SHAPES, Export
from torch2chip_layers import LAYERS


def build(topology: Topology, export: Export) -> Builder:
    """All ops from the image on; the last is the output."""
    if topology.fraction_bits is None:
        raise InputError(topology.file, got="none", expected="the key fraction_bits")
    builder = Builder(topology, export)
    for node in topology.nodes:
        operands = tuple(builder.results[name] for name in node.inputs)
        builder.results[node.id] = LAYERS[node.op](builder, node, *operands)
    if len(builder.recorded) < len(export.ops):
        missing = list(export.ops)[len(builder.recorded)]
        raise InputError(
            topology.file,
            "layers",
            got=f"no layer for {missing}",
            expected=f"all {len(export.ops)} ops of {SHAPES}",
            hint="add it where the export ran it",
        )
    known = {key.rpartition(".")[0] for key in export.state}
    for name, quantizer in topology.named.items():
        if name not in known:
            raise InputError(
                quantizer.where, "quantizers.named", got=name, expected="a quantizer of the export"
            )
    if not builder.ops:
        raise InputError(topology.file, "layers", got="no op", expected="at least one")
    return builder


def start_at_codes(builder: Builder) -> None:
    """Cuts the network at the first quantizer: its codes become an input, and so do the reals from
    before it that later ops need (a residual stream)."""
    first = next((i for i, op in enumerate(builder.ops) if op["op"] == "quantize"), None)
    if first is None:
        raise InputError(
            builder.topology.file,
            "layers",
            got="no quantizer with codes",
            expected="one to start at",
        )
    codes = builder.ops[first]
    kept = builder.ops[first + 1 :]
    before = {op["name"] for op in builder.ops[:first]}
    needed = {name for op in kept for name in op["inputs"]}
    by_op = {result.op: result for result in builder.results.values()}
    image = builder.inputs
    builder.inputs = [
        {
            "name": codes["name"],
            "shape": by_op[codes["name"]].our_shape(),
            "type": codes["type"],
            "scale": codes["real_scale"],
        }
    ]
    builder.inputs += [float_input(by_op[name]) for name in by_op if name in before & needed]
    builder.inputs += [x for x in image if x["name"] in needed]
    builder.ops = kept
