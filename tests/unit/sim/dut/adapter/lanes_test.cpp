// lanes_test.cpp: packing of beats into pins against shifts of single bits.
#include "sim/dut/adapter/lanes.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <vector>

namespace systole::dut {
namespace {

/// A port as Verilator declares it: the smallest of 8, 16, 32, 64 bits, or 32-bit words.
template <unsigned kWidth>
struct Port {
  static constexpr std::size_t kBytes = kWidth <= 8    ? 1
                                        : kWidth <= 16 ? 2
                                        : kWidth <= 32 ? 4
                                        : kWidth <= 64 ? 8
                                                       : (kWidth + 31) / 32 * 4;
  std::array<std::uint8_t, kBytes> bytes;

  bool bit(unsigned i) const { return (bytes[i / 8] >> i % 8 & 1) != 0; }
};

template <class Element, unsigned kBits, unsigned kCount>
void expect_lanes(unsigned seed) {
  std::mt19937 random(seed);
  std::vector<Element> elements(kCount);
  constexpr int kLo = -(1 << (kBits - 1));
  for (Element& element : elements) {
    switch (random() % 4) {
      case 0:
        element = static_cast<Element>(kLo);
        break;
      case 1:
        element = static_cast<Element>(-1 - kLo);
        break;
      default:
        element = static_cast<Element>(kLo + static_cast<int>(random() % (1u << kBits)));
    }
  }
  Port<kBits * kCount> port;
  port.bytes.fill(0xff);
  pack_lanes<Element, kBits, kCount>(reinterpret_cast<const std::uint8_t*>(elements.data()), port);
  for (unsigned i = 0; i < 8 * sizeof(port); ++i) {
    const bool expected = i < kBits * kCount && (elements[i / kBits] >> i % kBits & 1) != 0;
    ASSERT_EQ(port.bit(i), expected) << "bit " << i << " of " << kCount << "x" << kBits;
  }
  std::vector<std::int32_t> back(kCount);
  unpack_lanes<kBits, kCount>(port, reinterpret_cast<std::uint8_t*>(back.data()));
  for (unsigned c = 0; c < kCount; ++c) ASSERT_EQ(back[c], elements[c]) << "lane " << c;
}

template <unsigned... kCount>
void expect_all(unsigned seed) {
  (expect_lanes<std::int16_t, 9, kCount>(seed), ...);
  (expect_lanes<std::int16_t, 16, kCount>(seed), ...);
  (expect_lanes<std::int32_t, 17, kCount>(seed), ...);
}

TEST(Lanes, AreBitsOfThePortAndBack) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    expect_all<1, 2, 3, 4, 5, 7, 8, 15, 16, 31, 32, 33, 63, 64>(seed);
  }
}

TEST(Lanes, Of32BitsAreCopied) {
  const std::int32_t values[3] = {-1, 0x7fffffff, INT32_MIN};
  std::int32_t back[3] = {};
  unpack_lanes<32, 3>(values, reinterpret_cast<std::uint8_t*>(back));
  EXPECT_TRUE(std::equal(values, values + 3, back));
}

}  // namespace
}  // namespace systole::dut
