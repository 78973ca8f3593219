"""Networks and encodings that do not fit each other: what is refused, by file and name."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from aimet_support import (  # noqa: E402
    FIXTURES,
    activation_100,
    activation_200,
    blocks_100,
    channels_100,
    channels_200,
    convert,
    file_100,
    file_200,
    fixture,
    model_bytes,
    run,
)
from import_support import temporary_directory  # noqa: E402

import numpy as np  # noqa: E402
import safetensors.numpy  # noqa: E402
from onnx import helper  # noqa: E402

from errors import InputError  # noqa: E402

NET = FIXTURES / "net.onnx"
WEIGHTS = {"w": np.ones((2, 2, 1, 1), np.float32), "b": np.ones(2, np.float32)}
CONV = helper.make_node("Conv", ["x", "w", "b"], ["y"], "first", kernel_shape=[1, 1])
INPUT, OUTPUT = activation_100("x"), activation_100("y")


class Refusals(unittest.TestCase):
    def refused(self, model: bytes, encodings: dict, *parts: str, bias: str = "float") -> None:
        with self.assertRaises(InputError) as raised:
            convert(model, encodings, bias)
        for part in parts:
            self.assertIn(part, str(raised.exception))
        self.assertNotIn("\n", str(raised.exception))

    def refused_conv(self, encodings: dict, *parts: str, bias: str = "float") -> None:
        self.refused(model_bytes([CONV], WEIGHTS), encodings, *parts, bias=bias)

    def test_an_encoding_of_no_tensor(self):
        encodings = file_100([INPUT, OUTPUT, activation_100("z")], [channels_100()])
        found = "e.json: activation_encodings[2] (z): got an encoding of no tensor, expected"
        self.refused_conv(encodings, found, "tensors of net.onnx")
        encodings = file_100([INPUT, OUTPUT], [channels_100(), channels_100("w2")])
        self.refused_conv(encodings, "e.json: param_encodings[1] (w2): got an encoding of no")

    def test_a_weight_without_encoding(self):
        found = "e.json: w: got no encoding, expected one: node 0 first (Conv) of net.onnx takes it"
        self.refused_conv(file_100([INPUT, OUTPUT], []), found)

    def test_a_product_of_what_has_no_encoding(self):
        found = "e.json: x: got no encoding, expected one: node 0 first (Conv) of net.onnx takes it"
        self.refused_conv(file_100([OUTPUT], [channels_100()]), found)

    def test_a_sum_of_what_has_no_encoding(self):
        add = helper.make_node("Add", ["y", "x"], ["z"], "sum")
        encodings = file_100([INPUT], [channels_100()])
        found = "e.json: y: got no encoding, expected one: node 1 sum (Add)"
        self.refused(model_bytes([CONV, add], WEIGHTS, output="z"), encodings, found)

    def test_a_mean_and_a_moved_value_of_what_has_no_encoding(self):
        nodes = [CONV, helper.make_node("Flatten", ["y"], ["f"])]
        for node in (
            helper.make_node("GlobalAveragePool", ["y"], ["z"], "mean"),
            helper.make_node("MatMul", ["f", "m"], ["z"], "mean"),
        ):
            constants = WEIGHTS | {"m": np.ones((32, 2), np.float32)}
            parameters = [channels_100(), channels_100("m", scale=[1.0, 1.0])]
            model = model_bytes([*nodes, node], constants, output="z")
            name = node.input[0]
            found = f"e.json: {name}: got no encoding, expected one: node 2 mean ({node.op_type})"
            self.refused(model, file_100([INPUT], parameters), found)

    def test_a_function_of_what_has_no_encoding(self):
        node = helper.make_node("Sigmoid", ["y"], ["z"], "gate")
        model = model_bytes([CONV, node], WEIGHTS, output="z")
        found = "node 1 gate (Sigmoid): got an operand that is not quantised, expected an encoding"
        self.refused(model, file_100([INPUT], [channels_100()]), found)

    def test_encodings_in_the_wrong_list(self):
        encodings = file_100([INPUT, OUTPUT, activation_100("w")], [])
        self.refused_conv(encodings, "(w): got an encoding of an activation")
        encodings = file_100([OUTPUT], [channels_100(), channels_100("x")])
        self.refused_conv(encodings, "(x): got an encoding of a parameter")

    def test_an_activation_with_several_scales(self):
        entry = channels_100("x", is_sym=False)
        encodings = file_100([entry, OUTPUT], [channels_100()])
        self.refused_conv(encodings, "(x): got several scales, expected one, of an activation")

    def test_codes_that_a_bundle_has_no_word_for(self):
        encodings = file_100([activation_100("x", bw=6), OUTPUT], [channels_100()])
        self.refused_conv(encodings, "(x): got codes of type uint6, expected int4, uint4, int8")

    def test_a_weight_of_16_bits(self):
        entry = channels_100(bw=16, offset=[-32768.0] * 2)
        self.refused_conv(file_100([INPUT, OUTPUT], [entry]), "(w): got a weight of 16 bits")

    def test_blocks_that_do_not_divide(self):
        entry = blocks_100(block_size=3)
        found = "(w): got blocks of 3, expected a divisor of the 2 input channels"
        self.refused_conv(file_100([INPUT, OUTPUT], [entry]), found)

    def test_blocks_of_a_grouped_convolution(self):
        conv = helper.make_node("Conv", ["x", "w"], ["y"], "depth", kernel_shape=[1, 1], group=2)
        entry = blocks_100(block_size=1, scale=[1.0] * 8, offset=[-8.0] * 8)
        model = model_bytes([conv], {"w": np.ones((4, 2, 1, 1), np.float32)}, [4, 4, 4])
        found = "net.onnx: node 0 depth (Conv): got 2 groups of blockwise weights, expected 1"
        self.refused(model, file_100([INPUT, OUTPUT], [entry]), found)

    def test_biases_of_another_scale_or_width(self):
        entries = [activation_200("x"), activation_200("y"), channels_200()]
        good = channels_200("b", output_dtype="int32", y_scale=[0.125, 0.03125])
        convert(model_bytes([CONV], WEIGHTS), file_200(*entries, good))
        bad = good | {"y_scale": [0.125, 0.0313]}
        found = "(b): got scale 0.0313000008 of channel 1, expected 0.03125"
        self.refused_conv(file_200(*entries, bad), found)
        bad = good | {"output_dtype": "int8"}
        self.refused_conv(file_200(*entries, bad), "(b): got a bias of 8 bits, expected 32")

    def test_biases_beyond_32_bits(self):
        tiny = channels_100(scale=[1e-12, 1e-12])
        encodings = file_100([INPUT, OUTPUT], [tiny])
        convert(model_bytes([CONV], WEIGHTS), encodings)
        found = "net.onnx: node 0 first (Conv): got bias b, expected at most 32 bits"
        self.refused_conv(encodings, found, "--bias float", bias="int32")

    def test_unsupported_operators(self):
        conv = helper.make_node("Conv", ["x", "w"], ["c"])
        node = helper.make_node("Det", ["c"], ["y"], "odd")
        model = model_bytes([conv, node], WEIGHTS)
        encodings = file_100([INPUT], [channels_100()])
        self.refused(model, encodings, "net.onnx: node 1 odd (Det): is not supported")


class Recordings(unittest.TestCase):
    def refused(self, tensors: dict[str, np.ndarray], *parts: str) -> None:
        with temporary_directory() as folder:
            file = pathlib.Path(folder, "recorded.safetensors")
            safetensors.numpy.save_file(tensors, file)
            words = (NET, fixture("channels", "1.0.0"), "--bundle", f"{folder}/net", "--goldens")
            with self.assertRaises(InputError) as raised:
                run(*words, file, "--goldens-out", f"{folder}/goldens")
        for part in (*parts, "recorded.safetensors: "):
            self.assertIn(part, str(raised.exception))

    def test_of_another_network(self):
        self.refused({"other": np.zeros((1, 2), np.uint8)}, "got no such tensor of this network")
        self.refused({"image": np.zeros((1, 2, 5, 5), np.float32)}, "got no such tensor")

    def test_of_another_shape(self):
        codes = np.zeros((1, 5, 5, 8), np.uint8)
        self.refused({"relu1.out": codes}, "relu1.out: got uint8 [1, 5, 5, 8]", "[batch, 8, 5, 5]")

    def test_of_another_type(self):
        codes = np.zeros((1, 8, 5, 5), np.uint16)
        self.refused({"relu1.out": codes}, "relu1.out: got uint16 [1, 8, 5, 5], expected uint8")

    def test_of_several_batches(self):
        for count in (1, 3):
            tensors = {"gap.out": np.zeros((2, 12, 1, 1), np.uint8)}
            tensors["scores"] = np.zeros((count, 5), np.uint8)
            self.refused(tensors, f"scores: got {count} samples, expected 2, as of gap.out")

    def test_that_contradict_each_other(self):
        with temporary_directory() as folder:
            files = [pathlib.Path(folder, f"{value}.safetensors") for value in (0, 1)]
            for value, file in enumerate(files):
                safetensors.numpy.save_file({"scores": np.full((1, 5), value, np.uint8)}, file)
            words = (NET, fixture("channels", "1.0.0"), "--bundle", f"{folder}/net", "--goldens")
            with self.assertRaisesRegex(InputError, "1.safetensors: scores: differs"):
                run(*words, *files, "--goldens-out", f"{folder}/goldens")

    def test_of_fewer_inputs_than_codes(self):
        tensors = {"scores": np.zeros((2, 5), np.uint8)}
        tensors["image"] = np.zeros((1, 2, 5, 5), np.float32)
        self.refused(tensors, "image: got 1 samples, expected 2")


if __name__ == "__main__":
    unittest.main()
