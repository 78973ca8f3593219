"""The shape of the embedded transformer: a tiny ViT for 8x8 digits, its weights, initial values.

Pre-norm blocks; patches of 2x2 pixels are 16 tokens, a class token is one more. On a 16x16 array
the products' K is 4, 16, 17, 32 or 64 and their N is 10, 16, 17, 32, 64 or 96.
"""

import numpy as np

WIDTH = 32
HEADS = 2
HEAD = WIDTH // HEADS
TOKENS = 17
HIDDEN = 64
BLOCKS = 2


def op(name, kind, *inputs, **keys):
    return {"name": name, "op": kind, "inputs": list(inputs)} | keys


def linear(name, source):
    return op(name, "linear", source, weight=f"{name}.weight", bias=f"{name}.bias")


def layer_norm(name, source):
    gains = {"gamma": f"{name}.gamma", "beta": f"{name}.beta"}
    return op(name, "layer_norm", source, **gains, epsilon=1e-5)


def head_operand(block, part, which):
    """Returns the ops that take one of Q, K, V out of `block`.qkv: [heads, tokens, HEAD]."""
    name, split = f"{block}.{which}", f"{block}.split"
    one = [TOKENS, 1, HEADS, HEAD]
    return [
        op(f"{name}.part", "slice", split, start=[0, part, 0, 0], count=one),
        op(f"{name}.rows", "reshape", f"{name}.part", shape=[TOKENS, HEADS, HEAD]),
        op(name, "transpose", f"{name}.rows", order=[1, 0, 2]),
    ]


def attention(block, source):
    """Returns softmax(Q K^T / sqrt(HEAD)) V of every head, merged and projected."""
    name = f"{block}.split"
    split = op(name, "reshape", f"{block}.qkv", shape=[TOKENS, 3, HEADS, HEAD])
    heads = [head_operand(block, part, which) for part, which in enumerate("qkv")]
    return [
        linear(f"{block}.qkv", source),
        split,
        *heads[0],
        *heads[1],
        *heads[2],
        op(f"{block}.qk", "batch_matmul", f"{block}.q", f"{block}.k", transpose_b=True),
        op(f"{block}.scores", "scale", f"{block}.qk", factor=HEAD**-0.5),
        op(f"{block}.softmax", "softmax", f"{block}.scores"),
        op(f"{block}.attnv", "batch_matmul", f"{block}.softmax", f"{block}.v"),
        op(f"{block}.rows", "transpose", f"{block}.attnv", order=[1, 0, 2]),
        op(f"{block}.merge", "reshape", f"{block}.rows", shape=[TOKENS, WIDTH]),
        linear(f"{block}.proj", f"{block}.merge"),
    ]


def block_ops(block, source):
    """Returns one pre-norm block: x + attention(norm(x)), then x + mlp(norm(x)): `block`.out."""
    return [
        layer_norm(f"{block}.norm1", source),
        *attention(block, f"{block}.norm1"),
        op(f"{block}.add", "add", f"{block}.proj", source),
        layer_norm(f"{block}.norm2", f"{block}.add"),
        linear(f"{block}.fc1", f"{block}.norm2"),
        op(f"{block}.gelu", "gelu", f"{block}.fc1", form="erf"),
        linear(f"{block}.fc2", f"{block}.gelu"),
        op(f"{block}.out", "add", f"{block}.fc2", f"{block}.add"),
    ]


def build_network():
    """Returns the ops in execution order and the shape of every weight matrix."""
    patch = {"weight": "patch.weight", "bias": "patch.bias"}
    ops = [
        op("patch", "conv2d", "image", **patch, stride=[2, 2], padding=[0, 0, 0, 0]),
        op("patch.tokens", "reshape", "patch", shape=[TOKENS - 1, WIDTH]),
        op("class_token", "class_token", "patch.tokens", value="class_token.value"),
        op("position", "add_constant", "class_token", value="position.value"),
    ]
    shapes = {"patch.weight": (2, 2, 1, WIDTH)}
    source = "position"
    for index in range(1, BLOCKS + 1):
        block = f"block{index}"
        ops += block_ops(block, source)
        source = f"{block}.out"
        shapes |= {
            f"{block}.qkv.weight": (WIDTH, 3 * WIDTH),
            f"{block}.proj.weight": (WIDTH, WIDTH),
            f"{block}.fc1.weight": (WIDTH, HIDDEN),
            f"{block}.fc2.weight": (HIDDEN, WIDTH),
        }
    ops += [
        layer_norm("norm", source),
        op("token", "slice", "norm", start=[0, 0], count=[1, WIDTH]),
        op("flat", "flatten", "token"),
        linear("logits", "flat"),
    ]
    return ops, shapes | {"logits.weight": (WIDTH, 10)}


def initial_parameters(ops, shapes, rng):
    """Returns weights of variance 1 / fan-in, zero biases, unit norms, small embeddings."""
    params = {}
    for name, shape in shapes.items():
        spread = np.sqrt(1 / np.prod(shape[:-1]))
        params[name] = (rng.standard_normal(shape) * spread).astype(np.float32)
    for item in ops:
        if "bias" in item:
            params[item["bias"]] = np.zeros(shapes[item["weight"]][-1], np.float32)
        if item["op"] == "layer_norm":
            params[item["gamma"]] = np.ones(WIDTH, np.float32)
            params[item["beta"]] = np.zeros(WIDTH, np.float32)
    for name, tokens in (("class_token.value", 1), ("position.value", TOKENS)):
        params[name] = (rng.standard_normal((tokens, WIDTH)) * 0.02).astype(np.float32)
    return params
