"""What of the TFLite schema the importer knows, and a model as plain values."""

import pathlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import tflite

TYPES = {value: name.lower() for name, value in vars(tflite.TensorType).items() if name.isupper()}
DTYPES = {
    "int8": np.int8,
    "uint8": np.uint8,
    "int32": np.int32,
    "int64": np.int64,
    "float32": np.float32,
}
OPERATORS = {value: name for name, value in vars(tflite.BuiltinOperator).items() if name.isupper()}

# The option fields that the importer looks at, by the table that holds them.
OPTIONS = {
    "Conv2DOptions": (
        *("Padding", "StrideW", "StrideH", "DilationWFactor", "DilationHFactor"),
        "FusedActivationFunction",
    ),
    "DepthwiseConv2DOptions": (
        *("Padding", "StrideW", "StrideH", "DilationWFactor", "DilationHFactor"),
        *("DepthMultiplier", "FusedActivationFunction"),
    ),
    "Pool2DOptions": (
        *("Padding", "StrideW", "StrideH", "FilterWidth", "FilterHeight"),
        "FusedActivationFunction",
    ),
    "FullyConnectedOptions": ("FusedActivationFunction", "WeightsFormat", "KeepNumDims"),
    "AddOptions": ("FusedActivationFunction",),
    "SubOptions": ("FusedActivationFunction",),
    "MulOptions": ("FusedActivationFunction",),
    "ConcatenationOptions": ("Axis", "FusedActivationFunction"),
    "ReducerOptions": ("KeepDims",),
    "SoftmaxOptions": ("Beta",),
    "LeakyReluOptions": ("Alpha",),
    "BatchMatMulOptions": ("AdjX", "AdjY"),
}


@dataclass(frozen=True)
class Tensor:
    """A tensor as declared. `data` is None unless the file holds its values."""

    index: int
    name: str
    type: str  # "int8", "float32", ... or what the schema calls it.
    shape: tuple[int, ...]
    scales: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))
    zero_points: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    axis: int = 0  # Along which scales vary, if there are several.
    data: np.ndarray | None = None
    flaw: str = ""  # Why no operator may use it ("is sparse", ...).

    def __str__(self) -> str:
        return f"tensor {self.index} ({self.name})"


@dataclass(frozen=True)
class Operator:
    index: int
    name: str  # "CONV_2D".
    inputs: tuple[int, ...]  # -1 where an optional input is left out.
    outputs: tuple[int, ...]
    options_table: str  # "Conv2DOptions", "" if there is none.
    options: dict[str, Any]

    def __str__(self) -> str:
        return f"operator {self.index} ({self.name})"


@dataclass(frozen=True)
class Model:
    path: pathlib.Path
    description: str
    tensors: list[Tensor]
    operators: list[Operator]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
