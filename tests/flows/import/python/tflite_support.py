"""What the tests of the TFLite importer share: fixtures, one import in this process."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import import_support  # noqa: E402

FIXTURES = import_support.fixtures("tflite")

import tflite_import  # noqa: E402  (found through the paths above)
import tflite_model  # noqa: E402
from bundle import Bundle  # noqa: E402
from tflite_writer import Network, serialise  # noqa: E402

NAMES = ("int8_layers", "uint8_layers", "int8_elementwise")
KERNELS = ("reference", "optimised", "xnnpack")


def fixture(name: str) -> pathlib.Path:
    return FIXTURES / f"{name}.tflite"


def convert_bytes(data: bytes, kernels: str = "reference") -> Bundle:
    """The bundle of a file's bytes; its name in errors is net.tflite."""
    model = tflite_model.parse_model(pathlib.Path("net.tflite"), data)
    return tflite_import.convert(model, kernels)[0]


def convert_network(network: Network, kernels: str = "reference") -> Bundle:
    return convert_bytes(serialise(network), kernels)


def run(*words: object) -> None:
    """The importer as from its command line, in this process."""
    tflite_import.import_network(tflite_import.parse_arguments([str(word) for word in words]))
