// encodings_error_test.cpp: damaged encoding files name file, key, what was found and expected.
#include <gtest/gtest.h>

#include "model/quant/encodings_json.h"
#include "tests/unit/model/support.h"

namespace systole {
namespace {

const std::string kSound061 =
    R"({"version": "0.6.1", "param_encodings": {}, "activation_encodings": {"x": [{"bitwidth": 8,
    "dtype": "int", "is_symmetric": "True", "max": 1, "min": -1, "offset": -128, "scale": 1}]}})";
const std::string kSound100 =
    R"({"version": "1.0.0", "activation_encodings": [], "param_encodings": [{"bw": 8, "dtype":
    "INT", "enc_type": "PER_CHANNEL", "is_sym": true, "name": "w", "offset": [-128, -128],
    "scale": [1, 2]}]})";
const std::string kSound200 =
    R"({"version": "2.0.0", "encodings": [{"name": "w", "output_dtype": "int8", "axis": 0,
    "y_scale": [1, 2], "y_zero_point": [0, 0]}]})";

/// The complaint about a file in which `from` stands as `to`.
std::string complaint(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
  return message_of([&] { parse_encodings(text, "e.json"); });
}

TEST(EncodingsError, TheFilesThemselvesAreRight) {
  for (const std::string& text : {kSound061, kSound100, kSound200})
    EXPECT_EQ(parse_encodings(text, "e.json").entries.size(), 1U);
}

TEST(EncodingsError, NoJson) {
  EXPECT_NE(message_of([] { parse_encodings("{", "e.json"); }).find("e.json: got invalid JSON"),
            std::string::npos);
  EXPECT_EQ(message_of([] { parse_encodings("[]", "e.json"); }),
            "e.json: got [], expected a JSON object");
  EXPECT_EQ(message_of([] { parse_encodings(R"({"a": 1, "a": 2})", "e.json"); }),
            "e.json: a: got the key a second time, expected it once");
  EXPECT_EQ(message_of([] { parse_encodings(std::string(100000, '['), "e.json"); }),
            "e.json: got deeply nested JSON, expected at most 16 levels");
  EXPECT_EQ(message_of([] { parse_encodings("{}", "e.json"); }),
            "e.json: version: expected this key");
  EXPECT_NE(message_of([] { load_encodings("/nowhere/e.json"); }), "");
}

// Every byte in turn becomes another: what is thrown, if anything, is an InputError.
TEST(EncodingsError, NoDamagedByteDoesMore) {
  for (const std::string& text : {kSound061, kSound100, kSound200})
    for (const char wrong : {'9', '-', '.', 'e', '"', '[', ']', '{', '}', ',', '\0', '\xff'})
      for (std::size_t at = 0; at < text.size(); ++at) {
        std::string damaged = text;
        damaged[at] = wrong;
        try {
          encodings_to_json(parse_encodings(damaged, "e.json", {{"w", {2, 4}}}));
        } catch (const InputError&) {
        } catch (const std::exception& error) {
          ADD_FAILURE() << "byte " << at << " as " << wrong << ": " << error.what();
        }
      }
}

TEST(EncodingsError, Version) {
  EXPECT_EQ(complaint(kSound061, "0.6.1", "0.6.2"),
            "e.json: version: got \"0.6.2\", expected 0.6.1, 1.0.0, 2.0.0");
  EXPECT_EQ(complaint(kSound061, "0.6.1", "1.0.0"),
            "e.json: activation_encodings: got {\"x\":[{\"bitwidth\":8,\"dtype\":\"int\","
            "\"is_symmetric\":\"True\",\"max..., expected a list");
  EXPECT_EQ(complaint(kSound061, "0.6.1", "2.0.0"), "e.json: encodings: expected this key");
}

TEST(EncodingsError, Bits) {
  const std::string key = "e.json: activation_encodings.x[0].bitwidth: ";
  EXPECT_EQ(complaint(kSound061, ": 8", ": 1"), key + "got 1, expected an integer in [2, 16]");
  EXPECT_EQ(complaint(kSound061, ": 8", ": 33"), key + "got 33, expected an integer in [2, 16]");
  EXPECT_EQ(complaint(kSound061, ": 8", ": 8.5"), key + "got 8.5, expected an integer in [2, 16]");
  EXPECT_EQ(complaint(kSound061, ": 8", ": \"8\""),
            key + "got \"8\", expected an integer in [2, 16]");
  EXPECT_EQ(complaint(kSound200, "int8", "int1"),
            "e.json: encodings[0]: w: got 1 bits, expected 2 to 16 bits, or 32 of a bias");
  EXPECT_EQ(
      complaint(kSound200, "int8", "int33"),
      "e.json: encodings[0].output_dtype: got \"int33\", expected int8, uint8, int4, ...; float "
      "encodings are not read");
}

TEST(EncodingsError, Scales) {
  EXPECT_EQ(complaint(kSound061, "\"scale\": 1", "\"scale\": 0"),
            "e.json: activation_encodings.x: x: got scale 0 of group 0, expected a finite number "
            "above 0 that has an inverse");
  EXPECT_EQ(
      complaint(kSound100, "[1, 2]", "[1, -2]"),
      "e.json: param_encodings[0]: w: got scale -2 of group 1, expected a finite number above "
      "0 that has an inverse");
  EXPECT_EQ(complaint(kSound100, "[1, 2]", "[1, null]"),
            "e.json: param_encodings[0].scale[1]: got null, expected a finite number");
  EXPECT_EQ(complaint(kSound100, "[1, 2]", "[]"),
            "e.json: param_encodings[0].scale: got [], expected a scale, or one per channel");
  EXPECT_EQ(complaint(kSound100, "[1, 2]", "[1, 2, 3]"),
            "e.json: param_encodings[0].offset: got [-128,-128], expected 3 numbers");
  EXPECT_EQ(complaint(kSound200, "[1, 2]", "[1, [2]]"),
            "e.json: encodings[0].y_scale[1]: got [2], expected lists of one length, not empty");
  EXPECT_EQ(complaint(kSound200, "[1, 2]", "[[1, 2], 2]"),
            "e.json: encodings[0].y_scale[1]: got 2, expected a list, as its neighbours are");
  EXPECT_EQ(complaint(kSound200, "[1, 2]", "[]"),
            "e.json: encodings[0].y_scale: got [], expected lists of one length, not empty");
  EXPECT_NE(complaint(kSound200, "[1, 2]", "[1, 2, 3]"), "");  // Two zero points.
}

TEST(EncodingsError, Offsets) {
  EXPECT_EQ(complaint(kSound061, "-128", "-5"),
            "e.json: activation_encodings.x[0].offset: got -5, expected -128, -127 or 0 of a "
            "symmetric encoding");
  EXPECT_EQ(complaint(kSound100, "[-128, -128]", "[-128, 0]"),
            "e.json: param_encodings[0].offset[1]: got 0, expected the offset of int8, as of the "
            "group before");
  EXPECT_EQ(complaint(kSound200, "[0, 0]", "[0, 128]"),
            "e.json: encodings[0]: w: got zero point 128, expected an int8, in [-128, 127]");
}

TEST(EncodingsError, Kinds) {
  EXPECT_EQ(complaint(kSound061, "\"int\"", "\"float\""),
            "e.json: activation_encodings.x[0].dtype: got \"float\", expected \"int\"; float "
            "encodings are not read");
  EXPECT_EQ(complaint(kSound061, "\"True\"", "true"),
            "e.json: activation_encodings.x[0].is_symmetric: got true, expected a text");
  EXPECT_EQ(
      complaint(kSound100, "PER_CHANNEL", "LPBQ"),
      "e.json: param_encodings[0].enc_type: got \"LPBQ\", expected PER_TENSOR, PER_CHANNEL or "
      "PER_BLOCK; LPBQ is not read: export plain blocks");
  EXPECT_EQ(complaint(kSound100, "\"PER_CHANNEL\"", "\"PER_BLOCK\", \"block_size\": 2"),
            "e.json: param_encodings[0].block_size: got 2, expected the shape of w to be given; "
            "this version does not say how many channels have blocks");
  EXPECT_EQ(complaint(kSound100, "\"is_sym\": true", "\"is_sim\": true"),
            "e.json: param_encodings[0].is_sim: got an unknown key, expected bw, dtype, enc_type, "
            "is_sym, name, offset, scale; did you mean is_sym?");
  EXPECT_EQ(complaint(kSound200, "\"axis\": 0,", ""),
            "e.json: encodings[0].axis: expected this key");
  EXPECT_EQ(complaint(kSound200, "\"axis\"", "\"per_block_int_scale\": 1, \"axis\""),
            "e.json: encodings[0].per_block_int_scale: got 1, expected y_scale; LPBQ is not read: "
            "export plain blocks");
}

}  // namespace
}  // namespace systole
