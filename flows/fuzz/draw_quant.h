// draw_quant.h: constants of the lanes that reach every corner and still cannot overflow.
#pragma once

#include <cstdint>

#include "flows/fuzz/dice.h"
#include "model/network/network.h"
#include "sim/channel/beats.h"

namespace systole {

/// What a draw must respect.
struct QuantBounds {
  std::int64_t operand = 0;   ///< Of |acc|, or of a stream's codes.
  std::int64_t residual = 0;  ///< Of |r|; 0 without.
  std::int64_t channels = 1;
  std::uint32_t scale_bits = 32;
};

/// Shifts in [0, 62], all roundings and both forms; sums stay below 2^62 (model/network/check.h).
/// `type` receives an output type that holds the clamp.
MulQuant draw_mul_quant(Dice& dice, const QuantBounds& bounds, Rounding rounding, IntType& type);

/// Gemmlowp's two roundings; |operand| + |bias| fits 32 bits.
Requantise draw_requantise(Dice& dice, const QuantBounds& bounds, IntType& type);

}  // namespace systole
