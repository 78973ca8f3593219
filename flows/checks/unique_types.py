#!/usr/bin/env python3
"""Checks that no two headers define types of the same name in the same namespace.

Usage: unique_types.py [ROOT]. Two such types in one program are undefined behaviour that no compiler
reports: templates of the one serve the other. Prints each name and exits with 1 if any. Adapters
are compiled into objects of their own.
"""

import collections
import pathlib
import re
import sys

FOLDERS = ("model", "golden", "sim", "flows")
APART = "sim/dut/adapter/"
NAMESPACE = re.compile(r"^namespace ([\w:]+) {")
TYPE = re.compile(r"^(?:struct|class|enum class|union) (\w+)(?: final)?(?: : [^{;]+)? {")


def definitions(root: pathlib.Path):
    """Yields (namespace::name, file:line) of every type that a header defines at the top level."""
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.h")):
            name = path.relative_to(root).as_posix()
            if name.startswith(APART):
                continue
            namespace = ""
            for number, line in enumerate(path.read_text().splitlines(), start=1):
                if match := NAMESPACE.match(line):
                    namespace = match[1]
                elif match := TYPE.match(line):
                    yield f"{namespace}::{match[1]}", f"{name}:{number}"


def main() -> int:
    here = pathlib.Path(__file__).resolve().parents[2]
    places = collections.defaultdict(list)
    for name, place in definitions(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here):
        places[name].append(place)
    found = [f"{name}: {', '.join(at)}" for name, at in sorted(places.items()) if len(at) > 1]
    print("\n".join(found) if found else f"{len(places)} types have names of their own")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
