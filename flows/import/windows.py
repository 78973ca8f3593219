"""Windows of a map in Swin: the position of every pair of pixels, and which of them the cyclic
shift brought together."""

import numpy as np

BARRED = -100.0  # Added to the scores of pixels that are no neighbours.


def relative_positions(window: tuple[int, int]) -> np.ndarray:
    """[n, n], n pixels of a window: the row of the bias table, one per difference of two positions,
    that belongs to query i and key j. The largest differences come last."""
    height, width = window
    rows, columns = (axis.reshape(-1) for axis in np.indices(window))
    down = rows[:, None] - rows[None, :] + height - 1
    right = columns[:, None] - columns[None, :] + width - 1
    return down * (2 * width - 1) + right


def window_mask(
    size: tuple[int, int], window: tuple[int, int], shift: tuple[int, int]
) -> np.ndarray:
    """[windows, 1, n, n] float32: 0, or -100 between pixels of a shifted window that come from
    opposite borders of the map: its last `shift` rows and columns have wrapped around. The 1 stands
    for the heads."""
    rows, columns = (np.arange(n) >= n - s for n, s in zip(size, shift))
    borders = 2 * rows[:, None] + columns[None, :]
    of_window = partitioned(borders[..., None], window)[..., 0]
    differ = of_window[:, :, None] != of_window[:, None, :]
    return np.where(differ, BARRED, 0).astype(np.float32)[:, None]


def partitioned(values: np.ndarray, window: tuple[int, int]) -> np.ndarray:
    """[h, w, c] as [windows, pixels of a window, c]."""
    (height, width), (rows, columns), channels = values.shape[:2], window, values.shape[2]
    parts = values.reshape(height // rows, rows, width // columns, columns, channels)
    return parts.transpose(0, 2, 1, 3, 4).reshape(-1, rows * columns, channels)
