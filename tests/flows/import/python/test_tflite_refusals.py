"""What the importer refuses, and that it says which operator and why."""

import pathlib
import sys
import unittest
from collections.abc import Callable

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from tflite_support import convert_bytes, convert_network  # noqa: E402

import numpy as np  # noqa: E402

import make_fixtures  # noqa: E402
from errors import InputError  # noqa: E402
from tflite_writer import Network, serialise  # noqa: E402

NONE = {"FusedActivationFunction": 0}


def layers(change: Callable[[Network], None]) -> Network:
    """The int8 layers after a change: 0 image, 1-3 CONV_2D, 4-6 DEPTHWISE_CONV_2D, ..."""
    network = make_fixtures.int8_layers().network
    change(network)
    return network


def one_op(kind: str, shapes: list, result: list, type_: str = "int8", **options) -> Network:
    network = Network()
    inputs = [network.tensor(f"x{i}", type_, s, 0.1, 0) for i, s in enumerate(shapes)]
    network.inputs = list(inputs)
    network.outputs = [network.tensor("y", type_, result, 0.1, 0)]
    network.operator(kind, inputs, network.outputs, **options)
    return network


class Refusals(unittest.TestCase):
    def expect(self, network: Network, *parts: str) -> None:
        with self.assertRaises(InputError) as raised:
            convert_network(network)
        for part in parts:
            self.assertIn(part, str(raised.exception))
        self.assertTrue(str(raised.exception).startswith("net.tflite: "))
        self.assertNotIn("\n", str(raised.exception))

    def expect_change(self, change: Callable[[Network], None], *parts: str) -> None:
        self.expect(layers(change), *parts)

    def test_name_an_unsupported_operator_and_its_index(self):
        network = make_fixtures.int8_layers().network
        network.operators[7]["kind"] = "STRIDED_SLICE"
        self.expect(network, "operator 7 (STRIDED_SLICE): is not supported", "CONV_2D")
        network.operators[7]["kind"] = "WHILE"
        self.expect(network, "operator 7 (WHILE)")
        network.operators[7]["kind"] = "CUSTOM"
        self.expect(network, "operator 7 (CUSTOM )")

    def test_stay_one_line_whatever_a_tensor_is_called(self):
        network = one_op("RELU", [[1, 4]], [1, 4], "int16")
        network.tensors[0]["name"] = "a\nb\x1b[31m" + "c" * 5000
        self.expect(network, r"a\nb\x1b[31mccc")

    def test_cover_types_that_are_not_8_bits(self):
        self.expect(one_op("RELU", [[1, 4]], [1, 4], "int16"), "network input 0", "int16")
        self.expect(one_op("RELU", [[1, 4]], [1, 4], "float32"), "operator 0 (RELU)", "float32")

        def hybrid(network):
            network.tensors[0].update(type="float32", scales=[], zero_points=[])

        self.expect_change(hybrid, "operator 0 (CONV_2D)", "float32", "int8 or uint8")

        def wide_weights(network):
            network.tensors[1].update(type="int16", data=network.tensors[1]["data"].astype("int16"))

        self.expect_change(wide_weights, "operator 0 (CONV_2D)", "int16")

    def test_cover_dynamic_shapes_but_for_the_batch(self):
        self.expect_change(
            lambda n: n.tensors[0].update(signature=[-1, -1, 6, 3]), "network input 0", "dynamic"
        )
        self.expect_change(
            lambda n: n.tensors[6].update(signature=[-1, 3, -1, 16]), "operator 1", "dynamic"
        )
        self.expect_change(lambda n: n.tensors[0].update(variable=True), "is a variable")

    def test_cover_broadcasting_and_constant_operands(self):
        self.expect(
            one_op("ADD", [[1, 4, 4, 2], [1, 1, 1, 2]], [1, 4, 4, 2], **NONE),
            *("operator 0 (ADD)", "broadcasting"),
        )
        self.expect(
            one_op("BATCH_MATMUL", [[1, 4, 4], [1, 4]], [1, 4, 4], AdjX=False, AdjY=False),
            *("operator 0 (BATCH_MATMUL)", "broadcasting"),
        )
        network = one_op("MUL", [[1, 4], [1, 4]], [1, 4], **NONE)
        network.tensors[1]["data"] = np.zeros((1, 4), np.int8)
        network.inputs.pop()
        self.expect(network, "operator 0 (MUL)", "operand 1", "is a constant")

    def test_cover_tensors_that_do_not_exist_or_come_too_late(self):
        for index in (-2, 23, 1 << 30):
            self.expect_change(
                lambda n: n.operators[0]["inputs"].__setitem__(0, index), "operator 0", str(index)
            )
        self.expect_change(
            lambda n: n.operators[0]["inputs"].__setitem__(0, 13), "before it is computed"
        )
        self.expect_change(
            lambda n: n.operators[1]["outputs"].__setitem__(0, 3), "already has a value"
        )
        self.expect_change(lambda n: n.operators.reverse(), "before it is computed")
        self.expect_change(lambda n: n.outputs.append(1), "outputs", "tensor 1")
        self.expect_change(lambda n: n.outputs.clear(), "no outputs")
        self.expect_change(lambda n: n.inputs.append(0), "network input 1")
        self.expect_change(lambda n: n.operators.clear(), "no operators")

    def test_cover_scales_and_zero_points_that_mean_nothing(self):
        for scale in (0, -0.5, float("nan"), float("inf"), 1e-45):
            self.expect_change(lambda n: n.tensors[3].update(scales=[scale]), "tensor 3", "scale")
            self.expect_change(
                lambda n: n.tensors[1]["scales"].__setitem__(2, scale), "operator 0", "scale"
            )
        self.expect_change(lambda n: n.tensors[3].update(zero_points=[128]), "zero point 128")
        self.expect_change(lambda n: n.tensors[1]["zero_points"].__setitem__(1, 5), "zero point")
        self.expect_change(lambda n: n.tensors[3].update(scales=[], zero_points=[]), "0 scales")
        self.expect_change(lambda n: n.tensors[1]["scales"].pop(), "7 scales", "1 or 8")
        self.expect_change(lambda n: n.tensors[1].update(axis=3), "axis 3")
        self.expect_change(lambda n: n.tensors[3].update(scales=[1e-30]), "factor")

    def test_cover_shapes_that_are_impossible(self):
        huge = 1 << 20
        self.expect_change(lambda n: n.tensors[0].update(shape=[1, huge, huge, 3]), "2^31")
        self.expect_change(lambda n: n.tensors[0].update(shape=[1, -6, -6, 3]), "-6")
        self.expect_change(lambda n: n.tensors[0].update(shape=[1, 0, 6, 3]), "shape [1, 0, 6, 3]")
        self.expect_change(lambda n: n.tensors[0].update(shape=[]), "shape []")
        self.expect_change(lambda n: n.tensors[0].update(shape=[1] * 9), "9 axes")
        self.expect_change(lambda n: n.tensors[3].update(shape=[1, 3, 4, 8]), "[1, 3, 3, 8]")
        self.expect_change(lambda n: n.tensors[1].update(shape=[8, 3, 3, 4]), "bytes of values")
        self.expect_change(lambda n: n.tensors[0].update(shape=[1, 6, 6, 4]), "channels")

    def test_cover_options_that_mean_nothing(self):
        options = lambda **o: lambda n: n.operators[0]["options"].update(o)  # noqa: E731
        self.expect_change(options(StrideH=0), "operator 0", "StrideH 0")
        self.expect_change(options(StrideH=-1), "StrideH -1")
        self.expect_change(options(DilationWFactor=1 << 30), "DilationWFactor")
        self.expect_change(options(Padding=7), "padding 7")
        self.expect_change(options(FusedActivationFunction=4), "fused activation 4", "RELU6")
        depthwise = lambda n: n.operators[1]["options"].update(DepthMultiplier=3)  # noqa: E731
        self.expect_change(depthwise, "operator 1", "multiplier 3")
        shuffled = lambda n: n.operators[6]["options"].update(WeightsFormat=1)  # noqa: E731
        self.expect_change(shuffled, "operator 6 (FULLY_CONNECTED)", "shuffled")

    def test_cover_movements_across_the_batch_or_other_axes(self):
        self.expect(one_op("RESHAPE", [[1, 4, 2]], [2, 4]), "operator 0 (RESHAPE)", "batch")
        self.expect(one_op("RESHAPE", [[2, 4]], [1, 4]), "operator 0 (RESHAPE)", "batch")
        concat = dict(Axis=1, **NONE)
        self.expect(
            one_op("CONCATENATION", [[1, 2, 4], [1, 3, 4]], [1, 5, 4], **concat), "the last axis"
        )

        def rescaled(network):
            network.tensors[19].update(scales=[0.07])

        self.expect_change(rescaled, "operator 8 (CONCATENATION)", "scale")
        network = make_fixtures.int8_elementwise().network
        axes = next(t for t in network.tensors if t["name"] == "axes")
        axes["data"] = np.array([1, 3], np.int32)
        self.expect(network, "(MEAN)", "height and width")

    def test_cover_a_softmax_of_another_step(self):
        self.expect_change(lambda n: n.tensors[21].update(scales=[0.01]), "(SOFTMAX)", "1/256")

    def test_cover_operands_that_are_missing(self):
        self.expect_change(lambda n: n.operators[0].update(inputs=[0]), "1 operands")
        self.expect_change(lambda n: n.operators[0].update(outputs=[]), "0 results")
        self.expect_change(lambda n: n.operators[0].update(outputs=[3, 6]), "2 results")
        weights = lambda n: n.tensors[1].update(data=None)  # noqa: E731
        self.expect_change(weights, "operand 1", "is not a constant")


class Files(unittest.TestCase):
    def test_that_are_no_models_are_named(self):
        for data in (b"", b"TFL3", b"\0" * 100, b"PK\3\4" + b"\0" * 60):
            with self.assertRaises(InputError) as raised:
                convert_bytes(data)
            self.assertIn("expected a TensorFlow Lite model", str(raised.exception))

    def test_with_another_schema_version_are_refused(self):
        import tflite

        data = bytearray(serialise(make_fixtures.int8_layers().network))
        model = tflite.Model.GetRootAs(data, 0)
        position = model._tab.Pos + model._tab.Offset(4)
        self.assertEqual(data[position], 3)
        data[position] = 2
        with self.assertRaisesRegex(InputError, "version: got 2, expected 3"):
            convert_bytes(bytes(data))


if __name__ == "__main__":
    unittest.main()
