"""AIMET's encodings and exports of the data folder: weights, formats and its own QDQ model."""

import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from import_support import ROOT  # noqa: E402

import numpy as np  # noqa: E402
import safetensors.numpy  # noqa: E402

import aimet_import  # noqa: E402  (found through import_support)
import onnx_import  # noqa: E402
from aimet_encodings import read_encodings  # noqa: E402
from aimet_weights import WeightAxes, integer_weight  # noqa: E402
from onnx_model import read_model  # noqa: E402

# Variants, and weights that AIMET's float32 arithmetic rounds to the other side of a tie.
VARIANTS = {
    "w8a8_minmax": 0,
    "w8a8_sqnr": 2,
    "w8a8_percentile": 2,
    "w4a8_minmax": 0,
    "w8a16_minmax": 0,
    "w4a16_lpbq16": 0,
    "w4a16_block16": 0,
}
VERSIONS = ("0.6.1", "1.0.0", "2.0.0")


class Exact(unittest.TestCase):
    def setUp(self):
        data = pathlib.Path(os.environ.get("SYSTOLE_DATA", ROOT / "../shared/data"))
        self.folder = data / "aimet"
        if not self.folder.is_dir():
            self.skipTest("SYSTOLE_DATA names no folder of networks")
        self.model = data / "onnx_qdq/resnet20.float.onnx"

    def files(self, variant: str) -> list[pathlib.Path]:
        names = [self.folder / f"{variant}.encodings_{version}.json" for version in VERSIONS]
        return [name for name in names if name.exists()]

    def ops(self, file: pathlib.Path, bias: str, model: pathlib.Path | None = None) -> list[dict]:
        return aimet_import.convert(model or self.model, file, bias).graph.ops

    def expect_equal(self, a: dict, b: dict, but: tuple[str, ...] = ()) -> None:
        for key in (a.keys() | b.keys()) - set(but):
            self.assertTrue(np.array_equal(a.get(key), b.get(key)), f"{a['name']}: {key}")

    def test_integers_of_weights(self):
        constants = read_model(self.model).constants
        for variant, ties in VARIANTS.items():
            recorded = safetensors.numpy.load_file(self.folder / f"{variant}.weights.safetensors")
            for file in self.files(variant):
                table, differing, elements = read_encodings(file).table, 0, 0
                for name, codes in recorded.items():
                    ours = integer_weight(table[name], constants[name], WeightAxes(0, 1)).integers
                    factors = table[name].block_factors
                    if factors is not None:  # The recording has the 4-bit codes.
                        blocks = factors.reshape(len(codes), -1)
                        factors = np.repeat(blocks, codes.shape[1] // blocks.shape[1], axis=1)
                        codes = codes * factors.reshape(factors.shape + (1,) * (codes.ndim - 2))
                    differing += int((ours != codes).sum())
                    elements += codes.size
                self.assertEqual((differing, elements), (ties, 268_336), file.name)

    def test_formats_of_a_variant_give_the_same_ops(self):
        for variant in VARIANTS:
            for bias in ("float", "int32"):
                first, *others = (self.ops(file, bias) for file in self.files(variant))
                for other in others:
                    for a, b in zip(first, other, strict=True):
                        self.expect_equal(a, b)

    def test_the_exported_network_is_the_float_network(self):
        file = self.files("w8a8_minmax")[0]
        exported = self.ops(file, "float", self.folder / "resnet20_exported.onnx")
        for a, b in zip(self.ops(file, "float"), exported, strict=True):
            self.expect_equal(a, b)

    def test_its_own_export_to_qdq_is_the_import_with_integer_biases(self):
        for variant in ("w8a8_minmax", "w4a8_minmax"):
            qdq = onnx_import.convert(read_model(self.folder / f"{variant}.qdq.onnx"), "qdq")[0]
            *codes, last = qdq.ops
            self.assertEqual(last["op"], "dequantize")  # Our outputs are codes.
            theirs = {x["name"].replace("_q.acc", ".acc").removesuffix("_q"): x for x in codes}
            theirs["input.codes"] = theirs.pop("input")
            ours = self.ops(self.files(variant)[0], "int32")
            self.assertEqual(len(ours), len(codes))
            for op in ours:
                self.expect_equal(op, theirs[op["name"]], but=("name", "inputs"))


if __name__ == "__main__":
    unittest.main()
