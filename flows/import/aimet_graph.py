"""Converts a float ONNX network whose values have AIMET's encodings.

What AIMET's simulator quantises becomes codes: a value with an encoding is what QuantizeLinear and
DequantizeLinear make of it, weights are integers times their scales. Everything else, as the
output of a convolution in front of a Relu, stays a formula until it reaches an encoding.
"""

from aimet_constants import ConstantSetter, weight_axes
from aimet_encoding import Encoding
from aimet_encodings import Encodings
from onnx_convert import convert_node, finish_outputs, start
from onnx_finish import dequantise, quantise
from onnx_graph import Graph
from onnx_model import OnnxModel, OnnxNode
from onnx_values import (
    RANGES,
    Affine,
    Codes,
    Constant,
    Joined,
    Moved,
    Quantiser,
    QuantisedConstant,
    Value,
)

SUMS = ("Add", "Sub")
POOLS = ("AveragePool", "GlobalAveragePool", "ReduceMean")


class EncodedGraph:
    """A network's ops, and which of them hold the codes of values that have encodings."""

    def __init__(self, model: OnnxModel, encodings: Encodings, bias: str):
        self.encodings = encodings
        self.graph: Graph = start(model, "qdq")
        self.graph.quantised_by = "an encoding"
        self.inputs = {x.name: self.graph.values[x.name] for x in model.inputs}  # As they come.
        self.codes: dict[str, Codes] = {}  # By the name of the ONNX value.
        constants = ConstantSetter(self.graph, encodings, bias)
        _expect_known_names(model, encodings)
        for x in model.inputs:
            self._quantise(x.name, f"{x.name}.codes")
        for node in model.nodes:
            constants.set_operands(node)
            self._expect_codes(node, constants)
            convert_node(self.graph, node)
            self._quantise(node.outputs[0], node.outputs[0])
        for name in model.outputs:
            if name in self.codes:
                self.graph.values[name] = self.codes[name]
        self.outputs = finish_outputs(self.graph)

    def _quantise(self, name: str, op: str) -> None:
        """Makes codes of a value that has an encoding, and of the value what they stand for."""
        encoding = self.encodings.table.get(name)
        value = self.graph.values[name]
        if encoding is None or isinstance(value, (Constant, QuantisedConstant)):
            return
        self.graph.key = f"value {name}"
        self.codes[name] = quantise(self.graph, value, activation_quantiser(encoding), op)
        self.graph.values[name] = dequantise(self.codes[name])

    def _expect_codes(self, node: OnnxNode, constants: ConstantSetter) -> None:
        """Products, sums and means of activations take them quantised."""
        names = [name for name in node.inputs if _is_activation(self.graph.values.get(name))]
        if weight_axes(node) or node.op in POOLS or (node.op in SUMS and len(names) > 1):
            for name in names:
                if not _is_quantised(self.graph.values[name]):
                    raise constants.missing(name, node)


def activation_quantiser(encoding: Encoding) -> Quantiser:
    if encoding.role == "parameter":
        raise encoding.error("an encoding of a parameter", "one of an activation")
    if encoding.is_channelwise or encoding.block_size:
        raise encoding.error("several scales", "one, of an activation")
    if encoding.type not in RANGES or encoding.is_narrow:
        raise encoding.error(f"codes of type {encoding.type}", ", ".join(RANGES))
    scale, zero_point = encoding.scales.reshape(-1)[0], encoding.zero_points.reshape(-1)[0]
    return Quantiser(float(scale), int(zero_point), encoding.type)


def _expect_known_names(model: OnnxModel, encodings: Encodings) -> None:
    known = {x.name for x in model.inputs} | model.constants.keys()
    known.update(name for node in model.nodes for name in node.outputs)
    for encoding in encodings.table.values():
        if encoding.name not in known:
            raise encoding.error("an encoding of no tensor", f"tensors of {model.path.name}")


def _is_activation(value: Value | None) -> bool:
    return value is not None and not isinstance(value, (Constant, QuantisedConstant))


def _is_quantised(value: Value) -> bool:
    if isinstance(value, Moved):
        return _is_quantised(value.inner)
    if isinstance(value, Joined):
        return all(map(_is_quantised, value.parts))
    return isinstance(value, Codes) or (isinstance(value, Affine) and value.is_scaled_codes)
