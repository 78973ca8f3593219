"""AIMET's files of encodings: what the three formats say alike, and what is refused."""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from aimet_support import (  # noqa: E402
    activation_061,
    activation_100,
    activation_200,
    blocks_100,
    blocks_200,
    channel_061,
    channels_100,
    channels_200,
    file_061,
    file_100,
    file_200,
    lpbq_100,
    lpbq_200,
    read,
    read_text,
)

from aimet_encodings import read_encodings  # noqa: E402
from errors import InputError  # noqa: E402


class Formats(unittest.TestCase):
    def test_say_the_same_of_an_activation(self):
        files = (
            file_061({"x": [activation_061()]}, {}),
            file_100([activation_100()], []),
            file_200(activation_200()),
        )
        for file in files:
            x = read(file).table["x"]
            self.assertEqual((x.type, x.range, x.is_channelwise), ("uint8", (0, 255), False))
            self.assertEqual((x.scales.ravel().tolist(), x.zero_points.ravel()), ([0.25], [3]))

    def test_say_the_same_of_channels(self):
        files = (
            file_061({}, {"w": [channel_061(), channel_061(scale=0.125)]}),
            file_100([], [channels_100()]),
            file_200(channels_200()),
        )
        for file in files:
            w = read(file).table["w"]
            self.assertEqual((w.type, w.range, w.is_channelwise), ("int4", (-8, 7), True))
            self.assertEqual(w.scales.tolist(), [0.5, 0.125])
            self.assertFalse(w.zero_points.any())

    def test_say_the_same_of_blocks(self):
        flat = blocks_100(scale=[0.5, 0.25, 0.125, 1.0], offset=[-8.0] * 4)
        for file in (file_100([], [flat]), file_200(blocks_200())):
            w = read(file).table["w"]
            self.assertEqual((w.type, w.block_size, w.block_factors), ("int4", 16, None))
            self.assertEqual(w.scales.ravel().tolist(), [0.5, 0.25, 0.125, 1.0])

    def test_say_the_same_of_lpbq(self):
        for file in (file_100([], [lpbq_100()]), file_200(lpbq_200())):
            w = read(file).table["w"]
            self.assertEqual((w.type, w.range, w.block_size), ("int4", (-8, 7), 16))
            self.assertEqual(w.scales.ravel().tolist(), [0.5, 0.125])
            self.assertEqual(w.block_factors.ravel().tolist(), [16, 1, 7, 16])

    def test_know_roles_but_for_2_0_0(self):
        table = read(file_100([activation_100()], [channels_100()])).table
        self.assertEqual((table["x"].role, table["w"].role), ("activation", "parameter"))
        self.assertEqual(read(file_200(activation_200())).table["x"].role, "")

    def test_absent_zero_points_are_0(self):
        entry = activation_200()
        del entry["y_zero_point"]
        self.assertEqual(read(file_200(entry)).table["x"].zero_points, 0)

    def test_signed_activations_keep_their_codes(self):
        entry = activation_200(output_dtype="int8", y_zero_point=-125)
        x = read(file_200(entry)).table["x"]
        self.assertEqual((x.type, x.range, x.zero_points), ("int8", (-128, 127), -125))

    def test_biases_have_32_bits(self):
        b = read(file_200(channels_200(output_dtype="int32"))).table["w"]
        self.assertEqual((b.bits, b.is_signed), (32, True))

    def test_offsets_of_symmetric_parameters_say_which_codes_there_are(self):
        for offset, codes in ((-8, (-8, 7)), (-7.0, (-7, 7)), (0, (0, 15))):
            w = read(file_100([], [channels_100(offset=[offset] * 2)])).table["w"]
            self.assertEqual((w.range, w.zero_points.tolist()), (codes, [0, 0]))

    def test_asymmetric_parameters_are_unsigned(self):
        entry = channels_100(is_sym=False, offset=[-3.0, -15.0])
        w = read(file_100([], [entry])).table["w"]
        self.assertEqual((w.range, w.zero_points.tolist()), ((0, 15), [3, 15]))

    def test_a_symmetric_activation_stays_unsigned(self):
        x = read(file_100([activation_100(is_sym=True, offset=[-128.0])], [])).table["x"]
        self.assertEqual((x.type, x.zero_points), ("uint8", 128))

    def test_scales_are_float32(self):
        x = read(file_200(activation_200(y_scale=0.1))).table["x"]
        self.assertEqual(x.scales, 0.100000001490116119384765625)


class Refusals(unittest.TestCase):
    def refused(self, file: dict | str | bytes, *parts: str) -> None:
        with self.assertRaises(InputError) as raised:
            read(file) if isinstance(file, dict) else read_text(file)
        for part in parts:
            self.assertIn(part, str(raised.exception))
        self.assertIn("e.json: ", str(raised.exception))
        self.assertNotIn("\n", str(raised.exception))

    def test_no_json(self):
        whole = json.dumps(file_200(activation_200()))
        for text in ("", "{", "no", b"\xff\xfe", b"\0" * 9, whole[:-3], whole + "}", "9" * 5000):
            self.refused(text, "is not JSON")
        for text in ("[]", "3", "null", '"x"'):
            self.refused(text, f"got {text}, expected an object")

    def test_nesting_without_end(self):
        for depth in (17, 1000, 100_000):
            self.refused("[" * depth + "]" * depth, f"got {depth} levels, expected at most 16")
        self.refused('{"encodings":' * 100_000, "got 100000 levels, expected at most 16")

    def test_brackets_in_names_are_no_nesting(self):
        file = file_200(*(activation_200(f'[[[[{i}"') for i in range(30)))
        self.assertEqual(len(read(file).table), 30)

    def test_another_version(self):
        self.refused({}, "version: expected this key")
        for version in ("3.0.0", "1.0", 1.0, None, ["1.0.0"]):
            file = {"version": version, "encodings": []}
            self.refused(file, f"version: got {json.dumps(version)}", '"0.6.1" or "1.0.0"')

    def test_sections_that_are_absent_or_of_another_format(self):
        self.refused({"version": "2.0.0"}, "encodings: expected this key")
        self.refused({"version": "1.0.0", "activation_encodings": []}, "param_encodings: expected")
        self.refused(file_061([], {}), "activation_encodings: got [], expected an object")
        self.refused(file_100({}, []), "activation_encodings: got {}, expected a list")

    def test_scales_that_are_none(self):
        for scale in (0, -0.5, 1e-60, 1e60, "0.5", True, None, [0.5], 10**400):
            self.refused(file_061({"x": [activation_061(scale=scale)]}, {}), "x[0].scale: got")
            self.refused(file_100([activation_100(scale=[scale])], []), "[0].scale[0]: got")
        for scale in (0, -0.5, 1e-60, 1e60, "0.5", True, None):
            self.refused(file_200(activation_200(y_scale=scale)), "[0].y_scale: got")
        for constant in ("NaN", "Infinity", "-Infinity"):
            text = json.dumps(file_200(activation_200())).replace("0.25", constant)
            self.refused(text, f"{constant} is no number")
        text = json.dumps(file_200(activation_200())).replace("0.25", "1e999")
        self.refused(text, "y_scale: got Infinity, expected a finite number")

    def test_booleans_of_the_other_format(self):
        for value in (False, "false", "FALSE", 0, None):
            entry = activation_061(is_symmetric=value)
            self.refused(file_061({"x": [entry]}, {}), '"True" or "False"')
        for value in ("False", 0, None):
            self.refused(file_100([activation_100(is_sym=value)], []), "true or false")

    def test_floats(self):
        hint = "float encodings are not read"
        self.refused(file_061({"x": [activation_061(dtype="float")]}, {}), "x[0].dtype", hint)
        self.refused(file_100([activation_100(dtype="FLOAT")], []), "[0].dtype", hint)
        self.refused(file_200(activation_200(output_dtype="float16")), "output_dtype", hint)

    def test_bit_widths(self):
        for bits in (0, 1, 17, 32, 2.5, "8", True):
            self.refused(file_061({"x": [activation_061(bitwidth=bits)]}, {}), ".bitwidth: got")
            self.refused(file_100([activation_100(bw=bits)], []), ".bw: got")
        for name in ("int1", "uint17", "int04", "uint32", "int", "8", "INT8", ""):
            self.refused(file_200(activation_200(output_dtype=name)), ".output_dtype: got")

    def test_channels_that_contradict_each_other(self):
        for key, value in (("bitwidth", 8), ("is_symmetric", "False")):
            channels = [channel_061(), channel_061(**{key: value})]
            self.refused(file_061({}, {"w": channels}), f"w[1].{key}", "the first channel's")
        mixed = channels_100(offset=[-8.0, -7.0])
        self.refused(file_100([], [mixed]), "offset[1]: got -7.0", "-8, -7 or 0 in all")

    def test_counts_that_contradict_the_type(self):
        entry = activation_100(scale=[0.5] * 16, offset=[0.0] * 16)
        self.refused(file_100([entry], []), "expected one scale, as enc_type is PER_TENSOR")
        entry = channels_100(offset=[-8.0])
        self.refused(file_100([], [entry]), "offset", "2 numbers, as many as scales")
        self.refused(file_100([], [channels_100(scale=[])]), "one scale or more")
        self.refused(file_061({}, {"w": []}), "w: got [], expected an encoding")
        entry = channels_200(y_zero_point=[0, 0, 0])
        self.refused(file_200(entry), "as many as y_scale, nested alike")

    def test_offsets_that_are_no_code(self):
        for offset in (-2.5, 1, -256, "0", None, 1e30):
            self.refused(file_061({"x": [activation_061(offset=offset)]}, {}), "offset: got")
            self.refused(file_100([activation_100(offset=[offset])], []), "offset[0]: got")
        for zero_point in (-1, 256, 0.5, "0", None, [0]):
            entry = activation_200(y_zero_point=zero_point)
            self.refused(file_200(entry), "y_zero_point: got")
        self.refused(file_200(activation_200(output_dtype="int8", y_zero_point=128)), "got 128")

    def test_offsets_of_symmetric_parameters(self):
        entry = channels_100(offset=[-3.0, -3.0])
        self.refused(file_100([], [entry]), "offset[0]: got -3.0, expected -8, -7 or 0")

    def test_factors_of_lpbq(self):
        for factor in (0, 17, -1, 1.5, "1", None):
            entry = lpbq_100(per_block_int_scale=[factor, 1])
            self.refused(file_100([], [entry]), "per_block_int_scale[0]: got", "from 1 to 16")
            entry = lpbq_200(per_block_int_scale=[[[[factor]]], [[[1]]]])
            self.refused(file_200(entry), "per_block_int_scale[0][0][0][0]: got", "from 1 to 16")
        entry = lpbq_100(per_block_int_scale=[1, 2, 3])
        self.refused(file_100([], [entry]), "as many numbers for each of 2 channels")
        self.refused(file_100([], [lpbq_100(per_block_int_scale=[])]), "for each of 2 channels")

    def test_bits_of_lpbq(self):
        for bits in (9, 1, 4.5):
            self.refused(file_100([], [lpbq_100(compressed_bw=bits)]), "compressed_bw: got")
        self.refused(
            file_100([], [lpbq_100(bw=16)]), ".bw: got 16, expected an integer from 2 to 8"
        )
        for type_ in ("uint4", "int16"):
            self.refused(
                file_200(lpbq_200(output_dtype=type_)), "expected int2 to int8, as of LPBQ"
            )
        self.refused(file_100([], [lpbq_100(offset=[0, 0])]), "offset", "-128 of every channel")

    def test_blocks_without_what_they_need(self):
        for size in (0, -16, 0.5, "16", 1 << 40):
            self.refused(file_100([], [blocks_100(block_size=size)]), "block_size: got")
            self.refused(file_200(blocks_200(block_size=size)), "block_size: got")
        for key in ("block_size", "compressed_bw", "per_block_int_scale"):
            entry = lpbq_100()
            del entry[key]
            self.refused(file_100([], [entry]), f"{key}: expected this key")
        for key in ("per_channel_float_scale", "per_block_int_scale", "block_size", "axis"):
            entry = lpbq_200()
            del entry[key]
            self.refused(file_200(entry), f"{key}: expected this key")
        entry = channels_200()
        del entry["axis"]
        self.refused(file_200(entry), "axis: expected this key")

    def test_lists_that_are_no_array(self):
        for scale in ([], [[]], [0.5, [0.5]], [[0.5], [0.5, 0.5]]):
            self.refused(file_200(channels_200(y_scale=scale)), "y_scale")

    def test_keys_of_another_format(self):
        self.refused(file_061({"x": [activation_061(enc_type="x")]}, {}), "got key enc_type")
        self.refused(file_100([activation_100(block_size=16)], []), "got key block_size")
        self.refused(file_200(activation_200(bw=8)), "got key bw")

    def test_one_name_twice(self):
        file = file_100([activation_100("x"), activation_100("y")], [channels_100("x")])
        self.refused(
            file, "param_encodings[0]: got another encoding of x", "activation_encodings[0]"
        )
        self.refused(file_200(activation_200(), activation_200()), "another encoding of x")
        text = json.dumps(file_061({"x": [activation_061()], "y": [activation_061()]}, {}))
        self.refused(text.replace('"y":', '"x":'), "key x twice in one object")

    def test_names_that_are_none(self):
        for name in (None, 3, ["x"]):
            self.refused(file_100([activation_100(name=name)], []), "name: got")

    def test_an_absent_file_and_a_folder(self):
        with self.assertRaisesRegex(InputError, "/absent/e.json: got No such file"):
            read_encodings("/absent/e.json")
        with self.assertRaisesRegex(InputError, "/: got a directory"):
            read_encodings("/")


if __name__ == "__main__":
    unittest.main()
