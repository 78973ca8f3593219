"""The page of a quantisation: from two small files of our own, sound and damaged."""

import contextlib
import copy
import html.parser
import io
import json
import pathlib
import random
import re
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[4]
sys.dont_write_bytecode = True
sys.path[:0] = [str(ROOT / "flows/report"), str(ROOT / "flows/import")]

from errors import exit_status  # noqa: E402  (found through the path above)
from histogram_figure import clipped_tails, code_values, merged_bins  # noqa: E402
from quantize_data import read_histograms  # noqa: E402
from quantize_page import main  # noqa: E402

WEIGHT = {
    "name": "fc.weight",
    "format": "int4 (narrow)",
    "granularity": "tensor",
    "scales": 1,
    "method": "minmax",
    "range": [-1.75, 1.75],
    "elements": 6,
    "clipped": 0,
}
OUTPUT = {
    "name": "fc",
    "format": "uint8",
    "granularity": "tensor",
    "scales": 1,
    "method": "percentile 99",
    "range": [0.0, 3.0],
    "elements": 4,
    "clipped": 1,
}
REPORT = {
    "samples": 2,
    "weights": 6,
    "weight_zeros": 2,
    "weight_bytes": 3,
    "warnings": ["fc.quant: 1 of 1 scales saturate"],
    "ops": [
        {
            "op": "fc.quant",
            "float_op": "fc",
            "weight": WEIGHT | {"zeros": 2, "bytes": 3},
            "learned_rounding": {"changed": 2, "nearest_error": 0.5, "error": 0.25},
            "output": OUTPUT,
            "scales": {"largest_error": 1.5e-5, "zeros": 0, "saturated": 1, "sqnr_db": 61.25},
            "compared": 4,
            "exact": 3,
            "sqnr_db": {"fake_to_float": 31.5, "integer_to_fake": None, "integer_to_float": 30.25},
        },
        {
            "op": "flat",
            "float_op": "flat",
            "compared": 4,
            "exact": 4,
            "sqnr_db": {"fake_to_float": 31.5, "integer_to_fake": 50, "integer_to_float": 31.0},
        },
    ],
}
HISTOGRAMS = {
    "network": "small <net>",
    "config": "small.yaml",
    "recipe": "",
    "calibration_samples": 3,
    "tensors": [
        OUTPUT
        | {"name": "image", "op": "image", "kind": "activation", "clipped": 0}
        | {"bin_width": 0.5, "first_bin": 0, "counts": [1, 0, 3]},
        WEIGHT
        | {"op": "fc", "kind": "weight", "bin_width": 0.5, "first_bin": -4}
        | {"counts": [1, 0, 1, 2, 0, 1, 0, 1], "scale": 0.25, "zero_point": 0, "codes": [-7, 7]},
        OUTPUT
        | {"op": "fc", "kind": "activation", "bin_width": 1.0, "first_bin": 0}
        | {"counts": [2, 1, 0, 0, 1], "scale": 3 / 255, "zero_point": 0, "codes": [0, 255]},
    ],
}


@contextlib.contextmanager
def results(report: object = REPORT, histograms: object = HISTOGRAMS):
    with tempfile.TemporaryDirectory(prefix="systole-test-") as name:
        folder = pathlib.Path(name)
        (folder / "quantize.json").write_text(json.dumps(report))
        (folder / "histograms.json").write_text(json.dumps(histograms))
        yield folder


def made(folder: pathlib.Path) -> tuple[int, str]:
    """Exit status and stderr of the program."""
    messages = io.StringIO()
    with contextlib.redirect_stderr(messages):
        status = exit_status(lambda: main([str(folder)]))
    return status, messages.getvalue()


def page_of(**files: object) -> str:
    with results(**files) as folder:
        status, messages = made(folder)
        assert status == 0, messages
        return (folder / "quantize.html").read_text()


class Texts(html.parser.HTMLParser):
    """The cells of tables, row by row, and every address that the page names."""

    def __init__(self, page: str):
        super().__init__()
        self.rows: list[list[str]] = []
        self.addresses: list[str] = []
        self.open: list[str] = []
        self.is_cell = False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag not in ("meta", "wbr"):
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.is_cell = True
        self.addresses += [
            value for key, value in attributes if key in ("href", "src", "xlink:href")
        ]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag
        self.is_cell = self.is_cell and tag not in ("td", "th")

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in ("meta", "wbr"):
            self.open.pop()

    def handle_data(self, text):
        if self.is_cell:
            self.rows[-1][-1] += text


class Page(unittest.TestCase):
    def test_has_every_column_of_the_terminal(self):
        rows = Texts(page_of()).rows
        range_of_weight = "\u22121.75 to 1.75"
        op = ["fc.quant", "uint8", "percentile 99", "0 to 3", "25", "1.5e-05", "61.2", "31.5"]
        self.assertEqual(rows[1], [*op, "equal", "75"])
        self.assertEqual(rows[2], ["flat", *[""] * 6, "31.5", "50.0", "100"])
        weight = [
            "fc.weight",
            "int4 (narrow)",
            "tensor",
            "minmax",
            range_of_weight,
            "0",
            "33.3",
            "3",
        ]
        self.assertEqual(rows[4], weight)
        self.assertEqual(rows[6], ["fc.quant", "2", "5.000e-01", "2.500e-01"])

    def test_has_a_figure_per_tensor_beside_its_op(self):
        cards = page_of().split("<article")[1:]
        self.assertEqual([card.count("<svg") for card in cards], [1, 2])
        self.assertIn('id="op-fc.quant"', cards[1])
        self.assertIn('aria-label="weight fc.weight: int4 (narrow), minmax', cards[1])

    def test_shades_a_tail_only_where_elements_are_clipped(self):
        image, op = page_of().split("<article")[1:]
        weight, output = op.split("<figure>")[1:]
        self.assertEqual([x.count("var(--heat)") for x in (image, weight, output)], [0, 0, 1])

    def test_draws_the_grid_of_codes_up_to_sixteen_only(self):
        image, op = page_of().split("<article")[1:]
        weight, output = op.split("<figure>")[1:]
        self.assertEqual([x.count("var(--code-line)") for x in (image, weight, output)], [0, 15, 0])

    def test_labels_axes_with_numbers_that_are_not_cut(self):
        first = HISTOGRAMS["tensors"][0] | {"bin_width": 0.00390625, "range": [0.0, 0.0125]}
        page = page_of(histograms=HISTOGRAMS | {"tensors": [first]})
        self.assertIn(">value of an element, in bins of 0.00391<", page)
        self.assertIn(">0.0125<", page)
        self.assertIn(">elements in a bin<", page)

    def test_says_the_worst_sqnr_the_zeros_and_the_warnings(self):
        page = re.sub("<[^>]*>", " ", page_of())
        self.assertRegex(page, r"Worst SQNR\s+30\.2\s+dB\s+integer against float, fc\.\s+quant")
        self.assertRegex(page, r"Weights that are 0\s+33\.3\s+%")
        self.assertIn("fc.quant: 1 of 1 scales saturate", page)

    def test_escapes_names_and_closes_what_it_opens(self):
        page = page_of()
        self.assertIn("small &lt;net&gt;", page)
        self.assertNotIn("<net>", page)
        self.assertEqual(Texts(page).open, [])

    def test_needs_nothing_but_itself(self):
        page = page_of()
        outside = [a for a in Texts(page).addresses if not a.startswith("#")]
        self.assertEqual(sorted(outside), ["histograms.json", "quantize.json"])
        self.assertNotIn("<script", page)
        self.assertNotRegex(page, r"url\((?!#)|@import")

    def test_names_every_part_of_a_drawing_once(self):
        names = re.findall(r' id="([^"]*)"', page_of())
        self.assertEqual(len(names), len(set(names)))

    def test_has_the_same_bytes_every_time(self):
        self.assertEqual(page_of(), page_of())

    def test_has_no_figures_where_nothing_is_quantised(self):
        page = page_of(histograms=HISTOGRAMS | {"tensors": []}, report=REPORT | {"ops": []})
        self.assertNotIn("<svg", page)
        self.assertIn("No quantizers", page)


class Bins(unittest.TestCase):
    def histogram(self, **changes: object):
        one = copy.deepcopy(HISTOGRAMS["tensors"][1]) | changes
        with results(histograms=HISTOGRAMS | {"tensors": [one]}) as folder:
            return read_histograms(folder).tensors[0]

    def test_merge_in_pairs_that_begin_at_even_indices(self):
        # Bins -3..253 are 257, and 65 of four: -3..-1 lie in the first, 252 and 253 in the last.
        counts = [1] * 257
        shift, merged = merged_bins(self.histogram(first_bin=-3, counts=counts, elements=257))
        self.assertEqual((shift, len(merged)), (2, 65))
        self.assertEqual((merged[0], merged[1], merged[-1]), (3, 4, 2))

    def test_stay_as_they_are_where_they_are_few(self):
        shift, merged = merged_bins(self.histogram(counts=[1] * 128, elements=128))
        self.assertEqual((shift, merged), (0, [1] * 128))

    def test_merge_until_the_range_has_no_more_than_values_may_have(self):
        # A range of 128 bins of 0.5 stays; the next one makes bins of 1.
        self.assertEqual(merged_bins(self.histogram(range=[0, 64]))[0], 0)
        shift, merged = merged_bins(self.histogram(range=[0, 64.5]))
        self.assertEqual((shift, merged), (1, [1, 3, 1, 1]))

    def test_shade_the_tails_that_lie_beyond_the_outermost_codes(self):
        # Bins of 0.5 from -2 to 2: the outermost ones hold [-2, -1.5) and [1.5, 2).
        for reals, expected in (
            ([-1.5, 1.5], [(-3, -1.5), (1.5, 3)]),
            ([-1.75, 1.5], [(1.5, 3)]),
            ([-1.5, 1.75], [(-3, -1.5)]),
            ([-1.75, 1.75], []),
        ):
            one = self.histogram(range=reals, clipped=1)
            self.assertEqual(clipped_tails(one, -3, 3), expected)
        self.assertEqual(clipped_tails(self.histogram(range=[0, 0], clipped=0), -3, 3), [])

    def test_codes_stand_at_their_reals(self):
        one = self.histogram(codes=[0, 3], zero_point=1, scale=0.5)
        self.assertEqual(code_values(one), [-0.5, 0.0, 0.5, 1.0])


class BadInput(unittest.TestCase):
    def refused(self, **files: object) -> str:
        with results(**files) as folder:
            status, message = made(folder)
            self.assertEqual(status, 2)
            self.assertEqual(message.count("\n"), 1)
            self.assertFalse((folder / "quantize.html").exists())
            return message.replace(str(folder), "OUT")

    def with_tensor(self, **changes: object) -> dict:
        first, *rest = HISTOGRAMS["tensors"]
        return HISTOGRAMS | {"tensors": [first | changes, *rest]}

    def test_a_missing_key_is_named(self):
        report = copy.deepcopy(REPORT)
        del report["ops"][0]["output"]["clipped"]
        self.assertEqual(
            self.refused(report=report),
            "error: OUT/quantize.json: ops[0].output.clipped: got nothing, expected an integer; "
            "systole quantize CONFIG --html writes it anew\n",
        )

    def test_a_value_of_another_type_is_named(self):
        self.assertIn(
            "samples: got true, expected an integer",
            self.refused(report=REPORT | {"samples": True}),
        )
        self.assertIn(
            "tensors: got 3, expected a list", self.refused(histograms=HISTOGRAMS | {"tensors": 3})
        )
        message = self.refused(histograms=self.with_tensor(range=[0, 1, 2]))
        self.assertIn("tensors[0].range: got 3 values, expected 2 values", message)

    def test_counts_that_are_not_the_elements_are_damage(self):
        for changes in ({"counts": [1, 0, 2]}, {"counts": [5, -1, 0]}):
            message = self.refused(histograms=self.with_tensor(**changes))
            self.assertIn("tensors[0].counts: got ", message)
            self.assertIn("expected counts of 4 elements", message)

    def test_numbers_that_cannot_be_drawn_are_damage(self):
        for changes in (
            {"bin_width": 0},
            {"bin_width": 1e250},
            {"first_bin": 2**50},
            {"range": [1, 0]},
            {"range": [0, 10**400]},
            {"kind": "bias"},
            {"name": "\ud800"},
        ):
            with self.subTest(changes):
                self.assertIn(
                    "histograms.json: tensors[0]",
                    self.refused(histograms=self.with_tensor(**changes)),
                )

    def test_a_missing_or_cut_file_is_named(self):
        with results() as folder:
            (folder / "histograms.json").unlink()
            status, message = made(folder)
            self.assertEqual(status, 2)
            self.assertIn("histograms.json: got No such file", message)
            (folder / "histograms.json").write_text(json.dumps(HISTOGRAMS)[:-9])
            status, message = made(folder)
            self.assertEqual((status, message.count("\n")), (2, 1))
            self.assertIn("histograms.json: is damaged or not of this format", message)


class Damage(unittest.TestCase):
    def test_is_refused_in_one_line_or_harmless(self):
        """Flipped, lost and doubled bytes, and numbers that are something else."""
        sound = json.dumps(HISTOGRAMS).encode()
        for seed in range(60):
            rng = random.Random(seed)
            data = bytearray(sound)
            for _ in range(rng.randint(1, 3)):
                at = rng.randrange(len(data))
                with_what = rng.choice(
                    [b"", b"0", b"e99", b"-", b"null", b'"', bytes([rng.randrange(256)])]
                )
                data[at : at + rng.randint(0, 2)] = with_what
            with self.subTest(seed=seed), results() as folder:
                (folder / "histograms.json").write_bytes(data)
                status, message = made(folder)
                self.assertIn(status, (0, 2))
                self.assertEqual(message.count("\n"), 1 if status else 0)


if __name__ == "__main__":
    unittest.main()
