"""Integers of weights: grids, channels, blocks and LPBQ, along whichever axis they are."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from aimet_support import (  # noqa: E402
    activation_100,
    blocks_100,
    blocks_200,
    channels_100,
    channels_200,
    file_100,
    file_200,
    lpbq_100,
    lpbq_200,
    read,
)

import numpy as np  # noqa: E402

from aimet_weights import WeightAxes, integer_weight  # noqa: E402
from errors import InputError  # noqa: E402
from onnx_values import QuantisedConstant  # noqa: E402

ROWS, COLUMNS = WeightAxes(0, 1), WeightAxes(1, 0)  # Where output channels are.


def integers(entry: dict, weight: list, axes: WeightAxes = ROWS) -> QuantisedConstant:
    file = file_200(entry) if "output_dtype" in entry else file_100([], [entry])
    return integer_weight(read(file).table["w"], np.array(weight, np.float32), axes)


class Weights(unittest.TestCase):
    def test_are_rounded_half_to_even_and_clamped(self):
        weight = [[0.25, 0.75, -0.25, -0.75, 99, -99]]
        w = integers(channels_100(scale=[0.5], offset=[-8.0]), weight)
        self.assertEqual(w.integers.tolist(), [[0, 2, 0, -2, 7, -8]])

    def test_lack_the_lowest_code_of_a_narrow_grid(self):
        w = integers(channels_100(scale=[0.5], offset=[-7.0]), [[-99, 99]])
        self.assertEqual(w.integers.tolist(), [[-7, 7]])

    def test_are_less_an_asymmetric_zero_point(self):
        entry = channels_100(bw=8, is_sym=False, scale=[0.5, 0.5], offset=[-255.0, -1.0])
        w = integers(entry, [[-999, 0, 0.5], [-999, 999, 0.5]])
        self.assertEqual(w.integers.tolist(), [[-255, 0, 0], [-1, 254, 1]])

    def test_have_one_scale_per_output_channel(self):
        for entry in (channels_100(), channels_200()):
            w = integers(entry, [[1, 2, 3], [0.5, -0.25, 9]])
            self.assertEqual(w.integers.tolist(), [[2, 4, 6], [4, -2, 7]])
            self.assertEqual(w.scales.tolist(), [[0.5], [0.125]])
        for entry in (channels_100(), channels_200(axis=1)):
            w = integers(entry, [[1, 0.5], [2, -0.25], [3, 9]], COLUMNS)
            self.assertEqual(w.integers.tolist(), [[2, 4], [4, -2], [6, 7]])
            self.assertEqual(w.scales.tolist(), [[0.5, 0.125]])

    def test_have_one_scale_for_all(self):
        entry = {"name": "w", "output_dtype": "int4", "y_scale": 0.5}
        for w in (
            integers(entry, [[1, 2], [3, 4]]),
            integers(
                channels_100(enc_type="PER_TENSOR", scale=[0.5], offset=[-8.0]), [[1, 2], [3, 4]]
            ),
        ):
            self.assertEqual(w.integers.tolist(), [[2, 4], [6, 7]])
            self.assertEqual(w.scales.tolist(), [[0.5]])

    def test_have_scales_of_blocks_by_output_channel(self):
        weight = [[1, 0.5, 1, 0.5], [0.5, 0.25, 2, 1]]
        flat = blocks_100(block_size=2, scale=[0.5, 0.25, 0.125, 1], offset=[-8.0] * 4)
        nested = blocks_200(block_size=2, y_scale=[[0.5, 0.25], [0.125, 1]])
        for entry in (flat, nested):
            w = integers(entry, weight)
            self.assertEqual(w.integers.tolist(), [[2, 1, 4, 2], [4, 2, 2, 1]])
            self.assertEqual(
                (w.scales.tolist(), w.block_axis, w.block), ([[0.5, 0.25], [0.125, 1]], 1, 2)
            )
        turned = blocks_200(block_size=2, axis=0, y_scale=[[0.5, 0.125], [0.25, 1]])
        for entry in (flat, turned):
            w = integers(entry, np.transpose(weight).tolist(), COLUMNS)
            self.assertEqual(w.integers.T.tolist(), [[2, 1, 4, 2], [4, 2, 2, 1]])
            self.assertEqual((w.scales.T.tolist(), w.block_axis), ([[0.5, 0.25], [0.125, 1]], 0))

    def test_of_lpbq_are_multiples_of_8_bits(self):
        # Steps of the channels: 0.5 and 0.125; of the blocks: 16, 1, 7 and 16 of them.
        weight = [[8, -99, 0.5, 99], [0.875, -1.75, -99, 99]]
        flat = lpbq_100(block_size=2)
        nested = lpbq_200(
            block_size=2,
            per_channel_float_scale=[[0.5], [0.125]],
            per_block_int_scale=[[16, 1], [7, 16]],
        )
        for entry in (flat, nested):
            w = integers(entry, weight)
            self.assertEqual(w.integers.tolist(), [[16, -128, 1, 7], [7, -14, -128, 112]])
            self.assertEqual((w.scales.tolist(), w.block_axis), ([[0.5], [0.125]], None))

    def test_of_one_block_are_those_of_channels(self):
        w = integers(blocks_100(block_size=4), [[1] * 4, [1] * 4])
        self.assertEqual((w.integers.tolist(), w.block_axis), ([[2] * 4, [7] * 4], None))


class Refusals(unittest.TestCase):
    def refused(self, entry: dict, shape: tuple, *parts: str, axes: WeightAxes = ROWS) -> None:
        with self.assertRaises(InputError) as raised:
            integers(entry, np.ones(shape), axes)
        for part in (*parts, "e.json: ", "(w): got"):
            self.assertIn(part, str(raised.exception))

    def test_blocks_that_do_not_divide_the_channels(self):
        for entry in (blocks_100(), blocks_200(), lpbq_100(), lpbq_200()):
            found = "got blocks of 16, expected a divisor of the 24 input channels"
            self.refused(entry, (2, 24, 1, 1), found)

    def test_counts_that_do_not_fit_the_weight(self):
        self.refused(channels_100(), (3, 2), "[2], expected one for each of 3 output channels")
        self.refused(channels_200(), (3, 2), "[2], expected one for each of 3 output channels")
        self.refused(
            blocks_100(), (2, 32), "[2], expected one for each of 2 output channels, 2 blocks"
        )
        self.refused(blocks_200(), (2, 48, 1, 1), "[2, 2, 1, 1], expected one for each of 2 output")
        self.refused(
            lpbq_100(), (2, 48), "[4], expected one for each of 2 output channels, 3 blocks"
        )
        self.refused(lpbq_100(), (4, 16), "[2], expected one for each of 4 output channels")
        self.refused(lpbq_200(), (2, 64, 1, 1), "[2, 2, 1, 1], expected one for each of 2 output")

    def test_scales_along_another_axis(self):
        self.refused(channels_200(axis=1), (2, 2), "got axis 1, expected 0 of a weight [2, 2]")
        self.refused(blocks_200(axis=0), (2, 32, 1, 1), "got axis 0, expected 1")
        self.refused(channels_200(), (2, 2), "got axis 0, expected 1", axes=COLUMNS)

    def test_blocks_of_one_scale(self):
        self.refused(
            {"name": "w", "output_dtype": "int4", "y_scale": 0.5, "block_size": 2},
            (2, 4),
            "got one scale, expected one per block of 2",
        )

    def test_more_than_8_bits(self):
        entry = channels_100(bw=16, offset=[-32768.0] * 2)
        self.refused(entry, (2, 2), "got a weight of 16 bits, expected at most 8")

    def test_an_encoding_of_an_activation(self):
        with self.assertRaisesRegex(InputError, "expected one of a parameter"):
            encoding = read(file_100([activation_100("w")], [])).table["w"]
            integer_weight(encoding, np.ones((2, 2), np.float32), ROWS)


if __name__ == "__main__":
    unittest.main()
