"""Windows of Swin's maps: relative positions and masks, by hand and as Torch2Chip recorded them."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from torch2chip_support import data_folder  # noqa: E402

import numpy as np  # noqa: E402
from windows import partitioned, relative_positions, window_mask  # noqa: E402


class Windows(unittest.TestCase):
    def test_of_two_by_two_pixels_have_nine_relative_positions(self):
        # Row of the table: (down + 1) * 3 + right + 1, from key to query.
        expected = [[4, 3, 1, 0], [5, 4, 2, 1], [7, 6, 4, 3], [8, 7, 5, 4]]
        np.testing.assert_array_equal(relative_positions((2, 2)), expected)

    def test_of_one_row_differ_along_it_only(self):
        np.testing.assert_array_equal(relative_positions((1, 3)), [[2, 1, 0], [3, 2, 1], [4, 3, 2]])

    def test_that_are_shifted_see_no_pixels_across_the_border(self):
        sides = [[0, 0, 0, 0], [0, 1, 0, 1], [0, 0, 1, 1], [0, 1, 2, 3]]
        expected = [[[0 if a == b else -100 for b in side] for a in side] for side in sides]
        mask = window_mask((4, 4), (2, 2), (1, 1))
        self.assertEqual((mask.shape, mask.dtype), ((4, 1, 4, 4), np.float32))
        np.testing.assert_array_equal(mask[:, 0], expected)

    def test_that_are_shifted_along_one_axis_are_masked_along_it(self):
        mask = window_mask((2, 4), (2, 2), (0, 1))
        across = [[0 if a == b else -100 for b in (0, 1, 0, 1)] for a in (0, 1, 0, 1)]
        np.testing.assert_array_equal(mask[:, 0], [np.zeros((4, 4)), across])

    def test_take_their_pixels_row_by_row(self):
        windows = partitioned(np.arange(16).reshape(4, 4, 1), (2, 2))
        np.testing.assert_array_equal(windows[1, :, 0], [2, 3, 6, 7])

    def test_are_those_that_torch2chip_recorded(self):
        extra = np.load(data_folder() / "swin_w8a8/tensors_extra.npz")
        for block in ("layers.0.blocks.0", "layers.0.blocks.1", "layers.1.blocks.0"):
            recorded = extra[f"{block}.attn.relative_position_index"]
            np.testing.assert_array_equal(relative_positions((7, 7)), recorded)
        recorded = extra["layers.0.blocks.1.attn_mask"]
        self.assertEqual(np.count_nonzero(recorded), 2 * 2 * 28 * 21 + 1776)
        np.testing.assert_array_equal(window_mask((14, 14), (7, 7), (3, 3))[:, 0], recorded)


if __name__ == "__main__":
    unittest.main()
