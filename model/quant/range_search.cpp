// range_search.cpp: ranges chosen by searching over a histogram.
#include "model/quant/range_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace systole {
namespace {

/// Values of one bin, all taken at one place.
struct Mass {
  double value = 0;
  double count = 0;
};

std::vector<Mass> masses_of(const Histogram& histogram) {
  const RealRange range = histogram.range();
  std::vector<Mass> masses;
  for (std::size_t i = 0; i < histogram.counts().size(); ++i) {
    const std::int64_t bin = histogram.first_bin() + static_cast<std::int64_t>(i);
    const double middle = (static_cast<double>(bin) + 0.5) * histogram.bin_width();
    if (histogram.counts()[i] > 0)
      masses.push_back(
          {std::clamp(middle, range.lo, range.hi), static_cast<double>(histogram.counts()[i])});
  }
  return masses;
}

double noise_of(std::span<const Mass> masses, double bin_width, const Quantizer& quantizer,
                double clip_weight) {
  const double half = quantizer.scale / 2;
  const double even_spread = quantizer.scale * quantizer.scale / 12;
  double noise = 0;
  for (const Mass& mass : masses) {
    const double error =
        std::abs(dequantize(quantize(mass.value, quantizer), quantizer) - mass.value);
    if (error > half)
      noise += mass.count * clip_weight * error * error;
    else
      noise += mass.count * (quantizer.scale <= bin_width ? even_spread : error * error);
  }
  return noise;
}

/// Keeps the candidate with the least noise, the first of equals.
struct Best {
  double noise = std::numeric_limits<double>::infinity();
  RealRange range = {};

  void offer(double other, const RealRange& candidate) {
    if (other >= noise) return;
    noise = other;
    range = candidate;
  }
};

/// What codes of `grid` can hold of the values.
RealRange full_range(const Histogram& histogram, const CodeGrid& grid) {
  const RealRange seen = histogram.range();
  const RealRange held = {std::min(seen.lo, 0.0), std::max(seen.hi, 0.0)};
  if (grid.is_affine) return held;
  if (!grid.is_signed) return {0, held.hi};
  const double extent = std::max(-held.lo, held.hi);
  return {-extent, extent};
}

RealRange cut(const RealRange& range, double lo_share, double hi_share) {
  return {range.lo * lo_share, range.hi * hi_share};
}

RealRange sqnr_affine(const Histogram& histogram, const CodeGrid& grid, double clip_weight) {
  const auto last_code = static_cast<double>(IntType{grid.bits, false}.range().hi);
  const Quantizer full = affine_encoding(full_range(histogram, grid), grid.bits);
  const RealRange seen = {-full.zero_point * full.scale,
                          (last_code - full.zero_point) * full.scale};
  std::vector<double> offsets;  // The lowest code's distance from 0, in steps.
  const double spread = std::min(last_code, 19.0);
  for (double i = 0; i <= spread; ++i)
    offsets.push_back(std::nearbyint(-last_code + i * last_code / spread));
  offsets.push_back(-full.zero_point);

  const std::vector<Mass> masses = masses_of(histogram);
  Best best;
  for (int k = 1; k <= 17; ++k) {
    for (const double offset : offsets) {
      const double step = full.scale * k / 16;
      const double lo = std::max(step * offset, seen.lo);
      const double hi = std::min(step * (offset + last_code), seen.hi);
      const Quantizer quantizer = affine_encoding({lo, hi}, grid.bits);
      best.offer(noise_of(masses, histogram.bin_width(), quantizer, clip_weight),
                 {-quantizer.zero_point * quantizer.scale,
                  (last_code - quantizer.zero_point) * quantizer.scale});
    }
  }
  return best.range;
}

}  // namespace

double quantisation_noise(const Histogram& histogram, const Quantizer& quantizer,
                          double clip_weight) {
  return noise_of(masses_of(histogram), histogram.bin_width(), quantizer, clip_weight);
}

RealRange mse_range(const Histogram& histogram, const CodeGrid& grid) {
  constexpr int kSteps = 256;
  constexpr int kFine = 16;
  const RealRange full = full_range(histogram, grid);
  if (full == RealRange{}) return {};
  const std::vector<Mass> masses = masses_of(histogram);
  Best best;
  // Shares of the ends that `best` keeps; each pass offers its candidates from wide to narrow.
  double lo = 1;
  double hi = 1;
  const auto pass = [&](int count, auto shares_of) {
    std::pair<double, double> kept = {lo, hi};
    for (int i = 0; i < count; ++i) {
      const auto [lo_share, hi_share] = shares_of(i);
      if (lo_share <= 0 || hi_share <= 0) continue;
      const RealRange range = cut(full, lo_share, hi_share);
      const double before = best.noise;
      best.offer(noise_of(masses, histogram.bin_width(), encode_range(range, grid), 1), range);
      if (best.noise < before) kept = {lo_share, hi_share};
    }
    std::tie(lo, hi) = kept;
  };
  const auto share = [](int i) { return (kSteps - i) / static_cast<double>(kSteps); };
  const auto fine = [](int i) { return (kFine - i) / static_cast<double>(kFine * kSteps); };
  pass(kSteps, [&](int i) { return std::pair(share(i), share(i)); });
  if (!grid.is_affine) {
    const double at = hi;
    pass(2 * kFine + 1, [&](int i) { return std::pair(at + fine(i), at + fine(i)); });
    return best.range;
  }
  for (int round = 0; round < 2; ++round) {
    pass(kSteps, [&](int i) { return std::pair(lo, share(i)); });
    pass(kSteps, [&](int i) { return std::pair(share(i), hi); });
  }
  pass(2 * kFine + 1, [&, at = hi](int i) { return std::pair(lo, at + fine(i)); });
  pass(2 * kFine + 1, [&, at = lo](int i) { return std::pair(at + fine(i), hi); });
  return best.range;
}

RealRange sqnr_range(const Histogram& histogram, const CodeGrid& grid, double clip_weight) {
  const RealRange full = full_range(histogram, grid);
  if (full == RealRange{}) return {};
  if (grid.is_affine) return sqnr_affine(histogram, grid, clip_weight);
  const std::vector<Mass> masses = masses_of(histogram);
  const auto last_code = static_cast<double>(IntType{grid.bits, false}.range().hi);
  Best best;
  for (int k = 1; k <= 101; ++k) {
    const double hi = (full.hi - full.lo) / last_code * k / 100 * largest_code(grid);
    const RealRange range = {grid.is_signed ? -hi : 0.0, hi};
    best.offer(noise_of(masses, histogram.bin_width(), encode_range(range, grid), clip_weight),
               range);
  }
  return best.range;
}

RealRange rcf_range(const Histogram& histogram, const CodeGrid& grid) {
  const double full = full_range(histogram, grid).hi;
  if (full == 0) return {};
  const std::vector<Mass> masses = masses_of(histogram);
  const auto range_of = [&](double alpha) {
    return RealRange{grid.is_signed ? -alpha : 0.0, alpha};
  };
  const auto gradient = [&](double alpha) {
    const Quantizer quantizer = encode_range(range_of(alpha), grid);
    double sum = 0;
    for (const Mass& mass : masses) {
      const double magnitude = grid.is_signed ? std::abs(mass.value) : std::max(mass.value, 0.0);
      const double error = dequantize(quantize(magnitude, quantizer), quantizer) - magnitude;
      sum += mass.count * (magnitude <= alpha ? error * error : -alpha * (magnitude - alpha));
    }
    return sum;
  };
  double lo = 0;
  double hi = full;
  for (int i = 0; i < 40; ++i) {
    const double middle = (lo + hi) / 2;
    (gradient(middle) < 0 ? lo : hi) = middle;
  }
  return range_of(hi);
}

}  // namespace systole
