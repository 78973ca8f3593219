// srecord_test.cpp: memory images, read by the SRecord tools.
//
// srec_cmp compares contents at byte addresses. Of formats with words it reads up to 32 bits, those
// of $readmemh with the most significant byte at the lowest address, those of MIF the other way
// round; what srec_cat writes begins with the most significant byte in all of them, and has up to
// 64 bits, of $readmemh 128. It reads no COE; when it writes one it sees holes after some 24 bytes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <sstream>

#include "tests/flows/export/images.h"
#include "tests/support/process.h"

namespace systole::test {
namespace {

/// 0, and one from which images cross byte address 0x10000, where the 16 bits of Intel HEX end.
std::vector<std::uint64_t> bases(int bits) {
  const auto bytes = static_cast<std::uint64_t>(bits) / 8;
  return {0, 0x10000 / bytes - 2};
}

std::string title(int bits, std::uint64_t base) {
  return fmt::format("{} bits from {:#x}", bits, base);
}

class SRecord : public testing::Test {
 protected:
  /// srec_cmp's exit status for a file and these bytes at a byte address; 0: equal.
  int compare(const std::string& text, const std::string& format, const std::string& bytes,
              std::uint64_t address) const {
    const Finished compared =
        run_process({"srec_cmp", temp_.write("image", text), format, temp_.write("bytes", bytes),
                     "-binary", "-offset", std::to_string(address)});
    messages_ = compared.err;
    return compared.exit_code;
  }

  /// What srec_cat makes of these bytes at a byte address.
  std::string written(const std::string& bytes, std::uint64_t address, const std::string& format,
                      int bits) const {
    const Finished cat =
        run_process({"srec_cat", temp_.write("bytes", bytes), "-binary", "-offset",
                     std::to_string(address), "-o", "-", format, std::to_string(bits)});
    EXPECT_EQ(cat.exit_code, 0) << cat.err;
    return cat.out;
  }

  /// Compares images of these widths with their bytes.
  void expect_equal(ImageFormat format, const std::string& name, int most_bits,
                    std::vector<ByteOrder> orders) const {
    for (const int bits : kWidths)
      for (const std::uint64_t base : bases(bits))
        for (const ByteOrder order : orders) {
          if (bits > most_bits) continue;
          const MemoryImage image = sample_image("w", bits, base);
          const std::string bytes = memory_bytes(image.words, order);
          EXPECT_EQ(compare(write_image(image, format, {.byte_order = order}), name, bytes,
                            base * image.words.word_bytes()),
                    0)
              << title(bits, base) << ": " << messages_;
        }
  }

  TempDirectory temp_;
  mutable std::string messages_;
};

TEST_F(SRecord, TellsOneWrongBitAndOneWrongAddress) {
  const MemoryImage image = sample_image("w", 32, 4);
  const std::string text = write_image(image, ImageFormat::kIntelHex);
  std::string bytes = memory_bytes(image.words, ByteOrder::kLittle);
  EXPECT_EQ(compare(text, "-intel", bytes, 16), 0);
  EXPECT_NE(compare(text, "-intel", bytes, 15), 0);
  bytes[5] = static_cast<char>(bytes[5] ^ 1);
  EXPECT_NE(compare(text, "-intel", bytes, 16), 0);
}

TEST_F(SRecord, ReadsIntelHexOfAllWidthsAndByteOrders) {
  expect_equal(ImageFormat::kIntelHex, "-intel", 256, {ByteOrder::kLittle, ByteOrder::kBig});
}

TEST_F(SRecord, ReadsSRecordsOfAllWidthsAndByteOrders) {
  expect_equal(ImageFormat::kSRecord, "-motorola", 256, {ByteOrder::kLittle, ByteOrder::kBig});
}

TEST_F(SRecord, ReadsReadmemhOfUpTo32Bits) {
  expect_equal(ImageFormat::kHex, "-vmem", 32, {ByteOrder::kBig});
}

TEST_F(SRecord, ReadsMifOfUpTo32Bits) {
  expect_equal(ImageFormat::kMif, "-mif", 32, {ByteOrder::kLittle});
}

TEST_F(SRecord, ReadsRawBytes) {
  for (const int bits : kWidths)
    for (const ByteOrder order : kOrders) {
      const MemoryImage image = sample_image("w", bits, 0);
      EXPECT_EQ(compare(write_image(image, ImageFormat::kRaw, {.byte_order = order}), "-binary",
                        memory_bytes(image.words, order), 0),
                0)
          << title(bits, 0) << ": " << messages_;
    }
}

TEST_F(SRecord, WritesReadmemhOfUpTo128BitsAsWeReadIt) {
  for (const int bits : kWidths)
    for (const std::uint64_t base : bases(bits)) {
      if (bits > 128) continue;
      const MemoryImage image = sample_image("", bits, base);
      const std::string text = written(memory_bytes(image.words, ByteOrder::kBig),
                                       base * image.words.word_bytes(), "-vmem", bits);
      EXPECT_EQ(read_image(text, ImageFormat::kHex, "srec_cat", bits), image) << title(bits, base);
    }
}

TEST_F(SRecord, WritesMifOfUpTo64BitsAsWeReadIt) {
  for (const int bits : kWidths) {
    if (bits > 64) continue;
    const MemoryImage image = sample_image("", bits, 0);
    const std::string text = written(memory_bytes(image.words, ByteOrder::kBig), 0, "-mif", bits);
    EXPECT_EQ(read_image(text, ImageFormat::kMif, "srec_cat", bits), image) << title(bits, 0);
  }
}

/// A COE without comments and white space, in small letters.
std::string bare(const std::string& text) {
  std::string rest;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(";")) continue;
    for (const char c : line)
      if (c != ' ') rest += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return rest;
}

TEST_F(SRecord, WritesCoeOfUpTo64BitsAsWeDo) {
  for (const int bits : kWidths) {
    if (bits > 64) continue;
    const auto most = static_cast<std::size_t>(24 / (bits / 8));
    const MemoryImage image = sample_image("w", bits, 0, most < 4 ? 0 : most - 4);
    const std::string text = written(memory_bytes(image.words, ByteOrder::kBig), 0, "-coe", bits);
    EXPECT_EQ(bare(write_image(image, ImageFormat::kCoe)), bare(text)) << title(bits, 0);
  }
}

}  // namespace
}  // namespace systole::test
