"""The shape of the embedded digits network: its ops, its weights, and their initial values.

On a 16x16 array every convolution and the linear op spans several tiles of K or N, one of them
ragged: K is 9, 24, 40, 216 or 360 and N is 10, 24 or 40.
"""

import numpy as np


def conv_bn(name, source, weight_shape, stride=1):
    """Returns a convolution without bias, padded to keep the map's size / stride, and its BN."""
    pad = weight_shape[0] // 2
    conv = {"name": name, "op": "conv2d", "inputs": [source], "weight": f"{name}.weight"}
    conv |= {"stride": [stride, stride], "padding": [pad] * 4}
    norm = {"name": f"{name}.bn", "op": "batch_norm", "inputs": [name]}
    norm |= {key: f"{name}.bn.{key}" for key in ("gamma", "beta", "mean", "variance")}
    norm |= {"epsilon": 1e-5}
    return [conv, norm], {f"{name}.weight": weight_shape}


def relu(name, source):
    return {"name": name, "op": "relu", "inputs": [source]}


def residual_block(name, source, cin, cout, stride):
    """Returns relu(bn(conv(relu(bn(conv(x))))) + x), with x projected where its shape changes."""
    first, shape1 = conv_bn(f"{name}.conv1", source, (3, 3, cin, cout), stride)
    second, shape2 = conv_bn(f"{name}.conv2", f"{name}.conv1.relu", (3, 3, cout, cout))
    project, shape3, shortcut = [], {}, source
    if stride != 1 or cin != cout:
        project, shape3 = conv_bn(f"{name}.project", source, (1, 1, cin, cout), stride)
        shortcut = f"{name}.project.bn"
    add = {"name": f"{name}.add", "op": "add", "inputs": [f"{name}.conv2.bn", shortcut]}
    ops = [*first, relu(f"{name}.conv1.relu", f"{name}.conv1.bn"), *second, *project, add]
    return [*ops, relu(f"{name}.relu", f"{name}.add")], shape1 | shape2 | shape3


def build_network():
    """Returns the ops in execution order and the shape of every weight."""
    stem, stem_shape = conv_bn("conv1", "image", (3, 3, 1, 24))
    block1, shape1 = residual_block("block1", "conv1.relu", 24, 24, stride=1)
    block2, shape2 = residual_block("block2", "block1.relu", 24, 40, stride=2)
    head = [
        {"name": "pool", "op": "global_avg_pool", "inputs": ["block2.relu"]},
        {"name": "flat", "op": "flatten", "inputs": ["pool"]},
        {"name": "logits", "op": "linear", "inputs": ["flat"]}
        | {"weight": "logits.weight", "bias": "logits.bias"},
    ]
    ops = [*stem, relu("conv1.relu", "conv1.bn"), *block1, *block2, *head]
    return ops, stem_shape | shape1 | shape2 | {"logits.weight": (40, 10)}


def initial_parameters(ops, shapes, rng):
    """Returns He-normal weights, unit batch norms, a zero bias."""
    params = {"logits.bias": np.zeros(10, np.float32)}
    for name, shape in shapes.items():
        fan_in = np.prod(shape[:-1])
        params[name] = (rng.standard_normal(shape) * np.sqrt(2 / fan_in)).astype(np.float32)
    for op in ops:
        if op["op"] == "batch_norm":
            channels = shapes[op["inputs"][0] + ".weight"][-1]
            params[op["gamma"]] = np.ones(channels, np.float32)
            params[op["beta"]] = np.zeros(channels, np.float32)
    return params
