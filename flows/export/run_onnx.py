"""Runs an exported ONNX model in ONNX Runtime and compares every integer with a golden trace.

    run_onnx.py net.onnx --bundle out/network --trace out/golden [--optimise [--keep-biases]]
    run_onnx.py net.onnx --bundle out/network --record DIR  # The samples, for check-import.

A differing element is explained where the exact value, from ONNX Runtime's own operands, rounds to
what it gave (the operands differ: `carried`), lies as near to a tie as float32 can be off
(`near ties`), or gives that once the bias is a whole number of steps of the sums, which is how
integer kernels have it (`rounded bias`). Exit status: 0 when every difference is explained, 1 when
not, 2 for bad input.
"""

import argparse
import json
import pathlib
import sys
from dataclasses import asdict, dataclass, field

import numpy as np
import onnx
import onnxruntime

from qdq_bundle import InputError, Network, is_requantisation, read_network, reading
from qdq_exact import Evaluator
from onnx_qdq import METADATA
from qdq_inputs import inputs_of, samples_of
from qdq_trace import Trace, read_trace, write_trace

from errors import ArgumentParser, exit_status


@dataclass
class Comparison:
    name: str
    op: str
    compared: int = 0
    differing: int = 0
    largest: int = 0
    near_ties: int = 0
    rounded_bias: int = 0
    carried: int = 0
    elements: list[dict] = field(default_factory=list)  # Of near ties and what is unexplained.

    @property
    def unexplained(self) -> int:
        return self.differing - self.near_ties - self.rounded_bias - self.carried


def read_model(path: pathlib.Path) -> tuple[onnx.ModelProto, dict[str, dict]]:
    """The model with all codes among its outputs, and what its metadata says of them."""
    with reading(path):
        model = onnx.load(path)
        texts = {item.key: item.value for item in model.metadata_props}
        if METADATA not in texts:
            raise InputError(path, got="no note of where tensors are",
                             expected="a model that systole export --onnx-qdq wrote")  # fmt: skip
        recorded = json.loads(texts[METADATA])
        present = {value.name for value in model.graph.output}
        model.graph.output.extend(
            onnx.helper.make_empty_tensor_value_info(entry["value"])
            for entry in recorded.values()
            if entry["value"] not in present
        )
    return model, recorded


def run_model(
    model: onnx.ModelProto, recorded: dict[str, dict], feeds: dict[str, np.ndarray], optimise: bool,
    keep_biases: bool,
) -> dict[str, np.ndarray]:  # fmt: skip
    """The codes of every recorded tensor, as the bundle has them."""
    levels = onnxruntime.GraphOptimizationLevel
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = levels.ORT_ENABLE_ALL if optimise else levels.ORT_DISABLE_ALL
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    with reading("ONNX Runtime"):
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"],
            disabled_optimizers=["WeightBiasQuantization"] if keep_biases else None,
        )  # fmt: skip
        names = [entry["value"] for entry in recorded.values()]
        results = session.run(names, feeds)
    codes = {}
    for (name, entry), result in zip(recorded.items(), results):
        values = result.astype(np.int64) - entry["offset"]
        codes[name] = values.transpose(0, 2, 3, 1) if entry["channels_first"] else values
    return codes


def compare(network: Network, trace: Trace, codes: dict[str, np.ndarray]) -> list[Comparison]:
    evaluator = Evaluator(network, codes)
    ops = {op["name"]: op for op in network.ops}
    differing: set[str] = set()
    rows = []
    for name, values in codes.items():
        op = ops.get(name, {"op": "input", "inputs": []})
        expected = trace.tensors[name].astype(np.int64)
        if expected.shape != values.shape:
            raise InputError("", name, got=f"shape {list(values.shape)} from ONNX Runtime",
                             expected=f"{list(expected.shape)} as in the trace")  # fmt: skip
        row = Comparison(name, op["op"], values.size)
        places = np.argwhere(values != expected)
        row.differing = len(places)
        row.largest = int(np.abs(values - expected).max(initial=0))
        is_carried = bool(_sources(ops, op, codes) & differing)
        for place in places:
            _explain(row, evaluator, op, tuple(map(int, place)), values, expected, is_carried)
        if row.differing:
            differing.add(name)
        rows.append(row)
    return rows


def _sources(ops: dict[str, dict], op: dict, codes: dict[str, np.ndarray]) -> set[str]:
    """The tensors of codes that `op` computes with, by way of ops on reals too."""
    sources: set[str] = set()
    for name in op["inputs"]:
        sources |= {name} if name in codes or name not in ops else _sources(ops, ops[name], codes)
    return sources


def _explain(
    row: Comparison, evaluator: Evaluator, op: dict, place: tuple[int, ...], values: np.ndarray,
    expected: np.ndarray, is_carried: bool,
) -> None:  # fmt: skip
    code = int(values[place])
    element = {"index": list(place), "code": code, "golden": int(expected[place])}
    if not is_requantisation(op):
        # Such ops choose among their operands' codes, or compute with them in float.
        if is_carried:
            row.carried += 1
            return
    else:
        exact = evaluator.at(row.name, place)
        if exact.code == code:
            row.carried += 1
            return
        if exact.explains(code):
            row.near_ties += 1
        elif evaluator.has_bias(row.name):
            row.rounded_bias += evaluator.at(row.name, place, rounded_bias=True).explains(code)
        element |= {"exact": float(exact.value), "from_tie": exact.tie_distance}
    row.elements.append(element)


def text(rows: list[Comparison], optimise: bool) -> str:
    width = max(len(row.name) for row in rows)
    lines = [
        f"{'tensor':<{width}}  {'op':<16}{'compared':>12}{'differ':>9}{'largest':>9}"
        f"{'near ties':>11}{'rounded bias':>14}{'carried':>9}"
    ]
    for row in rows:
        lines.append(
            f"{row.name:<{width}}  {row.op:<16}{row.compared:>12,}{row.differing:>9,}"
            f"{row.largest:>9}{row.near_ties:>11,}{row.rounded_bias:>14,}{row.carried:>9,}"
        )
        lines += [f"  {_element(element)}" for element in row.elements[:10]]
    total = [sum(getattr(row, key) for row in rows)
             for key in ("compared", "differing", "near_ties", "rounded_bias", "carried",
                         "unexplained")]  # fmt: skip
    mode = "all optimisations" if optimise else "no optimisation"
    verdict = "EQUAL" if not total[1] else "DIFFERS" if total[5] else "EXPLAINED"
    lines.append(
        f"{verdict}: {len(rows)} tensors, {total[0]:,} elements compared, {total[1]:,} differ "
        f"({total[2]:,} near ties, {total[3]:,} rounded bias, {total[4]:,} carried, "
        f"{total[5]:,} unexplained); {mode}"
    )
    return "\n".join(lines)


def _element(element: dict) -> str:
    shown = f"{element['index']}: {element['code']}, golden {element['golden']}"
    if "exact" in element:
        shown += f", exact {element['exact']:.9g}, {element['from_tie']:.2g} from a tie"
    return shown


def parse_arguments() -> argparse.Namespace:
    parser = ArgumentParser(prog="run_onnx.py", description=__doc__.splitlines()[0])
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--bundle", type=pathlib.Path, required=True)
    parser.add_argument("--trace", type=pathlib.Path, help="the golden trace: its inputs are run")
    parser.add_argument("--optimise", action="store_true", help="with all graph optimisations")
    parser.add_argument(
        "--keep-biases", action="store_true",
        help="with --optimise: but float32 biases are not rounded to steps of the sums",
    )  # fmt: skip
    parser.add_argument("--record", type=pathlib.Path, help="write what it computed as a trace")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if not arguments.trace and not arguments.record:
        parser.error("got no --trace or --record, so nothing to do")
    return arguments


def main() -> int:
    arguments = parse_arguments()
    network = read_network(arguments.bundle)
    model, recorded = read_model(arguments.model)
    tensors = samples_of(network, arguments.bundle)
    if arguments.trace:
        trace = read_trace(arguments.trace)
        missing = [name for name in recorded if name not in trace.tensors]
        if missing:
            raise InputError(arguments.trace, got=f"no tensor {missing[0]}",
                             expected="a golden trace of the exported network")  # fmt: skip
        tensors = trace.tensors
    codes = run_model(
        model, recorded, inputs_of(network, tensors), arguments.optimise, arguments.keep_biases
    )
    rows = compare(network, trace, codes) if arguments.trace else []
    if arguments.record:
        reals = {i["name"]: tensors[i["name"]] for i in network.inputs if i["type"] == "float32"}
        write_trace(arguments.record, arguments.bundle, network, reals | codes)
    if arguments.json:
        print(json.dumps([asdict(row) for row in rows]))
    elif rows:
        print(text(rows, arguments.optimise))
    return int(any(row.unexplained for row in rows))


if __name__ == "__main__":
    outcome = 0

    def run() -> None:
        global outcome
        outcome = main()

    sys.exit(exit_status(run) or outcome)
