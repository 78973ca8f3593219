"""Integer bundles as Python values, and the one form that all their requantisations have."""

import math
import pathlib
import re
import sys
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import safetensors.numpy
import yaml

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "import"))
from errors import InputError, reading  # noqa: E402  (found through the path above)


@dataclass(frozen=True)
class Network:
    """`network.yaml` with the tensors that it names."""

    name: str
    inputs: list[dict]
    outputs: list[str]
    ops: list[dict]
    samples: dict[str, dict[str, str]]  # Per set, the tensor of each input.
    tensors: dict[str, np.ndarray]

    def tensor(self, op: dict, key: str) -> np.ndarray:
        return self.tensors[op[key]]


@dataclass(frozen=True)
class Requantisation:
    """clamp(zero_point + round(sum over operands of (t - zero_points) * factors + offset)).

    t are the operand's integers. `factors` and `offset` are exact: arrays of Fractions with one
    value, one per channel or, of an `avg_pool`, one per count (of
    `requantise_blocks`, factors per channel of the operand). `clamp` has codes of `type_name`.
    """

    factors: list[np.ndarray]
    offset: np.ndarray
    input_zero_points: list[int]
    rounding: str  # Or "twice": of two roundings.
    zero_point: int
    clamp: tuple[int, int]
    type_name: str
    real_scale: float


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Takes 1e-05 for a number, as YAML 1.2 does; PyYAML's own rules want a point in it."""


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+$"),
    list("-+0123456789"),
)


def read_network(directory: pathlib.Path) -> Network:
    """Reads a bundle that the C++ program has checked. Throws InputError."""
    with reading(directory / "network.yaml"):
        text = yaml.load((directory / "network.yaml").read_text("utf-8"), Loader=_Loader)
        if text["format"] != "systole-network" or text["version"] != 1:
            raise InputError(directory / "network.yaml", expected="a bundle of version 1")
        if text["kind"] != "integer":
            raise InputError(
                directory,
                got=f"a network of kind {text['kind']}",
                expected="an integer network",
                hint="systole quantize makes one",
            )
    with reading(directory / "tensors.safetensors"):
        tensors = safetensors.numpy.load_file(directory / "tensors.safetensors")
    samples = text.get("samples") or {}
    return Network(text["name"], text["inputs"], text["outputs"], text["ops"], samples, tensors)


def type_range(type_name: str) -> tuple[int, int]:
    """The codes of `int8`, `uint4`, ..."""
    bits = int(type_name.removeprefix("u").removeprefix("int"))
    if type_name.startswith("u"):
        return 0, 2**bits - 1
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def fractions(array: np.ndarray) -> np.ndarray:
    """The exact values of integers or reals, as an array of rank 1."""
    values = np.atleast_1d(array).reshape(-1).tolist()
    result = np.empty(len(values), object)
    result[:] = [Fraction(value) for value in values]
    return result


def powers_of_two(exponents: np.ndarray) -> np.ndarray:
    return np.array([Fraction(2) ** int(e) for e in np.atleast_1d(exponents)], object)


def is_requantisation(op: dict) -> bool:
    return op["op"] in (
        "mul_quant", "add", "avg_pool", "requantise", "requantise_add", "requantise_blocks"
    )  # fmt: skip


def has_constants_per_token(op: dict) -> bool:
    """Whether a row's constants depend on its token; `quantize` names tensors of any number."""
    return op.get("tokens", 1) > 1 or (op["op"] == "quantize" and "tokens" in op)


def requantisation(network: Network, op: dict) -> Requantisation:
    """The requantisation that an op is; `is_requantisation` must hold."""
    rounding = op.get("rounding", "half_even")
    if op["op"] == "requantise":
        factor, offset = _tool_constants(network, op)
        factors, zero_points = [factor], [op.get("input_zero_point", 0)]
        if "residual_factor" in op:
            factors.append(fractions(network.tensor(op, "residual_factor")))
            zero_points.append(op.get("residual_zero_point", 0))
    elif op["op"] == "requantise_blocks":
        # Channel b * n + o of the operand belongs to channel o of the output.
        factors, zero_points = [fractions(network.tensor(op, "factor"))], [0]
        offset = fractions(network.tensor(op, "offset") if "offset" in op else np.zeros(1))
    elif op["op"] == "requantise_add":
        factors, offset = _sum_factors(op), fractions(np.zeros(1))
        zero_points = [op.get("zero_point_a", 0), op.get("zero_point_b", 0)]
    else:
        factors, offset = _hardware_constants(network, op)
        zero_points = [op.get("input_zero_point", 0), 0]
    if op.get("dialect") in ("gemmlowp", "ruy"):
        rounding = "twice"
    elif op.get("dialect") == "float32" and op["op"] == "requantise_add":
        rounding = "half_up"
    clamp = tuple(op.get("clamp", type_range(op["type"])))
    zero_point = op.get("zero_point", 0)
    if op.get("zero_point_form") == "subtract":
        clamp = max(clamp[0], clamp[0] - zero_point), min(clamp[1], clamp[1] - zero_point)
        zero_point = 0
    return Requantisation(
        factors, offset, zero_points[: len(factors)], rounding, zero_point, clamp,
        op["type"], op["real_scale"],
    )  # fmt: skip


def _hardware_constants(network: Network, op: dict) -> tuple[list[np.ndarray], np.ndarray]:
    unit = powers_of_two(-network.tensor(op, "shift").astype(np.int64))
    factors = [fractions(network.tensor(op, "scale")) * unit]
    if "residual_scale" in op:
        shift = powers_of_two(network.tensor(op, "residual_shift"))
        factors.append(fractions(network.tensor(op, "residual_scale")) * shift * unit)
    bias = fractions(network.tensor(op, "bias")) if "bias" in op else fractions(np.zeros(1))
    return factors, bias * unit


def _tool_constants(network: Network, op: dict) -> tuple[np.ndarray, np.ndarray]:
    if op["dialect"] in ("gemmlowp", "ruy"):
        shift = network.tensor(op, "shift").astype(np.int64) - 31
        factor = fractions(network.tensor(op, "multiplier")) * powers_of_two(shift)
    else:
        stored = network.tensor(op, "factor")
        factor = fractions(stored.astype(np.float32) if op["dialect"] == "float32" else stored)
    offset = fractions(network.tensor(op, "offset")) if "offset" in op else fractions(np.zeros(1))
    if "bias" in op:
        offset = offset + fractions(network.tensor(op, "bias")) * factor
    return factor, offset


def _sum_factors(op: dict) -> list[np.ndarray]:
    sign = -1 if op.get("subtract", False) else 1
    if op["dialect"] == "gemmlowp":
        a, b, total = (
            Fraction(op[key][0]) * Fraction(2) ** (op[key][1] - 31)
            for key in ("a_factor", "b_factor", "sum_factor")
        )
        pair = a * total * 2**20, sign * b * total * 2**20
    elif op["dialect"] == "float32":
        unit = Fraction(1, 2 ** op["shift"])
        pair = op["a_factor"] * unit, sign * op["b_factor"] * unit
    else:
        scale = Fraction(op["scale"])
        pair = Fraction(op["a_scale"]) / scale, sign * Fraction(op["b_scale"]) / scale
    return [np.array([value], object) for value in pair]


def single(value: float) -> np.float32:
    """As float32; raises OverflowError where it is not a normal number of it."""
    result = np.float32(value)
    if not np.isfinite(result) or (value and abs(result) < np.finfo(np.float32).tiny):
        raise OverflowError(f"{value:g}")
    assert not math.isnan(result)
    return result
