"""Transformers whose topologies and exports do not fit each other, and kinds that are refused."""

import json
import pathlib
import sys
import unittest
from collections import OrderedDict
from collections.abc import Callable

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from torch2chip_support import change, copy_of, run  # noqa: E402

import numpy as np  # noqa: E402
import torch_writer  # noqa: E402
import torch_zip  # noqa: E402

SELF = "bert.encoder.layer.0.attention.self"


class Refusals(unittest.TestCase):
    def expect(self, fixture: str, old: str, new: str, *words: str) -> None:
        """Of a topology with `new` for `old`."""
        with copy_of(fixture) as export:
            change(export, "topology.yaml", old, new)
            status, message = run(export)
        self.check(status, message, words)

    def expect_state(self, fixture: str, edit: Callable[[dict], None], *words: str) -> None:
        """Of a state dict that `edit` changed."""
        with copy_of(fixture) as export:
            path = export / "t2c_model.pth.tar"
            tensors = torch_zip.load(path)
            state = OrderedDict((key, value.numpy().copy()) for key, value in tensors.items())
            edit(state)
            views = OrderedDict((key, torch_writer.view(array)) for key, array in state.items())
            torch_writer.save(path, views)
            status, message = run(export)
        self.check(status, message, words)

    def check(self, status: int, message: str, words: tuple[str, ...]) -> None:
        self.assertEqual(status, 2, message)
        self.assertEqual(message.count("\n"), 1, message)
        for word in words:
            self.assertIn(word, message)


class Topologies(Refusals):
    def test_with_heads_that_do_not_divide_the_width_are_refused(self):
        self.expect(
            "vit",
            "heads: 2",
            "heads: 3",
            "topology.yaml:11: layers[1]: got 3 heads, expected a number that divides 4 channels",
        )

    def test_with_windows_that_do_not_divide_the_map_are_refused(self):
        self.expect(
            "swin",
            "window: 2, shift: 1, map: 4}\n  - quantize",
            "window: 3, shift: 1, map: 4}\n  - quantize",
            "windows: got windows [3, 3], expected ones that divide the map [4, 4]",
        )

    def test_with_another_map_are_refused(self):
        self.expect(
            "swin",
            "window: 2, shift: 1, map: 4}\n  - quantize",
            "window: 2, shift: 1, map: 8}\n  - quantize",
            "windows: got a map [4, 4], expected [8, 8], its key map",
        )

    def test_with_a_shift_of_a_whole_window_are_refused(self):
        self.expect(
            "swin",
            "window: 2, shift: 1, map: 4}\n  - quantize",
            "window: 2, shift: 2, map: 4}\n  - quantize",
            "windows: got a shift [2, 2], expected one below the window [2, 2]",
        )

    def test_with_patches_that_do_not_divide_the_image_are_refused(self):
        self.expect(
            "vit", "patch: 2", "patch: 3", "got patches of 3 pixels, expected ones that divide"
        )

    def test_with_a_sequence_beyond_the_position_table_are_refused(self):
        self.expect(
            "bert",
            "vocabulary: 8",
            "vocabulary: 8, positions: 4",
            "bert.embeddings.sum: got 5 tokens, expected at most the 4 rows of "
            "bert.embeddings.position_embeddings.weight; the sequence is too long",
        )

    def test_with_more_ids_than_words_are_refused(self):
        self.expect(
            "bert", "below: 8", "below: 9", "got ids below 9, expected at most 8, the rows of"
        )

    def test_with_a_mask_of_another_shape_are_refused(self):
        self.expect(
            "bert",
            "attention_mask: {shape: [5], below: 2}",
            "attention_mask: {shape: [6], below: 2}",
            f"{SELF}.softmax: got a mask [6] (attention_mask, integers 0 to 1), expected integers "
            "0 and 1 (below: 2), [5], one per token",
        )

    def test_with_a_mask_of_reals_are_refused(self):
        self.expect(
            "bert",
            "attention_mask: {shape: [5], below: 2}",
            "attention_mask: {shape: [5]}",
            "got a mask [5] (attention_mask, reals",
        )

    def test_with_a_mask_that_does_not_exist_are_refused(self):
        self.expect(
            "bert",
            "mask: attention_mask",
            "mask: padding",
            "topology.yaml:13: layers[1].bert_layer.mask: got padding, expected an input or an "
            "earlier layer",
        )

    def test_with_another_softmax_factor_are_refused(self):
        self.expect(
            "vit",
            "hidden: 6",
            "hidden: 6, softmax_factor: 127",
            "softmax_factor: got 127, expected 255 or 256",
        )

    def test_with_the_wrong_kind_of_keys_are_refused(self):
        self.expect(
            "bert",
            ", key: quantizer",
            "",
            f"{SELF}.qkey: got a quantizer {SELF}.qkey in the export, expected a MulQuant; "
            "Torch2Chip may have stored it as qqkey: say key: quantizer",
        )
        self.expect(
            "bert", "key: quantizer", "key: both", "got both, expected mulquant or quantizer"
        )

    def test_with_both_kinds_of_inputs_are_refused(self):
        self.expect(
            "vit",
            "input: {",
            "inputs: {x: {shape: [5]}}\ninput: {",
            "got both, expected the key input or inputs",
        )

    def test_with_another_width_are_refused(self):
        self.expect(
            "vit",
            "channels: 4, patch",
            "channels: 6, patch",
            "patch_embed.proj: got 6 channels, expected 4 (y_shape",
        )

    def test_with_other_heads_are_refused(self):
        self.expect(
            "vit",
            "heads: 2",
            "heads: 4",
            "blocks.0.attn.qk: got an input [2, 4, 5, 1], expected [2, 2, 5, 2] (x_shape",
        )

    def test_with_another_feed_forward_width_are_refused(self):
        self.expect(
            "vit", "hidden: 6", "hidden: 5", "blocks.0.mlp.fc1.linear.ops: got 5 features"
        )

    def test_with_patches_of_another_layer_are_refused(self):
        self.expect(
            "vit",
            "  - vit_embed: {channels: 4, patch: 2}\n",
            "  - layer_norm\n  - vit_embed: {channels: 4, patch: 2}\n",
            "layers[1]: got the layer layer_norm, expected the network's input, an image",
        )


class Exports(Refusals):
    def test_with_a_bias_that_the_topology_denies_are_refused(self):
        self.expect(
            "vit",
            "heads: 2",
            "heads: 2, qkv_bias: false",
            "blocks.0.attn.qkv.bias: got a bias, expected none, as ",
            "topology.yaml:11 says",
        )

    def test_with_norms_of_queries_are_refused(self):
        def add_norm(state: dict) -> None:
            state["blocks.0.attn.q_norm.weight"] = np.ones(2, np.float32)

        self.expect_state(
            "vit",
            add_norm,
            "blocks.0.attn.qk: got a norm of queries or keys (blocks.0.attn.q_norm.weight), "
            "expected none: it is not supported",
        )

    def test_with_heads_of_another_width_are_refused(self):
        with copy_of("vit") as export:
            path = export / "tensors/matmul.json"
            shapes = json.loads(path.read_text())
            shapes["blocks.0.attn.qkv.ops"]["y_shape"] = [4, 24]
            path.write_text(json.dumps(shapes))
            status, message = run(export)
        expected = (
            "blocks.0.attn.qkv.ops: got 12 features, expected 24 (y_shape of tensors/matmul.json); "
            "heads of another width than channels / heads are not supported"
        )
        self.check(status, message, (expected,))

    def test_with_quantizers_of_other_tokens_are_refused(self):
        def shorten(name: str) -> Callable[[dict], None]:
            return lambda state: state.update({name: state[name][:, :4]})

        for name in ("xq.scale", "xq.zero_point", "qqkv.scale", "qproj.scale", "qkv_deq.scale"):
            self.expect_state(
                "vit",
                shorten(f"blocks.0.attn.{name}"),
                f"blocks.0.attn.{name}: got shape [1, 4,",
                "expected values for 5 tokens of ",
            )

    def test_with_scores_of_other_tokens_are_refused(self):
        name = "blocks.0.attn.attn_scale.scale"
        self.expect_state(
            "vit",
            lambda state: state.update({name: state[name][:, :, :4]}),
            f"{name}: got shape [1, 1, 4, 5], expected one value, or one per score [5, 5]",
        )

    def test_with_quantizers_per_channel_are_refused(self):
        name = "blocks.0.mlp.fc1.linear.aq.scale"
        self.expect_state(
            "vit",
            lambda state: state.update({name: np.ones((1, 1, 4), np.float32)}),
            f"{name}: got 4 values, expected one, or one per token; quantizers per channel",
        )

    def test_with_a_zero_point_behind_a_product_are_refused(self):
        name = "blocks.0.attn.qqkv.zero_point"
        self.expect_state(
            "vit",
            lambda state: state.update({name: np.full((1, 5, 1), 3, np.float32)}),
            f"{name}: got 3, expected 0: others are not supported",
        )

    def test_with_a_mul_quant_for_keys_are_refused_where_a_quantizer_is_expected(self):
        self.expect_state(
            "bert",
            lambda state: state.update({f"{SELF}.qkey.bias": np.zeros(4, np.float32)}),
            f"{SELF}.qkey: got a MulQuant {SELF}.qkey in the export, expected a quantizer; "
            "say key: mulquant",
        )

    def test_with_a_shorter_position_table_are_refused(self):
        self.expect_state(
            "vit",
            lambda state: state.update({"pos_embed": state["pos_embed"][:, :4]}),
            "pos_embed: got shape [1, 4, 4], expected [1, 5, 4] of embed",
        )

    def test_with_another_bias_table_are_refused(self):
        name = "attn.relative_position_bias_table"
        self.expect_state(
            "swin",
            lambda state: state.update({name: state[name][:, :1]}),
            f"{name}: got shape [9, 1], expected [9, 2] of attn.softmax",
        )

    def test_without_an_entry_are_refused_by_its_name(self):
        self.expect_state(
            "vit",
            lambda state: state.pop("blocks.0.norm2.bias"),
            "blocks.0.norm2: got no entry blocks.0.norm2.bias in the export",
        )
        self.expect_state(
            "bert",
            lambda state: state.pop(f"{SELF}.attn_scale.bias"),
            f"{SELF}.attn_scale.bias: is missing",
        )


if __name__ == "__main__":
    unittest.main()
