// safetensors_test.cpp: files of tensors, whole and broken.
#include "model/tensor/safetensors.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tests/unit/model/support.h"

namespace systole {
namespace {

/// A file from a header's text and data, with the length in front.
std::string raw(const std::string& header, const std::string& data) {
  std::string length(8, '\0');
  const std::uint64_t size = header.size();
  std::memcpy(length.data(), &size, 8);
  return length + header + data;
}

std::string one(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"({"t":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets +
         "}}";
}

class SafetensorsTest : public testing::Test {
 protected:
  SafetensorsFile open(const std::string& bytes) const {
    return SafetensorsFile(folder_.write("a.st", bytes));
  }
  std::string complaint(const std::string& bytes) const {
    return message_of(folder_, [&] { open(bytes); });
  }

  TemporaryFolder folder_;
};

const IntTensor kCodes({2, 2}, std::vector<std::int32_t>{0, 255, 3, 4});
const FloatTensor kReals({3}, std::vector<float>{1.0F, -0.5F, 1e30F});
const Tensor<std::int64_t> kWide({1}, std::vector<std::int64_t>{-(std::int64_t{1} << 60)});

TEST_F(SafetensorsTest, ReadsBackWhatItWrote) {
  write_safetensors(folder_.path("a.st"),
                    {encode("codes", kCodes, {8, false}), encode("nine", kCodes, {9, true}),
                     encode("reals", kReals), encode("wide", kWide)},
                    {{"made by", "a test"}});
  const SafetensorsFile file(folder_.path("a.st"));
  EXPECT_EQ(file.names(), (std::vector<std::string>{"codes", "nine", "reals", "wide"}));
  EXPECT_EQ(file.read_int("codes"), kCodes);
  EXPECT_EQ(file.read_int("nine"), kCodes);
  EXPECT_EQ(file.read_float("reals"), kReals);
  EXPECT_EQ(file.read_int64("wide"), kWide);
  EXPECT_EQ(file.dtype("codes"), Dtype::kU8);
  EXPECT_EQ(file.dtype("nine"), Dtype::kI16);
  EXPECT_EQ(file.shape("codes"), (Shape{2, 2}));
  EXPECT_EQ(file.bytes("codes"), std::string_view("\x00\xff\x03\x04", 4));
  EXPECT_EQ(file.metadata().at("made by"), "a test");
}

TEST_F(SafetensorsTest, ReadsBackEveryIntegerTypeAtItsLimits) {
  for (const bool is_signed : {false, true}) {
    for (int bits = 1; bits <= 31; ++bits) {
      const IntType type{bits, is_signed};
      const IntTensor ends({2},
                           std::vector<std::int32_t>{static_cast<std::int32_t>(type.range().lo),
                                                     static_cast<std::int32_t>(type.range().hi)});
      write_safetensors(folder_.path("a.st"), {encode("t", ends, type)});
      EXPECT_EQ(SafetensorsFile(folder_.path("a.st")).read_int("t"), ends) << to_string(type);
    }
  }
}

TEST_F(SafetensorsTest, ReadsDoublesWhole) {
  const Tensor<double> doubles({2}, std::vector<double>{0.1, -1e300});
  write_safetensors(folder_.path("a.st"),
                    {encode("doubles", doubles), encode("reals", kReals), encode("wide", kWide)});
  const SafetensorsFile file(folder_.path("a.st"));
  EXPECT_EQ(file.dtype("doubles"), Dtype::kF64);
  EXPECT_EQ(file.read_double("doubles"), doubles);
  EXPECT_EQ(file.read_double("reals").data, (std::vector<double>{1.0, -0.5, double{1e30F}}));
  EXPECT_EQ(file.read_float("doubles")[0], 0.1F);  // Rounded once.
  EXPECT_EQ(message_of(folder_, [&] { file.read_double("wide"); }),
            "a.st: wide: got dtype I64, expected F32, F16, BF16 or F64");
}

TEST(Dtype, IsOfRealsOrOfIntegers) {
  for (const Dtype dtype : {Dtype::kF16, Dtype::kBf16, Dtype::kF32, Dtype::kF64})
    EXPECT_TRUE(is_real(dtype)) << dtype_name(dtype);
  for (const Dtype dtype : {Dtype::kBool, Dtype::kU8, Dtype::kI8, Dtype::kU16, Dtype::kI16,
                            Dtype::kU32, Dtype::kI32, Dtype::kU64, Dtype::kI64})
    EXPECT_FALSE(is_real(dtype)) << dtype_name(dtype);
}

TEST(NarrowestDtype, IsTheSmallestThatHoldsTheType) {
  EXPECT_EQ(narrowest_dtype({1, false}), Dtype::kU8);
  EXPECT_EQ(narrowest_dtype({8, true}), Dtype::kI8);
  EXPECT_EQ(narrowest_dtype({9, true}), Dtype::kI16);
  EXPECT_EQ(narrowest_dtype({16, false}), Dtype::kU16);
  EXPECT_EQ(narrowest_dtype({17, true}), Dtype::kI32);
  EXPECT_EQ(narrowest_dtype({32, false}), Dtype::kU32);
}

TEST_F(SafetensorsTest, WritesTheSameBytesEveryTimeWithAnAlignedHeader) {
  const std::vector<SafetensorsEntry> entries = {encode("b", kReals),
                                                 encode("a", kCodes, {8, false})};
  write_safetensors(folder_.path("1"), entries, {{"k", "v"}});
  write_safetensors(folder_.path("2"), entries, {{"k", "v"}});
  const std::string bytes = read_bytes(folder_.path("1"));
  EXPECT_EQ(bytes, read_bytes(folder_.path("2")));

  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  EXPECT_EQ(length % 8, 0U);
  EXPECT_EQ(
      bytes.substr(8, length).substr(0, 85),
      R"({"__metadata__":{"k":"v"},"b":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},"a":{)");
  EXPECT_EQ(bytes.size(), 8 + length + 12 + 4);
}

TEST_F(SafetensorsTest, PadsHeadersOfEveryLength) {
  for (std::size_t size = 1; size <= 8; ++size) {
    const std::string name(size, 'n');
    write_safetensors(folder_.path("a.st"), {encode(name, kReals)});
    EXPECT_EQ(read_bytes(folder_.path("a.st")).size() % 8, 12U % 8) << size;
    EXPECT_EQ(SafetensorsFile(folder_.path("a.st")).read_float(name), kReals);
  }
}

TEST_F(SafetensorsTest, ReadsFilesWithoutTensorsAndTensorsWithoutElements) {
  EXPECT_TRUE(open(raw("{}", "")).names().empty());
  EXPECT_EQ(open(raw(one("F32", "[0,3]", "[0,0]"), "")).read_float("t"), FloatTensor({0, 3}));
  EXPECT_EQ(open(raw(one("U8", "[]", "[0,1]"), "A")).read_int("t"), IntTensor(Shape{}, 65));
}

TEST_F(SafetensorsTest, SuggestsTheNearestName) {
  const SafetensorsFile file = open(raw(one("U8", "[1]", "[0,1]"), "A"));
  EXPECT_TRUE(file.contains("t"));
  EXPECT_FALSE(file.contains("u"));
  EXPECT_EQ(message_of(folder_, [&] { file.read_int("tt"); }),
            "a.st: tt: got no such tensor, expected one of the file's 1; did you mean t?");
}

TEST_F(SafetensorsTest, RefusesOtherDtypesThanAskedFor) {
  const SafetensorsFile file = open(raw(one("F32", "[1]", "[0,4]"), "AAAA"));
  EXPECT_EQ(message_of(folder_, [&] { file.read_int("t"); }),
            "a.st: t: got dtype F32, expected an integer dtype");
}

TEST_F(SafetensorsTest, RefusesBrokenLengths) {
  EXPECT_EQ(complaint(""), "a.st: got 0 bytes, expected a safetensors file of at least 8 bytes");
  EXPECT_EQ(complaint("1234567"),
            "a.st: got 7 bytes, expected a safetensors file of at least 8 bytes");
  EXPECT_EQ(complaint(std::string("\x03\0\0\0\0\0\0\0{}", 10)),
            "a.st: got a header length of 3 bytes, expected at most 2, the rest of the file; "
            "is it truncated?");
  EXPECT_EQ(complaint(std::string(8, '\xff') + "{}"),
            "a.st: got a header length of 18446744073709551615 bytes, expected at most 2, "
            "the rest of the file; is it truncated?");
}

TEST_F(SafetensorsTest, RefusesHeadersThatAreNotWhatTheyShouldBe) {
  EXPECT_EQ(complaint(raw("{x", "")).substr(0, 28), "a.st: got an invalid header ");
  EXPECT_EQ(complaint(raw("[]", "")),
            "a.st: got a header that is no JSON object, expected {name: {...}}");
  EXPECT_EQ(complaint(raw(R"({"t":1})", "")),
            "a.st: t: got another description, expected {dtype, shape, data_offsets}");
  EXPECT_EQ(complaint(raw(R"({"__metadata__":{"a":1}})", "")),
            "a.st: got other __metadata__, expected an object of texts");
  EXPECT_EQ(complaint(raw(std::string(20, '[') + std::string(20, ']'), "")),
            "a.st: got a deeply nested header, expected {name: {dtype, shape, data_offsets}}");
  EXPECT_NE(complaint(raw(std::string(1'000'000, '['), "")), "");
}

TEST_F(SafetensorsTest, RefusesANameThatAppearsTwice) {
  const std::string entry = R"("t":{"dtype":"U8","shape":[1],"data_offsets":[0,1]})";
  EXPECT_EQ(complaint(raw("{" + entry + "," + entry + "}", "A")),
            "a.st: t: got the name a second time, expected it once");
}

TEST_F(SafetensorsTest, RefusesUnknownDtypes) {
  EXPECT_EQ(complaint(raw(one("F8", "[1]", "[0,1]"), "A")),
            "a.st: t: got dtype F8, expected one of BOOL, U8, I8, U16, I16, U32, I32, U64, I64, "
            "F16, BF16, F32, F64");
}

TEST_F(SafetensorsTest, RefusesOffsetsOutsideTheFile) {
  EXPECT_EQ(complaint(raw(one("U8", "[2]", "[0,2]"), "A")),
            "a.st: t: got data_offsets [0, 2], expected offsets within the file's 1 data bytes; "
            "is it truncated?");
  EXPECT_EQ(complaint(raw(one("U8", "[0]", "[1,0]"), "A")),
            "a.st: t: got data_offsets [1, 0], expected offsets within the file's 1 data bytes; "
            "is it truncated?");
  for (const char* offsets : {"[-1,1]", "[0,1.5]", "[0,18446744073709551615]", "[0,\"1\"]"}) {
    EXPECT_EQ(complaint(raw(one("U8", "[1]", offsets), "A")),
              "a.st: t: got other data_offsets, expected two non-negative integers");
  }
  for (const char* offsets : {"[0]", "[0,1,1]", "1", "null"}) {
    EXPECT_EQ(complaint(raw(one("U8", "[1]", offsets), "A")),
              "a.st: t: got other data_offsets, expected [begin, end]");
  }
}

TEST_F(SafetensorsTest, RefusesShapesThatDoNotMatchTheirBytes) {
  EXPECT_EQ(complaint(raw(one("I16", "[2,3]", "[0,11]"), std::string(11, 'A'))),
            "a.st: t: got 11 bytes, expected 12 for I16 of shape [2, 3]");
  EXPECT_EQ(complaint(raw(one("F64", "[576460752303423488]", "[0,1]"), "A")),
            "a.st: t: got 1 bytes, expected over 2^62 for F64 of shape [576460752303423488]");
  EXPECT_EQ(complaint(raw(one("U8", "[4294967296,4294967296,4294967296]", "[0,0]"), "")),
            "a.st: t: got 0 bytes, expected over 2^62 for U8 of shape "
            "[4294967296, 4294967296, 4294967296]");
  EXPECT_EQ(complaint(raw(one("U8", "[-1]", "[0,1]"), "A")),
            "a.st: t: got extent -1, expected a shape of at most 16 non-negative integers");
  EXPECT_EQ(complaint(raw(one("U8", "1", "[0,1]"), "A")),
            "a.st: t: got another shape, expected a shape of at most 16 non-negative integers");
}

TEST_F(SafetensorsTest, RefusesOverlapsHolesAndLeftovers) {
  const auto two = [](const std::string& first, const std::string& second) {
    return R"({"a":{"dtype":"U8","shape":[2],"data_offsets":)" + first +
           R"(},"b":{"dtype":"U8","shape":[2],"data_offsets":)" + second + "}}";
  };
  EXPECT_NO_THROW(open(raw(two("[2,4]", "[0,2]"), "AAAA")));
  EXPECT_EQ(complaint(raw(two("[0,2]", "[1,3]"), "AAA")),
            "a.st: b: got data from byte 1, expected data from byte 2, without overlap or hole");
  EXPECT_EQ(complaint(raw(two("[0,2]", "[3,5]"), "AAAAA")),
            "a.st: b: got data from byte 3, expected data from byte 2, without overlap or hole");
  EXPECT_EQ(complaint(raw(two("[0,2]", "[2,4]"), "AAAAA")),
            "a.st: got 5 data bytes, expected 4, the end of the last tensor");
}

TEST_F(SafetensorsTest, RefusesEveryTruncation) {
  write_safetensors(folder_.path("good"),
                    {encode("codes", kCodes, {8, false}), encode("r", kReals)});
  const std::string good = read_bytes(folder_.path("good"));
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_NE(complaint(good.substr(0, size)), "") << "cut to " << size;
  }
}

// Whatever the bytes are, there are tensors or an InputError.
TEST_F(SafetensorsTest, SurvivesEveryChangedByte) {
  write_safetensors(folder_.path("good"),
                    {encode("codes", kCodes, {8, false}), encode("r", kReals)}, {{"k", "v"}});
  const std::string good = read_bytes(folder_.path("good"));
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const int flip : {1, 2, 4, 8, 16, 32, 64, 128, 255}) {
      std::string changed = good;
      changed[i] = static_cast<char>(changed[i] ^ flip);
      try {
        const SafetensorsFile file = open(changed);
        for (const std::string& name : file.names()) file.read_int64(name);
      } catch (const InputError&) {
      }
    }
  }
}

TEST_F(SafetensorsTest, NamesAFileThatIsNotThere) {
  EXPECT_EQ(message_of(folder_, [&] { SafetensorsFile file(folder_.path("none")); }),
            "none: got No such file or directory, expected a readable file");
}

TEST_F(SafetensorsTest, StaysReadableWhenItIsReplaced) {
  write_safetensors(folder_.path("a.st"), {encode("t", kReals)});
  SafetensorsFile file(folder_.path("a.st"));
  write_safetensors(folder_.path("a.st"), {encode("t", kCodes, {8, false})});
  const SafetensorsFile moved = std::move(file);
  EXPECT_EQ(moved.read_float("t"), kReals);
}

}  // namespace
}  // namespace systole
