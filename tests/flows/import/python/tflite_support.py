"""What the tests of the TFLite importer share: paths, fixtures, one import in this process."""

import pathlib
import random
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[4]
FIXTURES = ROOT / "tests/fixtures/tflite"
IMPORT = ROOT / "flows/import"
sys.dont_write_bytecode = True
sys.path[:0] = [str(IMPORT), str(FIXTURES)]

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


def temporary_directory() -> tempfile.TemporaryDirectory:
    return tempfile.TemporaryDirectory(prefix="systole-test-")


def mutated(data: bytes, seed: int) -> bytes:
    """Up to eight random injuries: flipped bits, overwritten words, swapped, lost, added bytes."""
    rng = random.Random(seed)
    result = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        at = rng.randrange(len(result))
        kind = rng.randrange(7)
        if kind <= 1:
            result[at] ^= 1 << rng.randrange(8)
        elif kind == 2:
            other = rng.randrange(len(result))
            result[at], result[other] = result[other], result[at]
        elif kind == 3:
            word = rng.choice((0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, rng.randrange(1 << 32)))
            result[at : at + 4] = word.to_bytes(4, "little")
        elif kind == 4:
            del result[at : at + rng.choice((1, 4, len(result)))]
        elif kind == 5:
            result[at:at] = rng.randbytes(rng.choice((1, 4, 64)))
        else:
            result += rng.randbytes(rng.choice((1, 1000)))
        if not result:
            break
    return bytes(result)
