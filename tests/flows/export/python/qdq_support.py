"""What the tests of ONNX exports share: networks made here, run by ONNX Runtime."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[4]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "flows/export"))

import numpy as np  # noqa: E402
import onnx  # noqa: E402
import onnxruntime  # noqa: E402

from onnx_qdq import build_graph, build_model  # noqa: E402
from qdq_bundle import Network  # noqa: E402
from qdq_inputs import inputs_of  # noqa: E402
from qdq_requantise import Options  # noqa: E402


def network_of(inputs: list[dict], ops: list[dict], outputs: list[str] | None = None) -> Network:
    """A network; values of ops that are arrays become tensors, as in bundles."""
    tensors, named = {}, []
    for op in ops:
        named.append(dict(op))
        for key, value in op.items():
            if isinstance(value, np.ndarray):
                named[-1][key] = f"{op['name']}.{key}"
                tensors[named[-1][key]] = value
    return Network("test", inputs, outputs or [ops[-1]["name"]], named, {}, tensors)


def export(network: Network, bias: str = "auto") -> onnx.ModelProto:
    graph, values = build_graph(network, Options(bias), "bundle")
    model = build_model(network, graph, values)
    onnx.checker.check_model(model, full_check=True)
    return model


def run(network: Network, tensors: dict[str, np.ndarray], bias: str = "auto") -> np.ndarray:
    """The first output's reals, in the bundle's layout."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    model = export(network, bias).SerializeToString()
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    result = session.run(None, inputs_of(network, tensors))[0]
    return result.transpose(0, 2, 3, 1) if result.ndim == 4 else result


def codes_input(shape: list[int], type: str = "int8", scale: float = 0.5, zero_point: int = 0):
    return {"name": "x", "shape": shape, "type": type, "scale": scale, "zero_point": zero_point}
