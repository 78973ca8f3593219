"""What the tests of integer ONNX share: fixtures, small networks, one import in this process."""

import pathlib
import sys
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import import_support  # noqa: E402

FIXTURES = import_support.fixtures("integer_onnx")

import onnx_model  # noqa: E402  (found through the paths above)
from bundle import Bundle  # noqa: E402
from make_fixtures import NETWORKS  # noqa: E402
from onnx_integer import convert_integer  # noqa: E402
from onnx_integer_graph import Value  # noqa: E402

NAMES = tuple(network.__name__ for network in NETWORKS)


def fixture(name: str) -> pathlib.Path:
    return FIXTURES / f"{name}.onnx"


def convert_bytes(data: bytes, input_type: str = "int8") -> tuple[Bundle, dict[str, Value]]:
    """The bundle of a file's bytes; its name in errors is net.onnx."""
    with import_support.temporary_directory() as folder:
        path = pathlib.Path(folder, "net.onnx")
        path.write_bytes(data)
        model = onnx_model.read_model(path)
        model.path = pathlib.Path("net.onnx")
        return convert_integer(model, input_type)


class Sketch:
    """A network of a few nodes. Constants are operands that are arrays or numbers."""

    def __init__(self, shape: list[int], kind: int = TensorProto.FLOAT):
        self.inputs = [helper.make_tensor_value_info("x", kind, shape)]
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def node(self, op: str, operands: list[Any], output: str, **attributes: Any) -> "Sketch":
        names = []
        for operand in operands:
            if not isinstance(operand, str):
                array = np.asarray(operand)
                dtype = np.int64 if op in ("Reshape", "Gather") else np.float32
                name = f"{output}.{len(names)}"
                self.constants.append(numpy_helper.from_array(array.astype(dtype), name))
                operand = name
            names.append(operand)
        self.nodes.append(helper.make_node(op, names, [output], name=f"the_{output}", **attributes))
        return self

    def requant(self, x: str, output: str, mul: Any = 1, add: Any = 0, **attributes: Any):
        keys = {"div": 256.0, "n_levels_out": 256.0, "signed": 1.0} | attributes
        return self.node("RequantShift", [x, mul, add], output, **keys)

    def bytes(self, *outputs: str) -> bytes:
        names = outputs or self.nodes[-1].output[:1]
        results = [helper.make_tensor_value_info(x, TensorProto.FLOAT, None) for x in names]
        graph = helper.make_graph(self.nodes, "net", self.inputs, results, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
        return model.SerializeToString()

    def convert(self, *outputs: str, input_type: str = "int8") -> Bundle:
        return convert_bytes(self.bytes(*outputs), input_type)[0]


def summary(bundle: Bundle) -> str:
    """ "y:mul_quant(x) ..."."""
    return " ".join(f"{op['name']}:{op['op']}({','.join(op['inputs'])})" for op in bundle.ops)
