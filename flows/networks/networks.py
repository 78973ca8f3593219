"""Imports the networks of a list, lowers each and runs it whole; prints one row per network.

Every network gets its folder in --out: the bundle, a run.yaml that `systole run` takes, and the run.
"""

import argparse
import dataclasses
import fnmatch
import json
import os
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
BAD_INPUT = 2
FORMATS = ("tflite", "torch2chip", "onnx", "aimet")
COLUMNS = ("network", "MACs", "on RTL", "cycles", "use", "load s", "golden s", "simulate s", "total s",
           "MMAC/s", "compared", "host ops", "verdict")


class BadInput(Exception):
    """What is wrong with the list or the folder, one line."""


@dataclasses.dataclass(frozen=True)
class Network:
    name: str
    format: str
    source: str = ""
    samples: str = ""
    encodings: str = ""
    settings: dict[str, str] = dataclasses.field(default_factory=dict)
    inputs: dict[str, str] = dataclasses.field(default_factory=lambda: {"": "input.npy"})
    lowered: float = 1.0

    def import_arguments(self, data: Path) -> list[str]:
        if self.format != "torch2chip":
            files = [str(data / file) for file in (self.source, self.encodings) if file]
            samples = ["--samples", str(data / self.samples)] if self.samples else []
            return [self.format, *files, *samples]
        case = data / "torch2chip" / self.name
        topology = ROOT / "tests/flows/import/topologies" / f"{self.name}.yaml"
        samples = [word for name, file in self.inputs.items()
                   for word in ("--samples", f"{name}={case / file}" if name else str(case / file))]
        return ["torch2chip", str(case), "--topology", str(topology), *samples]


def read_list(path: Path) -> list[Network]:
    try:
        networks = [Network(**entry) for entry in yaml.safe_load(path.read_text())["networks"]]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise BadInput(f"{path}: got {error}, expected networks: [{{name, format, source, samples, "
                       "encodings, settings, inputs, lowered}}]")
    for network in networks:
        if network.format not in FORMATS:
            raise BadInput(f"{path}: {network.name}: got format '{network.format}', expected one of "
                           + ", ".join(FORMATS))
    return networks


def run_config(network: Network, size: int) -> str:
    config = {"network": "bundle", "inputs": {"count": 1},
              "dut": {"dir": str(ROOT / "rtl"), "parameters": {"Rows": size, "Cols": size}}}
    for key, value in network.settings.items():
        section, name = key.split(".")
        config.setdefault(section, {})[name] = value
    return f"# {network.name}, one input, on a {size}x{size} array.\n" + yaml.safe_dump(config)


def run_network(network: Network, arguments: argparse.Namespace) -> dict:
    """The run's verdict.json with `exit_code`; `verdict` and `message` alone where there is none."""
    def systole(words: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run([str(arguments.systole), *words], capture_output=True, text=True)

    folder = arguments.out / network.name
    folder.mkdir(parents=True, exist_ok=True)
    done = systole(["import", *network.import_arguments(arguments.data), "-o", str(folder / "bundle")])
    verdict_file = folder / "run/verdict.json"
    if done.returncode == 0:
        (folder / "run.yaml").write_text(run_config(network, arguments.size))
        verdict_file.unlink(missing_ok=True)
        done = systole(["run", str(folder / "run.yaml"), "--out", str(folder / "run"), "--fresh",
                        *arguments.more])
    if not verdict_file.exists() or done.returncode == BAD_INPUT:
        return {"exit_code": done.returncode or BAD_INPUT, "verdict": "refused",
                "message": done.stderr.strip()}
    return json.loads(verdict_file.read_text()) | {"exit_code": done.returncode}


def figures(name: str, verdict: dict) -> dict:
    """One row: sums over the ops, and the run's seconds."""
    if "ops" not in verdict:
        return {"network": name} | verdict
    ops = verdict["ops"]
    macs = sum(op["macs"] for op in ops)
    on_rtl = sum(op["macs"] for op in ops if op["engine"] == "rtl" and op["compared"] > 0)
    cycles = sum(op["cycles"] for op in ops)
    geometry = verdict["dut"]
    seconds = verdict["seconds_by_part"] | {"total": verdict["seconds"]}
    return {"network": name, "macs": macs, "macs_on_rtl": on_rtl, "cycles": cycles,
            "utilisation": on_rtl / (cycles * geometry["rows"] * geometry["cols"]) if cycles else 0.0,
            "seconds": seconds, "macs_per_second": on_rtl / seconds["total"],
            "compared": verdict["compared"], "mismatched": verdict["mismatched"],
            "host_ops": [f"{op['name']} ({op['op']})" for op in ops if op["engine"] == "host"],
            "verdict": verdict["verdict"], "exit_code": verdict["exit_code"]}


def cells(row: dict) -> list[str]:
    if "macs" not in row:
        return [row["network"], *[""] * (len(COLUMNS) - 2), row["verdict"]]
    seconds = row["seconds"]
    return [row["network"], f"{row['macs']:,}", f"{100 * row['macs_on_rtl'] / max(row['macs'], 1):.2f} %",
            f"{row['cycles']:,}", f"{100 * row['utilisation']:.0f} %", f"{seconds['network']:.2f}",
            f"{seconds['golden']:.2f}", f"{seconds['simulate']:.2f}", f"{seconds['total']:.2f}",
            f"{row['macs_per_second'] / 1e6:,.0f}", f"{row['compared']:,}", str(len(row["host_ops"])),
            row["verdict"]]


def print_table(rows: list[dict]) -> None:
    table = [list(COLUMNS)] + [cells(row) for row in rows]
    widths = [max(len(line[c]) for line in table) for c in range(len(COLUMNS))]
    for line in table:
        aligned = [text.ljust(width) if c in (0, len(COLUMNS) - 1) else text.rjust(width)
                   for c, (text, width) in enumerate(zip(line, widths))]
        print("  ".join(aligned).rstrip())
    for row in rows:
        if row.get("message"):
            print(f"\n{row['network']}: {row['message']}", file=sys.stderr)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="flows/networks/run", description=__doc__.splitlines()[0])
    parser.add_argument("--list", type=Path, default=Path(__file__).with_name("networks.yaml"),
                        help="the networks (default: networks.yaml beside this program)")
    parser.add_argument("--data", type=Path, default=os.environ.get("SYSTOLE_DATA", ROOT / "../shared/data"),
                        help="the folder that their files lie in (default: $SYSTOLE_DATA)")
    parser.add_argument("--match", default="*", help="only networks whose name matches this pattern")
    parser.add_argument("--size", type=int, default=32, help="rows and columns of the array (default: 32)")
    parser.add_argument("--out", type=Path, default=ROOT / "build/networks", help="default: build/networks")
    parser.add_argument("--json", type=Path, help="also write the rows to this file")
    parser.add_argument("--systole", type=Path, default=ROOT / "flows/systole",
                        help="the program (default: flows/systole)")
    parser.add_argument("more", nargs="*", metavar="-- OPTION",
                        help="options of `systole run`, such as -- --workers 1")
    parser.epilog = "Example: flows/networks/run --match 'mobilenet*' -- --workers 1"
    return parser.parse_args()


def main() -> int:
    arguments = parse_arguments()
    try:
        networks = [n for n in read_list(arguments.list) if fnmatch.fnmatch(n.name, arguments.match)]
        if not networks:
            raise BadInput(f"--match: got '{arguments.match}', expected the name of a network in "
                           f"{arguments.list}")
        if not arguments.data.is_dir():
            raise BadInput(f"--data: got {arguments.data}, expected the folder of networks; set SYSTOLE_DATA")
    except BadInput as error:
        print(f"flows/networks/run: {error}", file=sys.stderr)
        return BAD_INPUT
    rows = []
    for network in networks:
        if sys.stderr.isatty():
            print(f"\r\033[K{network.name}", end="", file=sys.stderr)
        rows.append(figures(network.name, run_network(network, arguments)))
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    print_table(rows)
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=2) + "\n")
    return max(row["exit_code"] for row in rows)


if __name__ == "__main__":
    sys.exit(main())
