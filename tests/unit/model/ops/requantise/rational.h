// rational.h: exact fractions of 128-bit integers and their nearest integers, for the tests of
// dialects. Written apart from model/ops/rounding.h, by long division.
#pragma once

#include <cmath>
#include <cstdint>

namespace systole {

__extension__ using Wide = __int128;

/// numerator / denominator, the denominator positive.
struct Fraction {
  Wide numerator;
  Wide denominator;
};

enum class Tie { kEven, kUp, kAway };

/// 2^exponent for exponents in [0, 120].
inline Wide power_of_two(int exponent) { return Wide{1} << exponent; }

/// The integer nearest to the fraction: C++ divides toward zero, and the size of what remains says
/// whether the next integer is nearer.
inline Wide nearest(const Fraction& fraction, Tie tie) {
  const Wide quotient = fraction.numerator / fraction.denominator;
  const Wide rest = fraction.numerator % fraction.denominator;
  const Wide twice = 2 * (rest < 0 ? -rest : rest);
  const Wide away = quotient + (fraction.numerator < 0 ? -1 : 1);
  if (twice < fraction.denominator) return quotient;
  if (twice > fraction.denominator) return away;
  if (tie == Tie::kEven) return quotient % 2 == 0 ? quotient : away;
  if (tie == Tie::kUp) return quotient > away ? quotient : away;
  return away;
}

/// The value modulo 2^32 as a signed number.
inline Wide wrapped(Wide value) {
  const Wide modulus = power_of_two(32);
  const Wide rest = ((value % modulus) + modulus) % modulus;
  return rest >= modulus / 2 ? rest - modulus : rest;
}

/// A finite double with |value| < 2^60 and no bits below 2^-60.
inline Fraction exactly(double value) {
  int exponent = 0;
  const double fraction = std::frexp(value, &exponent);
  const auto mantissa = static_cast<std::int64_t>(std::ldexp(fraction, 53));
  const int scale = exponent - 53;
  return scale >= 0 ? Fraction{mantissa * power_of_two(scale), 1}
                    : Fraction{mantissa, power_of_two(-scale)};
}

inline Wide limited(Wide value, Wide lo, Wide hi) {
  if (value < lo) return lo;
  return value > hi ? hi : value;
}

}  // namespace systole
