"""What the tests of the AIMET importer share: encodings of each format, models, one import."""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import import_support  # noqa: E402
from import_support import temporary_directory  # noqa: E402

import numpy as np  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

import aimet_import  # noqa: E402  (found through import_support)
from aimet_encodings import Encodings, read_encodings  # noqa: E402
from bundle import Bundle  # noqa: E402


def activation_061(**changes: object) -> dict:
    entry = {"bitwidth": 8, "dtype": "int", "is_symmetric": "False", "max": 63.0, "min": -0.75}
    return entry | {"offset": -3.0, "scale": 0.25} | changes


def channel_061(**changes: object) -> dict:
    entry = {"bitwidth": 4, "dtype": "int", "is_symmetric": "True", "max": 3.5, "min": -4.0}
    return entry | {"offset": -8.0, "scale": 0.5} | changes


def activation_100(name: str = "x", **changes: object) -> dict:
    entry = {"bw": 8, "dtype": "INT", "enc_type": "PER_TENSOR", "is_sym": False, "name": name}
    return entry | {"offset": [-3.0], "scale": [0.25]} | changes


def channels_100(name: str = "w", **changes: object) -> dict:
    entry = {"bw": 4, "dtype": "INT", "enc_type": "PER_CHANNEL", "is_sym": True, "name": name}
    return entry | {"offset": [-8.0, -8.0], "scale": [0.5, 0.125]} | changes


def blocks_100(name: str = "w", **changes: object) -> dict:
    return channels_100(name, enc_type="PER_BLOCK", block_size=16) | changes


def lpbq_100(name: str = "w", **changes: object) -> dict:
    entry = {"bw": 8, "compressed_bw": 4, "dtype": "INT", "enc_type": "LPBQ", "is_sym": True}
    entry |= {"block_size": 16, "name": name, "offset": [-128, -128], "scale": [0.5, 0.125]}
    return entry | {"per_block_int_scale": [16, 1, 7, 16]} | changes


def activation_200(name: str = "x", **changes: object) -> dict:
    return {"name": name, "output_dtype": "uint8", "y_scale": 0.25, "y_zero_point": 3} | changes


def channels_200(name: str = "w", **changes: object) -> dict:
    return {"axis": 0, "name": name, "output_dtype": "int4", "y_scale": [0.5, 0.125]} | changes


def blocks_200(name: str = "w", **changes: object) -> dict:
    entry = {"axis": 1, "block_size": 16, "name": name, "output_dtype": "int4"}
    return entry | {"y_scale": [[[[0.5]], [[0.25]]], [[[0.125]], [[1.0]]]]} | changes


def lpbq_200(name: str = "w", **changes: object) -> dict:
    entry = {"axis": 1, "block_size": 16, "name": name, "output_dtype": "int4"}
    entry["per_channel_float_scale"] = [[[[0.5]]], [[[0.125]]]]
    return entry | {"per_block_int_scale": [[[[16]], [[1]]], [[[7]], [[16]]]]} | changes


def file_061(activations: dict, parameters: dict) -> dict:
    return {
        "version": "0.6.1",
        "activation_encodings": activations,
        "param_encodings": parameters,
        "producer": {},
    }


def file_100(activations: list, parameters: list) -> dict:
    return file_061({}, {}) | {
        "version": "1.0.0",
        "activation_encodings": activations,
        "param_encodings": parameters,
    }


def file_200(*entries: dict) -> dict:
    return {"version": "2.0.0", "encodings": list(entries), "producer": {}}


def read_text(text: str | bytes) -> Encodings:
    """What a file of this text holds; its path in errors is FOLDER/e.json."""
    with temporary_directory() as folder:
        path = pathlib.Path(folder, "e.json")
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_encodings(path)


def read(file: dict) -> Encodings:
    return read_text(json.dumps(file))


FIXTURES = import_support.fixtures("aimet")
VERSIONS = {
    "channels": ("0.6.1", "1.0.0", "2.0.0"),
    "blocks": ("1.0.0", "2.0.0"),
    "lpbq": ("1.0.0", "2.0.0"),
}


def fixture(variant: str, version: str) -> pathlib.Path:
    return FIXTURES / f"{variant}.{version}.json"


def model_bytes(
    nodes: list, constants: dict[str, np.ndarray], shape: list = [2, 4, 4], output: str = "y"
) -> bytes:
    """A model from `x` [N, *shape] to `output`."""
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "net",
        [value("x", TensorProto.FLOAT, ["N", *shape])],
        [value(output, TensorProto.FLOAT, None)],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return model.SerializeToString(deterministic=True)


def convert(model: bytes, encodings: dict | str | bytes, bias: str = "float") -> Bundle:
    """The bundle; in errors the files are FOLDER/net.onnx and FOLDER/e.json."""
    with temporary_directory() as folder:
        paths = pathlib.Path(folder, "net.onnx"), pathlib.Path(folder, "e.json")
        paths[0].write_bytes(model)
        text = json.dumps(encodings) if isinstance(encodings, dict) else encodings
        paths[1].write_bytes(text if isinstance(text, bytes) else text.encode())
        return aimet_import.make_bundle(aimet_import.convert(*paths, bias))


def run(*words: object) -> None:
    """The importer as from its command line, in this process."""
    aimet_import.import_network(aimet_import.parse_arguments([str(word) for word in words]))


def op(bundle: Bundle, name: str) -> dict:
    return next(op for op in bundle.ops if op["name"] == name)
