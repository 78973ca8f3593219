"""What becomes of an export: the tiny ones of tests/fixtures/torch2chip."""

import importlib.util
import pathlib
import sys
import unittest
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from import_support import temporary_directory  # noqa: E402
from torch2chip_support import FIXTURES, built, change, copy_of, run, with_entry  # noqa: E402

import numpy as np  # noqa: E402
import safetensors.numpy  # noqa: E402
import torch_zip  # noqa: E402
import yaml  # noqa: E402
from torch2chip_build import start_at_codes  # noqa: E402


def op(fixture: str, name: str) -> dict:
    return next(op for op in built(FIXTURES / fixture).ops if op["name"] == name)


def qweight(fixture: str, name: str) -> np.ndarray:
    return torch_zip.load(FIXTURES / fixture / "t2c_model.pth.tar")[f"{name}.qweight"].numpy()


class Fixtures(unittest.TestCase):
    def test_are_what_the_script_writes(self):
        script = FIXTURES / "make_fixtures.py"  # The other tool's has the same name.
        spec = importlib.util.spec_from_file_location("make_torch2chip_fixtures", script)
        make_fixtures = importlib.util.module_from_spec(spec)
        with mock.patch.dict(sys.modules, {spec.name: make_fixtures}):
            spec.loader.exec_module(make_fixtures)
        for name, make in (("tiny", make_fixtures.make_tiny), ("rgb", make_fixtures.make_rgb)):
            with temporary_directory() as folder:
                make(pathlib.Path(folder))
                for stored in sorted((FIXTURES / name).rglob("*.*")):
                    made = pathlib.Path(folder) / stored.relative_to(FIXTURES / name)
                    if stored.suffix == ".npz":  # Compressed as the library of the day does.
                        stored, made = dict(np.load(stored)), dict(np.load(made))
                        np.testing.assert_equal(made, stored)
                    elif stored.suffix != ".yaml":
                        self.assertEqual(made.read_bytes(), stored.read_bytes(), stored)


class Network(unittest.TestCase):
    def test_quantizers_keep_scale_zero_point_and_nine_bits(self):
        quantizer = op("tiny", "conv1.conv.aq")
        expected = {
            "op": "quantize",
            "rule": "multiply",
            "factor": 32.5,
            "zero_point": 33,
            "range": [0, 255],
            "subtract": True,
            "clamp_again": False,
            "type": "int9",
        }
        self.assertEqual({key: quantizer[key] for key in expected}, expected)
        self.assertEqual(quantizer["real_scale"], 1 / 32.5)

    def test_the_second_clamp_narrows_the_type(self):
        self.assertEqual(op("tiny", "fc.linear.aq")["zero_point"], -4)
        self.assertEqual(op("tiny", "fc.linear.aq")["type"], "uint8")  # Not 4..259.

    def test_convolution_weights_become_hwio(self):
        weight, source = op("tiny", "layer1.0.conv1.conv.ops")["weight"], qweight(
            "tiny", "layer1.0.conv1.conv"
        )
        self.assertEqual(weight.shape, (3, 3, 4, 8))
        self.assertEqual(weight[1, 2, 3, 7], source[7, 3, 1, 2])
        self.assertEqual(weight.dtype, np.int8)

    def test_convolutions_keep_stride_and_padding(self):
        conv = op("tiny", "layer1.0.conv1.conv.ops")
        self.assertEqual((conv["stride"], conv["padding"]), ([2, 2], [1, 1, 1, 1]))

    def test_scalers_keep_their_constants_and_the_binary_point(self):
        scaler = op("tiny", "conv1.scaler")
        state = torch_zip.load(FIXTURES / "tiny/t2c_model.pth.tar")
        self.assertEqual((scaler["op"], scaler["shift"]), ("float_mul_shift", 18))
        for key in ("scale", "bias"):
            np.testing.assert_array_equal(
                scaler[key], state[f"conv1.scaler.{key}"].numpy().reshape(4)
            )

    def test_a_depthwise_convolution_has_one_input_per_group(self):
        self.assertEqual(op("tiny", "neck.conv.ops")["weight"].shape, (3, 3, 1, 8))
        self.assertEqual(op("tiny", "neck.conv.ops")["groups"], 8)

    def test_features_are_permuted_from_chw_to_hwc(self):
        weight, source = op("tiny", "fc.linear.ops")["weight"], qweight("tiny", "fc.linear")
        h, w, c = 1, 0, 5
        np.testing.assert_array_equal(weight[(h * 2 + w) * 8 + c], source[:, (c * 2 + h) * 2 + w])

    def test_a_convolution_with_bias_adds_it_in_reals(self):
        bias = op("tiny", "neck.conv.ops.bias")
        self.assertEqual(
            (bias["op"], bias["inputs"], bias["shift"]), ("float_mul_shift", ["neck.conv.ops"], 0)
        )
        np.testing.assert_array_equal(bias["scale"], np.ones(8, np.float32))
        self.assertEqual(op("tiny", "neck.scaler")["inputs"], ["neck.conv.ops.bias"])

    def test_option_a_is_every_second_pixel_and_channels_of_zeros(self):
        pixels, skip = op("tiny", "layer1.0.skip.pixels"), op("tiny", "layer1.0.skip")
        self.assertEqual(
            (pixels["op"], pixels["kernel"], pixels["stride"]), ("float_max_pool", [1, 1], [2, 2])
        )
        self.assertEqual((skip["op"], skip["amounts"]), ("pad", [[0, 0], [0, 0], [2, 2]]))

    def test_an_identity_quantizer_leaves_a_convolution_of_reals(self):
        conv = op("rgb", "conv1.conv.ops")
        self.assertEqual((conv["op"], conv["inputs"]), ("float_conv2d", ["input"]))
        self.assertEqual(conv["weight"].dtype, np.float32)

    def test_entries_that_mislead_are_not_used(self):
        names = {op["name"] for op in built(FIXTURES / "tiny").ops}
        self.assertFalse(
            [name for name in names if ".bn" in name or ".yq" in name or "linear.bias" in name]
        )

    def test_blocks_and_plain_layers_give_the_same_network(self):
        builder = built(FIXTURES / "rgb")
        with copy_of("rgb") as export:
            (export / "topology.yaml").write_text(PLAIN_RGB)
            plain = built(export)
        self.assertEqual([op["name"] for op in plain.ops], [op["name"] for op in builder.ops])
        for ours, theirs in zip(plain.ops, builder.ops):
            self.assertEqual(ours.keys(), theirs.keys())
            for key in ours:
                np.testing.assert_array_equal(ours[key], theirs[key])

    def test_an_adaptive_pool_is_a_plain_one_where_its_windows_are_alike(self):
        with copy_of("tiny") as export:
            change(
                export,
                "topology.yaml",
                "max_pool: {id: pool, kernel: 2, stride: 1}",
                "adaptive_avg_pool: {id: pool, size: 2}",
            )
            pool = next(op for op in built(export).ops if op["name"] == "pool")
        self.assertEqual((pool["kernel"], pool["stride"]), ([2, 2], [1, 1]))  # 3 pixels: 0-1, 1-2.


class Entries(unittest.TestCase):
    def test_integer_starts_at_the_first_codes(self):
        builder = built(FIXTURES / "tiny")
        start_at_codes(builder)
        self.assertEqual(
            builder.inputs,
            [{"name": "conv1.conv.aq", "shape": [6, 6, 1], "type": "int9", "scale": 1 / 32.5}],
        )
        self.assertEqual(builder.ops[0]["name"], "conv1.conv.ops")

    def test_integer_takes_a_residual_stream_of_reals_too(self):
        builder = built(FIXTURES / "rgb")
        start_at_codes(builder)
        self.assertEqual(
            [x["name"] for x in builder.inputs], ["layer1.0.conv1.conv.aq", "conv1.relu"]
        )
        self.assertEqual(
            builder.inputs[1], {"name": "conv1.relu", "shape": [4, 4, 4], "type": "float32"}
        )

    def test_integer_has_the_recorded_codes_as_samples(self):
        with copy_of("tiny") as export:
            self.assertEqual(run(export, "--entry", "integer"), (0, ""))
            tensors = safetensors.numpy.load_file(export / "bundle/tensors.safetensors")
        recorded = np.load(FIXTURES / "tiny/recorded.npz")["conv1.conv.aq"]
        np.testing.assert_array_equal(
            tensors["test.conv1.conv.aq"], recorded.transpose(0, 2, 3, 1)
        )

    def test_image_takes_samples_and_labels(self):
        with copy_of("tiny") as export:
            (export / "labels.txt").write_text("2\n0\n")
            run_words = ("--samples", export / "input.npy", "--labels", export / "labels.txt")
            self.assertEqual(run(export, *run_words), (0, ""))
            network = yaml.safe_load((export / "bundle/network.yaml").read_text())
            tensors = safetensors.numpy.load_file(export / "bundle/tensors.safetensors")
        self.assertEqual(
            network["inputs"], [{"name": "input", "shape": [6, 6, 1], "type": "float32"}]
        )
        np.testing.assert_array_equal(tensors["test.labels"], [2, 0])
        self.assertEqual(tensors["test.input"].shape, (2, 6, 6, 1))


class Goldens(unittest.TestCase):
    def goldens(self, fixture: str, *words: object) -> tuple[dict, str]:
        with copy_of(fixture) as export:
            out = export / "goldens.safetensors"
            paths = [export / "tensors", export / "recorded.npz"]
            status, messages = run(export, *words, "--goldens", *paths, "--goldens-out", out)
            self.assertEqual(status, 0, messages)
            return safetensors.numpy.load_file(out), messages

    def test_are_in_our_layout_and_types(self):
        goldens, _ = self.goldens("tiny")
        recorded = np.load(FIXTURES / "tiny/recorded.npz")
        np.testing.assert_array_equal(
            goldens["conv1.conv.ops"], recorded["conv1.conv.ops"].transpose(0, 2, 3, 1)
        )
        self.assertEqual(goldens["conv1.conv.ops"].dtype, np.int32)
        self.assertEqual(goldens["conv1.scaler"].dtype, np.float32)
        features = recorded["pool"].transpose(0, 2, 3, 1).reshape(2, -1)
        np.testing.assert_array_equal(goldens["flatten"], features)

    def test_name_what_the_export_truncated(self):
        goldens, messages = self.goldens("tiny")
        self.assertIn("skipped: neck.conv.ops: y is truncated", messages)
        self.assertNotIn("neck.conv.ops", goldens)  # The sums without bias are recorded nowhere.
        self.assertEqual(goldens["neck.conv.ops.bias"].dtype, np.float32)
        self.assertIn("skipped: conv1.conv.ops: x1 and y are truncated", self.goldens("rgb")[1])

    def test_hold_the_relu_that_a_residual_stream_begins_with(self):
        recorded = np.load(FIXTURES / "rgb/recorded.npz")
        with copy_of("rgb") as export:
            np.savez(export / "hooks.npz", **{"conv1.scaler.out": recorded["conv1.scaler"]})
            out = export / "goldens.safetensors"
            words = ("--entry", "integer", "--goldens", export / "hooks.npz", "--goldens-out", out)
            self.assertEqual(run(export, *words)[0], 0)
            goldens = safetensors.numpy.load_file(out)
        self.assertEqual(list(goldens), ["conv1.relu"])
        np.testing.assert_array_equal(
            goldens["conv1.relu"], recorded["conv1.relu"].transpose(0, 2, 3, 1)
        )

    def test_whose_headers_claim_another_size_are_refused(self):
        with copy_of("tiny") as export:
            np.savez(export / "other.npz", **{"conv1.scaler": np.zeros((2, 4, 6, 6), np.float32)})
            shrink = lambda data: data.replace(b"(2, 4, 6, 6)", b"(2, 4, 6, 5)")  # noqa: E731
            huge = lambda data: data.replace(b"(2, 4, 6, 6)", b"(999, 99999)")  # noqa: E731
            for claim in (shrink, huge):
                np.savez(export / "claim.npz", **np.load(export / "other.npz"))
                with_entry(export / "claim.npz", "conv1.scaler.npy", claim)
                words = ("--goldens", export / "claim.npz", "--goldens-out", export / "g")
                status, message = run(export, *words)
                self.assertEqual(status, 2)
                self.assertIn("claim.npz: conv1.scaler.npy: got 1152 bytes of float32", message)

    def test_of_another_shape_are_refused(self):
        with copy_of("tiny") as export:
            np.savez(export / "other.npz", **{"conv1.scaler": np.zeros((2, 4, 5, 6), np.float32)})
            status, message = run(
                export, "--goldens", export / "other.npz", "--goldens-out", export / "g"
            )
        self.assertEqual(status, 2)
        self.assertIn(
            "conv1.scaler: got float32 [2, 4, 5, 6], expected numbers [batch, 4, 6, 6]", message
        )

    def test_that_are_no_integers_are_refused_where_integers_belong(self):
        with copy_of("tiny") as export:
            np.savez(export / "other.npz", **{"conv1.conv.ops": np.full((2, 4, 6, 6), 0.5)})
            status, message = run(
                export, "--goldens", export / "other.npz", "--goldens-out", export / "g"
            )
        self.assertEqual(status, 2)
        self.assertIn("got reals", message)


class Samples(unittest.TestCase):
    def refused(self, array: np.ndarray, *words: object) -> str:
        with copy_of("tiny") as export:
            np.save(export / "other.npy", array)
            status, message = run(export, "--samples", export / "other.npy", *words)
        self.assertEqual(status, 2)
        return message

    def test_of_another_shape_are_refused(self):
        self.assertIn(
            "got samples [2, 6, 6, 1], expected [count, 1, 6, 6]",
            self.refused(np.zeros((2, 6, 6, 1), np.float32)),
        )

    def test_that_are_not_finite_are_refused(self):
        self.assertIn("finite reals", self.refused(np.full((1, 1, 6, 6), np.nan, np.float32)))

    def test_beyond_the_codes_are_refused(self):
        message = self.refused(np.full((1, 1, 6, 6), 223, np.int16), "--entry", "integer")
        self.assertIn("got codes 223 to 223, expected codes -33 to 222", message)


PLAIN_RGB = """\
format: systole-topology
version: 1
name: rgb
input: {shape: [3, 4, 4]}
fraction_bits: 18
layers:
  - conv: {id: conv1.conv.ops, padding: 1}
  - mul_shift: {id: conv1.scaler}
  - relu: {id: conv1.relu}
  - quantize: {id: layer1.0.conv1.conv.aq}
  - conv: {id: layer1.0.conv1.conv.ops, padding: 1}
  - mul_shift: {id: layer1.0.conv1.scaler}
  - relu: {id: layer1.0.conv1.relu}
  - quantize: {id: layer1.0.conv2.conv.aq}
  - conv: {id: layer1.0.conv2.conv.ops, padding: 1}
  - mul_shift: {id: layer1.0.conv2.scaler}
  - add: {id: layer1.0.add, inputs: [layer1.0.conv2.scaler, conv1.relu]}
  - relu: {id: layer1.0.out_relu}
  - flatten
  - quantize: {id: fc.linear.aq}
  - matmul: {id: fc.linear.ops}
  - mul_shift: {id: fc.scaler}
"""

if __name__ == "__main__":
    unittest.main()
