"""An ONNX graph that is being written: its nodes, constants and tensors of codes.

Layout: a tensor of three axes beside the batch is [batch, channels, height, width] in ONNX and
[batch, height, width, channels] in a bundle; others are alike in both.
"""

from dataclasses import dataclass, field

import numpy as np
import onnx
from onnx import TensorProto, helper

BASE_OPSET = 17
WIDE_OPSET = 21  # 4-bit weights, QuantizeLinear of 16 bits, AveragePool with dilation.
IR_VERSIONS = {BASE_OPSET: 8, WIDE_OPSET: 10}
RANGES = {
    TensorProto.INT8: (-128, 127),
    TensorProto.UINT8: (0, 255),
    TensorProto.INT16: (-32768, 32767),
    TensorProto.UINT16: (0, 65535),
}
NUMPY_TYPES = {
    TensorProto.INT8: np.int8,
    TensorProto.UINT8: np.uint8,
    TensorProto.INT16: np.int16,
    TensorProto.UINT16: np.uint16,
}


class NotExpressible(Exception):
    """What QDQ form cannot say. `reason` reads on from the op's name; `hint`: what to do."""

    def __init__(self, reason: str, hint: str = ""):
        super().__init__(reason)
        self.reason, self.hint = reason, hint


@dataclass(frozen=True)
class Codes:
    """How a tensor of the bundle's codes is stored: real = (code - zero_point) * scale."""

    scale: np.float32
    zero_point: int  # As in the bundle.
    type: int  # Of TensorProto.
    offset: int = 0  # What is added to a code of the bundle for the one in ONNX.


@dataclass(frozen=True)
class Tensor:
    """A tensor of the bundle: the ONNX value of its reals and, where it has codes, how.

    `shape` is the bundle's, without the batch.
    """

    shape: tuple[int, ...]
    reals: str
    codes: Codes | None = None


@dataclass
class Graph:
    """`recorded` says where the integers of an op are: value, offset, whether axes are moved."""

    nodes: list = field(default_factory=list)
    constants: list = field(default_factory=list)
    inputs: list = field(default_factory=list)
    recorded: dict[str, dict] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    biases: dict[str, int] = field(default_factory=lambda: {"int32": 0, "float32": 0})
    opset: int = BASE_OPSET
    names: set[str] = field(default_factory=set)

    def unique(self, name: str) -> str:
        while name in self.names:
            name += "_"
        self.names.add(name)
        return name

    def constant(self, name: str, array: np.ndarray, type: int | None = None) -> str:
        """A constant; `type` for those that NumPy lacks (4 bits)."""
        name = self.unique(name)
        tensor = (
            onnx.numpy_helper.from_array(np.asarray(array, order="C"), name)
            if type is None
            else helper.make_tensor(name, type, array.shape, array.reshape(-1))
        )
        self.constants.append(tensor)
        return name

    def node(
        self, op: str, inputs: list[str], name: str, output: str = "", **attributes: object
    ) -> str:
        """A node with one output, which it returns: `output`, or a new name made of `name`."""
        output = output or self.unique(f"{name}_Output")
        self.nodes.append(
            helper.make_node(op, inputs, [output], self.unique(f"{name}_{op}"), **attributes)
        )
        return output

    def quantised(self, name: str, reals: str, shape: tuple[int, ...], codes: Codes) -> Tensor:
        """QuantizeLinear, whose output has the op's name, and DequantizeLinear.

        The output of an input of the network has a name of its own.
        """
        parameters = [
            self.constant(f"{name}_scale", np.array(codes.scale, np.float32)),
            self.constant(f"{name}_zero_point", _stored_zero_point(codes)),
        ]
        value = self.unique(f"{name}_QuantizeLinear_Output" if name == reals else name)
        self.node("QuantizeLinear", [reals, *parameters], name, value)
        back = self.unique(f"{name}_DequantizeLinear_Output")
        self.node("DequantizeLinear", [value, *parameters], name, back)
        if codes.type in (TensorProto.INT16, TensorProto.UINT16):
            self.opset = WIDE_OPSET
        is_image = len(shape) == 3
        self.recorded[name] = {"value": value, "offset": codes.offset, "channels_first": is_image}
        return Tensor(shape, back, codes)

    def real_constant(self, name: str, values: np.ndarray, shape: tuple[int, ...]) -> str:
        """What is added to or multiplied with a tensor of `shape`: one value, one per channel, or
        [height, width, channels or 1]."""
        array = as_float32(values)
        if array.size == 1:
            return self.constant(name, array.reshape(()))
        if len(shape) == 3:
            array = array.reshape(1, 1, -1) if array.ndim == 1 else array
            array = array.transpose(2, 0, 1)
        return self.constant(name, array)


def as_float32(values: np.ndarray) -> np.ndarray:
    """Throws NotExpressible where one is beyond float32."""
    with np.errstate(over="ignore"):
        array = np.asarray(values, np.float64).astype(np.float32)
    if not np.all(np.isfinite(array)):
        raise NotExpressible("has constants that float32 does not hold")
    return array


def _stored_zero_point(codes: Codes) -> np.ndarray:
    """Throws NotExpressible where the type does not hold it."""
    stored = codes.zero_point + codes.offset
    lowest, highest = RANGES[codes.type]
    if not lowest <= stored <= highest:
        raise NotExpressible(
            f"has zero point {codes.zero_point}, which "
            f"{TensorProto.DataType.Name(codes.type).lower()} does not hold"
        )
    return np.array(stored, NUMPY_TYPES[codes.type])


def stored_type(type_name: str, lowest: int, highest: int) -> tuple[int, int]:
    """The ONNX type and the offset for codes of the bundle's `type_name` in [lowest, highest].

    8 bits where the declared type has as many or fewer, 16 where it has more. Codes less their zero
    point have 9 bits signed; where they span at most 256 values they are stored with it.
    """
    is_signed = type_name.startswith("int")
    bits = int(type_name.removeprefix("u").removeprefix("int"))
    if bits <= 8:
        return (TensorProto.INT8 if is_signed else TensorProto.UINT8), 0
    if bits == 9 and highest - lowest <= 255:
        return TensorProto.UINT8, -min(lowest, 0) if highest <= 255 else -lowest
    if bits <= 16:
        return (TensorProto.INT16 if is_signed else TensorProto.UINT16), 0
    if highest - lowest <= 65535:
        return TensorProto.UINT16, -lowest
    raise NotExpressible(f"has codes of {type_name}", "QuantizeLinear has 16 bits at most")


def onnx_axis(axis: int, rank: int) -> int:
    """Where axis `axis` of a bundle's tensor is in ONNX; both count the batch as 0."""
    return {0: 0, 1: 2, 2: 3, 3: 1}[axis] if rank == 4 else axis


def as_in_bundle(graph: Graph, reals: str, rank: int, name: str) -> str:
    """`reals` with the axes in the order of the bundle, for ops that join or split axes."""
    if rank != 4:
        return reals
    return graph.node("Transpose", [reals], f"{name}_channels_last", perm=[0, 2, 3, 1])


def as_in_onnx(graph: Graph, reals: str, rank: int, name: str) -> str:
    """The reverse of `as_in_bundle`."""
    if rank != 4:
        return reals
    return graph.node("Transpose", [reals], f"{name}_channels_first", perm=[0, 3, 1, 2])
