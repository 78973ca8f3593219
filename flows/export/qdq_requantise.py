"""Requantisations in QDQ form: reals of the operands, added, clipped, and QuantizeLinear."""

from dataclasses import dataclass

import numpy as np

from qdq_blocks import block_reals
from qdq_bundle import Network, Requantisation, requantisation, single
from qdq_graph import RANGES, Codes, Graph, NotExpressible, Tensor, stored_type
from qdq_pools import average_by_count
from qdq_products import Sums, product_reals, sums_reals

# Two scales that are each rounded to float32 have a ratio that is off by at most this much; a
# multiplier as near to 1 says no more than that.
SAME_SCALE = 2.0**-22

TIES = {
    "half_up": "rounds ties up, QuantizeLinear to even",
    "half_away": "rounds ties away from zero, QuantizeLinear to even",
    "twice": "rounds twice ({dialect}), QuantizeLinear once",
}


@dataclass(frozen=True)
class Options:
    bias: str = "auto"  # auto, int32 or float32.


def requantise(
    graph: Graph, network: Network, op: dict, operands: list[Tensor | Sums], options: Options
) -> Tensor:
    """One of the ops that are requantisations. Throws NotExpressible."""
    form = requantisation(network, op)
    _note_rounding(graph, op, form)
    codes = output_codes(form.type_name, form.clamp, form.zero_point, form.real_scale)
    name, offset = op["name"], form.offset
    if op["op"] == "avg_pool":
        shape, reals = average_by_count(graph, op, operands[0], form, codes.scale, SAME_SCALE)
        return quantised(graph, name, reals, shape, codes, form.clamp)
    if op["op"] == "requantise_blocks":
        shape, reals = block_reals(graph, network, op, operands[0], form, codes.scale)
        return quantised(graph, name, reals, shape, codes, form.clamp)
    terms = []
    for index, operand in enumerate(operands):
        if isinstance(operand, Sums) and operand.is_product:
            if index > 0:
                raise NotExpressible("adds sums of products", "requantise them first")
            continue
        term, shift = _scaled(graph, f"{name}_operand{index}", operand, form, index, codes.scale)
        terms.append(term)
        offset = offset + shift
    first = operands[0]
    if isinstance(first, Sums) and first.is_product:
        reals = product_reals(
            graph, network, first, form, offset, codes.scale, options.bias, name
        )
        terms.insert(0, reals)
    elif np.any(offset != 0):
        constant = graph.real_constant(f"{name}_bias", reals_of(offset, codes), first.shape)
        terms.append(constant)
    reals = terms[0]
    for other in terms[1:]:
        reals = graph.node("Add", [reals, other], name)
    return quantised(graph, name, reals, first.shape, codes, form.clamp)


def _scaled(
    graph: Graph, name: str, operand: Tensor | Sums, form: Requantisation, index: int,
    scale: np.float32,
) -> tuple[str, np.ndarray]:  # fmt: skip
    """An operand's share of the output in reals, and what is missing from it in output steps."""
    factor, taken = form.factors[index], form.input_zero_points[index]
    if isinstance(operand, Sums):
        reals, unit, shift = sums_reals(graph, operand, name)
    else:
        reals, unit, shift = operand.reals, float(operand.codes.scale), operand.codes.zero_point
    multiplier = factor.astype(np.float64) * float(scale) / unit
    if np.any(np.abs(multiplier - 1) > SAME_SCALE):
        constant = graph.real_constant(f"{name}_factor", multiplier, operand.shape)
        reals = graph.node("Mul", [reals, constant], name)
    return reals, factor * (shift - taken)


def reals_of(offset: np.ndarray, codes: Codes) -> np.ndarray:
    return offset.astype(np.float64) * float(codes.scale)


def output_codes(
    type_name: str, clamp: tuple[int, int], zero_point: int, real_scale: float
) -> Codes:
    """How the codes of an output are stored."""
    if clamp[0] > clamp[1]:
        raise NotExpressible("takes its zero point off and keeps one code only")
    type, offset = stored_type(type_name, *clamp)
    try:
        return Codes(single(real_scale), zero_point, type, offset)
    except OverflowError as error:
        raise NotExpressible(f"has scale {error}, which float32 does not hold") from None


def quantised(
    graph: Graph, name: str, reals: str, shape: tuple[int, ...], codes: Codes,
    clamp: tuple[int, int],
) -> Tensor:  # fmt: skip
    """`reals` as codes in `clamp`: a Relu or Clip where the type alone does not bound them."""
    lowest, highest = (bound - codes.offset for bound in RANGES[codes.type])
    bounds = [
        graph.constant(f"{name}_{word}", (np.float32(bound - codes.zero_point) * codes.scale))
        if narrower
        else ""
        for word, bound, narrower in (
            ("lowest", clamp[0], clamp[0] > lowest),
            ("highest", clamp[1], clamp[1] < highest),
        )
    ]
    if bounds[0] and not bounds[1] and clamp[0] == codes.zero_point:
        graph.constants.pop()
        reals = graph.node("Relu", [reals], name)
    elif any(bounds):
        reals = graph.node("Clip", [reals, *bounds] if bounds[1] else [reals, bounds[0]], name)
    return graph.quantised(name, reals, shape, codes)


def _note_rounding(graph: Graph, op: dict, form: Requantisation) -> None:
    if form.rounding == "floor":
        raise NotExpressible("rounds down", "QuantizeLinear rounds to the nearest; use half_even")
    if form.rounding in TIES:
        text = TIES[form.rounding].format(dialect=op.get("dialect"))
        graph.warnings.append(f"{op['name']} ({op['op']}): {text}")
