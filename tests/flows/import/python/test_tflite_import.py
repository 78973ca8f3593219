"""What becomes of each TFLite operator in a bundle."""

import hashlib
import pathlib
import sys
import unittest
from fractions import Fraction

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from import_support import temporary_directory  # noqa: E402
from tflite_support import (  # noqa: E402
    FIXTURES,
    KERNELS,
    NAMES,
    convert_bytes,
    convert_network,
    fixture,
    run,
)

import numpy as np  # noqa: E402
import safetensors.numpy  # noqa: E402
import yaml  # noqa: E402

import make_fixtures  # noqa: E402
import slow_kernels  # noqa: E402
import tflite_model  # noqa: E402
from tflite_writer import Network, serialise  # noqa: E402


def ops_of(name: str, kernels: str = "reference") -> dict[str, dict]:
    bundle = convert_bytes(fixture(name).read_bytes(), kernels)
    return {op["name"]: op for op in bundle.ops}


class Fixtures(unittest.TestCase):
    def test_are_what_the_script_writes(self):
        for name in NAMES:
            make = getattr(make_fixtures, name)()
            self.assertEqual(serialise(make.network), fixture(name).read_bytes(), name)
            inputs = make_fixtures.random_inputs(make)
            for kernels in KERNELS:
                expected = slow_kernels.run(make.network, inputs, kernels)
                stored = safetensors.numpy.load_file(FIXTURES / f"{name}.{kernels}.safetensors")
                self.assertEqual(stored.keys(), expected.keys())
                for key, values in expected.items():
                    np.testing.assert_array_equal(stored[key], values, f"{name} {kernels} {key}")

    def test_tell_the_kernels_apart_in_every_kind_of_layer(self):
        stored = {
            kernels: safetensors.numpy.load_file(FIXTURES / f"int8_layers.{kernels}.safetensors")
            for kernels in KERNELS
        }
        for other, keys in (
            ("optimised", ("9:narrow", "19:others")),
            ("xnnpack", ("9:narrow", "19:others", "6:two per channel", "13:sum")),
        ):
            for key in keys:
                self.assertTrue((stored[other][key] != stored["reference"][key]).any(), key)

    def test_hold_every_supported_operator(self):
        import tflite_import

        kinds = {
            operator.name
            for name in NAMES
            for operator in tflite_model.parse_model(
                fixture(name), fixture(name).read_bytes()
            ).operators
        }
        self.assertEqual(kinds, set(tflite_import.CONVERTERS))


class Names(unittest.TestCase):
    def test_are_the_first_of_a_tensors_names_with_its_index_made_safe(self):
        ops = ops_of("int8_layers")
        self.assertIn("t3.stem/Relu6", ops)
        self.assertIn("t3.stem/Relu6.acc", ops)
        self.assertIn("t6.two_per_channel", ops)

    def test_differ_and_stay_short_when_the_tensors_have_one_long_name(self):
        network = Network()
        x = network.tensor("x" * 300, "int8", [1, 4], 0.1)
        y = network.tensor("x" * 300, "int8", [1, 4], 0.1)
        network.inputs, network.outputs = [x], [y]
        network.operator("RELU", [x], [y])
        bundle = convert_network(network)
        names = [bundle.inputs[0]["name"], bundle.ops[0]["name"]]
        self.assertEqual(names, [f"t0.{'x' * 150}", f"t1.{'x' * 150}"])


class Layers(unittest.TestCase):
    def test_pad_a_strided_convolution_after_the_image_first(self):
        # 6 pixels, stride 2, kernel 3: 3 windows reach 7 pixels, so one pixel of padding.
        acc = ops_of("int8_layers")["t3.stem/Relu6.acc"]
        self.assertEqual(acc["op"], "int_conv2d")
        self.assertEqual(acc["padding"], [0, 0, 1, 1])
        self.assertEqual((acc["stride"], acc["dilation"], acc["groups"]), ([2, 2], [1, 1], 1))
        self.assertEqual((acc["pad_value"], acc["input_zero_point"]), (-3, -3))

    def test_have_hwio_weights_less_their_zero_point(self):
        make = make_fixtures.uint8_layers()
        stem, fine = (make.network.tensors[i]["data"].astype(int) for i in (2, 5))
        ops = ops_of("uint8_layers")
        weight = ops["t4.stem.acc"]["weight"]
        self.assertEqual(weight.shape, (3, 3, 2, 6))
        self.assertEqual(weight[2, 0, 1, 5], stem[5, 2, 0, 1] - 131)
        weight = ops["t7.fine.acc"]["weight"]
        self.assertEqual(weight.shape, (3, 3, 1, 6))
        self.assertEqual(weight[0, 2, 0, 4], fine[0, 0, 2, 4] - 120)
        self.assertEqual(ops["t7.fine.acc"]["groups"], 6)

    def test_round_the_product_of_uint8_scales_to_float32(self):
        s_x, s_w, s_y = (Fraction(float(np.float32(s))) for s in (6 / 255, 0.0061, 0.061))
        single = slow_kernels.f64(slow_kernels.f32(s_x * s_w) / s_y)
        double = slow_kernels.f64(s_x * s_w / s_y)
        self.assertNotEqual(slow_kernels.multiplier(single), slow_kernels.multiplier(double))
        op = ops_of("uint8_layers")["t7.fine"]
        found = int(op["multiplier"][0]), int(op["shift"][0])
        self.assertEqual(found, slow_kernels.multiplier(single))

    def test_requantise_in_the_kernels_dialect(self):
        dialects = {
            kernels: [
                ops_of("int8_layers", kernels)[name].get("dialect")
                for name in ("t9.narrow", "t6.two_per_channel", "t17.logits", "t13.sum")
            ]
            for kernels in KERNELS
        }
        self.assertEqual(dialects["reference"], ["gemmlowp", "gemmlowp", "double", "gemmlowp"])
        self.assertEqual(dialects["optimised"], ["ruy", "gemmlowp", "ruy", "gemmlowp"])
        self.assertEqual(dialects["xnnpack"], ["float32"] * 4)

    def test_keep_fixed_point_in_uint8_fully_connected(self):
        self.assertEqual(ops_of("uint8_layers")["t14.logits"]["dialect"], "gemmlowp")

    def test_flatten_the_operand_of_a_fully_connected_layer_that_takes_whole_images(self):
        ops = ops_of("int8_layers")
        self.assertEqual(ops["t17.logits.flat"]["op"], "flatten")
        self.assertEqual(ops["t17.logits.acc"]["inputs"], ["t17.logits.flat"])
        self.assertEqual(ops["t17.logits.acc"]["weight"].shape, (32, 5))
        self.assertNotIn("t32.dense.flat", ops_of("int8_elementwise"))

    def test_have_no_bias_where_the_operator_has_none(self):
        ops = ops_of("int8_layers")
        self.assertNotIn("bias", ops["t19.others"])
        self.assertEqual(ops["t17.logits"]["bias"].dtype, np.int32)


class Others(unittest.TestCase):
    def test_clamp_after_a_max_pool_only_where_an_activation_asks_for_it(self):
        ops = ops_of("int8_elementwise")
        self.assertEqual(ops["t18.max"]["op"], "clamp")
        self.assertEqual(ops["t18.max"]["clamp"], [4, 127])
        self.assertEqual(ops["t18.max.max"]["op"], "max_pool")
        self.assertEqual(ops_of("uint8_layers")["t8.coarse"]["op"], "max_pool")

    def test_sum_then_divide_in_a_mean(self):
        ops = ops_of("int8_elementwise")
        self.assertEqual(ops["t15.mean.sum"]["kernel"], [3, 4])
        self.assertEqual(ops["t15.mean.sum"]["zero_point"], 4)
        self.assertEqual(ops["t15.mean"]["op"], "requantise")
        self.assertEqual(ops["t17.flat_mean"]["op"], "flatten")

    def test_rescale_only_those_operands_of_a_concatenation_that_need_it(self):
        ops = ops_of("uint8_layers")
        self.assertEqual(ops["t9.joined"]["inputs"], ["t9.joined.in0", "t9.joined.in1"])
        ops = ops_of("int8_layers")
        self.assertEqual(ops["t20.joined"]["inputs"], ["t17.logits", "t19.others"])

    def test_pad_with_the_zero_point_or_the_given_code(self):
        ops = ops_of("int8_elementwise")
        self.assertEqual(ops["t21.padded"]["value"], -17)
        self.assertEqual(ops["t24.marked"]["value"], 41)
        self.assertEqual(ops["t21.padded"]["amounts"], [[1, 2], [0, 1], [0, 0]])

    def test_leave_reals_only_at_the_ends(self):
        bundle = convert_bytes(fixture("uint8_layers").read_bytes())
        self.assertEqual(
            bundle.inputs, [{"name": "t0.reals", "shape": [5, 5, 2], "type": "float32"}]
        )
        quantize = bundle.ops[0]
        self.assertEqual((quantize["op"], quantize["rule"]), ("quantize", "divide_half_away"))
        self.assertEqual(quantize["factor"], 1 / 128)
        self.assertEqual(ops_of("int8_layers")["t22.reals"]["op"], "dequantize")


class Bundles(unittest.TestCase):
    def test_say_where_they_come_from(self):
        with temporary_directory() as folder:
            run(fixture("int8_layers"), "--bundle", f"{folder}/net", "--kernels", "optimised")
            network = yaml.safe_load(pathlib.Path(folder, "net/network.yaml").read_text())
        digest = hashlib.sha256(fixture("int8_layers").read_bytes()).hexdigest()
        self.assertEqual(network["source"]["file"], "int8_layers.tflite")
        self.assertEqual(network["source"]["sha256"], digest)
        self.assertEqual(network["source"]["kernels"], "optimised")
        self.assertEqual(network["outputs"], ["t21.softmax", "t22.reals"])

    def test_are_the_same_bytes_on_every_import(self):
        with temporary_directory() as folder:
            for copy in ("a", "b"):
                run(fixture("uint8_layers"), "--bundle", f"{folder}/{copy}")
            for file in ("network.yaml", "tensors.safetensors"):
                a, b = (pathlib.Path(folder, copy, file).read_bytes() for copy in "ab")
                self.assertEqual(a, b)

    def test_accept_a_free_batch_and_bias_tensors_with_a_stray_axis(self):
        # Both occur in published networks: a signature of -1 for the batch, and quantisation
        # along axis 3 of a bias that has one axis.
        make = make_fixtures.int8_layers()
        make.network.tensors[2]["axis"] = 3
        make.network.tensors[2]["scales"], make.network.tensors[2]["zero_points"] = (
            [0.1] * 8,
            [0] * 8,
        )
        self.assertEqual(make.network.tensors[0]["signature"][0], -1)
        self.assertEqual(len(convert_network(make.network).ops), len(ops_of("int8_layers")))


if __name__ == "__main__":
    unittest.main()
