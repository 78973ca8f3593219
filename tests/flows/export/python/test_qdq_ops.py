"""Ops in exported ONNX models, run by ONNX Runtime, against NumPy."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from qdq_support import codes_input, network_of, run  # noqa: E402

import numpy as np  # noqa: E402

SEED = 20261122


def random_codes(shape: tuple[int, ...], lowest: int = -128, highest: int = 127) -> np.ndarray:
    return np.random.default_rng(SEED).integers(lowest, highest + 1, shape)


class Movements(unittest.TestCase):
    """With scale 0.5, so that reals are the codes' halves."""

    def check(self, op: dict, expected, shape=(2, 3, 4)) -> None:
        codes = random_codes((2, *shape))
        network = network_of([codes_input(list(shape))], [{"name": "y", "inputs": ["x"], **op}])
        found = run(network, {"x": codes.astype(np.int8)})
        np.testing.assert_array_equal(found * 2, expected(codes))

    def test_transpose_in_every_order(self):
        for order in ([0, 1, 2], [2, 0, 1], [1, 2, 0], [1, 0, 2], [0, 2, 1], [2, 1, 0]):
            axes = [0, *(axis + 1 for axis in order)]
            self.check({"op": "transpose", "order": order}, lambda x: x.transpose(axes))
        self.check({"op": "transpose", "order": [1, 0]}, lambda x: x.swapaxes(1, 2), (3, 4))

    def test_slice_with_steps(self):
        op = {"op": "slice", "start": [0, 1, 1], "count": [2, 2, 2], "step": [1, 1, 2]}
        self.check(op, lambda x: x[:, 0:2, 1:3, 1:4:2])
        self.check({"op": "slice", "start": [1], "count": [2]}, lambda x: x[:, 1:3], (4,))

    def test_reshape_and_flatten_in_the_order_of_bundles(self):
        self.check({"op": "flatten"}, lambda x: x.reshape(2, 24))
        self.check({"op": "reshape", "shape": [4, 3, 2]}, lambda x: x.reshape(2, 4, 3, 2))
        self.check({"op": "reshape", "shape": [6, 4]}, lambda x: x.reshape(2, 6, 4))
        self.check({"op": "reshape", "shape": [2, 2, 6]}, lambda x: x.reshape(2, 2, 2, 6), (4, 6))

    def test_pad_with_a_code(self):
        op = {"op": "pad", "amounts": [[1, 0], [0, 2], [0, 1]], "value": -7}
        self.check(op, lambda x: np.pad(x, ((0, 0), (1, 0), (0, 2), (0, 1)), constant_values=-7))


class Requantisation(unittest.TestCase):
    def check(self, ops: list[dict], expected, shape=(3, 4), zero_point=0) -> None:
        codes = random_codes((5, *shape))
        network = network_of([codes_input(list(shape), zero_point=zero_point)], ops)
        found = run(network, {"x": codes.astype(np.int8)}) / ops[-1]["real_scale"]
        taken = ops[-1].get("zero_point", 0)
        np.testing.assert_array_equal(np.rint(found) + taken, expected(codes.astype(float)))

    def test_of_codes_has_a_factor_and_an_offset_per_channel(self):
        factor, offset = np.array([0.3017, -0.7093, 1.0117, 0.0]), np.array([1.3, 0.0, -2.7, 5.0])
        op = {"name": "y", "op": "requantise", "inputs": ["x"], "dialect": "double",
              "factor": factor, "offset": offset, "input_zero_point": 3, "zero_point": -4,
              "clamp": [-90, 80], "type": "int8", "real_scale": 0.25}  # fmt: skip
        self.check([op], lambda x: np.clip(np.rint((x - 3) * factor + offset) - 4, -90, 80),
                   zero_point=3)  # fmt: skip
        # The operand's zero point is another one than what is taken off.
        self.check([op], lambda x: np.clip(np.rint((x - 3) * factor + offset) - 4, -90, 80))

    def test_by_a_table_takes_any_code(self):
        table = random_codes((256,), -8, 7).astype(np.int8)
        for type, lowest in (("int8", -128), ("int4", -128)):
            op = {"name": "y", "op": "lookup", "inputs": ["x"], "table": table, "lowest": lowest,
                  "zero_point": 3, "type": type, "real_scale": 0.3}  # fmt: skip
            self.check([op], lambda x: table[x.astype(int) - lowest].astype(float))

    def test_of_products_may_add_a_residual(self):
        factor, residual = np.array([0.013, -0.007, 0.011, 0.002]), np.array([0.5, -0.3, 1.0, 0.0])
        weight = random_codes((4, 4))
        ops = [
            {"name": "acc", "op": "int_matmul", "inputs": ["x"], "weight": weight.astype(np.int16)},
            {"name": "y", "op": "requantise", "inputs": ["acc", "x"], "dialect": "double",
             "factor": factor, "residual_factor": residual, "residual_zero_point": -5,
             "zero_point": 2, "type": "int8", "real_scale": 0.25},
        ]  # fmt: skip

        def expected(x: np.ndarray) -> np.ndarray:
            sums = (x @ weight) * factor + (x + 5) * residual
            return np.clip(np.rint(sums) + 2, -128, 127)

        self.check(ops, expected)

    def test_of_products_has_negative_and_dead_channels(self):
        factor, offset = np.array([0.013, -0.007, 0.0]), np.array([0.3, 2.2, -7.0])
        weight = np.array([[3, -128, 5], [127, 9, 1], [-7, 100, 0], [2, 2, 2]])
        ops = [
            {"name": "acc", "op": "int_matmul", "inputs": ["x"], "weight": weight.astype(np.int16),
             "input_zero_point": 3},
            {"name": "y", "op": "requantise", "inputs": ["acc"], "dialect": "double",
             "factor": factor, "offset": offset, "input_zero_point": 11, "type": "int8",
             "real_scale": 0.25},
        ]  # fmt: skip
        for shape in ((4,), (3, 4), (2, 3, 4)):
            self.check(
                ops,
                lambda x: np.clip(np.rint(((x - 3) @ weight - 11) * factor + offset), -128, 127),
                shape,
                zero_point=3,
            )

    def test_that_takes_its_zero_point_off_clamps_twice(self):
        for zero_point in (-20, 33):
            op = {"name": "y", "op": "mul_quant", "inputs": ["x"], "scale": np.array([5]),
                  "bias": np.array([1]), "shift": np.array([2]), "zero_point": zero_point,
                  "zero_point_form": "subtract", "clamp": [-100, 90], "type": "int8",
                  "real_scale": 0.25}  # fmt: skip

            def expected(x):
                kept = np.clip(np.rint((x * 5 + 1) / 4) + zero_point, -100, 90)
                return np.clip(kept - zero_point, -100, 90) + zero_point  # As `check` adds it.

            self.check([op], expected)

    def test_of_blocks_adds_their_sums(self):
        weight = random_codes((2, 6), -8, 7)  # Two blocks of two channels, three outputs.
        factor = np.array([0.311, 0.117, -0.219, 0.053, 0.713, 0.0])
        offset = np.array([0.4, 0.0, -0.3])
        ops = [
            {"name": "acc", "op": "int_conv2d", "inputs": ["x"], "groups": 2,
             "weight": weight[None, None].astype(np.int8), "input_zero_point": -2},
            {"name": "y", "op": "requantise_blocks", "inputs": ["acc"], "blocks": 2,
             "factor": factor, "offset": offset, "type": "int8", "real_scale": 0.25},
        ]  # fmt: skip

        def expected(x):
            x = x + 2
            sums = np.concatenate([x[..., :2] @ weight[:, :3], x[..., 2:] @ weight[:, 3:]], axis=-1)
            parts = (sums * factor).reshape(*x.shape[:-1], 2, 3)
            return np.clip(np.rint(parts.sum(axis=-2) + offset), -128, 127)

        self.check(ops, expected, (2, 3, 4), zero_point=-2)
        self.check(ops, expected, (2, 3, 4))

    def test_of_two_operands_adds_or_subtracts_them(self):
        for subtract, sign in ((False, 1), (True, -1)):
            op = {"name": "y", "op": "requantise_add", "inputs": ["x", "x"], "dialect": "double",
                  "a_scale": 0.5, "b_scale": 0.3017, "scale": 0.7, "zero_point_a": 0,
                  "zero_point_b": 0, "subtract": subtract, "type": "int8",
                  "clamp": [0, 127], "real_scale": 0.7}  # fmt: skip
            factor = (0.5 + sign * 0.3017) / 0.7
            self.check([op], lambda x: np.clip(np.rint(x * factor), 0, 127))

    def test_of_a_softmax_is_over_the_last_axis(self):
        op = {"name": "y", "op": "softmax", "inputs": ["x"], "dialect": "double",
              "operand_scale": 0.05, "zero_point": -128, "clamp": [-128, 127], "type": "int8",
              "real_scale": 1 / 256}  # fmt: skip

        def expected(x):
            powers = np.exp(0.05 * (x - x.max(axis=-1, keepdims=True)))
            shares = powers / powers.sum(axis=-1, keepdims=True)
            return np.clip(np.rint(shares * 256) - 128, -128, 127)

        fixed = op | {"dialect": "gemmlowp", "beta": [1717986918, 22]}  # 0.8 * 2^(22 - 26)
        for shape in ((3, 4), (2, 3, 4)):
            self.check([op], expected, shape)
            self.check([fixed], expected, shape)


class Convolutions(unittest.TestCase):
    def test_have_groups_strides_and_dilation(self):
        """Depthwise with two outputs per channel: channels 2 c and 2 c + 1 of input c."""
        codes = random_codes((2, 6, 7, 3))
        weight = random_codes((2, 3, 1, 6), -100, 100)
        ops = [
            {"name": "acc", "op": "int_conv2d", "inputs": ["x"], "weight": weight.astype(np.int8),
             "groups": 3, "stride": [2, 1], "dilation": [1, 2], "padding": [1, 2, 0, 1],
             "pad_value": -5},
            {"name": "y", "op": "requantise", "inputs": ["acc"], "dialect": "double",
             "factor": np.full(6, 2.0**-6), "zero_point": 3, "type": "int16", "real_scale": 0.25},
        ]  # fmt: skip
        x = np.pad(codes, ((0, 0), (1, 0), (2, 1), (0, 0)), constant_values=-5).repeat(2, axis=3)
        sums = np.zeros((2, 3, 6, 6))
        for i, j in np.ndindex(2, 3):
            sums += x[:, i : i + 5 : 2, 2 * j : 2 * j + 6] * weight[i, j, 0]
        network = network_of([codes_input([6, 7, 3], zero_point=-5)], ops)
        # The zero point is not taken off: it must be in the bias.
        np.testing.assert_array_equal(run(network, {"x": codes}) / 0.25, np.rint(sums / 64))

    def test_have_more_than_two_axes_of_rows_in_matrix_products(self):
        a, b = random_codes((2, 3, 4)), random_codes((2, 3, 4))[..., ::-1]
        ops = [
            {"name": "b", "op": "requantise", "inputs": ["x"], "dialect": "double",
             "factor": np.array([1.0]), "type": "int8", "real_scale": 0.5},
            {"name": "acc", "op": "int_batch_matmul", "inputs": ["x", "b"], "transpose_b": True},
            {"name": "y", "op": "requantise", "inputs": ["acc"], "dialect": "double",
             "factor": np.array([2.0**-8]), "type": "int16", "real_scale": 2.0},
        ]  # fmt: skip
        expected = np.rint(np.einsum("bik,bjk->bij", a, b[..., ::-1]) / 256) * 2
        found = run(network_of([codes_input([3, 4])], ops), {"x": a})
        np.testing.assert_array_equal(found, expected)


class PaddedWindows(unittest.TestCase):
    def test_of_pools_take_their_zero_point_off_inside_the_image_only(self):
        codes = random_codes((2, 3, 4, 3))
        factor = np.array([2.0**-2, 0.3017, -0.1117])
        for rows, columns in ((1, 1), (0, 0)):
            ops = [
                {"name": "acc", "op": "int_sum_pool", "inputs": ["x"], "kernel": [2, 3],
                 "padding": [rows, columns, 0, columns], "zero_point": 5},
                {"name": "y", "op": "requantise", "inputs": ["acc"], "dialect": "double",
                 "factor": factor, "type": "int16", "real_scale": 0.25},
            ]  # fmt: skip
            x = np.pad(codes - 5, ((0, 0), (rows, 0), (columns, columns), (0, 0)))
            height, width = x.shape[1] - 1, x.shape[2] - 2
            taps = np.ndindex(2, 3)
            sums = sum(x[:, i : i + height, j : j + width] for i, j in taps)
            found = run(network_of([codes_input([3, 4, 3], zero_point=-9)], ops), {"x": codes})
            np.testing.assert_array_equal(found / 0.25, np.rint(sums * factor))

    def test_of_averages_have_a_factor_per_count_of_pixels(self):
        codes = random_codes((2, 3, 4, 2))
        factors = {4: 300, 6: 170, 9: 120}  # / 2^10, not quite 1/4, 1/6 and 1/9.
        ops = [
            {"name": "y", "op": "avg_pool", "inputs": ["x"], "kernel": [3, 3],
             "padding": [1, 1, 1, 1], "input_zero_point": 4, "counts": [4, 6, 9],
             "scale": np.array([300, 170, 120]), "bias": np.array([100, -3000, 7]),
             "shift": np.array([10, 10, 10]), "type": "int8", "real_scale": 0.5},
        ]  # fmt: skip
        x = np.pad(codes - 4, ((0, 0), (1, 1), (1, 1), (0, 0)))
        sums = sum(x[:, i : i + 3, j : j + 4] for i, j in np.ndindex(3, 3))
        ones = np.pad(np.ones((3, 4)), 1)
        counts = sum(ones[i : i + 3, j : j + 4] for i, j in np.ndindex(3, 3))
        factor = np.vectorize(factors.get)(counts)[:, :, None]
        bias = np.vectorize({4: 100, 6: -3000, 9: 7}.get)(counts)[:, :, None]
        found = run(network_of([codes_input([3, 4, 2], zero_point=-9)], ops), {"x": codes})
        expected = np.clip(np.rint((sums * factor + bias) / 1024), -128, 127)
        np.testing.assert_array_equal(found / 0.5, expected)

    def test_pad_with_another_code_than_the_zero_point(self):
        codes = random_codes((1, 3, 3, 1), 0, 255)
        weight = np.arange(9).reshape(3, 3, 1, 1)
        ops = [
            {"name": "acc", "op": "int_conv2d", "inputs": ["x"], "weight": weight.astype(np.int8),
             "padding": [1, 1, 1, 1], "pad_value": 7},
            {"name": "y", "op": "requantise", "inputs": ["acc"], "dialect": "double",
             "factor": np.array([2.0**-6]), "type": "int16", "real_scale": 1.0},
        ]  # fmt: skip
        padded = np.pad(codes[0, :, :, 0], 1, constant_values=7)
        sums = np.array([[(padded[i : i + 3, j : j + 3] * weight[:, :, 0, 0]).sum()
                          for j in range(3)] for i in range(3)])  # fmt: skip
        found = run(network_of([codes_input([3, 3, 1], "uint8", 0.5, 9)], ops), {"x": codes})
        np.testing.assert_array_equal(found[0, :, :, 0], np.rint(sums / 64))


if __name__ == "__main__":
    unittest.main()
