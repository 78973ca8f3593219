"""1,000 damaged files of every kind: each is refused with one line, or read; nothing in it runs."""

import io
import pathlib
import random
import sys
import unittest
import zipfile
from collections.abc import Callable

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from import_support import at_most, caught, mutated  # noqa: E402
from torch2chip_support import built, copy_of  # noqa: E402

from topology import load_topology  # noqa: E402
from torch2chip_build import build  # noqa: E402
from torch2chip_export import load_export  # noqa: E402
from torch2chip_goldens import read_goldens  # noqa: E402

MUTATIONS = 1000
SECONDS = 5
# What a file that executes something would make Python report.
EXECUTION = (
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "subprocess.Popen",
    "pickle.find_class",
    "ctypes.dlopen",
)
executed: list[str] = []


def watch(event: str, _: tuple) -> None:
    if event in EXECUTION:
        executed.append(event)


sys.addaudithook(watch)


class Damage(unittest.TestCase):
    def mutate(self, file: pathlib.Path, injure: Callable, read: Callable[[], object]) -> None:
        """Overwrites `file` with mutations of itself and `read`s each."""
        whole = file.read_bytes()
        refused = 0
        executed.clear()
        for seed in range(MUTATIONS):
            file.write_bytes(injure(whole, random.Random(seed)))
            with self.subTest(file=file.name, seed=seed), at_most(SECONDS):
                status, messages = caught(read)
                lines = [line for line in messages.splitlines() if not line.startswith("skipped: ")]
                self.assertIn(status, (0, 2))
                self.assertEqual(len(lines), 1 if status == 2 else 0, messages)
                self.assertTrue(status == 0 or lines[0].startswith("error: "), messages)
                refused += status == 2
        self.assertEqual(executed, [])
        self.assertGreater(refused, MUTATIONS // 10)

    def test_of_a_tensor_is_survived(self):
        with copy_of("tiny") as directory:
            export = load_export(directory)
            read = lambda: export.tensor("fc.linear.ops", "x2")  # noqa: E731
            self.mutate(export.file("fc.linear.ops", "x2"), mutated, read)

    def test_of_a_tensors_pickle_is_survived(self):
        with copy_of("tiny") as directory:
            export = load_export(directory)
            read = lambda: export.tensor("fc.linear.ops", "x2")  # noqa: E731
            self.mutate(export.file("fc.linear.ops", "x2"), injured_within("data.pkl"), read)

    def test_of_a_state_dict_is_survived(self):
        with copy_of("tiny") as directory:
            topology = load_topology(directory / "topology.yaml")
            read = lambda: build(topology, load_export(directory))  # noqa: E731
            self.mutate(directory / "t2c_model.pth.tar", mutated, read)

    def test_of_a_state_dicts_pickle_is_survived(self):
        with copy_of("tiny") as directory:
            topology = load_topology(directory / "topology.yaml")
            read = lambda: build(topology, load_export(directory))  # noqa: E731
            self.mutate(directory / "t2c_model.pth.tar", injured_within("data.pkl"), read)

    def test_of_the_shapes_is_survived(self):
        with copy_of("tiny") as directory:
            topology = load_topology(directory / "topology.yaml")
            read = lambda: build(topology, load_export(directory))  # noqa: E731
            self.mutate(directory / "tensors/matmul.json", mutated, read)

    def test_of_a_topology_is_survived(self):
        with copy_of("tiny") as directory:
            export = load_export(directory)
            read = lambda: build(load_topology(directory / "topology.yaml"), export)  # noqa: E731
            self.mutate(directory / "topology.yaml", mutated, read)

    def test_of_recorded_arrays_is_survived(self):
        with copy_of("tiny") as directory:
            builder = built(directory)
            read = lambda: read_goldens(builder, [str(directory / "recorded.npz")])  # noqa: E731
            self.mutate(directory / "recorded.npz", mutated, read)

    def test_of_an_arrays_header_is_survived(self):
        with copy_of("tiny") as directory:
            builder = built(directory)
            read = lambda: read_goldens(builder, [str(directory / "recorded.npz")])  # noqa: E731
            self.mutate(directory / "recorded.npz", injured_within("conv1.scaler.npy", 128), read)

    def test_of_a_transformers_state_dict_is_survived(self):
        with copy_of("vit") as directory:
            topology = load_topology(directory / "topology.yaml")
            read = lambda: build(topology, load_export(directory))  # noqa: E731
            self.mutate(directory / "t2c_model.pth.tar", mutated, read)

    def test_of_a_transformers_shapes_is_survived(self):
        for fixture in ("vit", "bert"):
            with copy_of(fixture) as directory:
                topology = load_topology(directory / "topology.yaml")
                read = lambda: build(topology, load_export(directory))  # noqa: E731, B023
                self.mutate(directory / "tensors/matmul.json", mutated, read)

    def test_of_a_transformers_topology_is_survived(self):
        for fixture in ("swin", "bert"):
            with copy_of(fixture) as directory:
                path, export = directory / "topology.yaml", load_export(directory)
                read = lambda: build(load_topology(path), export)  # noqa: E731, B023
                self.mutate(path, mutated, read)

    def test_of_samples_is_survived(self):
        with copy_of("tiny") as directory:
            builder = built(directory)
            read = lambda: read_goldens(builder, [str(directory / "input.npy")])  # noqa: E731
            injure = lambda data, rng: mutated(data[:128], rng) + data[128:]  # noqa: E731
            self.mutate(directory / "input.npy", injure, read)

    def test_is_noticed_when_it_executes_something(self):
        executed.clear()
        with self.assertRaises(Exception):
            import pickle

            pickle.loads(b"cposix\nno_such_function\n.")
        self.assertEqual(executed, ["pickle.find_class"])


def injured_within(suffix: str, most: int = 1 << 30) -> Callable[[bytes, random.Random], bytes]:
    """Mutates the first `most` bytes of one entry of a zip file, and leaves the file a good one."""

    def injure(whole: bytes, rng: random.Random) -> bytes:
        result = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(whole)) as source, zipfile.ZipFile(result, "w") as target:
            for entry in source.infolist():
                data = source.read(entry)
                if entry.filename.endswith(suffix):
                    data = mutated(data[:most], rng) + data[most:]
                target.writestr(entry.filename, data)
        return result.getvalue()

    return injure


if __name__ == "__main__":
    unittest.main()
