// round_trip_test.cpp: what is written is read back, and writing is deterministic.
#include <gtest/gtest.h>

#include <array>

#include "tests/unit/sim/image/support.h"

namespace systole {
namespace {

constexpr std::array kWordBits = {8, 16, 24, 32, 64, 128, 256, 1024};

/// Writes, reads back and compares.
void expect_round_trip(const MemoryImage& image, ImageFormat format, ByteOrder order) {
  const FormatOptions options{.byte_order = order};
  const std::string text = write_image(image, format, options);
  EXPECT_EQ(write_image(image, format, options), text);
  const MemoryImage back = read_image(text, format, "f", image.words.bits, options);
  EXPECT_EQ(back.words, image.words);
  EXPECT_EQ(back.base, holds_addresses(format) ? image.base : 0);
  const bool has_name = format == ImageFormat::kSRecord || format == ImageFormat::kCHeader;
  EXPECT_EQ(back.name, has_name ? image.name : "");
}

class RoundTrip : public testing::TestWithParam<ImageFormat> {};

TEST_P(RoundTrip, GivesTheSameImageForEveryWidthOrderSizeAndBase) {
  unsigned seed = 0;
  for (const int bits : kWordBits)
    for (const ByteOrder order : {ByteOrder::kLittle, ByteOrder::kBig})
      for (const std::size_t count : {1, 2, 17, 100})
        for (const std::uint64_t base : {0x0, 0x1, 0x1fff0}) {
          SCOPED_TRACE(testing::Message() << bits << " bits, big endian " << (order != ByteOrder{})
                                          << ", base " << base << ", seed " << ++seed);
          expect_round_trip({"weights_0", base, random_words(bits, count, seed)}, GetParam(),
                            order);
        }
}

TEST_P(RoundTrip, GivesTheSameImageOfZerosAndOfOnes) {
  for (const int bits : kWordBits)
    for (const std::uint8_t byte : {std::uint8_t{0x00}, std::uint8_t{0xff}}) {
      const auto size = static_cast<std::size_t>(bits) / 8 * 3;
      expect_round_trip({"w", 0, {bits, std::vector<std::uint8_t>(size, byte)}}, GetParam(),
                        ByteOrder::kBig);
    }
}

TEST_P(RoundTrip, GivesTheSameImageAcross64KiB) {
  for (const int bits : {8, 24, 64})
    expect_round_trip({"w", 5, random_words(bits, 1400000 / static_cast<std::size_t>(bits), 1)},
                      GetParam(), ByteOrder::kLittle);
}

TEST_P(RoundTrip, ReachesTheLastAddress) {
  expect_round_trip({"w", kAddressLimit - 33, random_words(8, 33, 1)}, GetParam(),
                    ByteOrder::kLittle);
  const MemoryImage beyond{"w", kAddressLimit - 33, random_words(8, 34, 1)};
  EXPECT_THROW(write_image(beyond, GetParam()), InputError);
}

TEST_P(RoundTrip, DependsOnTheByteOrderWhereTheFormatHasBytes) {
  for (const int bits : kWordBits) {
    const MemoryImage image{"w", 0, random_words(bits, 3, 1)};
    const bool differs = write_image(image, GetParam(), {.byte_order = ByteOrder::kBig}) !=
                         write_image(image, GetParam(), {.byte_order = ByteOrder::kLittle});
    EXPECT_EQ(differs, bits > 8 && has_byte_order(GetParam(), bits)) << bits;
  }
}

INSTANTIATE_TEST_SUITE_P(OfEachFormat, RoundTrip, testing::ValuesIn(kImageFormats),
                         [](const auto& each) { return to_string(each.param); });

}  // namespace
}  // namespace systole
