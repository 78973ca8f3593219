// readers_test.cpp: files as other tools write them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/sim/image/support.h"

namespace systole {
namespace {

const Words kWords{16, {0x02, 0x01, 0xee, 0xff}};  // 0x0102, 0xffee.

TEST(Reader, OfReadmemTakesCommentsUnderscoresAndAddressesInAnyOrder) {
  const std::string text = "/* a\n b */ @11 ff_EE // c\n  @10\t0102";
  EXPECT_EQ(parse(text, ImageFormat::kHex, 16), (MemoryImage{"", 0x10, kWords}));
  EXPECT_EQ(parse("0102 ffee", ImageFormat::kHex, 16), (MemoryImage{"", 0, kWords}));
  EXPECT_EQ(parse("0000_0001_0000_0010 @1 1111111111101110\r\n", ImageFormat::kBin, 16),
            (MemoryImage{"", 0, kWords}));
}

TEST(Reader, OfCoeTakesOtherRadicesAndSpaces) {
  EXPECT_EQ(parse("; a = b;\n; c\nMEMORY_INITIALIZATION_RADIX = 16 ;\n;d\n"
                  "memory_initialization_vector = 0102 FFEE\n;\n; the end",
                  ImageFormat::kCoe, 16)
                .words,
            kWords);
  EXPECT_EQ(parse("memory_initialization_radix=2;memory_initialization_vector=0000000100000010,"
                  "1111111111101110;",
                  ImageFormat::kCoe, 16)
                .words,
            kWords);
}

TEST(Reader, OfMifTakesRangesListsAndRadices) {
  const std::string head = "% two\nlines % depth=8; width=16; -- c\n";
  EXPECT_EQ(
      parse(head + "Content\nBegin\n[0..3] : 102;\n4 : FFEE 102 1;\nEnd;", ImageFormat::kMif, 16),
      (MemoryImage{"", 0, {16, {2, 1, 2, 1, 2, 1, 2, 1, 0xee, 0xff, 2, 1, 1, 0}}}));
  EXPECT_EQ(parse(head + "address_radix=dec; data_radix=bin; content begin [5..7]:1 10; end;",
                  ImageFormat::kMif, 16),
            (MemoryImage{"", 5, {16, {1, 0, 2, 0, 1, 0}}}));
}

// The example in most texts about the format: 16 bytes at 0x100, which add up to a checksum of 40.
TEST(Reader, OfIntelHexTakesAWellKnownRecord) {
  const std::string text = ":10010000214601360121470136007EFE09D2190140\r\n:00000001FF\r\n";
  const std::vector<std::uint8_t> bytes = {0x21, 0x46, 0x01, 0x36, 0x01, 0x21, 0x47, 0x01,
                                           0x36, 0x00, 0x7e, 0xfe, 0x09, 0xd2, 0x19, 0x01};
  EXPECT_EQ(parse(text, ImageFormat::kIntelHex, 8), (MemoryImage{"", 0x100, {8, bytes}}));
  EXPECT_EQ(parse(text, ImageFormat::kIntelHex, 128), (MemoryImage{"", 0x10, {128, bytes}}));
  const MemoryImage big = parse(text, ImageFormat::kIntelHex, 32, ByteOrder::kBig);
  EXPECT_EQ(big.base, 0x40u);
  EXPECT_THAT(big.words.word(3), testing::ElementsAre(0x01, 0x19, 0xd2, 0x09));  // 0x09d21901.
  EXPECT_EQ(write_image({"", 0x100, {8, bytes}}, ImageFormat::kIntelHex),
            ":10010000214601360121470136007EFE09D2190140\n:00000001FF\n");
}

// 2 + 2 + 0x12 + 0 = 0x16; 2 + 1 + 2 = 5; start records are passed over: 4 + 3, 4 + 5.
TEST(Reader, OfIntelHexTakesSegmentsAndStarts) {
  const std::string text =
      ":020000021200EA\n:020000000102FB\n:0400000300000000F9\n:0400000500000000F7\n:00000001FF\n";
  EXPECT_EQ(parse(text, ImageFormat::kIntelHex, 16), (MemoryImage{"", 0x9000, {16, {1, 2}}}));
}

// S1 of 2 bytes at 0x38, out of order; S2 of one byte at 0x123456.
TEST(Reader, OfSRecordTakesShorterAddresses) {
  EXPECT_EQ(parse("S104003902C0\nS104003801C2\nS9030000FC\n", ImageFormat::kSRecord, 8),
            (MemoryImage{"", 0x38, {8, {1, 2}}}));
  EXPECT_EQ(parse("S2051234560757\nS804000000FB\n", ImageFormat::kSRecord, 8),
            (MemoryImage{"", 0x123456, {8, {7}}}));
}

TEST(Reader, OfSRecordTakesACountAsTheEnd) {
  EXPECT_EQ(parse("S104003801C2\nS5030001FB\n", ImageFormat::kSRecord, 8),
            (MemoryImage{"", 0x38, {8, {1}}}));
}

TEST(Reader, OfSRecordTakesAWellKnownFile) {
  const std::string text =
      "S00F000068656C6C6F202020202000003C\n"
      "S11F00007C0802A6900100049421FFF07C6C1B787C8C23783C6000003863000026\n"
      "S11F001C4BFFFFE5398000007D83637880010014382100107C0803A64E800020E9\n"
      "S111003848656C6C6F20776F726C642E0A0042\nS5030003F9\nS9030000FC\n";
  const MemoryImage image = parse(text, ImageFormat::kSRecord, 8);
  const auto& bytes = image.words.bytes;
  ASSERT_EQ(bytes.size(), 70u);
  EXPECT_EQ(std::string(bytes.begin() + 56, bytes.end()), std::string("Hello world.\n\0", 14));
  EXPECT_EQ(image.name, "");  // With zeros at its end it is none.
}

TEST(Reader, OfNpyTakesMorePaddingOfTheHeader) {
  const std::string header = "{'descr': '<u2', 'fortran_order': False, 'shape': (2,), }";
  const std::string start("\x93NUMPY\1\0\xb6\0", 10);
  const std::string data = "\x02\x01\xee\xff";
  EXPECT_EQ(parse(start + header + std::string(181 - header.size(), ' ') + "\n" + data,
                  ImageFormat::kNpy, 16)
                .words,
            kWords);
}

}  // namespace
}  // namespace systole
