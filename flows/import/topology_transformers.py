"""Blocks of transformers: ViT, Swin and BERT, named as timm, transformers and Torch2Chip do."""

from collections.abc import Callable

from topology_block import Block
from topology_graph import MOST_EXTENT

FLOAT64 = "float64"  # In which Torch2Chip computes attention, but of BERT.


def vit_embed(block: Block, x: str) -> None:
    """Patches as tokens, behind a class token, with a position embedding."""
    y, (height, width) = _patches(block, x)
    y = block.add("tokens", "tokens", y)
    y = block.add("cls_token", "class_token", y, tensor="cls_token")
    rows = 1 + height * width
    block.add("embed", "add_embedding", y, tensor="pos_embed", rows=rows, axes=3)


def swin_embed(block: Block, x: str) -> None:
    """Patches as a map, normalised over its channels."""
    y, _ = _patches(block, x)
    y = block.add("nhwc", "channels_last", y)
    block.add("patch_embed.norm", "layer_norm", y)


def _patches(block: Block, x: str) -> tuple[str, tuple[int, int]]:
    """A convolution of the image, and how many patches that are."""
    shape, patch = block.graph.input_shape(x), block.number("patch")
    if len(shape) != 3:
        raise block.error(f"the layer {x}", "the network's input, an image")
    if shape[1] % patch or shape[2] % patch:
        raise block.error(f"patches of {patch} pixels", f"ones that divide {list(shape[1:])}")
    size = {"kernel": (patch, patch), "stride": (patch, patch)}
    channels = block.number("channels")
    y = block.add("patch_embed.proj", "conv", x, channels=channels, bias=True, **size)
    return y, (shape[1] // patch, shape[2] // patch)


def vit_block(block: Block, x: str) -> None:
    for index in range(block.number("blocks", 1)):
        prefix = f"{block.text('prefix', 'blocks')}.{index}"
        y = block.add(f"{prefix}.norm1", "layer_norm", x)
        y = _probabilities_and_values(block, f"{prefix}.attn", y, {})
        y = block.add(f"{prefix}.attn.qproj", "mul_quant", y, arithmetic=FLOAT64)
        y = block.add(f"{prefix}.attn.merge", "merge_heads", y)
        x = _projected(block, prefix, x, y)
        x = _mlp(block, prefix, x)


def swin_block(block: Block, x: str) -> None:
    """Windows of a map; every second block has them shifted by half, unless one is the map."""
    size, window = (_extents(block, key) for key in ("map", "window"))
    if any(n % w for n, w in zip(size, window)):
        raise block.error(f"windows {list(window)}", f"ones that divide the map {list(size)}")
    for index in range(block.number("blocks", 1)):
        prefix = f"{block.text('prefix')}.{index}"
        half = tuple(w // 2 if index % 2 and w < n else 0 for n, w in zip(size, window))
        windows = {"map": size, "window": window, "shift": half}
        y = block.add(f"{prefix}.norm1", "layer_norm", x)
        y = block.add(f"{prefix}.windows", "window_partition", y, **windows)
        y = _probabilities_and_values(block, f"{prefix}.attn", y, windows)
        y = block.add(f"{prefix}.attn.merge", "merge_heads", y)
        y = block.add(f"{prefix}.attn.qproj", "mul_quant", y, arithmetic=FLOAT64)
        x = _projected(block, prefix, x, y, windows)
        x = _mlp(block, prefix, x)


def _probabilities_and_values(block: Block, prefix: str, x: str, windows: dict) -> str:
    """The attention of ViT and Swin, one linear layer for queries, keys and values, up to the
    product of probabilities and values."""
    heads = _heads(block, x)
    x = block.add(f"{prefix}.xq", "quantize", x)
    product = {"features": 3 * block.graph.channels(x), "quantizer": f"{prefix}.xq"}
    x = block.add(f"{prefix}.qkv.ops", "matmul", x, bias=_qkv_bias(block), **product)
    x = block.add(f"{prefix}.qqkv", "mul_quant", x)
    parts = [
        block.add(f"{prefix}.{name}", "split_heads", x, heads=heads, parts=3, part=part)
        for part, name in enumerate("qkv")
    ]
    keys = windows | {"arithmetic": FLOAT64, "factor": _factor(block)}
    if windows:
        keys["relative_bias"] = f"{prefix}.relative_position_bias_table"
    return _attention(block, prefix, parts, [], keys)


def _attention(block: Block, prefix: str, parts: list[str], mask: list[str], keys: dict) -> str:
    queries, keys_of, values = parts
    y = block.add(f"{prefix}.qk", "qk", queries, keys_of)
    scale = f"{prefix}.attn_scale"
    y = block.add(f"{prefix}.softmax", "score_softmax", y, *mask, prefix=scale, **keys)
    return block.add(f"{prefix}.attnv", "attnv", y, values)


def _projected(block: Block, prefix: str, x: str, y: str, windows: dict | None = None) -> str:
    """Behind the merged heads: linear layer, windows as a map again, residual."""
    product = {"features": block.graph.channels(x), "quantizer": f"{prefix}.attn.qproj"}
    y = block.add(f"{prefix}.attn.proj.ops", "matmul", y, **product)
    y = block.add(f"{prefix}.attn.qkv_deq", "mul_shift", y)
    if windows:
        y = block.add(f"{prefix}.unwindow", "window_reverse", y, **windows)
    return block.add(f"{prefix}.add1", "add", x, y)


def _mlp(block: Block, prefix: str, x: str) -> str:
    y = block.add(f"{prefix}.norm2", "layer_norm", x)
    y = block.linear(f"{prefix}.mlp.fc1", y, block.number("hidden"))
    y = block.add(f"{prefix}.mlp.act", "gelu", y, form=_gelu(block))
    y = block.linear(f"{prefix}.mlp.fc2", y, block.graph.channels(x))
    return block.add(f"{prefix}.add2", "add", x, y)


def patch_merging(block: Block, x: str) -> None:
    """Four neighbours of a map become one pixel: their channels, normalised, then reduced."""
    prefix = block.text("prefix")
    four = 4 * block.graph.channels(x)
    x = block.add(f"{prefix}.merge", "patch_merge", x, channels=four)
    x = block.add(f"{prefix}.norm", "layer_norm", x)
    features = block.number("channels")
    block.add(f"{prefix}.reduction", "linear_float", x, features=features, bias=False)


def bert_embeddings(block: Block, x: str) -> None:
    """Words, the first token type, positions; layer norm."""
    prefix, channels = block.text("prefix", "bert.embeddings"), block.number("channels")
    shape = block.graph.input_shape(x)
    rows = block.number("vocabulary")
    x = block.add(f"{prefix}.word_embeddings", "embedding", x, rows=rows, channels=channels)
    table = f"{prefix}.token_type_embeddings.weight"
    types = {"tensor": table, "rows": block.number("types", 2), "row": 0}
    x = block.add(f"{prefix}.token_type_embeddings", "add_embedding", x, **types)
    table = f"{prefix}.position_embeddings.weight"
    positions = block.number("positions", shape[0] if shape else 0)
    x = block.add(f"{prefix}.sum", "add_embedding", x, tensor=table, rows=positions)
    block.add(f"{prefix}.LayerNorm", "layer_norm", x)


def bert_layer(block: Block, x: str) -> None:
    """Post-norm layers `<prefix>.<i>`, whose feed-forward part stays in reals."""
    for index in range(block.number("blocks", 1)):
        prefix = f"{block.text('prefix', 'bert.encoder.layer')}.{index}"
        y = _self_attention(block, f"{prefix}.attention.self", x)
        y = block.linear(f"{prefix}.attention.output.dense", y, block.graph.channels(x))
        y = block.add(f"{prefix}.attention.add", "add", y, x)
        x = block.add(f"{prefix}.attention.output.LayerNorm", "layer_norm", y)
        hidden = block.number("hidden")
        y = block.add(f"{prefix}.intermediate.dense", "linear_float", x, features=hidden)
        y = block.add(f"{prefix}.intermediate.act", "gelu", y, form=_gelu(block))
        features = block.graph.channels(x)
        y = block.add(f"{prefix}.output.dense", "linear_float", y, features=features)
        y = block.add(f"{prefix}.output.add", "add", y, x)
        x = block.add(f"{prefix}.output.LayerNorm", "layer_norm", y)


def _self_attention(block: Block, prefix: str, x: str) -> str:
    heads, channels = _heads(block, x), block.graph.channels(x)
    key_is_real = "key" in block.keys and block.keys["key"].choice(*KEYS) == "quantizer"
    codes = block.add(f"{prefix}.xq", "quantize", x)
    parts = []
    for name in ("query", "key", "value"):
        product = {"features": channels, "quantizer": f"{prefix}.xq", "bias": _qkv_bias(block)}
        y = block.add(f"{prefix}.{name}.ops", "matmul", codes, **product)
        if name == "key" and key_is_real:
            y = block.add(f"{prefix}.qkey", "quantize", y, sums=True)
        else:
            y = block.add(f"{prefix}.q{name}", "mul_quant", y)
        parts.append(block.add(f"{prefix}.{name}.heads", "split_heads", y, heads=heads))
    mask = [block.known("mask")] if "mask" in block.keys else []
    keys = {"arithmetic": "float32", "factor": _factor(block)}
    y = _attention(block, prefix, parts, mask, keys)
    y = block.add(f"{prefix}.qkv_deq", "mul_shift", y)
    return block.add(f"{prefix}.merge", "merge_heads", y)


def bert_pooler(block: Block, x: str) -> None:
    """The first token, a linear layer, tanh."""
    prefix, channels = block.text("prefix", "bert.pooler"), block.graph.channels(x)
    x = block.add(f"{prefix}.token", "token", x)
    x = block.add(f"{prefix}.dense", "linear_float", x, features=channels)
    block.add(prefix, "tanh", x)


def _heads(block: Block, x: str) -> int:
    heads, channels = block.number("heads"), block.graph.channels(x)
    if channels % heads:
        raise block.error(f"{heads} heads", f"a number that divides {channels} channels")
    return heads


def _factor(block: Block) -> int:
    factor = block.keys.get("softmax_factor")
    return int(factor.choice("255", "256")) if factor else 255


def _gelu(block: Block) -> str:
    return block.keys["gelu"].choice("erf", "tanh") if "gelu" in block.keys else "erf"


def _qkv_bias(block: Block) -> bool:
    return block.keys["qkv_bias"].flag() if "qkv_bias" in block.keys else True


def _extents(block: Block, key: str) -> tuple[int, int]:
    return block.keys[key].pair(1, MOST_EXTENT)


KEYS = ("mulquant", "quantizer")  # How the keys of BERT become codes.
ATTENTION = ("prefix", "blocks", "heads", "hidden", "gelu", "qkv_bias", "softmax_factor")

# Function, keys, and those of them that are required.
BLOCKS: dict[str, tuple[Callable, tuple[str, ...], tuple[str, ...]]] = {
    "vit_embed": (vit_embed, ("channels", "patch"), ("channels", "patch")),
    "vit_block": (vit_block, ATTENTION, ("heads", "hidden")),
    "swin_embed": (swin_embed, ("channels", "patch"), ("channels", "patch")),
    "swin_block": (
        swin_block,
        (*ATTENTION, "map", "window"),
        ("prefix", "heads", "hidden", "map", "window"),
    ),
    "patch_merging": (patch_merging, ("prefix", "channels"), ("prefix", "channels")),
    "bert_embeddings": (
        bert_embeddings,
        ("prefix", "channels", "vocabulary", "positions", "types"),
        ("channels", "vocabulary"),
    ),
    "bert_layer": (bert_layer, (*ATTENTION, "key", "mask"), ("heads", "hidden")),
    "bert_pooler": (bert_pooler, ("prefix",), ()),
}
