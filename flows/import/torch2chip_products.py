"""Convolutions and matrix products of an export: the ops that Torch2Chip recorded."""

import numpy as np

import torch2chip_layout as layout
from errors import InputError
from topology_graph import Node
from torch2chip_builder import Builder, Recorded, is_identity
from torch2chip_export import SHAPES
from torch2chip_layout import Result
from torch2chip_recorded import expect_codes, expect_next, expect_recorded


def convolution(builder: Builder, node: Node, x: Result) -> Result:
    """`int_conv2d`, or `float_conv2d` of reals; a bias, which Torch2Chip adds to the integer sums
    in float32, becomes a `float_mul_shift` of its own."""
    prefix = _prefix(node)
    shapes = _next_shapes(builder, node, x)
    keys, output = _geometry(builder, node, x, shapes)
    weight = _float_weight(builder, prefix, x)
    if weight is None:
        weight = _weight(builder, node, prefix)
    bias = None
    if builder.export.has(f"{prefix}.bias"):
        bias = builder.export.finite(f"{prefix}.bias").reshape(-1).astype(np.float32)
        if bias.shape != (output[0],):
            raise builder.export.error(f"{prefix}.bias", f"{bias.size} values", str(output[0]))
    keys["weight"] = layout.conv_weight(weight)
    if x.kind == "reals":
        keys |= {"weight": keys["weight"].astype(np.float32)} | (
            {} if bias is None else {"bias": bias}
        )
        return _recorded(
            builder, node, builder.emit(node.id, "float_conv2d", x, output, **keys), ""
        )
    keys["weight"] = layout.narrow(keys["weight"])
    sums = builder.emit(node.id, "int_conv2d", x, output, kind="sums", **keys)
    if bias is None:
        return _recorded(builder, node, sums, x.op)
    _recorded(builder, node, sums, x.op, with_bias=True)
    return builder.emit(
        f"{node.id}.bias",
        "float_mul_shift",
        sums,
        output,
        scale=np.ones_like(bias),
        bias=bias,
        shift=0,
    )


def matmul(builder: Builder, node: Node, x: Result) -> Result:
    """`int_matmul`, or `float_linear` of reals; the bias is in the scaler that follows."""
    if len(x.shape) != 1 and not x.channels_last:
        raise node.error(f"an image {list(x.shape)}", "features", "is a flatten missing?")
    shapes = _next_shapes(builder, node, x)
    if len(shapes["x2"]) != 2 or shapes["x2"][0] != x.channels:
        raise node.error(f"{x.channels} features", f"{shapes['x2'][0]} (y_shape of {SHAPES})")
    features = shapes["x2"][1]
    if node.keys.get("features", features) != features:
        hint = "heads of another width than channels / heads are not supported"
        raise node.error(
            f"{node.keys['features']} features",
            f"{features} (y_shape of {SHAPES})",
            hint if "quantizer" in node.keys else "",
        )
    output = (*x.shape[:-1], features)
    _expect_output(builder, node, shapes, output, "features", x.channels_last)
    if not node.keys.get("bias", True) and builder.export.has(f"{_prefix(node)}.bias"):
        raise builder.export.error(
            f"{_prefix(node)}.bias", "a bias", f"none, as {node.where} says"
        )
    weight = layout.matmul_weight(_weight(builder, node, _prefix(node)), x)
    if x.kind == "reals":
        y = builder.emit(node.id, "float_linear", x, output, weight=weight.astype(np.float32))
        return _recorded(builder, node, y, "")
    y = builder.emit(node.id, "int_matmul", x, output, kind="sums", weight=layout.narrow(weight))
    return _recorded(builder, node, y, x.op)


def _prefix(node: Node) -> str:
    return node.keys.get("prefix", node.id.removesuffix(".ops"))


def _recorded(
    builder: Builder, node: Node, y: Result, codes: str, with_bias: bool = False
) -> Result:
    """Notes which of our ops hold the operands and the result that the export recorded."""
    builder.recorded[f"{_prefix(node)}.ops"] = Recorded(codes, y.op, with_bias)
    return y


def _next_shapes(builder: Builder, node: Node, x: Result) -> dict[str, tuple[int, ...]]:
    """The recorded shapes of this op, which must be the next one that the export executed."""
    shapes = expect_next(builder, node, f"{_prefix(node)}.ops")
    _expect_operand(builder, node, x)
    expect_recorded(builder, node, shapes, "x1", x.shape, x.channels_last)
    return shapes


def _expect_operand(builder: Builder, node: Node, x: Result) -> None:
    quantizer = node.keys.get("quantizer", f"{_prefix(node)}.aq")
    if x.kind in ("sums", "integers"):
        raise node.error(f"the {x.kind} {x.op}", f"codes of the quantizer {quantizer}")
    if x.kind == "reals" and not is_identity(builder.export, quantizer):
        raise node.error(f"reals ({x.op})", f"codes of the quantizer {quantizer}")
    if x.kind == "codes":
        if x.quantizer != quantizer:
            raise node.error(f"codes of {x.quantizer}", f"codes of {quantizer}")
        op = f"{_prefix(node)}.ops"
        expect_codes(builder, node, op, "x1", builder.export.tensor(op, "x1"), *x.range)


def _float_weight(builder: Builder, prefix: str, x: Result) -> np.ndarray | None:
    """Weights that Torch2Chip left as they were, OIHW: a patch embedding's, of truncated x2."""
    export, op = builder.export, f"{prefix}.ops"
    if x.kind != "reals" or not export.has(f"{prefix}.wq.scale"):
        return None
    if not is_identity(export, f"{prefix}.wq"):
        return None
    weight = export.finite(f"{prefix}.qweight")
    if weight.shape != export.ops[op]["x2"]:
        raise export.error(
            f"{prefix}.qweight",
            f"shape {list(weight.shape)}",
            f"{list(export.ops[op]['x2'])} (y_shape of {SHAPES})",
        )
    return weight


def _weight(builder: Builder, node: Node, prefix: str) -> np.ndarray:
    """The integer weights, OIHW or [in, out]."""
    export, op = builder.export, f"{prefix}.ops"
    recorded = export.tensor(op, "x2")
    stored = export.integers(f"{prefix}.qweight", bits=18)
    if stored.ndim == 2:
        stored = stored.T
    if stored.shape != recorded.shape or not np.array_equal(stored, recorded):
        raise InputError(
            export.file(op, "x2"),
            node.id,
            got="other weights",
            expected=f"those of {prefix}.qweight",
        )
    name = f"{prefix}.wq"
    low, high = builder.topology.quantizer(name, builder.topology.weight).range
    zero_point = (
        export.integers(f"{name}.zero_point", bits=17) if export.has(f"{name}.zero_point") else 0
    )
    if np.size(zero_point) not in (1, recorded.shape[0 if recorded.ndim == 4 else 1]):
        raise export.error(f"{name}.zero_point", f"{np.size(zero_point)} values", "one per channel")
    per_output = (-1, 1, 1, 1) if recorded.ndim == 4 else (1, -1)
    zero_point = np.reshape(zero_point, per_output).astype(np.int64)
    expect_codes(builder, node, op, "x2", recorded, low - zero_point, high - zero_point)
    return recorded


def _geometry(
    builder: Builder, node: Node, x: Result, shapes: dict
) -> tuple[dict, tuple[int, ...]]:
    """Our keys of a convolution and the shape of its output."""
    if not x.is_image or len(shapes["x2"]) != 4:
        raise node.error(
            f"an input {list(x.shape)}, a weight {list(shapes['x2'])}",
            "an image and a weight of 4 axes",
        )
    outputs, inputs, *kernel = shapes["x2"]
    groups = node.keys.get("groups", 1)
    if node.keys.get("channels", outputs) != outputs:
        raise node.error(f"{node.keys['channels']} channels", f"{outputs} (y_shape of {SHAPES})")
    if node.keys.get("kernel", tuple(kernel)) != tuple(kernel):
        raise node.error(f"a kernel {list(node.keys['kernel'])}", f"{kernel} (y_shape of {SHAPES})")
    if inputs * groups != x.channels or outputs % groups:
        raise node.error(
            f"{groups} groups of {x.channels} channels",
            f"{inputs} channels per group (y_shape of {SHAPES})",
        )
    stride, padding, dilation = (
        node.keys.get(key, (default,) * 2)
        for key, default in (("stride", 1), ("padding", 0), ("dilation", 1))
    )
    size = tuple(
        (x.shape[1 + i] + 2 * padding[i] - dilation[i] * (kernel[i] - 1) - 1) // stride[i] + 1
        for i in (0, 1)
    )
    how = f"stride {stride[0]} and padding {padding[0]}"
    _expect_output(builder, node, shapes, (outputs, *size), how)
    keys = {
        "stride": list(stride),
        "padding": [*padding, *padding],
        "dilation": list(dilation),
        "groups": groups,
    }
    return keys, (outputs, *size)


def _expect_output(
    builder: Builder,
    node: Node,
    shapes: dict,
    output: tuple[int, ...],
    how: str,
    channels_last: bool = False,
) -> None:
    if channels_last:
        expect_recorded(builder, node, shapes, "y", output, channels_last)
    elif shapes["y"][1:] != output or shapes["y"][0] != shapes["x1"][0]:
        raise node.error(
            f"an output {list(output)} with {how}",
            f"{list(shapes['y'][1:])} (z_shape of {SHAPES})",
            "check this layer's keys and the layers before it",
        )
