// histogram_test.cpp: counts stay exact whatever the order of values and batches.
#include "model/quant/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

namespace systole {
namespace {

Histogram observed(const std::vector<float>& values) {
  Histogram histogram;
  histogram.observe(values);
  return histogram;
}

TEST(Histogram, IsEmptyAtFirst) {
  const Histogram histogram = observed({});
  EXPECT_EQ(histogram.total(), 0);
  EXPECT_EQ(histogram.range(), (RealRange{0, 0}));
}

TEST(Histogram, ZerosShareOneBin) {
  const Histogram histogram = observed({0.0F, -0.0F, 0.0F});
  EXPECT_EQ(histogram.counts(), (std::vector<std::int64_t>{3}));
  EXPECT_EQ(histogram.range(), (RealRange{0, 0}));
}

TEST(Histogram, HoldsUpTo2048BinsOfOneWidth) {
  std::vector<float> values(2048);
  std::iota(values.begin(), values.end(), 0.0F);
  Histogram histogram = observed(values);
  EXPECT_EQ(histogram.bin_width(), 1.0);
  EXPECT_EQ(histogram.counts(), std::vector<std::int64_t>(2048, 1));

  histogram.observe(std::vector<float>{2048.0F});
  EXPECT_EQ(histogram.bin_width(), 2.0);
  std::vector<std::int64_t> doubled(1024, 2);
  doubled.push_back(1);
  EXPECT_EQ(histogram.counts(), doubled);
}

TEST(Histogram, BinsBelowZeroHoldTheirLowerEdge) {
  Histogram histogram = observed({-1024.0F, -0.5F, 0.0F, 1023.0F});
  EXPECT_EQ(histogram.bin_width(), 1.0);
  EXPECT_EQ(histogram.first_bin(), -1024);
  EXPECT_EQ(histogram.counts()[0], 1);
  EXPECT_EQ(histogram.counts()[1023], 1);
  EXPECT_EQ(histogram.counts()[1024], 1);
  EXPECT_EQ(histogram.counts()[2047], 1);

  histogram.observe(std::vector<float>{-1025.0F});
  EXPECT_EQ(histogram.bin_width(), 2.0);
  EXPECT_EQ(histogram.first_bin(), -513);
  EXPECT_EQ(histogram.counts()[512], 1);  // -0.5.
  EXPECT_EQ(histogram.counts()[513], 1);  // 0.
}

TEST(Histogram, TakesTheSmallestAndTheLargestFloats) {
  const float tiny = std::numeric_limits<float>::denorm_min();
  const float huge = std::numeric_limits<float>::max();
  Histogram histogram = observed({tiny, -tiny});
  EXPECT_EQ(histogram.counts(), (std::vector<std::int64_t>{1, 0, 1}));
  histogram.observe(std::vector<float>{huge, -huge});
  EXPECT_EQ(histogram.total(), 4);
  EXPECT_EQ(histogram.range(), (RealRange{-huge, huge}));
  EXPECT_EQ(histogram.counts().front(), 1);
  EXPECT_EQ(histogram.counts().back(), 1);
  EXPECT_EQ(histogram, observed({huge, tiny, -tiny, -huge}));
}

// Magnitudes over many powers of two, so that nearly every order grows the range again and again.
TEST(Histogram, OrderBatchesAndMergingDoNotMatter) {
  constexpr std::uint32_t kSeed = 7;
  std::mt19937 generator(kSeed);
  std::uniform_int_distribution<int> exponent(-20, 20);
  std::normal_distribution<float> normal;
  for (int trial = 0; trial < 50; ++trial) {
    std::vector<float> values(500);
    for (float& value : values) value = std::ldexp(normal(generator), exponent(generator));
    const Histogram whole = observed(values);
    ASSERT_EQ(std::accumulate(whole.counts().begin(), whole.counts().end(), std::int64_t{0}), 500);
    ASSERT_LE(std::ssize(whole.counts()), Histogram::kBins);
    ASSERT_GT(std::ssize(whole.counts()), Histogram::kBins / 2);

    std::shuffle(values.begin(), values.end(), generator);
    Histogram parts;
    Histogram left;
    Histogram right;
    for (std::size_t at = 0; at < values.size();) {
      const std::size_t size = std::min<std::size_t>(1 + generator() % 40, values.size() - at);
      const std::span<const float> batch(values.data() + at, size);
      parts.observe(batch);
      (generator() % 2 == 0 ? left : right).observe(batch);
      at += size;
    }
    ASSERT_EQ(parts, whole) << "seed " << kSeed << ", trial " << trial;
    Histogram merged = right;
    merged.merge(left);
    left.merge(right);
    ASSERT_EQ(left, whole) << "seed " << kSeed << ", trial " << trial;
    ASSERT_EQ(merged, whole) << "seed " << kSeed << ", trial " << trial;
  }
}

TEST(Histogram, MergingAnEmptyOneChangesNothing) {
  Histogram histogram = observed({1.0F, 2.0F});
  histogram.merge(Histogram{});
  EXPECT_EQ(histogram, observed({1.0F, 2.0F}));
  Histogram empty;
  empty.merge(histogram);
  EXPECT_EQ(empty, histogram);
}

}  // namespace
}  // namespace systole
