"""The exact real value that an op rounds, at one element, from given codes of its operands."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from qdq_bundle import Network, Requantisation, requantisation
from qdq_window import inside_counts, window

# How far float32 may be off, in last places of the sum of the terms' magnitudes.
LAST_PLACES = 8 * 2.0**-24


@dataclass(frozen=True)
class Exact:
    """`value` in steps of the output, without the zero point; `code` is it rounded and clamped."""

    value: Fraction
    code: int
    magnitude: float  # Sum of the magnitudes of what is added.

    @property
    def tie_distance(self) -> float:
        return abs(float(self.value - (self.value.__floor__() + Fraction(1, 2))))

    def explains(self, code: int) -> bool:
        """Whether float32 may give `code`: it is right, or the value is that near a tie."""
        if code == self.code:
            return True
        return abs(code - self.code) == 1 and self.tie_distance <= LAST_PLACES * self.magnitude


class Evaluator:
    """Evaluates requantisations from `codes`: by name, in the bundle's layout, batch first."""

    def __init__(self, network: Network, codes: dict[str, np.ndarray]):
        self._network, self._codes = network, codes
        self._ops = {op["name"]: op for op in network.ops}
        self._zero_points = {item["name"]: item.get("zero_point", 0) for item in network.inputs}
        self._forms: dict[str, Requantisation] = {}

    def at(self, name: str, index: tuple[int, ...], rounded_bias: bool = False) -> Exact:
        """The op `name` must be a requantisation. `index` has the batch first. `rounded_bias`: with
        the bias as a whole number of steps of the sums, as integer kernels have it."""
        op = self._ops[name]
        if name not in self._forms:
            self._forms[name] = requantisation(self._network, op)
        form = self._forms[name]
        value, magnitude = Fraction(0), 0.0
        for operand, factors, taken in zip(op["inputs"], form.factors, form.input_zero_points):
            for factor, integer, terms in self._terms(op, operand, factors, taken, index):
                value += factor * integer
                magnitude += abs(float(factor)) * max(terms, abs(integer))
        offset = form.offset[self._place(op, form.offset, index)]
        if rounded_bias:
            factor = form.factors[0][index[-1] if form.factors[0].size > 1 else 0]
            offset = round(offset / factor) * factor if factor else offset
        value += offset
        magnitude += abs(float(offset))
        code = form.zero_point + round(value)  # Fractions round half to even.
        return Exact(value, min(max(code, form.clamp[0]), form.clamp[1]), magnitude)

    def has_bias(self, name: str) -> bool:
        """Whether the op takes sums of products, to which integer kernels add a bias."""
        op = self._ops[name]
        operand = self._ops.get(op["inputs"][0], {})
        return op["op"] != "requantise_blocks" and operand.get("op") in ("int_conv2d", "int_matmul")

    def _place(self, op: dict, values: np.ndarray, index: tuple[int, ...]) -> int:
        if values.size == 1:
            return 0
        if op["op"] != "avg_pool":
            return index[-1]
        shape = self._codes[op["inputs"][0]].shape[1:]
        return op["counts"].index(int(inside_counts(op, shape)[index[1], index[2], 0]))

    def _terms(
        self, op: dict, operand: str, factors: np.ndarray, taken: int, index: tuple[int, ...]
    ) -> Iterator[tuple[Fraction, int, float]]:
        """Factor, integer and the sum of the integer's terms' magnitudes, of one operand."""
        if op["op"] == "avg_pool":
            pooled = self._pool(op | {"zero_point": taken}, index)
            yield factors[self._place(op, factors, index)], *pooled
            return
        channels = [index[-1]]
        if op["op"] == "requantise_blocks":
            channels = range(index[-1], factors.size, factors.size // op["blocks"])
        for channel in channels:
            integer, terms = self._integer(operand, (*index[:-1], channel))
            yield factors[channel if factors.size > 1 else 0], integer - taken, terms

    def _integer(self, name: str, index: tuple[int, ...]) -> tuple[int, float]:
        """The operand's integer and the sum of the magnitudes of its terms."""
        if name in self._codes:
            code = int(self._codes[name][index])
            return code, abs(code)
        op = self._ops[name]
        if op["op"] == "int_conv2d":
            return self._convolution(op, index)
        if op["op"] == "int_matmul":
            row = self._codes[op["inputs"][0]][index[:-1]].astype(np.int64)
            weight = self._network.tensor(op, "weight")[:, index[-1]]
            return _dot(row - op.get("input_zero_point", 0), weight)
        if op["op"] == "int_sum_pool":
            return self._pool(op, index)
        a, b = (self._codes[operand].astype(np.int64) for operand in op["inputs"])
        a, b = a - op.get("zero_point_a", 0), b - op.get("zero_point_b", 0)
        if op["op"] == "int_mul":
            return _dot(a[index], b[index])
        a = a.swapaxes(-1, -2) if op.get("transpose_a", False) else a
        b = b.swapaxes(-1, -2) if op.get("transpose_b", False) else b
        return _dot(a[*index[:-1], :], b[*index[:-2], :, index[-1]])

    def _convolution(self, op: dict, index: tuple[int, ...]) -> tuple[int, float]:
        weights = self._network.tensor(op, "weight")
        weight = weights[..., index[-1]].astype(np.int64)
        group = index[-1] // (weights.shape[3] // op.get("groups", 1))
        patch, inside = self._patch(op, list(weight.shape[:2]), index)
        channels = slice(group * weight.shape[2], (group + 1) * weight.shape[2])
        patch = np.where(inside[..., None], patch[..., channels], op.get("pad_value", 0))
        return _dot(patch - op.get("input_zero_point", 0), weight)

    def _pool(self, op: dict, index: tuple[int, ...]) -> tuple[int, float]:
        patch, inside = self._patch(op, op["kernel"], index)
        values = (patch[..., index[-1]] - op.get("zero_point", 0))[inside]
        return int(values.sum()), float(np.abs(values).sum())

    def _patch(
        self, op: dict, kernel: list[int], index: tuple[int, ...]
    ) -> tuple[np.ndarray, np.ndarray]:
        """The window [kh, kw, channels] of an output pixel, and which taps lie in the image."""
        x = self._codes[op["inputs"][0]]
        stride, padding, dilation = window(op)
        rows, columns = (
            index[1 + a] * stride[a] - padding[a] + np.arange(kernel[a]) * dilation[a]
            for a in (0, 1)
        )
        inside = np.multiply.outer(
            (rows >= 0) & (rows < x.shape[1]), (columns >= 0) & (columns < x.shape[2])
        )
        rows, columns = rows.clip(0, x.shape[1] - 1), columns.clip(0, x.shape[2] - 1)
        return x[index[0]][np.ix_(rows, columns)].astype(np.int64), inside


def _dot(a: np.ndarray, b: np.ndarray) -> tuple[int, float]:
    products = np.asarray(a, np.int64) * np.asarray(b, np.int64)
    return int(products.sum()), float(np.abs(products).sum())
