"""The hardware's average pool in QDQ form."""

import numpy as np

from qdq_bundle import Requantisation
from qdq_graph import Graph, Tensor
from qdq_window import inside_counts, output_pixels, pool


def average_by_count(
    graph: Graph, op: dict, x: Tensor, form: Requantisation, scale: np.float32, same: float
) -> tuple[tuple[int, ...], str]:
    """The mean of the pixels inside the image, times and plus what the requantisation gives each
    count of them; multipliers within `same` of 1 are left out. Returns the shape and the reals."""
    shape = (*output_pixels(op, op["kernel"], x.shape), x.shape[-1])
    name, inside = op["name"], inside_counts(op, x.shape)
    reals = pool(graph, "AveragePool", op, x, name, count_include_pad=0)
    index = {count: i for i, count in enumerate(op["counts"])}
    which = np.vectorize(index.__getitem__)(inside)
    factor = np.broadcast_to(form.factors[0], len(index))[which]
    offset = np.broadcast_to(form.offset, len(index))[which]
    multiplier = (factor * inside).astype(np.float64) * float(scale) / float(x.codes.scale)
    if np.any(np.abs(multiplier - 1) > same):
        constant = graph.real_constant(f"{name}_factor", multiplier, shape)
        reals = graph.node("Mul", [reals, constant], name)
    offset = offset + factor * inside * (x.codes.zero_point - form.input_zero_points[0])
    if np.any(offset != 0):
        values = offset.astype(np.float64) * float(scale)
        constant = graph.real_constant(f"{name}_bias", values, shape)
        reals = graph.node("Add", [reals, constant], name)
    return shape, reals
