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

// The dialect's arithmetic in a row of the tensor: of an accumulator in a channel.
auto of_row(const Gemmlowp& dialect, std::int64_t) {
  return [&](std::int32_t acc, std::size_t c) {
    return gemmlowp(acc, of_channel(dialect.factors, c));
  };
}
auto of_row(const Ruy& dialect, std::int64_t) {
  return [&](std::int32_t acc, std::size_t c) { return ruy(acc, of_channel(dialect.factors, c)); };
}
auto of_row(const Float32Scale& dialect, std::int64_t) {
  return [&](std::int32_t acc, std::size_t c) {
    return requantise_float32(acc, of_channel(dialect.factors, c));
  };
}
/// Here something may be added to the offset.
auto of_row(const DoubleScale& dialect, std::int64_t row) {
  return [&dialect, factor = token_constants(dialect.factors.size(), dialect.tokens, row),
          offset = token_constants(dialect.offsets.size(), dialect.tokens, row)](
             std::int32_t acc, std::size_t c, double added = 0) {
    const double own = dialect.offsets.empty() ? 0 : dialect.offsets[offset(c)];
    return requantise_double(acc, dialect.factors[factor(c)], dialect.rounding, own + added);
  };
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

/// Every code of `op`, `round_of(row)(acc, i, c)` of element i in channel c.
template <class RoundOf>
IntTensor codes_of(const IntTensor& x, const Requantise& op, const RoundOf& round_of) {
  const std::vector<std::uint32_t> offset = offsets(op, x.channels());
  IntTensor codes(x.shape);
  std::int64_t i = 0;
  for (std::int64_t row = 0; row < x.rows(); ++row) {
    const auto round = round_of(row);
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
  const auto* per_token = std::get_if<DoubleScale>(&op.dialect);
  assert(fits_tokens(factor_count(op.dialect), per_token == nullptr ? 1 : per_token->tokens,
                     x.channels()));
  assert((residual != nullptr) == op.residual.has_value());
  if (residual != nullptr) {
    const DoubleResidual& second = *op.residual;
    return codes_of(x, op, [&](std::int64_t row) {
      return [&, round = of_row(*per_token, row)](std::int32_t acc, std::int64_t i, std::size_t c) {
        return round(acc, c, ((*residual)[i] - second.zero_point) * constant_of(second.factors, c));
      };
    });
  }
  return std::visit(
      [&](const auto& dialect) {
        return codes_of(x, op, [&](std::int64_t row) {
          return [round = of_row(dialect, row)](std::int32_t acc, std::int64_t, std::size_t c) {
            return round(acc, c);
          };
        });
      },
      op.dialect);
}

}  // namespace systole
