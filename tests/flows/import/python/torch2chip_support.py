"""What the tests of the Torch2Chip importer share: fixtures, changed copies of them, one import."""

import contextlib
import os
import pathlib
import shutil
import sys
import unittest
import zipfile
from collections.abc import Callable, Iterator

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import import_support  # noqa: E402
from import_support import ROOT, caught, temporary_directory  # noqa: E402

FIXTURES = import_support.fixtures("torch2chip")
TOPOLOGIES = ROOT / "tests/flows/import/topologies"

import torch2chip_import  # noqa: E402  (found through the paths above)
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
    with temporary_directory() as temporary:
        yield pathlib.Path(shutil.copytree(FIXTURES / fixture, pathlib.Path(temporary) / fixture))


def built(export: pathlib.Path) -> Builder:
    return build(load_topology(export / "topology.yaml"), load_export(export))


def run(export: pathlib.Path, *words: object) -> tuple[int, str]:
    """The importer as from its command line, in this process: exit status and stderr."""
    required = [export, "--topology", export / "topology.yaml", "--bundle", export / "bundle"]
    arguments = torch2chip_import.parse([str(word) for word in [*required, *words]])
    return caught(lambda: torch2chip_import.convert(arguments))


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
