"""What single operators of an ONNX model become."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from import_support import caught, temporary_directory  # noqa: E402
from onnx_support import FIXTURES, convert, fixture, one_input, op, run  # noqa: E402

import numpy as np  # noqa: E402
import safetensors.numpy  # noqa: E402
import yaml  # noqa: E402


class Codes(unittest.TestCase):
    def test_begin_where_a_float_input_is_quantised(self):
        m, x = one_input([4])
        m.outputs = [m.quantised(m.node("Relu", [x], "relu"), 0.5, 3)]
        bundle = convert(m)
        self.assertEqual(bundle.inputs, [{"name": "x", "shape": [4], "type": "float32"}])
        first = bundle.ops[0]
        self.assertEqual(first["name"], "x_QuantizeLinear_Output")
        self.assertEqual((first["op"], first["rule"]), ("quantize", "divide_half_even"))
        self.assertEqual((first["factor"], first["zero_point"], first["type"]), (0.5, 3, "int8"))
        self.assertEqual([x["op"] for x in bundle.ops], ["quantize", "relu", "dequantize"])
        self.assertEqual(bundle.outputs, ["relu_DequantizeLinear_Output"])

    def test_of_an_integer_input_have_the_scale_of_their_first_user(self):
        m, _ = one_input([4])
        grid = m.grid("codes", 0.25, -9)
        y = m.node("DequantizeLinear", [m.input("codes", [2, 3, 5], "int8"), *grid], "y")
        m.outputs = [m.quantised(m.node("Relu", [y], "relu"), 0.5)]
        expected = {"name": "codes", "shape": [3, 5, 2], "type": "int8"}
        self.assertEqual(convert(m).inputs[1], expected | {"scale": 0.25, "zero_point": -9})

    def test_are_kept_by_a_second_pair_of_one_scale(self):
        m, x = one_input([4])
        m.outputs = [m.quantised(m.node("Identity", [x], "same"), 0.5, 3)]
        self.assertEqual([x["op"] for x in convert(m).ops], ["quantize", "dequantize"])

    def test_are_requantised_by_a_second_pair_of_another(self):
        m, x = one_input([4])
        m.outputs = [m.quantised(m.node("Identity", [x], "same"), 0.25, -1)]
        keys = op(convert(m), "same_QuantizeLinear_Output")
        self.assertEqual(
            (keys["op"], keys["input_zero_point"], keys["zero_point"]), ("requantise", 3, -1)
        )
        self.assertEqual(keys["factor"].tolist(), [2.0])


class Formulas(unittest.TestCase):
    def test_of_constants_and_clamps_become_one_op(self):
        """min(max(2 x - 1, 0), 6), x = (q - 3) / 2, in codes of 0.25."""
        m, x = one_input([4])
        twice = m.node("Mul", [x, m.constant("two", 2.0)], "twice")
        less = m.node("Sub", [twice, m.constant("one", 1.0)], "less")
        limits = [m.constant("zero", 0.0), m.constant("six", 6.0)]
        m.outputs = [m.quantised(m.node("Clip", [less, *limits], "clip"), 0.25, -8)]
        keys = op(convert(m), "clip_QuantizeLinear_Output")
        self.assertEqual(keys["factor"].tolist(), [4.0])
        self.assertEqual(keys["offset"].tolist(), [-4.0])
        self.assertEqual(keys["clamp"], [-8, 16])

    def test_scale_what_was_added_before(self):
        """-2 (x + 1.5) in codes of 0.25."""
        m, x = one_input([4])
        more = m.node("Add", [x, m.constant("more", 1.5)], "x+1.5")
        m.outputs = [m.quantised(m.node("Mul", [more, m.constant("c", -2.0)], "y"), 0.25)]
        keys = op(convert(m), "y_QuantizeLinear_Output")
        self.assertEqual((keys["factor"].tolist(), keys["offset"].tolist()), ([-4.0], [-12.0]))

    def test_of_clamps_turn_over_with_a_negative_factor(self):
        """-2 min(max(x, -1), 3) lies in [-6, 2]."""
        m, x = one_input([4])
        limits = [m.constant("low", -1.0), m.constant("high", 3.0)]
        clip = m.node("Clip", [x, *limits], "clip")
        m.outputs = [m.quantised(m.node("Mul", [clip, m.constant("c", -2.0)], "y"), 0.5, 1)]
        keys = op(convert(m), "y_QuantizeLinear_Output")
        self.assertEqual((keys["factor"].tolist(), keys["clamp"]), ([-2.0], [-11, 5]))

    def test_of_a_constant_minus_codes_have_a_negative_factor(self):
        m, x = one_input([4])
        m.outputs = [m.quantised(m.node("Sub", [m.constant("one", 1.0), x], "y"), 0.5)]
        keys = op(convert(m), "y_QuantizeLinear_Output")
        self.assertEqual((keys["factor"].tolist(), keys["offset"].tolist()), ([-1.0], [2.0]))

    def test_with_a_constant_per_channel_of_images_have_one_value_per_last_axis(self):
        m, x = one_input([3, 2, 2])
        y = m.node("Add", [x, m.constant("c", np.reshape([1.0, 2.0, 3.0], (3, 1, 1)))], "y")
        m.outputs = [m.quantised(y, 0.5)]
        keys = op(convert(m), "y_QuantizeLinear_Output")
        self.assertEqual(keys["offset"].tolist(), [2.0, 4.0, 6.0])

    def test_with_a_constant_per_element_go_through_one_axis(self):
        """ONNX's [channel, row, column] constant in the order of our [row, column, channel]."""
        m, x = one_input([2, 1, 3])
        y = m.node("Add", [x, m.constant("c", np.arange(6.0).reshape(1, 2, 1, 3))], "y")
        m.outputs = [m.quantised(y, 1.0)]
        bundle = convert(m)
        self.assertEqual(op(bundle, "y_QuantizeLinear_Output.flat")["shape"], [6])
        keys = op(bundle, "y_QuantizeLinear_Output.elements")
        self.assertEqual(keys["offset"].tolist(), [0.0, 3.0, 1.0, 4.0, 2.0, 5.0])
        self.assertEqual(op(bundle, "y_QuantizeLinear_Output")["shape"], [1, 3, 2])


class Constants(unittest.TestCase):
    def test_are_quantised_half_to_even_and_saturate(self):
        """0.25 / 0.5 and 0.75 / 0.5 are ties; 1000 is beyond int8."""
        m, x = one_input([4])
        values = m.quantised_constant("c", np.array([0.25, 0.75, 1000.0, -1000.0]), 0.5)
        m.outputs = [m.quantised(m.node("Add", [x, values], "y"), 0.5)]
        keys = op(convert(m), "y_QuantizeLinear_Output")
        self.assertEqual(keys["offset"].tolist(), [0.0, 2.0, 127.0, -128.0])

    def test_of_four_bits_are_widened(self):
        m, x = one_input([2])
        codes = m.constant("w", [[-8, 7], [1, -1]], "int4")
        w = m.node("DequantizeLinear", [codes, *m.grid("w", 0.5, 0, "int4")], "w_DQ")
        m.outputs = [m.quantised(m.node("MatMul", [x, w], "y"), 1.0)]
        keys = op(convert(m), "y_QuantizeLinear_Output.acc")
        self.assertEqual(keys["weight"].tolist(), [[-8, 7], [1, -1]])

    def test_of_weights_lose_their_zero_point(self):
        m, x = one_input([2])
        codes = m.constant("w", [[0, 255], [128, 1]], "uint8")
        w = m.node("DequantizeLinear", [codes, *m.grid("w", 0.5, 128, "uint8")], "w_DQ")
        m.outputs = [m.quantised(m.node("MatMul", [x, w], "y"), 1.0)]
        keys = op(convert(m), "y_QuantizeLinear_Output.acc")
        self.assertEqual(keys["weight"].tolist(), [[-128, 127], [0, -127]])
        self.assertEqual(keys["input_zero_point"], 3)


class Products(unittest.TestCase):
    def linear(self, bias: str, kernels: str) -> dict:
        m, x = one_input([2])
        codes = m.constant("w", [[1, 2, 3], [4, 5, 6]], "int8")
        scales = np.array([0.1, 0.2, 0.4], np.float32)
        w = m.node("DequantizeLinear", [codes, *m.grid("w", scales)], "w_DQ", axis=1)
        c = m.bias("b", 0.5, scales, 3) if bias == "int32" else m.constant("b", [1.0, 2.0, 3.0])
        m.outputs = [m.quantised(m.node("Gemm", [x, w, c], "y"), 0.3)]
        return op(convert(m, kernels), "y_QuantizeLinear_Output")

    def test_keep_an_int32_bias_in_units_of_the_sums(self):
        keys = self.linear("int32", "qdq")
        self.assertEqual((keys["dialect"], keys["rounding"]), ("double", "half_even"))
        self.assertEqual((keys["bias"].dtype, keys["bias"].shape), (np.int32, (3,)))
        exact = 0.5 * np.array([0.1, 0.2, 0.4], np.float32).astype(np.float64) / np.float32(0.3)
        self.assertTrue((keys["factor"] == exact).all())

    def test_of_integer_kernels_have_factors_of_float32(self):
        keys = self.linear("int32", "integer")
        self.assertEqual(keys["dialect"], "float32")
        products = np.float32(0.5) * np.array([0.1, 0.2, 0.4], np.float32)
        self.assertTrue((keys["factor"] == products / np.float32(0.3)).all())
        self.assertEqual(keys["factor"].dtype, np.float32)

    def test_keep_a_float_bias_in_reals_with_either_kernels(self):
        for kernels in ("qdq", "integer"):
            keys = self.linear("float", kernels)
            self.assertEqual(keys["dialect"], "double")
            self.assertTrue((keys["offset"] == np.array([1.0, 2.0, 3.0]) / np.float32(0.3)).all())

    def test_pad_images_with_the_code_of_zero(self):
        m, x = one_input([1, 3, 3])
        w, _ = m.weights("w", [1, 1, 3, 3], 0)
        m.outputs = [m.quantised(m.node("Conv", [x, w], "y", pads=[1, 2, 0, 1]), 0.3)]
        keys = op(convert(m), "y_QuantizeLinear_Output.acc")
        self.assertEqual((keys["pad_value"], keys["input_zero_point"]), (3, 3))
        self.assertEqual(keys["padding"], [1, 2, 0, 1])

    def test_that_nothing_quantises_stay_reals(self):
        m, x = one_input([2])
        w, _ = m.weights("w", [2, 3], 1)
        m.outputs = [m.node("MatMul", [x, w], "y")]
        bundle = convert(m)
        self.assertEqual(
            [x["op"] for x in bundle.ops], ["quantize", "int_matmul", "float_mul_shift"]
        )
        self.assertEqual(bundle.outputs, ["y"])


class Movements(unittest.TestCase):
    def test_without_a_pair_of_their_own_take_the_name_of_their_value(self):
        m, x = one_input([2, 3])
        turned = m.node("Transpose", [x], "turned", perm=[0, 2, 1])
        w, _ = m.weights("w", [2, 4], 1)
        m.outputs = [m.quantised(m.node("MatMul", [turned, w], "y"), 0.3)]
        self.assertEqual(op(convert(m), "turned")["order"], [1, 0])

    def test_that_only_rename_the_axes_of_an_image_are_no_op(self):
        m, x = one_input([2, 3, 4])
        rows = m.quantised(m.node("Transpose", [x], "rows", perm=[0, 2, 3, 1]), 0.5, 3)
        w, _ = m.weights("w", [2, 4], 1)
        m.outputs = [m.quantised(m.node("MatMul", [rows, w], "y"), 0.3)]
        kinds = [x["op"] for x in convert(m).ops]
        self.assertEqual(kinds, ["quantize", "int_matmul", "requantise", "dequantize"])

    def test_flatten_images_in_the_order_of_onnx(self):
        m, x = one_input([2, 3, 4])
        m.outputs = [m.quantised(m.node("Flatten", [x], "flat"), 0.5, 3)]
        kinds = [(x["op"], x.get("order")) for x in convert(m).ops]
        expected = [("quantize", None), ("transpose", [2, 0, 1]), ("flatten", None)]
        self.assertEqual(kinds, [*expected, ("dequantize", None)])

    def test_with_another_scale_are_requantised_first(self):
        m, x = one_input([2, 3])
        turned = m.node("Transpose", [x], "turned", perm=[0, 2, 1])
        m.outputs = [m.quantised(turned, 0.25, 0)]
        ops = [(x["op"], x["name"]) for x in convert(m).ops[1:3]]
        name = "turned_QuantizeLinear_Output"
        self.assertEqual(ops, [("requantise", f"{name}.in"), ("transpose", name)])

    def test_pad_with_the_code_of_the_value(self):
        m, x = one_input([2])
        amounts = m.constant("pads", [0, 1, 0, 2], "int64")
        m.outputs = [m.quantised(m.node("Pad", [x, amounts, m.constant("v", 2.5)], "y"), 0.5, 3)]
        keys = op(convert(m), "y_QuantizeLinear_Output")
        self.assertEqual((keys["amounts"], keys["value"]), ([[1, 2]], 8))


class Files(unittest.TestCase):
    def test_have_names_that_bundles_allow(self):
        m, x = one_input([4])
        m.outputs = [m.quantised(m.node("Relu", [x], "/block 0/relu#1"), 0.25, 3)]
        self.assertEqual(convert(m).ops[1]["name"], "block_0/relu_1_QuantizeLinear_Output")

    def test_keep_samples_in_our_layout(self):
        with temporary_directory() as folder:
            out = pathlib.Path(folder) / "net"
            images = np.arange(2 * 3 * 6 * 5, dtype=np.float32).reshape(2, 3, 6, 5)
            np.save(f"{out}.npy", images)
            pathlib.Path(f"{out}.txt").write_text("4\n1\n")
            words = ["--samples", f"{out}.npy", "--labels", f"{out}.txt"]
            run(fixture("images"), "--bundle", out, *words)
            tensors = safetensors.numpy.load_file(out / "tensors.safetensors")
            self.assertTrue((tensors["test.image"] == images.transpose(0, 2, 3, 1)).all())
            self.assertEqual(tensors["test.labels"].tolist(), [4, 1])
            network = yaml.safe_load((out / "network.yaml").read_text())
            self.assertEqual(network["source"]["kernels"], "qdq")

    def test_of_samples_may_call_a_sole_input_so(self):
        with temporary_directory() as folder:
            out = pathlib.Path(folder) / "net"
            rows = np.ones((3, 4, 6), np.float32)
            safetensors.numpy.save_file({"input": rows, "more": rows}, f"{out}.safetensors")
            run(fixture("tokens"), "--bundle", out, "--samples", f"{out}.safetensors")
            tensors = safetensors.numpy.load_file(out / "tensors.safetensors")
            self.assertTrue((tensors["test.tokens"] == rows).all())

    def test_of_goldens_are_cut_to_the_shortest(self):
        with temporary_directory() as folder:
            out = pathlib.Path(folder) / "net"
            recorded = safetensors.numpy.load_file(FIXTURES / "images.qdq.safetensors")
            image = np.concatenate([recorded.pop("image")] * 3)
            safetensors.numpy.save_file(recorded, f"{out}.r.safetensors")
            np.save(f"{out}.npy", image)
            words = ["--goldens", f"{out}.r.safetensors", f"{out}.npy", "--goldens-out"]
            run(fixture("images"), "--bundle", out, *words, f"{out}.g")
            goldens = safetensors.numpy.load_file(f"{out}.g")
            self.assertEqual(goldens["image"].shape, (2, 6, 5, 3))

    def test_of_goldens_of_another_network_are_refused(self):
        with temporary_directory() as folder:
            out = pathlib.Path(folder) / "net"
            goldens = [
                "--goldens",
                FIXTURES / "qlinear.qdq.safetensors",
                "--goldens-out",
                f"{out}.g",
            ]
            status, message = caught(lambda: run(fixture("images"), "--bundle", out, *goldens))
        self.assertEqual(status, 2)
        self.assertIn("qlinear.qdq.safetensors: got no tensor of this network", message)
        self.assertIn("images.onnx", message)


if __name__ == "__main__":
    unittest.main()
