"""The integers that kernels derive from scales, against values worked out by hand."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import tflite_support  # noqa: E402,F401  (finds the importer)

import numpy as np  # noqa: E402

import slow_kernels  # noqa: E402
import tflite_numbers as numbers  # noqa: E402
import tflite_tables as tables  # noqa: E402
from tflite_writer import Network  # noqa: E402

F = np.float32


class QuantizedMultiplier(unittest.TestCase):
    def test_is_a_fraction_of_31_bits_and_a_power_of_two(self):
        self.assertEqual(numbers.quantized_multiplier(0.5), (1 << 30, 0))
        self.assertEqual(numbers.quantized_multiplier(0.75), (1610612736, 0))
        self.assertEqual(numbers.quantized_multiplier(1.0), (1 << 30, 1))
        self.assertEqual(numbers.quantized_multiplier(1 / 3), (1431655765, -1))

    def test_carries_into_the_shift_when_it_rounds_up_to_one(self):
        self.assertEqual(numbers.quantized_multiplier(1 - 2.0**-33), (1 << 30, 1))

    def test_is_zero_below_a_shift_of_minus_31(self):
        self.assertEqual(numbers.quantized_multiplier(2.0**-32), (1 << 30, -31))
        self.assertEqual(numbers.quantized_multiplier(2.0**-33), (0, 0))
        self.assertEqual(numbers.quantized_multiplier(0.0), (0, 0))

    def test_refuses_what_no_shift_reaches(self):
        self.assertEqual(numbers.quantized_multiplier(2.0**29), (1 << 30, 30))
        for real in (2.0**30, float("inf"), float("nan"), -1.0):
            with self.assertRaises(ValueError, msg=real):
                numbers.quantized_multiplier(real)


class Mbqm(unittest.TestCase):
    def test_rounds_twice_the_second_time_half_away_from_zero(self):
        # 3 * 2^-2: srdhm gives 3 * 1/2 rounded half up = 2, and 2 / 2 = 1.
        factor = numbers.quantized_multiplier(0.25)
        self.assertEqual(numbers.mbqm(np.array([3, -3, 6, -6]), *factor).tolist(), [1, -1, 2, -2])

    def test_shifts_left_first(self):
        self.assertEqual(numbers.mbqm(np.array([5]), *numbers.quantized_multiplier(8.0)), 40)


class ClampRange(unittest.TestCase):
    def test_is_the_type_without_an_activation(self):
        self.assertEqual(numbers.clamp_range("NONE", "int8", F(0.1), 5), [-128, 127])
        self.assertEqual(numbers.clamp_range("NONE", "uint8", F(0.1), 5), [0, 255])

    def test_begins_at_the_zero_point(self):
        self.assertEqual(numbers.clamp_range("RELU", "int8", F(0.1), -10), [-10, 127])
        self.assertEqual(numbers.clamp_range("RELU6", "int8", F(0.1), -10), [-10, 50])
        self.assertEqual(numbers.clamp_range("RELU_N1_TO_1", "int8", F(0.25), 3), [-1, 7])

    def test_rounds_a_bound_half_away(self):
        self.assertEqual(numbers.clamp_range("RELU6", "uint8", F(12), 0), [0, 1])

    def test_stays_inside_the_type_at_any_scale(self):
        with np.errstate(all="ignore"):
            self.assertEqual(numbers.clamp_range("RELU6", "int8", F(1.2e-38), 3), [3, 127])
        self.assertEqual(numbers.clamp_range("RELU6", "int8", F(3e38), 3), [3, 3])


class OtherConstants(unittest.TestCase):
    def test_mean_divides_the_shifted_multiplier_by_the_count(self):
        self.assertEqual(numbers.mean_factor(F(1), F(1), 64), (1 << 30, -5))
        # floor(2^30 * 4 / 5); dividing first would lose three steps.
        self.assertEqual(numbers.mean_factor(F(1), F(1), 5), (858993459, -1))

    def test_softmax_keeps_differences_of_less_than_32(self):
        self.assertEqual(numbers.softmax_constants(F(1), F(1 / 16)), ((1 << 30, 23), -248))
        # A step of 2^-25 makes 31 * 2^24 steps, more than any two codes are apart.
        self.assertEqual(numbers.softmax_constants(F(1), F(2.0**-25))[1], -(1 << 16))

    def test_xnnpack_adds_with_20_bits_of_the_larger_ratio(self):
        self.assertEqual(numbers.fixed_add_constants(F(1), F(1), F(1)), (1 << 20, 1 << 20, 20))
        self.assertEqual(
            numbers.fixed_add_constants(F(0.25), F(0.125), F(0.5)), (1 << 20, 1 << 19, 21)
        )


class Tables(unittest.TestCase):
    def check(self, kind: str, table: np.ndarray, x: tables.Codes, y: tables.Codes, **options):
        network = Network()
        a = network.tensor("a", x.type, [256, 1], x.scale, x.zero_point)
        b = network.tensor("b", y.type, [256, 1], y.scale, y.zero_point)
        network.inputs = [a]
        network.operator(kind, [a], [b], **options)
        values = x.all().astype(x.type).reshape(256, 1)
        expected = slow_kernels.run(network, [values], "reference")["1:b"]
        np.testing.assert_array_equal(table, expected.reshape(-1), f"{kind} {x} {y}")

    def test_equal_the_functions_of_every_code_one_at_a_time(self):
        rng = np.random.default_rng(7)
        for case in range(12):
            type_ = ("int8", "uint8")[case % 2]
            limits = numbers.RANGES[type_]
            x = tables.Codes(type_, F(rng.uniform(0.002, 0.3)), int(rng.integers(*limits)))
            y = tables.Codes(type_, F(rng.uniform(0.002, 0.3)), int(rng.integers(*limits)))
            with self.subTest(case=case):
                logistic = tables.real_function(tables.logistic, x, y)
                self.check("LOGISTIC", logistic, x, y)
                self.check("HARD_SWISH", tables.hard_swish(x, y), x, y)
                alpha = F(rng.uniform(0, 1))
                self.check("LEAKY_RELU", tables.leaky_relu(alpha, x, y), x, y, Alpha=alpha)
                if type_ == "uint8":
                    self.check("CONCATENATION", tables.rescaled(x, y), x, y)

    def test_hold_one_half_at_zero_and_saturate(self):
        x, y = tables.Codes("int8", F(0.1), 4), tables.Codes("int8", F(1 / 256), -128)
        logistic = tables.real_function(tables.logistic, x, y)
        self.assertEqual(logistic[128 + 4], 0)  # 0.5 * 256 - 128.
        self.assertEqual((logistic[0], logistic[255]), (-128, 127))

    def test_pass_or_stop_beyond_three_in_hard_swish(self):
        codes = tables.Codes("int8", F(1 / 16), 0)
        swish = tables.hard_swish(codes, codes)
        self.assertEqual(swish[128 - 48 - 1], 0)  # -49/16 is below -3.
        self.assertEqual(swish[128 + 64], 64)
        self.assertEqual(swish[128 + 16], 11)  # 1 * 4/6 = 10.67 sixteenths.

    def test_refuse_a_negative_slope(self):
        codes = tables.Codes("int8", F(0.1), 0)
        with self.assertRaises(ValueError):
            tables.leaky_relu(F(-0.1), codes, codes)


if __name__ == "__main__":
    unittest.main()
