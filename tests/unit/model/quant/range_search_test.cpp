// range_search_test.cpp: searches against optima by hand and against brute force.
#include "model/quant/range_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace systole {
namespace {

constexpr CodeGrid kSigned2 = {.bits = 2, .is_signed = true, .is_affine = false};

Histogram histogram_of(const std::vector<float>& values) {
  Histogram histogram;
  histogram.observe(values);
  return histogram;
}

/// `count` ones and a 4. Their histogram's bins are 2^-8 wide.
std::vector<float> ones_and_a_four(std::size_t count) {
  std::vector<float> values(count, 1.0F);
  values.push_back(4.0F);
  return values;
}

double exact_noise(const std::vector<float>& values, const RealRange& range, const CodeGrid& grid) {
  const Quantizer quantizer = encode_range(range, grid);
  double noise = 0;
  for (const float value : values) {
    const double x = static_cast<double>(value);
    const double error = dequantize(quantize(x, quantizer), quantizer) - x;
    noise += error * error;
  }
  return noise;
}

TEST(QuantisationNoise, TakesABinAtItsMiddle) {
  // Bins are 1 wide: 0 counts as 0.5, 2047 as itself, the largest value.
  const Histogram histogram = histogram_of({0.0F, 2047.0F});
  const IntType uint16 = {.bits = 16, .is_signed = false};
  EXPECT_EQ(quantisation_noise(histogram, {4.0, 0, uint16}, 3), 0.25 + 1.0);
  // 255 steps of 4 reach 1020.
  const IntType uint8 = {.bits = 8, .is_signed = false};
  EXPECT_EQ(quantisation_noise(histogram, {4.0, 0, uint8}, 3), 0.25 + 3.0 * 1027 * 1027);
}

TEST(QuantisationNoise, OfStepsNoWiderThanABinIsThatOfAnEvenSpread) {
  const Histogram histogram = histogram_of({0.0F, 2047.0F});
  const IntType uint16 = {.bits = 16, .is_signed = false};
  EXPECT_DOUBLE_EQ(quantisation_noise(histogram, {1.0, 0, uint16}, 1), 2.0 / 12);
  EXPECT_DOUBLE_EQ(quantisation_noise(histogram, {0.5, 0, uint16}, 1), 2 * 0.25 / 12);
}

TEST(MseRange, IsTheOptimumByHand) {
  // Codes 0 and 1 of step T: 9 (T - 1)^2 + (4 - T)^2 is least at T = 13 / 10, where it is 8.1;
  // with T = 4 the ones become 0 and cost 9.
  const RealRange range = mse_range(histogram_of(ones_and_a_four(9)), kSigned2);
  // The ones' bin has its middle at 1 + 1/512, which moves T; candidates are 4 / 4096 apart.
  EXPECT_NEAR(range.hi, (9 * (1 + 1.0 / 512) + 4) / 10, 0.5 / 1024);
  EXPECT_EQ(range.lo, -range.hi);
  // 7 ones cost 7 when they become 0, and 0.7 * 9 + ... = 7.875 at their optimum, T = 11 / 8.
  EXPECT_EQ(mse_range(histogram_of(ones_and_a_four(7)), kSigned2).hi, 4.0);
}

TEST(MseRange, OfZerosIsEmpty) {
  for (const bool is_affine : {false, true})
    EXPECT_EQ(mse_range(histogram_of({0.0F, 0.0F}), {.bits = 8, .is_affine = is_affine}),
              RealRange{});
}

std::vector<float> draw(std::mt19937& generator, bool is_positive) {
  std::normal_distribution<float> normal(0.25F);
  std::vector<float> values(1000);
  for (float& value : values) value = normal(generator);
  for (int i = 0; i < 5; ++i) values[static_cast<std::size_t>(i)] *= 4;
  if (is_positive)
    for (float& value : values) value = std::max(value, 0.0F);
  return values;
}

TEST(MseRange, IsAsGoodAsBruteForceForSymmetricCodes) {
  constexpr std::uint32_t kSeed = 3;
  std::mt19937 generator(kSeed);
  for (const bool is_signed : {true, false}) {
    const std::vector<float> values = draw(generator, !is_signed);
    const double largest = std::max(-static_cast<double>(std::ranges::min(values)),
                                    static_cast<double>(std::ranges::max(values)));
    for (const int bits : {2, 3, 4, 6, 8}) {
      const CodeGrid grid = {.bits = bits, .is_signed = is_signed};
      double least = exact_noise(values, {is_signed ? -largest : 0, largest}, grid);
      for (int i = 1; i <= 2000; ++i) {
        const double clip = largest * i / 2000;
        least = std::min(least, exact_noise(values, {is_signed ? -clip : 0, clip}, grid));
      }
      EXPECT_LE(exact_noise(values, mse_range(histogram_of(values), grid), grid), 1.02 * least)
          << "seed " << kSeed << ", " << bits << " bits, " << (is_signed ? "signed" : "unsigned");
    }
  }
}

TEST(MseRange, IsAsGoodAsBruteForceForAffineCodes) {
  constexpr std::uint32_t kSeed = 4;
  std::mt19937 generator(kSeed);
  const std::vector<float> values = draw(generator, false);
  const double lo = std::ranges::min(values);
  const double hi = std::ranges::max(values);
  for (const int bits : {3, 4, 8}) {
    const CodeGrid grid = {.bits = bits, .is_affine = true};
    double least = exact_noise(values, {lo, hi}, grid);
    for (int i = 1; i <= 80; ++i)
      for (int j = 1; j <= 80; ++j)
        least = std::min(least, exact_noise(values, {lo * i / 80, hi * j / 80}, grid));
    EXPECT_LE(exact_noise(values, mse_range(histogram_of(values), grid), grid), 1.03 * least)
        << "seed " << kSeed << ", " << bits << " bits";
  }
}

// Clipping both ends alike, or one of them only, is several times worse here.
TEST(MseRange, ClipsEitherEndOfAffineCodesByItsOwnShare) {
  constexpr std::uint32_t kSeed = 10;
  std::mt19937 generator(kSeed);
  std::uniform_real_distribution<float> uniform(-1.0F, 1.0F);
  std::vector<float> values(2000);
  for (float& value : values) value = uniform(generator);
  values[0] = -3;
  values[1] = 6;
  const CodeGrid grid = {.bits = 4, .is_affine = true};
  double least = exact_noise(values, {-3, 6}, grid);
  for (int i = 1; i <= 60; ++i)
    for (int j = 1; j <= 60; ++j)
      least = std::min(least, exact_noise(values, {-3.0 * i / 60, 6.0 * j / 60}, grid));
  EXPECT_LE(exact_noise(values, mse_range(histogram_of(values), grid), grid), 1.03 * least)
      << "seed " << kSeed;
}

TEST(MseRange, SixteenBitsKeepNearlyTheWholeRange) {
  std::mt19937 generator(8);
  const std::vector<float> values = draw(generator, false);
  const double largest = std::max(-static_cast<double>(std::ranges::min(values)),
                                  static_cast<double>(std::ranges::max(values)));
  EXPECT_GT(mse_range(histogram_of(values), {.bits = 16}).hi, 0.99 * largest);
}

TEST(SqnrRange, IsTheCandidateByHand) {
  // Codes 0..3 of step s: 8 (s - 1)^2 + (4 - 3s)^2 is least at s = 20/17, nearest of k (4/3) / 100
  // is k = 88. The 4 is within half a step of 3s, so its weight is 1.
  const CodeGrid grid = {.bits = 2, .is_signed = false};
  EXPECT_NEAR(sqnr_range(histogram_of(ones_and_a_four(8)), grid, 3).hi, 3.52, 1e-12);
}

TEST(SqnrRange, WeightsTheErrorsOfClippedValues) {
  // Steps T = k (8/3) / 100. Up to T = 2 the cost is 9 (T - 1)^2 + weight (4 - T)^2, with weight 3
  // at least 20.25. With the last candidate the ones become 0 and 4 is within half a step: 10.7.
  const Histogram histogram = histogram_of(ones_and_a_four(9));
  EXPECT_NEAR(sqnr_range(histogram, kSigned2, 3).hi, 8.0 / 3 * 1.01, 1e-12);
  // Unweighted, clipping at 13 / 10 costs 8.1: k = 49 of 48.75.
  EXPECT_NEAR(sqnr_range(histogram, kSigned2, 1).hi, 8.0 / 3 * 0.49, 1e-12);
}

TEST(SqnrRange, OfAffineCodesStaysWithinTheValues) {
  std::mt19937 generator(9);
  const std::vector<float> values = draw(generator, false);
  const double lo = std::ranges::min(values);
  const double hi = std::ranges::max(values);
  const RealRange range = sqnr_range(histogram_of(values), {.bits = 8, .is_affine = true}, 3);
  const double step = (hi - lo) / 255;
  EXPECT_GE(range.lo, lo - step);
  EXPECT_LE(range.hi, hi + step);
  EXPECT_LT(range.lo, 0);
  EXPECT_GT(range.hi, 1);
}

TEST(RcfRange, IsTheRootByHand) {
  // 9 (alpha - 1)^2 = alpha (4 - alpha), for alpha in (1, 2); no root elsewhere.
  const RealRange range = rcf_range(histogram_of(ones_and_a_four(9)), kSigned2);
  EXPECT_NEAR(range.hi, (22 + std::sqrt(124.0)) / 20, 1.0 / 256);
  EXPECT_EQ(range.lo, -range.hi);
  EXPECT_EQ(rcf_range(histogram_of({0.0F}), kSigned2), RealRange{});
}

}  // namespace
}  // namespace systole
