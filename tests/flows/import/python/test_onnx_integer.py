"""Integer ONNX: what operators become, and which op a recorded tensor is of."""

import dataclasses
import pathlib
import sys
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from import_support import temporary_directory  # noqa: E402
from onnx_integer_support import FIXTURES, NAMES, Sketch, convert_bytes, fixture, summary  # noqa: E402

import make_fixtures  # noqa: E402
from errors import InputError  # noqa: E402
from onnx_integer_goldens import (  # noqa: E402
    RecordedNames,
    integer_samples,
    read_integer_goldens,
)
from onnx_model import read_model  # noqa: E402


class Fixtures(unittest.TestCase):
    def test_are_what_their_script_makes(self):
        for network in make_fixtures.NETWORKS:
            values = np.load(FIXTURES / f"{network.__name__}.npz")
            expected = network().values
            self.assertEqual(set(values.files), set(expected))
            for name in values.files:
                self.assertTrue(np.array_equal(values[name], expected[name]), name)

    def test_have_an_op_for_every_recorded_tensor_but_fused_sums(self):
        for name in NAMES:
            model = read_model(fixture(name))
            _, values = convert_bytes(fixture(name).read_bytes())
            recorded = read_integer_goldens(model, values, [str(FIXTURES / f"{name}.npz")])
            fused = 2 if name == "residual" else 0
            self.assertEqual(len(recorded), len(np.load(FIXTURES / f"{name}.npz").files) - fused)


class Converters(unittest.TestCase):
    def test_requantise_with_rounding_half_up(self):
        op = Sketch([1, 4]).requant("x", "y", mul=3, add=[1, 2, 3, -4], div=1024.0).convert().ops[0]
        self.assertEqual((op["op"], op["rounding"], op["type"]), ("mul_quant", "half_up", "int8"))
        self.assertEqual(op["scale"].tolist(), [3, 3, 3, 3])
        self.assertEqual(op["bias"].tolist(), [1, 2, 3, -4])
        self.assertEqual(op["shift"].tolist(), [10])

    def test_take_the_type_from_levels_and_sign(self):
        for levels, signed, expected in ((256, 0, "uint8"), (16, 1, "int4"), (2, 0, "uint1")):
            net = Sketch([1, 4]).requant("x", "y", n_levels_out=float(levels), signed=float(signed))
            self.assertEqual(net.convert().ops[0]["type"], expected)

    def test_take_constants_along_the_channels_of_an_image(self):
        net = Sketch([1, 2, 3, 2]).requant("x", "y", mul=np.reshape([5, 6], (1, 2, 1, 1)))
        self.assertEqual(net.convert().ops[0]["scale"].tolist(), [5, 6])

    def test_add_and_rescale_at_once(self):
        net = Sketch([1, 4]).requant("x", "a").requant("x", "b")
        bundle = net.node("Add", ["a", "b"], "sum").requant("sum", "y", mul=7).convert()
        self.assertEqual(summary(bundle), "a:mul_quant(x) b:mul_quant(x) y:add(a,b)")
        self.assertEqual(bundle.ops[2]["scale"].tolist(), [7])
        self.assertEqual(bundle.ops[2]["residual_scale"].tolist(), [7])

    def test_keep_a_sum_that_is_an_output_or_has_two_users(self):
        net = Sketch([1, 4]).node("Add", ["x", "x"], "sum").requant("sum", "y")
        self.assertEqual(summary(net.convert("sum", "y")), "sum:add(x,x) y:mul_quant(sum)")
        self.assertEqual(net.convert("sum", "y").outputs, ["sum", "y"])
        net.requant("sum", "z")
        self.assertEqual(
            summary(net.convert("z")), "sum:add(x,x) y:mul_quant(sum) z:mul_quant(sum)"
        )

    def test_add_a_bias_to_sums(self):
        net = Sketch([1, 4]).node("MatMul", ["x", np.ones((4, 2))], "p")
        bundle = net.node("Add", [[3, -4], "p"], "y").requant("y", "z").convert()
        self.assertEqual(summary(bundle), "p:int_matmul(x) y:mul_shift(p) z:mul_quant(y)")
        self.assertEqual(bundle.ops[1]["bias"].tolist(), [3, -4])

    def test_store_images_with_channels_last(self):
        net = Sketch([1, 2, 4, 3]).node("Conv", ["x", np.ones((5, 2, 1, 3))], "y").requant("y", "z")
        bundle = net.convert()
        self.assertEqual(bundle.inputs[0], {"name": "x", "shape": [4, 3, 2], "type": "int8"})
        self.assertEqual(bundle.ops[0]["weight"].shape, (1, 3, 2, 5))

    def test_transpose_an_image_where_its_order_shows(self):
        net = Sketch([1, 2, 4, 3]).requant("x", "q").node("Flatten", ["q"], "y")
        self.assertEqual(
            summary(net.convert()), "q:mul_quant(x) q.nchw:transpose(q) y:flatten(q.nchw)"
        )
        self.assertEqual(net.convert().ops[1]["order"], [2, 0, 1])  # [h, w, c] to [c, h, w].
        net = Sketch([1, 2, 1, 1]).requant("x", "q").node("Flatten", ["q"], "y")
        self.assertEqual(summary(net.convert()), "q:mul_quant(x) y:flatten(q)")

    def test_transpose_once_for_two_users(self):
        net = Sketch([1, 2, 4, 3]).requant("x", "q").node("Flatten", ["q"], "y")
        bundle = net.node("Reshape", ["q", [1, 8, 3]], "z").convert("y", "z")
        self.assertEqual([op["op"] for op in bundle.ops].count("transpose"), 1)

    def test_fold_the_layout_into_a_transposition(self):
        net = (
            Sketch([1, 2, 4, 3]).requant("x", "q").node("Transpose", ["q"], "y", perm=[0, 3, 2, 1])
        )
        self.assertEqual(net.convert().ops[1]["order"], [1, 0, 2])  # [h, w, c] to [w, h, c].

    def test_slice_what_is_gathered_unless_it_is_all(self):
        net = Sketch([1, 3, 4]).requant("x", "q").node("Gather", ["q", -1], "y", axis=1)
        bundle = net.convert()
        self.assertEqual(summary(bundle), "q:mul_quant(x) y.slice:slice(q) y:reshape(y.slice)")
        self.assertEqual((bundle.ops[1]["start"], bundle.ops[1]["count"]), ([2, 0], [1, 4]))
        net = Sketch([1, 1, 4]).requant("x", "q").node("Gather", ["q", 0], "y", axis=1)
        self.assertEqual(summary(net.convert()), "q:mul_quant(x) y:reshape(q)")

    def test_name_ops_uniquely_in_the_characters_that_names_have(self):
        net = Sketch([1, 4]).requant("x", "a b").requant("a b", "a_b").requant("a_b", "1é")
        names = [op["name"] for op in net.convert().ops]
        self.assertEqual(names, ["a_b", "a_b_2", "_1_"])

    def test_take_the_type_of_inputs_from_the_user(self):
        bundle = Sketch([1, 4]).requant("x", "y").convert(input_type="uint8")
        self.assertEqual(bundle.inputs[0]["type"], "uint8")


class Recordings(unittest.TestCase):
    """Keys as quantlib writes them: modules of the network before export."""

    def setUp(self):
        net = Sketch([1, 4]).node("MatMul", ["x", np.ones((4, 2))], "p")
        net.node("Add", ["p", [1, 2]], "s").requant("s", "y")
        net.nodes[0].name = "_QL__LIN_PASS_1_MatMul"
        net.nodes[1].name = "_QL__LIN_PASS_1_Add"
        net.nodes[2].name = "_QL__ACT_PASS_1_RequantShift"
        self.folder = temporary_directory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name, "net.onnx")
        self.path.write_bytes(net.bytes())
        self.model = read_model(self.path)
        _, self.values = convert_bytes(net.bytes())

    def name_of(self, key: str) -> str | None:
        value = RecordedNames(self.model, self.values).find(key)
        return value.name if value else None

    def read(self, **arrays: np.ndarray) -> dict[str, np.ndarray]:
        path = pathlib.Path(self.folder.name, "recorded.npz")
        np.savez(path, **arrays)
        return read_integer_goldens(self.model, self.values, [str(path)])

    def refusal(self, **arrays: np.ndarray) -> str:
        with self.assertRaises(InputError) as caught:
            self.read(**arrays)
        return str(caught.exception)

    def test_are_found_by_value_and_by_node(self):
        self.assertEqual(self.name_of("p"), "p")
        self.assertEqual(self.name_of("_QL__LIN_PASS_1_MatMul"), "p")
        self.assertEqual(self.name_of("_ql__lin_pass_1_matmul"), "p")

    def test_are_found_by_module_whose_output_is_its_last_node(self):
        self.assertEqual(self.name_of("layers_0_fn__ql__lin_pass_1"), "s")
        self.assertEqual(self.name_of("layers.0.fn._QL__ACT_PASS_1"), "y")

    def test_of_other_modules_are_found_nowhere(self):
        self.model.nodes[2] = dataclasses.replace(self.model.nodes[2], name="act")
        self.assertIsNone(self.name_of("layers_0_act"))  # No operator: no module's name.
        for key in ("layers_0__ql__lin_pass_11", "ql__lin_pass_2", "pass_1", "lin", ""):
            self.assertIsNone(self.name_of(key), key)

    def test_are_read_in_any_integer_or_whole_float_type(self):
        codes = np.array([[1, -2]])
        for dtype in (np.int8, np.int64, np.float32):
            tensors = self.read(y=codes.astype(dtype), unknown=np.zeros(3))
            self.assertEqual(tensors.keys(), {"y"})
            self.assertEqual(tensors["y"].dtype, np.int32)
            self.assertTrue(np.array_equal(tensors["y"], codes))

    def test_may_be_there_twice_when_they_agree(self):
        codes = np.array([[1, -2]])
        self.assertEqual(len(self.read(y=codes, m__ql__act_pass_1=codes)), 1)
        self.assertIn("they differ", self.refusal(y=codes, m__ql__act_pass_1=codes + 1))

    def test_of_another_shape_or_kind_are_refused(self):
        self.assertIn("y: got shape [1, 3], expected [batch, 2]", self.refusal(y=np.zeros((1, 3))))
        self.assertIn("got shape [0, 2]", self.refusal(y=np.zeros((0, 2))))
        self.assertIn("got other values", self.refusal(y=np.full((1, 2), 0.5)))
        self.assertIn("got other values", self.refusal(y=np.full((1, 2), 1 << 31)))
        self.assertIn("got bool values", self.refusal(y=np.full((1, 2), True)))
        self.assertIn("got no tensor of this network", self.refusal(z=np.zeros((1, 2))))

    def test_samples_are_brought_to_our_layout(self):
        net = Sketch([1, 2, 2, 3]).requant("x", "y")
        _, values = convert_bytes(net.bytes())
        self.path.write_bytes(net.bytes())
        image = np.arange(12).reshape(1, 2, 2, 3)
        for file, save in (("image.npy", np.save), ("image.npz", lambda f, x: np.savez(f, x=x))):
            path = pathlib.Path(self.folder.name, file)
            save(path, image)
            samples = integer_samples(read_model(self.path), values, [str(path)])
            self.assertTrue(np.array_equal(samples["x"], image.transpose(0, 2, 3, 1)))
            self.assertEqual(samples["x"].dtype, np.int8)


if __name__ == "__main__":
    unittest.main()
