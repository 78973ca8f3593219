"""Makes one HTML page of what `systole quantize CONFIG -o OUT --html` found.

    quantize_page.py OUT      # OUT/quantize.json and OUT/histograms.json become OUT/quantize.html
    quantize_page.py --check  # nothing but whether this Python can do it

The page needs no network and no script; the same numbers give the same bytes.
"""

import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "import"))

from errors import ArgumentParser, InputError, exit_status  # noqa: E402  (of flows/import)


def write_page(folder: pathlib.Path) -> None:
    from quantize_data import read_histograms, read_report

    report, histograms = read_report(folder), read_histograms(folder)
    check_environment()
    from quantize_html import page

    target = folder / "quantize.html"
    partial = folder / "quantize.html.part"
    try:
        partial.write_text(page(report, histograms), encoding="utf-8")
        os.replace(partial, target)
    except OSError as error:
        raise InputError(
            target, got=error.strerror, expected="a file that can be written"
        ) from error


def check_environment() -> None:
    try:
        import histogram_figure  # noqa: F401
    except ModuleNotFoundError as error:
        raise InputError(
            sys.executable,
            got=f"no module {error.name}",
            expected="the Python environment of the page",
            hint="flows/setup --report makes it",
        ) from error


def main(words: list[str]) -> None:
    parser = ArgumentParser(description=__doc__.split("\n")[0], allow_abbrev=False)
    parser.add_argument("folder", metavar="OUT", nargs="?", type=pathlib.Path)
    parser.add_argument("--check", action="store_true", help="write nothing")
    arguments = parser.parse_args(words)
    if arguments.check:
        check_environment()
    elif arguments.folder:
        write_page(arguments.folder)
    else:
        parser.error("OUT is missing")


if __name__ == "__main__":
    sys.exit(exit_status(lambda: main(sys.argv[1:])))
