// statistics.cpp: what observers keep of the values that they see, beside histograms.
#include "model/quant/statistics.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <vector>

namespace systole {
namespace {

RealRange extremes_of(std::span<const float> values) {
  const auto [lo, hi] = std::minmax_element(values.begin(), values.end());
  return {*lo, *hi};
}

}  // namespace

void Extremes::observe(std::span<const float> values) {
  if (values.empty()) return;
  const RealRange batch = extremes_of(values);
  range =
      total == 0 ? batch : RealRange{std::min(range.lo, batch.lo), std::max(range.hi, batch.hi)};
  total += static_cast<std::int64_t>(values.size());
}

void MovingExtremes::observe(std::span<const float> values) {
  if (values.empty()) return;
  const RealRange batch = extremes_of(values);
  if (total == 0) range = batch;
  range.lo += momentum * (batch.lo - range.lo);
  range.hi += momentum * (batch.hi - range.hi);
  total += static_cast<std::int64_t>(values.size());
}

void Magnitudes::observe(std::span<const float> values) {
  extremes.observe(values);
  std::vector<float> magnitudes(values.begin(), values.end());
  for (float& value : magnitudes) value = std::abs(value);
  histogram.observe(magnitudes);
}

void Moments::observe(std::span<const float> values) {
  for (const float value : values) {
    const double magnitude = std::abs(static_cast<double>(value));
    sum_abs += magnitude;
    sum_square += magnitude * magnitude;
    largest = std::max(largest, magnitude);
  }
  total += static_cast<std::int64_t>(values.size());
}

SawbCoefficients sawb_coefficients(int bits) {
  assert(bits >= 2 && bits <= 8);
  constexpr SawbCoefficients kFive = {17.74, -18.64};
  constexpr SawbCoefficients kEight = {31.76, -35.04};
  if (bits >= 5) {
    const double share = (bits - 5) / 3.0;
    return {std::lerp(kFive.c1, kEight.c1, share), std::lerp(kFive.c2, kEight.c2, share)};
  }
  constexpr std::array<SawbCoefficients, 3> kTwoToFour = {
      {{3.12, -2.064}, {7.509, -6.892}, {12.68, -12.80}}};
  return kTwoToFour[static_cast<std::size_t>(bits - 2)];
}

double sawb_clip(const Moments& moments, int bits) {
  assert(moments.total > 0);
  const auto count = static_cast<double>(moments.total);
  const auto [c1, c2] = sawb_coefficients(bits);
  const double clip = c1 * std::sqrt(moments.sum_square / count) + c2 * (moments.sum_abs / count);
  return clip > 0 ? std::min(clip, moments.largest) : moments.largest;
}

double lsq_step(const Moments& moments, double largest_code) {
  assert(moments.total > 0);
  const double mean = moments.sum_abs / static_cast<double>(moments.total);
  return 2 * mean / std::sqrt(largest_code);
}

}  // namespace systole
