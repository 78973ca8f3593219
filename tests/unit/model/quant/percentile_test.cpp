// percentile_test.cpp: percentiles of a histogram against those of the sorted values.
#include "model/quant/percentile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace systole {
namespace {

Histogram counted(const std::vector<float>& values) {
  Histogram histogram;
  histogram.observe(values);
  return histogram;
}

TEST(PercentileRange, IsWithinOneBinOfTheExactQuantiles) {
  constexpr std::uint32_t kSeed = 5;
  std::mt19937 generator(kSeed);
  std::normal_distribution<float> normal;
  std::vector<float> values(100000);
  for (float& value : values) value = normal(generator);
  const Histogram histogram = counted(values);
  std::ranges::sort(values);
  for (const double percent : {99.0, 99.9, 99.99}) {
    const auto outside = static_cast<std::size_t>(std::llround((100 - percent) / 100 * 100000));
    const RealRange range = percentile_range(histogram, percent);
    EXPECT_NEAR(range.lo, values[outside], histogram.bin_width()) << percent << ", seed " << kSeed;
    EXPECT_NEAR(range.hi, values[99999 - outside], histogram.bin_width())
        << percent << ", seed " << kSeed;
  }
}

TEST(PercentileRange, Of100IsTheWholeRange) {
  EXPECT_EQ(percentile_range(counted({-3.0F, 0.1F, 7.3F}), 100), (RealRange{-3.0, 7.3F}));
}

TEST(PercentileRange, DropsAtMostTheStatedShare) {
  // One of ten may go at 90 %, none at 91 %.
  const std::vector<float> values = {1, 2, 3, 4, 5, 6, 7, 8, 9, 100};
  EXPECT_NEAR(percentile_range(counted(values), 90).hi, 9, 0.25);
  EXPECT_EQ(percentile_range(counted(values), 91).hi, 100);
}

}  // namespace
}  // namespace systole
