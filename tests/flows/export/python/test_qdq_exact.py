"""What run_onnx.py accepts as an explanation of a differing element, and what it does not."""

import pathlib
import sys
import tempfile
import unittest
from fractions import Fraction

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from qdq_support import codes_input, network_of  # noqa: E402

import numpy as np  # noqa: E402

from qdq_exact import Evaluator, Exact  # noqa: E402
from qdq_trace import Trace, read_trace, write_trace  # noqa: E402
from run_onnx import compare  # noqa: E402


def quantised_product(bias: int) -> list[dict]:
    """y = rne((3 x0 - 2 x1) * 5 / 8 + bias / 8) and z = rne(y / 2)."""
    return [
        {"name": "acc", "op": "int_matmul", "inputs": ["x"],
         "weight": np.array([[3], [-2]], np.int8)},
        {"name": "y", "op": "mul_quant", "inputs": ["acc"], "scale": np.array([5]),
         "bias": np.array([bias]), "shift": np.array([3]), "type": "int8", "real_scale": 1.0},
        {"name": "z", "op": "mul_quant", "inputs": ["y"], "scale": np.array([1]),
         "bias": np.array([0]), "shift": np.array([1]), "type": "int8", "real_scale": 1.0},
    ]  # fmt: skip


class Exactness(unittest.TestCase):
    def test_is_that_of_fractions(self):
        network = network_of([codes_input([2])], quantised_product(7))
        exact = Evaluator(network, {"x": np.array([[10, -3]])}).at("y", (0, 0))
        self.assertEqual(exact.value, Fraction(36 * 5 + 7, 8))  # 23.375
        self.assertEqual((exact.code, exact.tie_distance), (23, 0.125))
        self.assertEqual(exact.magnitude, 36 * 5 / 8 + 7 / 8)

    def test_holds_for_padded_groups(self):
        codes = np.arange(16).reshape(1, 2, 4, 2)
        ops = [
            {"name": "acc", "op": "int_conv2d", "inputs": ["x"], "groups": 2, "pad_value": 7,
             "weight": np.arange(1, 9).reshape(2, 2, 1, 2), "padding": [1, 0, 0, 0],
             "dilation": [1, 2], "input_zero_point": 1},
            {"name": "y", "op": "mul_quant", "inputs": ["acc"], "scale": np.array([1, 1]),
             "bias": np.array([0]), "shift": np.array([0]), "type": "int16", "real_scale": 1.0},
        ]  # fmt: skip
        evaluator = Evaluator(network_of([codes_input([2, 4, 2])], ops), {"x": codes})
        # Channel 1 of pixel (0, 1): two padded taps of 7, then codes 3 and 7, each less 1.
        self.assertEqual(evaluator.at("y", (0, 0, 1, 1)).code, 2 * 6 + 4 * 6 + 6 * 2 + 8 * 6)
        # Pixel (1, 0): codes 1, 5, 9, 13.
        self.assertEqual(evaluator.at("y", (0, 1, 0, 1)).code, 2 * 0 + 4 * 4 + 6 * 8 + 8 * 12)

    def test_bounds_how_far_float32_may_be_off(self):
        tie = Fraction(5, 2)
        last_place = Fraction(1, 2**24)
        for off, explained in ((0, True), (80, True), (81, False), (-80, True), (-81, False)):
            exact = Exact(tie + off * last_place, 2 if off <= 0 else 3, 10.0)
            self.assertEqual(exact.explains(5 - exact.code), explained, off)
        self.assertFalse(Exact(tie, 2, 10.0).explains(4))


class Comparisons(unittest.TestCase):
    def compare(self, bias: int, x: list[int], golden: tuple[int, int], found: tuple[int, int]):
        network = network_of([codes_input([2])], quantised_product(bias))
        trace = Trace({}, {"x": np.array([x]), "y": np.array([[golden[0]]]),
                           "z": np.array([[golden[1]]])})  # fmt: skip
        codes = {"x": np.array([x]), "y": np.array([[found[0]]]), "z": np.array([[found[1]]])}
        return {row.name: row for row in compare(network, trace, codes)}

    def test_count_elements_and_the_largest_difference(self):
        rows = self.compare(7, [10, -3], (23, 12), (20, 10))
        self.assertEqual([row.compared for row in rows.values()], [2, 1, 1])
        self.assertEqual([row.differing for row in rows.values()], [0, 1, 1])
        self.assertEqual([row.largest for row in rows.values()], [0, 3, 2])

    def test_explain_what_was_carried_but_not_where_it_began(self):
        rows = self.compare(7, [10, -3], (23, 12), (24, 12))
        self.assertEqual((rows["y"].unexplained, rows["z"].differing), (1, 0))
        rows = self.compare(7, [10, -3], (23, 12), (20, 10))
        self.assertEqual((rows["y"].unexplained, rows["z"].carried), (1, 1))
        self.assertEqual(rows["y"].elements[0]["exact"], 23.375)

    def test_explain_ties(self):
        rows = self.compare(7, [4, 0], (8, 4), (9, 4))  # 67 / 8 = 8.375 is none.
        self.assertEqual((rows["y"].near_ties, rows["y"].unexplained), (0, 1))
        rows = self.compare(5, [1, 0], (2, 1), (3, 2))  # 20 / 8
        self.assertEqual((rows["y"].near_ties, rows["y"].unexplained), (1, 0))
        self.assertEqual(rows["z"].carried, 1)  # 3 / 2

    def test_explain_biases_rounded_to_a_step_of_the_sums(self):
        # 11 / 8: the bias is 2.2 steps of 5 / 8. 12 steps more: 71 / 8 = 8.875; with 2: 70 / 8.
        rows = self.compare(11, [4, 0], (9, 4), (8, 4))
        self.assertEqual((rows["y"].rounded_bias, rows["y"].unexplained), (0, 1))
        # 7 / 8: 1.4 steps. 7 steps more: 42 / 8 = 5.25; with 1: 40 / 8.
        rows = self.compare(7, [3, 1], (5, 2), (6, 3))
        self.assertEqual((rows["y"].rounded_bias, rows["y"].unexplained), (0, 1))
        # 13 / 8: 2.6 steps. 9 steps more: 58 / 8 = 7.25; with 3: 60 / 8, a tie, which goes to 8.
        rows = self.compare(13, [3, 0], (7, 4), (8, 4))
        self.assertEqual((rows["y"].rounded_bias, rows["y"].unexplained), (1, 0))


class Traces(unittest.TestCase):
    def test_say_of_every_tensor_what_its_op_says(self):
        product, y, _ = quantised_product(7)
        y |= {"zero_point": 5, "zero_point_form": "subtract"}
        flat = {"name": "flat", "op": "flatten", "inputs": ["y"]}
        kept = y | {"name": "kept", "inputs": ["flat"], "zero_point_form": "keep", "type": "uint9"}
        network = network_of([codes_input([2], zero_point=-3)], [product, y, flat, kept])
        codes = {name: np.array([[300]]) for name in ("y", "flat", "kept")}
        with tempfile.TemporaryDirectory() as folder:
            bundle, out = pathlib.Path(folder), pathlib.Path(folder) / "trace"
            for name in ("network.yaml", "tensors.safetensors"):
                (bundle / name).write_text(name)
            write_trace(out, bundle, network, {"x": np.array([[1, 2]])} | codes)
            trace = read_trace(out)
        keys = ("name", "op", "inputs", "shape", "type", "scale", "zero_point")
        self.assertEqual(
            [tuple(entry[key] for key in keys) for entry in trace.head["tensors"]],
            [
                ("x", "input", [], [1, 2], "int8", 0.5, -3),
                ("y", "mul_quant", [], [1, 1], "int8", 1.0, 0),
                ("flat", "flatten", ["y"], [1, 1], "int8", 1.0, 0),
                ("kept", "mul_quant", ["flat"], [1, 1], "uint9", 1.0, 5),
            ],
        )
        # int32 where values lie outside of the type.
        stored = [str(trace.tensors[name].dtype) for name in ("x", "y", "kept")]
        self.assertEqual(stored, ["int8", "int32", "uint16"])


if __name__ == "__main__":
    unittest.main()
