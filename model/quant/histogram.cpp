// histogram.cpp: a streaming histogram whose counts never lose exactness as its range grows.
#include "model/quant/histogram.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace systole {
namespace {

/// floor(value / 2^exponent), exact: floats divided by 2^-149 stay below 2^278.
double bin_index(double value, int exponent) { return std::floor(std::ldexp(value, -exponent)); }

/// The smallest exponent, from `smallest` on, for which the bins of [lo, hi] and of 0 fit.
int fitting_exponent(const RealRange& range, int smallest) {
  const double extent = std::max(-range.lo, range.hi);
  if (extent == 0) return smallest;
  int exponent = std::max(smallest, std::ilogb(extent) - 12);  // 2^12 bins or more: too fine.
  const auto bins = [&] { return bin_index(range.hi, exponent) - bin_index(range.lo, exponent); };
  while (bins() >= static_cast<double>(Histogram::kBins)) ++exponent;
  return exponent;
}

}  // namespace

double Histogram::bin_width() const { return std::ldexp(1.0, exponent_); }

std::int64_t Histogram::bin_of(double value) const {
  // bin_index() without library calls: a product with a power of two is exact.
  const double scaled = value * per_width_;
  const auto truncated = static_cast<std::int64_t>(scaled);
  return truncated - (scaled < static_cast<double>(truncated) ? 1 : 0);
}

void Histogram::grow(const RealRange& range) {
  const RealRange held = {std::min(range.lo, 0.0), std::max(range.hi, 0.0)};
  const int shift = fitting_exponent(held, exponent_) - exponent_;
  exponent_ += shift;
  per_width_ = std::ldexp(1.0, -exponent_);
  const std::int64_t first = bin_of(held.lo);
  std::vector<std::int64_t> counts(static_cast<std::size_t>(bin_of(held.hi) - first + 1));
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    // A shift by 63 already leaves only 0 and -1.
    const std::int64_t bin = (first_ + static_cast<std::int64_t>(i)) >> std::min(shift, 63);
    if (counts_[i] > 0) counts[static_cast<std::size_t>(bin - first)] += counts_[i];
  }
  first_ = first;
  counts_ = std::move(counts);
  range_ = range;
}

void Histogram::observe(std::span<const float> values) {
  if (values.empty()) return;
  const auto [lo, hi] = std::minmax_element(values.begin(), values.end());
  assert(std::isfinite(*lo) && std::isfinite(*hi));
  RealRange range = {*lo, *hi};
  if (total_ > 0) range = {std::min(range.lo, range_.lo), std::max(range.hi, range_.hi)};
  if (total_ == 0 || range != range_) grow(range);
  for (const float value : values) ++counts_[static_cast<std::size_t>(bin_of(value) - first_)];
  total_ += static_cast<std::int64_t>(values.size());
}

void Histogram::merge(const Histogram& other) {
  if (other.total_ == 0) return;
  if (total_ == 0) {
    *this = other;
    return;
  }
  const RealRange both = {std::min(range_.lo, other.range_.lo),
                          std::max(range_.hi, other.range_.hi)};
  Histogram addend = other;
  grow(both);
  addend.grow(both);
  assert(addend.exponent_ == exponent_ && addend.first_ == first_);
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += addend.counts_[i];
  total_ += addend.total_;
}

}  // namespace systole
