// split.cpp: high and low parts of wide codes.
#include "model/ops/split.h"

#include <algorithm>
#include <cassert>

namespace systole {

std::int32_t split(std::int32_t code, const SplitCodes& op) {
  const std::int32_t difference = code - op.zero_point;
  return op.part == CodePart::kHigh ? difference >> 8 : difference & 255;
}

IntTensor split(const IntTensor& codes, const SplitCodes& op) {
  IntTensor part(codes.shape);
  std::transform(codes.data.begin(), codes.data.end(), part.data.begin(),
                 [&](std::int32_t code) { return split(code, op); });
  return part;
}

IntTensor join_sums(const IntTensor& high, const IntTensor& low) {
  assert(high.shape == low.shape);
  IntTensor sums(high.shape);
  for (std::int64_t i = 0; i < sums.size(); ++i)
    sums[i] = static_cast<std::int32_t>(static_cast<std::uint32_t>(high[i]) * 256U +
                                        static_cast<std::uint32_t>(low[i]));
  return sums;
}

}  // namespace systole
