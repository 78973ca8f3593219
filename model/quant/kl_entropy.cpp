// kl_entropy.cpp: the clip that keeps most of a distribution's information.
#include "model/quant/kl_entropy.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

namespace systole {

double clip_divergence(std::span<const std::int64_t> counts, std::int64_t kept,
                       std::int64_t levels) {
  assert(1 <= levels && levels <= kept && kept <= std::ssize(counts));
  const auto inside = counts.first(static_cast<std::size_t>(kept));
  const auto beyond = counts.subspan(static_cast<std::size_t>(kept));
  const std::int64_t inside_sum = std::accumulate(inside.begin(), inside.end(), std::int64_t{0});
  const std::int64_t beyond_sum = std::accumulate(beyond.begin(), beyond.end(), std::int64_t{0});
  const auto reference = [&](std::int64_t i) {
    return inside[static_cast<std::size_t>(i)] + (i == kept - 1 ? beyond_sum : 0);
  };

  const std::int64_t group = kept / levels;
  const auto p_sum = static_cast<double>(inside_sum + beyond_sum);
  const auto q_sum = static_cast<double>(inside_sum);
  double divergence = 0;
  for (std::int64_t level = 0; level < levels; ++level) {
    const std::int64_t begin = level * group;
    const std::int64_t end = level == levels - 1 ? kept : begin + group;
    std::int64_t sum = 0;
    std::int64_t used = 0;
    for (std::int64_t i = begin; i < end; ++i) {
      sum += inside[static_cast<std::size_t>(i)];
      used += reference(i) > 0 ? 1 : 0;
    }
    for (std::int64_t i = begin; i < end; ++i) {
      if (reference(i) == 0) continue;
      if (sum == 0) return std::numeric_limits<double>::infinity();
      const double p = static_cast<double>(reference(i)) / p_sum;
      const double q = static_cast<double>(sum) / static_cast<double>(used) / q_sum;
      divergence += p * std::log(p / q);
    }
  }
  return divergence;
}

double kl_clip(const Histogram& magnitudes, std::int64_t levels) {
  assert(magnitudes.first_bin() == 0 && magnitudes.range().lo >= 0);
  const std::int64_t bins = std::ssize(magnitudes.counts());
  std::int64_t best = bins;
  double least = std::numeric_limits<double>::infinity();
  for (std::int64_t kept = levels; kept <= bins; ++kept) {
    const double divergence = clip_divergence(magnitudes.counts(), kept, levels);
    if (divergence >= least) continue;
    least = divergence;
    best = kept;
  }
  const double clip = (static_cast<double>(best) + 0.5) * magnitudes.bin_width();
  return std::min(clip, magnitudes.range().hi);
}

}  // namespace systole
