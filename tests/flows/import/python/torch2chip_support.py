"""What the tests of the Torch2Chip importer share: fixtures, changed copies of them, one import."""

import contextlib
import io
import os
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import unittest
import zipfile
from collections.abc import Callable, Iterator

ROOT = pathlib.Path(__file__).resolve().parents[4]
FIXTURES = ROOT / "tests/fixtures/torch2chip"
TOPOLOGIES = ROOT / "tests/flows/import/topologies"
sys.dont_write_bytecode = True
sys.path[:0] = [str(ROOT / "flows/import"), str(FIXTURES)]

import torch2chip_import  # noqa: E402  (found through the paths above)
from errors import exit_status  # noqa: E402
from topology import load_topology  # noqa: E402
from torch2chip_build import build  # noqa: E402
from torch2chip_builder import Builder  # noqa: E402
from torch2chip_export import load_export  # noqa: E402


def data_folder() -> pathlib.Path:
    """The recorded cases; the test is skipped where they are absent."""
    folder = pathlib.Path(os.environ.get("SYSTOLE_DATA", ROOT / "../shared/data")) / "torch2chip"
    if not folder.is_dir():
        raise unittest.SkipTest("SYSTOLE_DATA names no folder of networks")
    return folder


@contextlib.contextmanager
def copy_of(fixture: str) -> Iterator[pathlib.Path]:
    """A copy of an export that a test may damage."""
    with tempfile.TemporaryDirectory(prefix="systole-test-") as temporary:
        yield pathlib.Path(shutil.copytree(FIXTURES / fixture, pathlib.Path(temporary) / fixture))


def built(export: pathlib.Path) -> Builder:
    return build(load_topology(export / "topology.yaml"), load_export(export))


def run(export: pathlib.Path, *words: object) -> tuple[int, str]:
    """The importer as from its command line, in this process: exit status and stderr."""
    required = [export, "--topology", export / "topology.yaml", "--bundle", export / "bundle"]
    arguments = torch2chip_import.parse([str(word) for word in [*required, *words]])
    return caught(lambda: torch2chip_import.convert(arguments))


def caught(action: Callable[[], object]) -> tuple[int, str]:
    """Exit status and stderr of a program that consists of `action`."""
    messages = io.StringIO()
    with contextlib.redirect_stderr(messages):
        status = exit_status(action)
    return status, messages.getvalue()


def change(export: pathlib.Path, file: str, old: str, new: str) -> None:
    text = (export / file).read_text()
    assert old in text, f"{file} lacks {old}"
    (export / file).write_text(text.replace(old, new))


def with_entry(path: pathlib.Path, suffix: str, change: Callable[[bytes], bytes]) -> None:
    """Rewrites a zip file with one entry, the one that ends in `suffix`, changed."""
    with zipfile.ZipFile(path) as archive:
        entries = [(entry.filename, archive.read(entry)) for entry in archive.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in entries:
            archive.writestr(name, change(data) if name.endswith(suffix) else data)


def mutated(data: bytes, rng: random.Random) -> bytes:
    """`data` with one to four flipped bits, overwritten bytes, or a lost end."""
    result = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4))):
        at = rng.randrange(len(result))
        match rng.randrange(4):
            case 0 | 1:
                result[at] ^= 1 << rng.randrange(8)
            case 2:
                size = rng.choice((1, 2, 4, 8))
                result[at : at + size] = rng.choice((b"\0", b"\xff", b"\x7f")) * size
            case 3:
                del result[max(at, 1) :]
    return bytes(result)


class TookTooLong(BaseException):
    """Not an Exception, so that no reader can take it for damage in a file."""


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TookTooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
