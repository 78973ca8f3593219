"""Float networks from PyTorch checkpoints: layouts, names, layers, samples."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from pytorch_support import (  # noqa: E402
    HEAD,
    LAYERS,
    Imports,
    norm,
    real,
    small_state,
    topology_text,
    views,
)

import float_forward  # noqa: E402
import numpy as np  # noqa: E402
import safetensors.numpy  # noqa: E402
import torch_writer  # noqa: E402
from legacy_writer import save_legacy  # noqa: E402


class Layouts(Imports):
    def test_weights_are_hwio_and_features_in_our_order(self):
        state = small_state()
        self.write(state, [2, 4, 6], *LAYERS)
        network, tensors = self.imported()
        self.assertEqual(network["kind"], "float")
        self.assertEqual(
            network["inputs"], [{"name": "input", "shape": [4, 6, 2], "type": "float32"}]
        )
        conv, fc = tensors["conv1.weight"], tensors["fc.weight"]
        for o, i, h, w in np.ndindex(4, 2, 3, 3):
            self.assertEqual(conv[h, w, i, o], state["conv1.weight"][o, i, h, w])
        for o, c, h, w in np.ndindex(3, 4, 2, 3):
            ours = fc[(h * 3 + w) * 4 + c, o]
            self.assertEqual(ours, state["fc.weight"][o, (c * 2 + h) * 3 + w])
        for ours, theirs in (
            ("gamma", "weight"),
            ("beta", "bias"),
            ("mean", "running_mean"),
            ("variance", "running_var"),
        ):
            np.testing.assert_array_equal(tensors[f"conv1.bn.{ours}"], state[f"bn1.{theirs}"])
        np.testing.assert_array_equal(tensors["fc.bias"], state["fc.bias"])

    def test_ops_are_named_as_the_layers(self):
        self.write(small_state(), [2, 4, 6], *LAYERS)
        network, _ = self.imported()
        ops = [(op["name"], op["op"], *op["inputs"]) for op in network["ops"].values()]
        self.assertEqual(
            ops,
            [
                ("conv1", "conv2d", "input"),
                ("conv1.bn", "batch_norm", "conv1"),
                ("conv1.relu", "relu", "conv1.bn"),
                ("pool", "max_pool", "conv1.relu"),
                ("flatten", "flatten", "pool"),
                ("fc", "linear", "flatten"),
            ],
        )
        self.assertEqual(network["outputs"], ["fc"])
        self.assertNotIn("bias", network["ops"]["conv1"])
        self.assertEqual(network["ops"]["conv1"]["padding"], [1, 1, 1, 1])

    def test_the_bias_of_a_convolution_stays(self):
        rng = np.random.default_rng(2)
        state = {"features.0.weight": real(rng, 5, 2, 3, 3), "features.0.bias": real(rng, 5)}
        self.write(state | norm("features.1", 5, rng), [2, 4, 4], "vgg: {config: [5]}")
        _, tensors = self.imported()
        np.testing.assert_array_equal(tensors["features.0.bias"], state["features.0.bias"])

    def test_epsilon_is_the_topologys(self):
        self.write(small_state(), [2, 4, 6], *LAYERS)
        self.assertEqual(self.imported()[0]["ops"]["conv1.bn"]["epsilon"], 1e-5)
        self.topology.write_text(topology_text([2, 4, 6], *LAYERS, head=HEAD + "epsilon: 0.001\n"))
        self.assertEqual(self.imported()[0]["ops"]["conv1.bn"]["epsilon"], 0.001)


class Files(Imports):
    """The same weights in every kind of file give the same bundle."""

    def setUp(self):
        super().setUp()
        self.write(small_state(), [2, 4, 6], *LAYERS)
        self.imported()
        self.expected = self.bundle()

    def bundle(self) -> tuple[bytes, bytes]:
        files = ("network.yaml", "tensors.safetensors")
        return tuple((self.folder / "net" / name).read_bytes() for name in files)

    def expect_same(self, value: object, save: object = torch_writer.save) -> None:
        save(self.checkpoint, value)
        self.imported()
        self.assertEqual(self.bundle(), self.expected)

    def test_legacy_files_too(self):
        self.expect_same(views(small_state()), save_legacy)

    def test_state_dicts_of_data_parallel_inside_a_checkpoint(self):
        state = {f"module.{key}": array for key, array in small_state().items()}
        for holder in ("state_dict", "model"):
            self.expect_same({"best_prec1": 91.5, holder: views(state)}, save_legacy)

    def test_values_of_double_precision_are_rounded(self):
        state = {key: array.astype(np.float64) for key, array in small_state().items()}
        self.expect_same(views(state))


class Layers(Imports):
    """What a layer gives, by NumPy, on an image of random reals."""

    def output(self, state: dict, shape: list[int], *layers: str) -> tuple[dict, np.ndarray]:
        self.write(state, shape, *layers)
        network, tensors = self.imported()
        channels, height, width = shape
        self.image = real(np.random.default_rng(9), 1, height, width, channels)
        ops = [
            {key: tensors[v] if isinstance(v, str) and v in tensors else v for key, v in op.items()}
            for op in network["ops"].values()
        ]
        run = float_forward.run(ops, {"input": self.image}, lambda op, x: None)
        return network, run[network["outputs"][0]]

    def test_relu6_dropout_identity_and_concat(self):
        state = {"a.weight": np.full((1, 1, 1, 1), 10, np.float32)}
        network, y = self.output(
            state,
            [1, 3, 3],
            "conv: {id: a}",
            "relu6: {id: r}",
            "dropout: {id: d, rate: 0.25}",
            "identity: {id: i}",
            "concat: {id: c, inputs: [i, input]}",
        )
        relu = {"name": "r", "op": "relu", "inputs": ["a"], "max": 6}
        self.assertEqual(network["ops"]["r"], relu)
        self.assertEqual(network["ops"]["d"]["rate"], 0.25)
        np.testing.assert_allclose(y[..., :1], np.clip(10 * self.image, 0, 6), rtol=1e-6)
        np.testing.assert_array_equal(y[..., 1:], self.image)

    def test_blocks_behind_a_concat_know_its_channels(self):
        rng = np.random.default_rng(12)
        state = {"a.weight": real(rng, 3, 2, 1, 1)}
        state |= {"b.conv.0.0.weight": real(rng, 5, 1, 3, 3), **norm("b.conv.0.1", 5, rng)}
        state |= {"b.conv.1.weight": real(rng, 5, 5, 1, 1), **norm("b.conv.2", 5, rng)}
        network, _ = self.output(
            state,
            [2, 4, 4],
            "conv: {id: a, channels: 3}",
            "concat: {id: c, inputs: [a, input]}",
            "inverted_residual: {prefix: b, channels: 5}",
        )
        self.assertEqual(network["ops"]["b.add"]["inputs"], ["b.conv.1.bn", "c"])

    def test_option_a_is_every_second_pixel_and_zero_channels(self):
        state = {"a.weight": np.eye(2, dtype=np.float32).reshape(2, 2, 1, 1)}
        network, y = self.output(
            state, [2, 4, 4], "conv: {id: a}", "option_a: {id: skip, channels: 6}"
        )
        kinds = [op["op"] for op in network["ops"].values()]
        self.assertEqual(kinds, ["conv2d", "max_pool", "pad"])
        self.assertEqual(network["ops"]["skip"]["amounts"], [[0, 0], [0, 0], [2, 2]])
        np.testing.assert_array_equal(y[..., 2:4], self.image[:, ::2, ::2])
        self.assertFalse(y[..., :2].any() or y[..., 4:].any())

    def test_a_batch_norm_behind_a_linear_layer(self):
        rng = np.random.default_rng(3)
        state = {"fc.weight": real(rng, 2, 4), "fc.bias": real(rng, 2)} | norm("bn", 2, rng)
        network, y = self.output(
            state, [4, 1, 1], "flatten", "linear: {prefix: fc, norm: bn}", "relu"
        )
        self.assertEqual(list(network["ops"]), ["flatten", "fc", "fc.bn", "relu"])
        x = self.image.reshape(4) @ state["fc.weight"].T + state["fc.bias"]
        gain = state["bn.weight"] / np.sqrt(state["bn.running_var"] + 1e-5)
        expected = np.maximum(0, (x - state["bn.running_mean"]) * gain + state["bn.bias"])
        np.testing.assert_allclose(y[0], expected, rtol=1e-5)

    def test_an_inverted_residual_block_as_torchvision_names_it(self):
        rng = np.random.default_rng(4)
        state = {
            "b.conv.0.0.weight": real(rng, 12, 4, 1, 1),
            **norm("b.conv.0.1", 12, rng),
            "b.conv.1.0.weight": real(rng, 12, 1, 3, 3),
            **norm("b.conv.1.1", 12, rng),
            "b.conv.2.weight": real(rng, 4, 12, 1, 1),
            **norm("b.conv.3", 4, rng),
        }
        network, _ = self.output(
            state, [4, 5, 5], "inverted_residual: {prefix: b, channels: 4, expansion: 3}"
        )
        kinds = [(op["name"], op["op"], op.get("groups", 1)) for op in network["ops"].values()]
        self.assertEqual(
            kinds,
            [
                ("b.conv.0", "conv2d", 1),
                ("b.conv.0.bn", "batch_norm", 1),
                ("b.conv.0.relu", "relu", 1),
                ("b.conv.1", "conv2d", 12),
                ("b.conv.1.bn", "batch_norm", 1),
                ("b.conv.1.relu", "relu", 1),
                ("b.conv.2", "conv2d", 1),
                ("b.conv.2.bn", "batch_norm", 1),
                ("b.add", "add", 1),
            ],
        )
        self.assertEqual(network["ops"]["b.add"]["inputs"], ["b.conv.2.bn", "input"])

    def test_without_expansion_or_with_a_stride_it_has_fewer_layers(self):
        rng = np.random.default_rng(5)
        state = {"b.conv.0.0.weight": real(rng, 4, 1, 3, 3), **norm("b.conv.0.1", 4, rng)}
        state |= {"b.conv.1.weight": real(rng, 4, 4, 1, 1), **norm("b.conv.2", 4, rng)}
        network, _ = self.output(
            state, [4, 5, 5], "inverted_residual: {prefix: b, channels: 4, stride: 2}"
        )
        self.assertEqual(network["outputs"], ["b.conv.1.bn"])


class Topologies(Imports):
    """Keys that float networks have and exports of Torch2Chip have not."""

    def test_name_modules_by_keys(self):
        rng = np.random.default_rng(7)
        state = {"stem.weight": real(rng, 4, 2, 3, 3), **norm("stem_norm", 4, rng)}
        state |= {"head.weight": real(rng, 3, 4)}
        self.write(
            state,
            [2, 4, 6],
            "conv_bn_relu: {prefix: a, channels: 4, conv: stem, norm: stem_norm}",
            "global_avg_pool",
            "flatten",
            "linear: {prefix: fc, module: head}",
        )
        _, tensors = self.imported()
        np.testing.assert_array_equal(tensors["a.bn.mean"], state["stem_norm.running_mean"])
        np.testing.assert_array_equal(tensors["fc.weight"], state["head.weight"].T)
        self.assertNotIn("fc.bias", tensors)

    def test_take_the_members_of_a_sequence_where_no_conv_is_named(self):
        rng = np.random.default_rng(8)
        state = {"stem.0.weight": real(rng, 4, 2, 3, 3), **norm("stem.1", 4, rng)}
        self.write(state, [2, 4, 6], "conv_bn_relu: {prefix: stem, channels: 4, relu: relu6}")
        network, _ = self.imported()
        self.assertEqual(network["ops"]["stem.relu"]["max"], 6)


class Samples(Imports):
    def setUp(self):
        super().setUp()
        self.write(small_state(), [2, 4, 6], *LAYERS)
        self.images = real(np.random.default_rng(6), 5, 2, 4, 6)

    def test_are_sets_in_our_layout(self):
        labelled = self.folder / "a.safetensors"
        labels = np.array([3, 0, 2, 1, 1], np.int64)
        safetensors.numpy.save_file({"inputs": self.images, "labels": labels}, labelled)
        np.save(self.folder / "b.npy", self.images[:2])
        network, tensors = self.imported(
            "--samples", labelled, "--samples", f"calibration={self.folder / 'b.npy'}"
        )
        self.assertEqual(
            network["samples"],
            {
                "test": {"input": "test.input", "labels": "test.labels"},
                "calibration": {"input": "calibration.input"},
            },
        )
        np.testing.assert_array_equal(tensors["test.input"], self.images.transpose(0, 2, 3, 1))
        np.testing.assert_array_equal(tensors["test.labels"], labels)
        self.assertEqual(tensors["calibration.input"].shape, (2, 4, 6, 2))

    def test_that_do_not_fit_are_refused(self):
        np.save(self.folder / "x.npy", self.images[:, :1])
        self.refused(
            "FOLDER/x.npy: input: got samples [5, 1, 4, 6], expected [count, 2, 4, 6]",
            *("--samples", self.folder / "x.npy"),
        )
        self.images[3, 1, 0, 2] = np.nan
        np.save(self.folder / "x.npy", self.images)
        self.refused(
            "FOLDER/x.npy: input: got infinity or not a number, expected finite reals",
            *("--samples", self.folder / "x.npy"),
        )
        safetensors.numpy.save_file({"images": self.images}, self.folder / "x.safetensors")
        self.refused(
            "FOLDER/x.safetensors: got the arrays images, expected an array inputs",
            *("--samples", self.folder / "x.safetensors"),
        )

    def test_of_one_set_come_from_one_file(self):
        np.save(self.folder / "a.npy", self.images)
        self.refused(
            "--samples: got two files of the set test, expected one",
            *("--samples", self.folder / "a.npy", "--samples", "test=b.npy"),
        )

    def test_with_labels_that_do_not_fit_are_refused(self):
        path = self.folder / "x.safetensors"
        safetensors.numpy.save_file({"inputs": self.images, "labels": np.zeros(4, np.int32)}, path)
        self.refused(
            "FOLDER/x.safetensors: got 4 labels, expected 5, one per sample", "--samples", path
        )


if __name__ == "__main__":
    unittest.main()
