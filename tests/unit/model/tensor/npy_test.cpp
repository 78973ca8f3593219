// npy_test.cpp: NumPy files, whole and broken.
#include "model/tensor/npy.h"

#include <gtest/gtest.h>

#include "tests/unit/model/support.h"

namespace systole {
namespace {

std::string npy(const std::string& dictionary, const std::string& data, int version = 1) {
  const std::string header = dictionary + "\n";
  std::string text = "\x93NUMPY";
  text += static_cast<char>(version);
  text += '\0';
  text += static_cast<char>(header.size() & 0xff);
  text += static_cast<char>(header.size() >> 8);
  if (version == 2) text += std::string(2, '\0');
  return text + header + data;
}

std::string described(const std::string& descr, const std::string& shape) {
  return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }";
}

class NpyTest : public testing::Test {
 protected:
  NpyFile open(const std::string& bytes) const { return NpyFile(folder_.write("a.npy", bytes)); }
  std::string complaint(const std::string& bytes) const {
    return message_of(folder_, [&] { open(bytes); });
  }

  TemporaryFolder folder_;
};

TEST_F(NpyTest, ReadsIntegers) {
  const NpyFile file = open(npy(described("<i2", "(2, 1)"), std::string("\x01\x00\xfe\xff", 4)));
  EXPECT_EQ(file.shape(), (Shape{2, 1}));
  EXPECT_EQ(file.dtype(), Dtype::kI16);
  EXPECT_EQ(file.read_int(), IntTensor({2, 1}, std::vector<std::int32_t>{1, -2}));
}

TEST_F(NpyTest, ReadsFloatsOfBothVersions) {
  for (const int version : {1, 2}) {
    const NpyFile file =
        open(npy(described("<f4", "(1,)"), std::string("\x00\x00\xc0\x3f", 4), version));
    EXPECT_EQ(file.read_float(), FloatTensor({1}, std::vector<float>{1.5F}));
  }
}

TEST_F(NpyTest, ReadsScalarsAndEmptyArrays) {
  EXPECT_EQ(open(npy(described("|u1", "()"), "A")).read_int(), IntTensor(Shape{}, 65));
  EXPECT_EQ(open(npy(described("<i8", "(0, 3)"), "")).read_int(), IntTensor({0, 3}));
}

// 10 + 118 bytes of header: the data begin at a multiple of 64.
TEST_F(NpyTest, WritesIntegersWithAPaddedHeader) {
  const std::string path = folder_.path("a.npy");
  write_npy(path, IntTensor({2, 1}, std::vector<std::int32_t>{1, -2}));
  const std::string header = described("<i4", "(2, 1)");
  EXPECT_EQ(read_bytes(path), npy(header + std::string(117 - header.size(), ' '),
                                  std::string("\x01\0\0\0\xfe\xff\xff\xff", 8)));
}

TEST_F(NpyTest, ReadsWhatItWrites) {
  const Shape many(16, 1);
  for (const Shape& shape : {Shape{}, Shape{3}, Shape{0, 3}, Shape{2, 3, 4, 5}, many}) {
    IntTensor tensor(shape);
    for (std::int64_t i = 0; i < tensor.size(); ++i)
      tensor[i] = static_cast<std::int32_t>(i % 2 ? -i : i << 24);
    write_npy(folder_.path("a.npy"), tensor);
    EXPECT_EQ(NpyFile(folder_.path("a.npy")).read_int(), tensor) << to_string(shape);
    EXPECT_EQ((read_bytes(folder_.path("a.npy")).size() - tensor.data.size() * 4) % 64, 0U);
  }
}

TEST_F(NpyTest, AcceptsAnyOrderAndSpacing) {
  const std::string dictionary = "{ \"shape\":(2 ,) ,'fortran_order':False,'descr':'|i1'}      ";
  EXPECT_EQ(open(npy(dictionary, "\x01\xff")).read_int(),
            IntTensor({2}, std::vector<std::int32_t>{1, -1}));
}

TEST_F(NpyTest, RefusesWhatItDoesNotRead) {
  EXPECT_EQ(complaint(npy(described(">i4", "(1,)"), "0000")),
            "a.npy: got descr '>i4', expected |b1, |u1, |i1, <u2, <i2, <u4, <i4, <u8, <i8, <f2, "
            "<f4 or <f8");
  EXPECT_EQ(complaint(npy("{'descr': '|u1', 'fortran_order': True, 'shape': (1,)}", "0")),
            "a.npy: got Fortran order, expected C order; save numpy.ascontiguousarray(...)");
  EXPECT_EQ(complaint(npy(described("|u1", "(1,)"), "0", 3)),
            "a.npy: got .npy version 3, expected version 1 or 2");
  EXPECT_EQ(complaint("PK\x03\x04 and so on, a zip"),
            "a.npy: got another file, expected a .npy file");
  EXPECT_EQ(complaint(""), "a.npy: got another file, expected a .npy file");
}

TEST_F(NpyTest, RefusesTooFewAndTooManyBytes) {
  EXPECT_EQ(complaint(npy(described("<i4", "(2, 3)"), std::string(23, 'x'))),
            "a.npy: got 23 data bytes, expected 24 for I32 of shape [2, 3]");
  EXPECT_EQ(complaint(npy(described("<i4", "(2, 3)"), std::string(25, 'x'))),
            "a.npy: got 25 data bytes, expected 24 for I32 of shape [2, 3]");
}

TEST_F(NpyTest, RefusesAHeaderThatIsCutShort) {
  EXPECT_EQ(complaint(npy(described("|u1", "(1,)"), "").substr(0, 20)),
            "a.npy: got a header length of 58 bytes, expected at most 10, the rest of the file; "
            "is it truncated?");
}

TEST_F(NpyTest, RefusesAbsurdShapesAndMalformedHeaders) {
  EXPECT_EQ(complaint(npy(described("<i4", "(4294967296, 4294967296)"), "")),
            "a.npy: got shape [4294967296, 4294967296], expected at most 2^48 elements");
  // Four bytes each would wrap to none.
  EXPECT_EQ(complaint(npy(described("<i4", "(4611686018427387904,)"), "")),
            "a.npy: got shape [4611686018427387904], expected at most 2^48 elements");
  const std::string malformed =
      "a.npy: got a malformed header, expected {'descr': ..., 'fortran_order': False, "
      "'shape': (...)}";
  for (const char* dictionary :
       {"", "{}", "{'descr': '|u1'}", "{'descr': '|u1', 'fortran_order': 0, 'shape': (1,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (-1,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999,)}",
        "{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), 'x': 1}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1,)} x"}) {
    EXPECT_EQ(complaint(npy(dictionary, "0")), malformed) << dictionary;
  }
}

// Whatever the bytes are, there is an array or an InputError.
TEST_F(NpyTest, SurvivesEveryTruncationAndEveryChangedByte) {
  const std::string good = npy(described("<i2", "(2, 1)"), "abcd");
  for (std::size_t i = 0; i < good.size(); ++i) {
    EXPECT_NE(complaint(good.substr(0, i)), "") << "cut to " << i;
    for (const int flip : {1, 2, 4, 8, 16, 32, 64, 128, 255}) {
      std::string changed = good;
      changed[i] = static_cast<char>(changed[i] ^ flip);
      try {
        open(changed).read_int();
      } catch (const InputError&) {
      }
    }
  }
}

}  // namespace
}  // namespace systole
