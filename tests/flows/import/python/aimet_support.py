"""What the tests of the AIMET importer share: encodings of each format, written by hand."""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from import_support import temporary_directory  # noqa: E402

from aimet_encodings import Encodings, read_encodings  # noqa: E402  (found through import_support)


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
