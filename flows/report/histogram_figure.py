"""A tensor's histogram and its quantizer's range as an SVG that takes its colours from the page."""

import html
import math
import os
import pathlib
import re
import sys

# Its list of fonts lies in the environment that flows/setup made, so that nobody waits for it.
_cache = pathlib.Path(sys.prefix) / "cache"
if _cache.is_dir():
    os.environ["MPLCONFIGDIR"] = str(_cache)

import io  # noqa: E402

import matplotlib  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402
from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator  # noqa: E402

from quantize_data import Histogram  # noqa: E402

WIDTH, HEIGHT = 360, 200  # Of the drawing, in its own units: points.
MOST_BINS = 128
MOST_CODES = 16  # Of a grid that is drawn.
DECIMALS = re.compile(r"(\d\.\d\d)\d+")
FLOOR = 0.6  # Where the axis of counts begins: an element is seen.

# Colours that nothing else has, and the page's variables that take their place.
BARS, RANGE, CLIPPED, CODES, TEXT, AXIS = (f"#0102{i:02x}" for i in range(1, 7))
VARIABLES = {
    BARS: "--cycles",
    RANGE: "--ink",
    CLIPPED: "--heat",
    CODES: "--code-line",
    TEXT: "--soft",
    AXIS: "--line",
}
STYLE = {
    "svg.fonttype": "none",
    "svg.image_inline": True,
    "font.size": 10,
    "axes.linewidth": 0.8,
    "axes.edgecolor": AXIS,
    "axes.labelcolor": TEXT,
    "xtick.color": AXIS,
    "ytick.color": AXIS,
    "xtick.labelcolor": TEXT,
    "ytick.labelcolor": TEXT,
}


def draw(histogram: Histogram, label: str) -> str:
    """The <svg> of one tensor; `label` is what it shows, in words. The same bytes every time."""
    matplotlib.rcdefaults()  # Whatever the user's matplotlibrc says.
    # Names of clip paths and marks: one page holds many drawings.
    matplotlib.rcParams.update(STYLE | {"svg.hashsalt": histogram.name})
    figure = Figure(figsize=(WIDTH / 72, HEIGHT / 72))
    axes = figure.add_axes((52 / WIDTH, 40 / HEIGHT, 298 / WIDTH, 148 / HEIGHT))
    for part in (figure.patch, axes.patch):
        part.set_visible(False)
    shift, counts = merged_bins(histogram)
    width, first = math.ldexp(histogram.bin_width, shift), histogram.first_bin >> shift
    plot(axes, histogram, counts, width, first)
    axes.set_xlabel(f"value of an element, in bins of {width:.3g}")
    axes.set_ylabel("elements in a bin")
    text = io.StringIO()
    FigureCanvasSVG(figure).print_svg(text, metadata=dict.fromkeys(("Date", "Creator"), None))
    return inline(text.getvalue(), label)


def merged_bins(histogram: Histogram) -> tuple[int, list[int]]:
    """2^shift neighbours as one, so that every count stays exact, until neither the values nor the
    quantizer's range take more than `MOST_BINS`: narrower bars would be too faint to see."""
    first, last = histogram.first_bin, histogram.first_bin + max(len(histogram.counts), 1) - 1
    lo, hi = histogram.range
    shift = 0
    while (last >> shift) - (first >> shift) >= MOST_BINS:
        shift += 1
    while hi - lo > MOST_BINS * math.ldexp(histogram.bin_width, shift):
        shift += 1
    merged = [0] * ((last >> shift) - (first >> shift) + 1)
    for i, count in enumerate(histogram.counts):
        merged[((first + i) >> shift) - (first >> shift)] += count
    return shift, merged


def plot(axes: Axes, histogram: Histogram, counts: list[int], width: float, first: int) -> None:
    lo, hi = histogram.range
    edges = [width * (first + i) for i in range(len(counts) + 1)]
    left, right = view(min(edges[0], lo), max(edges[-1], hi))
    for begin, end in clipped_tails(histogram, left, right):
        axes.axvspan(begin, end, color=CLIPPED, alpha=0.14, linewidth=0)
    for code in code_values(histogram):
        axes.axvline(code, color=CODES, linewidth=0.8, zorder=0)
    axes.stairs(
        [max(count, FLOOR / 2) for count in counts],
        edges,
        fill=True,
        color=BARS,
        baseline=FLOOR / 2,
    )
    for end in (lo, hi):
        axes.axvline(end, color=RANGE, linewidth=1.2, linestyle=(0, (4, 2.5)))
    axes.set_xlim(left, right)
    axes.set_yscale("log")
    axes.set_ylim(FLOOR, 2 * max([*counts, 5]))
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}".replace("-", "\u2212")))
    axes.yaxis.set_major_locator(LogLocator(numticks=5))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: short_count(y)))
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def view(lo: float, hi: float) -> tuple[float, float]:
    """What the axis of values shows: both ends and a little more."""
    margin = 0.02 * (hi - lo) or 1.0
    return lo - margin, hi + margin


def clipped_tails(histogram: Histogram, left: float, right: float) -> list[tuple[float, float]]:
    """From the view's ends to the outermost codes, where whole bins lie beyond them."""
    if histogram.clipped == 0:
        return []
    lo, hi = histogram.range
    width, first = histogram.bin_width, histogram.first_bin
    tails = []
    if width * (first + 1) <= lo:
        tails.append((left, lo))
    if width * (first + len(histogram.counts) - 1) >= hi:
        tails.append((hi, right))
    return tails


def code_values(histogram: Histogram) -> list[float]:
    """The reals of every code, where there are few."""
    if histogram.codes is None or histogram.scale is None or histogram.zero_point is None:
        return []
    lo, hi = histogram.codes
    if hi - lo >= MOST_CODES:
        return []
    return [(code - histogram.zero_point) * histogram.scale for code in range(lo, hi + 1)]


def short_count(count: float) -> str:
    for size, unit in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if count >= size:
            return f"{count / size:g}{unit}"
    return f"{count:g}"


def inline(svg: str, label: str) -> str:
    """The element alone, without names that other drawings have too, coloured by the page."""
    body = svg[svg.index(">", svg.index("<svg")) + 1 :]
    body = re.sub(r"<metadata>.*?</metadata>\s*", "", body, flags=re.DOTALL)
    body = re.sub(r'<g id="[^"]*"', "<g", body)
    # Hundredths of a point are enough for a place; texts stay as they are.
    body = re.sub(r'"[^"]*"', lambda quoted: DECIMALS.sub(r"\1", quoted[0]), body)
    body = re.sub(r"\s*\n\s*", " ", body)
    for colour, variable in VARIABLES.items():
        body = body.replace(colour, f"var({variable})")
    return (
        f'<svg class="figure" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{html.escape(label)}" xmlns:xlink="http://www.w3.org/1999/xlink">{body}'
    ).strip()
