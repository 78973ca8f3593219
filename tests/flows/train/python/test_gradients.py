"""Gradients that the training scripts compute by hand agree with finite differences."""

import math
import pathlib
import sys
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[4] / "flows" / "train"))
import attention_layers  # noqa: E402
import digits_vit_network  # noqa: E402
import graph  # noqa: E402

SEED = 7
STEP = 1e-5
FORWARD, BACKWARD = attention_layers.FORWARD, attention_layers.BACKWARD


def difference_quotients(loss, values):
    """Returns d loss / d values by central differences; `values` is double and restored."""
    gradient = np.zeros_like(values)
    for index in np.ndindex(values.shape):
        kept = values[index]
        values[index] = kept + STEP
        above = loss()
        values[index] = kept - STEP
        gradient[index] = (above - loss()) / (2 * STEP)
        values[index] = kept
    return gradient


class Gradients(unittest.TestCase):
    def expect_gradients(self, op, shapes, **params):
        """Checks every operand and parameter of `op` for a random weighting of its output."""
        rng = np.random.default_rng(SEED)
        inputs = [rng.standard_normal(shape) for shape in shapes]
        params = {name: rng.standard_normal(shape) for name, shape in params.items()}
        output, saved = FORWARD[op["op"]](op, params, *inputs)
        weighting = rng.standard_normal(output.shape)

        def loss():
            return (FORWARD[op["op"]](op, params, *inputs)[0] * weighting).sum()

        grad_inputs, grad_params = BACKWARD[op["op"]](op, params, saved, weighting)
        self.assertEqual(set(grad_params), set(params))
        pairs = [*zip(grad_inputs, inputs)] + [(grad_params[name], params[name]) for name in params]
        for computed, values in pairs:
            expected = difference_quotients(loss, values)
            np.testing.assert_allclose(computed, expected, atol=1e-7, rtol=1e-6, err_msg=str(op))

    def test_of_a_convolution_with_bias(self):
        op = {"op": "conv2d", "weight": "w", "bias": "b", "stride": [2, 2], "padding": [0] * 4}
        self.expect_gradients(op, [(2, 4, 4, 1)], w=(2, 2, 1, 3), b=(3,))

    def test_of_a_linear_layer_over_tokens(self):
        op = {"op": "linear", "weight": "w", "bias": "b"}
        self.expect_gradients(op, [(2, 3, 4)], w=(4, 5), b=(5,))

    def test_of_a_layer_norm(self):
        op = {"op": "layer_norm", "gamma": "g", "beta": "b", "epsilon": 1e-5}
        self.expect_gradients(op, [(2, 3, 4)], g=(4,), b=(4,))

    def test_of_batched_products_in_all_four_orders(self):
        for a in (False, True):
            for b in (False, True):
                op = {"op": "batch_matmul", "transpose_a": a, "transpose_b": b}
                shapes = [(2, 2, 4, 3) if a else (2, 2, 3, 4), (2, 2, 5, 4) if b else (2, 2, 4, 5)]
                self.expect_gradients(op, shapes)

    def test_of_ops_on_each_element_or_row(self):
        ops = {"op": "scale", "factor": 0.25}, {"op": "softmax"}, {"op": "gelu", "form": "erf"}
        for op in ops:
            self.expect_gradients(op, [(2, 3, 4)])

    def test_of_constants_that_are_broadcast(self):
        for shape in ((3, 4), (1, 4), (3, 1), (4,)):
            self.expect_gradients({"op": "add_constant", "value": "v"}, [(2, 3, 4)], v=shape)

    def test_of_a_class_token(self):
        self.expect_gradients({"op": "class_token", "value": "v"}, [(2, 3, 4)], v=(2, 4))

    def test_of_movements(self):
        self.expect_gradients({"op": "reshape", "shape": [3, 2, 2]}, [(2, 3, 4)])
        self.expect_gradients({"op": "transpose", "order": [2, 0, 1]}, [(2, 3, 2, 4)])
        self.expect_gradients(
            {"op": "slice", "start": [1, 0], "count": [1, 2], "step": [1, 3]}, [(2, 3, 5)]
        )

    def test_of_the_whole_network(self):
        rng = np.random.default_rng(SEED)
        ops, shapes = digits_vit_network.build_network()
        params = digits_vit_network.initial_parameters(ops, shapes, rng)
        params = {name: value.astype(np.float64) for name, value in params.items()}
        images, labels = {"image": rng.random((2, 8, 8, 1))}, np.array([3, 9])

        def loss():
            logits = graph.forward(ops, params, images, FORWARD)[0]["logits"]
            powers = np.exp(logits)
            return -np.log(powers[[0, 1], labels] / powers.sum(axis=1)).mean()

        values, saved = graph.forward(ops, params, images, FORWARD)
        _, grad = graph.cross_entropy(values["logits"], labels)
        grads = graph.backward(ops, params, saved, "logits", grad, BACKWARD)
        self.assertEqual(set(grads), set(params))
        for name, gradient in grads.items():  # Along one random direction of each parameter.
            direction = rng.standard_normal(gradient.shape)
            direction /= np.linalg.norm(direction)
            kept, sides = params[name], []
            for step in (STEP, -STEP):
                params[name] = kept + step * direction
                sides.append(loss())
            params[name] = kept
            slope = (sides[0] - sides[1]) / (2 * STEP)
            self.assertAlmostEqual((gradient * direction).sum(), slope, delta=1e-7, msg=name)


class Gelu(unittest.TestCase):
    def test_is_the_operand_times_the_normal_distribution(self):
        x = np.array([[-1.0, 0.0, 1.0, 10.0]])
        output, _ = FORWARD["gelu"]({"form": "erf"}, {}, x)
        at_one = 0.5 * (1 + math.erf(1 / math.sqrt(2)))  # 0.8413: within one sigma.
        np.testing.assert_allclose(output, [[at_one - 1, 0, at_one, 10]], atol=1e-12)


if __name__ == "__main__":
    unittest.main()
