"""topology.yaml: what blocks stand for, and located errors."""

import pathlib
import sys
import textwrap
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import torch2chip_support as support  # noqa: E402  (it sets the paths of what follows)

from errors import InputError  # noqa: E402
from topology import Topology, load_topology  # noqa: E402

HEAD = """\
format: systole-topology
version: 1
name: net
input: {shape: [16, 8, 8]}
fraction_bits: 26
"""


class Files(unittest.TestCase):
    def setUp(self):
        temporary = support.temporary_directory()
        self.addCleanup(temporary.cleanup)
        self.path = pathlib.Path(temporary.name) / "net.yaml"

    def load(self, text: str) -> Topology:
        self.path.write_text(text)
        return load_topology(self.path)

    def layers(self, *layers: str, head: str = HEAD) -> list[tuple]:
        """(id, op, inputs) of the layers after the input."""
        lines = "".join(f"  - {layer}\n" for layer in layers)
        return [(n.id, n.op, *n.inputs) for n in self.load(f"{head}layers:\n{lines}").nodes[1:]]

    def expect_error(self, text: str, line: int, *words: str) -> None:
        with self.assertRaises(InputError) as refused:
            self.load(text)
        for word in (f"{self.path}:{line}: ", *words):
            self.assertIn(word, str(refused.exception))


class Blocks(Files):
    def test_conv_bn_relu_is_quantizer_convolution_scaler_and_relu(self):
        self.assertEqual(
            self.layers("conv_bn_relu: {prefix: a, channels: 4}"),
            [
                ("a.conv.aq", "quantize", "input"),
                ("a.conv.ops", "conv", "a.conv.aq"),
                ("a.scaler", "mul_shift", "a.conv.ops"),
                ("a.relu", "relu", "a.scaler"),
            ],
        )

    def test_conv_bn_relu_may_lack_its_relu(self):
        layers = self.layers("conv_bn_relu: {prefix: a, channels: 4, relu: false}")
        self.assertEqual(layers[-1], ("a.scaler", "mul_shift", "a.conv.ops"))

    def test_conv_bn_relu_keeps_the_size_unless_told_otherwise(self):
        nodes = self.load(
            HEAD + "layers: [conv_bn_relu: {prefix: a, channels: 4, kernel: 5}]"
        ).nodes
        keys = next(node.keys for node in nodes if node.op == "conv")
        self.assertEqual(
            (keys["kernel"], keys["stride"], keys["padding"]), ((5, 5), (1, 1), (2, 2))
        )

    def test_resnet_basic_adds_its_input_where_the_shape_stays(self):
        layers = self.layers("resnet_basic: {prefix: layer1, channels: 16}")
        self.assertEqual(
            layers[-2:],
            [
                ("layer1.0.add", "add", "layer1.0.conv2.scaler", "input"),
                ("layer1.0.out_relu", "relu", "layer1.0.add"),
            ],
        )

    def test_resnet_basic_projects_where_the_shape_changes(self):
        layers = self.layers("resnet_basic: {prefix: layer2, channels: 32, stride: 2, blocks: 2}")
        self.assertIn(
            ("layer2.0.downsample.conv.ops", "conv", "layer2.0.downsample.conv.aq"), layers
        )
        self.assertIn(
            ("layer2.0.add", "add", "layer2.0.conv2.scaler", "layer2.0.downsample.scaler"), layers
        )
        self.assertIn(("layer2.1.add", "add", "layer2.1.conv2.scaler", "layer2.0.out_relu"), layers)

    def test_resnet_basic_has_shortcuts_without_weights_too(self):
        layers = self.layers(
            "resnet_basic: {prefix: l, channels: 32, stride: 2, shortcut: option_a}"
        )
        self.assertIn(("l.0.skip", "option_a", "input"), layers)
        self.assertEqual([layer[1] for layer in layers].count("conv"), 2)

    def test_resnet_bottleneck_has_its_stride_on_the_3x3(self):
        text = HEAD + "layers: [resnet_bottleneck: {prefix: l, channels: 8, stride: 2}]"
        convs = [node for node in self.load(text).nodes if node.op == "conv"]
        shapes = [
            (n.id, n.keys["channels"], n.keys["kernel"][0], n.keys["stride"][0]) for n in convs
        ]
        self.assertEqual(
            shapes,
            [
                ("l.0.conv1.conv.ops", 8, 1, 1),
                ("l.0.conv2.conv.ops", 8, 3, 2),
                ("l.0.conv3.conv.ops", 32, 1, 1),
                ("l.0.downsample.conv.ops", 32, 1, 2),
            ],
        )

    def test_vgg_counts_convolutions_and_pools_alike(self):
        layers = self.layers("vgg: {config: [8, M, 4]}")
        names = [layer[0] for layer in layers if layer[1] in ("conv", "max_pool")]
        self.assertEqual(names, ["features.0.conv.ops", "features.1", "features.2.conv.ops"])

    def test_mobilenet_v1_alternates_depthwise_and_pointwise(self):
        text = HEAD + "layers: [mobilenet_v1: {stem: [8, 2], pairs: [16, [32, 2]]}]"
        convs = [node for node in self.load(text).nodes if node.op == "conv"]
        shapes = [(n.id, n.keys["groups"], n.keys["channels"], n.keys["stride"][0]) for n in convs]
        self.assertEqual(
            shapes,
            [
                ("model.0.0.conv.ops", 1, 8, 2),
                ("model.1.0.conv.ops", 8, 8, 1),
                ("model.1.3.conv.ops", 1, 16, 1),
                ("model.2.0.conv.ops", 16, 16, 2),
                ("model.2.3.conv.ops", 1, 32, 1),
            ],
        )

    def test_linear_is_quantizer_product_and_scaler(self):
        self.assertEqual(
            self.layers("flatten", "linear: {prefix: fc}")[1:],
            [
                ("fc.linear.aq", "quantize", "flatten"),
                ("fc.linear.ops", "matmul", "fc.linear.aq"),
                ("fc.scaler", "mul_shift", "fc.linear.ops"),
            ],
        )

    def test_may_name_their_input(self):
        layers = self.layers(
            "relu: {id: a}",
            "relu: {id: b}",
            "conv_bn_relu: {prefix: c, channels: 4, inputs: [a]}",
            "flatten: {inputs: [b]}",
            "flatten: {id: f2, inputs: [c.relu]}",
            "add: {inputs: [flatten, f2]}",
        )
        self.assertIn(("c.conv.aq", "quantize", "a"), layers)

    def test_of_resnet20_fit_into_twenty_lines(self):
        text = (support.TOPOLOGIES / "resnet20_w8a8.yaml").read_text()
        self.assertLessEqual(len(text.splitlines()), 20)


class Documentation(Files):
    """topology.md, whose examples are indented."""

    def examples(self) -> list[str]:
        text = (support.ROOT / "flows/import/topology.md").read_text()
        blocks = [block for block in text.split("\n\n") if block.startswith("    ")]
        return [textwrap.dedent(block) for block in blocks]

    def test_shows_resnet20(self):
        tested = (support.TOPOLOGIES / "resnet20_w8a8.yaml").read_text().strip()
        self.assertEqual(self.examples()[0], tested.replace("resnet20_w8a8", "resnet20"))

    def test_shows_quantizers(self):
        self.path.write_text(f"{HEAD}{self.examples()[1]}\nlayers: [relu]\n")
        topology = load_topology(self.path)
        self.assertEqual(topology.quantizer("fc.linear.wq", topology.weight).bits, 4)
        named = topology.quantizer("layer1.0.conv1.conv.aq", topology.activation)
        self.assertEqual((named.bits, named.clamp_again), (8, True))

    def test_shows_a_vit_and_the_inputs_of_a_bert(self):
        tested = (support.TOPOLOGIES / "vit_w8a8_token.yaml").read_text().strip()
        self.assertEqual(self.examples()[3], tested.replace("vit_w8a8_token", "vit"))
        tested = (support.TOPOLOGIES / "bert_w8a8.yaml").read_text()
        for line in self.examples()[4].splitlines():
            self.assertIn(line, tested)

    def test_shows_the_plain_layers_of_a_block(self):
        self.path.write_text(f"{HEAD}layers:\n{self.examples()[2]}\n")
        plain = load_topology(self.path).nodes
        self.path.write_text(f"{HEAD}layers: [conv_bn_relu: {{prefix: conv1, channels: 16}}]\n")
        block = load_topology(self.path).nodes
        defaults = {"stride": (1, 1), "groups": 1}
        for ours, theirs in zip(plain, block, strict=True):
            self.assertEqual((ours.id, ours.op, ours.inputs), (theirs.id, theirs.op, theirs.inputs))
            if ours.op == "conv":
                self.assertEqual(defaults | ours.keys, theirs.keys)


class Quantizers(Files):
    def test_have_the_ranges_of_their_bits(self):
        topology = self.load(
            HEAD + "quantizers: {activation: {bits: 4}, weight: {bits: 6}}\nlayers: [flatten]"
        )
        self.assertEqual(topology.activation.range, (0, 15))
        self.assertEqual(topology.weight.range, (-32, 31))

    def test_may_be_given_by_name(self):
        text = (
            HEAD
            + "quantizers: {activation: {bits: 4}, named: {a.aq: {signed: true}}}\n"
            + "layers: [flatten]"
        )
        topology = self.load(text)
        self.assertEqual(topology.quantizer("a.aq", topology.activation).range, (-8, 7))
        self.assertEqual(topology.quantizer("b.aq", topology.activation).range, (0, 15))


class Errors(Files):
    def test_name_the_line_of_an_unknown_layer(self):
        self.expect_error(
            HEAD + "layers:\n  - flatten\n  - convolution: {}\n",
            8,
            "layers[1]",
            "got convolution",
            "conv_bn_relu",
        )

    def test_name_the_line_of_an_unknown_key(self):
        self.expect_error(
            HEAD + "layers:\n  - max_pool:\n      kernel: 2\n      strides: 2\n",
            9,
            "strides",
            "unknown key",
            "stride",
        )

    def test_name_a_missing_key(self):
        self.expect_error(HEAD + "layers:\n  - conv_bn_relu: {prefix: a}\n", 7, "no channels")
        self.expect_error("format: systole-topology\nversion: 1\n", 1, "the key name")

    def test_name_an_input_that_does_not_exist(self):
        self.expect_error(
            HEAD + "layers:\n  - relu: {inputs: [b]}\n", 7, "inputs[0]", "got b", "an earlier layer"
        )

    def test_name_an_id_that_stands_twice(self):
        self.expect_error(
            HEAD + "layers:\n  - relu\n  - relu\n", 8, "a second layer relu", f"{self.path}:7"
        )

    def test_name_a_layer_that_nothing_uses(self):
        self.expect_error(
            HEAD + "layers:\n  - relu: {id: lost}\n  - flatten: {inputs: [input]}\n",
            7,
            "lost",
            "no layer uses",
        )

    def test_name_a_number_out_of_range(self):
        self.expect_error(
            HEAD + "layers:\n  - max_pool: {kernel: 0}\n", 7, "kernel", "got 0", "[1, 65535]"
        )
        self.expect_error(HEAD + "layers:\n  - max_pool: {kernel: 99999999999999}\n", 7, "kernel")
        self.expect_error(
            HEAD.replace("26", "63") + "layers: [flatten]", 5, "fraction_bits", "[0, 62]"
        )

    def test_name_another_format_or_version(self):
        self.expect_error(
            HEAD.replace("systole-topology", "onnx") + "layers: [flatten]", 1, "format", "got onnx"
        )
        self.expect_error(
            HEAD.replace("version: 1", "version: 2") + "layers: [flatten]", 2, "version"
        )

    def test_name_a_key_that_stands_twice(self):
        self.expect_error(HEAD + "name: other\nlayers: [flatten]", 6, "name twice")

    def test_name_the_line_that_is_no_yaml(self):
        self.expect_error(HEAD + "layers: [flatten\nx: {", 7, "is no YAML")

    def test_refuse_an_alias_which_could_stand_for_any_amount(self):
        bomb = "a: &a [x, x]\n" + "".join(
            f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi")
        )
        self.expect_error(bomb, 2, "an alias")

    def test_refuse_a_block_of_too_many_layers(self):
        self.expect_error(
            HEAD + "layers:\n  - resnet_basic: {prefix: a, channels: 16, blocks: 65535}\n",
            7,
            "more than 10000 layers",
        )

    def test_refuse_a_file_of_endless_depth(self):
        with self.assertRaises(InputError):
            self.load("[" * 100000)

    def test_refuse_a_file_that_is_far_too_large(self):
        with self.assertRaises(InputError) as refused:
            self.load(HEAD + "#" * (1 << 20))
        self.assertIn("at most", str(refused.exception))


if __name__ == "__main__":
    unittest.main()
