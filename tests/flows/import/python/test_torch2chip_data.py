"""The recorded cases of Torch2Chip, where they are present: products, biases, and topologies."""

import pathlib
import sys
import unittest
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from import_support import temporary_directory  # noqa: E402
from torch2chip_support import TOPOLOGIES, data_folder  # noqa: E402

import numpy as np  # noqa: E402
from case_to_topology import load_case  # noqa: E402
from topology import load_topology  # noqa: E402
from torch2chip_build import build  # noqa: E402
from torch2chip_builder import Builder  # noqa: E402
from torch2chip_export import Export, load_export  # noqa: E402
from torch_writer import pickled, view  # noqa: E402

# Elements of exports that are products of integers, and exports that are not (the data's README).
PRODUCTS = {
    "resnet20_w8a8": (172042, 1),
    "resnet20_w4a4": (172042, 1),
    "resnet_basic_w8a8": (32874, 0),
    "resnet_bottleneck_w8a8": (128586, 0),
    "vgg_bn_w8a4": (24634, 0),
    "vgg_bn_nm24_w8a8": (24634, 0),
    "vgg_bn_reclamp_w8a8": (24634, 0),
    "vgg_bn_bias_w8a8": (58, 4),
    "mobilenetv1_w8a8": (103498, 0),
}


def imported(case: str) -> Builder:
    return build(load_topology(TOPOLOGIES / f"{case}.yaml"), load_export(data_folder() / case))


def products(export: Export, op: str, keys: dict) -> np.ndarray:
    """x1 * x2 in 64 bits, in torch's layout."""
    x, w = export.tensor(op, "x1").astype(np.int64), export.tensor(op, "x2").astype(np.int64)
    if w.ndim == 2:
        return x @ w
    (top, left, _, _), (down, right), groups = keys["padding"], keys["stride"], keys["groups"]
    x = np.pad(x, ((0, 0), (0, 0), (top, top), (left, left)))
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], (2, 3))[
        :, :, ::down, ::right
    ]
    parts = zip(np.split(windows, groups, 1), np.split(w, groups, 0))
    return np.concatenate(
        [np.einsum("nchwkl,ockl->nohw", v, k, optimize=True) for v, k in parts], 1
    )


class Writer(unittest.TestCase):
    def test_pickles_the_very_bytes_that_torch_wrote(self):
        path = data_folder() / "resnet_basic_w8a8/tensors/fc.linear.ops_x2.pt"
        expected = zipfile.ZipFile(path).read("fc.linear.ops_x2/data.pkl")
        weight = view(np.zeros((10, 64), np.int32).T)
        self.assertEqual(pickled(weight)[0], expected)


class Cases(unittest.TestCase):
    def setUp(self):
        data_folder()  # Skips each test once where it is absent.

    def test_are_the_products_that_the_readme_counts(self):
        for case, (elements, truncated) in PRODUCTS.items():
            with self.subTest(case=case):
                builder = imported(case)
                ops = {op["name"]: op for op in builder.ops}
                compared = 0
                for op, ours in builder.recorded.items():
                    if ours.codes and not ours.with_bias:
                        y = builder.export.tensor(op, "y")
                        keys = ops[ours.result]
                        np.testing.assert_array_equal(products(builder.export, op, keys), y)
                        compared += y.size
                inexact = [x.with_bias or not x.codes for x in builder.recorded.values()]
                self.assertEqual((compared, inexact.count(True)), (elements, truncated))

    def test_with_bias_differ_in_the_38_truncations_that_the_readme_counts(self):
        """Exactly, as the README counts, and rounded to float32, as our network adds the bias."""
        builder = imported("vgg_bn_bias_w8a8")
        ops = {op["name"]: op for op in builder.ops}
        elements = exact = rounded = 0
        for op, ours in builder.recorded.items():
            if ours.with_bias:
                bias = ops[f"{ours.result}.bias"]["bias"][None, :, None, None]
                sums = products(builder.export, op, ops[ours.result])
                y = builder.export.tensor(op, "y")
                exact += int(np.count_nonzero(np.trunc(sums + np.float64(bias)) != y))
                rounded += int(np.count_nonzero(np.trunc(np.float32(sums) + bias) != y))
                elements += y.size
        self.assertEqual((exact, rounded, elements), (38, 7, 29696))

    def test_give_the_same_network_from_blocks_and_from_their_own_graph(self):
        for case in PRODUCTS:
            with self.subTest(case=case), temporary_directory() as temporary:
                path = pathlib.Path(temporary) / "plain.yaml"
                path.write_text(load_case(data_folder() / case))
                plain, blocks = build(
                    load_topology(path), load_export(data_folder() / case)
                ), imported(case)
                self.assertEqual(plain.inputs, blocks.inputs)
                self.assertEqual(len(plain.ops), len(blocks.ops))
                for ours, theirs in zip(plain.ops, blocks.ops):
                    self.assertEqual(ours.keys(), theirs.keys())
                    for key in ours:
                        np.testing.assert_array_equal(
                            ours[key], theirs[key], f"{ours['name']} {key}"
                        )


if __name__ == "__main__":
    unittest.main()
