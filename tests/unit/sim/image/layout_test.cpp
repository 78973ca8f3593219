// layout_test.cpp: whole files as the formats' specifications lay them out, worked out by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/unit/sim/image/support.h"

namespace systole {
namespace {

/// Words 0x0102 and 0xffee at word address 0x10.
const MemoryImage kImage{"w", 0x10, {16, {0x02, 0x01, 0xee, 0xff}}};

TEST(Layout, OfReadmemhIsAWordALine) {
  EXPECT_EQ(write_image(kImage, ImageFormat::kHex),
            "// w: 2 words of 16 bits from word address 0x10.\n@10\n0102\nffee\n");
}

TEST(Layout, OfReadmembIsAWordALine) {
  EXPECT_EQ(write_image(kImage, ImageFormat::kBin),
            "// w: 2 words of 16 bits from word address 0x10.\n@10\n"
            "0000000100000010\n1111111111101110\n");
}

TEST(Layout, OfCoeIsAVector) {
  EXPECT_EQ(write_image(kImage, ImageFormat::kCoe),
            "; w: 2 words of 16 bits from word address 0x10.\nmemory_initialization_radix=16;\n"
            "memory_initialization_vector=\n0102,\nffee;\n");
}

TEST(Layout, OfMifHasTheDepthOfTheMemory) {
  EXPECT_EQ(write_image(kImage, ImageFormat::kMif),
            "-- w: 2 words of 16 bits from word address 0x10.\nWIDTH = 16;\nDEPTH = 18;\n"
            "ADDRESS_RADIX = HEX;\nDATA_RADIX = HEX;\n\nCONTENT BEGIN\n"
            "  10 : 0102;\n  11 : ffee;\nEND;\n");
}

// 4 + 0x20 + 2 + 1 + 0xee + 0xff = 0x214; 0x100 - 0x14 = 0xec, in any order of bytes.
TEST(Layout, OfIntelHexCountsBytes) {
  EXPECT_EQ(write_image(kImage, ImageFormat::kIntelHex), ":040020000201EEFFEC\n:00000001FF\n");
  EXPECT_EQ(write_image(kImage, ImageFormat::kIntelHex, {.byte_order = ByteOrder::kBig}),
            ":040020000102FFEEEC\n:00000001FF\n");
}

// 1 + 0xff + 0xff + 0xaa = 0x2a9, 0x57 to 0x300; 2 + 4 + 1 = 7; 1 + 0xbb = 0xbc.
TEST(Layout, OfIntelHexSaysTheUpperHalfOfAddressesWhenItChanges) {
  EXPECT_EQ(write_image({"w", 0xffff, {8, {0xaa, 0xbb}}}, ImageFormat::kIntelHex),
            ":01FFFF00AA57\n:020000040001F9\n:01000000BB44\n:00000001FF\n");
}

// S0: 4 + 0x77 = 0x7b. S3: 9 + 0x20 + 2 + 1 + 0xee + 0xff = 0x219. S5: 3 + 1. S7: 5.
TEST(Layout, OfSRecordHasNameDataCountAndEnd) {
  EXPECT_EQ(write_image(kImage, ImageFormat::kSRecord),
            "S00400007784\nS309000000200201EEFFE6\nS5030001FB\nS70500000000FA\n");
  EXPECT_EQ(write_image(kImage, ImageFormat::kSRecord, {.byte_order = ByteOrder::kBig}),
            "S00400007784\nS309000000200102FFEEE6\nS5030001FB\nS70500000000FA\n");
}

// 0x10001 records: 4 + 1 + 0 + 1 = 6.
TEST(Layout, OfSRecordCountsManyRecordsIn24Bits) {
  const MemoryImage image{"w", 0, random_words(8, 0x10000 * 16 + 1, 1)};
  const std::string text = write_image(image, ImageFormat::kSRecord);
  EXPECT_THAT(text, testing::EndsWith("\nS604010001F9\nS70500000000FA\n"));
  EXPECT_EQ(parse(text, ImageFormat::kSRecord, 8), image);
}

TEST(Layout, OfRawIsTheBytes) {
  EXPECT_EQ(write_image(kImage, ImageFormat::kRaw), "\x02\x01\xee\xff");
  EXPECT_EQ(write_image(kImage, ImageFormat::kRaw, {.byte_order = ByteOrder::kBig}),
            "\x01\x02\xff\xee");
}

TEST(Layout, OfCHeadersIsAnArrayOfWords) {
  EXPECT_EQ(write_image(kImage, ImageFormat::kCHeader, {.alignment = 64}),
            "// w: 2 words of 16 bits from word address 0x10.\n"
            "#ifndef W_IMAGE_H\n#define W_IMAGE_H\n\n#include <stdint.h>\n\n"
            "#define W_WORDS 2\n#define W_WORD_BITS 16\n#define W_BASE 0x10u\n\n"
            "static const uint16_t w[2] __attribute__((aligned(64))) = {\n"
            "    0x0102, 0xffee,\n};\n\n#endif\n");
}

TEST(Layout, OfCHeadersIsAnArrayOfBytesWhereCHasNoSuchInteger) {
  const MemoryImage image{"w", 0, {24, {1, 2, 3}}};
  EXPECT_THAT(write_image(image, ImageFormat::kCHeader, {.byte_order = ByteOrder::kBig}),
              testing::HasSubstr("static const uint8_t w[3] __attribute__((aligned(8))) = {\n"
                                 "    0x03, 0x02, 0x01,\n};\n"));
}

TEST(Layout, OfNpyBeginsItsDataAtAMultipleOf64) {
  const std::string header = "{'descr': '<u2', 'fortran_order': False, 'shape': (2,), }";
  const std::string start("\x93NUMPY\1\0\x76\0", 10);  // 0x76 = 118 = 128 - 10.
  EXPECT_EQ(write_image(kImage, ImageFormat::kNpy),
            start + header + std::string(117 - header.size(), ' ') + "\n\x02\x01\xee\xff");
}

TEST(Layout, OfNpyHasADimensionForBytesOfOtherWords) {
  const std::string text = write_image({"w", 0, {24, {1, 2, 3}}}, ImageFormat::kNpy);
  EXPECT_THAT(text, testing::HasSubstr("'descr': '|u1', 'fortran_order': False, 'shape': (1, 3)"));
  EXPECT_EQ(text.substr(128), "\x01\x02\x03");
}

TEST(Formats, HaveNamesAndEndingsOfTheirOwn) {
  std::set<std::string> endings;
  for (const ImageFormat format : kImageFormats) {
    EXPECT_EQ(parse_image_format(to_string(format)), format);
    endings.insert(file_ending(format));
  }
  EXPECT_EQ(endings.size(), 9u);
  EXPECT_EQ(parse_image_format("HEX"), std::nullopt);
  EXPECT_EQ(parse_image_format(""), std::nullopt);
}

}  // namespace
}  // namespace systole
