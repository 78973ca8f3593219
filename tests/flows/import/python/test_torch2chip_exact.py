"""Torch2Chip's recorded codes from exact rational arithmetic.

Independent of the importer: reals are Python integers, multiples of 2^-200 (and of 1/n after a mean
of n), worked out from the case's graph.
"""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import torch2chip_support as support  # noqa: E402  (it sets the paths of what follows)

import numpy as np  # noqa: E402
import torch_zip  # noqa: E402

# Codes after at least one sum, as the data folder's README counts them.
CODES = {
    "resnet20_w8a8": 184384,
    "resnet20_w4a4": 184384,
    "resnet_basic_w8a8": 24608,
    "resnet_bottleneck_w8a8": 109824,
    "vgg_bn_w8a4": 5808,
    "vgg_bn_nm24_w8a8": 5808,
    "vgg_bn_reclamp_w8a8": 5808,
    "vgg_bn_bias_w8a8": 8432,
    "mobilenetv1_w8a8": 97344,
}


ONE = 1 << 200


def dyadic(values: np.ndarray, one: int = ONE) -> np.ndarray:
    """Integers and floats as multiples of 1 / `one`, without rounding."""
    pairs = [value.item().as_integer_ratio() for value in values.reshape(-1)]
    assert all(one % bottom == 0 for _, bottom in pairs)
    flat = [top * (one // bottom) for top, bottom in pairs]
    return np.array(flat, dtype=object).reshape(values.shape)


def half_even(tops: np.ndarray, bottom: int) -> np.ndarray:
    """The integers nearest to tops / bottom."""
    up = (2 * tops + bottom) // (2 * bottom)
    is_tie = (2 * tops + bottom) % (2 * bottom) == 0
    return np.where(is_tie & (up % 2 == 1), up - 1, up).astype(np.int64)


def windows(x: np.ndarray, rows: list[range], columns: list[range], combine) -> np.ndarray:
    y = np.empty((*x.shape[:2], len(rows), len(columns)), dtype=object)
    for i, r in enumerate(rows):
        for j, c in enumerate(columns):
            y[:, :, i, j] = combine(x[:, :, r.start : r.stop, c.start : c.stop])
    return y


def total(part: np.ndarray) -> np.ndarray:
    return part.sum(axis=(2, 3))


def largest(part: np.ndarray) -> np.ndarray:
    return part.max(axis=(2, 3))


def adaptive(extent: int, count: int) -> list[range]:
    return [range(i * extent // count, -(-(i + 1) * extent // count)) for i in range(count)]


def strided(extent: int, kernel: int, stride: int, padding: int) -> list[range]:
    starts = range(-padding, extent + padding - kernel + 1, stride)
    return [range(max(s, 0), min(s + kernel, extent)) for s in starts]


class Case:
    """One exported network: what was recorded, and its graph in execution order."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.graph = json.loads((folder / "case.json").read_text())["graph"]
        self.state = torch_zip.load(folder / "t2c_model.pth.tar")
        self.extra = np.load(folder / "tensors_extra.npz")

    def recorded(self, node: dict) -> np.ndarray:
        kind, colon, name = node["out"].rpartition(":")
        kind = kind if colon else "file"
        if kind == "extra":
            return self.extra[name]
        path = self.folder / name
        return np.load(path) if path.suffix == ".npy" else torch_zip.load(path).numpy()

    def parameter(self, name: str) -> np.ndarray:
        return self.state[name].numpy()

    def shift(self, node: dict, x: np.ndarray) -> np.ndarray:
        scale, bias = (dyadic(self.parameter(node[key]), 1) for key in ("scale", "bias"))
        if scale.size > 1 and x.ndim == 4:
            scale, bias = scale.reshape(1, -1, 1, 1), bias.reshape(1, -1, 1, 1)
        sums = x * scale.reshape(scale.shape or (1,)) + bias * ONE
        assert not (sums % 2 ** node["fl"]).any()
        return sums >> node["fl"]

    def codes(self, node: dict, x: np.ndarray, count: int) -> np.ndarray:
        """Of x / (ONE * count)."""
        top, bottom = self.parameter(node["scale"]).reshape(-1)[0].item().as_integer_ratio()
        zero_point = int(self.parameter(node["zero_point"]).reshape(-1)[0])
        lowest, highest = node["qlb"], node["qub"]
        codes = half_even(x * top, ONE * count * bottom) + zero_point
        codes = np.clip(codes, lowest, highest) - zero_point
        return np.clip(codes, lowest, highest) if node["clamp_again"] else codes

    def moved(self, node: dict, x: list[np.ndarray]) -> np.ndarray:
        a, kind = x[0], node["kind"]
        if kind == "relu":
            return np.maximum(a, 0)
        if kind == "add":
            return a + x[1]
        if kind == "flatten":
            return a.reshape(a.shape[0], -1)
        if kind == "pad_skip":
            pad = node["pad_channels"]
            kept = a[:, :, :: node["stride"], :: node["stride"]]
            zeros = np.full((kept.shape[0], pad, *kept.shape[2:]), 0, dtype=object)
            return np.concatenate([zeros, kept, zeros], axis=1)
        if kind == "global_avgpool":
            return windows(a, [range(a.shape[2])], [range(a.shape[3])], total)
        if kind == "adaptive_avgpool":
            sides = [adaptive(extent, size) for extent, size in zip(a.shape[2:], node["size"])]
            return windows(a, *sides, total)
        pool = {"maxpool": largest, "avgpool": total}[kind]
        stride, padding = node.get("stride", node["kernel"]), node.get("padding", 0)
        sides = [strided(extent, node["kernel"], stride, padding) for extent in a.shape[2:]]
        return windows(a, *sides, pool)


def pixels(node: dict, x: np.ndarray, y: np.ndarray) -> int:
    """How many elements each of y is the sum of, in place of their mean."""
    if node["kind"] == "avgpool":
        return node["kernel"] ** 2
    if node["kind"] == "global_avgpool":
        return x.shape[2] * x.shape[3]
    if node["kind"] == "adaptive_avgpool":
        sizes = {len(r) for extent, n in zip(x.shape[2:], y.shape[2:]) for r in adaptive(extent, n)}
        assert len(sizes) == 1
        return sizes.pop() ** 2
    return 1


def count_codes(case: Case) -> tuple[int, int]:
    """Compared and differing codes of every quantizer behind a sum."""
    reals: dict[str, np.ndarray] = {}
    counts: dict[str, int] = {}  # Of what was summed in place of a mean.
    compared = differing = 0
    for node in case.graph:
        x = [reals[name] for name in node["inputs"] if name in reals]
        count = max([counts.get(name, 1) for name in node["inputs"]], default=1)
        if node["kind"] in ("conv", "linear"):
            reals[node["id"]] = dyadic(case.recorded(node))
        elif node["kind"] == "mulshift":
            reals[node["id"]] = case.shift(node, x[0])
        elif node["kind"] == "quantize":
            if x:  # Otherwise it quantises the image.
                recorded = case.recorded(node)
                compared += recorded.size
                differing += int((case.codes(node, x[0], count) != recorded).sum())
        elif node["kind"] != "input":
            reals[node["id"]] = y = case.moved(node, x)
            counts[node["id"]] = count * pixels(node, x[0], y)
    return compared, differing


class ExactCodes(unittest.TestCase):
    def test_every_recorded_code_is_the_rounded_exact_real(self):
        folder = support.data_folder()
        for name, codes in CODES.items():
            with self.subTest(name):
                self.assertEqual(count_codes(Case(folder / name)), (codes, 0))


if __name__ == "__main__":
    unittest.main()
