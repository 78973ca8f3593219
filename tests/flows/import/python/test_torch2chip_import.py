"""What becomes of an export: the tiny ones of tests/fixtures/torch2chip, right and damaged."""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from torch2chip_support import FIXTURES, built, copy_of, run  # noqa: E402

import numpy as np  # noqa: E402
import safetensors.numpy  # noqa: E402
import torch_writer  # noqa: E402
import torch_zip  # noqa: E402
import yaml  # noqa: E402
from errors import InputError  # noqa: E402
from torch2chip_build import start_at_codes  # noqa: E402


def op(fixture: str, name: str) -> dict:
    return next(op for op in built(FIXTURES / fixture).ops if op["name"] == name)


def qweight(fixture: str, name: str) -> np.ndarray:
    return torch_zip.load(FIXTURES / fixture / "t2c_model.pth.tar")[f"{name}.qweight"].numpy()


class Network(unittest.TestCase):
    def test_quantizers_keep_scale_zero_point_and_nine_bits(self):
        quantizer = op("tiny", "conv1.conv.aq")
        expected = {"op": "quantize", "rule": "multiply", "factor": 32.5, "zero_point": 33,
                    "range": [0, 255], "subtract": True, "clamp_again": False, "type": "int9"}  # fmt: skip
        self.assertEqual({key: quantizer[key] for key in expected}, expected)
        self.assertEqual(quantizer["real_scale"], 1 / 32.5)

    def test_the_second_clamp_narrows_the_type(self):
        self.assertEqual(op("tiny", "fc.linear.aq")["zero_point"], -4)
        self.assertEqual(op("tiny", "fc.linear.aq")["type"], "uint8")  # Not 4..259.

    def test_convolution_weights_become_hwio(self):
        weight, source = op("tiny", "layer1.0.conv1.conv.ops")["weight"], qweight("tiny", "layer1.0.conv1.conv")
        self.assertEqual(weight.shape, (3, 3, 4, 8))
        self.assertEqual(weight[1, 2, 3, 7], source[7, 3, 1, 2])
        self.assertEqual(weight.dtype, np.int8)

    def test_a_depthwise_convolution_has_one_input_per_group(self):
        self.assertEqual(op("tiny", "neck.conv.ops")["weight"].shape, (3, 3, 1, 8))
        self.assertEqual(op("tiny", "neck.conv.ops")["groups"], 8)

    def test_features_are_permuted_from_chw_to_hwc(self):
        weight, source = op("tiny", "fc.linear.ops")["weight"], qweight("tiny", "fc.linear")
        h, w, c = 1, 0, 5
        np.testing.assert_array_equal(weight[(h * 2 + w) * 8 + c], source[:, (c * 2 + h) * 2 + w])

    def test_a_convolution_with_bias_adds_it_in_reals(self):
        bias = op("tiny", "neck.conv.ops.bias")
        self.assertEqual((bias["op"], bias["inputs"], bias["shift"]), ("float_mul_shift", ["neck.conv.ops"], 0))
        np.testing.assert_array_equal(bias["scale"], np.ones(8, np.float32))
        self.assertEqual(op("tiny", "neck.scaler")["inputs"], ["neck.conv.ops.bias"])

    def test_option_a_is_every_second_pixel_and_channels_of_zeros(self):
        pixels, skip = op("tiny", "layer1.0.skip.pixels"), op("tiny", "layer1.0.skip")
        self.assertEqual((pixels["op"], pixels["kernel"], pixels["stride"]), ("float_max_pool", [1, 1], [2, 2]))
        self.assertEqual((skip["op"], skip["amounts"]), ("pad", [[0, 0], [0, 0], [2, 2]]))

    def test_an_identity_quantizer_leaves_a_convolution_of_reals(self):
        conv = op("rgb", "conv1.conv.ops")
        self.assertEqual((conv["op"], conv["inputs"]), ("float_conv2d", ["input"]))
        self.assertEqual(conv["weight"].dtype, np.float32)

    def test_entries_that_mislead_are_not_used(self):
        names = {op["name"] for op in built(FIXTURES / "tiny").ops}
        self.assertFalse([name for name in names if ".bn" in name or ".yq" in name or "linear.bias" in name])

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
            change(export, "topology.yaml", "max_pool: {id: pool, kernel: 2, stride: 1}",
                   "adaptive_avg_pool: {id: pool, size: 2}")  # fmt: skip
            pool = next(op for op in built(export).ops if op["name"] == "pool")
        self.assertEqual((pool["kernel"], pool["stride"]), ([2, 2], [1, 1]))  # 3 pixels: 0-1, 1-2.


class Entries(unittest.TestCase):
    def test_integer_starts_at_the_first_codes(self):
        builder = built(FIXTURES / "tiny")
        start_at_codes(builder)
        self.assertEqual(builder.inputs, [
            {"name": "conv1.conv.aq", "shape": [6, 6, 1], "type": "int9", "scale": 1 / 32.5}
        ])  # fmt: skip
        self.assertEqual(builder.ops[0]["name"], "conv1.conv.ops")

    def test_integer_takes_a_residual_stream_of_reals_too(self):
        builder = built(FIXTURES / "rgb")
        start_at_codes(builder)
        self.assertEqual([x["name"] for x in builder.inputs], ["layer1.0.conv1.conv.aq", "conv1.relu"])
        self.assertEqual(builder.inputs[1], {"name": "conv1.relu", "shape": [4, 4, 4], "type": "float32"})

    def test_integer_has_the_recorded_codes_as_samples(self):
        with copy_of("tiny") as export:
            self.assertEqual(run(export, "--entry", "integer"), (0, ""))
            tensors = safetensors.numpy.load_file(export / "bundle/tensors.safetensors")
        recorded = np.load(FIXTURES / "tiny/recorded.npz")["conv1.conv.aq"]
        np.testing.assert_array_equal(tensors["default.conv1.conv.aq"], recorded.transpose(0, 2, 3, 1))

    def test_image_takes_samples_and_labels(self):
        with copy_of("tiny") as export:
            (export / "labels.txt").write_text("2\n0\n")
            run_words = ("--samples", export / "input.npy", "--labels", export / "labels.txt")
            self.assertEqual(run(export, *run_words), (0, ""))
            network = yaml.safe_load((export / "bundle/network.yaml").read_text())
            tensors = safetensors.numpy.load_file(export / "bundle/tensors.safetensors")
        self.assertEqual(network["inputs"], [{"name": "input", "shape": [6, 6, 1], "type": "float32"}])
        np.testing.assert_array_equal(tensors["default.labels"], [2, 0])
        self.assertEqual(tensors["default.input"].shape, (2, 6, 6, 1))


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
        np.testing.assert_array_equal(goldens["conv1.conv.ops"], recorded["conv1.conv.ops"].transpose(0, 2, 3, 1))
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
        goldens, _ = self.goldens("rgb", "--entry", "integer")
        self.assertEqual(goldens["conv1.relu"].min(), 0)
        self.assertNotIn("conv1.conv.ops", goldens)

    def test_of_another_shape_are_refused(self):
        with copy_of("tiny") as export:
            np.savez(export / "other.npz", **{"conv1.scaler": np.zeros((2, 4, 5, 6), np.float32)})
            status, message = run(export, "--goldens", export / "other.npz", "--goldens-out", export / "g")
        self.assertEqual(status, 2)
        self.assertIn("conv1.scaler: got float32 [2, 4, 5, 6], expected numbers [batch, 4, 6, 6]", message)

    def test_that_are_no_integers_are_refused_where_integers_belong(self):
        with copy_of("tiny") as export:
            np.savez(export / "other.npz", **{"conv1.conv.ops": np.full((2, 4, 6, 6), 0.5)})
            status, message = run(export, "--goldens", export / "other.npz", "--goldens-out", export / "g")
        self.assertEqual(status, 2)
        self.assertIn("got reals", message)


class Misfits(unittest.TestCase):
    """Topologies and exports that do not fit each other."""

    def expect(self, fixture: str, file: str, old: str, new: str, *words: str) -> None:
        with copy_of(fixture) as export:
            change(export, file, old, new)
            with self.assertRaises(InputError) as refused:
                built(export)
        for word in words:
            self.assertIn(word, str(refused.exception))

    def test_a_missing_layer_is_named(self):
        self.expect("tiny", "topology.yaml", "  - conv_bn_relu: {prefix: neck, channels: 8, groups: 8}\n", "",
                    "topology.yaml", "got fc.linear.ops", "expected neck.conv.ops as op 3")  # fmt: skip
        self.expect("rgb", "topology.yaml", "  - flatten\n  - linear: {prefix: fc, features: 3}\n", "",
                    "got no layer for fc.linear.ops", "all 4 ops")  # fmt: skip

    def test_a_layer_too_many_is_named(self):
        self.expect("tiny", "topology.yaml", "  - flatten\n", "  - conv_bn_relu: {prefix: more, channels: 8}\n  - flatten\n",
                    "topology.yaml:14: more.conv.aq: got no entry more.conv.aq.scale in the export")  # fmt: skip

    def test_a_wrong_stride_is_named(self):
        self.expect("tiny", "topology.yaml", "channels: 8, stride: 2,", "channels: 8, stride: 1,", "topology.yaml:11",
                    "layer1.0.conv1.conv.ops", "an output [8, 6, 6]", "expected [8, 3, 3] (z_shape")  # fmt: skip

    def test_two_swapped_ops_are_named(self):
        with copy_of("tiny") as export:
            shapes = json.loads((export / "tensors/matmul.json").read_text())
            names = list(shapes)
            names[1], names[2] = names[2], names[1]
            (export / "tensors/matmul.json").write_text(json.dumps({name: shapes[name] for name in names}))
            with self.assertRaises(InputError) as refused:
                built(export)
        self.assertIn("got layer1.0.conv1.conv.ops, expected layer1.0.conv2.conv.ops as op 1", str(refused.exception))

    def test_wrong_channels_are_named(self):
        self.expect("tiny", "topology.yaml", "prefix: conv1, channels: 4", "prefix: conv1, channels: 5", "conv1.conv.ops",
                    "got 5 channels, expected 4 (y_shape")  # fmt: skip
        self.expect("tiny", "topology.yaml", "groups: 8", "groups: 4", "neck.conv.ops", "4 groups of 8 channels")
        self.expect("tiny", "topology.yaml", "features: 3", "features: 4", "got 4 features, expected 3")

    def test_a_wrong_kernel_is_named(self):
        self.expect("tiny", "topology.yaml", "prefix: conv1, channels: 4", "prefix: conv1, channels: 4, kernel: 5",
                    "conv1.conv.ops", "got a kernel [5, 5], expected [3, 3]")  # fmt: skip

    def test_a_wrong_image_is_named(self):
        self.expect("tiny", "topology.yaml", "[1, 6, 6]", "[1, 8, 6]", "an input [2, 1, 8, 6]", "[2, 1, 6, 6] (x_shape")

    def test_too_few_bits_are_named(self):
        self.expect("tiny", "topology.yaml", "quantizers:\n", "quantizers:\n  weight: {bits: 7}\n",
                    "conv1.conv.ops_x2.pt", "got codes -128 to", "expected -64 to 63", "see the quantizers of")  # fmt: skip
        self.expect("tiny", "topology.yaml", "quantizers:\n", "quantizers:\n  activation: {bits: 7}\n",
                    "conv1.conv.ops_x1.pt", "got codes -33 to 222", "expected -33 to 94")  # fmt: skip

    def test_a_second_clamp_that_was_not_done_is_named(self):
        self.expect("tiny", "topology.yaml", "quantizers:\n", "quantizers:\n  activation: {clamp_again: true}\n",
                    "got codes -33 to 222", "expected 0 to 222")  # fmt: skip

    def test_a_quantizer_that_does_not_exist_is_named(self):
        self.expect("tiny", "topology.yaml", "fc.linear.aq: {", "fc2.linear.aq: {", "topology.yaml:8", "got fc2.linear.aq")

    def test_a_missing_shortcut_is_named(self):
        self.expect("rgb", "topology.yaml", "  - resnet_basic: {prefix: layer1, channels: 4}\n", "  - add: {inputs: [conv1.relu, input]}\n",
                    "add: got conv1.relu [4, 4, 4] and input [3, 4, 4]")  # fmt: skip

    def test_a_missing_flatten_is_named(self):
        self.expect("rgb", "topology.yaml", "  - flatten\n", "", "fc.linear.ops", "is a flatten missing?")

    def test_an_adaptive_pool_of_unequal_windows_is_refused_by_name(self):
        self.expect("tiny", "topology.yaml", "  - resnet_basic", "  - adaptive_avg_pool: {id: small, size: 4}\n  - resnet_basic",
                    "small: got 4 windows over 6 pixels")  # fmt: skip

    def test_a_quantizer_that_the_topology_lacks_is_named(self):
        plain = "  - conv: {id: layer1.0.conv1.conv.ops, inputs: [conv1.relu], padding: 1}\n"
        self.expect("rgb", "topology.yaml", "  - resnet_basic: {prefix: layer1, channels: 4}\n", plain,
                    "got reals (conv1.relu), expected codes of the quantizer layer1.0.conv1.conv.aq")  # fmt: skip


class Exports(unittest.TestCase):
    """Exports that are damaged, or of another kind."""

    def rewritten(self, change_state) -> str:
        """The error that an export gives once `change_state` has changed its state dict."""
        with copy_of("tiny") as export:
            path = export / "t2c_model.pth.tar"
            state = {name: tensor.numpy().copy() for name, tensor in torch_zip.load(path).items()}
            change_state(state)
            torch_writer.save(path, {name: torch_writer.view(array) for name, array in state.items()})
            with self.assertRaises(InputError) as refused:
                built(export)
        return str(refused.exception)

    def test_of_a_later_format_are_refused_by_name(self):
        def drop(state: dict) -> None:
            for name in [name for name in state if name.endswith("qweight")]:
                del state[name]

        self.assertIn("no entry *.qweight, expected an export of Torch2Chip's commit 293a8ec", self.rewritten(drop))

    def test_with_attention_are_refused_by_name(self):
        for name in ("blocks.0.attn.qkv.ops", "blocks.0.attn.qk", "blocks.0.attn.attnv", "self.query.ops"):
            with copy_of("tiny") as export:
                change(export, "tensors/matmul.json", "neck.conv.ops", name)
                status, message = run(export)
            self.assertEqual(status, 2)
            self.assertIn(f"{name}: attention is not supported yet", message)

    def test_with_constants_that_are_no_integers_are_refused(self):
        def change_scale(state: dict) -> None:
            state["conv1.scaler.scale"][0, 0] = 1.5

        self.assertIn("conv1.scaler.scale: got 1.5, expected integers of 32 bits", self.rewritten(change_scale))

    def test_with_constants_beyond_their_width_are_refused(self):
        def change_bias(state: dict) -> None:
            state["conv1.scaler.bias"][0, 0] = 2.0**31 + 256

        def saturate(state: dict) -> None:  # 2^31 - 1 in float32 is 2^31.
            state["conv1.scaler.bias"][0, 0] = 2.0**31
            state["conv1.scaler.scale"][0, 0] = np.nan

        self.assertIn("conv1.scaler.bias: got 2147483904.0", self.rewritten(change_bias))
        self.assertIn("conv1.scaler.scale: got a value that is not finite", self.rewritten(saturate))

    def test_with_a_zero_point_that_is_no_integer_are_refused(self):
        def change_zero_point(state: dict) -> None:
            state["conv1.conv.aq.zero_point"][...] = 32.5

        self.assertIn("conv1.conv.aq.zero_point: got 32.5", self.rewritten(change_zero_point))

    def test_with_other_weights_than_recorded_are_refused(self):
        def change_weight(state: dict) -> None:
            state["neck.conv.qweight"][3, 0, 1, 1] += 1

        self.assertIn("neck.conv.ops_x2.pt: neck.conv.ops: got other weights", self.rewritten(change_weight))

    def test_with_quantizers_per_token_are_refused(self):
        def widen(state: dict) -> None:
            state["conv1.conv.aq.scale"] = np.ones((1, 7, 1), np.float32)

        self.assertIn("conv1.conv.aq.scale: got 7 values, expected one", self.rewritten(widen))

    def test_without_an_entry_are_refused_by_its_name(self):
        self.assertIn("fc.scaler.bias: is missing", self.rewritten(lambda state: state.pop("fc.scaler.bias")))

    def test_without_a_file_are_refused_by_its_name(self):
        with copy_of("tiny") as export:
            (export / "tensors/neck.conv.ops_x2.pt").unlink()
            status, message = run(export)
        self.assertEqual(status, 2)
        self.assertIn("neck.conv.ops_x2.pt: cannot read: No such file", message)

    def test_with_recorded_tensors_of_another_shape_are_refused(self):
        with copy_of("tiny") as export:
            change(export, "tensors/matmul.json", '"z_shape": [2, 3]', '"z_shape": [2, 4]')
            status, message = run(export)
        self.assertEqual(status, 2)
        self.assertIn("fc.linear.ops: got an output [3]", message)

    def test_with_a_shape_of_two_to_the_forty_bytes_are_refused(self):
        with copy_of("tiny") as export:
            change(export, "tensors/matmul.json", "[2, 1, 6, 6]", "[2, 1, 524288, 524288]")
            status, message = run(export)
        self.assertEqual(status, 2)
        self.assertIn("conv1.conv.ops.x_shape: got the shape [2, 1, 524288, 524288]", message)


class Samples(unittest.TestCase):
    def refused(self, array: np.ndarray, *words: object) -> str:
        with copy_of("tiny") as export:
            np.save(export / "other.npy", array)
            status, message = run(export, "--samples", export / "other.npy", *words)
        self.assertEqual(status, 2)
        return message

    def test_of_another_shape_are_refused(self):
        self.assertIn("got samples [2, 6, 6, 1], expected [count, 1, 6, 6]", self.refused(np.zeros((2, 6, 6, 1), np.float32)))

    def test_that_are_not_finite_are_refused(self):
        self.assertIn("finite reals", self.refused(np.full((1, 1, 6, 6), np.nan, np.float32)))

    def test_beyond_the_codes_are_refused(self):
        message = self.refused(np.full((1, 1, 6, 6), 223, np.int16), "--entry", "integer")
        self.assertIn("int16 223 to 223, expected codes -33 to 222", message)


def change(export: pathlib.Path, file: str, old: str, new: str) -> None:
    text = (export / file).read_text()
    assert old in text, f"{file} lacks {old}"
    (export / file).write_text(text.replace(old, new))


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
