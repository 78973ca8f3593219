"""Damaged files: every one is refused with one line, or imported; none crashes, hangs or fills
the memory."""

import pathlib
import random
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from damage_support import DamageCase  # noqa: E402
from import_support import IMPORT, mutated, temporary_directory  # noqa: E402
from tflite_support import FIXTURES, convert_bytes, fixture  # noqa: E402

import tflite_data  # noqa: E402
import tflite_import  # noqa: E402
import tflite_model  # noqa: E402

MUTATIONS = 1000
RECORDED = FIXTURES / "int8_elementwise.reference.safetensors"


class Damage(DamageCase):
    def test_of_a_network_by_seeded_mutations(self):
        data = fixture("int8_layers").read_bytes()
        for seed in range(MUTATIONS):
            with self.survives(f"seed {seed}"):
                convert_bytes(mutated(data, random.Random(seed)))
        self.assertGreater(self.refused, MUTATIONS // 10)
        self.assertGreater(self.taken, MUTATIONS // 10)

    def test_of_a_network_at_every_length(self):
        data = fixture("uint8_layers").read_bytes()
        for length in range(0, len(data), 3):
            with self.survives(f"{length} bytes"):
                convert_bytes(data[:length])

    def test_of_every_word_of_a_network(self):
        """Offsets beyond the file, lengths of 2 GB, negative extents and indices, NaN scales."""
        data = fixture("uint8_layers").read_bytes()
        for at in range(0, len(data) - 3, 4):
            for word in (0x7FFFFFFF, 0x80000000, 0xFFFFFFFF):
                with self.survives(f"{word:#x} at {at}"):
                    convert_bytes(data[:at] + word.to_bytes(4, "little") + data[at + 4 :])

    def test_of_recorded_tensors_by_seeded_mutations(self):
        data = RECORDED.read_bytes()
        network = fixture("int8_elementwise")
        model = tflite_model.parse_model(network, network.read_bytes())
        _, known, _ = tflite_import.convert(model, "reference")
        with temporary_directory() as folder:
            path = pathlib.Path(folder, "recorded.safetensors")
            for seed in range(MUTATIONS):
                path.write_bytes(mutated(data, random.Random(seed)))
                with self.survives(f"seed {seed}"):
                    tflite_data.read_goldens(model, known, [str(path)], "reference")
        self.assertGreater(self.refused, MUTATIONS // 10)
        self.assertGreater(self.taken, MUTATIONS // 10)


class CommandLine(unittest.TestCase):
    def run_program(self, *words: object) -> subprocess.CompletedProcess:
        command = [sys.executable, "-B", IMPORT / "tflite_import.py", *words]
        return subprocess.run(
            [str(word) for word in command], capture_output=True, text=True, timeout=60
        )

    def test_exits_with_two_and_one_line_on_a_damaged_file(self):
        data = fixture("int8_layers").read_bytes()
        with temporary_directory() as folder:
            path = pathlib.Path(folder, "net.tflite")
            for length in (0, 7, 100, len(data) // 2):
                path.write_bytes(data[:length])
                finished = self.run_program(path, "--bundle", f"{folder}/out")
                self.assertEqual(finished.returncode, 2, finished.stderr)
                self.assertRegex(finished.stderr, rf"\Aerror: {path}: [^\n]+\n\Z")
                self.assertFalse(pathlib.Path(folder, "out").exists())

    def test_exits_with_two_when_there_is_no_file(self):
        for source in ("/absent/net.tflite", "/dev/zero", "/"):
            finished = self.run_program(source, "--bundle", "/dev/null/out")
            self.assertEqual(finished.returncode, 2)
            self.assertRegex(finished.stderr, rf"\Aerror: {source}: [^\n]+\n\Z")

    def test_exits_with_two_when_the_bundle_cannot_be_written(self):
        finished = self.run_program(fixture("int8_layers"), "--bundle", "/dev/null/out")
        self.assertEqual(finished.returncode, 2)
        self.assertRegex(finished.stderr, r"\Aerror: /dev/null/out: [^\n]+\n\Z")

    def test_exits_with_zero_and_says_nothing_when_all_is_well(self):
        with temporary_directory() as folder:
            finished = self.run_program(fixture("int8_layers"), "--bundle", f"{folder}/out")
            self.assertEqual((finished.returncode, finished.stderr, finished.stdout), (0, "", ""))

    def test_shows_examples_in_its_help(self):
        finished = self.run_program("--help")
        self.assertEqual(finished.returncode, 0)
        self.assertIn("--goldens recorded.safetensors", finished.stdout)

    def test_refuses_options_that_belong_together(self):
        net = fixture("int8_layers")
        for words in (("--labels", "x"), ("--goldens", "x"), ("--goldens-out", "x")):
            finished = self.run_program(net, "--bundle", "/dev/null/out", *words)
            self.assertEqual(finished.returncode, 2)
            self.assertIn("error:", finished.stderr)


if __name__ == "__main__":
    unittest.main()
