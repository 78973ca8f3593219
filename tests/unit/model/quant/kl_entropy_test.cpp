// kl_entropy_test.cpp: the divergence by hand, and the clip against the procedure as published.
#include "model/quant/kl_entropy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace systole {
namespace {

TEST(ClipDivergence, IsThatOfTheHandComputedDistributions) {
  // Two levels of four bins: 6 over three used bins, 16 over four.
  const std::vector<std::int64_t> p = {1, 0, 2, 3, 5, 3, 1, 7};
  const std::vector<double> q = {2, 0, 2, 2, 4, 4, 4, 4};
  double expected = 0;
  for (std::size_t i = 0; i < p.size(); ++i)
    if (p[i] > 0)
      expected += static_cast<double>(p[i]) / 22 * std::log(static_cast<double>(p[i]) / q[i]);
  EXPECT_NEAR(clip_divergence(p, 8, 2), expected, 1e-15);
}

TEST(ClipDivergence, CountsBeyondTheClipAreInPButNotInQ) {
  // P = {1, 3} / 4; Q = {1, 1} / 2 from the bins without the 2 beyond.
  const std::vector<std::int64_t> counts = {1, 1, 2};
  EXPECT_NEAR(clip_divergence(counts, 2, 2), 0.25 * std::log(0.5) + 0.75 * std::log(1.5), 1e-15);
  // As many levels as bins, and nothing beyond: no loss.
  EXPECT_EQ(clip_divergence(counts, 3, 3), 0);
}

TEST(ClipDivergence, IsInfiniteWhereOnlyClippedValuesAre) {
  const std::vector<std::int64_t> counts = {4, 0, 2};
  EXPECT_EQ(clip_divergence(counts, 2, 2), std::numeric_limits<double>::infinity());
}

/// The published steps one after the other, each as a list of its own.
double literal_divergence(const std::vector<std::int64_t>& bins, std::size_t i,
                          std::size_t levels) {
  std::vector<double> p(bins.begin(), bins.begin() + static_cast<std::ptrdiff_t>(i));
  const std::vector<double> sliced = p;
  for (std::size_t j = i; j < bins.size(); ++j) p.back() += static_cast<double>(bins[j]);
  std::vector<double> q(i, 0.0);
  const std::size_t merged = i / levels;
  for (std::size_t level = 0; level < levels; ++level) {
    const std::size_t stop = level + 1 == levels ? i : (level + 1) * merged;
    double sum = 0;
    double norm = 0;
    for (std::size_t j = level * merged; j < stop; ++j) {
      sum += sliced[j];
      norm += p[j] != 0 ? 1 : 0;
    }
    for (std::size_t j = level * merged; j < stop; ++j)
      if (p[j] != 0) q[j] = sum / norm;
  }
  double p_sum = 0;
  double q_sum = 0;
  for (std::size_t j = 0; j < i; ++j) {
    p_sum += p[j];
    q_sum += q[j];
  }
  double divergence = 0;
  for (std::size_t j = 0; j < i; ++j) {
    if (p[j] == 0) continue;
    if (q[j] == 0) return std::numeric_limits<double>::infinity();
    divergence += p[j] / p_sum * std::log((p[j] / p_sum) / (q[j] / q_sum));
  }
  return divergence;
}

TEST(KlClip, AgreesWithThePublishedProcedure) {
  constexpr std::uint32_t kSeed = 11;
  std::mt19937 generator(kSeed);
  std::normal_distribution<float> normal;
  for (const std::size_t levels : {8U, 128U, 256U}) {
    std::vector<float> values(20000);
    for (float& value : values) value = std::pow(std::abs(normal(generator)), 2.0F);
    Histogram histogram;
    histogram.observe(values);
    const std::vector<std::int64_t>& bins = histogram.counts();
    std::size_t best = bins.size();
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = levels; i <= bins.size(); ++i) {
      const double divergence = literal_divergence(bins, i, levels);
      if (divergence < least - 1e-12) {
        least = divergence;
        best = i;
      }
    }
    const double clip = (static_cast<double>(best) + 0.5) * histogram.bin_width();
    EXPECT_EQ(kl_clip(histogram, static_cast<std::int64_t>(levels)), clip)
        << "seed " << kSeed << ", " << levels << " levels";
    EXPECT_LT(clip, histogram.range().hi) << "the example should clip";
  }
}

TEST(KlClip, FewerBinsThanLevelsAreNotClipped) {
  Histogram histogram;
  histogram.observe(std::vector<float>{0.0F, 1.0F, 3.0F});
  EXPECT_EQ(kl_clip(histogram, 1 << 15), 3.0);
}

}  // namespace
}  // namespace systole
