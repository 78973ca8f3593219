"""Damaged integer ONNX files: every one is refused with one line, or imported; none crashes."""

import pathlib
import random
import subprocess
import sys
import unittest

import numpy as np
import onnx

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from import_support import IMPORT, at_most, mutated, temporary_directory  # noqa: E402
from onnx_integer_support import FIXTURES, NAMES, convert_bytes, fixture  # noqa: E402

from errors import InputError  # noqa: E402
from onnx_integer_goldens import read_integer_goldens  # noqa: E402
from onnx_model import read_model  # noqa: E402

MUTATIONS = 150  # Of each of two networks.
MOST_SECONDS = 5.0


def injured(data: bytes, rng: random.Random) -> bytes:
    """A model with one node or one constant that is not what it was."""
    model = onnx.ModelProto()
    model.ParseFromString(data)
    node = rng.choice(model.graph.node)
    match rng.randrange(8):
        case 0:
            node.op_type = rng.choice(model.graph.node).op_type
        case 1:
            del node.input[rng.randrange(len(node.input))]
        case 2:
            names = [name for other in model.graph.node for name in (*other.input, *other.output)]
            node.input[rng.randrange(len(node.input))] = rng.choice(names)
        case 3 if node.attribute:
            del node.attribute[rng.randrange(len(node.attribute))]
        case 4 if node.attribute:
            numbers = (-1, 0, 1, 3, 256, 65537, (1 << 31) - 1, -(1 << 31), 1 << 40)
            kinds = (int, float, str, lambda n: [n], lambda n: [n, 1], lambda n: [n] * 4)
            name = node.attribute[rng.randrange(len(node.attribute))].name
            kept = [x for x in node.attribute if x.name != name]
            del node.attribute[:]
            node.attribute.extend(kept)
            value = rng.choice(kinds)(rng.choice(numbers))
            node.attribute.append(onnx.helper.make_attribute(name, value))
        case 5:
            dims = model.graph.input[0].type.tensor_type.shape.dim
            dims[rng.randrange(len(dims))].dim_value = rng.choice((0, 1, 2, 7, 1 << 20, 1 << 40))
        case _ if model.graph.initializer:
            constant = rng.choice(model.graph.initializer)
            values = onnx.numpy_helper.to_array(constant)
            values = rng.choice(INJURIES)(values).astype(values.dtype)
            constant.CopyFrom(onnx.numpy_helper.from_array(values, constant.name))
    return model.SerializeToString()


INJURIES = (
    lambda x: x * 0.5,
    lambda x: x * 1e9,
    lambda x: -x,
    lambda x: np.zeros_like(x),
    lambda x: x.reshape(-1),
    lambda x: x[None],
    lambda x: x[..., None],
    lambda x: x.ravel()[:1],
    lambda x: x.ravel()[:0],
    lambda x: np.concatenate([x.ravel(), x.ravel()]),
)


class Damage(unittest.TestCase):
    def outcomes(self, cases: list[bytes], read) -> tuple[int, int]:
        """How many were taken and how many refused."""
        taken = refused = 0
        for seed, data in enumerate(cases):
            with self.subTest(seed=seed), at_most(MOST_SECONDS):
                try:
                    read(data)
                    taken += 1
                except InputError as error:
                    refused += 1
                    self.assertNotIn("\n", str(error))
                    self.assertLess(len(str(error)), 1000)
        return taken, refused

    def test_of_networks_by_seeded_mutations(self):
        for name in ("convolution", "attention"):
            data = fixture(name).read_bytes()
            cases = [mutated(data, random.Random(seed)) for seed in range(MUTATIONS)]
            taken, refused = self.outcomes(cases, convert_bytes)
            self.assertEqual(taken + refused, MUTATIONS)
            self.assertGreater(taken, 0)
            self.assertGreater(refused, MUTATIONS // 2)

    def test_of_nodes_and_constants_by_seeded_mutations(self):
        """What protobuf takes for sound: other operands, attributes, shapes and values."""
        for name in NAMES:
            data = fixture(name).read_bytes()
            cases = [injured(data, random.Random(seed)) for seed in range(MUTATIONS)]
            taken, refused = self.outcomes(cases, convert_bytes)
            self.assertEqual(taken + refused, MUTATIONS)
            self.assertGreater(min(taken, refused), MUTATIONS // 20, name)

    def test_of_a_network_at_every_length(self):
        data = fixture("linear").read_bytes()
        cases = [data[:length] for length in range(0, len(data), 5)]
        taken, refused = self.outcomes(cases, convert_bytes)
        self.assertEqual(taken + refused, len(cases))

    def test_of_recorded_tensors_by_seeded_mutations(self):
        model = read_model(fixture("linear"))
        _, values = convert_bytes(fixture("linear").read_bytes())
        data = (FIXTURES / "linear.npz").read_bytes()
        with temporary_directory() as folder:
            path = pathlib.Path(folder, "recorded.npz")

            def read(damaged: bytes) -> None:
                path.write_bytes(damaged)
                read_integer_goldens(model, values, [str(path)])

            cases = [mutated(data, random.Random(seed)) for seed in range(MUTATIONS)]
            taken, refused = self.outcomes(cases, read)
        self.assertEqual(taken + refused, MUTATIONS)
        self.assertGreater(refused, MUTATIONS // 20)

    def test_ends_the_program_with_two_and_one_line(self):
        data = fixture("softmax").read_bytes()
        with temporary_directory() as folder:
            path = pathlib.Path(folder, "net.onnx")
            for damaged in (b"", data[:100], data.replace(b"n_levels", b"n_revels")):
                path.write_bytes(damaged)
                command = [
                    sys.executable,
                    "-B",
                    IMPORT / "onnx_import.py",
                    path,
                    "--bundle",
                    f"{folder}/out",
                ]
                finished = subprocess.run(command, capture_output=True, text=True, timeout=60)
                self.assertEqual(finished.returncode, 2, finished.stderr)
                self.assertRegex(finished.stderr, rf"\Aerror: {path}: [^\n]+\n\Z")
                self.assertFalse(pathlib.Path(folder, "out").exists())


if __name__ == "__main__":
    unittest.main()
