"""What becomes of exports of transformers: the tiny ones of tests/fixtures/torch2chip."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from torch2chip_support import FIXTURES, built, change, copy_of, data_folder, run  # noqa: E402

import numpy as np  # noqa: E402
import safetensors.numpy  # noqa: E402
import torch_writer  # noqa: E402
import torch_zip  # noqa: E402
from topology import load_topology  # noqa: E402
from torch2chip_build import build, start_at_codes  # noqa: E402
from torch2chip_export import load_export  # noqa: E402
from torch2chip_support import TOPOLOGIES  # noqa: E402

# Recorded x1, x2 (of two activations) and y of each case, without the truncated patch embedding.
CASES = {
    "vit_w8a8_token": 12,
    "vit_w8a8_smooth": 12,
    "vit_w8a8_lsq_adaround": 12,
    "vit_w4a8_sfl20": 12,
    "swin_w8a8": 18,
    "bert_w8a8": 12,
    "bert_w8a8_token_asis": 12,
}
ATTENTION = (
    "int_matmul float_mul_shift quantize "
    + 3 * "reshape slice reshape transpose "
    + "int_batch_matmul score_softmax int_batch_matmul requantise transpose reshape int_matmul "
    "float_mul_shift float_add"
)


def ops_of(fixture: str) -> dict[str, dict]:
    return {op["name"]: op for op in built(FIXTURES / fixture).ops}


class Attention(unittest.TestCase):
    def test_of_a_vit_is_products_of_codes_around_a_softmax(self):
        ops = [op["op"] for op in built(FIXTURES / "vit").ops]
        first = ops.index("int_matmul")
        self.assertEqual(ops[first : first + len(ATTENTION.split())], ATTENTION.split())

    def test_has_constants_per_token_where_quantizers_are(self):
        ops = ops_of("vit")
        state = built(FIXTURES / "vit").export
        xq = ops["blocks.0.attn.xq"]
        np.testing.assert_array_equal(xq["factor"], [40, 40.25, 40.5, 40.75, 41])
        np.testing.assert_array_equal(xq["zero_point"], [0] * 5)
        self.assertEqual((xq["tokens"], xq["subtract"]), (5, True))
        qqkv = ops["blocks.0.attn.qqkv.real"]
        self.assertEqual((qqkv["tokens"], qqkv["scale"].shape, qqkv["shift"]), (5, (60,), 0))
        # A scale per token and channel, a bias per channel.
        scaler = ops["blocks.0.mlp.fc1.scaler"]
        scale, bias = (state.entry(f"blocks.0.mlp.fc1.scaler.{key}") for key in ("scale", "bias"))
        np.testing.assert_array_equal(scaler["scale"], scale.reshape(-1))
        np.testing.assert_array_equal(scaler["bias"], np.tile(bias, 5))
        softmax = ops["blocks.0.attn.softmax"]
        self.assertEqual((softmax["scale"].shape, softmax["bias"].shape), ((25,), (1,)))
        self.assertEqual(softmax["arithmetic"], "float64")
        self.assertEqual(ops["blocks.0.attn.qproj"]["factor"].dtype, np.float64)

    def test_of_windows_has_their_bias_and_mask(self):
        softmax = ops_of("swin")["attn.softmax"]
        self.assertEqual(softmax["relative_bias"].shape, (2, 4, 4))
        self.assertEqual(softmax["window_mask"].shape, (4, 1, 4, 4))
        self.assertEqual(softmax["arithmetic"], "float64")
        table = built(FIXTURES / "swin").export.entry("attn.relative_position_bias_table")
        # Query (0, 0), key (1, 1): one up and one left, the table's first row.
        np.testing.assert_array_equal(softmax["relative_bias"][:, 0, 3], table[0])

    def test_of_bert_takes_the_padding_mask(self):
        softmax = ops_of("bert")["bert.encoder.layer.0.attention.self.softmax"]
        self.assertEqual(softmax["inputs"][1], "attention_mask")
        self.assertEqual(softmax["arithmetic"], "float32")

    def test_has_the_factor_of_the_topology(self):
        with copy_of("vit") as export:
            change(export, "topology.yaml", "hidden: 6", "hidden: 6, softmax_factor: 256")
            ops = {op["name"]: op for op in built(export).ops}
        softmax = ops["blocks.0.attn.softmax"]
        self.assertEqual((softmax["factor"], softmax["type"]), (256, "uint9"))

    def test_makes_keys_of_sums_where_the_fuser_lost_their_mul_quant(self):
        ops = ops_of("bert")
        prefix = "bert.encoder.layer.0.attention.self"
        real = ops[f"{prefix}.qkey.real"]
        self.assertEqual((real["op"], real["scale"], real["bias"]), ("float_mul_shift", [1], [0]))
        self.assertEqual(ops[f"{prefix}.qkey"]["inputs"], [f"{prefix}.qkey.real"])
        self.assertEqual(ops[f"{prefix}.qkey"]["tokens"], 5)

    def test_passes_a_smoother_before_its_quantizer(self):
        smoother = ops_of("swin")["attn.xq.smoother"]
        self.assertEqual((smoother["op"], smoother["shift"]), ("float_mul_shift", 18))
        self.assertEqual(ops_of("swin")["attn.xq"]["inputs"], ["attn.xq.smoother"])


class Inputs(unittest.TestCase):
    def test_of_bert_are_ids_and_a_mask(self):
        shape = {"shape": [5], "scale": 1.0}
        self.assertEqual(
            built(FIXTURES / "bert").inputs,
            [
                {"name": "input_ids", "type": "uint3"} | shape,
                {"name": "attention_mask", "type": "uint1"} | shape,
            ],
        )

    def test_stay_beside_the_first_codes_where_later_ops_need_them(self):
        builder = built(FIXTURES / "bert")
        start_at_codes(builder)
        names = ["bert.encoder.layer.0.attention.self.xq", "bert.embeddings.LayerNorm"]
        self.assertEqual([x["name"] for x in builder.inputs], [*names, "attention_mask"])
        self.assertEqual(builder.inputs[2]["type"], "uint1")

    def test_take_samples_by_name(self):
        with copy_of("bert") as export:
            words = []
            for name in ("input_ids", "attention_mask"):
                words += ["--samples", f"{name}={export / name}.npy"]
            self.assertEqual(run(export, *words), (0, ""))
            tensors = safetensors.numpy.load_file(export / "bundle/tensors.safetensors")
            np.testing.assert_array_equal(
                tensors["test.input_ids"], np.load(export / "input_ids.npy")
            )

    def test_beyond_their_range_are_refused(self):
        with copy_of("bert") as export:
            np.save(export / "input_ids.npy", np.full((1, 5), 8))
            words = ("--samples", export / "input_ids.npy", "--samples")
            status, message = run(export, *words, export / "attention_mask.npy")
        self.assertEqual(status, 2)
        self.assertIn("input_ids: got codes 8 to 8, expected codes 0 to 7", message)


class Goldens(unittest.TestCase):
    def goldens(self, fixture: str) -> dict[str, np.ndarray]:
        with copy_of(fixture) as export:
            out = export / "goldens.safetensors"
            paths = [export / "tensors", export / "recorded.npz"]
            status, messages = run(export, "--goldens", *paths, "--goldens-out", out)
            self.assertEqual(status, 0, messages)
            return safetensors.numpy.load_file(out)

    def test_hold_both_operands_of_a_product_of_activations(self):
        goldens = self.goldens("vit")
        keys = torch_zip.load(FIXTURES / "vit/tensors/blocks.0.attn.qk_x2.pt").numpy()
        np.testing.assert_array_equal(goldens["blocks.0.attn.k"], keys.transpose(0, 1, 3, 2))
        values = torch_zip.load(FIXTURES / "vit/tensors/blocks.0.attn.attnv_x2.pt").numpy()
        np.testing.assert_array_equal(goldens["blocks.0.attn.v"], values)

    def test_have_windows_beside_the_batch(self):
        goldens = self.goldens("swin")
        sums = torch_zip.load(FIXTURES / "swin/tensors/attn.qk_y.pt").numpy()
        self.assertEqual(sums.shape, (8, 2, 4, 4))  # 2 images of 4 windows.
        np.testing.assert_array_equal(goldens["attn.qk"], sums.reshape(2, 4, 2, 4, 4))

    def test_that_contradict_each_other_are_refused(self):
        with copy_of("bert") as export:
            other = "bert.encoder.layer.0.attention.self.value.ops_x1.pt"
            codes = torch_zip.load(export / "tensors" / other).numpy().copy()
            codes[0, 0, 0] += 1
            torch_writer.save(export / "tensors" / other, torch_writer.view(codes))
            words = ("--goldens", export / "tensors", "--goldens-out", export / "g")
            status, message = run(export, *words)
        self.assertEqual(status, 2)
        self.assertIn("differs from another recording of bert.encoder.layer.0", message)


class Cases(unittest.TestCase):
    def setUp(self):
        data_folder()  # Skips each test once where it is absent.

    def test_hold_every_product_that_was_recorded(self):
        for case, products in CASES.items():
            with self.subTest(case=case):
                topology = load_topology(TOPOLOGIES / f"{case}.yaml")
                builder = build(topology, load_export(data_folder() / case))
                self.assertEqual(len([x for x in builder.recorded.values() if x.codes]), products)

    def test_scale_scores_as_torch2chip_did(self):
        """attn_scale is within our score_softmax: its recorded result, from its constants."""
        for case in CASES:
            builder = build(
                load_topology(TOPOLOGIES / f"{case}.yaml"), load_export(data_folder() / case)
            )
            extra = np.load(data_folder() / case / "tensors_extra.npz")
            softmaxes = [op for op in builder.ops if op["op"] == "score_softmax"]
            for op in softmaxes:
                real = np.dtype(op["arithmetic"]).type
                name = op["name"].removesuffix(".softmax")
                sums = builder.export.tensor(f"{name}.qk", "y")
                shape = sums.shape[-2:] if op["scale"].size > 1 else (1, 1)
                t = sums.astype(real) * op["scale"].astype(real).reshape(shape)
                t = (t + op["bias"].astype(real)) * real(2.0 ** -op["shift"])
                with self.subTest(case=case, op=name):
                    np.testing.assert_array_equal(t, extra[f"{name}.attn_scale.out"])
            self.assertEqual(len(softmaxes), 3 if case == "swin_w8a8" else 2)


if __name__ == "__main__":
    unittest.main()
