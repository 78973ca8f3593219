"""Damaged integer ONNX files: every one is refused with one line, or imported; none crashes."""

import pathlib
import random
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from import_support import IMPORT, at_most, mutated, temporary_directory  # noqa: E402
from onnx_integer_support import FIXTURES, convert_bytes, fixture  # noqa: E402

from errors import InputError  # noqa: E402
from onnx_integer_goldens import read_integer_goldens  # noqa: E402
from onnx_model import read_model  # noqa: E402

MUTATIONS = 150  # Of each of two networks.
MOST_SECONDS = 5.0


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
            self.assertGreater(min(taken, refused), MUTATIONS // 20)

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
                command = [sys.executable, "-B", IMPORT / "onnx_import.py", path, "--bundle", f"{folder}/out"]
                finished = subprocess.run(command, capture_output=True, text=True, timeout=60)
                self.assertEqual(finished.returncode, 2, finished.stderr)
                self.assertRegex(finished.stderr, rf"\Aerror: {path}: [^\n]+\n\Z")
                self.assertFalse(pathlib.Path(folder, "out").exists())


if __name__ == "__main__":
    unittest.main()
