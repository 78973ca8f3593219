"""How codes and weights are stored in exported ONNX models."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from qdq_support import codes_input, export, network_of, run  # noqa: E402

import numpy as np  # noqa: E402
import safetensors.numpy  # noqa: E402
from onnx import TensorProto, numpy_helper  # noqa: E402

from errors import InputError  # noqa: E402
from qdq_bundle import read_network  # noqa: E402
from qdq_graph import NotExpressible, stored_type  # noqa: E402
from qdq_weights import stored_weights  # noqa: E402


class NumbersOfBundles(unittest.TestCase):
    def test_are_reals_without_a_point_too(self):
        text = (
            "{format: systole-network, version: 1, kind: integer, name: n, inputs: [], outputs: [],"
            " ops: [{a: 1e-05, b: -3E+07, c: 2.5e3, d: 17, e: 1e5x}]}"
        )
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder)
            (path / "network.yaml").write_text(text)
            (path / "tensors.safetensors").write_bytes(safetensors.numpy.save({}))
            (op,) = read_network(path).ops
        self.assertEqual(op, {"a": 1e-05, "b": -3e7, "c": 2500.0, "d": 17, "e": "1e5x"})


class TypesOfCodes(unittest.TestCase):
    def test_hold_the_declared_width(self):
        for type_name, expected in (
            ("int1", TensorProto.INT8),
            ("int8", TensorProto.INT8),
            ("uint4", TensorProto.UINT8),
            ("uint8", TensorProto.UINT8),
            ("int10", TensorProto.INT16),
            ("int16", TensorProto.INT16),
            ("uint9", TensorProto.UINT16),
            ("uint16", TensorProto.UINT16),
        ):
            self.assertEqual(stored_type(type_name, 0, 600), (expected, 0), type_name)

    def test_give_codes_less_their_zero_point_it_back(self):
        self.assertEqual(stored_type("int9", -33, 222), (TensorProto.UINT8, 33))
        self.assertEqual(stored_type("int9", -256, -1), (TensorProto.UINT8, 256))
        self.assertEqual(stored_type("int9", 0, 255), (TensorProto.UINT8, 0))
        self.assertEqual(stored_type("int9", -33, 223), (TensorProto.INT16, 0))

    def test_have_16_bits_at_most(self):
        self.assertEqual(stored_type("int17", -100, 65435), (TensorProto.UINT16, 100))
        with self.assertRaises(NotExpressible):
            stored_type("int17", -100, 65436)


class TypesOfWeights(unittest.TestCase):
    def check(self, values: list[list[int]], type: int, zero_points: list[int]) -> None:
        weight = np.array(values)
        stored, zeros, found = stored_weights(weight, 1)
        self.assertEqual(found, type)
        self.assertEqual(zeros.tolist(), zero_points)
        np.testing.assert_array_equal(stored.astype(int) - zeros, weight)

    def test_are_the_narrowest_without_a_zero_point(self):
        self.check([[-8, 7]], TensorProto.INT4, [0])
        self.check([[-9, 7]], TensorProto.INT8, [0])
        self.check([[-128, 127]], TensorProto.INT8, [0])
        self.check([[0, 255]], TensorProto.UINT8, [0])

    def test_have_a_zero_point_for_9_bits(self):
        self.check([[-151, 104]], TensorProto.INT8, [23])
        self.check([[-151, 0], [104, 105]], TensorProto.INT8, [23, -128])
        self.check([[-151, 0], [105, 105]], TensorProto.INT16, [0])


class Bias(unittest.TestCase):
    def model(self, bias: list[int], form: str = "auto"):
        network = network_of(
            [codes_input([2])],
            [
                {"name": "acc", "op": "int_matmul", "inputs": ["x"],
                 "weight": np.array([[1, 2], [3, -4]], np.int8)},
                {"name": "y", "op": "mul_quant", "inputs": ["acc"],
                 "scale": np.array([4, 8], np.int32), "bias": np.array(bias, np.int64),
                 "shift": np.array([4, 5], np.uint8), "type": "int8", "real_scale": 2.0},
            ],
        )  # fmt: skip
        codes = np.array([[5, -6], [100, 20]], np.int8)
        acc = codes.astype(int) @ [[1, 2], [3, -4]]
        exact = (acc * [4, 8] + bias) / [16, 32]
        expected = np.clip(np.rint(exact), -128, 127) * 2
        np.testing.assert_array_equal(run(network, {"x": codes}, form), expected)
        return {c.name: numpy_helper.to_array(c) for c in export(network, form).graph.initializer}

    def test_is_int32_where_it_is_whole_steps_of_the_sums(self):
        self.assertEqual(self.model([12, -24])["y_bias"].tolist(), [3, -3])

    def test_is_float32_where_it_is_not(self):
        # In steps of the output times its real scale: 13 / 16 * 2, -24 / 32 * 2.
        self.assertEqual(self.model([13, -24])["y_bias"].tolist(), [1.625, -1.5])
        self.assertEqual(self.model([12, -24], "float32")["y_bias"].tolist(), [1.5, -1.5])

    def test_is_float32_beyond_int32(self):
        self.assertEqual(self.model([4 * (2**31 - 1), 0])["y_bias"].dtype, np.int32)
        self.assertEqual(self.model([4 * 2**31, 0])["y_bias"].dtype, np.float32)

    def test_is_left_out_where_it_is_0(self):
        self.assertNotIn("y_bias", self.model([0, 0]))


class Outputs(unittest.TestCase):
    def test_that_are_inputs_or_equal_have_values_of_their_own(self):
        ops = [
            {"name": "a", "op": "float_identity", "inputs": ["x"]},
            {"name": "b", "op": "float_relu", "inputs": ["a"]},
        ]
        network = network_of([{"name": "x", "shape": [2], "type": "float32"}], ops, ["a", "x", "b"])
        values = [output.name for output in export(network).graph.output]
        self.assertEqual(len(set(values) | {"x"}), 4)
        reals = np.array([[-1.5, 2.5]], np.float32)
        np.testing.assert_array_equal(run(network, {"x": reals}), reals)


class Refusals(unittest.TestCase):
    def test_name_additions_of_sums_and_constants_beyond_float32(self):
        product = {"op": "int_matmul", "inputs": ["x"], "weight": np.ones((2, 2), np.int8)}
        add = {"name": "y", "op": "requantise_add", "inputs": ["x", "acc"], "dialect": "double",
               "a_scale": 1.0, "b_scale": 1.0, "scale": 1.0, "type": "int8",
               "real_scale": 1.0}  # fmt: skip
        with self.assertRaisesRegex(InputError, r"y \(requantise_add\): .*adds sums of products"):
            export(network_of([codes_input([2])], [{"name": "acc", **product}, add]))
        scaled = {"name": "y", "op": "requantise", "inputs": ["x"], "dialect": "double",
                  "factor": np.array([1e60]), "type": "int8", "real_scale": 1.0}  # fmt: skip
        with self.assertRaisesRegex(InputError, r"y \(requantise\): .*float32 does not hold"):
            export(network_of([codes_input([2])], [scaled]))

    def test_name_zero_points_that_a_type_does_not_hold(self):
        op = {"name": "y", "op": "requantise", "inputs": ["x"], "dialect": "double",
              "factor": np.array([1.0]), "zero_point": 300, "type": "uint8",
              "real_scale": 1.0, "rounding": "half_even"}  # fmt: skip
        with self.assertRaisesRegex(InputError, r"^bundle: y \(requantise\): .*zero point 300"):
            export(network_of([codes_input([2])], [op]))

    def test_name_factors_that_float32_does_not_hold(self):
        ops = [
            {"name": "acc", "op": "int_matmul", "inputs": ["x"],
             "weight": np.ones((2, 2), np.int8)},
            {"name": "y", "op": "requantise", "inputs": ["acc"], "dialect": "double",
             "factor": np.array([1e-60]), "type": "int8", "real_scale": 1.0},
        ]  # fmt: skip
        with self.assertRaisesRegex(InputError, r"y \(requantise\): .*a factor of 2e-60"):
            export(network_of([codes_input([2])], ops))


if __name__ == "__main__":
    unittest.main()
