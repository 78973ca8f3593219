// requantise.h: accumulators to codes in the arithmetic of other tools.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "model/ops/requantise/double.h"
#include "model/ops/requantise/float32.h"
#include "model/ops/requantise/gemmlowp.h"
#include "model/ops/requantise/ruy.h"
#include "model/tensor/int_type.h"
#include "model/tensor/tensor.h"

namespace systole {

/// The arithmetic between the accumulator and the narrow code (model/README.md, Dialects).
using Dialect = std::variant<Gemmlowp, Ruy, Float32Scale, DoubleScale>;
inline constexpr std::array<std::string_view, 4> kDialectNames = {"gemmlowp", "ruy", "float32",
                                                                  "double"};

/// clamp(zero_point + dialect(x - input_zero_point + bias)); with a residual r, in dialect
/// `double`, clamp(zero_point + round((x - input_zero_point + bias) * factor + offset + (r - zp_r)
/// * factor_r)).
struct Requantise {
  Dialect dialect;
  std::vector<std::int32_t> bias;  ///< One per channel, one for all, or none.
  std::int32_t input_zero_point = 0;
  std::int32_t zero_point = 0;
  IntRange clamp;
  std::optional<DoubleResidual> residual = {};  ///< With a second operand.
  bool operator==(const Requantise&) const = default;
};

/// Factors of the dialect: 1 or one per channel.
std::size_t factor_count(const Dialect& dialect);

/// Every element of x [rows x channels], with that of `residual` if the op has one.
/// x - input_zero_point + bias must fit 32 bits.
IntTensor requantise(const IntTensor& x, const Requantise& op, const IntTensor* residual = nullptr);

}  // namespace systole
