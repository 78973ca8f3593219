"""Which ONNX type holds a tensor of weights."""

import numpy as np
from onnx import TensorProto

from qdq_graph import NotExpressible

# In order of preference.
TYPES = {
    TensorProto.INT4: (-8, 7),
    TensorProto.INT8: (-128, 127),
    TensorProto.UINT8: (0, 255),
}
STORED = {TensorProto.INT8: np.int8, TensorProto.UINT8: np.uint8, TensorProto.INT16: np.int16}


def stored_weights(weight: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray, int]:
    """The stored integers, the zero points ([1] or one per channel of `axis`) and the type.

    Integers beyond 8 bits are stored with a zero point, per tensor or per channel, where they span
    at most 256 values, else in 16 bits.
    """
    lowest, highest = int(weight.min()), int(weight.max())
    for type, (least, most) in TYPES.items():
        if least <= lowest and highest <= most:
            return _as(weight, type), _as(np.zeros(1), type), type
    others = tuple(a for a in range(weight.ndim) if a != axis)
    for least, most in (
        (np.array([lowest]), np.array([highest])),
        (weight.min(axis=others), weight.max(axis=others)),
    ):
        # From `least` - 0 .. to codes from -128 on; the zero point must be a code, too.
        zero_points = np.clip(-128 - least, -128, 127)
        if np.all(least + zero_points >= -128) and np.all(most + zero_points <= 127):
            shape = [-1 if a == axis else 1 for a in range(weight.ndim)]
            stored = weight + zero_points.reshape(shape)
            return _as(stored, TensorProto.INT8), _as(zero_points, TensorProto.INT8), (
                TensorProto.INT8
            )  # fmt: skip
    if lowest < -32768 or highest > 32767:
        raise NotExpressible(f"has weights in [{lowest}, {highest}], beyond 16 bits")
    type = TensorProto.INT16
    return _as(weight, type), _as(np.zeros(1), type), type


def _as(array: np.ndarray, type: int) -> np.ndarray:
    return array.astype(STORED.get(type, np.int8))
