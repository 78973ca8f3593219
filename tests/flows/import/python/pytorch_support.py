"""What the tests of the PyTorch importer share: small checkpoints, one import, its bundle."""

import pathlib
import sys
import unittest
from collections import OrderedDict

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import torch2chip_support as support  # noqa: E402  (it sets the paths of what follows)

import numpy as np  # noqa: E402
import pytorch_import  # noqa: E402
import safetensors.numpy  # noqa: E402
import torch_writer  # noqa: E402
import yaml  # noqa: E402

HEAD = "format: systole-topology\nversion: 1\nname: net\n"


def topology_text(shape: list[int], *layers: str, head: str = HEAD) -> str:
    lines = "".join(f"  - {layer}\n" for layer in layers)
    return f"{head}input: {{shape: {shape}}}\nlayers:\n{lines}"


def norm(module: str, channels: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """The tensors of a BatchNorm2d, with its counter."""
    draw = {
        f"{module}.{key}": rng.uniform(0.5, 1.5, channels).astype(np.float32)
        for key in ("weight", "bias", "running_mean", "running_var")
    }
    return draw | {f"{module}.num_batches_tracked": np.array([7], np.int64)}


def real(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.uniform(-1, 1, shape).astype(np.float32)


def views(state: dict[str, np.ndarray]) -> OrderedDict:
    return OrderedDict((key, torch_writer.view(array)) for key, array in state.items())


LAYERS = (
    "conv_bn_relu: {prefix: conv1, channels: 4}",
    "max_pool: {id: pool, kernel: 2}",
    "flatten",
    "linear: {prefix: fc, features: 3}",
)


def small_state(seed: int = 1) -> dict[str, np.ndarray]:
    """Of LAYERS on [2, 4, 6] images."""
    rng = np.random.default_rng(seed)
    state = {"conv1.weight": real(rng, 4, 2, 3, 3), **norm("bn1", 4, rng)}
    return state | {"fc.weight": real(rng, 3, 4 * 2 * 3), "fc.bias": real(rng, 3)}


class Imports(unittest.TestCase):
    def setUp(self):
        temporary = support.temporary_directory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.checkpoint = self.folder / "net.pth"
        self.topology = self.folder / "net.yaml"

    def write(self, state: dict[str, np.ndarray], shape: list[int], *layers: str) -> None:
        torch_writer.save(self.checkpoint, views(state))
        self.topology.write_text(topology_text(shape, *layers))

    def run_import(self, *words: object) -> tuple[int, str]:
        """Exit status and stderr, in which FOLDER stands for the temporary one."""
        required = [self.checkpoint, "--topology", self.topology, "--bundle", self.folder / "net"]
        arguments = pytorch_import.parse([str(word) for word in [*required, *words]])
        status, text = support.caught(lambda: pytorch_import.convert(arguments))
        return status, text.replace(str(self.folder), "FOLDER")

    def imported(self, *words: object) -> tuple[dict, dict[str, np.ndarray]]:
        """network.yaml, its ops by name, and the tensors."""
        self.assertEqual(self.run_import(*words), (0, ""))
        network = yaml.safe_load((self.folder / "net/network.yaml").read_text())
        network["ops"] = {op["name"]: op for op in network["ops"]}
        return network, safetensors.numpy.load_file(self.folder / "net/tensors.safetensors")

    def refused(self, line: str, *words: object) -> None:
        self.assertEqual(self.run_import(*words), (2, f"error: {line}\n"))
        self.assertFalse((self.folder / "net").exists())
