// requantise_add.cpp: both operands brought to one scale, summed, rescaled.
#include "model/ops/requantise/requantise_add.h"

#include <algorithm>

#include "model/ops/requantise/double.h"
#include "model/ops/rounding.h"

namespace systole {
namespace {

/// Differences less their zero points, to the sum's code less its zero point.
std::int64_t sum(const GemmlowpAdd& rule, std::int32_t a, std::int32_t b, bool subtract) {
  constexpr int kHeadroom = 20;
  const std::int32_t scaled_a = gemmlowp(a << kHeadroom, rule.a_factor);
  const std::int32_t scaled_b = gemmlowp(b << kHeadroom, rule.b_factor);
  const std::int64_t total =
      std::int64_t{scaled_a} + (subtract ? -std::int64_t{scaled_b} : scaled_b);
  return gemmlowp(static_cast<std::int32_t>(total), rule.sum_factor);
}

std::int64_t sum(const FixedAdd& rule, std::int32_t a, std::int32_t b, bool subtract) {
  const std::int64_t scaled_a = std::int64_t{a} * rule.a_factor;
  const std::int64_t scaled_b = std::int64_t{b} * rule.b_factor;
  return round_shift(subtract ? scaled_a - scaled_b : scaled_a + scaled_b, rule.shift,
                     Rounding::kHalfUp);
}

std::int64_t sum(const DoubleAdd& rule, std::int32_t a, std::int32_t b, bool subtract) {
  const double real_a = a * rule.a_scale, real_b = b * rule.b_scale;
  return round_to_int32((subtract ? real_a - real_b : real_a + real_b) / rule.scale,
                        Rounding::kHalfEven);
}

}  // namespace

IntTensor requantise_add(const IntTensor& a, const IntTensor& b, const RequantiseAdd& op) {
  assert(a.shape == b.shape);
  IntTensor codes(a.shape);
  std::visit(
      [&](const auto& rule) {
        for (std::int64_t i = 0; i < a.size(); ++i) {
          const std::int64_t code =
              sum(rule, a[i] - op.zero_point_a, b[i] - op.zero_point_b, op.subtract);
          codes[i] =
              static_cast<std::int32_t>(std::clamp(code + op.zero_point, op.clamp.lo, op.clamp.hi));
        }
      },
      op.rule);
  return codes;
}

}  // namespace systole
