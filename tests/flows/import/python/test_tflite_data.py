"""Samples, labels and recorded tensors: what is taken, and what is refused with a reason."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from import_support import temporary_directory  # noqa: E402
from tflite_support import FIXTURES, fixture, run  # noqa: E402

import numpy as np  # noqa: E402
import safetensors.numpy  # noqa: E402
import yaml  # noqa: E402

from errors import InputError  # noqa: E402

RECORDED = FIXTURES / "int8_layers.reference.safetensors"


class Case(unittest.TestCase):
    def setUp(self):
        self.temporary = temporary_directory()
        self.folder = pathlib.Path(self.temporary.name)
        self.addCleanup(self.temporary.cleanup)

    def array(self, name: str, values: object) -> pathlib.Path:
        np.save(self.folder / name, np.asarray(values))
        return self.folder / name

    def tensors(self, name: str, **values: np.ndarray) -> pathlib.Path:
        safetensors.numpy.save_file(values, self.folder / name)
        return self.folder / name

    def run_import(self, network: str, *words: object) -> tuple[dict, dict]:
        run(fixture(network), "--bundle", self.folder / "net", *words)
        text = (self.folder / "net/network.yaml").read_text()
        stored = safetensors.numpy.load_file(self.folder / "net/tensors.safetensors")
        return yaml.safe_load(text), stored

    def expect_refusal(self, parts: tuple, network: str, *words: object) -> None:
        with self.assertRaises(InputError) as raised:
            self.run_import(network, *words)
        for part in parts:
            self.assertIn(part, str(raised.exception))
        self.assertFalse((self.folder / "net").exists(), "a refused import wrote a bundle")


class Samples(Case):
    images = np.arange(2 * 6 * 6 * 3, dtype=np.int16).reshape(2, 6, 6, 3) % 256 - 128

    def test_are_stored_as_codes_of_the_input_with_their_labels(self):
        labels = self.folder / "labels.txt"
        labels.write_text("7\n0\n")
        samples = self.array("x.npy", self.images)
        yaml_, stored = self.run_import("int8_layers", "--samples", samples, "--labels", labels)
        self.assertEqual(
            yaml_["samples"], {"test": {"t0.image": "test.t0.image", "labels": "test.labels"}}
        )
        self.assertEqual(stored["test.t0.image"].dtype, np.int8)
        np.testing.assert_array_equal(stored["test.t0.image"], self.images)
        self.assertEqual(stored["test.labels"].tolist(), [7, 0])

    def test_may_be_the_stacked_inputs_of_a_recording_and_labels_an_array(self):
        samples = self.tensors("all.safetensors", inputs=self.images.astype(np.int8))
        labels = self.array("labels.npy", [1, 2])
        _, stored = self.run_import("int8_layers", "--samples", samples, "--labels", labels)
        np.testing.assert_array_equal(stored["test.t0.image"], self.images)

    def test_may_keep_the_batch_axis_of_one(self):
        samples = self.array("x.npy", self.images[:, None])
        _, stored = self.run_import("int8_layers", "--samples", samples)
        np.testing.assert_array_equal(stored["test.t0.image"], self.images)

    def test_of_a_float_input_are_reals(self):
        samples = self.array("x.npy", np.full((3, 5, 5, 2), 0.5))
        _, stored = self.run_import("uint8_layers", "--samples", samples)
        self.assertEqual(stored["test.t0.reals"].dtype, np.float32)

    def test_of_several_inputs_go_by_name_or_order(self):
        a = self.array("a.npy", np.zeros((2, 3, 4, 4), np.int8))
        b = self.array("b.npy", np.ones((2, 3, 4, 4), np.int8))
        for words in (
            ("--samples", f"b={b}", "--samples", f"a={a}"),
            ("--samples", a, "--samples", b),
        ):
            _, stored = self.run_import("int8_elementwise", *words)
            self.assertEqual((stored["test.t0.a"].max(), stored["test.t1.b"].min()), (0, 1))

    def test_are_refused_when_they_do_not_fit(self):
        x = lambda values: ("--samples", self.array("x.npy", values))  # noqa: E731
        layers = "int8_layers"
        self.expect_refusal(
            ("[2, 6, 6, 4]", "[count, 6, 6, 3]"), layers, *x(np.zeros((2, 6, 6, 4), int))
        )
        self.expect_refusal(("[0, 6, 6, 3]",), layers, *x(np.zeros((0, 6, 6, 3), int)))
        self.expect_refusal(
            ("x.npy: t0.image: got float64", "codes -128 to 127"),
            layers,
            *x(np.zeros((2, 6, 6, 3))),
        )
        self.expect_refusal(
            ("0 to 200", "-128 to 127"),
            layers,
            *x(np.arange(201 * 108).reshape(-1, 6, 6, 3) // 108),
        )
        self.expect_refusal(("int64", "reals"), "uint8_layers", *x(np.zeros((2, 5, 5, 2), int)))
        self.expect_refusal(
            ("no samples of b", "add --samples b=FILE"),
            "int8_elementwise",
            *x(np.zeros((2, 3, 4, 4), int)),
        )
        text = self.folder / "x.txt"
        text.write_text("1 2")
        missing = self.folder / "absent.npy"
        self.expect_refusal(("absent.npy", "No such file"), layers, "--samples", missing)
        self.expect_refusal((".txt", ".npy, .npz or .safetensors"), layers, "--samples", text)

    def test_with_pickled_objects_are_never_unpickled(self):
        path, trap = self.folder / "x.npy", self.folder / "executed"

        class Trap:
            def __reduce__(self):
                return pathlib.Path.touch, (trap,)

        np.save(path, np.array([Trap()], object), allow_pickle=True)
        self.expect_refusal(("x.npy",), "int8_layers", "--samples", path)
        self.assertFalse(trap.exists())

    def test_whose_header_claims_2_to_the_40_bytes_are_refused(self):
        path = self.folder / "x.npy"
        header = b"{'descr': '|i1', 'fortran_order': False, 'shape': (1099511627776,), }\n"
        path.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
        self.expect_refusal(("x.npy",), "int8_layers", "--samples", path)

    def test_have_one_label_each(self):
        samples = ("--samples", self.array("x.npy", self.images), "--labels")
        for labels in ([1], [1, 2, 3], [[1, 2]], [0.5, 1.0], [-1, 0]):
            path = self.array("labels.npy", labels)
            self.expect_refusal(("labels.npy",), "int8_layers", *samples, path)
        text = self.folder / "labels.txt"
        text.write_text("1\ncat\n")
        self.expect_refusal(("labels.txt:2: got cat", "an integer"), "int8_layers", *samples, text)


class Goldens(Case):
    def goldens(self, network: str, kernels: str, *files: pathlib.Path) -> dict[str, np.ndarray]:
        out = self.folder / "goldens.safetensors"
        words = ("--kernels", kernels, "--goldens", *files, "--goldens-out", out)
        self.run_import(network, *words)
        return safetensors.numpy.load_file(out)

    def expect_bad(self, parts: tuple, **values: np.ndarray) -> None:
        path = self.tensors("bad.safetensors", **values)
        words = ("--goldens", path, "--goldens-out", self.folder / "out.safetensors")
        self.expect_refusal(("bad.safetensors", *parts), "int8_layers", *words)

    def test_get_the_names_of_our_ops(self):
        found = self.goldens("int8_layers", "reference", RECORDED)
        recorded = safetensors.numpy.load_file(RECORDED)
        self.assertEqual(len(found), len(recorded))
        np.testing.assert_array_equal(found["t9.narrow"], recorded["9:narrow"])

    def test_of_several_inputs_are_stacked(self):
        found = self.goldens("int8_layers", "reference", RECORDED, RECORDED)
        self.assertEqual(found["t9.narrow"].shape, (2, 3, 3, 8))

    def test_and_samples_may_be_npz_files(self):
        recorded = safetensors.numpy.load_file(RECORDED)
        np.savez(self.folder / "all.npz", inputs=np.ones((2, 6, 6, 3), np.int8))
        np.savez(self.folder / "recorded.npz", **recorded)
        found = self.goldens("int8_layers", "reference", self.folder / "recorded.npz")
        self.assertEqual(len(found), len(recorded))
        _, stored = self.run_import("int8_layers", "--samples", self.folder / "all.npz")
        self.assertEqual(stored["test.t0.image"].min(), 1)

    def test_of_one_operator_are_chosen_by_the_kernels(self):
        x = np.zeros((1, 6, 6, 3), np.int8)
        outputs = {key: np.full((1, 10), i, np.int8) for i, key in enumerate(("ref", "opt", "xnn"))}
        path = self.tensors("single.safetensors", input0=x, **outputs)
        for i, kernels in enumerate(("reference", "optimised", "xnnpack")):
            found = self.goldens("int8_layers", kernels, path)
            self.assertEqual(found.keys(), {"t0.image", "t21.softmax"})
            self.assertEqual(found["t21.softmax"].max(), i)

    def test_may_be_stacked_inputs_and_outputs(self):
        x, y = np.zeros((4, 6, 6, 3), np.int8), np.zeros((4, 10), np.int8)
        path = self.tensors("all.safetensors", inputs=x, xnnpack_outputs=y, ref_outputs=y + 1)
        found = self.goldens("int8_layers", "xnnpack", path)
        self.assertEqual(found["t21.softmax"].max(), 0)
        self.assertEqual(found["t0.image"].shape, (4, 6, 6, 3))

    def test_are_refused_when_they_are_of_another_network(self):
        y = np.zeros((1, 10), np.int8)
        self.expect_bad(("21:softmaxx", "int8_layers.tflite"), **{"21:softmaxx": y})
        self.expect_bad(("99:softmax",), **{"99:softmax": y})
        self.expect_bad(("1:stem/w",), **{"1:stem/w": np.zeros((8, 3, 3, 3), np.int8)})
        self.expect_bad(("int16",), **{"21:softmax": y.astype(np.int16)})
        self.expect_bad(("[1, 9]", "[batch, 10]"), **{"21:softmax": y[:, :9]})
        self.expect_bad(("input7",), input7=y)
        self.expect_bad(("no tensor of this network",))

    def test_are_refused_when_files_record_different_tensors(self):
        other = self.tensors("other.safetensors", **{"21:softmax": np.zeros((1, 10), np.int8)})
        words = ("--goldens", RECORDED, other, "--goldens-out", self.folder / "out.safetensors")
        self.expect_refusal(("other.safetensors", "recorded in only one"), "int8_layers", *words)


class Targets(Case):
    def test_are_never_replaced_when_they_hold_something_else(self):
        (self.folder / "net").mkdir()
        (self.folder / "net/thesis.txt").write_text("x")
        with self.assertRaisesRegex(InputError, "thesis.txt"):
            run(fixture("int8_layers"), "--bundle", self.folder / "net")
        self.assertEqual((self.folder / "net/thesis.txt").read_text(), "x")

    def test_leave_nothing_else_behind(self):
        for _ in range(2):
            run(fixture("int8_layers"), "--bundle", self.folder / "net")
        self.assertEqual([path.name for path in self.folder.iterdir()], ["net"])


if __name__ == "__main__":
    unittest.main()
