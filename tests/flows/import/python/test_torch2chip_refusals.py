"""Topologies and exports that do not fit each other, and exports of another kind."""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from torch2chip_support import built, change, copy_of, run  # noqa: E402

import numpy as np  # noqa: E402
import torch_writer  # noqa: E402
import torch_zip  # noqa: E402
from errors import InputError  # noqa: E402


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
        self.expect(
            "tiny",
            "topology.yaml",
            "  - conv_bn_relu: {prefix: neck, channels: 8, groups: 8}\n",
            "",
            "topology.yaml",
            "got fc.linear.ops",
            "expected neck.conv.ops as op 3",
        )
        self.expect(
            "rgb",
            "topology.yaml",
            "  - flatten\n  - linear: {prefix: fc, features: 3}\n",
            "",
            "got no layer for fc.linear.ops",
            "all 4 ops",
        )

    def test_a_layer_too_many_is_named(self):
        self.expect(
            "tiny",
            "topology.yaml",
            "  - flatten\n",
            "  - conv_bn_relu: {prefix: more, channels: 8}\n  - flatten\n",
            "topology.yaml:14: more.conv.aq: got no entry more.conv.aq.scale in the export",
        )

    def test_layers_of_float_networks_only_are_named(self):
        for layer, op in (("concat: {id: c}", "concat"), ("batch_norm: {id: n}", "batch_norm")):
            self.expect(
                "tiny",
                "topology.yaml",
                "  - flatten\n",
                f"  - {layer}\n  - flatten\n",
                f"topology.yaml:14: {layer[-2]}: got a {op}, expected another layer; no export of "
                "Torch2Chip has one",
            )

    def test_a_topology_without_the_binary_point_is_refused(self):
        self.expect(
            "tiny",
            "topology.yaml",
            "fraction_bits: 18\n",
            "",
            "topology.yaml: got none, expected the key fraction_bits",
        )

    def test_layers_that_pass_their_input_on_leave_no_op(self):
        with copy_of("tiny") as export:
            expected = [op["name"] for op in built(export).ops]
            change(
                export,
                "topology.yaml",
                "  - flatten\n",
                "  - dropout: {rate: 0.5}\n  - identity\n  - flatten\n",
            )
            self.assertEqual([op["name"] for op in built(export).ops], expected)

    def test_relu6_is_a_relu_with_a_maximum(self):
        with copy_of("tiny") as export:
            change(export, "topology.yaml", "groups: 8}", "groups: 8, relu: relu6}")
            relu = next(op for op in built(export).ops if op["name"] == "neck.relu")
            self.assertEqual((relu["op"], relu["max"]), ("float_relu", 6))

    def test_a_wrong_stride_is_named(self):
        self.expect(
            "tiny",
            "topology.yaml",
            "channels: 8, stride: 2,",
            "channels: 8, stride: 1,",
            "topology.yaml:11",
            "layer1.0.conv1.conv.ops",
            "an output [8, 6, 6]",
            "expected [8, 3, 3] (z_shape",
        )

    def test_two_swapped_ops_are_named(self):
        with copy_of("tiny") as export:
            shapes = json.loads((export / "tensors/matmul.json").read_text())
            names = list(shapes)
            names[1], names[2] = names[2], names[1]
            (export / "tensors/matmul.json").write_text(
                json.dumps({name: shapes[name] for name in names})
            )
            with self.assertRaises(InputError) as refused:
                built(export)
        self.assertIn(
            "got layer1.0.conv1.conv.ops, expected layer1.0.conv2.conv.ops as op 1",
            str(refused.exception),
        )

    def test_wrong_channels_are_named(self):
        self.expect(
            "tiny",
            "topology.yaml",
            "prefix: conv1, channels: 4",
            "prefix: conv1, channels: 5",
            "conv1.conv.ops",
            "got 5 channels, expected 4 (y_shape",
        )
        self.expect(
            "tiny",
            "topology.yaml",
            "groups: 8",
            "groups: 4",
            "neck.conv.ops",
            "4 groups of 8 channels",
        )
        self.expect(
            "tiny", "topology.yaml", "features: 3", "features: 4", "got 4 features, expected 3"
        )

    def test_a_wrong_kernel_is_named(self):
        self.expect(
            "tiny",
            "topology.yaml",
            "prefix: conv1, channels: 4",
            "prefix: conv1, channels: 4, kernel: 5",
            "conv1.conv.ops",
            "got a kernel [5, 5], expected [3, 3]",
        )

    def test_a_wrong_image_is_named(self):
        self.expect(
            "tiny",
            "topology.yaml",
            "[1, 6, 6]",
            "[1, 8, 6]",
            "an input [2, 1, 8, 6]",
            "[2, 1, 6, 6] (x_shape",
        )

    def test_too_few_bits_are_named(self):
        self.expect(
            "tiny",
            "topology.yaml",
            "quantizers:\n",
            "quantizers:\n  weight: {bits: 7}\n",
            "conv1.conv.ops_x2.pt",
            "got codes -128 to",
            "expected -64 to 63",
            "see the quantizers of",
        )
        self.expect(
            "tiny",
            "topology.yaml",
            "quantizers:\n",
            "quantizers:\n  activation: {bits: 7}\n",
            "conv1.conv.ops_x1.pt",
            "got codes -33 to 222",
            "expected -33 to 94",
        )

    def test_a_second_clamp_that_was_not_done_is_named(self):
        self.expect(
            "tiny",
            "topology.yaml",
            "quantizers:\n",
            "quantizers:\n  activation: {clamp_again: true}\n",
            "got codes -33 to 222",
            "expected 0 to 222",
        )

    def test_a_quantizer_that_does_not_exist_is_named(self):
        self.expect(
            "tiny",
            "topology.yaml",
            "fc.linear.aq: {",
            "fc2.linear.aq: {",
            "topology.yaml:8",
            "got fc2.linear.aq",
        )

    def test_a_missing_shortcut_is_named(self):
        self.expect(
            "rgb",
            "topology.yaml",
            "  - resnet_basic: {prefix: layer1, channels: 4}\n",
            "  - add: {inputs: [conv1.relu, input]}\n",
            "add: got conv1.relu [4, 4, 4] and input [3, 4, 4]",
        )

    def test_a_missing_flatten_is_named(self):
        self.expect(
            "rgb", "topology.yaml", "  - flatten\n", "", "fc.linear.ops", "is a flatten missing?"
        )

    def test_an_adaptive_pool_of_unequal_windows_is_refused_by_name(self):
        self.expect(
            "tiny",
            "topology.yaml",
            "  - resnet_basic",
            "  - adaptive_avg_pool: {id: small, size: 4}\n  - resnet_basic",
            "small: got 4 windows over 6 pixels",
        )

    def test_a_quantizer_that_the_topology_lacks_is_named(self):
        plain = "  - conv: {id: layer1.0.conv1.conv.ops, inputs: [conv1.relu], padding: 1}\n"
        self.expect(
            "rgb",
            "topology.yaml",
            "  - resnet_basic: {prefix: layer1, channels: 4}\n",
            plain,
            "got reals (conv1.relu), expected codes of the quantizer layer1.0.conv1.conv.aq",
        )


class Exports(unittest.TestCase):
    """Exports that are damaged, or of another kind."""

    def rewritten(self, change_state) -> str:
        """The error that an export gives once `change_state` has changed its state dict."""
        with copy_of("tiny") as export:
            path = export / "t2c_model.pth.tar"
            state = {name: tensor.numpy().copy() for name, tensor in torch_zip.load(path).items()}
            change_state(state)
            torch_writer.save(
                path, {name: torch_writer.view(array) for name, array in state.items()}
            )
            with self.assertRaises(InputError) as refused:
                built(export)
        return str(refused.exception)

    def test_of_a_later_format_are_refused_by_name(self):
        def drop(state: dict) -> None:
            for name in [name for name in state if name.endswith("qweight")]:
                del state[name]

        self.assertIn(
            "no entry *.qweight, expected an export of Torch2Chip's commit 293a8ec",
            self.rewritten(drop),
        )

    def test_with_constants_that_are_no_integers_are_refused(self):
        def change_scale(state: dict) -> None:
            state["conv1.scaler.scale"][0, 0] = 1.5

        self.assertIn(
            "conv1.scaler.scale: got 1.5, expected integers of 32 bits",
            self.rewritten(change_scale),
        )

    def test_with_constants_beyond_their_width_are_refused(self):
        def change_bias(state: dict) -> None:
            state["conv1.scaler.bias"][0, 0] = 2.0**31 + 256

        def saturate(state: dict) -> None:  # 2^31 - 1 in float32 is 2^31.
            state["conv1.scaler.bias"][0, 0] = 2.0**31
            state["conv1.scaler.scale"][0, 0] = np.nan

        self.assertIn("conv1.scaler.bias: got 2147483904.0", self.rewritten(change_bias))
        self.assertIn(
            "conv1.scaler.scale: got a value that is not finite", self.rewritten(saturate)
        )

    def test_with_a_zero_point_that_is_no_integer_are_refused(self):
        def change_zero_point(state: dict) -> None:
            state["conv1.conv.aq.zero_point"][...] = 32.5

        self.assertIn("conv1.conv.aq.zero_point: got 32.5", self.rewritten(change_zero_point))

    def test_with_other_weights_than_recorded_are_refused(self):
        def change_weight(state: dict) -> None:
            state["neck.conv.qweight"][3, 0, 1, 1] += 1

        self.assertIn(
            "neck.conv.ops_x2.pt: neck.conv.ops: got other weights", self.rewritten(change_weight)
        )

    def test_with_quantizers_per_token_are_refused(self):
        def widen(state: dict) -> None:
            state["conv1.conv.aq.scale"] = np.ones((1, 7, 1), np.float32)

        self.assertIn("conv1.conv.aq.scale: got 7 values, expected one", self.rewritten(widen))

    def test_without_an_entry_are_refused_by_its_name(self):
        self.assertIn(
            "fc.scaler.bias: is missing", self.rewritten(lambda state: state.pop("fc.scaler.bias"))
        )

    def test_without_a_file_are_refused_by_its_name(self):
        with copy_of("tiny") as export:
            (export / "tensors/neck.conv.ops_x2.pt").unlink()
            status, message = run(export)
        self.assertEqual(status, 2)
        self.assertIn("neck.conv.ops_x2.pt: got No such file", message)

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


if __name__ == "__main__":
    unittest.main()
