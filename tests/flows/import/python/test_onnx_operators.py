"""Operators of an ONNX model that the fixtures do not have: codes that move, older opsets, ends."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from onnx_support import convert, one_input, op  # noqa: E402

import numpy as np  # noqa: E402

from onnx_maker import Maker  # noqa: E402


def codes(shape: list[int], opset: int = 17) -> tuple[Maker, str, list[str]]:
    """A network that begins with codes of scale 0.5, zero point 3, and their grid."""
    maker = Maker(1, opset, "int8")
    grid = maker.grid("x", 0.5, 3)
    return maker, maker.input("x", shape, "int8"), grid


class MovedCodes(unittest.TestCase):
    def test_go_through_operators_without_a_pair_around_them(self):
        m, x, grid = codes([2, 4, 4])
        x = m.node("QLinearSigmoid", [x, *grid, *m.grid("y", 0.01, -128)], "y", "com.microsoft")
        pool = m.node("MaxPool", [x], "pool", kernel_shape=[2, 2], strides=[2, 2])
        amounts = m.constant("pads", [0, 0, 1, 0, 0, 0, 0, 2], "int64")
        pad = m.node("Pad", [pool, amounts, m.constant("v", -100, "int8")], "pad")
        flat = m.node("Flatten", [pad], "flat")
        m.outputs = [m.node("DequantizeLinear", [flat, "y_scale", "y_zero_point"], "reals")]
        bundle = convert(m)
        self.assertEqual(bundle.inputs[0]["zero_point"], 3)
        kinds = [(x["op"], x["name"]) for x in bundle.ops]
        expected = [("lookup", "y"), ("max_pool", "pool"), ("pad", "pad"), ("transpose", "pad.chw")]
        self.assertEqual(kinds, [*expected, ("flatten", "flat"), ("dequantize", "reals")])
        self.assertEqual(op(bundle, "pad")["amounts"], [[1, 0], [0, 2], [0, 0]])
        self.assertEqual(op(bundle, "pad")["value"], -100)

    def test_of_products_are_requantised_in_float32_with_either_kernels(self):
        m, x, grid = codes([2])
        w = m.constant("w", [[1, 2], [3, 4]], "int8")
        operands = [x, *grid, w, *m.grid("w", 0.3), *m.grid("y", 0.7, 5)]
        m.outputs = [m.node("QLinearMatMul", operands, "y")]
        for kernels in ("qdq", "integer"):
            keys = op(convert(m, kernels), "y")
            self.assertEqual((keys["dialect"], keys["zero_point"]), ("float32", 5))
            factor = np.float32(0.5) * np.float32(0.3) / np.float32(0.7)
            self.assertEqual(keys["factor"].tolist(), [factor])

    def test_are_transposed_once_for_several_users(self):
        m, x = one_input([2, 3, 4])
        for name in ("a", "b"):
            w, _ = m.weights(f"{name}.weight", [4, 2], 1)
            m.outputs.append(m.quantised(m.node("MatMul", [x, w], name), 0.5))
        kinds = [x["op"] for x in convert(m).ops]
        self.assertEqual(kinds.count("transpose"), 1)

    def test_of_images_of_one_pixel_are_flattened_without_a_transposition(self):
        m, x = one_input([6, 1, 1])
        m.outputs = [m.quantised(m.node("Flatten", [x], "flat"), 0.5, 3)]
        self.assertEqual([x["op"] for x in convert(m).ops], ["quantize", "flatten", "dequantize"])

    def test_keep_a_batch_that_the_file_fixes(self):
        for target in ([2, -1], [-1, 12], [0, 12], [2, 12]):
            m, x = one_input([3, 4])
            m.inputs[0].type.tensor_type.shape.dim[0].dim_value = 2
            y = m.node("Reshape", [x, m.constant("shape", target, "int64")], "y")
            m.outputs = [m.quantised(y, 0.5, 3)]
            self.assertEqual(op(convert(m), "y_QuantizeLinear_Output")["shape"], [12], target)

    def test_lose_the_axis_of_a_scalar_index(self):
        m, x = one_input([3, 4])
        y = m.node("Gather", [x, m.constant("i", -1, "int64")], "y", axis=1)
        m.outputs = [m.quantised(y, 0.5, 3)]
        bundle = convert(m)
        cut = next(x for x in bundle.ops if x["op"] == "slice")
        self.assertEqual((cut["start"], cut["count"], cut["step"]), ([2, 0], [1, 4], [1, 1]))
        self.assertEqual(op(bundle, "y_QuantizeLinear_Output")["shape"], [4])


class Windows(unittest.TestCase):
    def padding(self, **attributes) -> list[int]:
        """Of a 2x3 convolution over 4x5 pixels."""
        m, x = one_input([1, 4, 5])
        w, _ = m.weights("w", [1, 1, 2, 3], 0)
        m.outputs = [m.quantised(m.node("Conv", [x, w], "y", **attributes), 0.3)]
        return op(convert(m), "y_QuantizeLinear_Output.acc")["padding"]

    def test_are_padded_more_behind_or_in_front_as_auto_pad_says(self):
        self.assertEqual(self.padding(auto_pad="SAME_UPPER"), [0, 1, 1, 1])
        self.assertEqual(self.padding(auto_pad="SAME_LOWER"), [1, 1, 0, 1])
        self.assertEqual(self.padding(auto_pad="SAME_UPPER", strides=[2, 2]), [0, 1, 0, 1])
        self.assertEqual(self.padding(auto_pad="SAME_UPPER", dilations=[1, 2]), [0, 2, 1, 2])
        self.assertEqual(self.padding(auto_pad="VALID"), [0, 0, 0, 0])
        self.assertEqual(self.padding(pads=[1, 2, 3, 0]), [1, 2, 3, 0])

    def test_may_be_rounded_up_where_that_changes_nothing(self):
        m, x = one_input([1, 4, 5])
        pool = m.node("MaxPool", [x], "y", kernel_shape=[2, 3], strides=[2, 2], ceil_mode=1)
        m.outputs = [m.quantised(pool, 0.5, 3)]
        keys = op(convert(m), "y_QuantizeLinear_Output")
        self.assertEqual((keys["kernel"], keys["stride"]), ([2, 3], [2, 2]))


class OlderOpsets(unittest.TestCase):
    def test_have_limits_axes_and_pads_in_attributes(self):
        m, x = one_input([1, 3, 3], 10)
        y = m.quantised(m.node("Clip", [x], "y", min=0.0, max=6.0), 0.25, 1)
        pads = [0, 0, 1, 1, 0, 0, 0, 0]
        y = m.quantised(m.node("Pad", [y], "pad", pads=pads, mode="constant", value=0.5), 0.25, 1)
        y = m.quantised(m.node("ReduceMean", [y], "mean", axes=[2, 3], keepdims=1), 0.25)
        y = m.quantised(m.node("Squeeze", [y], "flat", axes=[2, -1]), 0.25)
        m.outputs = [y]
        bundle = convert(m)
        self.assertEqual(op(bundle, "y_QuantizeLinear_Output")["clamp"], [1, 25])
        self.assertEqual(op(bundle, "pad_QuantizeLinear_Output")["value"], 3)
        mean = op(bundle, "mean_QuantizeLinear_Output")
        self.assertEqual(mean["factor"].tolist(), [1 / 16])
        self.assertEqual(op(bundle, "flat_QuantizeLinear_Output")["shape"], [1])

    def test_have_a_softmax_of_rows_where_they_agree_with_later_ones(self):
        m, x = one_input([5], 11)
        m.outputs = [m.quantised(m.node("Softmax", [x], "y"), 0.5)]
        keys = op(convert(m), "y_QuantizeLinear_Output")
        self.assertEqual((keys["dialect"], keys["operand_scale"]), ("double", 0.5))


class ConstantOperands(unittest.TestCase):
    def test_are_transposed_and_reshaped_before_anything_runs(self):
        m, x = one_input([2])
        codes_ = m.constant("w", [[1, 2], [3, 4], [5, 6]], "int8")
        turned = m.node("Transpose", [codes_], "turned", perm=[1, 0])
        w = m.node("DequantizeLinear", [turned, *m.grid("w", 0.5)], "w_DQ")
        tall, shape = m.constant("b", [[1.0], [2.0], [3.0]]), m.constant("s", [-1], "int64")
        b = m.node("Reshape", [tall, shape], "flat")
        m.outputs = [m.quantised(m.node("Gemm", [x, w, b], "y"), 0.5)]
        bundle = convert(m)
        weight = op(bundle, "y_QuantizeLinear_Output.acc")["weight"]
        self.assertEqual(weight.tolist(), [[1, 3, 5], [2, 4, 6]])
        self.assertEqual(op(bundle, "y_QuantizeLinear_Output")["offset"].tolist(), [2.0, 4.0, 6.0])

    def test_of_the_file_may_be_nodes(self):
        m, x = one_input([2])
        two = m.node("Constant", [], "two", value_float=2.0)
        m.outputs = [m.quantised(m.node("Mul", [x, two], "y"), 0.5)]
        self.assertEqual(op(convert(m), "y_QuantizeLinear_Output")["factor"].tolist(), [2.0])

    def test_divided_by_codes_are_a_table(self):
        """3 / x, x = (q - 100) / 2; no code of x is 0."""
        m = Maker(1, 17, "uint4")
        grid = m.grid("x", 0.5, 0, "uint4")
        codes_ = m.node("QuantizeLinear", [m.input("x", [2]), *grid], "codes")
        x = m.node(
            "Add", [m.node("DequantizeLinear", [codes_, *grid], "x4"), m.constant("c", 1.0)], "x1"
        )
        y = m.node("Div", [m.constant("three", 3.0), x], "y")
        m.outputs = [m.quantised(y, 0.25, 0, "uint8")]
        table = op(convert(m), "y_QuantizeLinear_Output")["table"].tolist()
        self.assertEqual(table[:5], [12, 8, 6, 5, 4])  # 3 / (1 + q / 2) in quarters.


class Tables(unittest.TestCase):
    def entry(self, kind: str, code: int, scale: float, **attributes) -> int:
        """Of a code q that stands for (q - 3) / 2, in steps of `scale`."""
        m, x = one_input([2], 20)
        m.outputs = [m.quantised(m.node(kind, [x], "y", **attributes), scale)]
        keys = op(convert(m), "y_QuantizeLinear_Output")
        self.assertEqual((keys["lowest"], len(keys["table"])), (-128, 256))
        return keys["table"].tolist()[code + 128]

    def test_have_the_constants_that_onnx_says_where_a_node_has_none(self):
        self.assertEqual(self.entry("LeakyRelu", -97, 0.125), -4)  # 0.01 * -50
        self.assertEqual(self.entry("HardSigmoid", 5, 0.01), 70)  # 0.2 * 1 + 0.5
        self.assertEqual(self.entry("Gelu", 5, 0.01), 84)  # 0.8413 of 1

    def test_saturate(self):
        self.assertEqual(self.entry("LeakyRelu", 127, 0.25), 127)
        self.assertEqual(self.entry("LeakyRelu", -128, 0.25, alpha=1.0), -128)


class FloatIslands(unittest.TestCase):
    def test_take_the_mean_of_what_a_layer_norm_leaves_in_reals(self):
        m, x = one_input([4, 6])
        gamma = m.constant("gamma", np.ones(6))
        norm = m.node("LayerNormalization", [x, gamma], "norm", epsilon=1e-5)
        mean = m.node("ReduceMean", [norm], "mean", axes=[1], keepdims=0)
        m.outputs = [m.quantised(mean, 0.5, 3)]
        kinds = [(x["op"], x.get("shape")) for x in convert(m).ops[1:-1]]
        island = [("dequantize", None), ("float_layer_norm", None), ("reshape", [4, 1, 6])]
        behind = [("float_global_avg_pool", None), ("quantize", None), ("reshape", [6])]
        self.assertEqual(kinds, island + behind)

    def test_have_no_shift_where_the_model_gives_none(self):
        m, x = one_input([2])
        gamma = m.constant("gamma", [2.0, 3.0])
        m.outputs = [m.quantised(m.node("LayerNormalization", [x, gamma], "y"), 0.5)]
        keys = op(convert(m), "y")
        self.assertEqual((keys["gamma"].tolist(), keys["beta"].tolist()), ([2, 3], [0, 0]))
        self.assertEqual(keys["epsilon"], 1e-5)


class SixteenBits(unittest.TestCase):
    def test_have_a_table_of_every_code(self):
        m, x = one_input([2], kind="int16")
        m.outputs = [m.quantised(m.node("Tanh", [x], "y"), 1 / 32768)]
        keys = op(convert(m), "y_QuantizeLinear_Output")
        self.assertEqual((keys["lowest"], len(keys["table"])), (-32768, 65536))
        self.assertEqual(keys["table"].tolist()[3 + 32768 :][:2], [0, 15143])  # tanh(0.5)

    def test_come_from_operators_of_microsoft_before_opset_21(self):
        m = Maker(1, 17, "uint16")
        grid = m.grid("x", 0.5, 40000)
        codes_ = m.node("QuantizeLinear", [m.input("x", [2]), *grid], "codes", "com.microsoft")
        m.outputs = [m.node("DequantizeLinear", [codes_, *grid], "y", "com.microsoft")]
        keys = op(convert(m), "codes")
        self.assertEqual((keys["type"], keys["zero_point"]), ("uint16", 40000))


class Ends(unittest.TestCase):
    def test_in_reals_have_the_sums_factor_and_bias(self):
        m, x = one_input([2])
        codes_ = m.constant("w", [[1, 2], [3, 4]], "int8")
        w = m.node("DequantizeLinear", [codes_, *m.grid("w", 0.25)], "w_DQ")
        b = m.node("DequantizeLinear", [m.constant("b", [8, -8], "int32"),
                   *m.grid("b", 0.125, 0, "int32")], "b_DQ")  # fmt: skip
        m.outputs = [m.node("Relu", [m.node("Gemm", [x, w, b], "y")], "z")]
        bundle = convert(m)
        keys = op(bundle, "z.sum")
        self.assertEqual((keys["op"], keys["shift"]), ("float_mul_shift", 0))
        scale, bias = (np.broadcast_to(keys[k], 2).tolist() for k in ("scale", "bias"))
        self.assertEqual((scale, bias), ([0.125, 0.125], [1.0, -1.0]))
        self.assertEqual(op(bundle, "z")["op"], "float_relu")

    def test_in_reals_add_what_codes_stand_for(self):
        m, x = one_input([2])
        y = m.quantised(m.node("Relu", [x], "relu"), 0.25)
        m.outputs = [m.node("Add", [x, y], "sum")]
        kinds = [x["op"] for x in convert(m).ops]
        self.assertEqual(kinds[-3:], ["dequantize", "dequantize", "float_add"])

    def test_may_be_codes(self):
        m, x = one_input([2])
        m.outputs = ["x_QuantizeLinear_Output", x]
        bundle = convert(m)
        self.assertEqual(bundle.outputs, ["x_QuantizeLinear_Output", "x_DequantizeLinear_Output"])


class Names(unittest.TestCase):
    def test_that_become_the_same_are_counted(self):
        m, x = one_input([4])
        for name in ("a b", "a#b", "a$b"):
            m.outputs.append(m.node("Relu", [x], name))
        names = [keys["name"] for keys in convert(m).ops if keys["op"] == "float_relu"]
        self.assertEqual(names, ["a_b", "a_b_2", "a_b_3"])

    def test_that_are_too_long_are_cut(self):
        m, x = one_input([4])
        m.outputs = [m.node("Relu", [x], "y" * 300), m.node("Relu", [x], "y" * 299)]
        names = convert(m).outputs
        self.assertEqual(len(set(names)), 2)
        self.assertTrue(all(len(name) <= 200 for name in names))


if __name__ == "__main__":
    unittest.main()
