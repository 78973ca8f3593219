"""Reads an .onnx file into plain values. Nothing in the file is trusted.

Protobuf's parser checks the wire format only: names, shapes, sizes and the order of the nodes are
checked here, with limits on whatever is looped over. Operators are not interpreted: one that a
converter does not know is the converter's to refuse.
"""

import math
import pathlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from errors import InputError, expect_file, reading
from onnx_tensor import TensorReader, checked_values, type_name

MOST_BYTES = 1 << 31
MOST_ENTRIES = 100_000  # Nodes, initialisers, inputs, operands of a node, values of an attribute.
MOST_AXES = 8
OPSETS = (10, 21)
OWN_DOMAINS = ("", "ai.onnx")
CONSTANT_ATTRIBUTES = ("value", "value_float", "value_floats", "value_int", "value_ints")


@dataclass(frozen=True)
class OnnxNode:
    """One operator; `index` counts the file's nodes, Constant nodes among them."""

    index: int
    op: str  # "Conv", "com.microsoft.QGemm": the domain in front unless it is ONNX's own.
    name: str
    inputs: tuple[str, ...]  # "" where absent.
    outputs: tuple[str, ...]
    attributes: dict[str, Any]  # int, float, str, a list of them, or an array.

    def __str__(self) -> str:
        named = f" {self.name}" if self.name else ""
        return f"node {self.index}{named} ({self.op})"


@dataclass(frozen=True)
class OnnxInput:
    """An input of the network, without the batch axis."""

    name: str
    shape: tuple[int, ...]
    type: str  # ONNX's name: "FLOAT", "UINT8", ...
    batch: int = 0  # 0: any.


@dataclass
class OnnxModel:
    """A graph whose values each have one source, before their first use."""

    path: pathlib.Path
    opset: int
    inputs: list[OnnxInput] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    nodes: list[OnnxNode] = field(default_factory=list)  # Without Constant nodes.
    constants: dict[str, np.ndarray] = field(default_factory=dict)  # int4 widened to int8.
    constant_types: dict[str, str] = field(default_factory=dict)
    users: dict[str, list[OnnxNode]] = field(default_factory=dict)


def read_model(path: str | pathlib.Path) -> OnnxModel:
    """The graph of an .onnx file, or InputError."""
    path = pathlib.Path(path)
    with reading(path):
        expect_file(path, "an .onnx file")
        if path.stat().st_size > MOST_BYTES:
            raise InputError(path, got="more than 2 GiB", expected="an .onnx file")
        if path.stat().st_size == 0:
            raise InputError(path, got="an empty file", expected="an .onnx file")
        proto = onnx.ModelProto()
        proto.ParseFromString(path.read_bytes())
        return _Reader(path, proto).model


class _Reader:
    def __init__(self, path: pathlib.Path, proto: Any):
        if not proto.HasField("graph"):
            hint = "is it a network of another format, or one that was not copied whole?"
            raise InputError(path, got="no graph", expected="an ONNX model", hint=hint)
        self.path = path
        self.graph = proto.graph
        self.model = OnnxModel(path, _opset(path, proto))
        self.tensors = TensorReader(path)
        self.known: set[str] = set()
        if proto.functions:
            name = proto.functions[0].name
            raise InputError(path, f"function {name}", message="functions are not supported")
        if self.graph.sparse_initializer:
            raise InputError(path, "sparse_initializer", message="is not supported")
        self._initialisers()
        self._inputs()
        self._nodes()
        self._outputs()

    def _add_value(self, key: str, name: str) -> None:
        if not name or not isinstance(name, str):  # Bytes: what is no UTF-8.
            raise InputError(self.path, key, got=f"the name {name!r}", expected="a text")
        if name in self.known:
            raise InputError(self.path, key, got=f"the name {name} twice", expected="one source")
        self.known.add(name)

    def _add_constant(self, name: str, values: np.ndarray, kind: str) -> None:
        self.model.constants[name] = values
        self.model.constant_types[name] = kind

    def _initialisers(self) -> None:
        for tensor in _limited(self.path, "initialisers", self.graph.initializer):
            key = f"initialiser {tensor.name}"
            self._add_value(key, tensor.name)
            with reading(self.path, key):
                self._add_constant(tensor.name, *self.tensors.read(key, tensor))

    def _inputs(self) -> None:
        for value in _limited(self.path, "inputs", self.graph.input):
            if value.name in self.model.constants:  # Until IR version 3 these were inputs too.
                continue
            self._add_value("inputs", value.name)
            self.model.inputs.append(_input(self.path, value))
        if not self.model.inputs:
            raise InputError(self.path, "inputs", got="none", expected="at least one")

    def _nodes(self) -> None:
        for index, proto in enumerate(_limited(self.path, "nodes", self.graph.node)):
            with reading(self.path, f"node {index} {proto.name}"):
                node = self._node(index, proto)
            for name in filter(None, node.inputs):
                if name not in self.known:
                    raise self._unknown(node, name, index)
            if not any(node.outputs):
                raise InputError(self.path, str(node), got="no output", expected="at least one")
            for name in filter(None, node.outputs):
                self._add_value(str(node), name)
            if node.op == "Constant":
                self._constant_node(node)
                continue
            self.model.nodes.append(node)
            for name in dict.fromkeys(filter(None, node.inputs)):
                self.model.users.setdefault(name, []).append(node)

    def _node(self, index: int, proto: Any) -> OnnxNode:
        key = f"node {index} {proto.name}"
        if not all(isinstance(text, str) for text in (proto.name, proto.domain, proto.op_type)):
            raise InputError(self.path, key, got="a name that is no UTF-8", expected="texts")
        domain = "" if proto.domain in OWN_DOMAINS else f"{proto.domain}."
        inputs = tuple(_limited(self.path, key, proto.input))
        outputs = tuple(_limited(self.path, key, proto.output))
        node = OnnxNode(index, domain + proto.op_type, proto.name, inputs, outputs, {})
        for attribute in _limited(self.path, str(node), proto.attribute):
            if attribute.name in node.attributes:
                raise InputError(
                    self.path, str(node), got=f"{attribute.name} twice", expected="it once"
                )
            node.attributes[attribute.name] = self._attribute(node, attribute)
        return node

    def _attribute(self, node: OnnxNode, proto: Any) -> Any:
        key = f"{node}: attribute {proto.name}"
        kinds = onnx.AttributeProto
        if proto.ref_attr_name:
            raise InputError(self.path, key, message="refers to one of a function")
        if proto.type in (kinds.GRAPH, kinds.GRAPHS):
            raise InputError(self.path, key, message="holds a graph: control flow is not supported")
        if proto.type == kinds.INT:
            return int(proto.i)
        if proto.type == kinds.FLOAT:
            return float(checked_values(self.path, key, np.array(proto.f)))
        if proto.type == kinds.STRING:
            return proto.s.decode("utf-8")
        if proto.type == kinds.TENSOR:
            return self.tensors.read(key, proto.t)[0]
        if proto.type == kinds.INTS:
            return [int(value) for value in _limited(self.path, key, proto.ints)]
        if proto.type == kinds.FLOATS:
            values = np.array(_limited(self.path, key, proto.floats), np.float64)
            return checked_values(self.path, key, values).tolist()
        if proto.type == kinds.STRINGS:
            return [value.decode("utf-8") for value in _limited(self.path, key, proto.strings)]
        raise InputError(
            self.path, key, got=f"type {proto.type}", expected="numbers, strings or a tensor"
        )

    def _constant_node(self, node: OnnxNode) -> None:
        if len(node.attributes) != 1 or next(iter(node.attributes)) not in CONSTANT_ATTRIBUTES:
            found = f"attributes {', '.join(node.attributes) or 'none'}"
            expected = f"one of {', '.join(CONSTANT_ATTRIBUTES)}"
            raise InputError(self.path, str(node), got=found, expected=expected)
        (name, value), *_ = node.attributes.items()
        if name == "value":
            proto = next(x.t for x in self.graph.node[node.index].attribute if x.name == name)
            kind = type_name(proto.data_type)
            self._add_constant(node.outputs[0], value, kind)
            return
        kind, dtype = ("FLOAT", np.float32) if "float" in name else ("INT64", np.int64)
        self._add_constant(node.outputs[0], np.array(value, dtype), kind)

    def _outputs(self) -> None:
        for value in _limited(self.path, "outputs", self.graph.output):
            if value.name not in self.known:
                raise InputError(self.path, "outputs", got=value.name, expected="a computed value")
            self.model.outputs.append(value.name)
        if not self.model.outputs:
            raise InputError(self.path, "outputs", got="none", expected="at least one")

    def _unknown(self, node: OnnxNode, name: str, index: int) -> InputError:
        later = any(name in proto.output for proto in self.graph.node[index:])
        found = f"{name}, which is computed later" if later else f"{name}, which nothing computes"
        return InputError(self.path, str(node), got=found, expected="operands that exist")


def _limited(path: pathlib.Path, key: str, values: Any) -> Any:
    if len(values) > MOST_ENTRIES:
        raise InputError(path, key, got=len(values), expected=f"at most {MOST_ENTRIES}")
    return values


def _opset(path: pathlib.Path, proto: Any) -> int:
    """The version of ONNX's own operators."""
    low, high = OPSETS
    versions = {
        x.version for x in _limited(path, "opsets", proto.opset_import) if x.domain in OWN_DOMAINS
    }
    if len(versions) != 1 or not low <= min(versions) <= high:
        found = ", ".join(map(str, sorted(versions))) or "none"
        raise InputError(path, "opset", got=found, expected=f"one of {low} to {high}")
    return int(min(versions))


def _input(path: pathlib.Path, value: Any) -> OnnxInput:
    key = f"input {value.name}"
    if value.type.WhichOneof("value") != "tensor_type" or not value.type.tensor_type.HasField(
        "shape"
    ):
        raise InputError(path, key, got="no tensor with a shape", expected="one")
    tensor = value.type.tensor_type
    if not 1 <= len(tensor.shape.dim) <= MOST_AXES:
        found = f"{len(tensor.shape.dim)} axes"
        raise InputError(
            path, key, got=found, expected=f"the batch and up to {MOST_AXES - 1} others"
        )
    batch, *dims = tensor.shape.dim
    for axis, dim in enumerate(dims, start=1):
        if dim.dim_value < 1:
            found = f"axis {axis} of {dim.dim_param or dim.dim_value or 'unknown'} elements"
            raise InputError(
                path, key, got=found, expected="a fixed shape; only axis 0, the batch, may vary"
            )
    shape = tuple(int(dim.dim_value) for dim in dims)
    if batch.dim_value < 0 or math.prod(shape) > MOST_BYTES:
        raise InputError(path, key, got=f"the shape {list(shape)}", expected="fewer elements")
    kind = type_name(tensor.elem_type)
    return OnnxInput(value.name, shape, kind, int(batch.dim_value))
