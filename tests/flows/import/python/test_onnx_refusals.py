"""What the importer refuses, and that it says which node and why."""

import pathlib
import sys
import unittest
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from onnx_support import convert, convert_bytes, fixture, one_input, onnx  # noqa: E402

import numpy as np  # noqa: E402

from errors import InputError  # noqa: E402
from onnx_maker import Maker  # noqa: E402


class Refusal(unittest.TestCase):
    def expect(self, maker: Maker, *parts: str) -> None:
        self.expect_bytes(maker.model().SerializeToString(), *parts)

    def expect_bytes(self, data: bytes, *parts: str) -> None:
        with self.assertRaises(InputError) as raised:
            convert_bytes(data)
        message = str(raised.exception)
        for part in ("net.onnx: ", *parts):
            self.assertIn(part, message)
        self.assertNotIn("\n", message)


class OfNodes(Refusal):
    def one_node(
        self, op: str, shape: list[int], *parts: str, opset: int = 17, **attributes
    ) -> None:
        """One operator between a pair before and a pair behind."""
        m, x = one_input(shape, opset)
        m.outputs = [m.quantised(m.node(op, [x], "y", **attributes), 0.5)]
        self.expect(m, *parts)

    def test_name_an_unknown_operator_and_the_nearest_one(self):
        self.one_node("Sofmax", [4], "node 2 y/Sofmax (Sofmax): is not supported", "mean Softmax?")
        self.one_node("ConvTranspose", [4], "(ConvTranspose): is not supported", "mean ")

    def test_name_operators_of_other_domains(self):
        m, x = one_input([4])
        m.outputs = [m.node("Relu", [x], "y", "org.example")]
        self.expect(m, "(org.example.Relu): is not supported")

    def test_say_which_shapes_do_not_fit(self):
        m, x = one_input([3])
        w, _ = m.weights("w", [4, 2], 1)
        m.outputs = [m.quantised(m.node("MatMul", [x, w], "y"), 0.5)]
        self.expect(m, "y/MatMul", "got weights [4, 2]", "expected 3 rows")

    def test_say_that_an_image_has_other_channels(self):
        m, x = one_input([3, 4, 4])
        w, _ = m.weights("w", [2, 2, 1, 1], 0)
        m.outputs = [m.quantised(m.node("Conv", [x, w], "y"), 0.5)]
        self.expect(m, "y/Conv", "weights of 2 to 2 channels", "expected operands of 3 channels")

    def test_say_that_a_window_is_larger_than_the_image(self):
        self.one_node("MaxPool", [1, 2, 2], "y/MaxPool", "a window of 3", kernel_shape=[3, 3])

    def test_say_that_activations_are_not_broadcast(self):
        m, x = one_input([2, 4])
        y = m.quantised(m.input("other", [4]), 0.5)
        m.outputs = [m.quantised(m.node("Add", [x, y], "sum"), 0.5)]
        self.expect(m, "sum/Add", "[2, 4] and [4]", "not broadcast")

    def test_say_that_an_operand_is_not_quantised(self):
        m = Maker(1, 17, "int8")
        w, _ = m.weights("w", [4, 2], 1)
        m.outputs = [m.node("MatMul", [m.input("x", [4]), w], "y")]
        self.expect(m, "y/MatMul", "operand 0 that is not quantised", "expected a QuantizeLinear")

    def test_say_that_weights_are_not_quantised(self):
        m, x = one_input([2])
        w = m.constant("w", np.ones((2, 2)))
        m.outputs = [m.quantised(m.node("Gemm", [x, w], "y"), 0.5)]
        self.expect(m, "y/Gemm", "weights w", "DequantizeLinear")

    def test_compare_the_scale_of_a_bias_with_the_operands(self):
        for scale, is_right in ((0.5 * (1 + 5e-7), True), (0.5 * (1 + 3e-6), False)):
            m, x = one_input([2])
            codes = m.constant("w", np.ones((2, 2)), "int8")
            w = m.node("DequantizeLinear", [codes, *m.grid("w", 1.0)], "w_DQ")
            b = m.bias("b", scale, np.float32(1.0), 2)
            m.outputs = [m.quantised(m.node("Gemm", [x, w, b], "y"), 0.5)]
            if is_right:
                convert(m)
            else:
                self.expect(
                    m, "y/Gemm", "bias b_DQ of scale 0.50000149", "expected the operands' 0.5"
                )

    def test_name_scales_along_another_axis(self):
        m, x = one_input([2])
        w, _ = m.weights("w", [2, 3], 0)
        m.outputs = [m.quantised(m.node("MatMul", [x, w], "y"), 0.5)]
        self.expect(m, "y/MatMul", "scales of w_DQ along axis 0", "axis 1, the output channels")

    def test_name_weights_beyond_nine_bits(self):
        m, x = one_input([1])
        codes = m.constant("w", [[257]], "int16")
        w = m.node("DequantizeLinear", [codes, *m.grid("w", 1.0, 0, "int16")], "w_DQ")
        m.outputs = [m.quantised(m.node("MatMul", [x, w], "y"), 0.5)]
        self.expect(m, "w_DQ of 257 to 257 less its zero point", "9 bits")

    def test_name_blocks_that_do_not_divide(self):
        m, x = one_input([4], 21)
        codes = m.constant("w", np.ones((4, 2)), "int8")
        scale = m.constant("w_scale", np.ones((2, 2)))
        w = m.node("DequantizeLinear", [codes, scale], "w_DQ", axis=0, block_size=3)
        m.outputs = [m.quantised(m.node("MatMul", [x, w], "y"), 0.5)]
        self.expect(m, "w_DQ/DequantizeLinear", "blocks of 3 along axis 0 of [4, 2]")

    def test_name_activations_quantised_per_channel(self):
        m = Maker(1, 17, "int8")
        grid = m.grid("x", [0.5, 0.25])
        m.outputs = [m.node("QuantizeLinear", [m.input("x", [2]), *grid], "y")]
        self.expect(m, "y/QuantizeLinear", "got 2 scales", "per tensor")

    def test_name_a_scale_of_zero(self):
        m = Maker(1, 17, "int8")
        m.outputs = [m.node("QuantizeLinear", [m.input("x", [2]), *m.grid("x", 0.0)], "y")]
        self.expect(m, "y/QuantizeLinear", "the scale x_scale", "above 0")

    def test_name_a_dequantisation_by_another_scale(self):
        m = Maker(1, 17, "int8")
        codes = m.node("QuantizeLinear", [m.input("x", [2]), *m.grid("x", 0.5)], "codes")
        m.outputs = [m.node("DequantizeLinear", [codes, *m.grid("y", 0.25)], "y")]
        self.expect(m, "y/DequantizeLinear", "got scale 0.25", "expected 0.5 and 0, as codes was")

    def test_name_attributes_that_no_op_has(self):
        self.one_node("Softmax", [2, 3], "axis 1 of 3", axis=1)
        self.one_node("Softmax", [2, 3], "axis 1 of 3", "the last, 2", opset=11)
        self.one_node("Softmax", [2, 3, 4], "axis 1 of 4", opset=11)
        self.one_node("LayerNormalization", [4], "got 1 operands")
        self.one_node("Gelu", [4], "approximate twice", opset=20, approximate="twice")
        self.one_node("Transpose", [2, 3], "perm [1, 0, 2]", "the batch stays", perm=[1, 0, 2])
        self.one_node("Flatten", [2, 3], "axis 2", axis=2)
        self.one_node(
            "AveragePool", [1, 2, 2], "not counted", kernel_shape=[2, 2], pads=[1, 1, 1, 1]
        )
        self.one_node("MaxPool", [1, 3, 3], "ceil_mode 1", kernel_shape=[2, 2], strides=[2, 2],
                      ceil_mode=1)  # fmt: skip
        self.one_node("MaxPool", [1, 3, 3], "strides [0, 1]", kernel_shape=[2, 2], strides=[0, 1])
        self.one_node("ReduceMean", [2, 3], "axes [2] of 3", axes=[2])
        self.one_node("LeakyRelu", [2], "alpha 1", "expected float", alpha=1)

    def test_name_reshapes_that_move_the_batch(self):
        for target, part in (
            ([2, 6], "the batch kept"),
            ([-1, 5], "to [5]"),
            ([0, -1, -1], "one -1"),
        ):
            m, x = one_input([2, 3])
            shape = m.constant("shape", target, "int64")
            m.outputs = [m.quantised(m.node("Reshape", [x, shape], "y"), 0.5)]
            self.expect(m, "y/Reshape", part)

    def test_name_slices_backwards_and_of_the_batch(self):
        for axis, step, part in ((1, -1, "step -1"), (0, 1, "axis 0")):
            m, x = one_input([4])
            bounds = [m.constant(n, [v], "int64") for n, v in (("s", 0), ("e", 2), ("a", axis))]
            y = m.node("Slice", [x, *bounds, m.constant("t", [step], "int64")], "y")
            m.outputs = [m.quantised(y, 0.5)]
            self.expect(m, "y/Slice", part)

    def test_name_padding_that_has_no_code(self):
        m, x = one_input([2])
        amounts = m.constant("pads", [0, 1, 0, 0], "int64")
        padded = m.node("Pad", [x, amounts, m.constant("v", 0.3)], "padded")
        w, _ = m.weights("w", [3, 2], 1)
        m.outputs = [m.quantised(m.node("MatMul", [padded, w], "y"), 0.5)]
        self.expect(m, "y/MatMul", "operand 0 that has no code")

    def test_name_constants_larger_than_the_activation(self):
        m, x = one_input([2])
        m.outputs = [m.quantised(m.node("Add", [x, m.constant("c", np.ones((3, 2)))], "y"), 0.5)]
        self.expect(m, "y/Add", "a constant of shape [3, 2]", "[batch, 2]")

    def test_name_results_that_stay_in_reals_without_an_op(self):
        m, x = one_input([2])
        m.outputs = [m.node("Tanh", [x], "y")]
        self.expect(m, "output y", "stays in reals")

    def test_name_inputs_of_other_types_and_ranks(self):
        m, x = one_input([2])
        m.input("many", [2, 2, 2, 2])
        m.outputs = [x]
        self.expect(m, "input many: got 5 axes")
        m, x = one_input([2])
        m.input("wide", [2], "int32")
        m.outputs = [x]
        self.expect(m, "input wide: got type INT32", "FLOAT")


class OfGraphs(Refusal):
    def changed(self, change, *parts: str) -> None:
        """The fixture of images after a change of its protobuf."""
        model = onnx.load(fixture("images"))
        change(model)
        self.expect_bytes(model.SerializeToString(), *parts)

    def test_name_other_opsets(self):
        for opset in (9, 22):
            m, x = one_input([2], opset)
            m.outputs = [x]
            self.expect(m, f"opset: got {opset}", "one of 10 to 21")
        self.changed(lambda model: model.ClearField("opset_import"), "opset: got none")

    def test_name_values_with_two_sources(self):
        def again(model):
            model.graph.node.append(next(x for x in model.graph.node if x.op_type == "Conv"))

        self.changed(again, "conv1/Conv (Conv): got the name conv1 twice")
        self.changed(
            lambda model: model.graph.initializer.append(model.graph.initializer[0]),
            "initialiser image_scale: got the name image_scale twice",
        )

    def test_name_values_that_are_used_too_early_or_never_made(self):
        def late(model):
            first = onnx.NodeProto()
            first.CopyFrom(model.graph.node[0])
            del model.graph.node[0]
            model.graph.node.append(first)

        self.changed(late, "image_QuantizeLinear_Output, which is computed later")
        self.changed(
            lambda model: model.graph.node.pop(0), "_Output, which nothing computes", "that exist"
        )
        self.changed(lambda model: model.graph.initializer.pop(0), "image_scale, which nothing")

    def test_name_outputs_that_nothing_computes(self):
        def output(model):
            model.graph.output[0].name = "nobody"

        self.changed(output, "outputs: got nobody")
        self.changed(lambda model: model.graph.ClearField("output"), "outputs: got none")
        self.changed(lambda model: model.graph.ClearField("input"), "inputs: got none")

    def test_name_what_is_no_text(self):
        data = fixture("images").read_bytes()
        for name, key in (
            (b"image_QuantizeLinear_Output", "image"),
            (b"conv1/Conv", "node "),
            (b"image_scale", "initialiser "),
            (b"image", "imag"),
        ):
            self.expect_bytes(data.replace(name, name[:-1] + b"\xff"), key)

    def test_name_axes_that_vary(self):
        def vary(model):
            model.graph.input[0].type.tensor_type.shape.dim[2].dim_param = "height"

        self.changed(vary, "input image: got axis 2 of height elements", "only axis 0, the batch")

    def test_name_control_flow_and_functions(self):
        def branch(model):
            node = model.graph.node.add(op_type="If", name="choice", input=["image"])
            node.output.append("chosen")
            attribute = node.attribute.add(name="then_branch", type=onnx.AttributeProto.GRAPH)
            attribute.g.name = "then"

        self.changed(branch, "choice (If): attribute then_branch", "control flow")
        self.changed(lambda model: model.functions.add(name="mine", domain="here"), "function mine")

    def test_name_the_constant_that_is_too_much(self):
        with mock.patch("onnx_tensor.MOST_BYTES", 100):
            self.changed(lambda model: None, "initialiser ", "more than 2 GiB of constants")

    def test_name_constants_of_other_types_or_sizes(self):
        def change(**fields):
            def apply(model):
                for name, value in fields.items():
                    setattr(model.graph.initializer[0], name, value)

            return apply

        complex_, text = onnx.TensorProto.COMPLEX64, onnx.TensorProto.STRING
        self.changed(
            change(data_type=complex_), "initialiser image_scale: got elements of COMPLEX64"
        )
        self.changed(change(data_type=text), "initialiser image_scale: got elements of STRING")
        self.changed(change(data_type=99), "initialiser image_scale: got elements of type 99")
        self.changed(change(raw_data=b"\0" * 9), "image_scale: got 9 bytes", "FLOAT of []")
        nan = np.array(np.nan, np.float32).tobytes()
        self.changed(change(raw_data=nan), "image_scale: got infinity or not a number")


if __name__ == "__main__":
    unittest.main()
