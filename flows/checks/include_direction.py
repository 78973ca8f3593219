#!/usr/bin/env python3
"""Checks that every include points upstream, as the folder list in README.md is ordered.

Usage: include_direction.py [ROOT]. Prints each violation as file:line and exits with 1 if any.
"""

import pathlib
import re
import sys

# folder -> folders that its files may include, besides itself.
LEAVES = {"model/config"}
MODEL = ["model/tensor", "model/ops", "model/network"]
REWRITES = ["model/quant", "model/fuse", "model/lower"]
ALL_MODEL = MODEL + REWRITES + sorted(LEAVES)

ALLOWED = {
    "model/config": set(),
    "model/tensor": LEAVES,
    "model/ops": LEAVES | {"model/tensor"},
    "model/network": LEAVES | {"model/tensor", "model/ops"},
    "model/quant": LEAVES | set(MODEL),
    "model/fuse": LEAVES | set(MODEL) | {"model/quant"},
    "model/lower": LEAVES | set(MODEL) | {"model/quant"},
    "golden": set(ALL_MODEL),
    "sim/channel": set(),
    "sim/schedule": set(ALL_MODEL) | {"golden", "sim/channel"},
    "sim/image": set(ALL_MODEL) | {"golden", "sim/channel", "sim/schedule"},
    "sim/dut": set(ALL_MODEL) | {"golden", "sim/channel"},
    "sim/bench": set(ALL_MODEL)
    | {"golden", "sim/channel", "sim/schedule", "sim/image", "sim/dut", "sim/coverage"},
    "sim/check": set(ALL_MODEL) | {"sim/channel"},
    "sim/coverage": LEAVES | {"model/tensor"},
}
ALLOWED["sim/run"] = set(ALLOWED) - {"model/config"} | LEAVES
ALLOWED["sim/report"] = ALLOWED["sim/run"] | {"sim/run"}
ALLOWED["flows"] = set(ALLOWED)

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
YAML_CPP = re.compile(r"^\s*#\s*include\s+<yaml-cpp/")
VERILATED = re.compile(r'^\s*#\s*include\s+[<"](V\w+\.h|V\w+___024root\.h|verilated\w*\.h)[>"]')
DRIVERS = ("sim/dut/adapter/", "flows/bench/")


def folder_of(path: str) -> str:
    """The longest entry of ALLOWED that `path` lies in, or ''."""
    fitting = [f for f in ALLOWED if path == f or path.startswith(f + "/")]
    return max(fitting, key=len, default="")


def violations(root: pathlib.Path):
    """Yields `file:line: message` for every include that points the wrong way."""
    for path in sorted(root.glob("*/**/*")):
        name = path.relative_to(root).as_posix()
        folder = folder_of(name)
        if not folder or path.suffix not in {".h", ".cpp"}:
            continue
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            if YAML_CPP.match(line) and folder != "model/config":
                yield f"{name}:{number}: only model/config may include yaml-cpp"
            if VERILATED.match(line) and not name.startswith(DRIVERS):
                yield f"{name}:{number}: only adapters and pin drivers may include Verilated models"
            match = INCLUDE.match(line)
            if not match:
                continue
            target = folder_of(match[1])
            if not target and match[1].count("/"):
                yield f"{name}:{number}: {match[1]} is in no folder of the data flow"
            elif target and target != folder and target not in ALLOWED[folder]:
                yield f"{name}:{number}: {folder} may not include {target}"


def main() -> int:
    here = pathlib.Path(__file__).resolve().parents[2]
    found = list(violations(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here))
    print("\n".join(found) if found else "every include points upstream")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
