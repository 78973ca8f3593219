"""The page: a summary, the tables of the terminal, and a card of histograms per op."""

import dataclasses
import html
import pathlib

from histogram_figure import MOST_CODES, draw
from quantize_data import Histogram, Histograms, Op, Report
from quantize_text import (
    anchor,
    breakable,
    cost_cells,
    decibels,
    escape,
    listed,
    op_facts,
    percent,
    section,
    table,
    tensor_cells,
    weight_cells,
)

FOLDER = pathlib.Path(__file__).resolve().parent
# The look of the regression's page, and what is this page's own.
STYLES = (FOLDER.parent / "regress/page.css", FOLDER / "quantize_page.css")


@dataclasses.dataclass(frozen=True)
class Card:
    """The histograms of one op, or of a tensor that no op of the report makes."""

    name: str
    op: Op | None
    histograms: list[Histogram]


def page(report: Report, histograms: Histograms) -> str:
    cards = make_cards(report, histograms)
    style = "".join(path.read_text(encoding="utf-8") for path in STYLES)
    sections = [
        summary(report, histograms),
        ops_section(report, {card.name for card in cards}),
        weights_section(report),
        rounding_section(report),
        distributions_section(cards, histograms.calibration_samples),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(histograms.network)}: quantisation</title><style>{style}</style></head>\n"
        f'<body class="quantize"><main>{"".join(sections)}'
        '<footer>The same as data: <a href="quantize.json">quantize.json</a>, '
        '<a href="histograms.json">histograms.json</a>.</footer></main></body></html>\n'
    )


# Sections.


def summary(report: Report, histograms: Histograms) -> str:
    kinds = {"weight": "weights", "activation": "activations"}
    used = {
        kind: listed(one.format.removesuffix(" (narrow)") for one in of_kind(histograms, kind))
        for kind in kinds
    }
    title = ", ".join(f"{formats} {kinds[kind]}" for kind, formats in used.items() if formats)
    facts = {"network": histograms.network, "configuration": histograms.config}
    if histograms.recipe:
        facts["recipe"] = histograms.recipe
    for kind in kinds:
        methods = "; ".join(dict.fromkeys(one.method for one in of_kind(histograms, kind)))
        facts[f"{kind} ranges"] = methods or "none"
    shown = "".join(
        f"<span>{name} <b>{breakable(value)}</b></span>" for name, value in facts.items()
    )
    warnings = "".join(f"<li>{escape(warning)}</li>" for warning in report.warnings)
    return (
        f'<header><p class="eyebrow">Quantisation <b>{escape(histograms.network)}</b></p>'
        f'<h1>{escape(title or "No quantizers")}</h1><div class="facts">{shown}</div></header>'
        + tiles(report, histograms)
        + (f'<ul class="warnings">{warnings}</ul>' if warnings else "")
    )


def tiles(report: Report, histograms: Histograms) -> str:
    noisy = [op for op in report.ops if op.sqnr_db.integer_to_float is not None]
    worst = min(noisy, key=lambda op: op.sqnr_db.integer_to_float, default=None)
    sqnr = decibels(worst.sqnr_db.integer_to_float) if worst else "none"
    shown = [
        ("Weights", f"{report.weight_bytes:,}", "bytes", f"{report.weights:,} weights"),
        (
            "Weights that are 0",
            percent(report.weight_zeros, report.weights),
            "%",
            f"{report.weight_zeros:,} of them",
        ),
        (
            "Worst SQNR",
            sqnr,
            "dB" if worst else "",
            f"integer against float, {breakable(worst.op)}" if worst else "every op is equal",
        ),
        (
            "Samples compared",
            f"{report.samples:,}",
            "",
            f"{histograms.calibration_samples:,} in the histograms",
        ),
    ]
    return (
        '<div class="card tiles">'
        + "".join(
            f'<div class="tile"><div class="label">{label}</div><div class="value">{value}'
            f' <small>{unit}</small></div><div class="note">{note}</div></div>'
            for label, value, unit, note in shown
        )
        + "</div>"
    )


def ops_section(report: Report, with_card: set[str]) -> str:
    heads = (
        "op",
        "format",
        "method",
        "range",
        "clipped %",
        "scale error",
        "scale dB",
        "fake/float dB",
        "int/fake dB",
        "exact %",
    )
    rows = []
    for op in report.ops:
        own = tensor_cells(op.output) if op.output else ["", "", "", ""]
        name = breakable(op.op)
        link = f'<a href="#{escape(anchor(op.op))}">{name}</a>' if op.op in with_card else name
        rows.append([link, *own, *cost_cells(op)])
    lead = (
        "One row per op of the integer network. Scale dB is what integer scales cost; fake/float "
        "and int/fake are each path against the one before it, exact the share of elements that "
        "are equal in the last two."
    )
    return section("Ops", lead, table(heads, rows, texts=4))


def weights_section(report: Report) -> str:
    heads = ("weight", "format", "scales", "method", "range", "clipped %", "zeros %", "bytes")
    rows = [weight_cells(op.weight) for op in report.ops if op.weight]
    return section("Weights", "", table(heads, rows, texts=5)) if rows else ""


def rounding_section(report: Report) -> str:
    heads = ("learned rounding", "changed", "error, nearest", "error")
    rows = [
        [
            breakable(op.op),
            f"{learned.changed:,}",
            f"{learned.nearest_error:.3e}",
            f"{learned.error:.3e}",
        ]
        for op in report.ops
        if (learned := op.learned_rounding)
    ]
    lead = "The squared error of each layer's output with weights rounded to the nearest, and as learned."
    return section("Learned rounding", lead, table(heads, rows, texts=1)) if rows else ""


def distributions_section(cards: list[Card], samples: int) -> str:
    lead = (
        f"The reals that go into each quantizer: weights, and activations of the float path over "
        f"{samples:,} calibration samples. Counts are on a logarithmic axis."
    )
    legend = "".join(
        f'<span><i class="key {kind}"></i>{words}</span>'
        for kind, words in (
            ("bars", "elements"),
            ("range", "outermost codes; of several scales, the widest"),
            ("clipped", "beyond them: clipped"),
            ("codes", f"codes, where there are at most {MOST_CODES}"),
        )
    )
    body = f'<div class="legend">{legend}</div>' + "".join(card_html(card) for card in cards)
    return section("Distributions", lead, body)


def card_html(card: Card) -> str:
    facts = op_facts(card.op) if card.op else []
    listed_facts = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts)
    return (
        f'<article class="card distribution" id="{escape(anchor(card.name))}">'
        f"<div><h3>{breakable(card.name)}</h3><dl>{listed_facts}</dl></div>"
        + "".join(figure_html(histogram) for histogram in card.histograms)
        + "</article>"
    )


def figure_html(histogram: Histogram) -> str:
    cells = tensor_cells(histogram)
    scales = f"{histogram.scales:,} scales ({escape(histogram.granularity)})"
    if histogram.scale is not None:
        scales = f"scale {histogram.scale:.4g}, zero point {histogram.zero_point}"
    clipped = f"clipped {cells[3] or '0'} %"
    facts = [
        cells[0],
        cells[1],
        f"range {cells[2]}",
        clipped,
        scales,
        f"{histogram.elements:,} elements",
    ]
    label = f"{histogram.kind} {histogram.name}: {', '.join(html.unescape(f) for f in facts)}"
    spans = "".join(f"<span>{fact}</span>" for fact in facts)
    return (
        f"<figure><figcaption><h4>{histogram.kind} <b>{breakable(histogram.name)}</b></h4>"
        f"<p>{spans}</p></figcaption>{draw(histogram, label)}</figure>"
    )


# What the terminal's tables say, cell by cell.


# Parts.


def make_cards(report: Report, histograms: Histograms) -> list[Card]:
    """The histograms by the op that they belong to, in the network's order."""
    owners: dict[str, Op] = {}
    for op in report.ops:
        for tensor in (op.weight, op.output):
            if tensor:
                owners.setdefault(tensor.name, op)
    makers = {h.op: owners[h.name] for h in histograms.tensors if h.name in owners}
    grouped: dict[str, Card] = {}
    for histogram in histograms.tensors:
        op = owners.get(histogram.name) or makers.get(histogram.op)
        name = op.op if op else histogram.op
        grouped.setdefault(name, Card(name, op, [])).histograms.append(histogram)
    return list(grouped.values())


def of_kind(histograms: Histograms, kind: str) -> list[Histogram]:
    return [one for one in histograms.tensors if one.kind == kind]
