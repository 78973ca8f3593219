"""Operators on constants alone that exporters leave in a model."""

import numpy as np
from onnx_graph import NodeView
from onnx_values import Constant


def fold(view: NodeView) -> Constant:
    x = view.operand(0)
    return Constant(FOLDS[view.node.op](view, x.values), x.type)


def _reshape(view: NodeView, x: np.ndarray) -> np.ndarray:
    target = view.integers(1) or []
    if not view.attribute("allowzero", 0):
        target = [x.shape[i] if n == 0 and i < x.ndim else n for i, n in enumerate(target)]
    return x.reshape(target)


def _transpose(view: NodeView, x: np.ndarray) -> np.ndarray:
    return x.transpose(view.attribute_integers("perm", list(range(x.ndim))[::-1]))


def _squeeze(view: NodeView, x: np.ndarray) -> np.ndarray:
    axes = _axes(view)
    return x.squeeze() if axes is None else x.squeeze(tuple(axes))


def _unsqueeze(view: NodeView, x: np.ndarray) -> np.ndarray:
    return np.expand_dims(x, tuple(_axes(view) or []))


def _axes(view: NodeView) -> list[int] | None:
    axes = view.attribute_integers("axes", None)
    return view.integers(1) if axes is None else axes


FOLDS = {
    "Identity": lambda view, x: x,
    "Reshape": _reshape,
    "Squeeze": _squeeze,
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
}
