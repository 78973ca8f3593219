"""Numbers, names and tables of the page as HTML."""

import html
import math
import re

from quantize_data import Op, Tensor, Weight


def tensor_cells(tensor: Tensor) -> list[str]:
    lo, hi = tensor.range
    return [
        escape(tensor.format),
        escape(tensor.method),
        f"{lo:.4g} to {hi:.4g}".replace("-", "\u2212"),
        percent(tensor.clipped, tensor.elements),
    ]


def weight_cells(weight: Weight) -> list[str]:
    form, method, reals, clipped = tensor_cells(weight)
    return [
        breakable(weight.name),
        form,
        scales_text(weight),
        method,
        reals,
        clipped,
        percent(weight.zeros, weight.elements),
        f"{weight.bytes:,}",
    ]


def scales_text(tensor: Tensor) -> str:
    return "tensor" if tensor.scales == 1 else f"{tensor.scales:,} of {escape(tensor.granularity)}"


def cost_cells(op: Op) -> list[str]:
    error = f"{op.scales.largest_error:.1e}" if op.scales else ""
    cost = decibels(op.scales.sqnr_db) if op.scales else ""
    return [
        error,
        cost,
        decibels(op.sqnr_db.fake_to_float),
        decibels(op.sqnr_db.integer_to_fake),
        percent(op.exact, op.compared),
    ]


def op_facts(op: Op) -> list[tuple[str, str]]:
    names = ("scale error", "scale dB", "fake/float dB", "int/fake dB", "exact %")
    facts = list(zip(names, cost_cells(op), strict=True))
    if op.weight:
        facts += [
            ("zeros %", percent(op.weight.zeros, op.weight.elements)),
            ("bytes", f"{op.weight.bytes:,}"),
        ]
    return [(name, value) for name, value in facts if value]


def decibels(sqnr: float | None) -> str:
    """None is an SQNR without noise, NaN one that was not measured."""
    if sqnr is None:
        return "equal"
    return "" if math.isnan(sqnr) else f"{sqnr:.1f}"


def percent(part: int, whole: int) -> str:
    if whole == 0:
        return ""
    return "0" if part == 0 else f"{100 * part / whole:.3g}"


def listed(words) -> str:
    """ "a, b and c", each word once."""
    unique = list(dict.fromkeys(words))
    return " and ".join(filter(None, (", ".join(unique[:-1]), *unique[-1:])))


def section(title: str, lead: str, body: str) -> str:
    shown = f'<p class="lead">{lead}</p>' if lead else ""
    return f"<section><h2>{title}</h2>{shown}{body}</section>\n"


def table(heads: tuple[str, ...], rows: list[list[str]], texts: int) -> str:
    """Cells are HTML; behind the first `texts` columns stand numbers."""

    def line(cells, tag: str) -> str:
        return (
            "<tr>"
            + "".join(
                f'<{tag} class="{"name" if i == 0 else "t" if i < texts else "n"}">{cell}</{tag}>'
                for i, cell in enumerate(cells)
            )
            + "</tr>"
        )

    body = "".join(line(row, "td") for row in rows)
    return (
        f'<div class="card scroll" tabindex="0"><table><thead>{line(heads, "th")}</thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def anchor(name: str) -> str:
    return "op-" + re.sub(r"\s", "_", name)


def escape(text: str) -> str:
    return html.escape(text)


def breakable(name: str) -> str:
    """A name that may break behind its separators."""
    return re.sub(r"([._/-])", r"\1<wbr>", escape(name))
