"""Codes that an ONNX model adds to sums which nothing has quantised: residual operands."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from onnx_support import convert, one_input, op  # noqa: E402

import numpy as np  # noqa: E402

from errors import InputError  # noqa: E402
from onnx_maker import Maker  # noqa: E402

RESULT = "z_QuantizeLinear_Output"


def projected(swapped: bool = False) -> tuple[Maker, list[str]]:
    """x [4] of scale 0.5 and zero point 3, y = x W; the operands of x + y, or of y + x."""
    m, x = one_input([4])
    w, _ = m.weights("w", [4, 4], 1)
    y = m.node("MatMul", [x, w], "y")
    return m, [x, y] if swapped else [y, x]


class Residuals(unittest.TestCase):
    def expect_residual(self, m: Maker, factor: float | list[float], sums_factor: float) -> None:
        """Of the step of the result, 0.25."""
        bundle = convert(m)
        keys = op(bundle, RESULT)
        self.assertEqual(keys["inputs"], [f"{RESULT}.acc", "x_QuantizeLinear_Output"])
        self.assertEqual((keys["op"], keys["dialect"]), ("requantise", "double"))
        self.assertEqual(keys["residual_zero_point"], 3)
        np.testing.assert_array_equal(keys["residual_factor"], np.atleast_1d(factor))
        scales = next(i for i in m.initialisers if i.name == "w_scale")
        scales = np.frombuffer(scales.raw_data, np.float32).astype(np.float64)
        np.testing.assert_allclose(keys["factor"], sums_factor * scales, rtol=1e-15)

    def test_are_the_second_operand_of_one_requantisation(self):
        for swapped in (False, True):
            m, operands = projected(swapped)
            m.outputs = [m.quantised(m.node("Add", operands, "z"), 0.25)]
            self.expect_residual(m, 0.5 / 0.25, 0.5 / 0.25)

    def test_have_a_sign_where_one_operand_is_taken_off(self):
        for swapped, factor, sums in ((False, -2.0, 2.0), (True, 2.0, -2.0)):
            m, operands = projected(swapped)
            m.outputs = [m.quantised(m.node("Sub", operands, "z"), 0.25)]
            self.expect_residual(m, factor, sums)

    def test_may_be_scaled_before_and_after_they_are_added(self):
        m, (y, x) = projected()
        gains = m.constant("gains", [1.0, 2.0, 3.0, 4.0])
        z = m.node("Add", [y, m.node("Mul", [x, gains], "scaled")], "sum")
        z = m.node("Mul", [z, m.constant("half", 0.5)], "z")
        m.outputs = [m.quantised(z, 0.25)]
        self.expect_residual(m, [1.0, 2.0, 3.0, 4.0], 1.0)

    def test_are_clamped_with_the_sum_by_a_relu(self):
        m, operands = projected()
        z = m.node("Relu", [m.node("Add", operands, "sum")], "z")
        m.outputs = [m.quantised(z, 0.25, -5)]
        self.assertEqual(op(convert(m), RESULT)["clamp"], [-5, 127])

    def test_keep_the_bias_of_the_sums(self):
        m, x = one_input([2, 3, 3])
        w, scales = m.weights("w", [2, 2, 1, 1], 0)
        y = m.node("Conv", [x, w, m.constant("b", [1.0, -2.0])], "y")
        m.outputs = [m.quantised(m.node("Add", [y, x], "z"), 0.25)]
        keys = op(convert(m), RESULT)
        self.assertEqual(keys["offset"].tolist(), [4.0, -8.0])
        self.assertEqual(keys["residual_factor"].tolist(), [2.0])

    def test_of_another_shape_or_a_second_sum_are_refused_by_node(self):
        m, x = one_input([3, 4])
        w, _ = m.weights("w", [4, 2], 1)
        v, _ = m.weights("v", [4, 2], 1)
        y = m.node("MatMul", [x, w], "y")
        for other, found in ((x, r"\[3, 2\] and \[3, 4\]"), ("v", "operand 1 that is not quant")):
            other = m.node("MatMul", [x, v], "v_y") if other == "v" else other
            m.nodes = [node for node in m.nodes if node.output[0] not in ("z", "z_Q")]
            m.outputs = [m.node("Add", [y, other], "z")]
            with self.assertRaisesRegex(InputError, rf"z/Add \(Add\): got .*{found}"):
                convert(m)

    def test_that_nothing_quantises_are_refused(self):
        m, operands = projected()
        m.outputs = [m.node("Add", operands, "z")]
        with self.assertRaisesRegex(InputError, "a sum that nothing quantises"):
            convert(m)


if __name__ == "__main__":
    unittest.main()
