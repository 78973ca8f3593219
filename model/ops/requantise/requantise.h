// requantise.h: accumulators to codes in the arithmetic of other tools.
#pragma once

#include <array>
#include <cstdint>
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

/// clamp(zero_point + dialect(x - input_zero_point + bias)).
struct Requantise {
  Dialect dialect;
  std::vector<std::int32_t> bias;  ///< One per channel, one for all, or none.
  std::int32_t input_zero_point = 0;
  std::int32_t zero_point = 0;
  IntRange clamp;
  bool operator==(const Requantise&) const = default;
};

/// Factors of the dialect: 1 or one per channel.
std::size_t factor_count(const Dialect& dialect);

/// Every element of x [rows x channels]. x - input_zero_point + bias must fit 32 bits.
IntTensor requantise(const IntTensor& x, const Requantise& op);

/// The sum or difference of two codes in TFLite's reference kernels:
/// t = mbqm((a - zp_a) << 20, a_factor) +- mbqm((b - zp_b) << 20, b_factor);
/// clamp(zero_point + mbqm(t, sum_factor)).
struct GemmlowpAdd {
  QuantizedMultiplier a_factor, b_factor, sum_factor;
  bool operator==(const GemmlowpAdd&) const = default;
};
/// The sum in XNNPACK: clamp(zero_point + (((a - zp_a) * a_factor +- (b - zp_b) * b_factor +
/// 2^(shift-1)) >> shift)), an arithmetic shift.
struct FixedAdd {
  std::int32_t a_factor = 0, b_factor = 0;
  int shift = 1;  ///< In [1, 62].
  bool operator==(const FixedAdd&) const = default;
};

struct RequantiseAdd {
  std::variant<GemmlowpAdd, FixedAdd> rule;
  std::int32_t zero_point_a = 0;
  std::int32_t zero_point_b = 0;
  bool subtract = false;
  std::int32_t zero_point = 0;
  IntRange clamp;
  bool operator==(const RequantiseAdd&) const = default;
};

/// Operands of one shape (8- or 16-bit codes: at most 11 bits less the zero point in
/// `GemmlowpAdd`).
IntTensor requantise_add(const IntTensor& a, const IntTensor& b, const RequantiseAdd& op);

/// Softmax over the channels in gemmlowp's fixed point (Q5.26 differences, Q12.19 sum), codes with
/// scale 1/256 whose lowest is 0 + `zero_point`: TFLite's reference kernel for int8 and uint8.
struct GemmlowpSoftmax {
  QuantizedMultiplier beta;  ///< min(beta * s_in * 2^26, 2^31 - 1) as a factor; shift is positive.
  int diff_min = 0;          ///< Smaller differences from the maximum give the lowest code.
  std::int32_t zero_point = 0;
  IntRange clamp;
  bool operator==(const GemmlowpSoftmax&) const = default;
};

IntTensor gemmlowp_softmax(const IntTensor& x, const GemmlowpSoftmax& op);

}  // namespace systole
