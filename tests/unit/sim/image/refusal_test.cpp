// refusal_test.cpp: what is wrong with a file is said with its line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/sim/image/support.h"

namespace systole {
namespace {

using testing::HasSubstr;

std::string complaint(const std::string& text, ImageFormat format, int bits = 8) {
  return message_of([&] { parse(text, format, bits); });
}
std::string hex(const std::string& text, int bits = 8) {
  return complaint(text, ImageFormat::kHex, bits);
}
std::string mif(const std::string& entries) {
  return complaint("WIDTH=8; DEPTH=4294967296;\nCONTENT BEGIN\n" + entries, ImageFormat::kMif);
}
std::string ihex(const std::string& text, int bits = 8) {
  return complaint(text, ImageFormat::kIntelHex, bits);
}
std::string srec(const std::string& text) { return complaint(text, ImageFormat::kSRecord); }

TEST(Refusal, OfReadmemNamesDigitsAndWidth) {
  EXPECT_EQ(hex("00\n0g\n"), "f:2: got '0g', expected a word of 8 bits, in digits of radix 16");
  EXPECT_EQ(hex("00\n123\n"), "f:2: got '123', 3 digits, expected 2 digits for 8 bits");
  EXPECT_THAT(hex("xx"), HasSubstr("f:1: got 'xx'"));
  EXPECT_THAT(hex("00 $"), HasSubstr("f:1: got '$', expected a word, an address or a comment"));
  EXPECT_THAT(hex("00 /* "), HasSubstr("a comment without end"));
  EXPECT_THAT(complaint("00000002", ImageFormat::kBin), HasSubstr("radix 2"));
  EXPECT_EQ(hex("// nothing\n"), "f: got no data, expected one word or more");
}

TEST(Refusal, OfAddressesNamesOverlapsAndHoles) {
  EXPECT_EQ(hex("@0\n00 00\n@1\n00\n", 8),
            "f:3: word address 0x1 (byte 0x1): got data a second time, expected it once");
  EXPECT_EQ(hex("@0 0000\n\n@2 0000", 16),
            "f:3: word address 0x1 (byte 0x2): got no data, "
            "expected data for every word up to this line's");
  EXPECT_THAT(hex("00 @ffffffff 00"), HasSubstr("no data"));
  EXPECT_THAT(hex("@100000000 00"), HasSubstr("f:1: address: got '100000000', expected at most"));
  EXPECT_THAT(hex("@1z 00"), HasSubstr("f:1: address: got '1z'"));
  EXPECT_THAT(hex("@ffffffff 00 00"), HasSubstr("expected byte addresses below 0x100000000"));
  EXPECT_THAT(hex("@1 @2 00"), HasSubstr("an address without data"));
  EXPECT_THAT(hex("@ffffffffffffffffffff 00"), HasSubstr("address: got 'ffffffffffffffffffff'"));
}

TEST(Refusal, OfCoeNamesRadixAndEnd) {
  const std::string head = "memory_initialization_radix=16;\nmemory_initialization_vector=";
  const auto coe = [](const std::string& text) { return complaint(text, ImageFormat::kCoe); };
  EXPECT_THAT(coe(head + "00,01"), HasSubstr("f:2: got the end of the file, expected a word"));
  EXPECT_THAT(coe(head + "00,,01;"), HasSubstr("got ',01;', expected a word"));
  EXPECT_THAT(coe(head + "100;"),
              HasSubstr("f:2: got '100', 3 digits, expected 2 digits for 8 bits"));
  EXPECT_THAT(coe(head + "00;\n01;"), HasSubstr("f:3: got '01;', expected the end of the file"));
  EXPECT_THAT(coe("memory_initialization_radix=10;"), HasSubstr("got '10', expected 16 or 2"));
  EXPECT_THAT(coe("radix=16;"), HasSubstr("expected memory_initialization_radix = ..."));
}

TEST(Refusal, OfMifNamesRangesThatAreTooLong) {
  EXPECT_THAT(mif("[0..ffffffff] : 00;\nEND;"), HasSubstr("f:3: got [0..ffffffff] for 1 words"));
  EXPECT_THAT(mif("[0..3ffffff] : 00;\n[4000000..4000000] : 00;\nEND;"), HasSubstr("f:4: got [40"));
  EXPECT_THAT(mif("[1..0] : 00;\nEND;"), HasSubstr("got [1..0] for 1 words"));
  EXPECT_THAT(mif("[0..1] : 00 01 02;\nEND;"), HasSubstr("got [0..1] for 3 words"));
  EXPECT_THAT(mif("100000000 : 00;\nEND;"), HasSubstr("address: got '100000000'"));
}

TEST(Refusal, OfMifNamesWhatItsHeadAndEndLack) {
  const auto of = [](const std::string& text) { return complaint(text, ImageFormat::kMif); };
  EXPECT_THAT(mif("0 : 00;"),
              HasSubstr("f:3: got the end of the file, expected an address or END"));
  EXPECT_THAT(mif("0 : 00; END"), HasSubstr("expected ';'"));
  EXPECT_THAT(of("WIDTH=16; DEPTH=1; CONTENT BEGIN"), HasSubstr("WIDTH: got 16, expected 8"));
  EXPECT_THAT(of("DEPTH=1; CONTENT BEGIN"), HasSubstr("WIDTH: got 0, expected 8"));
  EXPECT_THAT(of("WIDTH=8; DEPTH=2; CONTENT BEGIN 2 : 00; END;"), HasSubstr("address: got '2'"));
  EXPECT_THAT(of("WIDTH=8; DEPTH=2; CONTENT BEGIN 1 : 00 01; END;"), HasSubstr("below 0x2"));
  EXPECT_THAT(of("COLOUR=8;"), HasSubstr("got 'COLOUR', expected WIDTH"));
  EXPECT_THAT(of("DATA_RADIX=DEC;"), HasSubstr("got 'DEC', expected HEX or BIN"));
}

TEST(Refusal, OfIntelHexNamesChecksumsLengthsAndEnd) {
  EXPECT_EQ(ihex(":0100000001FF\n"), "f:1: got checksum FF, expected FE");
  EXPECT_EQ(ihex(":0100000001FE\n"),
            "f:1: got the end of the file, expected an end record, "
            ":00000001FF");
  EXPECT_THAT(ihex(":0200000001FE\n"), HasSubstr("a record of 6 bytes, expected 5 and 2 of data"));
  EXPECT_THAT(ihex(":\n"), HasSubstr("a record of 0 bytes"));
  EXPECT_THAT(ihex(":0100000001F\n"), HasSubstr("two digits for each byte"));
  EXPECT_THAT(ihex(":01000000x1FE\n"), HasSubstr("f:1: got 'x1'"));
  EXPECT_THAT(ihex("0100000001FE\n"), HasSubstr("expected a record, ':' and digits"));
  EXPECT_THAT(ihex(":00000001FF\n:0100000001FE\n"),
              HasSubstr("f:2: got ':0100000001FE', expected"));
  EXPECT_THAT(ihex(":00000006FA\n"), HasSubstr("a record of type 6"));
  EXPECT_THAT(ihex(":00000004FC\n"), HasSubstr("0 data bytes of type 4, expected 2"));
}

TEST(Refusal, ShowsLittleOfAFileAndNothingThatCannotBePrinted) {
  EXPECT_THAT(ihex("\x01\xff abc"), HasSubstr("f:1: got '?? abc', expected"));
  EXPECT_THAT(ihex(std::string(100, 'a')), HasSubstr("got 'aaaaaaaaaaaaaaaaaaaa...', expected"));
}

TEST(Refusal, OfIntelHexNamesAddresses) {
  const std::string end = ":00000001FF\n";
  EXPECT_THAT(ihex(":0100000001FE\n:0100000001FE\n" + end), HasSubstr("f:2: word address 0x0"));
  EXPECT_THAT(ihex(":020000021000EC\n:02FFFF000102FD\n" + end), HasSubstr("end of its segment"));
  // 2 + 4 + 0xff + 0xff = 0x204.
  EXPECT_THAT(ihex(":02000004FFFFFC\n:02FFFF000102FD\n" + end), HasSubstr("below 0x100000000"));
  EXPECT_THAT(ihex(":0100000001FE\n" + end, 16), HasSubstr("got the end within a word"));
  EXPECT_THAT(ihex(":020001000102FA\n" + end, 16), HasSubstr("got data within a word"));
}

TEST(Refusal, OfSRecordNamesChecksumsTypesCountsAndEnd) {
  const std::string data =
      "S306000000000"
      "1F8\n";
  const std::string end = "S70500000000FA\n";
  EXPECT_NO_THROW(parse(data + end, ImageFormat::kSRecord, 8));
  EXPECT_EQ(srec("S30600000000"
                 "01F9\n"),
            "f:1: got checksum F9, expected F8");
  EXPECT_THAT(srec(data), HasSubstr("f:1: got the end of the file, expected an end record"));
  EXPECT_THAT(srec(data + "S5030002FA\n" + end), HasSubstr("f:2: got a count of 2, expected 1"));
  EXPECT_THAT(srec(data + "S5030001FB\n" + data), HasSubstr("an end record after the count"));
  EXPECT_THAT(srec(data + "S9030000FC\n"), HasSubstr("got S9, expected S7"));
  EXPECT_THAT(srec(data + "S104000101F9\n" + end), HasSubstr("got S1, expected S3 as before"));
  EXPECT_THAT(srec(data + end + data), HasSubstr("f:3: got "));
  EXPECT_THAT(srec(data + data + end), HasSubstr("a second time"));
  EXPECT_THAT(srec("S4030000FC\n"), HasSubstr("expected a record"));
  EXPECT_THAT(srec("S3030000FC\n"), HasSubstr("a record of 4 bytes"));
  EXPECT_THAT(srec(end), HasSubstr("got S7, expected data before it"));
}

TEST(Refusal, OfRawAndNpyNamesTheirSize) {
  EXPECT_EQ(complaint("abc", ImageFormat::kRaw, 16),
            "f: got 3 bytes, expected one word or more of 2 bytes each");
  const std::string npy = write_image({"w", 0, random_words(16, 2, 1)}, ImageFormat::kNpy);
  EXPECT_THAT(complaint(npy + "ab", ImageFormat::kNpy, 16), HasSubstr("'shape': (3,)"));
  EXPECT_THAT(complaint(npy, ImageFormat::kNpy, 32), HasSubstr("'<u4'"));
  EXPECT_THAT(complaint(npy.substr(0, 20), ImageFormat::kNpy), HasSubstr("a header of 118 bytes"));
  EXPECT_THAT(complaint("abc", ImageFormat::kNpy), HasSubstr("got another file"));
}

TEST(Refusal, OfCHeadersNamesWhatDiffers) {
  const std::string text = write_image({"w", 0, {16, {1, 0, 2, 0}}}, ImageFormat::kCHeader);
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string other = text;
    return complaint(other.replace(other.find(from), from.size(), to), ImageFormat::kCHeader, 16);
  };
  EXPECT_THAT(changed("_WORDS 2", "_WORDS 3"), HasSubstr("got 4 bytes, expected 3 words"));
  EXPECT_THAT(changed("w[2]", "w[4]"), HasSubstr("w[4]: got 2 elements, expected 4"));
  EXPECT_THAT(changed("w[2]", "v[2]"), HasSubstr("f:11: got 'v', expected W"));
  EXPECT_THAT(changed("0x0001", "0x10001"), HasSubstr("f:12: got '10001'"));
  EXPECT_THAT(changed("BITS 16", "BITS 32"), HasSubstr("f:8: got '32', expected 16"));
}

TEST(Refusal, OfImagesComesBeforeAnythingIsWritten) {
  const auto write = [](const MemoryImage& image, ImageFormat format, int alignment = 8) {
    return message_of([&] { write_image(image, format, {.alignment = alignment}); });
  };
  EXPECT_THAT(write({"w", 0, {8, {}}}, ImageFormat::kHex), HasSubstr("w: got 0 bytes"));
  EXPECT_THAT(write({"w", 0, {16, {1}}}, ImageFormat::kHex), HasSubstr("w: got 1 bytes"));
  EXPECT_THAT(write({"w", 0, {12, {1}}}, ImageFormat::kHex), HasSubstr("w: got 12, expected a mu"));
  EXPECT_THAT(write({"a\nb", 0, {8, {1}}}, ImageFormat::kHex), HasSubstr("printable ASCII"));
  EXPECT_THAT(write({"w", kAddressLimit - 1, {8, {1, 2}}}, ImageFormat::kHex),
              HasSubstr("word addresses below 2^32"));
  EXPECT_THAT(write({"w", kAddressLimit / 2 - 1, {16, {1, 2, 3, 4}}}, ImageFormat::kSRecord),
              HasSubstr("byte addresses below 2^32"));
  EXPECT_THAT(write({"0w", 0, {8, {1}}}, ImageFormat::kCHeader), HasSubstr("identifier of C"));
  EXPECT_THAT(write({"w", 0, {8, {1}}}, ImageFormat::kCHeader, 3), HasSubstr("power of two"));
  EXPECT_THAT(message_of([] { parse("00", ImageFormat::kHex, 12); }), HasSubstr("f: word bits"));
}

}  // namespace
}  // namespace systole
