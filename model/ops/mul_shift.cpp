// mul_shift.cpp: scale and bias without rounding.
#include "model/ops/mul_shift.h"

#include <utility>

namespace systole {

Tensor<std::int64_t> mul_shift(const IntTensor& x, const std::vector<MulQuantChannel>& channels) {
  const std::int64_t count = x.channels();
  assert(channels.size() == 1 || static_cast<std::int64_t>(channels.size()) == count);

  Tensor<std::int64_t> y(x.shape);
  for (std::int64_t i = 0; i < x.size(); ++i) {
    const MulQuantChannel& c =
        channels[static_cast<std::size_t>(channels.size() == 1 ? 0 : i % count)];
    y[i] = std::int64_t{x[i]} * c.scale + c.bias;
  }
  return y;
}

std::optional<IntTensor> narrow_to_int32(const Tensor<std::int64_t>& wide) {
  IntTensor narrow(wide.shape);
  for (std::int64_t i = 0; i < wide.size(); ++i) {
    if (!std::in_range<std::int32_t>(wide[i])) return std::nullopt;
    narrow[i] = static_cast<std::int32_t>(wide[i]);
  }
  return narrow;
}

}  // namespace systole
