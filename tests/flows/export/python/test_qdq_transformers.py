"""Ops of transformers in QDQ form: the softmax that has one, and the others by name."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from qdq_support import codes_input, export, network_of, run  # noqa: E402

import numpy as np  # noqa: E402

from errors import InputError  # noqa: E402

CODES = {"type": "int8", "real_scale": 1.0}
TWO = np.array([1, 2])
PER_TOKEN = {
    "mul_quant": {"scale": TWO, "shift": TWO, "tokens": 2, **CODES},
    "requantise": {"dialect": "double", "factor": TWO * 0.5, "tokens": 2, **CODES},
    "quantize": {"rule": "multiply", "factor": TWO * 0.5, "tokens": 2, **CODES},
}
WITHOUT_FORM = {
    "constant": {"value": TWO, **CODES},
    "roll": {"shift": [1, 0]},
    "score_softmax": {
        "scale": TWO[:1] * 0.5, "bias": TWO[:1] * 0.5, "shift": 0, "arithmetic": "float64",
        "type": "uint8",
    },
    "float_gelu": {},
    "float_tanh": {},
    "float_softmax": {},
    "float_scale": {"factor": 0.5},
    "float_add_constant": {"value": TWO * 0.5},
    "float_class_token": {"value": np.ones((1, 4))},
    "float_embedding": {"table": np.ones((256, 2))},
}  # fmt: skip


class Softmax(unittest.TestCase):
    def test_of_dialect_times_is_worth_its_factor(self):
        codes = np.array([[[0, 0, 0, 0], [40, 0, -40, 3], [127, -128, 0, 127]]])
        for factor, type in ((255, "uint8"), (100, "int8"), (65535, "uint16")):
            op = {"name": "y", "op": "softmax", "inputs": ["x"], "dialect": "times",
                  "operand_scale": 0.05, "factor": factor, "type": type}  # fmt: skip
            found = run(network_of([codes_input([3, 4])], [op]), {"x": codes.astype(np.int8)})
            power = np.exp(codes * 0.05)
            expected = np.rint(power / power.sum(-1, keepdims=True) * factor)
            self.assertLessEqual(np.abs(np.rint(found * factor) - expected).max(), 1)
            self.assertEqual(np.rint(found[0, 0] * factor).tolist(), [np.rint(factor / 4)] * 4)

    def test_of_masked_keys_is_refused(self):
        op = {"name": "y", "op": "softmax", "inputs": ["x", "x"], "dialect": "times",
              "operand_scale": 0.05, "type": "uint8"}  # fmt: skip
        with self.assertRaisesRegex(InputError, r"y \(softmax\): .*keys that a mask names"):
            export(network_of([codes_input([2, 4])], [op]))


class Refusals(unittest.TestCase):
    def test_name_ops_with_constants_per_token(self):
        for kind, keys in PER_TOKEN.items():
            ops = [{"name": "y", "op": kind, "inputs": ["x"], **keys}]
            if kind == "quantize":
                ops.insert(0, {"name": "reals", "op": "dequantize", "inputs": ["x"]})
                ops[1]["inputs"] = ["reals"]
            with self.assertRaisesRegex(
                InputError, rf"y \({kind}\): has no QDQ form: it has constants per token"
            ):
                export(network_of([codes_input([2, 4])], ops))

    def test_name_ops_that_it_does_not_have(self):
        for kind, keys in WITHOUT_FORM.items():
            op = {"name": "y", "op": kind, "inputs": ["x"], **keys}
            with self.assertRaisesRegex(InputError, rf"y \({kind}\): has no QDQ form"):
                export(network_of([codes_input([2, 4])], [op]))


if __name__ == "__main__":
    unittest.main()
