"""Reading torch's files: views, and what a reader of untrusted files must refuse."""

import copy
import os
import pathlib
import pickle
import struct
import sys
import unittest
import zipfile
from collections import OrderedDict
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import torch2chip_support as support  # noqa: E402  (it sets the paths of what follows)

import numpy as np  # noqa: E402
import torch_writer  # noqa: E402
import torch_zip  # noqa: E402
from errors import InputError  # noqa: E402
from torch_writer import View, save, view  # noqa: E402


class Files(unittest.TestCase):
    def setUp(self):
        temporary = support.temporary_directory()
        self.addCleanup(temporary.cleanup)
        self.path = pathlib.Path(temporary.name) / "x.pt"

    def expect_refused(self, *words: str) -> None:
        with self.assertRaises(InputError) as refused:
            loaded = torch_zip.load(self.path)
            loaded.numpy()
        for word in (str(self.path), *words):
            self.assertIn(word, str(refused.exception))

    def write_pickle(self, data: bytes, elements: bytes = b"") -> None:
        with zipfile.ZipFile(self.path, "w") as archive:
            archive.writestr("x/data.pkl", data)
            archive.writestr("x/data/0", elements)


class Tensors(Files):
    def read_back(self, array: np.ndarray) -> np.ndarray:
        save(self.path, view(array))
        return torch_zip.load(self.path).numpy()

    def test_keep_type_and_values(self):
        for dtype in (np.float32, np.int32, np.int64):
            array = np.array([[1, -2, 3], [4, 5, -6]], dtype)
            read = self.read_back(array)
            self.assertEqual(read.dtype, dtype)
            np.testing.assert_array_equal(read, [[1, -2, 3], [4, 5, -6]])

    def test_honour_strides(self):
        np.testing.assert_array_equal(
            self.read_back(np.arange(6, dtype=np.int32).reshape(2, 3).T), [[0, 3], [1, 4], [2, 5]]
        )

    def test_honour_offsets(self):
        array = np.arange(12, dtype=np.int32).reshape(3, 4)[1:, 1:3]
        np.testing.assert_array_equal(self.read_back(array), [[5, 6], [9, 10]])

    def test_honour_strides_of_zero(self):
        save(self.path, View(np.array([7], np.int32), (2, 3), (0, 0)))
        np.testing.assert_array_equal(torch_zip.load(self.path).numpy(), np.full((2, 3), 7))

    def test_without_axes_are_one_value(self):
        self.assertEqual(self.read_back(np.array(2.5, np.float32)), np.float32(2.5))

    def test_without_elements_have_none(self):
        self.assertEqual(self.read_back(np.zeros((0, 3), np.float32)).shape, (0, 3))

    def test_of_the_other_byte_order_are_swapped(self):
        save(self.path, view(np.array([1, -2], np.int32)))
        support.with_entry(self.path, "byteorder", lambda _: b"big")
        support.with_entry(self.path, "data/0", lambda data: struct.pack(">2i", 1, -2))
        np.testing.assert_array_equal(torch_zip.load(self.path).numpy(), [1, -2])

    def test_of_a_state_dict_keep_names_and_order(self):
        state = OrderedDict(b=view(np.array([1], np.int64)), a=view(np.array([2.0], np.float32)))
        state._metadata = OrderedDict()
        save(self.path, state)
        loaded = torch_zip.load(self.path)
        self.assertEqual(list(loaded), ["b", "a"])
        self.assertEqual(loaded["a"].numpy(), [2.0])


class Bombs(Files):
    """Files that would take memory or time out of proportion."""

    def test_a_shape_of_two_to_the_forty_bytes_is_refused(self):
        save(self.path, View(np.zeros(1, np.float32), (1 << 19, 1 << 19), (0, 0)))
        self.expect_refused("[524288, 524288]", f"at most {1 << 28} elements")

    def test_a_storage_of_two_to_the_forty_bytes_is_refused(self):
        elements = View(np.zeros(4, np.float32), (4,), (1,))
        save(self.path, elements)
        data = zipfile.ZipFile(self.path).read("x/data.pkl")
        huge = data.replace(b"K\x04t", b"\x8a\x05\x00\x00\x00\x00\x40t")  # LONG1 2^38 elements.
        self.assertNotEqual(data, huge)
        support.with_entry(self.path, "data.pkl", lambda _: huge)
        self.expect_refused("16 bytes", str(1 << 38))

    def test_a_view_past_its_storage_is_refused(self):
        save(self.path, View(np.zeros(6, np.float32), (2, 3), (3, 2)))
        self.expect_refused("element 7", "at most 5")
        save(self.path, View(np.zeros(6, np.float32), (2, 3), (3, 1), 1))
        self.expect_refused("element 6", "at most 5")

    def test_a_view_that_just_fits_is_read(self):
        save(self.path, View(np.arange(6, dtype=np.float32), (2, 3), (1, 2)))
        np.testing.assert_array_equal(torch_zip.load(self.path).numpy(), [[0, 2, 4], [1, 3, 5]])

    def test_negative_offsets_and_strides_are_refused(self):
        for bad in (
            View(np.zeros(6, np.float32), (2,), (-1,), 3),
            View(np.zeros(6, np.float32), (2,), (1,), -1),
        ):
            save(self.path, bad)
            self.expect_refused("a tensor of something else")

    def test_a_memo_of_a_huge_index_takes_no_memory(self):
        self.write_pickle(b"\x80\x02}r\xff\xff\xff\x7f.")
        self.assertEqual(torch_zip.load(self.path), {})

    def test_a_text_longer_than_the_file_is_refused(self):
        self.write_pickle(b"\x80\x02X\xff\xff\xff\x7fabc.")
        self.expect_refused("damaged")

    def test_compressed_entries_are_refused(self):
        save(self.path, view(np.zeros(1 << 16, np.float32)))
        with zipfile.ZipFile(self.path) as archive:
            entries = [(entry.filename, archive.read(entry)) for entry in archive.infolist()]
        with zipfile.ZipFile(self.path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in entries:
                archive.writestr(name, data)
        self.expect_refused("a compressed entry")

    def test_entries_that_share_bytes_are_refused(self):
        save(self.path, view(np.zeros(1000, np.float32)))
        with zipfile.ZipFile(self.path, "a") as archive:
            twin = copy.copy(archive.getinfo("x/data/0"))
            twin.filename = "x/data/1"
            archive.filelist.append(twin)
            archive._didModify = True
        self.expect_refused("share bytes")


class Containers(Files):
    def test_an_encrypted_entry_is_refused(self):
        save(self.path, view(np.zeros(3, np.float32)))
        data = bytearray(self.path.read_bytes())
        data[data.index(b"PK\x01\x02") + 8] |= 1
        self.path.write_bytes(data)
        self.expect_refused("an encrypted entry")

    def test_two_entries_of_one_name_are_refused(self):
        save(self.path, view(np.zeros(3, np.float32)))
        with self.assertWarns(UserWarning), zipfile.ZipFile(self.path, "a") as archive:
            archive.writestr("x/data/0", bytes(12))
        self.expect_refused("x/data/0", "two entries")

    def test_a_missing_storage_is_named(self):
        data, _ = torch_writer.pickled(view(np.zeros(3, np.float32)))
        self.write_pickle(data.replace(b"X\x01\x00\x00\x000", b"X\x01\x00\x00\x007"))
        self.expect_refused("x/data/7", "missing")

    def test_a_file_without_a_pickle_is_refused(self):
        with zipfile.ZipFile(self.path, "w") as archive:
            archive.writestr("readme", "no tensors here")
        self.expect_refused("0 entries */data.pkl")

    def test_what_is_no_zip_file_is_refused(self):
        for data in (b"", b"no zip file", pickle.dumps({"a": 1})):
            self.path.write_bytes(data)
            self.expect_refused("damaged or not of this format")

    def test_a_missing_file_is_named(self):
        self.expect_refused("No such file")

    def test_changed_elements_are_noticed(self):
        save(self.path, view(np.full(3, 0.25, np.float32)))
        data = self.path.read_bytes()
        self.path.write_bytes(
            data.replace(np.float32(0.25).tobytes(), np.float32(0.5).tobytes(), 1)
        )
        self.expect_refused("x/data/0", "CRC")


class Call:
    """Pickles as a call of `function`."""

    def __init__(self, function: object, *arguments: object):
        self.call = function, arguments

    def __reduce__(self) -> tuple:
        return self.call


class ForbiddenNames(Files):
    """Nothing of a hostile pickle may run: what would run here leaves a mark."""

    def expect_named(self, data: bytes, name: str) -> None:
        mark = self.path.with_suffix(".mark")
        self.write_pickle(data.replace(b"MARK", str(mark).encode()))
        with mock.patch("os.system") as system, mock.patch("builtins.eval") as evaluate:
            self.expect_refused(f"names {name}", "nothing of it was executed")
        system.assert_not_called()
        evaluate.assert_not_called()
        self.assertFalse(mark.exists())

    def test_of_functions_are_refused_in_every_protocol(self):
        for protocol in range(6):
            with self.subTest(protocol=protocol):
                mark = str(self.path.with_suffix(".mark"))
                self.expect_named(
                    pickle.dumps(Call(os.system, f"touch {mark}"), protocol), "posix.system"
                )
                self.expect_named(
                    pickle.dumps(Call(eval, f"open('{mark}', 'w')"), protocol),
                    "builtins.eval" if protocol > 2 else "__builtin__.eval",
                )

    def test_would_have_run_in_an_ordinary_unpickler(self):
        mark = self.path.with_suffix(".mark")
        pickle.loads(pickle.dumps(Call(os.system, f"touch {mark}"), 2))
        self.assertTrue(mark.exists())

    def test_written_by_hand_are_refused(self):
        self.expect_named(b"cos\nsystem\n(S'touch MARK'\ntR.", "os.system")
        self.expect_named(b"(ios\nsystem\n.", "os.system")
        self.expect_named(b"\x80\x02cbuiltins\neval\n.", "builtins.eval")
        self.expect_named(b"\x80\x02ctorch\nload\n.", "torch.load")

    def test_that_only_look_like_allowed_ones_are_refused(self):
        self.expect_named(
            b"\x80\x02ctorch._utils\n_rebuild_tensor_v2.__globals__\n.",
            "torch._utils._rebuild_tensor_v2.__globals__",
        )
        self.expect_named(
            b"\x80\x02ccollections\nOrderedDict.__init__\n.", "collections.OrderedDict.__init__"
        )

    def test_are_refused_wherever_they_stand(self):
        state = OrderedDict(a=view(np.zeros(1, np.float32)))
        data, _ = torch_writer.pickled(state)
        self.write_pickle(data[:-1] + b"cos\nsystem\n0.", bytes(4))
        self.expect_refused("names os.system")

    def test_aside_other_opcodes_are_refused_by_name(self):
        for opcode, name in (
            (b"\x8f", "EMPTY_SET"),
            (b"N\x81", "NEWOBJ"),
            (b"\x82\x01", "EXT1"),
            (b"P0\n", "PERSID"),
            (b"(o", "OBJ"),
        ):
            self.write_pickle(b"\x80\x02" + opcode + b".")
            self.expect_refused("the pickle opcode " + name)

    def test_aside_calls_of_anything_else_are_refused(self):
        self.write_pickle(b"\x80\x02ctorch\nFloatStorage\n)R.")
        self.expect_refused("a call of something else")


class Pickles(Files):
    def test_without_an_end_are_refused(self):
        self.write_pickle(b"\x80\x02}")
        self.expect_refused("a pickle without an end")

    def test_that_take_from_an_empty_stack_are_refused(self):
        for opcodes in (b".", b"R.", b"t.", b"s.", b"q\x00.", b"h\x05."):
            self.write_pickle(b"\x80\x02" + opcodes)
            self.expect_refused("x.pt")


if __name__ == "__main__":
    unittest.main()
