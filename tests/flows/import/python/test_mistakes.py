"""The mistakes that users make most: each ends with status 2 and one line that says what to do."""

import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import torch2chip_support as torch2chip  # noqa: E402
from import_support import IMPORT, temporary_directory  # noqa: E402
from tflite_support import fixture  # noqa: E402

import numpy as np  # noqa: E402
from tflite_writer import Network, serialise  # noqa: E402

TINY = torch2chip.FIXTURES / "tiny"
TOPOLOGY = (TINY / "topology.yaml").read_text()


class Mistakes(unittest.TestCase):
    def setUp(self):
        temporary = temporary_directory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def file(self, name: str, data: bytes | str) -> pathlib.Path:
        path = self.folder / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    def refused(self, line: str, program: str, *words: object) -> None:
        """The whole line, in which FOLDER stands for the temporary one."""
        command = [sys.executable, "-B", IMPORT / program, *words, "--bundle", self.folder / "net"]
        finished = subprocess.run(map(str, command), capture_output=True, text=True, timeout=60)
        shown = finished.stderr.replace(str(self.folder), "FOLDER")
        self.assertEqual((shown, finished.returncode), (f"error: {line}\n", 2))
        self.assertFalse((self.folder / "net").exists())

    def tflite(self, line: str, *words: object) -> None:
        self.refused(line, "tflite_import.py", *words)

    def torch2chip(self, line: str, *words: object) -> None:
        self.refused(line, "torch2chip_import.py", *words)

    def topology(self, line: str, text: str) -> None:
        self.torch2chip(line, TINY, "--topology", self.file("net.yaml", text))

    def test_a_missing_file(self):
        absent = self.folder / "absent"
        readable = "got No such file or directory, expected a readable file"
        self.tflite(f"FOLDER/absent: {readable}", absent)
        self.torch2chip(f"FOLDER/absent: {readable}", TINY, "--topology", absent)
        self.torch2chip(
            "FOLDER/absent: got no directory, expected an export: a folder with "
            "t2c_model.pth.tar and tensors/",
            absent,
            "--topology",
            TINY / "topology.yaml",
        )

    def test_a_directory(self):
        self.tflite("FOLDER: got a directory, expected a .tflite file", self.folder)
        self.torch2chip(
            "FOLDER: got a directory, expected a topology file", TINY, "--topology", self.folder
        )

    def test_a_file_of_another_format(self):
        hint = "is it a network of another format, or one that was not copied whole?"
        expected = f"expected a TensorFlow Lite model; {hint}"
        empty, text = self.file("empty.tflite", b""), self.file("text.tflite", "some text")
        self.tflite(f"FOLDER/empty.tflite: got an empty file, {expected}", empty)
        self.tflite(f"FOLDER/text.tflite: got no TFL3 at byte 4, {expected}", text)

    def test_a_network_of_floats(self):
        network = Network(inputs=[0], outputs=[2])
        network.tensor("x", "float32", [1, 4])
        network.constant("w", np.ones((3, 4), np.float32))
        network.tensor("y", "float32", [1, 3])
        network.operator("FULLY_CONNECTED", [0, 1, -1], [2])
        self.tflite(
            "FOLDER/net.tflite: operator 0 (FULLY_CONNECTED): got operand 0, t0.x, of float32, "
            "expected int8 or uint8 activations; convert the network with full integer "
            "quantization",
            self.file("net.tflite", serialise(network)),
        )

    def test_another_number_of_labels(self):
        np.save(self.folder / "x.npy", np.zeros((4, 6, 6, 3), np.int8))
        words = ("--samples", self.folder / "x.npy", "--labels", self.file("y.txt", "1\n2\n"))
        self.tflite(
            "FOLDER/y.txt: got 2 labels, expected 4, one per sample", fixture("int8_layers"), *words
        )

    def test_samples_of_another_layout(self):
        np.save(self.folder / "x.npy", np.zeros((4, 3, 6, 6), np.int8))
        self.tflite(
            "FOLDER/x.npy: t0.image: got samples [4, 3, 6, 6], expected [count, 6, 6, 3]",
            fixture("int8_layers"),
            "--samples",
            self.folder / "x.npy",
        )

    def test_an_option_that_is_missing(self):
        self.torch2chip(
            "the following arguments are required: --topology; --help lists what there is", TINY
        )

    def test_a_topology_that_lacks_a_layer(self):
        neck = "  - conv_bn_relu: {prefix: neck, channels: 8, groups: 8}\n"
        self.topology(
            "FOLDER/net.yaml:14: fc.linear.ops: got fc.linear.ops, expected neck.conv.ops as op 3 "
            "of tensors/matmul.json; a layer is missing, or not where the export ran it",
            TOPOLOGY.replace(neck, ""),
        )

    def test_a_topology_that_lacks_its_last_layer(self):
        linear = "  - linear: {prefix: fc, features: 3}\n"
        self.topology(
            "FOLDER/net.yaml: layers: got no layer for fc.linear.ops, expected all 5 ops of "
            "tensors/matmul.json; add it where the export ran it",
            TOPOLOGY.replace(linear, ""),
        )

    def test_swapped_layers(self):
        first, second, *rest = TOPOLOGY.split("layers:\n")[1].splitlines()
        head = TOPOLOGY.split("layers:\n")[0]
        self.topology(
            "FOLDER/net.yaml:10: layer1.0.conv1.conv.ops: got layer1.0.conv1.conv.ops, expected "
            "conv1.conv.ops as op 0 of tensors/matmul.json; a layer is missing, or not where the "
            "export ran it",
            "\n".join([head + "layers:", second, first, *rest]),
        )

    def test_another_stride(self):
        self.topology(
            "FOLDER/net.yaml:11: layer1.0.conv1.conv.ops: got an output [8, 6, 6] with stride 1 "
            "and padding 1, expected [8, 3, 3] (z_shape of tensors/matmul.json); check this "
            "layer's keys and the layers before it",
            TOPOLOGY.replace("stride: 2", "stride: 1"),
        )

    def test_a_mistyped_prefix(self):
        self.topology(
            "FOLDER/net.yaml:12: nek.conv.aq: got no entry nek.conv.aq.scale in the export, "
            "expected a prefix that names a module of it; the nearest entry is neck.conv.aq.scale",
            TOPOLOGY.replace("prefix: neck", "prefix: nek"),
        )


if __name__ == "__main__":
    unittest.main()
