// requantise.cpp: accumulators to codes, a dialect at a time.
#include "model/ops/requantise/requantise.h"

#include <algorithm>

namespace systole {
namespace {

template <class T>
const T& of_channel(const std::vector<T>& factors, std::size_t c) {
  return factors[factors.size() == 1 ? 0 : c];
}

/// One accumulator of channel `c` in the dialect.
std::int32_t apply(const Gemmlowp& dialect, std::int32_t acc, std::size_t c) {
  return gemmlowp(acc, of_channel(dialect.factors, c));
}
std::int32_t apply(const Ruy& dialect, std::int32_t acc, std::size_t c) {
  return ruy(acc, of_channel(dialect.factors, c));
}
std::int32_t apply(const Float32Scale& dialect, std::int32_t acc, std::size_t c) {
  return requantise_float32(acc, of_channel(dialect.factors, c));
}
std::int32_t apply(const DoubleScale& dialect, std::int32_t acc, std::size_t c) {
  return requantise_double(acc, of_channel(dialect.factors, c), dialect.rounding,
                           constant_of(dialect.offsets, c));
}

/// bias - input_zero_point of every channel, modulo 2^32.
std::vector<std::uint32_t> offsets(const Requantise& op, std::int64_t channels) {
  assert(op.bias.size() <= 1 || static_cast<std::int64_t>(op.bias.size()) == channels);
  std::vector<std::uint32_t> all(static_cast<std::size_t>(channels),
                                 -static_cast<std::uint32_t>(op.input_zero_point));
  for (std::size_t c = 0; c < all.size() && !op.bias.empty(); ++c) {
    all[c] += static_cast<std::uint32_t>(op.bias[op.bias.size() == 1 ? 0 : c]);
  }
  return all;
}

/// Every code of `op`, `round(acc, i, c)` of element i in channel c.
template <class Round>
IntTensor codes_of(const IntTensor& x, const Requantise& op, const Round& round) {
  const std::vector<std::uint32_t> offset = offsets(op, x.channels());
  IntTensor codes(x.shape);
  std::int64_t i = 0;
  for (std::int64_t row = 0; row < x.rows(); ++row) {
    for (std::size_t c = 0; c < offset.size(); ++c, ++i) {
      const auto acc = static_cast<std::int32_t>(static_cast<std::uint32_t>(x[i]) + offset[c]);
      const std::int64_t code = std::int64_t{round(acc, i, c)};
      codes[i] =
          static_cast<std::int32_t>(std::clamp(code + op.zero_point, op.clamp.lo, op.clamp.hi));
    }
  }
  return codes;
}

}  // namespace

std::size_t factor_count(const Dialect& dialect) {
  return std::visit([](const auto& constants) { return constants.factors.size(); }, dialect);
}

IntTensor requantise(const IntTensor& x, const Requantise& op, const IntTensor* residual) {
  assert(factor_count(op.dialect) == 1 ||
         static_cast<std::int64_t>(factor_count(op.dialect)) == x.channels());
  assert((residual != nullptr) == op.residual.has_value());
  if (residual != nullptr) {
    const auto& scale = std::get<DoubleScale>(op.dialect);
    return codes_of(x, op, [&](std::int32_t acc, std::int64_t i, std::size_t c) {
      const double r =
          ((*residual)[i] - op.residual->zero_point) * constant_of(op.residual->factors, c);
      return requantise_double(acc, of_channel(scale.factors, c), scale.rounding,
                               constant_of(scale.offsets, c) + r);
    });
  }
  return std::visit(
      [&](const auto& dialect) {
        return codes_of(x, op, [&](std::int32_t acc, std::int64_t, std::size_t c) {
          return apply(dialect, acc, c);
        });
      },
      op.dialect);
}

}  // namespace systole
