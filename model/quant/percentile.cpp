// percentile.cpp: the range without a share of the values at either end.
#include "model/quant/percentile.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace systole {

RealRange percentile_range(const Histogram& histogram, double percent) {
  const RealRange seen = histogram.range();
  // 99.9 % of 1000 values leaves one, although 99.9 is no binary fraction.
  const double cut = ((100 - percent) / 100 + 1e-12) * static_cast<double>(histogram.total());
  const std::vector<std::int64_t>& counts = histogram.counts();
  const auto edge = [&](std::size_t i) {
    return static_cast<double>(histogram.first_bin() + static_cast<std::int64_t>(i)) *
           histogram.bin_width();
  };
  double below = 0;
  std::size_t first = 0;
  while (below + static_cast<double>(counts[first]) <= cut)
    below += static_cast<double>(counts[first++]);
  double above = 0;
  std::size_t last = counts.size();
  while (above + static_cast<double>(counts[last - 1]) <= cut)
    above += static_cast<double>(counts[--last]);
  return {std::max(seen.lo, edge(first)), std::min(seen.hi, edge(last))};
}

}  // namespace systole
