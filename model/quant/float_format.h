// float_format.h: reals to the numbers of a small float format.
#pragma once

#include <cstdint>

#include "model/quant/quant_spec.h"

namespace systole {

/// The number of `format` nearest to the finite `x`, ties as `rounding` says of x in units of its
/// last place (`kFloor`: toward -infinity). Exact in double. Without subnormals the numbers
/// below the smallest normal are 0 and it. Beyond the largest: as `FloatFormat::saturates` says.
double round_to_float(double x, const FloatFormat& format, Rounding rounding = Rounding::kHalfEven);

/// What the code, [sign, exponent, mantissa] from the highest bit, stands for; NaN and infinity as
/// `FloatFormat::specials` says.
double decode_float(std::uint32_t code, const FloatFormat& format);

}  // namespace systole
