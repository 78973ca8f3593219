"""What integer ONNX cannot be is refused with one line that names the node, what was found and what
was expected."""

import pathlib
import sys
import unittest

import numpy as np
from onnx import TensorProto, numpy_helper

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from onnx_integer_support import Sketch  # noqa: E402

from errors import InputError  # noqa: E402

ROW, IMAGE = [1, 4], [1, 2, 4, 4]


class Refusals(unittest.TestCase):
    def expect(self, net: Sketch, message: str, *outputs: str) -> None:
        with self.assertRaises(InputError) as caught:
            net.convert(*outputs)
        self.assertEqual(str(caught.exception), f"net.onnx: {message}")

    def refuse(self, message: str, **keys: object) -> None:
        """Of one RequantShift."""
        self.expect(
            Sketch(ROW).requant("x", "y", **keys), f"node 0 the_y (RequantShift): {message}"
        )

    def test_constants_of_a_requant_shift(self):
        int32 = "expected whole numbers from -2147483648 to 2147483647"
        self.refuse(f"mul: got 0.5, {int32}", mul=0.5)
        self.refuse(f"mul: got 2147483648.0, {int32}", mul=1 << 31)
        self.refuse(
            "add: got shape [3], expected one value, or one for each of 4 channels", add=[1] * 3
        )
        self.refuse(
            "mul: got shape [2, 4], expected one value, or one for each of 4 channels",
            mul=np.ones((2, 4)),
        )
        self.refuse(
            "mul: got shape [1, 1, 4], expected one value, or one for each of 4 channels",
            mul=np.ones((1, 1, 4)),
        )
        bound = 1 << 61
        self.refuse(
            f"add: got 9.223372036854776e+18, expected whole numbers from {-bound} to {bound}",
            add=2.0**63,
        )

    def test_attributes_of_a_requant_shift(self):
        self.refuse("div: got 1000, expected a power of two", div=1000.0)
        self.refuse(f"div: got 0.0, expected whole numbers from 1 to {1 << 62}", div=0.0)
        self.refuse("n_levels_out: got 255, expected a power of two", n_levels_out=255.0)
        self.refuse(
            "n_levels_out: got 1.0, expected whole numbers from 2 to 65536", n_levels_out=1.0
        )
        self.refuse("signed: got 2.0, expected whole numbers from 0 to 1", signed=2.0)
        self.refuse("signed: got 'yes', expected numbers", signed="yes")
        self.refuse("div: got 2 values, expected one", div=[2, 2])
        net = Sketch(ROW).node("RequantShift", ["x", 1, 0], "y", div=2.0, signed=1.0)
        self.expect(
            net, "node 0 the_y (RequantShift): n_levels: got no such attribute, expected a number"
        )

    def test_operands_that_are_not_constant_or_not_computed(self):
        net = Sketch(ROW).requant("x", "a").node("RequantShift", ["a", "x", 0], "y")
        self.expect(
            net, "node 1 the_y (RequantShift): mul: got x, a computed value, expected a constant"
        )
        net = Sketch(ROW).requant("x", "a").node("MatMul", [np.ones((4, 4)), "a"], "y")
        self.expect(net, "node 1 the_y (MatMul): got y.0, a constant, expected a computed operand")

    def test_numbers_of_operands(self):
        net = Sketch(ROW).node("RequantShift", ["x", 1], "y")
        self.expect(net, "node 0 the_y (RequantShift): got 2 operands, expected 3 to 3")
        net = Sketch(ROW).requant("x", "y")
        net.nodes[0].output.append("z")
        self.expect(net, "node 0 the_y (RequantShift): got 2 outputs, expected one")

    def test_weights_beyond_nine_bits_or_not_whole(self):
        expected = "expected whole numbers from -256 to 255"
        for value in (-257, 256, 0.25):
            net = Sketch(ROW).node("MatMul", ["x", np.full((4, 2), value)], "y").requant("y", "z")
            self.expect(net, f"node 0 the_y (MatMul): weight: got {float(value)}, {expected}")

    def test_weights_that_do_not_fit(self):
        net = Sketch(ROW).node("MatMul", ["x", np.ones((3, 2))], "y").requant("y", "z")
        self.expect(net, "node 0 the_y (MatMul): weight: got shape [3, 2], expected [4, outputs]")
        net = Sketch(IMAGE).node("Conv", ["x", np.ones((2, 3, 1, 1))], "y").requant("y", "z")
        self.expect(
            net,
            "node 0 the_y (Conv): weight: got shape [2, 3, 1, 1] in 1 groups, expected "
            "[channels, 2 / groups, height, width]",
        )

        net = Sketch(IMAGE).node("Conv", ["x", np.ones((3, 2, 1, 1)), [1]], "y").requant("y", "z")
        self.expect(net, "node 0 the_y (Conv): bias: got shape [1], expected [3]")

    def test_windows(self):
        def conv(**keys: object) -> Sketch:
            net = Sketch(IMAGE).node("Conv", ["x", np.ones((2, 2, 3, 3))], "y", **keys)
            return net.requant("y", "z")

        start = "node 0 the_y (Conv): "
        self.expect(
            conv(auto_pad="SAME_UPPER"), f"{start}auto_pad: got SAME_UPPER, expected NOTSET"
        )
        self.expect(
            conv(strides=[0, 1]), f"{start}strides: got 0, expected whole numbers from 1 to 65536"
        )
        self.expect(conv(strides=[1]), f"{start}strides: got 1 values, expected 2 values")
        self.expect(
            conv(pads=[-1, 0, 0, 0]), f"{start}pads: got -1, expected whole numbers from 0 to 65535"
        )
        self.expect(
            conv(kernel_shape=[3, 2]),
            f"{start}kernel_shape: got [3, 2], expected [3, 3], as weight",
        )
        self.expect(
            conv(dilations=[2, 1]),
            f"{start}got a window of [3, 3] on an image of [4, 4], expected one that fits",
        )
        net = Sketch(ROW).node("MaxPool", ["x"], "y", kernel_shape=[2, 2]).requant("y", "z")
        self.expect(
            net, "node 0 the_y (MaxPool): got an operand with 2 axes, expected an image, 4 axes"
        )

    def test_sums_of_accumulators_and_of_unequal_shapes(self):
        net = Sketch(ROW).node("MatMul", ["x", np.ones((4, 4))], "p").node("Add", ["p", "x"], "y")
        self.expect(
            net.requant("y", "z"),
            "node 1 the_y (Add): got p, sums of products, expected operands of up to 17 bits; a "
            "RequantShift in front narrows them",
        )
        net = Sketch(ROW).requant("x", "q", n_levels_out=65536.0, signed=0.0)
        net.node("Add", ["q", "q"], "y").requant("y", "z")
        start = "node 1 the_y (Add): "
        self.expect(net, f"{start}got sums from 0 to 131070, expected 17 bits signed", "y", "z")
        net = Sketch([1, 3, 4]).requant("x", "q").node("Gather", ["x", 0], "g", axis=1)
        net.node("Add", ["q", "g"], "y").requant("y", "z")
        self.expect(net, "node 2 the_y (Add): got operands [3, 4] and [4], expected equal shapes")

    def test_constants_of_the_added_operators(self):
        def norm(**keys: object) -> Sketch:
            keys = {"D": 4.0, "n_levels": 256.0} | keys
            return (
                Sketch(ROW).requant("x", "q").node("iLayerNorm", ["q", [1] * 4, [0.5]], "y", **keys)
            )

        start = "node 1 the_y (iLayerNorm): "
        self.expect(
            norm(), f"{start}bias: got 0.5, expected whole numbers from -2147483648 to 2147483647"
        )
        self.expect(norm(n_levels=100.0), f"{start}n_levels: got 100, expected a power of two")
        net = Sketch(ROW).requant("x", "q").node("iGELU", ["q"], "y", b=1, one=3)
        self.expect(net, "node 1 the_y (iGELU): b: got 1, expected whole numbers from -65536 to 0")
        net = Sketch(ROW).requant("x", "q").node("iGELU", ["q"], "y", b=-1)
        self.expect(net, "node 1 the_y (iGELU): one: got no such attribute, expected a number")
        net = Sketch(ROW).requant("x", "q").node("IntegerMean", ["q"], "y", axes=[0, 1])
        self.expect(
            net,
            "node 1 the_y (IntegerMean): axes: got [0, 1], expected axes behind the batch, "
            "not all unless keepdims is 1",
        )

    def test_movements_of_the_batch(self):
        def after_requant(op: str, operands: list, **keys: object) -> Sketch:
            return Sketch([1, 3, 4]).requant("x", "q").node(op, ["q", *operands], "y", **keys)

        self.expect(
            after_requant("Transpose", [], perm=[1, 0, 2]),
            "node 1 the_y (Transpose): perm: got [1, 0, 2], expected an order of 3 axes with "
            "the batch first",
        )
        self.expect(
            after_requant("Gather", [0], axis=0),
            "node 1 the_y (Gather): got axis 0 of 3, expected an axis behind the batch, and "
            "another one",
        )
        self.expect(
            after_requant("Gather", [[0, 1]], axis=1),
            "node 1 the_y (Gather): got indices of shape [2], expected a single index",
        )
        self.expect(
            after_requant("Gather", [3], axis=1),
            "node 1 the_y (Gather): indices: got 3, expected whole numbers from -3 to 2",
        )
        for shape in (
            [12],
            [3, 4],
            [-1, -1],
            [-1, 5],
            [2, 12],
            [-1, 3, 4, 0],
            [-1, 1, 1, 1, 1, 1, 12],
        ):
            self.expect(
                after_requant("Reshape", [shape]),
                f"node 1 the_y (Reshape): shape: got {shape}, expected the batch and 12 "
                "elements in up to 5 axes",
            )

    def test_operators_that_nobody_knows(self):
        net = Sketch(ROW).requant("x", "q").node("Relu", ["q"], "y")
        with self.assertRaisesRegex(
            InputError, r"node 1 the_y \(Relu\): is not supported; supported are Add,"
        ):
            net.convert()

    def test_inputs(self):
        net = Sketch([1, 2, 3, 4, 5]).requant("x", "y")
        self.expect(net, "input x: got 5 axes, expected the batch and 1 to 3 others")
        net = Sketch(ROW, TensorProto.INT64).requant("x", "y")
        self.expect(net, "input x: got INT64, expected integers as FLOAT")

    def test_outputs_that_are_constant(self):
        net = Sketch(ROW).requant("x", "y")
        net.constants.append(numpy_helper.from_array(np.ones(1, np.float32), "c"))
        self.expect(net, "outputs: got c, expected a computed value", "c")


if __name__ == "__main__":
    unittest.main()
