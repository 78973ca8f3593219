"""Checkpoints and topologies that do not fit each other, or are none: each names where and what."""

import pathlib
import sys
import unittest
from collections import OrderedDict

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from pytorch_support import (  # noqa: E402
    HEAD,
    LAYERS,
    Imports,
    small_state,
    topology_text,
    views,
)

import numpy as np  # noqa: E402
import torch_writer  # noqa: E402


class Refusals(Imports):
    def change(self, change: object) -> None:
        state = small_state()
        change(state)
        self.write(state, [2, 4, 6], *LAYERS)

    def test_a_missing_tensor(self):
        self.change(lambda state: state.pop("bn1.running_var"))
        self.refused(
            "FOLDER/net.pth: bn1.running_var: got no such tensor, expected shape [4] of the layer "
            "conv1.scaler (FOLDER/net.yaml:6); the nearest tensor is bn1.running_mean"
        )

    def test_an_extra_tensor(self):
        self.change(lambda state: state.update({"fc2.weight": np.ones((2, 2), np.float32)}))
        self.refused(
            "FOLDER/net.pth: fc2.weight: got a tensor that no layer uses, expected only what the "
            "layers of FOLDER/net.yaml need; add the layer to the topology, or name its module "
            "there"
        )

    def test_a_tensor_of_another_shape(self):
        self.change(lambda state: state.update({"conv1.weight": np.ones((4, 3, 3, 3), np.float32)}))
        self.refused(
            "FOLDER/net.pth: conv1.weight: got shape [4, 3, 3, 3], expected shape [4, 2, 3, 3] of "
            "the layer conv1.conv.ops (FOLDER/net.yaml:6)"
        )

    def test_values_that_are_not_finite(self):
        for value, shown in ((np.nan, "nan"), (-np.inf, "-inf")):

            def plant(state: dict, value: float = value) -> None:
                state["conv1.weight"][2, 1, 0, 1] = value

            self.change(plant)
            self.refused(
                f"FOLDER/net.pth: conv1.weight: got {shown} at [2, 1, 0, 1], one of 1 such values, "
                "expected finite float32 values"
            )

    def test_doubles_beyond_float32(self):
        def plant(state: dict) -> None:
            state["fc.bias"] = np.array([0, 1e39, 0], np.float64)

        self.change(plant)
        self.refused(
            "FOLDER/net.pth: fc.bias: got inf at [1], one of 1 such values, expected finite "
            "float32 values"
        )

    def test_weights_of_integers(self):
        self.change(lambda state: state.update({"fc.bias": np.ones(3, np.int32)}))
        self.refused("FOLDER/net.pth: fc.bias: got int32 values, expected reals")

    def test_variances_without_a_root(self):
        def plant(state: dict, value: float) -> None:
            state["bn1.running_var"][2] = value

        expected = "expected variances of 0 or more, and above 0 with epsilon"
        for value, epsilon, shown in ((-0.5, 1e-5, "-0.5"), (-1e-6, 1e-5, "-9"), (0, 0, "0.0")):
            self.change(lambda state, value=value: plant(state, value))
            head = HEAD + f"epsilon: {epsilon}\n"
            self.topology.write_text(topology_text([2, 4, 6], *LAYERS, head=head))
            status, text = self.run_import()
            self.assertEqual(status, 2)
            self.assertIn(f"FOLDER/net.yaml:7: conv1.scaler: got {shown}", text)
            self.assertIn(f" at [2] of bn1.running_var, {expected}", text)

    def test_a_file_that_holds_no_state_dict(self):
        self.change(lambda state: None)
        torch_writer.save(self.checkpoint, views(small_state())["fc.bias"])
        self.refused("FOLDER/net.pth: got something else, expected a state dict")
        torch_writer.save(self.checkpoint, OrderedDict(epoch=3))
        self.refused(
            "FOLDER/net.pth: epoch: got no tensor, expected a state dict of tensors; save the "
            "model's state_dict() alone, or under the key state_dict"
        )

    def test_layers_that_do_not_fit(self):
        for layers, line in (
            (
                ("conv: {id: a, kernel: 7}",),
                "6: a: got a kernel [7, 7] over [4, 4] pixels, expected a window that fits",
            ),
            (
                ("conv: {id: a, groups: 3}",),
                "6: a: got 2 channels in 3 groups, expected groups of one size",
            ),
            (
                ("linear: {prefix: fc}",),
                "6: fc.linear.ops: got an image [2, 4, 4], expected features; put a flatten in "
                "front",
            ),
            (
                ("max_pool: {id: p, kernel: 2}", "concat: {id: c, inputs: [p, input]}"),
                "7: c: got p [2, 2, 2] and input [2, 4, 4], expected images of one height and "
                "width, or features that never were images",
            ),
            (
                ("flatten: {id: f}", "concat: {id: c, inputs: [f, f]}"),
                "7: c: got f [32] and f [32], expected images of one height and width, or features "
                "that never were images",
            ),
        ):
            self.write({"a.weight": np.ones((4, 2, 7, 7), np.float32)}, [2, 4, 4], *layers)
            self.refused(f"FOLDER/net.yaml:{line}")

    def test_bad_values_of_a_topology(self):
        layer = "conv_bn_relu: {prefix: conv1, channels: 4}"
        for layers, head, line in (
            (
                ("dropout: {rate: 1}",),
                HEAD,
                "6: layers[0].dropout.rate: got 1, expected a number in [0, 1)",
            ),
            (
                ("dropout: {rate: 1_0}",),
                HEAD,
                "6: layers[0].dropout.rate: got 1_0, expected a number in [0, 1]",
            ),
            (
                (layer,),
                HEAD + "epsilon: .inf\n",
                "4: epsilon: got .inf, expected a number in [0, 1]",
            ),
            (
                ("conv_bn_relu: {prefix: a, channels: 4, relu: 6}",),
                HEAD,
                "6: layers[0].conv_bn_relu.relu: got 6, expected true or false or relu6",
            ),
            (
                ("mobilenet_v2: {stem: 8, last: 8, groups: [[1, 8, 1]]}",),
                HEAD,
                "6: layers[0].mobilenet_v2.groups[0]: got 3 numbers, expected [expansion, "
                "channels, blocks, stride]",
            ),
            (
                ("relu: {inputs: [input, input]}",),
                HEAD,
                "6: relu: got 2 inputs, expected one input",
            ),
        ):
            self.write(small_state(), [2, 4, 6], layer)
            self.topology.write_text(topology_text([2, 4, 6], *layers, head=head))
            self.refused(f"FOLDER/net.yaml:{line}")


if __name__ == "__main__":
    unittest.main()
