"""Topologies of well-known networks, and random weights for any topology."""

import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import torch2chip_support as support  # noqa: E402  (it sets the paths of what follows)
from import_support import IMPORT, caught  # noqa: E402
from pytorch_support import topology_text  # noqa: E402

import float_forward  # noqa: E402
import model_zoo  # noqa: E402
import numpy as np  # noqa: E402
import random_import  # noqa: E402
from float_builder import FloatBuilder  # noqa: E402
from float_layers import build  # noqa: E402
from random_weights import RandomWeights, fit_batch_norms  # noqa: E402
from topology import load_topology  # noqa: E402

# Trainable parameters as the papers or torchvision count them (1,000 classes; CIFAR's: 10). VGG's
# are torchvision's features without the biases that batch norm makes superfluous, and 512 x 10.
PARAMETERS = {
    "resnet18": (1000, 11_689_512),
    "resnet34": (1000, 21_797_672),
    "resnet50": (1000, 25_557_032),
    "resnet20": (10, 269_722),
    "resnet56": (10, 853_018),
    "mobilenet_v1": (1000, 4_231_976),
    "mobilenet_v2": (1000, 3_504_872),
    "vgg11_bn": (10, 9_225_984 - 2752 + 512 * 10 + 10),
    "vgg16_bn": (10, 14_723_136 - 4224 + 512 * 10 + 10),
    "deit_tiny": (1000, 5_717_416),
}


class Counter:
    """Weights that only count themselves."""

    trainable = 0

    def has_bias(self, node: object, name: str) -> bool:
        return node.keys.get("bias", node.op == "matmul")

    def has(self, node: object, name: str) -> bool:
        return False

    def tensor(self, node: object, name: str, shape: tuple[int, ...]) -> np.ndarray:
        if not name.endswith((".running_mean", ".running_var")):
            self.trainable += int(np.prod(shape))
        return np.ones(shape, np.float32)


class Zoo(unittest.TestCase):
    def setUp(self):
        temporary = support.temporary_directory()
        self.addCleanup(temporary.cleanup)
        self.path = pathlib.Path(temporary.name) / "net.yaml"

    def test_has_the_parameters_that_its_networks_are_known_for(self):
        self.assertEqual(PARAMETERS.keys(), model_zoo.MODELS.keys())
        for name, (classes, count) in PARAMETERS.items():
            with self.subTest(network=name):
                self.path.write_text(model_zoo.topology_text(name, classes=classes))
                counter = Counter()
                builder = build(FloatBuilder(load_topology(self.path), counter))
                self.assertEqual(counter.trainable, count)
                last = builder.results[builder.topology.nodes[-1].id]
                self.assertEqual(last.shape, (classes,))

    def test_takes_224_pixels_down_to_7_by_7(self):
        for name in ("resnet18", "resnet50", "mobilenet_v1", "mobilenet_v2", "vgg11_bn"):
            with self.subTest(network=name):
                self.path.write_text(model_zoo.topology_text(name, size=224))
                builder = build(FloatBuilder(load_topology(self.path), Counter()))
                pool = next(op for op in builder.ops if op["op"] == "global_avg_pool")
                by_op = {result.op: result for result in builder.results.values()}
                self.assertEqual(by_op[pool["inputs"][0]].shape[1:], (7, 7))

    def test_is_a_program(self):
        def run(*words: str) -> subprocess.CompletedProcess:
            command = [sys.executable, "-B", str(IMPORT / "model_zoo.py"), *words]
            return subprocess.run(command, capture_output=True, text=True, timeout=60)

        self.assertEqual(run("resnet20").stdout, model_zoo.topology_text("resnet20"))
        refused = run("resnet18", "--size", "16")
        line = "error: --size: got 16, expected an integer in [32, 1024]\n"
        self.assertEqual((refused.stderr, refused.returncode), (line, 2))


LAYERS = (
    "conv_bn_relu: {prefix: conv1, channels: 8}",
    "resnet_basic: {prefix: layer1, channels: 8}",
    "conv_bn_relu: {prefix: conv2, channels: 8, groups: 8, stride: 2, relu: relu6}",
    "global_avg_pool",
    "flatten",
    "linear: {prefix: fc, features: 5, norm: bn3}",
)


class Random(unittest.TestCase):
    def setUp(self):
        temporary = support.temporary_directory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        (self.folder / "net.yaml").write_text(topology_text([3, 8, 8], *LAYERS))

    def make(self, name: str, *words: object) -> tuple[int, str]:
        words = ("--topology", self.folder / "net.yaml", "--bundle", self.folder / name, *words)
        arguments = random_import.parse([str(word) for word in words])
        status, text = caught(lambda: random_import.convert(arguments))
        return status, text.replace(str(self.folder), "FOLDER")

    def made(self, name: str, *words: object) -> list[bytes]:
        self.assertEqual(self.make(name, *words), (0, ""))
        files = ("network.yaml", "tensors.safetensors")
        return [(self.folder / name / file).read_bytes() for file in files]

    def test_networks_of_one_seed_are_equal_and_of_two_differ(self):
        first = self.made("a", "--seed", 7)
        self.assertEqual(self.made("b", "--seed", 7), first)
        self.assertNotEqual(self.made("c", "--seed", 8)[1], first[1])

    def test_weights_have_the_variance_of_he(self):
        weights = RandomWeights(np.random.default_rng(1))
        node = load_topology(self.folder / "net.yaml").nodes[2]
        weight = weights.tensor(node, "conv1.weight", (64, 32, 3, 3))
        self.assertAlmostEqual(float(weight.var() * 32 * 9), 2.0, delta=0.05)
        self.assertAlmostEqual(float(weight.mean()), 0.0, delta=0.005)

    def test_batch_norms_fit_their_operands(self):
        topology = load_topology(self.folder / "net.yaml")
        builder = build(FloatBuilder(topology, RandomWeights(np.random.default_rng(3))))
        inputs = {"input": np.random.default_rng(4).standard_normal((16, 8, 8, 3), np.float32)}
        fit_batch_norms(builder.ops, inputs)
        tensors = float_forward.run(builder.ops, inputs, lambda op, x: None)
        norms = [op for op in builder.ops if op["op"] == "batch_norm"]
        self.assertEqual(len(norms), 5)
        for op in norms:
            y = tensors[op["name"]].reshape(-1, len(op["gamma"]))
            np.testing.assert_allclose(y.mean(0), op["beta"], atol=0.01)
            np.testing.assert_allclose(y.std(0), op["gamma"], rtol=0.01)

    def test_arguments_out_of_range_are_refused(self):
        self.assertEqual(
            self.make("a", "--seed", -1),
            (2, "error: --seed: got -1, expected an integer in [0, 4294967295]\n"),
        )
        self.assertEqual(
            self.make("a", "--count", 0),
            (2, "error: --count: got 0, expected an integer in [1, 10000]\n"),
        )

    def test_layers_without_shapes_are_refused(self):
        (self.folder / "net.yaml").write_text(topology_text([3, 8, 8], "conv: {id: a, kernel: 3}"))
        self.assertEqual(
            self.make("a"),
            (
                2,
                "error: FOLDER/net.yaml:6: a: got no channels, kernel or features, expected them "
                "in the topology; chance knows no shape\n",
            ),
        )


class Forward(unittest.TestCase):
    """The ops of `float_forward`, each against loops over every element."""

    def setUp(self):
        self.rng = np.random.default_rng(11)

    def one(self, op: dict, *operands: np.ndarray) -> np.ndarray:
        names = [f"x{i}" for i in range(len(operands))]
        op = {"name": "y", "inputs": names, **op}
        return float_forward.run([op], dict(zip(names, operands)), lambda op, x: None)["y"]

    def test_convolutions_of_any_groups_stride_padding_and_dilation(self):
        for groups, inputs, outputs in ((1, 3, 4), (2, 4, 6), (4, 4, 4)):
            x = self.rng.standard_normal((2, 7, 6, inputs))
            weight = self.rng.standard_normal((3, 2, inputs // groups, outputs))
            keys = {"groups": groups, "stride": [2, 1], "dilation": [1, 2], "padding": [1, 0, 2, 1]}
            y = self.one({"op": "conv2d", "weight": weight, **keys}, x)
            padded = np.zeros((2, 10, 7, inputs))
            padded[:, 1:8, 0:6] = x
            self.assertEqual(y.shape, (2, 4, 5, outputs))
            for n, h, w, o in np.ndindex(y.shape):
                first = o // (outputs // groups) * (inputs // groups)
                expected = sum(
                    padded[n, 2 * h + i, w + 2 * j, first + c] * weight[i, j, c, o]
                    for i, j, c in np.ndindex(weight.shape[:3])
                )
                self.assertAlmostEqual(y[n, h, w, o], expected)

    def test_pools_with_padding(self):
        x = -1 - self.rng.random((1, 4, 4, 2))
        keys = {"kernel": [3, 3], "stride": [2, 2], "padding": [1, 1, 1, 1]}
        largest = self.one({"op": "max_pool", **keys}, x)
        mean = self.one({"op": "avg_pool", **keys}, x)
        np.testing.assert_array_equal(largest[0, 0, 0], x[0, :2, :2].max((0, 1)))
        np.testing.assert_array_equal(largest[0, 1, 1], x[0, 1:4, 1:4].max((0, 1)))
        np.testing.assert_allclose(mean[0, 0, 0], x[0, :2, :2].sum((0, 1)) / 9)


if __name__ == "__main__":
    unittest.main()
