"""Float networks with AIMET's encodings: which ops they become, in which arithmetic."""

import hashlib
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from aimet_support import (  # noqa: E402
    FIXTURES,
    VERSIONS,
    activation_100,
    blocks_100,
    channels_100,
    convert,
    file_100,
    fixture,
    model_bytes,
    op,
    run,
)
from import_support import temporary_directory  # noqa: E402

import numpy as np  # noqa: E402
import safetensors.numpy  # noqa: E402
from onnx import helper  # noqa: E402

import aimet_import  # noqa: E402

NET = FIXTURES / "net.onnx"
CONV = helper.make_node("Conv", ["x", "w", "b"], ["y"], kernel_shape=[1, 1])
CONSTANTS = {
    "w": np.array([[1, -1], [0.25, 0.5]], np.float32).reshape(2, 2, 1, 1),
    "b": np.array([0.3, -0.1], np.float32),
}


def conv_relu(nodes: list, *entries: dict) -> dict[str, dict]:
    """The ops, by name, of a Conv (or the nodes) with weights `w` and the encodings."""
    file = file_100([e for e in entries if e["name"] != "w"], [channels_100()])
    return {op["name"]: op for op in convert(model_bytes(nodes, CONSTANTS), file).ops}


class Formats(unittest.TestCase):
    def test_of_a_variant_give_the_same_bundle(self):
        for variant, versions in VERSIONS.items():
            for bias in ("float", "int32"):
                with temporary_directory() as folder:
                    for version in versions:
                        out = pathlib.Path(folder, version)
                        run(NET, fixture(variant, version), "--bundle", out, "--bias", bias)
                    texts, tensors = set(), set()
                    for out in pathlib.Path(folder).iterdir():
                        text = (out / "network.yaml").read_text()
                        head, _, rest = text.partition("source:\n")
                        texts.add(head + rest[rest.index("inputs:") :])
                        tensors.add((out / "tensors.safetensors").read_bytes())
                    self.assertEqual((len(texts), len(tensors)), (1, 1), f"{variant} {bias}")

    def test_of_signed_codes_move_only_the_codes(self):
        unsigned, signed = (
            aimet_import.convert(NET, fixture("channels", version), "float").graph.ops
            for version in ("2.0.0", "2.0.0_signed")
        )
        moved = set()
        for a, b in zip(unsigned, signed, strict=True):
            for key in a.keys() | b.keys():
                if not np.array_equal(a.get(key), b.get(key)):
                    moved.add(key)
                    if key not in ("type", "value"):
                        self.assertEqual(np.subtract(a[key], b[key]).tolist(), 128, key)
        zero_points = {"zero_point", "input_zero_point", "zero_point_a", "zero_point_b"}
        self.assertEqual(moved, {"type", "pad_value", "value"} | zero_points)


class Ops(unittest.TestCase):
    def test_of_a_product_keep_the_bias_in_reals(self):
        ops = conv_relu([CONV], activation_100(), activation_100("y", scale=[2.0], offset=[-7.0]))
        self.assertEqual(list(ops), ["x.codes", "y.acc", "y"])
        # Steps of the sums: 0.25 * [0.5, 0.125]; of the codes: 2.
        self.assertEqual(ops["y"]["dialect"], "double")
        self.assertEqual(ops["y"]["factor"].tolist(), [0.0625, 0.015625])
        bias = CONSTANTS["b"].astype(np.float64)
        self.assertEqual(ops["y"]["offset"].tolist(), (bias / 2).tolist())
        self.assertNotIn("bias", ops["y"])
        self.assertEqual((ops["y"]["zero_point"], ops["y"]["real_scale"]), (7, 2.0))
        self.assertEqual(ops["y.acc"]["weight"].reshape(2, 2).tolist(), [[2, 2], [-2, 4]])
        self.assertEqual(ops["y.acc"]["pad_value"], 3)

    def test_of_a_product_round_the_bias_to_steps_of_its_sums(self):
        encodings = file_100([activation_100(), activation_100("y")], [channels_100()])
        y = op(convert(model_bytes([CONV], CONSTANTS), encodings, "int32"), "y")
        self.assertEqual(y["bias"].tolist(), [2, -3])  # 0.3 / 0.125 = 2.4, -0.1 / 0.03125 = -3.2
        self.assertNotIn("offset", y)

    def test_of_a_relu_without_encoding_of_its_operand_are_the_lower_bound(self):
        relu = helper.make_node("Relu", ["c"], ["y"])
        conv = helper.make_node("Conv", ["x", "w", "b"], ["c"], kernel_shape=[1, 1])
        y = conv_relu([conv, relu], activation_100(), activation_100("y", offset=[-9.0]))["y"]
        self.assertEqual((y["op"], y["clamp"]), ("requantise", [9, 255]))

    def test_of_a_relu_with_an_encoding_of_its_operand_are_two(self):
        relu = helper.make_node("Relu", ["c"], ["y"])
        conv = helper.make_node("Conv", ["x", "w", "b"], ["c"], kernel_shape=[1, 1])
        entries = [activation_100(name, offset=[-9.0]) for name in "xcy"]
        ops = conv_relu([conv, relu], *entries)
        self.assertEqual([ops[name]["op"] for name in "cy"], ["requantise", "relu"])

    def test_of_a_blockwise_product_are_sums_of_groups(self):
        bundle = aimet_import.make_bundle(
            aimet_import.convert(NET, fixture("blocks", "1.0.0"), "float")
        )
        acc, conv2 = op(bundle, "conv2.out.acc"), op(bundle, "conv2.out")
        self.assertEqual((acc["groups"], acc["weight"].shape), (2, (3, 3, 4, 16)))
        self.assertEqual((conv2["op"], conv2["blocks"]), ("requantise_blocks", 2))
        self.assertEqual((conv2["factor"].shape, conv2["offset"].shape), ((16,), (8,)))

    def test_of_a_blockwise_linear_layer_take_its_bias_and_relu(self):
        layers = (
            [helper.make_node("Gemm", ["x", "w", "b"], ["h"], transB=1)],
            [
                helper.make_node("MatMul", ["x", "v"], ["m"]),
                helper.make_node("Add", ["m", "b"], ["h"]),
            ],
        )
        weight = np.ones((2, 4), np.float32)
        for name, nodes in zip("wv", layers):
            relu = helper.make_node("Relu", ["h"], ["y"])
            entry = blocks_100(name, block_size=2, scale=[0.5, 0.25, 0.125, 1], offset=[-8.0] * 4)
            file = file_100([activation_100(), activation_100("y", scale=[2.0])], [entry])
            constants = {name: weight if name == "w" else weight.T, "b": CONSTANTS["b"]}
            bundle = convert(model_bytes([*nodes, relu], constants, [4]), file)
            y = op(bundle, "y.in")
            self.assertEqual((y["op"], y["clamp"]), ("requantise_blocks", [3, 255]))
            factor = np.array([0.5, 0.125, 0.25, 1]) * 0.25 / 2  # Block by block.
            self.assertEqual(y["factor"].tolist(), factor.tolist())
            self.assertEqual(y["offset"].tolist(), (CONSTANTS["b"].astype(float) / 2).tolist())
            self.assertEqual(op(bundle, "y")["shape"], [2])

    def test_of_lpbq_are_those_of_8_bits(self):
        bundle = aimet_import.make_bundle(
            aimet_import.convert(NET, fixture("lpbq", "2.0.0"), "float")
        )
        weight = op(bundle, "conv2.out.acc")["weight"]
        self.assertEqual(op(bundle, "conv2.out")["op"], "requantise")
        self.assertGreater(np.abs(weight).max(), 8)
        self.assertTrue(-128 <= weight.min() and weight.max() <= 127)

    def test_of_a_constant_operand_take_its_integers(self):
        add = helper.make_node("Add", ["x", "c"], ["y"])
        constants = {"c": np.array([[[0.9]], [[-0.2]]], np.float32)}
        file = file_100([activation_100(), activation_100("y"), activation_100("c")], [])
        y = op(convert(model_bytes([add], constants), file), "y")
        self.assertEqual(y["offset"].tolist(), [4, -1])  # 0.9 and -0.2 in steps of 0.25.

    def test_of_a_movement_without_encoding_are_its_operands(self):
        nodes = [
            helper.make_node("MaxPool", ["x"], ["p"], kernel_shape=[2, 2], strides=[2, 2]),
            helper.make_node("Conv", ["p", "w", "b"], ["y"], kernel_shape=[1, 1]),
        ]
        ops = conv_relu(nodes, activation_100(), activation_100("y"))
        self.assertEqual(list(ops), ["x.codes", "p", "y.acc", "y"])
        self.assertEqual(ops["y.acc"]["input_zero_point"], 3)

    def test_of_matmul_and_gemm_have_output_channels_behind(self):
        add = helper.make_node("Add", ["m", "b"], ["y"])
        for nodes in (
            [helper.make_node("MatMul", ["x", "w"], ["m"]), add],
            [helper.make_node("Gemm", ["x", "w", "b"], ["y"])],
        ):
            constants = {"w": np.array([[1, 0.5], [2, -0.25]], np.float32), "b": CONSTANTS["b"]}
            file = file_100([activation_100(), activation_100("y")], [channels_100()])
            bundle = convert(model_bytes(nodes, constants, [2]), file)
            self.assertEqual(op(bundle, "y.acc")["weight"].tolist(), [[2, 4], [4, -2]])
            self.assertEqual(op(bundle, "y")["factor"].tolist(), [0.5, 0.125])


class Source(unittest.TestCase):
    def test_names_both_files_by_their_hashes(self):
        file = fixture("lpbq", "2.0.0")
        with temporary_directory() as folder:
            run(NET, file, "--bundle", f"{folder}/net", "--bias", "int32")
            text = pathlib.Path(folder, "net/network.yaml").read_text()
        for path in (NET, file):
            self.assertIn(hashlib.sha256(path.read_bytes()).hexdigest(), text)
            self.assertIn(f": {path.name}\n", text)
        self.assertIn("  bias: int32\n", text)


class Data(unittest.TestCase):
    def goldens(self, *files: pathlib.Path, encodings: str = "channels.1.0.0") -> dict:
        with temporary_directory() as folder:
            out = pathlib.Path(folder, "goldens.safetensors")
            words = (NET, FIXTURES / f"{encodings}.json", "--bundle", f"{folder}/net")
            run(*words, "--goldens", *files, "--goldens-out", out)
            return safetensors.numpy.load_file(out)

    def test_recordings_are_stored_channels_last(self):
        file = FIXTURES / "channels.float.safetensors"
        recorded = safetensors.numpy.load_file(file)
        goldens = self.goldens(file, FIXTURES / "image.safetensors")
        self.assertEqual(len(goldens), len(recorded) + 1)
        relu2 = recorded["relu2.out"].transpose(0, 2, 3, 1)
        self.assertTrue(np.array_equal(goldens["relu2.out"], relu2))
        self.assertEqual(goldens["image.codes"].dtype, np.uint8)
        self.assertEqual(goldens["image"].dtype, np.float32)

    def test_inputs_may_have_more_samples_than_there_are_recordings_of(self):
        with temporary_directory() as folder:
            image = safetensors.numpy.load_file(FIXTURES / "image.safetensors")["image"]
            long = pathlib.Path(folder, "long.safetensors")
            safetensors.numpy.save_file({"image": np.concatenate([image] * 2)}, long)
            goldens = self.goldens(FIXTURES / "channels.float.safetensors", long)
            self.assertEqual(len(goldens["image"]), len(image))

    def test_unsigned_recordings_of_signed_codes_are_moved(self):
        file = FIXTURES / "channels.float.safetensors"
        moved = self.goldens(file, encodings="channels.2.0.0_signed")["scores"].astype(int)
        recorded = safetensors.numpy.load_file(file)["scores"]
        self.assertTrue(np.array_equal(moved, recorded.astype(int) - 128))

    def test_samples_are_reals_in_the_layout_of_onnx(self):
        image = safetensors.numpy.load_file(FIXTURES / "image.safetensors")["image"]
        with temporary_directory() as folder:
            np.save(f"{folder}/x.npy", image)
            pathlib.Path(folder, "labels.txt").write_text("3 1")
            words = (NET, fixture("lpbq", "1.0.0"), "--bundle", f"{folder}/net", "--samples")
            run(*words, f"{folder}/x.npy", "--labels", f"{folder}/labels.txt")
            tensors = safetensors.numpy.load_file(f"{folder}/net/tensors.safetensors")
        self.assertTrue(np.array_equal(tensors["test.image"], image.transpose(0, 2, 3, 1)))
        self.assertEqual(tensors["test.labels"].tolist(), [3, 1])


if __name__ == "__main__":
    unittest.main()
