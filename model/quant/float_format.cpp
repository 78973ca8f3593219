// float_format.cpp: reals to the numbers of a small float format.
#include "model/quant/float_format.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/quant/real_rounding.h"

namespace systole {

double round_to_float(double x, const FloatFormat& format, Rounding rounding) {
  const double normal = format.smallest_normal();
  int exponent = 1 - format.bias;
  if (std::abs(x) >= normal) exponent = std::ilogb(x);
  const bool is_coarse = !format.has_subnormals && std::abs(x) < normal;
  const int step =
      is_coarse ? exponent : exponent - format.mantissa_bits;  // log2 of the last place.
  const double y = std::ldexp(round_real(std::ldexp(x, -step), rounding), step);
  if (std::abs(y) <= format.largest()) return y;
  if (format.saturates) return std::copysign(format.largest(), x);
  return format.specials == FloatSpecials::kIeee
             ? std::copysign(std::numeric_limits<double>::infinity(), x)
             : std::numeric_limits<double>::quiet_NaN();
}

double decode_float(std::uint32_t code, const FloatFormat& format) {
  const int m = format.mantissa_bits;
  const std::uint32_t mantissa = code & ((1U << m) - 1);
  const std::uint32_t top = (1U << format.exponent_bits) - 1;
  const std::uint32_t exponent = (code >> m) & top;
  const double sign = ((code >> (m + format.exponent_bits)) & 1U) != 0 ? -1.0 : 1.0;
  if (exponent == top && format.specials == FloatSpecials::kIeee)
    return mantissa == 0 ? sign * std::numeric_limits<double>::infinity()
                         : std::numeric_limits<double>::quiet_NaN();
  if (exponent == top && format.specials == FloatSpecials::kNanOnly && mantissa == (1U << m) - 1)
    return std::numeric_limits<double>::quiet_NaN();
  if (exponent == 0 && !format.has_subnormals) return sign * 0.0;
  const double significand = (exponent == 0 ? 0.0 : std::ldexp(1.0, m)) + mantissa;
  return sign * std::ldexp(significand, std::max(static_cast<int>(exponent), 1) - format.bias - m);
}

}  // namespace systole
