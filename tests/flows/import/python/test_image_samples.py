"""Images as samples: idx files, ranges, padding, normalisation, and what is refused."""

import gzip
import pathlib
import struct
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from import_support import caught, temporary_directory  # noqa: E402

import image_samples  # noqa: E402
import numpy as np  # noqa: E402
import safetensors.numpy  # noqa: E402


def idx(array: np.ndarray, kind: int = 8) -> bytes:
    head = struct.pack(f">HBB{array.ndim}I", 0, kind, array.ndim, *array.shape)
    return head + array.tobytes()


GREY = np.arange(3 * 2 * 2, dtype=np.uint8).reshape(3, 2, 2) * 20
COLOUR = np.arange(2 * 2 * 2 * 3, dtype=np.uint8).reshape(2, 2, 2, 3)


class Images(unittest.TestCase):
    def setUp(self):
        temporary = temporary_directory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.images = self.folder / "images"
        self.labels = self.folder / "labels"
        self.images.write_bytes(idx(GREY))
        self.labels.write_bytes(idx(np.array([7, 1, 9], np.uint8)))

    def run_script(self, *words: object) -> tuple[int, str]:
        words = (self.images, "-o", self.folder / "out.safetensors", *words)
        arguments = image_samples.parse([str(word) for word in words])
        status, text = caught(lambda: image_samples.convert(arguments))
        return status, text.replace(str(self.folder), "FOLDER")

    def written(self, *words: object) -> dict[str, np.ndarray]:
        self.assertEqual(self.run_script(*words), (0, ""))
        return safetensors.numpy.load_file(self.folder / "out.safetensors")

    def refused(self, line: str, *words: object) -> None:
        self.assertEqual(self.run_script(*words), (2, f"error: {line}\n"))


class Values(Images):
    def test_are_bytes_by_255_with_a_channel_axis(self):
        out = self.written()
        self.assertEqual(list(out), ["inputs"])
        self.assertEqual((out["inputs"].dtype, out["inputs"].shape), (np.float32, (3, 1, 2, 2)))
        self.assertEqual(out["inputs"][1, 0, 1, 0], np.float32(120) / np.float32(255))

    def test_of_gzipped_files_are_the_same(self):
        expected = self.written("--labels", self.labels)
        self.images.write_bytes(gzip.compress(idx(GREY)))
        self.labels.write_bytes(gzip.compress(idx(np.array([7, 1, 9], np.uint8))))
        got = self.written("--labels", self.labels)
        for name in ("inputs", "labels"):
            np.testing.assert_array_equal(got[name], expected[name])

    def test_of_a_range_keep_their_labels(self):
        out = self.written("--labels", self.labels, "--range", "1:3")
        np.testing.assert_array_equal(out["labels"], [1, 9])
        np.testing.assert_array_equal(out["inputs"][:, 0], GREY[1:] / np.float32(255))

    def test_are_normalised_per_channel(self):
        self.images.write_bytes(idx(COLOUR))
        self.labels.write_bytes(idx(np.array([1, 2], np.int8), kind=9))
        out = self.written(
            *("--mean", 0.1, 0.2, 0.3, "--std", 0.5, 0.25, 1, "--labels", self.labels)
        )
        for channel, (mean, std) in enumerate(((0.1, 0.5), (0.2, 0.25), (0.3, 1))):
            expected = (COLOUR[..., channel] / 255 - mean) / std
            np.testing.assert_allclose(out["inputs"][:, channel], expected, rtol=1e-5, atol=1e-6)

    def test_are_padded_with_black_before_they_are_normalised(self):
        out = self.written("--pad", 5, "--mean", 0.5, "--std", 0.25)["inputs"]
        self.assertEqual(out.shape, (3, 1, 5, 5))
        np.testing.assert_allclose(out[:, 0, 1:3, 1:3], (GREY / 255 - 0.5) / 0.25, rtol=1e-5)
        border = out[:, 0].copy()
        border[:, 1:3, 1:3] = -2
        np.testing.assert_array_equal(border, np.full((3, 5, 5), -2))

    def test_of_reals_stay(self):
        self.images = self.folder / "x.npy"
        reals = np.array([0.25, -3, 7, 1e-3], np.float32).reshape(1, 1, 2, 2)
        np.save(self.images, reals)
        np.testing.assert_array_equal(self.written()["inputs"], reals)


class Refusals(Images):
    def test_of_files_that_are_no_idx(self):
        self.images.write_bytes(b"GIF89a")
        self.refused("FOLDER/images: got another beginning, expected an idx file: two zero bytes")
        self.images.write_bytes(idx(GREY, kind=13))
        self.refused("FOLDER/images: got type 13, rank 3, expected bytes (8 or 9), rank 1 to 4")
        self.images.write_bytes(idx(GREY)[:-1])
        self.refused("FOLDER/images: got 27 bytes, expected 16 and elements [3, 2, 2]")
        self.images.write_bytes(gzip.compress(idx(GREY))[:-9])
        status, text = self.run_script()
        self.assertEqual(status, 2)
        self.assertIn("FOLDER/images: is damaged or not of this format", text)

    def test_of_ranges_that_are_none(self):
        for text in ("2", "2:2", "2:1", "-1:2", "a:b"):
            self.refused(
                f"--range: got {text}, expected FIRST:LAST, the last not included",
                f"--range={text}",
            )
        self.refused(
            "--range: got 0:4, expected at most the 3 images of FOLDER/images", "--range", "0:4"
        )

    def test_of_labels_for_other_images(self):
        self.labels.write_bytes(idx(np.array([7, 1], np.uint8)))
        self.refused(
            "FOLDER/labels: got 2 labels, expected 3, one per sample", "--labels", self.labels
        )

    def test_of_numbers_for_other_channels(self):
        self.refused("--mean: got 2 numbers, expected 1 or 1, one per channel", "--mean", 0.1, 0.2)
        for std in ("0", "-1", "inf", "nan"):
            status, text = self.run_script("--std", std)
            self.assertEqual(status, 2)
            self.assertIn("--std: got [", text)

    def test_of_a_size_below_the_images(self):
        self.refused("--pad: got 1, expected at least the images' (2, 2)", "--pad", 1)


if __name__ == "__main__":
    unittest.main()
