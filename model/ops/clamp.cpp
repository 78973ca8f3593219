// clamp.cpp: codes pinned to a range.
#include "model/ops/clamp.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace systole {

IntTensor clamp(const IntTensor& x, const IntRange& range) {
  assert(range.lo <= range.hi);
  assert(std::in_range<std::int32_t>(range.lo) && std::in_range<std::int32_t>(range.hi));
  const auto lo = static_cast<std::int32_t>(range.lo);
  const auto hi = static_cast<std::int32_t>(range.hi);
  IntTensor y(x.shape);
  std::transform(x.data.begin(), x.data.end(), y.data.begin(),
                 [=](std::int32_t code) { return std::clamp(code, lo, hi); });
  return y;
}

}  // namespace systole
