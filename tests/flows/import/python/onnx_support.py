"""What the tests of the ONNX importer share: fixtures, one import in this process."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import import_support  # noqa: E402

FIXTURES = import_support.fixtures("onnx")

import onnx  # noqa: E402, F401  (found through the paths above)

import onnx_import  # noqa: E402
from bundle import Bundle  # noqa: E402
from onnx_maker import Maker  # noqa: E402
from onnx_model import OnnxModel, read_model  # noqa: E402

NAMES = ("images", "tokens", "elementwise", "qlinear", "narrow")
KERNELS = ("qdq", "integer")


def fixture(name: str) -> pathlib.Path:
    return FIXTURES / f"{name}.onnx"


def read_bytes(data: bytes) -> OnnxModel:
    """The model of a file's bytes; the file is net.onnx."""
    with import_support.temporary_directory() as folder:
        path = pathlib.Path(folder) / "net.onnx"
        path.write_bytes(data)
        return read_model(path)


def convert_bytes(data: bytes, kernels: str = "qdq") -> Bundle:
    return onnx_import.convert(read_bytes(data), kernels)[0]


def convert(maker: Maker, kernels: str = "qdq") -> Bundle:
    return convert_bytes(maker.model().SerializeToString(), kernels)


def op(bundle: Bundle, name: str) -> dict:
    return next(keys for keys in bundle.ops if keys["name"] == name)


def one_input(shape: list[int], opset: int = 17, kind: str = "int8") -> tuple[Maker, str]:
    """A network that begins with Q and DQ of scale 0.5, zero point 3; the value behind them."""
    maker = Maker(1, opset, kind)
    return maker, maker.quantised(maker.input("x", shape), 0.5, 3)


def run(*words: object) -> None:
    """The importer as from its command line, in this process."""
    onnx_import.import_network(onnx_import.parse_arguments([str(word) for word in words]))
