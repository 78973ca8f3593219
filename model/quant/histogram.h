// histogram.h: a streaming histogram whose counts never lose exactness as its range grows.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/quant/encoding.h"

namespace systole {

/// Counts of finite reals in bins [k w, (k+1) w), k integer, from the bin of min(lo, 0) to the bin
/// of max(hi, 0). The width w is the smallest power of two for which those are at most `kBins`, so
/// more than half of `kBins` are in use unless all values are 0. When the range grows, w doubles
/// and bins merge in pairs: floor(floor(x / w) / 2) = floor(x / 2w), so every earlier count stays
/// exact. The state is therefore a function of the values alone: neither their order, nor how they
/// were cut into batches, nor the order of merging matters.
class Histogram {
 public:
  static constexpr std::int64_t kBins = 2048;

  /// Counts every value. Values are finite.
  void observe(std::span<const float> values);
  /// Adds the counts of `other`, as if its values had been observed here.
  void merge(const Histogram& other);

  std::int64_t total() const { return total_; }
  /// Exact smallest and largest value; {0, 0} when nothing was observed.
  RealRange range() const { return range_; }
  double bin_width() const;

  /// Index k of the first bin, at most 0, and the counts from there on.
  std::int64_t first_bin() const { return first_; }
  const std::vector<std::int64_t>& counts() const { return counts_; }

  bool operator==(const Histogram&) const = default;

 private:
  static constexpr int kSmallestExponent = -149;  ///< Of the smallest float above 0.

  void grow(const RealRange& range);
  std::int64_t bin_of(double value) const;

  RealRange range_;
  std::int64_t total_ = 0;
  int exponent_ = kSmallestExponent;  ///< w = 2^exponent_.
  double per_width_ = 0x1p149;        ///< 1 / w.
  std::int64_t first_ = 0;
  std::vector<std::int64_t> counts_ = {0};
};

}  // namespace systole
