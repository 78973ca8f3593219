"""Damaged files of encodings and damaged models: refused with one line, or imported."""

import json
import pathlib
import random
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from aimet_support import FIXTURES, VERSIONS, convert, fixture  # noqa: E402
from damage_support import DamageCase  # noqa: E402
from import_support import IMPORT, mutated, temporary_directory  # noqa: E402


MUTATIONS = 300
NET = FIXTURES / "net.onnx"
VALUES = (None, True, False, -1, 0, 1, 3, 8, 2.5, 1e400, -1e-50, 10**30, "", "x", [], {}, [[]])


def changed(json_: object, rng: random.Random) -> object:
    """One value somewhere replaced, removed or doubled."""
    if not isinstance(json_, (dict, list)) or not json_ or rng.random() < 0.1:
        return rng.choice(VALUES)
    key = rng.choice(list(json_) if isinstance(json_, dict) else range(len(json_)))
    copy = json_.copy()
    match rng.randrange(8):
        case 0:
            del copy[key]
        case 1 if isinstance(json_, list):
            copy.append(copy[key])
        case _:
            copy[key] = changed(copy[key], rng)
    return copy


class Damage(DamageCase):
    def expect_survival(self, model: bytes, encodings: str | bytes, case: str) -> None:
        with self.survives(case):
            convert(model, encodings, "int32")

    def test_of_encodings_by_seeded_mutations_of_bytes(self):
        model, data = NET.read_bytes(), fixture("lpbq", "2.0.0").read_bytes()
        for seed in range(MUTATIONS):
            self.expect_survival(model, mutated(data, random.Random(seed)), f"seed {seed}")
        self.assertGreater(self.refused, MUTATIONS // 10)

    def test_of_encodings_by_seeded_mutations_of_values(self):
        model = NET.read_bytes()
        for variant, versions in VERSIONS.items():
            for version in versions:
                file = json.loads(fixture(variant, version).read_text())
                for seed in range(MUTATIONS // 3):
                    text = json.dumps(changed(file, random.Random(seed)))
                    self.expect_survival(model, text, f"{variant} {version}, seed {seed}")
        self.assertGreater(self.refused, MUTATIONS // 10)
        self.assertGreater(self.taken, MUTATIONS // 100)

    def test_of_models_by_seeded_mutations(self):
        data, encodings = NET.read_bytes(), fixture("blocks", "1.0.0").read_text()
        for seed in range(MUTATIONS):
            self.expect_survival(mutated(data, random.Random(seed)), encodings, f"seed {seed}")
        self.assertGreater(self.refused, MUTATIONS // 10)
        self.assertGreater(self.taken, MUTATIONS // 10)

    def test_of_encodings_at_many_lengths(self):
        model, text = NET.read_bytes(), fixture("channels", "0.6.1").read_text().rstrip()
        for length in range(0, len(text), 97):
            self.expect_survival(model, text[:length], f"{length} bytes")
        self.assertEqual(self.taken, 0)


class CommandLine(unittest.TestCase):
    def run_program(self, *words: object) -> subprocess.CompletedProcess:
        command = [sys.executable, "-B", IMPORT / "aimet_import.py", *words]
        return subprocess.run(
            [str(word) for word in command], capture_output=True, text=True, timeout=60
        )

    def test_exits_with_two_and_one_line_on_a_damaged_file(self):
        text = fixture("lpbq", "1.0.0").read_text()
        with temporary_directory() as folder:
            path = pathlib.Path(folder, "e.json")
            for length in (0, 100, len(text) // 2):
                path.write_text(text[:length])
                finished = self.run_program(NET, path, "--bundle", f"{folder}/out")
                self.assertEqual(finished.returncode, 2, finished.stderr)
                self.assertRegex(finished.stderr, rf"\Aerror: {path}: [^\n]+\n\Z")
                self.assertFalse(pathlib.Path(folder, "out").exists())

    def test_exits_with_two_when_there_is_no_file(self):
        for source in ("/absent/e.json", "/dev/zero", "/"):
            finished = self.run_program(NET, source, "--bundle", "/dev/null/out")
            self.assertEqual(finished.returncode, 2)
            self.assertRegex(finished.stderr, rf"\Aerror: {source}: [^\n]+\n\Z")

    def test_exits_with_two_on_a_wrong_choice(self):
        words = (NET, fixture("lpbq", "1.0.0"), "--bundle", "/dev/null/out", "--bias", "int16")
        finished = self.run_program(*words)
        self.assertEqual(finished.returncode, 2)
        self.assertRegex(finished.stderr, r"\Aerror: [^\n]*--bias[^\n]+\n\Z")

    def test_exits_with_zero_and_says_nothing_when_all_is_well(self):
        with temporary_directory() as folder:
            words = (NET, fixture("lpbq", "1.0.0"), "--bundle", f"{folder}/out")
            finished = self.run_program(*words)
            self.assertEqual((finished.returncode, finished.stderr, finished.stdout), (0, "", ""))


if __name__ == "__main__":
    unittest.main()
