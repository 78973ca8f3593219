"""Damaged files: every one is refused with one line, or imported; none crashes, hangs or fills
the memory."""

import os
import pathlib
import random
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from damage_support import DamageCase  # noqa: E402
from import_support import caught, mutated, temporary_directory  # noqa: E402
from onnx_support import FIXTURES, convert_bytes, fixture, one_input, onnx, run  # noqa: E402

import numpy as np  # noqa: E402

MUTATIONS = 300  # Of each network.


class Damage(DamageCase):
    def test_of_networks_by_seeded_mutations(self):
        for name in ("images", "tokens", "narrow", "qlinear"):
            data = fixture(name).read_bytes()
            for seed in range(MUTATIONS):
                with self.survives(f"{name}, seed {seed}"):
                    convert_bytes(mutated(data, random.Random(seed)))
        self.assertGreater(self.refused, MUTATIONS // 10)
        self.assertGreater(self.taken, MUTATIONS // 10)

    def test_of_a_network_at_every_length(self):
        data = fixture("narrow").read_bytes()
        for length in range(0, len(data), 7):
            with self.survives(f"{length} bytes"):
                convert_bytes(data[:length])
        self.assertEqual(self.taken, 0)

    def test_of_every_integer_of_a_network(self):
        """Extents, axes, pads and steps that are negative, zero or huge."""
        model = onnx.load(fixture("images"))
        attributes = [a for node in model.graph.node for a in node.attribute]
        for attribute in attributes:
            for value in (-1, 0, 7, 1 << 31, -(1 << 63), (1 << 63) - 1):
                kept = onnx.AttributeProto()
                kept.CopyFrom(attribute)
                attribute.i = value
                if attribute.ints:
                    attribute.ints[len(attribute.ints) - 1] = value
                with self.survives(f"{attribute.name} {value}"):
                    convert_bytes(model.SerializeToString())
                attribute.CopyFrom(kept)

    def test_of_recorded_tensors_by_seeded_mutations(self):
        data = (FIXTURES / "narrow.qdq.safetensors").read_bytes()
        with temporary_directory() as folder:
            path = pathlib.Path(folder) / "recorded.safetensors"
            out = ["--bundle", path.with_name("net"), "--goldens-out", path.with_name("goldens")]
            for seed in range(100):
                path.write_bytes(mutated(data, random.Random(seed)))
                with self.survives(f"seed {seed}"):
                    run(fixture("narrow"), *out, "--goldens", path)
        self.assertGreater(self.refused, 10)


class ExternalData(unittest.TestCase):
    def setUp(self):
        scratch = temporary_directory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name) / "models"
        self.folder.mkdir()
        self.values = np.arange(4, dtype=np.float32)
        (self.folder / "net.data").write_bytes(b"12345678" + self.values.tobytes())
        (self.folder.parent / "outside.data").write_bytes(self.values.tobytes())

    def outcome(self, **entries: str) -> tuple[int, str]:
        """Exit status and message of a network whose constant `c` is stored as the entries say."""
        m, x = one_input([4])
        m.outputs = [m.quantised(m.node("Add", [x, m.constant("c", self.values)], "y"), 0.5)]
        model = m.model()
        tensor = next(x for x in model.graph.initializer if x.name == "c")
        tensor.ClearField("raw_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL
        for key, value in entries.items():
            tensor.external_data.add(key=key, value=value)
        path = self.folder / "net.onnx"
        path.write_bytes(model.SerializeToString())
        return caught(lambda: run(path, "--bundle", self.folder / "out"))

    def expect(self, part: str, **entries: str) -> None:
        status, message = self.outcome(**entries)
        self.assertEqual(status, 2)
        self.assertIn(part, message)
        self.assertIn("initialiser c", message)

    def test_is_read_from_the_models_own_folder(self):
        status, message = self.outcome(location="net.data", offset="8", length="16")
        self.assertEqual((status, message), (0, ""))
        self.assertEqual(self.outcome(location="net.data", offset="8")[0], 0)

    def test_is_not_read_from_elsewhere(self):
        expected = "expected a file of the model's own folder"
        for location in ("../outside.data", "sub/../net.data", "", "/etc/passwd", "a\0b"):
            self.expect(expected, location=location)
        self.expect(expected, location=str(self.folder.parent / "outside.data"))
        self.expect(expected, offset="8")

    def test_is_not_read_through_links_out_of_the_folder(self):
        os.symlink("../outside.data", self.folder / "link.data")
        self.expect("a link out of the folder", location="link.data")
        os.symlink("..", self.folder / "up")
        self.expect("a link out of the folder", location="up/outside.data")
        os.symlink("net.data", self.folder / "inner.data")
        self.assertEqual(self.outcome(location="inner.data", offset="8")[0], 0)

    def test_must_be_as_long_as_the_shape_and_in_the_file(self):
        self.expect("got 12 bytes in net.data, expected 16", location="net.data", length="12")
        self.expect("bytes 9 to 25 of a file of 24", location="net.data", offset="9")
        self.expect("got offset '-8'", location="net.data", offset="-8")
        self.expect("got length 'many'", location="net.data", length="many")

    def test_must_be_a_file_that_exists(self):
        self.expect("none.data: initialiser c: got No such file", location="none.data")
        (self.folder / "sub").mkdir()
        self.expect("sub: initialiser c: got a directory", location="sub")


class Files(unittest.TestCase):
    def test_that_are_no_models_are_named(self):
        with temporary_directory() as folder:
            path = pathlib.Path(folder) / "net.onnx"
            for data, part in (
                (b"", "an empty file"),
                (b"PK\x03\x04", "damaged"),
                (b"\x08\x07", "no graph"),
            ):
                path.write_bytes(data)
                status, message = caught(lambda: run(path, "--bundle", path.with_name("out")))
                self.assertEqual(status, 2)
                self.assertTrue(message.startswith(f"error: {path}: "), message)
                self.assertIn(part, message)
                self.assertFalse(path.with_name("out").exists())
            status, message = caught(lambda: run(folder, "--bundle", path.with_name("out")))
            self.assertIn("got a directory, expected an .onnx file", message)


if __name__ == "__main__":
    unittest.main()
