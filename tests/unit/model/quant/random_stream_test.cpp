// random_stream_test.cpp: random numbers by their index.
#include "model/quant/random_stream.h"

#include <gtest/gtest.h>

#include <vector>

namespace systole {
namespace {

// The generator whose output function this is starts with these from state 0 (Vigna's splitmix64).
TEST(MixBits, IsTheOutputOfSplitMix64) {
  EXPECT_EQ(mix_bits(0x9e3779b97f4a7c15), 0xe220a8397b1dcdafU);
  EXPECT_EQ(mix_bits(2 * 0x9e3779b97f4a7c15), 0x6e789e6aa1b965f4U);
}

TEST(RandomStream, IsAFunctionOfSeedNumberAndIndex) {
  EXPECT_EQ(RandomStream(1, 2).at(3), RandomStream(1, 2).at(3));
  EXPECT_NE(RandomStream(1, 2).at(3), RandomStream(2, 2).at(3));
  EXPECT_NE(RandomStream(1, 2).at(3), RandomStream(1, 3).at(3));
  EXPECT_NE(RandomStream(1, 2).at(3), RandomStream(1, 2).at(4));
}

TEST(RandomStream, SpreadsEvenlyBelowACount) {
  std::vector<int> hits(7, 0);
  for (std::uint64_t i = 0; i < 7000; ++i)
    ++hits.at(static_cast<std::size_t>(RandomStream(5, 0).below(7, i)));
  for (const int count : hits) EXPECT_NEAR(count, 1000, 120);  // 4 standard deviations.
}

}  // namespace
}  // namespace systole
