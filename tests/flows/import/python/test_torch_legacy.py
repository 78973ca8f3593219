"""Files of torch.save before 1.6: what they hold, and what a reader must refuse."""

import pathlib
import pickle
import random
import struct
import sys
import unittest
from collections import OrderedDict

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import torch2chip_support as support  # noqa: E402  (it sets the paths of what follows)
from import_support import at_most, mutated  # noqa: E402

import numpy as np  # noqa: E402
import torch_legacy  # noqa: E402
from errors import InputError  # noqa: E402
from legacy_writer import MAGIC, SIZES, save_legacy  # noqa: E402
from torch_checkpoint import load_checkpoint  # noqa: E402
from torch_writer import View, view  # noqa: E402

A = np.arange(6, dtype=np.float32).reshape(2, 3)
B = np.array([1.5, -2], np.float64)


class Files(unittest.TestCase):
    def setUp(self):
        temporary = support.temporary_directory()
        self.addCleanup(temporary.cleanup)
        self.path = pathlib.Path(temporary.name) / "x.th"
        self.state = OrderedDict(a=view(A.T), b=view(B))

    def expect_refused(self, *words: str) -> None:
        with self.assertRaises(InputError) as refused:
            torch_legacy.load(self.path)
        for word in (str(self.path), *words):
            self.assertIn(word, str(refused.exception))

    def edited(self, old: bytes, new: bytes) -> None:
        save_legacy(self.path, self.state)
        data = self.path.read_bytes()
        self.assertEqual(data.count(old), 1)
        self.path.write_bytes(data.replace(old, new))


class Tensors(Files):
    def test_have_their_values_whatever_the_order_of_storages(self):
        for order in (slice(None), slice(None, None, -1)):
            save_legacy(self.path, self.state, order=order)
            loaded = torch_legacy.load(self.path)
            np.testing.assert_array_equal(loaded["a"].numpy(), A.T)
            np.testing.assert_array_equal(loaded["b"].numpy(), B)

    def test_of_one_storage_share_it(self):
        elements = np.arange(5, dtype=np.float32)
        save_legacy(self.path, OrderedDict(x=View(elements, (2,), (2,), 1)))
        np.testing.assert_array_equal(torch_legacy.load(self.path)["x"].numpy(), [1, 3])

    def test_of_older_torch_versions_have_another_builder(self):
        self.edited(b"_rebuild_tensor_v2", b"_rebuild_tensor")
        np.testing.assert_array_equal(torch_legacy.load(self.path)["b"].numpy(), B)


class Refusals(Files):
    def test_of_another_magic_number_or_version(self):
        save_legacy(self.path, self.state, magic=MAGIC + 1)
        self.expect_refused(f"got the magic number {MAGIC + 1}, expected {MAGIC}")
        save_legacy(self.path, self.state, version=1002)
        self.expect_refused("got the version 1002, expected 1001")

    def test_of_a_big_endian_machine(self):
        save_legacy(self.path, self.state, sizes=SIZES | {"little_endian": False})
        self.expect_refused("got a file of a big-endian machine, expected little-endian")

    def test_of_a_file_that_ends_early(self):
        save_legacy(self.path, self.state)
        data = self.path.read_bytes()
        self.path.write_bytes(data[:-1])
        self.expect_refused("got the end of the file")
        self.path.write_bytes(data[: -A.nbytes - 4])
        self.expect_refused("0: got no storage, expected one of 6 elements")
        self.path.write_bytes(b"")
        self.expect_refused("a pickle without an end")

    def test_of_a_storage_of_another_size(self):
        self.edited(struct.pack("<q", 6), struct.pack("<q", 7))
        self.expect_refused("0: got no storage, expected one of 6 elements")

    def test_of_keys_that_no_tensor_has(self):
        save_legacy(self.path, self.state)
        data = self.path.read_bytes()
        keys = pickle.dumps(["1", "0"], protocol=2)
        self.assertEqual(data.count(keys), 1)
        self.path.write_bytes(data.replace(keys, pickle.dumps(["1", "2"], protocol=2)))
        self.expect_refused("got other storages, expected those of the tensors")

    def test_of_a_pickle_that_names_anything_else(self):
        save_legacy(self.path, self.state)
        data = self.path.read_bytes()
        evil = data.replace(b"ctorch._utils\n_rebuild_tensor_v2\n", b"cposix\nsystem\n")
        self.assertNotEqual(data, evil)
        self.path.write_bytes(evil)
        self.expect_refused("got a pickle that names posix.system", "nothing of it was executed")

    def test_of_damage_of_any_kind(self):
        save_legacy(self.path, self.state)
        data = self.path.read_bytes()
        for seed in range(500):
            with self.subTest(seed=seed), at_most(seconds=5):
                self.path.write_bytes(mutated(data, random.Random(seed)))
                try:
                    checkpoint = load_checkpoint(self.path)
                    for name in checkpoint.tensors:
                        checkpoint.values(name)
                except InputError:
                    pass


if __name__ == "__main__":
    unittest.main()
