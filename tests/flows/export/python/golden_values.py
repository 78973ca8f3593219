"""A golden trace as values of the exported ONNX model: golden_values.py MODEL BUNDLE TRACE OUT.

OUT is a safetensors file with reals for the model's inputs and the trace's integers for the outputs
of QuantizeLinear, by the names and in the layout of ONNX.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from qdq_support import ROOT  # noqa: E402, F401

import json  # noqa: E402

import numpy as np  # noqa: E402
import onnx  # noqa: E402
import safetensors.numpy  # noqa: E402

from onnx_qdq import METADATA  # noqa: E402
from qdq_bundle import read_network  # noqa: E402
from qdq_graph import NUMPY_TYPES  # noqa: E402
from qdq_inputs import channels_first, inputs_of  # noqa: E402
from qdq_trace import read_trace  # noqa: E402


def main(model_file: str, bundle: str, trace_folder: str, out: str) -> None:
    model, trace = onnx.load(model_file), read_trace(pathlib.Path(trace_folder))
    recorded = json.loads({i.key: i.value for i in model.metadata_props}[METADATA])
    quantizers = [node for node in model.graph.node if node.op_type == "QuantizeLinear"]
    zero_points = {node.output[0]: node.input[2] for node in quantizers}
    types = {c.name: NUMPY_TYPES.get(c.data_type) for c in model.graph.initializer}
    values = inputs_of(read_network(pathlib.Path(bundle)), trace.tensors)
    for name, entry in recorded.items():
        stored = channels_first(trace.tensors[name].astype(np.int64)) + entry["offset"]
        values[entry["value"]] = stored.astype(types[zero_points[entry["value"]]])
    safetensors.numpy.save_file({k: np.ascontiguousarray(v) for k, v in values.items()}, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
