"""Writes the floating-point tensors of a state dict as safetensors, for tests in C++."""

import pathlib
import sys

import numpy as np
from safetensors.numpy import save_file

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "flows/import"))

import torch_zip  # noqa: E402

source, out = sys.argv[1:]
entries = torch_zip.load(source)
entries = entries.get("state_dict", entries)
save_file(
    {
        name: np.ascontiguousarray(tensor.numpy(), np.float32)
        for name, tensor in entries.items()
        if isinstance(tensor, torch_zip.Tensor) and tensor.numpy().dtype == np.float32
    },
    out,
)
