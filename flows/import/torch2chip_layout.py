"""From torch's layouts to ours: NCHW to NHWC, OIHW to HWIO, flattened CHW to flattened HWC."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Result:
    """What a layer of the topology became.

    `shape` is torch's, without the batch: [channels, height, width] or [features]; `flattened` is
    the shape of the image that the features once were. With `channels_last` it is ours as well:
    [.., tokens, channels] and whatever attention makes of that. `kind` says what the elements are:
    reals, codes of the quantizer `quantizer` in `range`, sums of products, or integers of an input
    in `range`.
    """

    op: str  # Our op or input that holds it.
    shape: tuple[int, ...]
    kind: str  # reals, codes, sums or integers
    flattened: tuple[int, ...] = ()
    quantizer: str = ""
    range: tuple[int, int] = (0, 0)
    channels_last: bool = False

    @property
    def channels(self) -> int:
        return self.shape[-1 if self.channels_last else 0]

    @property
    def is_image(self) -> bool:
        return len(self.shape) == 3 and not self.channels_last

    def our_shape(self) -> list[int]:
        return [*self.shape[1:], self.shape[0]] if self.is_image else list(self.shape)


def append_op(
    ops: list[dict],
    name: str,
    op: str,
    operands: Result | tuple[Result, ...],
    shape: tuple[int, ...],
    /,
    kind: str = "reals",
    flattened: tuple[int, ...] = (),
    **keys: object,
) -> Result:
    """Appends an op of ours to `ops`; returns its result, of torch's `shape` and laid out as the
    first operand."""
    operands = operands if isinstance(operands, tuple) else (operands,)
    ops.append({"name": name, "op": op, "inputs": [x.op for x in operands], **keys})
    return Result(name, shape, kind, flattened, channels_last=operands[0].channels_last)


def to_ours(values: np.ndarray, result: Result) -> np.ndarray:
    """A batch of `result` in torch's layout, [batch, *result.shape], in ours. Torch has the windows
    of a map along the batch, and the rows of a map one after the other."""
    if result.channels_last:
        return np.ascontiguousarray(values.reshape(-1, *result.shape))
    if values.ndim == 4:
        return np.ascontiguousarray(values.transpose(0, 2, 3, 1))
    if result.flattened:
        return np.ascontiguousarray(values[:, feature_order(result.flattened)])
    return np.ascontiguousarray(values)


def feature_order(flattened: tuple[int, ...]) -> np.ndarray:
    """Which feature of torch's flattened [c, h, w] each of our flattened [h, w, c] is."""
    count = int(np.prod(flattened))
    return np.arange(count).reshape(flattened).transpose(1, 2, 0).reshape(count)


def conv_weight(weight: np.ndarray) -> np.ndarray:
    """OIHW as HWIO."""
    return np.ascontiguousarray(weight.transpose(2, 3, 1, 0))


def matmul_weight(weight: np.ndarray, x: Result) -> np.ndarray:
    """[in, out] with the inputs in our order."""
    return np.ascontiguousarray(weight[feature_order(x.flattened)] if x.flattened else weight)


def narrow(values: np.ndarray) -> np.ndarray:
    """Integers as int8 if they fit, else int16: the weights of a bundle."""
    fits = values.size == 0 or (values.min() >= -128 and values.max() <= 127)
    return values.astype(np.int8 if fits else np.int16)


def int_type(low: int, high: int, bits: int) -> str:
    """The narrowest type of at least `bits` bits that holds [low, high]."""
    if low >= 0:
        return f"uint{max(bits, high.bit_length())}"
    return f"int{max(bits, 1 + max((-low - 1).bit_length(), max(high, 0).bit_length()))}"
