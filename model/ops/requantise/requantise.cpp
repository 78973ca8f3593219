// requantise.cpp: accumulators to codes, a dialect at a time.
#include "model/ops/requantise/requantise.h"

#include <algorithm>

#include "model/ops/requantise/token_constants.h"

namespace systole {
namespace {

template <class T>
const T& of_channel(const std::vector<T>& factors, std::size_t c) {
  return factors[factors.size() == 1 ? 0 : c];
}

/// Where an element lies, all its own indices in one.
struct Place {
  std::int64_t i, row;
  std::size_t channel;
};

/// One accumulator in the dialect.
std::int32_t apply(const Gemmlowp& dialect, std::int32_t acc, const Place& place) {
  return gemmlowp(acc, of_channel(dialect.factors, place.channel));
}
std::int32_t apply(const Ruy& dialect, std::int32_t acc, const Place& place) {
  return ruy(acc, of_channel(dialect.factors, place.channel));
}
std::int32_t apply(const Float32Scale& dialect, std::int32_t acc, const Place& place) {
  return requantise_float32(acc, of_channel(dialect.factors, place.channel));
}
/// `added` joins the offset.
std::int32_t apply(const DoubleScale& dialect, std::int32_t acc, const Place& place,
                   double added = 0) {
  const auto constant = [&](const std::vector<double>& all) {
    if (all.empty()) return 0.0;
    return all[token_constants(all.size(), dialect.tokens, place.row)(place.channel)];
  };
  return requantise_double(acc, constant(dialect.factors), dialect.rounding,
                           constant(dialect.offsets) + added);
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

/// Every code of `op`, `round(acc, place)` of every element.
template <class Round>
IntTensor codes_of(const IntTensor& x, const Requantise& op, const Round& round) {
  const std::vector<std::uint32_t> offset = offsets(op, x.channels());
  IntTensor codes(x.shape);
  std::int64_t i = 0;
  for (std::int64_t row = 0; row < x.rows(); ++row) {
    for (std::size_t c = 0; c < offset.size(); ++c, ++i) {
      const auto acc = static_cast<std::int32_t>(static_cast<std::uint32_t>(x[i]) + offset[c]);
      const std::int64_t code = std::int64_t{round(acc, Place{i, row, c})};
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
  const auto* per_token = std::get_if<DoubleScale>(&op.dialect);
  assert(fits_tokens(factor_count(op.dialect), per_token == nullptr ? 1 : per_token->tokens,
                     x.channels()));
  assert((residual != nullptr) == op.residual.has_value());
  if (residual != nullptr) {
    return codes_of(x, op, [&](std::int32_t acc, const Place& place) {
      const double r = ((*residual)[place.i] - op.residual->zero_point) *
                       constant_of(op.residual->factors, place.channel);
      return apply(*per_token, acc, place, r);
    });
  }
  return std::visit(
      [&](const auto& dialect) {
        return codes_of(x, op, [&](std::int32_t acc, const Place& place) {
          return apply(dialect, acc, place);
        });
      },
      op.dialect);
}

}  // namespace systole
