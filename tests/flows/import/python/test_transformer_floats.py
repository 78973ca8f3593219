"""Float networks of transformers: from a topology and a checkpoint, run in NumPy."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from pytorch_support import HEAD, Imports, real  # noqa: E402
from torch2chip_support import FIXTURES, TOPOLOGIES, data_folder  # noqa: E402
from import_support import temporary_directory  # noqa: E402

import float_forward  # noqa: E402
import numpy as np  # noqa: E402
from checkpoint_weights import CheckpointWeights  # noqa: E402
from float_builder import FloatBuilder  # noqa: E402
from float_layers import build  # noqa: E402
from errors import InputError  # noqa: E402
from random_weights import RandomWeights  # noqa: E402
from sample_sets import read_sets  # noqa: E402
from topology import load_topology  # noqa: E402
from torch2chip_layout import Result  # noqa: E402
from torch_checkpoint import load_checkpoint  # noqa: E402

# Largest difference of logits from PyTorch's, in float32: a few last places.
LARGEST = {
    "vit_w8a8_token": 2e-6,
    "vit_w8a8_smooth": 2e-6,
    "vit_w8a8_lsq_adaround": 2e-6,
    "vit_w4a8_sfl20": 2e-6,
    "swin_w8a8": 2e-6,
    "bert_w8a8": 1e-6,
    "bert_w8a8_token_asis": 1e-6,
}
ATTENTION = [
    *["linear"] + ["reshape", "slice", "reshape", "transpose"] * 3,
    *("batch_matmul", "scale", "softmax", "batch_matmul", "transpose", "reshape", "linear", "add"),
]


def run(builder: FloatBuilder, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return float_forward.run(builder.ops, inputs, lambda op, x: None)


def random_network(topology: pathlib.Path) -> FloatBuilder:
    weights = RandomWeights(np.random.default_rng(3))
    return build(FloatBuilder(load_topology(topology), weights))


class Networks(unittest.TestCase):
    def test_of_torch2chips_topologies_have_float_attention(self):
        ops = [op["op"] for op in random_network(FIXTURES / "vit/topology.yaml").ops]
        first = ops.index("linear")
        self.assertEqual(ops[first : first + len(ATTENTION)], ATTENTION)

    def test_name_their_products_as_the_export_does(self):
        names = {op["name"]: op["op"] for op in random_network(FIXTURES / "vit/topology.yaml").ops}
        self.assertEqual(names["blocks.0.attn.qkv"], "linear")
        self.assertEqual(names["blocks.0.attn.qk"], "batch_matmul")
        self.assertEqual(names["blocks.0.attn.attnv"], "batch_matmul")
        self.assertEqual(names["blocks.0.mlp.fc1"], "linear")

    def test_attend_as_a_loop_over_heads_does(self):
        """One head after the other, from the recorded operand of the attention."""
        builder = random_network(FIXTURES / "vit/topology.yaml")
        image = np.random.default_rng(4).standard_normal((2, 4, 4, 1), np.float32)
        tensors = run(builder, {"input": image})
        qkv = tensors["blocks.0.attn.qkv"].astype(np.float64)
        context = np.empty((2, 5, 4))
        for head in (0, 1):
            q, k, v = (qkv[:, :, 4 * i + 2 * head : 4 * i + 2 * head + 2] for i in range(3))
            scores = np.einsum("btd,bsd->bts", q, k) / np.sqrt(2)
            p = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
            context[:, :, 2 * head : 2 * head + 2] = p @ v
        np.testing.assert_allclose(tensors["blocks.0.attn.merge"], context, atol=1e-5)

    def test_may_do_without_a_bias_of_queries_keys_and_values(self):
        text = (FIXTURES / "vit/topology.yaml").read_text()
        for flag in ("true", "false"):
            with temporary_directory() as folder:
                path = pathlib.Path(folder) / "net.yaml"
                path.write_text(text.replace("hidden: 6", f"hidden: 6, qkv_bias: {flag}"))
                ops = {op["name"]: op for op in random_network(path).ops}
            self.assertEqual("bias" in ops["blocks.0.attn.qkv"], flag == "true")
            self.assertIn("bias", ops["blocks.0.attn.proj"])
            self.assertIn("bias", ops["patch_embed.proj"])

    def test_leave_padding_out(self):
        builder = random_network(FIXTURES / "bert/topology.yaml")
        mask = np.array([[1, 1, 1, 0, 0]], np.float32)
        ids = np.array([[1, 2, 3, 4, 5]], np.float32)
        other = np.array([[1, 2, 3, 6, 7]], np.float32)
        first, second = (
            run(builder, {"input_ids": x, "attention_mask": mask})["classifier"]
            for x in (ids, other)
        )
        np.testing.assert_array_equal(first, second)

    def test_put_shifted_windows_back(self):
        builder = random_network(FIXTURES / "swin/topology.yaml")
        ops = builder.ops
        first = next(i for i, op in enumerate(ops) if op["name"] == "windows.roll")
        there = [op for op in ops[first:] if op["name"].startswith("windows")]
        back = [op for op in ops if op["name"].startswith("unwindow")]
        back[0] = back[0] | {"inputs": ["windows"]}
        x = np.arange(2 * 64).reshape(2, 4, 4, 4)
        source = there[0]["inputs"][0]
        tensors = float_forward.run([*there, *back], {source: x}, lambda op, y: None)
        np.testing.assert_array_equal(tensors["unwindow"], x)
        # The first window begins at row 1, column 1; the last wraps around both borders.
        np.testing.assert_array_equal(tensors["windows"][0, 0, 0], x[0, 1, 1])
        np.testing.assert_array_equal(tensors["windows"][0, 3, 3], x[0, 0, 0])


class Checkpoints(Imports):
    def test_give_tokens_their_tables(self):
        rng = np.random.default_rng(5)
        state = {
            "patch_embed.proj.weight": real(rng, 4, 1, 2, 2),
            "patch_embed.proj.bias": real(rng, 4),
            "cls_token": real(rng, 1, 1, 4),
            "pos_embed": real(rng, 1, 5, 4),
            "head.weight": real(rng, 3, 4),
            "head.bias": real(rng, 3),
        }
        layers = ("vit_embed: {channels: 4, patch: 2}", "token", "linear_float: {id: head}")
        self.write(state, [1, 4, 4], *layers)
        network, tensors = self.imported()
        self.assertEqual(network["ops"]["embed"]["op"], "add_constant")
        np.testing.assert_array_equal(tensors["embed.value"], state["pos_embed"][0])
        np.testing.assert_array_equal(tensors["cls_token.value"], state["cls_token"][0])
        np.testing.assert_array_equal(tensors["head.weight"], state["head.weight"].T)

    def test_with_a_norm_of_keys_are_refused(self):
        attention = "vit_block: {heads: 2, hidden: 6}"
        self.write({}, [1, 4, 4], "vit_embed: {channels: 4, patch: 2}", attention)
        builder = random_network(self.topology)
        state = {"blocks.0.attn.k_norm.weight": np.ones(2, np.float32)}
        weights = RandomWeights(np.random.default_rng(1))
        weights.has = lambda node, name: name in state
        with self.assertRaisesRegex(InputError, r"norm of queries or keys \(blocks.0.attn.k_norm"):
            build(FloatBuilder(builder.topology, weights))

    def test_take_samples_of_every_input_by_name(self):
        inputs = [Result(name, (3,), "integers", range=(0, 3)) for name in ("ids", "mask")]
        one = np.ones((2, 3), int)
        np.savez(self.folder / "x.npz", ids=one, mask=one)
        samples = read_sets(inputs, [f"calibration={self.folder / 'x.npz'}"])["calibration"]
        self.assertEqual([x.dtype for x in samples.values()], [np.float32, np.float32])
        np.savez(self.folder / "x.npz", ids=4 * one, mask=one)
        with self.assertRaisesRegex(InputError, "ids: got codes 4 to 4, expected codes 0 to 3"):
            read_sets(inputs, [str(self.folder / "x.npz")])
        np.savez(self.folder / "x.npz", ids=one)
        with self.assertRaisesRegex(InputError, "got the arrays ids, expected an array mask"):
            read_sets(inputs, [str(self.folder / "x.npz")])
        np.savez(self.folder / "x.npz", ids=one, mask=one[:1])
        with self.assertRaisesRegex(InputError, r"got \[1, 2\] samples, expected as many"):
            read_sets(inputs, [str(self.folder / "x.npz")])


class Cases(unittest.TestCase):
    def test_give_the_logits_that_pytorch_computed(self):
        for case, largest in LARGEST.items():
            folder = data_folder() / case
            weights = CheckpointWeights(load_checkpoint(folder / "float_model.pth"))
            builder = build(FloatBuilder(load_topology(TOPOLOGIES / f"{case}.yaml"), weights))
            weights.expect_all_taken("the topology")
            inputs = {x["name"]: np.load(folder / f"{x['name']}.npy") for x in builder.inputs}
            if "input" in inputs:
                inputs["input"] = inputs["input"].transpose(0, 2, 3, 1)
            expected = np.load(folder / "out_float.npy")
            logits = run(builder, inputs)[builder.ops[-1]["name"]].reshape(expected.shape)
            with self.subTest(case=case):
                np.testing.assert_array_equal(logits.argmax(-1), expected.argmax(-1))
                self.assertLess(np.abs(logits - expected).max(), largest)


if __name__ == "__main__":
    unittest.main()
