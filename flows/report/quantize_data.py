"""What `systole quantize --html` writes for the page: the report, and a histogram per tensor."""

import dataclasses
import math
import pathlib

from json_data import expect, load

ABSENT = math.nan  # Of an SQNR that was not measured; None: there is no noise.


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tensor:
    """One quantizer and what it did to its tensor."""

    name: str
    format: str
    granularity: str
    scales: int
    method: str
    range: tuple[float, float]  # Reals of the outermost codes, over all groups.
    elements: int
    clipped: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class Weight(Tensor):
    zeros: int
    bytes: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class Scales:
    largest_error: float
    sqnr_db: float | None = ABSENT


@dataclasses.dataclass(frozen=True, kw_only=True)
class Rounding:
    changed: int
    nearest_error: float
    error: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class Sqnr:
    fake_to_float: float | None
    integer_to_fake: float | None
    integer_to_float: float | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Op:
    op: str
    float_op: str
    weight: Weight | None = None
    learned_rounding: Rounding | None = None
    output: Tensor | None = None
    scales: Scales | None = None
    compared: int
    exact: int
    sqnr_db: Sqnr


@dataclasses.dataclass(frozen=True, kw_only=True)
class Report:
    samples: int
    weights: int
    weight_zeros: int
    weight_bytes: int
    warnings: list[str]
    ops: list[Op]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Histogram(Tensor):
    """Counts of reals in bins [k w, (k + 1) w), k from `first_bin` on, w = `bin_width`."""

    op: str
    kind: str  # "weight" or "activation".
    bin_width: float
    first_bin: int
    counts: list[int]
    scale: float | None = None  # With zero point and outermost codes: one scale, integers.
    zero_point: int | None = None
    codes: tuple[int, int] | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Histograms:
    network: str
    config: str
    recipe: str  # Empty where the configuration names none.
    calibration_samples: int
    tensors: list[Histogram]


def read_report(folder: pathlib.Path) -> Report:
    return load(folder / "quantize.json", Report)


def read_histograms(folder: pathlib.Path) -> Histograms:
    """Raises InputError where the numbers of a histogram cannot be true."""
    path = folder / "histograms.json"
    histograms = load(path, Histograms)
    for i, one in enumerate(histograms.tensors):
        key = f"tensors[{i}]"
        kinds = ("weight", "activation")
        expect(one.kind in kinds, path, f"{key}.kind", one.kind, " or ".join(kinds))
        expect(one.bin_width > 0, path, f"{key}.bin_width", one.bin_width, "more than 0")
        total = sum(one.counts)
        is_whole = total == one.elements and all(count >= 0 for count in one.counts)
        expect(is_whole, path, f"{key}.counts", total, f"counts of {one.elements} elements")
        ends = (one.first_bin, one.first_bin + len(one.counts))
        is_in_range = all(abs(end) < 2**40 for end in ends) and one.bin_width < 1e200
        expect(is_in_range, path, f"{key}.first_bin", one.first_bin, "an index below 2^40")
        lo, hi = one.range
        expect(lo <= hi, path, f"{key}.range", [lo, hi], "the lower end first")
    return histograms
